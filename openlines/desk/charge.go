package desk

import (
	"slices"

	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
)

// taken is put for a session that an operator has from now on, perhaps as somebody has named him: he is in charge of its item, and if
// its client is to write next, he is asked for a rating in time (rule P10).
func (d *Desk) taken(s *Session, byHand bool) *Session {
	d.takesCharge(s, byHand)
	if s = d.sessions.get(s.ID); s.State == session.Replied {
		d.rateBefore(s)
	}
	return d.sessions.get(s.ID)
}

// takesCharge has the host told that somebody else is responsible for the item that is made of a session: the first who accepts
// it, and whoever accepts it after a transfer to him by hand, unless the line keeps the first (rule 10.9). Items that were there
// before keep theirs.
func (d *Desk) takesCharge(s *Session, byHand bool) {
	m := s.Making
	if m == nil || m.Accepted && (!byHand || d.crmOf(s.Line).KeepResponsible) {
		return
	}
	next, making := *s, *m
	making.InCharge, making.Accepted = s.Owner, true
	next.Making = &making
	d.sessions.put(&next)
	if making.InCharge == m.InCharge {
		return
	}
	lane := itemLane(s.Chat)
	if l := d.lanes[lane]; l != nil { // what is told is who it is by then
		for _, id := range slices.Clone(l.ids) {
			if e := d.effects.rows[id]; e.Session == s.ID && e.Lease.IsZero() && (e.Kind == TellCharge || e.Kind == AskItem && e.Attempt == 0) {
				return
			}
		}
	}
	d.askAbout(&next, Effect{Kind: TellCharge, Operator: s.Owner})
}

// Charge tells the host who is responsible from now on for an item that was made of a session (rule 10.9).
type Charge struct {
	ID          string // the same at every attempt
	Item        string
	Chat        session.ChatID
	Session     session.ID
	Line        LineID
	Responsible queue.OperatorID
}

// Charge makes the charge of a TellCharge out of the records that Keys names; without an item if none was made.
func (e Effect) Charge(records []storage.Record) (Charge, error) {
	_, s, _, err := e.about(records)
	c := Charge{ID: number(e.ID), Chat: e.Chat, Session: e.Session, Line: e.Line, Responsible: e.Operator}
	if s.Making != nil {
		c.Item, c.Responsible = s.Making.Item, s.Making.InCharge
	}
	return c, err
}

// charged notes that the host knows who is responsible.
func (d *Desk) charged(e *Effect) {
	d.effects.drop(e.ID)
	if s := d.sessions.get(e.Session); s != nil && s.Making != nil && s.Making.Item != "" {
		d.tellOf(s, Event{Type: ItemCharged, Operator: s.Making.InCharge})
	}
}
