package desk

import (
	"maps"
	"slices"

	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/worktime"
)

// Transfer puts a session to another operator, who need not be in the queue, or into another line's queue (rules 6.11,
// 6.12). Who has it may, or is asked for it, who may take it over, and the host. The line's limit does not count, the
// account-wide one does (rule 5.12). An operator who does not accept in time loses it to the queue (rule 6.14), unless Assign
// makes it his at once. Who is away, in a line that looks at availability, is only asked all the same: what he held would wait
// for him (rule 4.14).
type Transfer struct {
	Session session.ID
	To      queue.OperatorID // one of To and Line
	Line    LineID
	Assign  bool // it is To's without being accepted, if he is there
}

// Intercept takes a session over, whoever has it (rule 6.18). The account-wide limit counts, the line's does not.
type Intercept struct{ Session session.ID }

// Pin keeps a session with its owner, or lets go of it: while it is pinned, auto-close is put off by a week and his absence
// does not return it to the queue (rules 6.20, 6.22). Only the owner may.
type Pin struct {
	Session session.ID
	Off     bool
}

// Spam ends a session at once: no text, no delay; the client can write again (rules 6.8, 6.9). Who has it may, or is asked
// for it, who may take it over, and the host.
type Spam struct{ Session session.ID }

// AcceptAndClose takes an offered session and finishes it in one step (rule 6.5).
type AcceptAndClose struct{ Session session.ID }

// HandOver returns everything that an operator has or is asked for to the queues, pinned or not, except what is closing: the
// end of a shift (decision 14.17). He may himself, the host, and who may take over all of that. The rights are those at the command:
// what is left of it beyond JobStep sessions is done before any other command, so that no change of rights comes between.
type HandOver struct{ Operator queue.OperatorID }

func (c Transfer) name() string       { return "transfer" }
func (c Intercept) name() string      { return "intercept" }
func (c Pin) name() string            { return "pin" }
func (c Spam) name() string           { return "spam" }
func (c AcceptAndClose) name() string { return "accept-and-close" }
func (c HandOver) name() string       { return "hand-over" }

func (c Transfer) words() []string       { return []string{data(c)} }
func (c Intercept) words() []string      { return []string{number(c.Session)} }
func (c Pin) words() []string            { return []string{data(c)} }
func (c Spam) words() []string           { return []string{number(c.Session)} }
func (c AcceptAndClose) words() []string { return []string{number(c.Session)} }
func (c HandOver) words() []string       { return []string{string(c.Operator)} }

// held returns a session that is not over for operators, and that the actor has, is asked for, or may take over (rule 6.6).
func (d *Desk) held(id session.ID, by By) (*Session, error) {
	s, err := d.ongoing(id)
	if err == nil {
		err = d.mayHandle(s, by)
	}
	return s, err
}

// mayHandle decides whether an actor may pass on or end a session: it is his, or he may take it over.
func (d *Desk) mayHandle(s *Session, by By) error {
	if by.Operator != "" && s.bearer() == by.Operator {
		_, err := d.actor(by)
		return err
	}
	return d.may(by, MayIntercept, s.Line, s)
}

// target returns an operator to whom a session can be given: known, not dismissed, below the account-wide limit (rules
// 5.12, 6.15).
func (d *Desk) target(id queue.OperatorID) error {
	o := d.operators.get(id)
	switch {
	case o == nil:
		return ErrNotFound
	case o.Status == worktime.Dismissed:
		return &Invalid{Field: "To", Problem: "dismissed"}
	case d.loads[id] != nil && d.loads[id].total >= d.maxSessions():
		return ErrFull
	}
	return nil
}

func (c Transfer) act(d *Desk, by By) (any, error) {
	if (c.To == "") == (c.Line == "") {
		return nil, &Invalid{Field: "To", Problem: "want exactly one of an operator and a line"} // rule 6.13
	}
	s, err := d.held(c.Session, by)
	if err != nil {
		return nil, err
	}
	return nil, d.pass(s, c, by)
}

// pass has a session go where a transfer says, by one who may.
func (d *Desk) pass(s *Session, c Transfer, by By) error {
	switch {
	case c.Line != "":
		if err := d.moveTo(s, c.Line, by); err != nil {
			return err
		}
		d.consider(d.sessions.get(s.ID))
		return nil
	case c.To == "":
		return &Invalid{Field: "To", Problem: "no target"}
	case s.bearer() == c.To:
		return &Invalid{Field: "To", Problem: "has the session"}
	}
	if err := d.target(c.To); err != nil {
		return err
	}
	if d.lines.get(s.Line).Inactive {
		return ErrInactive // nothing new is offered there (decision 14.33)
	}
	return d.handTo(s, c.To, c.Assign, by)
}

// handTo offers a session to one operator, or makes it his.
func (d *Desk) handTo(s *Session, to queue.OperatorID, assign bool, by By) error {
	had, act := s.bearer(), session.Transfer
	if s.State == session.Waiting {
		act = session.Offer
	}
	l := d.lines.get(s.Line)
	next, err := d.move(s, act, func(n *Session) {
		n.Owner, n.OfferedTo, n.AskedAs, n.Direct, n.ToAll, n.Tried = "", to, ByTransfer, true, false, []queue.OperatorID{to}
		n.OfferEnds, n.InQueue = d.directEnds(l, to), d.isMember(l.ID, to)
	})
	if err != nil {
		return err
	}
	event := d.tellOf(next, Event{Type: SessionTransferred, Operator: to, From: had, Actor: by.Operator, Bot: by.Bot})
	d.stamp(s.Line, to, event)
	next = d.speakUp(next)
	if assign && !d.absent(next) {
		next = d.must(next, session.Accept, func(n *Session) { n.owned(to) })
		d.tellOf(next, Event{Type: SessionAnswered, Operator: to, Actor: by.Operator, Bot: by.Bot})
		d.taken(next, true)
	}
	return nil
}

// moveTo puts a session into another line's queue, where it keeps its age (rule 6.12, decision 14.23).
func (d *Desk) moveTo(s *Session, line LineID, by By) error {
	l := d.lines.get(line)
	switch {
	case l == nil:
		return ErrNotFound
	case l.Inactive:
		return ErrInactive
	case line == s.Line:
		return &Invalid{Field: "Line", Problem: "is the session's"}
	}
	from, had := s.Line, s.bearer()
	next, err := d.moveBy(l, s, session.Move, func(n *Session) {
		n.Line, n.Owner, n.OfferedTo, n.Direct, n.ToAll, n.Tried = line, "", "", false, false, nil
		n.Priority = d.priority(l, n)
		d.tallyMoved(s)
		d.tallyBegun(n)
		if n.Unanswered && l.UnansweredTo != "" {
			n.Session = n.AwaitAnswer(d.now, l.Session) // the line's operators have their time, too (decision 14.26)
		}
	})
	if err != nil {
		return err
	}
	d.tellOf(next, Event{Type: SessionMoved, From: had, FromLine: from, Actor: by.Operator, Bot: by.Bot})
	next = d.speakUp(next)
	if d.chats.rows[next.Chat].Of != "" {
		d.verify(next) // his other chats are not looked up when a deadline moves it: with his next message
	} else {
		d.consider(next)
	}
	d.entered = append(d.entered, s.ID)
	d.arrive(d.sessions.get(s.ID))
	return nil
}

// priority is that of a session in a line: the line's, its client's, and what it has risen by (rules P3, P21).
func (d *Desk) priority(l *Line, s *Session) int {
	p := l.Queue.Priority + d.chats.get(s.Chat).Priority
	if s.Risen > 0 {
		p = max(p, min(p+s.Risen, queue.MaxPriority))
	}
	return p
}

// arrive is put for a session that has come to a line's queue, or back to it. If the line is closed, its client is told, once in a
// waiting period (rule 7.9, decision 14.6), and it moves on if the line says so; so does what is marked as unanswered, once the
// line's time for that is over (decision 14.26). Lines that lead in a circle are refused when they are put.
func (d *Desk) arrive(s *Session) {
	if s.State.Owned() {
		return
	}
	l := d.lines.get(s.Line)
	if s.Unanswered && s.AnswerBy.IsZero() && !s.Served && d.moveOn(s, l.UnansweredTo) || d.workOf(s.Line).calendar.Open(d.now) {
		return
	}
	d.excuse(s, session.OffHours)
	d.moveOn(d.sessions.get(s.ID), l.OffHoursTo)
}

// excuse tells a client why nobody is there for him, once in a waiting period, as soon as the window of his channel lets it.
func (d *Desk) excuse(s *Session, notice session.Text) {
	sorry := notice == session.Nobody && slices.Contains(s.Said, session.Unanswered) && !s.Served && !d.lines.get(s.Line).ApologiseTwice // rule 7.20
	if s.Apologised || sorry || d.shut(d.chats.get(s.Chat), d.now) || !d.say(s, notice) {
		return
	}
	next := *d.sessions.get(s.ID)
	next.Apologised, next.Excused = true, true
	d.sessions.put(&next)
}

func (c Intercept) act(d *Desk, by By) (any, error) {
	id, err := d.actor(by)
	if err != nil {
		return nil, err
	}
	s, err := d.session(c.Session)
	if err != nil {
		return nil, err
	}
	if err := d.may(by, MayIntercept, s.Line, s); err != nil {
		return nil, err
	}
	if s.Owner == id && s.State.Owned() {
		return nil, &session.Refused{State: s.State, Act: session.Take} // rule 6.19
	}
	if s.bearer() != id { // what he is asked for counts already
		if err := d.target(id); err != nil {
			return nil, err
		}
	}
	_, err = d.takeOver(s, id)
	return nil, err
}

// takeOver gives a session to an operator, whoever had it.
func (d *Desk) takeOver(s *Session, id queue.OperatorID) (*Session, error) {
	had := s.bearer()
	next, err := d.move(s, session.Take, func(n *Session) { n.owned(id) })
	if err != nil {
		return nil, err
	}
	event := d.tellOf(next, Event{Type: SessionIntercepted, Operator: id, From: had, Actor: id})
	d.stamp(s.Line, id, event)
	next = d.speakUp(next)
	return d.taken(next, s.transferredTo(id)), nil
}

// owned makes an operator the owner; what was offered is not any more, and he takes part as nothing else.
func (s *Session) owned(id queue.OperatorID) {
	s.Owner, s.OfferedTo, s.Direct, s.ToAll = id, "", false, false
	if slices.Contains(s.Joined, id) {
		s.Joined = slices.DeleteFunc(slices.Clone(s.Joined), func(o queue.OperatorID) bool { return o == id })
	}
}

func (c Pin) act(d *Desk, by By) (any, error) {
	id, err := d.actor(by)
	if err != nil {
		return nil, err
	}
	s, err := d.session(c.Session)
	switch {
	case err != nil:
		return nil, err
	case !s.State.Active():
		return nil, ErrOver
	case s.Owner != id:
		return nil, ErrDenied
	case s.Pinned != c.Off:
		return nil, nil
	}
	d.pin(s, c.Off, id)
	return nil, nil
}

func (c Spam) act(d *Desk, by By) (any, error) {
	s, err := d.session(c.Session)
	switch {
	case err != nil:
		return nil, err
	case !s.Open():
		return nil, ErrOver
	}
	if err := d.mayHandle(s, by); err != nil {
		return nil, err
	}
	d.end(s, session.Spam, by.Operator)
	return nil, nil
}

func (c AcceptAndClose) act(d *Desk, by By) (any, error) {
	if _, err := (Answer(c)).act(d, by); err != nil {
		return nil, err
	}
	return Finish(c).act(d, by)
}

func (c HandOver) act(d *Desk, by By) (any, error) {
	if err := d.mayHandOver(c.Operator, by); err != nil {
		return nil, err
	}
	if d.operators.get(c.Operator) == nil {
		return nil, ErrNotFound
	}
	d.handOver(c.Operator, 0, by.Operator)
	return nil, nil
}

// mayHandOver decides whether an actor may end an operator's shift: it is his own, or he may take over all that would go.
func (d *Desk) mayHandOver(id queue.OperatorID, by By) error {
	if by.Operator == "" || by.Operator == id {
		return nil
	}
	if err := d.principal(by); err != nil {
		return err
	}
	if d.reach(by.Operator, MayIntercept) == Denied {
		return &Forbidden{Right: MayIntercept}
	}
	if have := d.loads[id]; have != nil {
		for _, n := range slices.Sorted(maps.Keys(have.sessions)) {
			if s := d.sessions.rows[n]; s.handedOver() {
				if err := d.mayHandle(s, by); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// handedOver reports whether the end of its operator's shift returns a session.
func (s *Session) handedOver() bool { return s.State.Active() || s.State == session.Offered }
