package kpi

import (
	"math"
	"time"

	"github.com/openlines-go/openlines/worktime"
)

// Party is who wrote a message.
type Party string

// The parties. Unknown values count as Automatic.
const (
	Client    Party = "client"
	Operator  Party = "operator"
	Automatic Party = "automatic" // greetings, apologies, bots: the client still waits for somebody (rule 11.12)
)

// Message is one message of a session's timeline.
type Message struct {
	At   time.Time
	From Party
}

// Exchange is one reply that an operator owed, given or not.
type Exchange struct {
	Asked   time.Time // the first message of the client without a reply (rule 11.11)
	Replied time.Time // the operator's next message; zero: not yet
	Initial bool      // the session's first: it has a norm of its own (rule 11.8)
}

// Exchanges cuts the timeline of one session, in order, into the replies owed (rules 11.8, 11.11, 11.12). Several messages
// of a client in a row are one question, several of an operator one reply; what an operator writes unasked is none. Only
// the last exchange can be without a reply. A message that claims to be older than the one before it counts as written at
// the same time. The exchanges of sessions marked spam belong in no figure (rule 6.10): do not cut those.
func Exchanges(timeline []Message) []Exchange {
	var found []Exchange
	var latest time.Time
	owed := false
	for _, m := range timeline {
		if m.At.After(latest) {
			latest = m.At
		}
		switch {
		case m.From == Client && !owed:
			found = append(found, Exchange{Asked: latest, Initial: len(found) == 0})
			owed = true
		case m.From == Operator && owed:
			found[len(found)-1].Replied = latest
			owed = false
		}
	}
	return found
}

// took returns how long the reply took; false if there is none.
func (e Exchange) took(hours *worktime.Calendar) (time.Duration, bool) {
	if e.Replied.IsZero() {
		return 0, false
	}
	return max(hours.Between(e.Asked, e.Replied), 0), true
}

// Times are the response times of a session (rule 11.14). Replies still owed do not count.
type Times struct {
	Replies int           // given; 0: the other fields say nothing
	Initial time.Duration // of the session's first reply
	Total   time.Duration // the sum over all replies; it stops at the largest duration
	Average time.Duration // Total per reply, rounded down
	Maximum time.Duration
}

// Responses folds the exchanges of one session into its response times, counting only time in which the calendar is open;
// nil is always open and gives elapsed time.
func Responses(exchanges []Exchange, hours *worktime.Calendar) Times {
	var t Times
	var all []time.Duration
	for _, e := range exchanges {
		took, replied := e.took(hours)
		if !replied {
			continue
		}
		if e.Initial {
			t.Initial = took
		}
		all = append(all, took)
		t.Total += min(took, math.MaxInt64-t.Total)
		t.Maximum = max(t.Maximum, took)
	}
	if t.Replies = len(all); t.Replies > 0 {
		t.Average = mean(all)
	}
	return t
}

// Norms are how long replies may take (rule 11.8). Zero or less switches a norm off.
type Norms struct {
	Initial time.Duration // from the client's first message to the first reply of an operator
	Further time.Duration // for every later reply
}

// Deadline returns the first instant at which a reply is overdue: a reply is in time if it was written before. It is false
// if the norm is off, or the calendar never has so much open time.
func (n Norms) Deadline(e Exchange, hours *worktime.Calendar) (time.Time, bool) {
	limit := n.Further
	if e.Initial {
		limit = n.Initial
	}
	if limit <= 0 {
		return time.Time{}, false
	}
	return hours.Add(e.Asked, limit)
}

// Overdue returns the exchanges whose reply did not come by its deadline, as of now: each is worth one alert (rule 11.10).
// An exchange that is overdue stays so, whether or not a reply comes later.
func (n Norms) Overdue(exchanges []Exchange, hours *worktime.Calendar, now time.Time) []Exchange {
	var late []Exchange
	for _, e := range exchanges {
		deadline, on := n.Deadline(e, hours)
		until := now
		if !e.Replied.IsZero() && e.Replied.Before(now) {
			until = e.Replied
		}
		if on && !until.Before(deadline) {
			late = append(late, e)
		}
	}
	return late
}
