package desk

import (
	"fmt"
	"slices"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
)

// CreateItem asks the host to make an item of its CRM (a lead, a deal) out of a session, and links the chat to it. Only who has
// the session may, and the host (rule 6.29). Who is to be responsible is the owner; if nobody has the session, the first
// member of the queue (rule 3.27).
type CreateItem struct{ Session session.ID }

func (c CreateItem) name() string    { return "create-item" }
func (c CreateItem) words() []string { return []string{number(c.Session)} }

func (c CreateItem) act(d *Desk, by By) (any, error) {
	s, err := d.session(c.Session)
	switch {
	case err != nil:
		return nil, err
	case !s.Open():
		return nil, ErrOver
	}
	if err := d.permits(by, s.Owner == by.Operator); err != nil {
		return nil, err
	}
	if len(d.chats.get(s.Chat).Identity.Items) >= MaxItems {
		return nil, &Invalid{Field: "Items", Problem: "full", Limit: MaxItems}
	}
	responsible := s.Owner
	if members := d.workOf(s.Line).queue.Members(); responsible == "" && len(members) > 0 {
		responsible = members[0]
	}
	n := d.count(func(c *counters) { c.Effects++ })
	d.effects.put(&Effect{
		ID: EffectID(n.Effects), Kind: AskItem, Lane: "identity:" + number(s.Chat), Chat: s.Chat, Session: s.ID, Line: s.Line,
		Channel: Channel{Account: string(AskIdentity)}, Operator: responsible, Began: d.now, Due: d.now,
	})
	return nil, nil
}

// ItemDraft is what the host is told to make an item of.
type ItemDraft struct {
	ID          string // the same at every attempt: the host makes one item of it
	Chat        session.ChatID
	Session     session.ID
	Line        LineID
	Address     connector.Address
	Client      connector.Client
	Known       Identity
	Responsible queue.OperatorID // empty: the line has nobody
}

// Item makes the draft of an AskItem out of the records that Keys names.
func (e Effect) Item(records []storage.Record) (ItemDraft, error) {
	for _, r := range records {
		if r.Kind == "chat" {
			c, err := DecodeChat(r)
			return ItemDraft{
				ID: number(e.ID), Chat: e.Chat, Session: e.Session, Line: e.Line, Address: c.Address, Client: c.Client,
				Known: c.Identity, Responsible: e.Operator,
			}, err
		}
	}
	return ItemDraft{}, fmt.Errorf("desk: read a chat: %w", ErrNotFound)
}

// link links a chat to an item that the host has made.
func (d *Desk) link(e *Effect, item string) error {
	if err := connector.CheckID("Item", item); err != nil {
		return err
	}
	d.effects.drop(e.ID)
	chat := *d.chats.get(e.Chat)
	if !slices.Contains(chat.Identity.Items, item) && len(chat.Identity.Items) < MaxItems {
		chat.Identity.Items = append(slices.Clip(chat.Identity.Items), item)
		d.chats.put(&chat)
	}
	d.tell(Event{Type: ItemCreated, Line: e.Line, Chat: e.Chat, Session: e.Session, Operator: e.Operator})
	return nil
}
