package desk

import (
	"maps"
	"slices"
	"time"

	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/worktime"
)

// settle leaves no line in which somebody waits and somebody is free: whatever freed an operator or made a session wait in
// this command, the two meet before it ends (decision 14.13). Over several lines the first in the order of waiting goes
// first.
func (d *Desk) settle() {
	d.freshen()
	for n := 0; ; n++ {
		line, found := d.nextToServe()
		if !found {
			break
		}
		if n == JobStep {
			d.putOff()
			break
		}
		id, _, _ := d.work[line].waiting.Min()
		d.offer(d.sessions.rows[id])
	}
	for _, line := range slices.Clone(d.dirty) {
		d.recall(line)
	}
	for _, id := range d.entered {
		d.apologise(id)
	}
	d.forgetWork()
}

// putOff leaves the lines that are not settled yet to jobs.
func (d *Desk) putOff() {
	for _, line := range slices.Clone(d.dirty) {
		if d.work[line].waiting.Len() > 0 && d.offerable(line) {
			d.later(job{Kind: settleJob, Line: line})
		}
	}
}

func (d *Desk) nextToServe() (LineID, bool) {
	var best LineID
	var first queue.Place
	found := false
	for _, line := range d.dirty {
		w := d.workOf(line)
		_, p, waiting := w.waiting.Min()
		if waiting && (!found || p.Before(first)) && d.offerable(line) {
			best, first, found = line, p, true
		}
	}
	return best, found
}

// move puts a session after an act of the table.
func (d *Desk) move(s *Session, act session.Act, change func(*Session)) (*Session, error) {
	l := d.lines.get(s.Line)
	if l == nil {
		return nil, ErrNotFound
	}
	next := *s
	life, err := s.Step(act, d.now, l.Session)
	if err != nil {
		return nil, err
	}
	next.Session = life
	if change != nil {
		change(&next)
	}
	d.sessions.put(&next)
	return &next, nil
}

// must is move where the state was just looked at: a refusal is a defect of the desk.
func (d *Desk) must(s *Session, act session.Act, change func(*Session)) *Session {
	next, err := d.move(s, act, change)
	if err != nil {
		panic(err)
	}
	return next
}

// offer puts a waiting session to the next member, or to everybody (rules 3.5, 3.9, 3.11). Somebody is free.
func (d *Desk) offer(s *Session) {
	l, w := d.lines.get(s.Line), d.workOf(s.Line)
	free := w.queue.Free()
	if l.Queue.Mode == queue.All {
		d.must(s, session.Offer, func(n *Session) { n.ToAll = true })
		d.tellOf(s, Event{Type: SessionOffered, Members: free, Free: free})
		return
	}
	id, again, _ := w.queue.Next(s.Tried)
	tried := s.Tried
	if again {
		tried = nil
	}
	tried = append(slices.Clip(tried), id)
	if len(tried) > queue.MaxTried {
		tried = tried[len(tried)-queue.MaxTried:]
	}
	d.must(s, session.Offer, func(n *Session) {
		n.OfferedTo, n.Tried = id, tried
		if after, on := l.Queue.PassOn(); on {
			n.OfferEnds = d.now.Add(after)
		}
	})
	e := Event{Type: SessionOffered, Operator: id, Free: free}
	if second, _, ok := w.queue.Next(tried); ok && second != id {
		e.RunnerUp = second
	}
	d.stamp(s.Line, id, d.tellOf(s, e))
}

// stamp restarts a member's clock of mode Evenly (rules 3.5 and 3.8, decision 14.11). Who is no member has none.
func (d *Desk) stamp(line LineID, id queue.OperatorID, event uint64) {
	if _, member := d.workOf(line).queue.Place(id); !member {
		return
	}
	st := seat{Line: line, Operator: id, Since: d.now}
	if before := d.seats.peek(seatKey{line, id}); before != nil {
		st.Since = before.Since
	}
	st.Stamp = event
	d.seats.put(&st)
}

// recall takes back what is offered to everybody when nobody is left to see it (rule 3.23).
func (d *Desk) recall(line LineID) {
	w := d.workOf(line)
	if w.queue.Free() > 0 {
		return
	}
	for i, id := range w.everybody.Keys() {
		if i == JobStep {
			d.later(job{Kind: settleJob, Line: line})
			break
		}
		d.requeue(d.sessions.rows[id], session.Return, "")
	}
}

// requeue makes a session wait again; it keeps its age (decision 14.14).
func (d *Desk) requeue(s *Session, act session.Act, actor queue.OperatorID) {
	had := s.bearer()
	next := d.must(s, act, func(n *Session) {
		if s.State != session.Offered {
			n.Tried = nil
		}
		n.Owner, n.OfferedTo, n.Direct, n.ToAll = "", "", false, false
	})
	d.tellOf(next, Event{Type: SessionWaiting, Operator: had, Actor: actor, Reason: string(act)})
	d.entered = append(d.entered, s.ID)
}

// apologise tells the client once in a waiting period that nobody can take it now (rules 3.26, 7.11, decision 14.6).
func (d *Desk) apologise(id session.ID) {
	s := d.sessions.rows[id]
	if s == nil || s.State != session.Waiting {
		return
	}
	if len(d.workOf(s.Line).queue.Members()) == 0 {
		d.tellOf(s, Event{Type: QueueEmpty}) // rule 2.10
	}
	if s.Apologised {
		return
	}
	if d.say(s, session.Nobody) {
		next := *d.sessions.rows[id]
		next.Apologised = true
		d.sessions.put(&next)
	}
}

// available sets the verdict on an operator, and frees what he cannot serve any more.
func (d *Desk) available(o *operator) {
	before := d.operators.peek(o.ID)
	o.Status, o.Until = d.verdictOn(o.Facts)
	d.operators.put(o)
	if before != nil && before.Status == o.Status {
		return
	}
	d.tell(Event{Type: AvailabilitySet, Operator: o.ID, Reason: o.Status.String()})
	if o.Status != worktime.Available {
		d.release(o)
	}
}

// verdictOn decides on facts now, and until when it holds, rounded up to what a record can keep.
func (d *Desk) verdictOn(f worktime.Facts) (worktime.Verdict, time.Time) {
	status, until := d.presence().Available(f, d.now)
	return status, roundedUp(until)
}

func roundedUp(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.Add(time.Microsecond - time.Nanosecond).Truncate(time.Microsecond)
}

func (d *Desk) presence() worktime.Presence {
	if s := d.settings.rows["desk"]; s != nil {
		return s.Presence
	}
	return worktime.Presence{}
}

// release returns the sessions of an operator who became unavailable to their queues: those offered to him (rule 4.13) and
// those he owes a reply (rule 4.14) where the line looks at availability; all that are not closing if he was dismissed
// (rule 4.17, decision 14.39). What waits for the client stays with him (rule 4.15).
func (d *Desk) release(o *operator) {
	have := d.loads[o.ID]
	if have == nil {
		return
	}
	n := 0
	for _, id := range slices.Sorted(maps.Keys(have.sessions)) {
		s := d.sessions.rows[id]
		if s.State == session.Closing || s.State == session.AutoClosed || d.keeps(s) {
			continue
		}
		if o.Status != worktime.Dismissed && (s.State == session.Replied || !d.checks(s.Line)) {
			continue
		}
		if n++; n > JobStep {
			d.later(job{Kind: releaseJob, Operator: o.ID})
			return
		}
		d.requeue(s, session.Return, "")
	}
}

// keeps reports whether an owner keeps a session though he is away: he has pinned it, and is not dismissed (rules 4.16, 6.22).
func (d *Desk) keeps(s *Session) bool {
	o := d.operators.rows[s.Owner]
	return s.Pinned && o != nil && o.Status != worktime.Dismissed
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
