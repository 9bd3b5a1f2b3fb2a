package desk

import (
	"strconv"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/worktime"
)

// Answer takes a session that is offered to the actor, or to everybody (rules 3.12, 6.2). It sends nothing and does not
// count as a reply (decision 14.8). Answering what one has already changes nothing.
type Answer struct{ Session session.ID }

// Send is a message of the actor to the client. Writing is answering (rule 6.4).
type Send struct {
	Session session.ID
	Text    string
	Files   []connector.File
}

// Skip passes an offer to the next member at once (rule 3.19).
type Skip struct{ Session session.ID }

// Finish ends the conversation: the closing text is said and the closing delay begins (rules 6.6, 8.2, 8.3). The owner
// may, and the host.
type Finish struct{ Session session.ID }

// ClientLeaves tells that the client hung up or closed the page. A session that nobody has taken yet closes as abandoned
// (decision 14.39); one that somebody has stays.
type ClientLeaves struct{ Address connector.Address }

func (c Answer) name() string       { return "answer" }
func (c Send) name() string         { return "send" }
func (c Skip) name() string         { return "skip" }
func (c Finish) name() string       { return "finish" }
func (c ClientLeaves) name() string { return "client-leaves" }

func (c Answer) words() []string       { return []string{number(c.Session)} }
func (c Skip) words() []string         { return []string{number(c.Session)} }
func (c Finish) words() []string       { return []string{number(c.Session)} }
func (c ClientLeaves) words() []string { return []string{aliasKey(c.Address)} }
func (c Send) words() []string {
	words := []string{number(c.Session), c.Text}
	for _, f := range c.Files {
		words = append(words, f.ID, f.Name, f.Type, strconv.FormatInt(f.Size, 10), f.URL)
	}
	return words
}

// actor returns the operator who acts; the host has to act as one.
func (d *Desk) actor(by By) (queue.OperatorID, error) {
	o := d.operators.get(by.Operator)
	switch {
	case by.Operator == "":
		return "", ErrDenied
	case o == nil:
		return "", ErrNotFound
	case o.Status == worktime.Dismissed:
		return "", ErrDenied
	}
	return o.ID, nil
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
	case !s.Open() || s.State == session.Closing || s.State == session.AutoClosed:
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
	next := d.must(s, session.Accept, func(n *Session) { n.Owner, n.OfferedTo, n.Direct, n.ToAll = id, "", false, false })
	event := d.tellOf(next, Event{Type: SessionAnswered, Operator: id, Actor: id})
	if s.ToAll {
		d.stamp(s.Line, id, event) // it is assigned only now (rule 3.8)
	}
	return next, nil
}

func (c Send) act(d *Desk, by By) (any, error) {
	id, err := d.actor(by)
	if err != nil {
		return nil, err
	}
	said := connector.CleanText(c.Text, connector.MaxText)
	if said.Text == "" && len(c.Files) == 0 {
		return nil, &Invalid{Field: "Text", Problem: "no text and no file"}
	}
	files, err := connector.CleanFiles(c.Files)
	if err != nil {
		return nil, err
	}
	s, err := d.session(c.Session)
	if err != nil {
		return nil, err
	}
	if s, err = d.accept(s, id); err != nil {
		return nil, err
	}
	s = d.must(s, session.Reply, nil)
	m := d.write(s.ID, Message{By: ByOperator, Operator: id, Said: said, Files: files})
	event := d.tellOf(s, Event{Type: MessageSent, Message: m.Number, Operator: id, Actor: id})
	d.stamp(s.Line, id, event)
	d.deliver(m)
	return nil, nil
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
	case !s.Open() || s.State == session.Closing || s.State == session.AutoClosed:
		return nil, ErrOver // rule 3.20
	case s.State != session.Offered || s.OfferedTo != id:
		return nil, ErrNotOffered
	}
	d.requeue(s, session.Skip, id)
	return nil, nil
}

func (c Finish) act(d *Desk, by By) (any, error) {
	if by.Operator != "" {
		if _, err := d.actor(by); err != nil {
			return nil, err
		}
	}
	s, err := d.session(c.Session)
	switch {
	case err != nil:
		return nil, err
	case !s.Open() || s.State == session.Closing || s.State == session.AutoClosed:
		return nil, ErrOver
	case by.Operator != "" && s.Owner != by.Operator:
		return nil, ErrDenied
	}
	next, err := d.move(s, session.Finish, func(n *Session) { n.FinishedBy = by.Operator })
	if err != nil {
		return nil, err
	}
	d.tellOf(next, Event{
		Type: SessionFinished, Operator: next.Owner, Actor: by.Operator, Parent: next.Parent, CloseAt: next.CloseAt,
	})
	d.say(next, session.Farewell)
	return nil, nil
}

func (c ClientLeaves) act(d *Desk, by By) (any, error) {
	if by.Operator != "" {
		return nil, ErrDenied
	}
	address := c.Address.Normal()
	if err := address.Validate(); err != nil {
		return nil, err
	}
	a := d.aliases.get(aliasKey(address))
	if a == nil {
		return nil, ErrNotFound
	}
	id, open := d.open[a.Chat]
	if !open {
		return nil, nil
	}
	s := d.sessions.get(id)
	if s.State.Owned() {
		d.tellOf(s, Event{Type: ClientLeft, Operator: s.Owner})
		return nil, nil
	}
	d.end(s, session.Abandon)
	return nil, nil
}
