package desk

import (
	"cmp"
	"slices"

	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
)

// InviteByItem adds an operator to the open session of a chat that is linked to an item of the host's CRM; he needs no right.
// Who has the session may, who may join it, and who may read the item, as the host knows. One who takes part already is
// *Invalid; a chat that is not linked to the item is ErrNotFound, one without an open session ErrOver. It answers the chat's id.
type InviteByItem struct {
	Item     string
	Chat     session.ChatID // 0: Last
	Operator queue.OperatorID

	Last  session.ChatID // the item's last chat, which whoever sends the command has looked up; 0: it has none, and nothing is done
	Reads bool           // the host says that the actor may read the item
}

// RemoveByItem takes an operator who has joined it out of the open session of a chat that is linked to an item; see
// [InviteByItem]. Who has the session is *Invalid: he transfers or finishes it.
type RemoveByItem InviteByItem

func (c InviteByItem) name() string { return "invite-by-item" }
func (c RemoveByItem) name() string { return "remove-by-item" }

func (c InviteByItem) words() []string { return []string{c.Item, number(c.Chat), string(c.Operator)} }
func (c RemoveByItem) words() []string { return InviteByItem(c).words() }

// sessionOf returns the open session of the chat, in which the actor may change who takes part.
func (c InviteByItem) sessionOf(d *Desk, by By) (*Session, error) {
	chat := d.chats.get(cmp.Or(c.Chat, c.Last))
	if chat == nil || !slices.Contains(chat.Identity.Items, c.Item) {
		return nil, ErrNotFound
	}
	s, err := d.session(chat.Session)
	if err != nil || s.over() {
		return nil, ErrOver
	}
	if by.Operator != "" && (c.Reads || s.Owner == by.Operator) {
		err = d.principal(by)
	} else {
		err = d.may(by, MayJoin, s.Line, s)
	}
	return s, err
}

func (c InviteByItem) act(d *Desk, by By) (any, error) {
	if c.Chat == 0 && c.Last == 0 {
		return session.ChatID(0), d.permits(by, true)
	}
	s, err := c.sessionOf(d, by)
	if err != nil {
		return nil, err
	}
	if _, err := d.actor(By{Operator: c.Operator}); err != nil {
		return nil, err
	}
	if s.Owner == c.Operator || slices.Contains(s.Joined, c.Operator) {
		return nil, &Invalid{Field: "Operator", Problem: "takes part already"}
	}
	return s.Chat, d.join(s, c.Operator, by)
}

func (c RemoveByItem) act(d *Desk, by By) (any, error) {
	if c.Chat == 0 && c.Last == 0 {
		return session.ChatID(0), d.permits(by, true)
	}
	s, err := InviteByItem(c).sessionOf(d, by)
	switch {
	case err != nil:
		return nil, err
	case s.Owner == c.Operator:
		return nil, &Invalid{Field: "Operator", Problem: "has the session"}
	case !slices.Contains(s.Joined, c.Operator):
		return nil, &Invalid{Field: "Operator", Problem: "does not take part"}
	}
	d.part(s, c.Operator, by)
	return s.Chat, nil
}

// ChatsOf is the query for the chats that are linked to an item, newest first; active: those that have an open session.
func ChatsOf(item string, active bool) storage.Query {
	q := storage.Query{Kind: "chat", Terms: []string{itemTerm(item)}}
	if active {
		q.Terms = append(q.Terms, activeTerm)
	}
	return q
}
