package desk

import (
	"time"

	"github.com/openlines-go/openlines/session"
)

// ResumeGrace is by how long a [Resume] puts off what would take something from a client.
const ResumeGrace = 10 * time.Minute

// Resume goes on after an outage: a time in which nobody decided anything, and deadlines passed. It is decided before they
// fire. What was due by then happens now and once, not again and again at the times at which nobody was there; and what
// takes something from a client (auto-close, the end of an auto-closed session's life, giving up) is put off by ResumeGrace,
// so that he can still come in time. Only the host may.
type Resume struct{}

func (Resume) name() string    { return "resume" }
func (Resume) words() []string { return nil }

// outage is the record of the last Resume.
type outage struct {
	Since time.Time `json:"since"` // the first deadline that passed
	Ended time.Time `json:"ended"`
	Spare time.Time `json:"spare"` // deadlines up to Ended that take something from a client count as this time
}

func (Resume) act(d *Desk, by By) (any, error) {
	if by.Operator != "" {
		return nil, ErrDenied
	}
	since := d.Overdue()
	if since.IsZero() || !since.Before(d.now) {
		return nil, nil
	}
	if o := d.outages.rows["desk"]; o != nil && !since.After(o.Ended) && d.now.Before(o.Spare) {
		return nil, nil // another node has, and is at it
	}
	d.outages.put(&outage{Since: since, Ended: d.now, Spare: d.now.Add(ResumeGrace)})
	d.tell(Event{Type: DeskResumed, Reason: d.now.Sub(since).String()})
	return nil, nil
}

// Overdue returns the desk's next deadline, be it in the past; zero if there is none. Unlike Next it looks at no effects,
// which wait for a node that has room.
func (d *Desk) Overdue() time.Time {
	_, due, _ := d.deadlines.Min()
	return due.at
}

// spared reports whether a deadline that takes something from a client passed in an outage, and until when it is put off.
func (d *Desk) spared(due time.Time) (time.Time, bool) {
	o := d.outages.rows["desk"]
	if o == nil || due.After(o.Ended) || !d.now.Before(o.Spare) {
		return time.Time{}, false
	}
	return o.Spare, true
}

// spare puts off the deadline of a session if it is one of those; false if it is not.
func (d *Desk) spare(s *Session, which session.Timer) bool {
	next := *s
	var at *time.Time
	switch {
	case which == session.AutoCloseTimer:
		at = &next.AutoCloseAt
	case which == session.CompleteTimer && s.State == session.AutoClosed:
		at = &next.CloseAt
	case which == session.ConsentTimer:
		at = &next.ConsentBy
	case which == session.GiveUpTimer:
		at = &next.GiveUpAt
	default:
		return false
	}
	until, is := d.spared(*at)
	if is {
		*at = until
		d.sessions.put(&next)
	}
	return is
}
