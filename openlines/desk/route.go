package desk

import (
	"cmp"
	"slices"

	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
)

// settle leaves no line in which somebody waits and somebody is free: whatever freed an operator or made a session wait in
// this command, the two meet before it ends (decision 14.13). Over several lines the first in the order of waiting goes
// first.
func (d *Desk) settle() {
	d.freshen()
	served := d.serveAll()
	for _, line := range slices.Clone(d.dirty) {
		d.recall(line)
	}
	if !served || !d.serveAll() { // what was recalled can have moved to another line
		d.putOff()
	}
	for i, id := range d.entered {
		if !slices.Contains(d.entered[:i], id) { // it may have come to several lines
			d.apologise(id)
		}
	}
	d.warn()
	d.forgetWork()
}

// serveAll offers what waits in the lines that were touched, and reports whether that was no more than one transition does.
func (d *Desk) serveAll() bool {
	for n := 0; ; n++ {
		line, found := d.nextToServe()
		if !found {
			return true
		}
		if n == JobStep {
			return false
		}
		id, _, _ := d.work[line].waiting.Min()
		d.offer(d.sessions.rows[id])
	}
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
		if waiting && (!found || p.BeforeAt(first, d.now)) && d.offerable(line) {
			best, first, found = line, p, true
		}
	}
	return best, found
}

// move puts a session after an act of the table, by the rules of its line.
func (d *Desk) move(s *Session, act session.Act, change func(*Session)) (*Session, error) {
	l := d.lines.get(s.Line)
	if l == nil {
		return nil, ErrNotFound
	}
	return d.moveBy(l, s, act, change)
}

// moveBy puts a session after an act of the table, by the rules of a line to which it belongs then.
func (d *Desk) moveBy(l *Line, s *Session, act session.Act, change func(*Session)) (*Session, error) {
	next := *s
	life, err := s.Step(act, d.now, l.Session)
	if err != nil {
		return nil, err
	}
	next.Session = life
	if change != nil {
		change(&next)
	}
	d.botAfter(s.State, &next)
	d.timed(&next, s)
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
	id, again, _ := d.choose(s)
	tried, asked := s.Tried, ByMode
	if last := d.lastWith(s); last != "" {
		id, again, asked = last, false, AsLast
	}
	if again {
		tried = nil
	}
	tried = append(slices.Clip(tried), id)
	if len(tried) > queue.MaxTried {
		tried = tried[len(tried)-queue.MaxTried:]
	}
	d.must(s, session.Offer, func(n *Session) {
		n.OfferedTo, n.Tried, n.AskedAs, n.Sticky = id, tried, asked, s.Sticky || asked == AsLast
		if after, on := l.Queue.PassOn(); on {
			n.OfferEnds = d.now.Add(after)
		}
	})
	e := Event{Type: SessionOffered, Operator: id, Free: free, Reason: string(asked)}
	if second, _, ok := d.choose(d.sessions.get(s.ID)); ok && second != id {
		e.RunnerUp = second
	}
	d.stamp(s.Line, id, d.tellOf(s, e))
}

// choose returns whom the mode of its line has asked for a session next, see [queue.Queue.Next]. In mode Strictly who was asked by name
// has no place in the walk, which goes on where it was, or begins at the top (rules 3.10, 6.14, 10.7), but for him.
func (d *Desk) choose(s *Session) (id queue.OperatorID, again, ok bool) {
	q, walked := d.workOf(s.Line).queue, len(s.Tried)-1
	if q.Mode() != queue.Strictly || s.AskedAs == ByMode || walked < 0 {
		return q.Next(s.Tried)
	}
	if id, again, ok = q.Next(s.Tried[:walked]); id == s.Tried[walked] {
		id, again, ok = q.Next(append(slices.Clip(s.Tried[:walked]), id))
	}
	return id, again, ok
}

// lastWith returns who is asked first for a session, as he was last with its client; empty: the mode decides (rule P14). He is
// asked so once a session, and only if he can be asked.
func (d *Desk) lastWith(s *Session) queue.OperatorID {
	chat, sticky := d.chats.get(s.Chat), d.lines.get(s.Line).Queue.Sticky
	if s.Sticky || sticky == 0 || chat.Server == "" || d.now.Sub(chat.ServedAt) > sticky || slices.Contains(s.Tried, chat.Server) ||
		!d.workOf(s.Line).queue.IsFree(chat.Server) {
		return ""
	}
	return chat.Server
}

// servedBy finds out, for a session that begins, who was last with the client of a chat in another chat of his (rules P4, P14).
func (d *Desk) servedBy(c *Chat) {
	own := d.clientOf(c)
	if own == nil {
		return
	}
	for _, o := range d.chats.getAll(own.Chats) {
		if o.ServedAt.After(c.ServedAt) {
			c.Server, c.ServedAt, c.ServedIn = o.Server, o.ServedAt, cmp.Or(o.ServedIn, o.ID)
		}
	}
}

// stamp restarts a member's clock (rules 3.5 and 3.8, decision 14.11). Who is no member has none.
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

// requeue makes a session wait again in its line's queue; it keeps its age (decision 14.14).
func (d *Desk) requeue(s *Session, act session.Act, actor queue.OperatorID) {
	next := d.back(s, act, actor)
	d.entered = append(d.entered, s.ID)
	d.arrive(next)
}

// back takes a session from who has it or is asked for it.
func (d *Desk) back(s *Session, act session.Act, actor queue.OperatorID) *Session {
	had := s.bearer()
	next := d.must(s, act, func(n *Session) {
		if s.State != session.Offered {
			n.Tried = nil
		}
		n.Owner, n.OfferedTo, n.Direct, n.ToAll = "", "", false, false
	})
	d.tellOf(next, Event{Type: SessionWaiting, Operator: had, Actor: actor, Reason: string(act)})
	return d.speakUp(next)
}

// apologise tells the client once in a waiting period that nobody can take it now (rules 3.26, 7.11, decision 14.6).
func (d *Desk) apologise(id session.ID) {
	s := d.sessions.rows[id]
	if s == nil || s.State != session.Waiting {
		return
	}
	if len(d.workOf(s.Line).queue.Members()) == 0 {
		d.tellOf(s, Event{Type: QueueEmpty}) // rule 2.10
		d.notify(Effect{Notice: NoticeQueueEmpty}, s)
	}
	d.excuse(s, session.Nobody)
}
