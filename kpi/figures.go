package kpi

import (
	"maps"
	"time"

	"github.com/openlines-go/openlines/session"
)

// Figures sum up sessions (rule 11.41). Those of parts add up to those of the whole.
type Figures struct {
	Begun  int                    `json:"begun,omitempty"`
	Closed map[session.Reason]int `json:"closed,omitempty"` // by why

	// What follows is of those that have closed, and leaves out spam (rule 6.10).
	Answered   int   `json:"answered,omitempty"`   // an operator has replied
	Unanswered int   `json:"unanswered,omitempty"` // nobody had in time (rule 7.16)
	Good       int   `json:"good,omitempty"`       // clients' votes
	Bad        int   `json:"bad,omitempty"`
	Reviewed   int   `json:"reviewed,omitempty"` // with stars of a supervisor
	Stars      int   `json:"stars,omitempty"`    // their sum
	First      Total `json:"first,omitzero"`     // initial response times (rule 11.14)
	Replies    Total `json:"replies,omitzero"`   // all response times
}

// Total sums up durations.
type Total struct {
	N       int           `json:"n"`
	Sum     time.Duration `json:"sum,omitempty"` // in JSON: nanoseconds
	Longest time.Duration `json:"longest,omitempty"`
}

// Mean is the average, rounded down; zero of none.
func (t Total) Mean() time.Duration {
	if t.N <= 0 {
		return 0
	}
	return t.Sum / time.Duration(t.N)
}

func (t Total) plus(o Total) Total {
	return Total{N: t.N + o.N, Sum: t.Sum + o.Sum, Longest: max(t.Longest, o.Longest)}
}

// Plus returns the figures of both. Neither is changed.
func (f Figures) Plus(g Figures) Figures {
	sum := Figures{
		Begun: f.Begun + g.Begun, Answered: f.Answered + g.Answered, Unanswered: f.Unanswered + g.Unanswered,
		Good: f.Good + g.Good, Bad: f.Bad + g.Bad, Reviewed: f.Reviewed + g.Reviewed, Stars: f.Stars + g.Stars,
		First: f.First.plus(g.First), Replies: f.Replies.plus(g.Replies), Closed: maps.Clone(f.Closed),
	}
	for why, n := range g.Closed { // order does not matter: sums
		if sum.Closed == nil {
			sum.Closed = map[session.Reason]int{}
		}
		sum.Closed[why] += n
	}
	return sum
}

// Resolved is the share of sessions that an operator finished, of all that have closed but spam, and but those whose client did
// not consent: there was none.
func (f Figures) Resolved() Share {
	s := Share{Part: f.Closed[session.Finished]}
	for why, n := range f.Closed { // order does not matter: a sum
		if why != session.Spammed && why != session.Declined {
			s.Of += n
		}
	}
	return s
}

// Satisfied is the share of good votes.
func (f Figures) Satisfied() Share { return Share{Part: f.Good, Of: f.Good + f.Bad} }

// OfSession are the figures of one session that has closed.
func OfSession(s session.Session) Figures {
	f := Figures{Closed: map[session.Reason]int{s.Reason: 1}}
	if s.Reason == session.Spammed {
		return f
	}
	if !s.Replied.IsZero() {
		f.Answered = 1
	}
	if s.Unanswered && s.Reason != session.Superseded { // which is counted in what took its place
		f.Unanswered = 1
	}
	if r := s.Response; r.N > 0 {
		micros := func(n int64) time.Duration { return time.Duration(n) * time.Microsecond }
		f.First = Total{N: 1, Sum: micros(r.First), Longest: micros(r.First)}
		f.Replies = Total{N: r.N, Sum: micros(r.Sum), Longest: micros(r.Longest)}
	}
	return f
}
