package kpi

import (
	"slices"
	"strings"
	"time"
)

// Contact is one client who wanted an operator, and what came of it.
type Contact struct {
	Wait     time.Duration // from entering the line to the operator's first message, or to giving up
	Served   bool          // false: he gave up
	Operator string        // who served him
	Spam     bool          // it was no client: waits and shares leave it out, the operator's load does not (rule 6.10)
}

// Waits sums up how long those who were served had waited.
func Waits(contacts []Contact) Summary {
	waits := make([]time.Duration, 0, len(contacts))
	for _, c := range contacts {
		if c.Served && !c.Spam {
			waits = append(waits, c.Wait)
		}
	}
	return Summarize(waits)
}

// Share is a part of a whole. Shares of the same kind over several hours add up field by field, ratios do not.
type Share struct{ Part, Of int }

// Ratio returns the share as a number from 0 to 1; 0 if there is no whole.
func (s Share) Ratio() float64 {
	if s.Of <= 0 {
		return 0
	}
	return float64(min(max(s.Part, 0), s.Of)) / float64(s.Of)
}

// Basis says whose share a service level is. Unknown values count as OfServed.
type Basis string

// The bases. With nobody giving up all three are the same.
const (
	OfServed  Basis = "of-served"  // of those who were served; kind to a line that many give up
	OfOffered Basis = "of-offered" // of all: whoever gave up was not answered in time
	OfPatient Basis = "of-patient" // of all but those who gave up within the limit: nobody could have answered them in time
)

// ServiceLevel returns the share of contacts answered within a limit, a wait as long as the limit included.
func ServiceLevel(contacts []Contact, within time.Duration, of Basis) Share {
	var s Share
	for _, c := range contacts {
		if c.Spam {
			continue
		}
		soon := max(c.Wait, 0) <= within
		if c.Served && soon {
			s.Part++
		}
		if c.Served || of == OfOffered || of == OfPatient && !soon {
			s.Of++
		}
	}
	return s
}

// Abandonment returns the share of contacts that gave up, of all offered.
func Abandonment(contacts []Contact) Share {
	var s Share
	for _, c := range contacts {
		if c.Spam {
			continue
		}
		s.Of++
		if !c.Served {
			s.Part++
		}
	}
	return s
}

// Load is how many contacts one operator served (rule 11.41).
type Load struct {
	Operator string
	Handled  int
}

// Handled counts the served contacts of each operator, in the order of their ids. Whoever is on the roster is listed even
// if he served nobody: the idle belong into every figure of fairness.
func Handled(contacts []Contact, roster ...string) []Load {
	counts := map[string]int{}
	for _, id := range roster {
		counts[id] = 0
	}
	for _, c := range contacts {
		if c.Served {
			counts[c.Operator]++
		}
	}
	loads := make([]Load, 0, len(counts))
	for id, n := range counts {
		loads = append(loads, Load{id, n})
	}
	slices.SortFunc(loads, func(a, b Load) int { return strings.Compare(a.Operator, b.Operator) })
	return loads
}
