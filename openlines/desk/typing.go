package desk

import (
	"slices"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/queue"
)

// Writes reports whether an operator has the session or has joined it: he writes in it, and sees what the client is typing.
func (s *Session) Writes(id queue.OperatorID) bool {
	return s.State.Active() && (s.Owner == id || slices.Contains(s.Joined, id))
}

// Writes reports whether an actor is an operator who writes in a session.
func (d *Desk) Writes(by By, s *Session) bool {
	id, err := d.actor(by)
	return err == nil && s.Writes(id)
}

// TypedIn returns the open session of a client whose typing is to be told: his channel tells it, and the line wants to know (rule
// 7.22).
func (d *Desk) TypedIn(a connector.Address) (Session, bool) {
	c := d.connections.rows[connectionKey(a.Connector, a.Account)]
	s := d.sessions.rows[d.open[d.OpenChat(a)]]
	if c == nil || !c.Types || s == nil || d.lines.rows[s.Line] == nil || !d.lines.rows[s.Line].WatchTyping {
		return Session{}, false
	}
	return *s, true
}
