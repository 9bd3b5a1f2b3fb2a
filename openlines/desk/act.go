package desk

import (
	"slices"
	"strconv"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
)

// Answer takes a session that is offered to the actor, or to everybody (rules 3.12, 6.2). It sends nothing and does not
// count as a reply (decision 14.8). Answering what one has already changes nothing.
type Answer struct{ Session session.ID }

// Send is a message of the actor to the client. Writing is answering (rule 6.4); who has joined a session writes in it, too,
// and its owner keeps it (rules 6.16, 6.17). A hidden message, and every one of a session in silent mode, is for operators:
// the client does not get it, and it answers nothing (rules 6.24, 6.25).
type Send struct {
	Session session.ID
	Text    string
	Files   []connector.File
	Hidden  bool

	// Item says that the actor writes from an item of the host's CRM. The chat has to be linked to it, and he has to take part:
	// it is no accepting (rule 6.30). Whether he may read the item, the host knows.
	Item string
}

// Skip passes an offer to the next member at once (rule 3.19).
type Skip struct{ Session session.ID }

// Finish ends the conversation: the closing text is said and the closing delay begins (rules 6.6, 8.2, 8.3). The owner
// may, who may take the session over, and the host. What nobody has accepted is over at once, and takes the host or one who may
// take over those of others.
type Finish struct{ Session session.ID }

func (c Answer) name() string { return "answer" }
func (c Send) name() string   { return "send" }
func (c Skip) name() string   { return "skip" }
func (c Finish) name() string { return "finish" }

func (c Answer) words() []string { return []string{number(c.Session)} }
func (c Skip) words() []string   { return []string{number(c.Session)} }
func (c Finish) words() []string { return []string{number(c.Session)} }
func (c Send) words() []string {
	words := []string{number(c.Session), c.Text, strconv.FormatBool(c.Hidden), c.Item}
	for _, f := range c.Files {
		words = append(words, f.ID, f.Name, f.Type, strconv.FormatInt(f.Size, 10), f.URL)
	}
	return words
}

func (d *Desk) session(id session.ID) (*Session, error) {
	if s := d.sessions.get(id); s != nil {
		return s, nil
	}
	return nil, ErrNotFound
}

func (c Answer) act(d *Desk, by By) (any, error) {
	id, err := d.actor(by)
	if err != nil {
		return nil, err
	}
	s, err := d.session(c.Session)
	if err != nil {
		return nil, err
	}
	_, err = d.accept(s, id)
	return nil, err
}

// accept makes an operator the owner. Of two who accept at once the second finds it taken (rule 3.13).
func (d *Desk) accept(s *Session, id queue.OperatorID) (*Session, error) {
	switch {
	case s.over():
		return nil, ErrOver
	case s.Owner == id && s.State.Owned():
		return s, nil
	case s.State.Owned():
		return nil, ErrTaken
	case s.ToAll:
		if _, member := d.workOf(s.Line).queue.Place(id); !member {
			return nil, ErrNotOffered
		}
		if d.full(s.Line, id) != Free {
			return nil, ErrFull
		}
		if d.whyNot(s.Line, id) != Free {
			return nil, ErrNotOffered // rule 3.15: he does not see it
		}
	case s.State != session.Offered || s.OfferedTo != id:
		return nil, ErrNotOffered
	}
	next := d.must(s, session.Accept, func(n *Session) { n.owned(id) })
	event := d.tellOf(next, Event{Type: SessionAnswered, Operator: id, Actor: id})
	if s.ToAll {
		d.stamp(s.Line, id, event) // it is assigned only now (rule 3.8)
	}
	return d.taken(next, s.transferredTo(id)), nil
}

// transferredTo reports whether somebody has named an operator, who is asked for the session.
func (s *Session) transferredTo(id queue.OperatorID) bool {
	return s.Direct && s.AskedAs == ByTransfer && s.OfferedTo == id
}

func (c Send) act(d *Desk, by By) (any, error) {
	if service := d.serviceOf(by); service != nil {
		return c.serve(d, by, service.ID)
	}
	id, err := d.actor(by)
	if err != nil {
		return nil, err
	}
	m, err := c.message(id)
	if err != nil {
		return nil, err
	}
	s, err := d.session(c.Session)
	if err != nil {
		return nil, err
	}
	if c.Item != "" {
		if chat := d.chats.get(s.Chat); chat == nil || !slices.Contains(chat.Identity.Items, c.Item) {
			return nil, ErrNotFound
		}
		if s.Owner != id && !slices.Contains(s.Joined, id) {
			return nil, ErrDenied
		}
	}
	m.Hidden = c.Hidden
	_, err = d.sendOrNote(s, m)
	return nil, err
}

// sendOrNote has an operator write to the client, or for his colleagues alone.
func (d *Desk) sendOrNote(s *Session, m Message) (*Message, error) {
	if s.Silent || m.Hidden {
		return d.note(s, m)
	}
	written, err := d.speak(s, m)
	if err == nil {
		d.deliver(written)
	}
	return written, err
}

// message checks what an operator writes.
func (c Send) message(id queue.OperatorID) (Message, error) {
	m := Message{By: ByOperator, Operator: id, Said: connector.CleanText(c.Text, connector.MaxText)}
	if m.Said.Text == "" && len(c.Files) == 0 {
		return m, &Invalid{Field: "Text", Problem: "no text and no file"}
	}
	var err error
	m.Files, err = connector.CleanFiles(c.Files)
	return m, err
}

// speak has an operator write to the client: as who accepts by it, as the owner, or as one who has joined.
func (d *Desk) speak(s *Session, m Message) (*Message, error) {
	act := session.Assist
	if !s.State.Active() || !slices.Contains(s.Joined, m.Operator) {
		var err error
		if s, err = d.accept(s, m.Operator); err != nil {
			return nil, err
		}
		act = session.Reply
	}
	if d.shut(d.chats.get(s.Chat), d.now) {
		act = "" // it does not reach him, and answers nothing
	}
	return d.reply(s, act, m), nil
}

// reply stores what an operator wrote to the client, as his reply, as help to the owner, or as neither.
func (d *Desk) reply(s *Session, act session.Act, m Message) *Message {
	if act != "" {
		s = d.must(s, act, func(n *Session) {
			n.RateEarly = s.RateEarly && d.rateText(s) == session.RateButtons // a word can be the answer to what he writes now
		})
	}
	written := d.write(s.Chat, s.ID, m)
	event := d.tellOf(s, Event{Type: MessageSent, Message: written.Number, Operator: m.Operator, Actor: m.Operator})
	if l := d.lines.get(s.Line); l.Queue.Mode != queue.RoundRobin {
		d.stamp(s.Line, m.Operator, event)
	}
	d.rateBefore(d.sessions.get(s.ID))
	return written
}

// note stores what an operator writes for his colleagues. It accepts nothing and answers nobody.
func (d *Desk) note(s *Session, m Message) (*Message, error) {
	switch {
	case !s.Open():
		return nil, ErrOver
	case !s.takesPart(m.Operator):
		return nil, ErrDenied
	}
	m.Hidden = true
	written := d.write(s.Chat, s.ID, m)
	d.tellOf(s, Event{Type: MessageNoted, Message: written.Number, Operator: m.Operator, Actor: m.Operator})
	return written, nil
}

func (c Skip) act(d *Desk, by By) (any, error) {
	id, err := d.actor(by)
	if err != nil {
		return nil, err
	}
	s, err := d.session(c.Session)
	switch {
	case err != nil:
		return nil, err
	case s.over():
		return nil, ErrOver // rule 3.20
	case s.State != session.Offered || s.OfferedTo != id:
		return nil, ErrNotOffered
	}
	d.requeue(s, session.Skip, id)
	return nil, nil
}

// finishUntaken ends a session that nobody has accepted, as the host may and who may take over those of others (rules P8, P16): there
// is nothing to rate and nobody to whom it could come back. Who may only because he is asked for it, or in the queue, accepts it
// first, or at once (rule 6.5).
func (d *Desk) finishUntaken(s *Session, by By) error {
	if err := d.may(by, MayIntercept, s.Line, s); err != nil {
		return err
	}
	if by.Operator != "" {
		scope := d.scope(by.Operator, MayIntercept, s.Line)
		if scope != AnyOnes && (scope != OfDepartments || !d.concernsDepartment(by.Operator, s.Line, s)) {
			return &Forbidden{Right: MayIntercept}
		}
	}
	d.say(s, session.Farewell)
	d.end(d.sessions.get(s.ID), session.Finish, by.Operator)
	return nil
}

func (c Finish) act(d *Desk, by By) (any, error) {
	s, err := d.ongoing(c.Session)
	if err != nil {
		return nil, err
	}
	if s.Owner == "" {
		return nil, d.finishUntaken(s, by)
	}
	if err := d.mayHandle(s, by); err != nil {
		return nil, err
	}
	next, err := d.move(s, session.Finish, func(n *Session) {
		if n.FinishedBy = by.Operator; n.CloseAt.Before(n.ConsentBy) {
			n.CloseAt = n.ConsentBy // what is withheld can still be agreed to
		}
	})
	if err != nil {
		return nil, err
	}
	d.tellOf(next, Event{
		Type: SessionFinished, Operator: next.Owner, Actor: by.Operator, Parent: next.Parent, CloseAt: next.CloseAt,
	})
	d.say(next, session.Farewell)
	switch {
	case next.Vote == "":
		d.askToRate(next)
	case d.lines.get(next.Line).Rating.CloseWhenRated: // he has rated it while it was open (rules 9.5, 9.6)
		d.end(d.sessions.get(next.ID), session.Complete, by.Operator)
	case !next.RateAsked.IsZero():
		d.askToRate(next) // he can change his mind
	}
	return nil, nil
}
