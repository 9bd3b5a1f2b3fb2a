package openlines

import (
	"context"
	"iter"
	"slices"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
)

// SessionHistory is a session, a page of what was said in it, and what the one who asked may do with it (rule 11.42).
type SessionHistory struct {
	Session  Session   // with the client's vote and the supervisor's review
	Messages []Message // newest first
	Next     Cursor    // of the next page; zero: that was all
	MayJoin  bool      // Join would add the actor
	MayRate  bool      // Review would be taken from the actor
}

// SessionHistory returns one session, open or closed, with a page of its messages. Who takes part in it while it is open may
// ask; else it takes the right [desk.MayReadHistory]. Unlike [Actor.History] it goes by the session itself, not by the latest of
// the chat.
func (a Actor) SessionHistory(ctx context.Context, id session.ID, p Page) (h SessionHistory, err error) {
	s, err := a.sessionIf(ctx, id, (*desk.Desk).Reads)
	if err != nil {
		return SessionHistory{}, err
	}
	h.Session = s
	err = a.look(ctx, func(d *desk.Desk) error {
		h.MayJoin, h.MayRate = d.CanJoin(a.by, &s), d.CanRate(a.by, &s)
		return nil
	})
	if err == nil {
		h.Messages, h.Next, err = a.messages(ctx, desk.MessagesIn(id), p)
	}
	if err != nil {
		return SessionHistory{}, err
	}
	return h, nil
}

// LastSession returns a chat's latest session, open or closed; ErrNotFound if it has had none. Who may see it may, see
// [Actor.Session].
func (a Actor) LastSession(ctx context.Context, id session.ChatID) (Session, error) {
	var s Session
	open := false
	err := a.look(ctx, func(d *desk.Desk) error {
		if s, open = d.InChat(id); open {
			return d.Views(a.by, &s)
		}
		return nil
	})
	if open && err == nil {
		return s, nil
	}
	var c Chat
	if err == nil {
		c, err = a.chat(ctx, id)
	}
	if err != nil {
		return Session{}, err
	}
	return a.Session(ctx, c.Session)
}

// messagesAtOnce is how many messages Messages has in memory.
const messagesAtOnce = 500

// Messages reads a chat from its first message to its last, a few hundred at a time, so that memory stays flat however long it
// is. What is written meanwhile comes, too. Who may is as in [Actor.History], and is asked at the beginning.
func (a Actor) Messages(ctx context.Context, id session.ChatID) iter.Seq2[Message, error] {
	return func(yield func(Message, error) bool) {
		err := a.entitled(ctx, id, (*desk.Desk).Reads)
		q := desk.MessagesOf(id)
		q.OldestFirst = true
		for p := (Page{Limit: messagesAtOnce}); err == nil; {
			var page []Message
			if page, p.After, err = a.messages(ctx, q, p); err != nil {
				break
			}
			if len(page) == 0 {
				_, err = a.chat(ctx, id) // there is none, or it is empty
			}
			for _, m := range page {
				if !yield(m, nil) {
					return
				}
			}
			if p.After == (Cursor{}) && err == nil {
				return
			}
		}
		yield(Message{}, err)
	}
}

// HistoryFrom is [Actor.History] out of an item of the host's CRM that the chat is linked to: who may read the item may read the
// chat, whatever his roles say (rule 11.33). Whether he may read the item, the host knows: it is asked if it is an [ItemReader], and
// else asks for him then only.
func (a Actor) HistoryFrom(ctx context.Context, item string, id session.ChatID, p Page) ([]Message, Cursor, error) {
	if err := a.look(ctx, func(d *desk.Desk) error { return d.Knows(a.by) }); err != nil {
		return nil, Cursor{}, err
	}
	if _, err := a.engine.reads(ctx, a.by.Operator, item); err != nil {
		return nil, Cursor{}, err
	}
	c, err := a.chat(ctx, id)
	switch {
	case err != nil:
		return nil, Cursor{}, err
	case !slices.Contains(c.Identity.Items, item):
		return nil, Cursor{}, ErrNotFound
	}
	return a.messages(ctx, desk.MessagesOf(id), p)
}

// ChatOf returns the chat of a client's address (rule 1.6). Who may see the chat may, see [Actor.Chat]; who may not is not told
// whether there is one.
func (a Actor) ChatOf(ctx context.Context, who connector.Address) (session.ChatID, error) {
	who = who.Normal()
	if err := who.Validate(); err != nil {
		return 0, err
	}
	var id session.ChatID
	var alias storage.Key
	err := a.look(ctx, func(d *desk.Desk) error {
		id, alias = d.OpenChat(who), d.AliasKey(who)
		return nil
	})
	if err == nil && id == 0 {
		var r storage.Record
		if r, err = a.record(ctx, alias); err == nil {
			id, err = desk.DecodeAlias(r)
		}
	}
	if err == nil {
		err = a.entitled(ctx, id, (*desk.Desk).Views)
	}
	if err != nil {
		return 0, a.hushed(ctx, err)
	}
	return id, nil
}

// hushed is what somebody gets to hear who looks for a client: that he may not, unless he may see all there is.
func (a Actor) hushed(ctx context.Context, err error) error {
	if err != ErrNotFound {
		return err
	}
	if denied := a.look(ctx, func(d *desk.Desk) error { return d.Allows(a.by, desk.MayViewSessions, "", nil) }); denied != nil {
		return denied
	}
	return err
}

// logPage is how many messages of a transcript are read at a time.
const logPage = 100

// transcript reads what was said in a session, newest first and a few messages at a time, until it has all or what there is room
// for.
func (e *Engine) transcript(ctx context.Context, f desk.Effect, found []storage.Record) (connector.Outbound, error) {
	e.mu.RLock()
	language := e.desk.Language(f.Line)
	e.mu.RUnlock()
	shownIn := e.shownIn(f)
	shown := func(id queue.OperatorID) connector.Author {
		a, _ := shownIn(id)
		return a
	}
	dialog := e.dialog(f.Connector)
	var l desk.Log
	for p, more := (Page{Limit: logPage}), true; more; {
		page, next, err := e.messages(ctx, desk.MessagesIn(f.Session), p)
		if err != nil {
			return connector.Outbound{}, err
		}
		for _, m := range page {
			if more = l.Add(m, f.Message, shown, dialog); !more {
				break
			}
		}
		p.After, more = next, more && next != (Cursor{})
	}
	return f.Transcript(found, l, language)
}

// Dialog is what an operator's screen shows of a chat beside its messages.
type Dialog struct {
	Chat   Chat    // its title, its client, how far both sides have read, and what of the host's CRM it is linked to
	Latest Session // the latest session; the zero Session: it has had none
	Unread int     // messages of the client that no operator has seen
	Muted  bool    // by the actor

	MayRead bool // the actor may read its messages
	MayJoin bool // Join would add the actor to Latest
}

// DialogOf names a chat by its number, by one of its sessions, or by the client's address: by exactly one.
type DialogOf struct {
	Chat    session.ChatID
	Session session.ID
	Address connector.Address
}

// Dialog returns what there is to know of a chat. Who may see the chat may, see [Actor.Chat].
func (a Actor) Dialog(ctx context.Context, of DialogOf) (g Dialog, err error) {
	id := of.Chat
	switch {
	case of.Chat != 0 && of.Session == 0 && of.Address == (connector.Address{}):
	case of.Chat == 0 && of.Session != 0 && of.Address == (connector.Address{}):
		s, err := a.Session(ctx, of.Session)
		if err != nil {
			return Dialog{}, err
		}
		id = s.Chat
	case of.Chat == 0 && of.Session == 0 && of.Address != (connector.Address{}):
		if id, err = a.ChatOf(ctx, of.Address); err != nil {
			return Dialog{}, err
		}
	default:
		return Dialog{}, &Invalid{Field: "DialogOf", Problem: "want a chat, a session or an address"}
	}
	if g.Chat, err = a.Chat(ctx, id); err != nil {
		return Dialog{}, err
	}
	if g.Chat.Session != 0 {
		if g.Latest, err = a.Session(ctx, g.Chat.Session); err != nil {
			return Dialog{}, err
		}
	}
	g.Unread, g.Muted = g.Chat.Unseen, g.Chat.MutedBy(a.by.Operator)
	err = a.look(ctx, func(d *desk.Desk) error {
		s := g.Latest
		if s.ID == 0 {
			s = Session{Chat: id, Line: g.Chat.Line}
		}
		g.MayRead, g.MayJoin = d.Reads(a.by, &s) == nil, s.ID != 0 && d.CanJoin(a.by, &s)
		return nil
	})
	return g, err
}

// Unread counts the messages of clients that nobody has seen ([Actor.Seen]) in the open sessions that an operator has, is asked for
// alone or takes part in, by line, those that were left unseen in earlier sessions of their chats among them; chats that he has muted are
// left out. It asks the memory only. He may ask for himself; for others it takes the right [desk.MayViewSessions] over what they have.
func (a Actor) Unread(ctx context.Context, id queue.OperatorID) (lines []UnreadLine, all int, err error) {
	err = a.look(ctx, func(d *desk.Desk) error {
		if err := d.Oversees(a.by, id); err != nil {
			return err
		}
		lines, all = d.Unread(a.by, id)
		return nil
	})
	return lines, all, err
}
