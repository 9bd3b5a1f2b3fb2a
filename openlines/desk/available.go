package desk

import (
	"maps"
	"slices"
	"time"

	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/worktime"
)

// available sets the verdict on an operator, and frees what he cannot serve any more.
func (d *Desk) available(o *operator) {
	before := d.operators.peek(o.ID)
	o.Status, o.Until = d.verdictOn(o)
	if o.Status != worktime.Available && (before == nil || before.Status == worktime.Available) {
		o.Away = d.now
	}
	d.operators.put(o)
	if before != nil && before.Status == o.Status {
		return
	}
	d.tell(Event{Type: AvailabilitySet, Operator: o.ID, Reason: o.Status.String()})
	if key := (&job{Kind: releaseJob, Operator: o.ID}).key(); d.jobs.rows[key] != nil {
		d.jobs.drop(key)
	}
	if o.Status != worktime.Available {
		d.release(o, o.Away)
	}
}

// verdictOn decides on an operator's facts and hours now, and until when it holds, rounded up to what a record can keep.
func (d *Desk) verdictOn(o *operator) (worktime.Verdict, time.Time) {
	status, until := d.presence(o.Profile).OnDuty(d.duties[o.ID], o.Facts, d.now)
	return status, roundedUp(until)
}

func roundedUp(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.Add(time.Microsecond - time.Nanosecond).Truncate(time.Microsecond)
}

// presence is the idea of presence by which an operator of a profile is judged.
func (d *Desk) presence(profile string) worktime.Presence {
	s := d.settings.rows["desk"]
	if s == nil {
		return worktime.Presence{}
	}
	if p, known := s.Profiles[profile]; known && profile != "" {
		return p
	}
	return s.Presence
}

// release returns the sessions of an operator who became unavailable to their queues: those offered to him (rule 4.13) and
// those he owes a reply (rule 4.14) where the line looks at availability; all that are not closing if he was dismissed
// (rule 4.17, decision 14.39). What waits for the client stays with him (rule 4.15).
//
// Lines differ in their grace (rule 4.20): this is about those whose grace ends then, and sees to it that the next ones have
// their turn. In between only who is dismissed loses anything.
func (d *Desk) release(o *operator, ends time.Time) {
	have := d.loads[o.ID]
	if have == nil {
		return
	}
	n, next := 0, time.Time{}
	for _, id := range slices.Sorted(maps.Keys(have.sessions)) {
		s := d.sessions.rows[id]
		if s.State == session.Closing || s.State == session.AutoClosed || d.keeps(s) {
			continue
		}
		if o.Status != worktime.Dismissed && (s.State == session.Replied || !d.checks(s.Line)) {
			continue
		}
		if lost := d.lost(s); o.Status != worktime.Dismissed && !lost.Equal(ends) {
			if lost.After(ends) && (next.IsZero() || lost.Before(next)) {
				next = lost
			}
			continue
		}
		if n++; n > JobStep {
			d.later(job{Kind: releaseJob, Operator: o.ID, Ends: ends})
			return
		}
		d.requeue(s, session.Return, "")
	}
	if !next.IsZero() {
		d.releaseAt(o.ID, next)
	}
}

// forsaken reports whether a session goes back to the queue, now or after the line's grace: one operator is asked for it or
// owes a reply (rules 4.13, 4.14), and is away.
func (d *Desk) forsaken(s *Session) bool {
	asked := s.State == session.Offered && !s.ToAll
	return (asked || s.State.Active() && s.State != session.Replied) && d.absent(s) && !d.keeps(s)
}

// lost is when a session goes back to the queue because the one who has it is away (rule 4.20). Dismissal has no grace.
func (d *Desk) lost(s *Session) time.Time {
	l, o := d.lines.rows[s.Line], d.operators.rows[s.bearer()]
	if l == nil || o == nil || o.Status == worktime.Dismissed {
		return time.Time{}
	}
	return l.Queue.Lost(o.Away)
}

// releaseAt sees to it that an operator who is away then loses what he has in the lines whose grace ends then; false if he
// is looked at before anyway, which goes on from there.
func (d *Desk) releaseAt(id queue.OperatorID, ends time.Time) bool {
	next := job{Kind: releaseJob, Operator: id, Ends: ends, Due: ends}
	if known := d.jobs.rows[next.key()]; known != nil && !known.Due.After(ends) {
		return false
	}
	d.jobs.put(&next)
	return true
}

// letGo returns a session to the queue, as the one who has it is away, or sees to it that it returns when the grace is over.
// It reports whether there was anything to do.
func (d *Desk) letGo(s *Session) bool {
	if lost := d.lost(s); lost.After(d.now) {
		return d.releaseAt(s.bearer(), lost)
	}
	d.requeue(s, session.Return, "")
	return true
}

// keeps reports whether an owner keeps a session though he is away: he has pinned it, and was neither dismissed nor taken out of the
// queue since (rules 4.16, 6.22). The pin of one who was never in it, to whom it was transferred say, holds.
func (d *Desk) keeps(s *Session) bool {
	o := d.operators.rows[s.Owner]
	return s.Pinned && o != nil && o.Status != worktime.Dismissed && (!s.InQueue || d.isMember(s.Line, s.Owner))
}

// checks reports whether a line looks at availability.
func (d *Desk) checks(line LineID) bool {
	l := d.lines.rows[line]
	return l != nil && l.Queue.OnlyAvailable
}

// absent reports whether the one who has a session is unavailable in a line that cares, or dismissed.
func (d *Desk) absent(s *Session) bool {
	o := d.operators.rows[s.bearer()]
	return o == nil || o.Status == worktime.Dismissed || o.Status != worktime.Available && d.checks(s.Line)
}
