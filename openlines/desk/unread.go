package desk

import (
	"cmp"
	"slices"

	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
)

// MaxMuted is how many operators can have muted one chat.
const MaxMuted = 100

// UnreadLine is what an operator has not read yet in the sessions of one line.
type UnreadLine struct {
	Line     LineID
	Sessions int // with messages of the client that no operator has seen
	Messages int // such messages
}

// Mute takes a chat out of what counts as unread for the actor, until he takes it back (rule 11.43). Who takes part in its open
// session may.
type Mute struct {
	Chat session.ChatID
	Off  bool
}

func (c Mute) name() string    { return "mute" }
func (c Mute) words() []string { return []string{data(c)} }

func (c Mute) act(d *Desk, by By) (any, error) {
	id, err := d.actor(by)
	if err != nil {
		return nil, err
	}
	chat := d.chats.get(c.Chat)
	switch s := d.sessions.rows[d.open[c.Chat]]; {
	case chat == nil:
		return nil, ErrNotFound
	case chat.MutedBy(id) != c.Off:
		return nil, nil
	case !c.Off && (s == nil || !s.takesPart(id)):
		return nil, ErrDenied
	case !c.Off && len(chat.Muted) >= MaxMuted:
		return nil, &Invalid{Field: "Muted", Problem: "full", Limit: MaxMuted}
	}
	next := *chat
	if c.Off {
		next.Muted = slices.DeleteFunc(slices.Clone(chat.Muted), func(o queue.OperatorID) bool { return o == id })
	} else {
		next.Muted = append(slices.Clip(chat.Muted), id)
	}
	d.chats.put(&next)
	d.tell(Event{Type: ChatMuted, Line: chat.Line, Chat: chat.ID, Session: chat.Session, Operator: id, Actor: id, Reason: off(c.Off)})
	return nil, nil
}

// MutedBy reports whether an operator has muted the chat.
func (c *Chat) MutedBy(id queue.OperatorID) bool { return slices.Contains(c.Muted, id) }

// unread takes a message that its client has deleted out of those that no operator has seen.
func (d *Desk) unread(m *Message) {
	chat := d.chats.get(m.Chat)
	if !m.Counts || m.Number <= chat.SeenTo {
		return
	}
	next := *chat
	next.Unseen--
	d.chats.put(&next)
}

// Unread counts what an operator has not read yet in his open sessions, by line, as far as an actor may see them; and the sum.
func (d *Desk) Unread(by By, id queue.OperatorID) (lines []UnreadLine, all int) {
	his := slices.Sorted(slices.Values(slices.Concat(d.Load(id), d.Joined(id)))) // he can have joined what he is asked for
	for _, n := range d.Visible(by, slices.Compact(his)) {
		s := d.sessions.rows[n]
		chat := d.chats.rows[s.Chat]
		if s.over() || chat.Unseen == 0 || chat.MutedBy(id) {
			continue
		}
		i, known := slices.BinarySearchFunc(lines, s.Line, func(u UnreadLine, line LineID) int { return cmp.Compare(u.Line, line) })
		if !known {
			lines = slices.Insert(lines, i, UnreadLine{Line: s.Line})
		}
		lines[i].Sessions++
		lines[i].Messages += chat.Unseen
		all += chat.Unseen
	}
	return lines, all
}
