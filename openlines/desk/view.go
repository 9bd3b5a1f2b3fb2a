package desk

import (
	"slices"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
)

// Questions change nothing, so they take no turn: who asks has the rights that he has on the desk that answers. What he may not
// see is [*Forbidden], which names the right that he lacks; a list leaves it out.

// Allows decides whether an actor has a right in a line, over one session if s is not nil. The host has all.
func (d *Desk) Allows(by By, r Right, line LineID, s *Session) error { return d.may(by, r, line, s) }

// AllowsAnywhere decides whether an actor has a right in some line, over whatever sessions.
func (d *Desk) AllowsAnywhere(by By, r Right) error {
	if by.Operator == "" {
		return nil
	}
	if err := d.principal(by); err != nil {
		return err
	}
	if d.reach(by.Operator, r) == Denied {
		return &Forbidden{Right: r}
	}
	return nil
}

// Views decides whether an actor may see a session, open or closed, by the right to view sessions. Who has it, is asked for it or
// takes part sees it while it is open without any: else he could not answer (rules 2.7, 11.34).
func (d *Desk) Views(by By, s *Session) error { return d.viewsBy(by, MayViewSessions, s) }

// Reads decides whether an actor may read what is said in a session, by the right to read history; see Views.
func (d *Desk) Reads(by By, s *Session) error { return d.viewsBy(by, MayReadHistory, s) }

func (d *Desk) viewsBy(by By, r Right, s *Session) error {
	if id, err := d.actor(by); err == nil && s.Open() && (s.takesPart(id) || s.ToAll && d.isMember(s.Line, id)) {
		return nil
	}
	return d.may(by, r, s.Line, s)
}

// Oversees decides whether an actor may see what an operator has: the operator himself, the host, and who may view the sessions
// of all or, for a colleague, of his department. Views tells of each session.
func (d *Desk) Oversees(by By, id queue.OperatorID) error {
	if by.Operator == "" {
		return nil
	}
	if err := d.principal(by); err != nil {
		return err
	}
	switch scope := d.reach(by.Operator, MayViewSessions); {
	case by.Operator == id, scope == AnyOnes, scope == OfDepartments && d.colleagues(by.Operator, id):
		return nil
	}
	return &Forbidden{Right: MayViewSessions}
}

// colleagues reports whether two operators are in one department.
func (d *Desk) colleagues(a, b queue.OperatorID) bool {
	return slices.ContainsFunc(d.partOf[a], func(dep queue.DepartmentID) bool { return slices.Contains(d.partOf[b], dep) })
}

// Visible returns those of an operator's sessions that an actor may see: all of his own.
func (d *Desk) Visible(by By, ids []session.ID) []session.ID {
	return slices.DeleteFunc(ids, func(id session.ID) bool { return d.Views(by, d.sessions.rows[id]) != nil })
}

// InChat returns the open session of a chat.
func (d *Desk) InChat(id session.ChatID) (Session, bool) { return d.Session(d.open[id]) }

// Knows decides whether an actor may ask for what every operator may know: he is one, and not dismissed.
func (d *Desk) Knows(by By) error { return d.permits(by, true) }

// CanJoin reports whether Join would add an actor to a session (rule 11.42).
func (d *Desk) CanJoin(by By, s *Session) bool {
	id, err := d.actor(by)
	return err == nil && !s.over() && !s.takesPart(id) && len(s.Joined) < MaxJoined && d.may(by, MayJoin, s.Line, s) == nil
}

// CanRate reports whether a Review of a session would be taken from an actor (rule 11.42).
func (d *Desk) CanRate(by By, s *Session) bool {
	return !s.Open() && d.may(by, MayRate, s.Line, s) == nil
}

// OpenChat returns the chat of a client's address that has an open session; 0: there is none.
func (d *Desk) OpenChat(a connector.Address) session.ChatID {
	if known := d.aliases.rows[aliasKey(d.thread(a))]; known != nil {
		return known.Chat
	}
	return 0
}

// AliasKey names the record that leads from a client's address to his chat, and DecodeAlias reads it.
func (d *Desk) AliasKey(a connector.Address) storage.Key {
	return storage.Key{Kind: "alias", ID: aliasKey(d.thread(a))}
}

// DecodeAlias returns the chat to which the record of an address leads.
func DecodeAlias(r storage.Record) (session.ChatID, error) {
	a, err := decode[alias](r, "alias")
	return a.Chat, err
}
