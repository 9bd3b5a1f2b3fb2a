package openlines

import (
	"context"
	"iter"
	"time"

	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
)

// look asks the desk in memory, no older than the actor wants.
func (a Actor) look(ctx context.Context, f func(*desk.Desk) error) error {
	if a.nobody {
		return ErrDenied
	}
	e := a.engine
	if err := e.answers(); err != nil {
		return err
	}
	if e.Revision() < a.atLeast {
		err := e.alone(ctx, func() error { return e.catchUp(ctx) })
		if err != nil {
			return err
		}
		if e.Revision() < a.atLeast {
			return &Invalid{Field: "AtLeast", Problem: "a revision that the store does not have yet"}
		}
	}
	e.mu.RLock()
	defer e.mu.RUnlock()
	return f(e.desk)
}

// Session returns a session, open or closed. Who takes part in it may ask, or is asked for it; else it takes the right
// [desk.MayViewSessions].
func (a Actor) Session(ctx context.Context, id session.ID) (Session, error) {
	return a.sessionIf(ctx, id, (*desk.Desk).Views)
}

// sessionIf returns a session, open or closed, if the actor may have it.
func (a Actor) sessionIf(ctx context.Context, id session.ID, may func(*desk.Desk, desk.By, *Session) error) (Session, error) {
	var s Session
	open := false
	err := a.look(ctx, func(d *desk.Desk) error {
		if s, open = d.Session(id); !open {
			return nil
		}
		return may(d, a.by, &s)
	})
	if err == nil && !open {
		s, err = a.closed(ctx, id, may)
	}
	if err != nil {
		return Session{}, err
	}
	return s, nil
}

func (a Actor) closed(ctx context.Context, id session.ID, may func(*desk.Desk, desk.By, *Session) error) (s Session, err error) {
	r, err := a.record(ctx, desk.SessionKey(id))
	if err != nil {
		return s, err
	}
	if s, err = desk.DecodeSession(r); err != nil {
		return s, err
	}
	return s, a.look(ctx, func(d *desk.Desk) error { return may(d, a.by, &s) })
}

// Line returns a line's settings as they are stored, with all members of its queue. It takes the right [desk.MayViewLines].
func (a Actor) Line(ctx context.Context, id LineID) (l Line, err error) {
	err = a.look(ctx, func(d *desk.Desk) error {
		if err := d.Allows(a.by, desk.MayViewLines, id, nil); err != nil {
			return err
		}
		found := false
		if l, found = d.Line(id); !found {
			return ErrNotFound
		}
		l = l.Clone()
		return nil
	})
	return l, err
}

// Settings returns those of the whole desk as they are stored; zero if none were put. It takes the right
// [desk.MayEditSettings].
func (a Actor) Settings(ctx context.Context) (s Settings, err error) {
	err = a.look(ctx, func(d *desk.Desk) error {
		if err := d.Allows(a.by, desk.MayEditSettings, "", nil); err != nil {
			return err
		}
		s = d.Settings().Clone()
		return nil
	})
	return s, err
}

// Chat returns a chat. Who may see its latest session may, see [Actor.Session].
func (a Actor) Chat(ctx context.Context, id session.ChatID) (Chat, error) {
	if err := a.entitled(ctx, id, (*desk.Desk).Views); err != nil {
		return Chat{}, err
	}
	return a.chat(ctx, id)
}

func (a Actor) chat(ctx context.Context, id session.ChatID) (Chat, error) {
	r, err := a.record(ctx, desk.ChatKey(id))
	if err != nil {
		return Chat{}, err
	}
	return desk.DecodeChat(r)
}

// entitled decides whether the actor may see a chat: by its open session, which costs no look at the store, else by its latest.
// One that has had no session counts as a session of its line that nobody has.
func (a Actor) entitled(ctx context.Context, id session.ChatID, may func(*desk.Desk, desk.By, *Session) error) error {
	open := false
	err := a.look(ctx, func(d *desk.Desk) error {
		s, is := d.InChat(id)
		if open = is || a.by.Operator == ""; is {
			return may(d, a.by, &s)
		}
		return nil
	})
	if err != nil || open {
		return err
	}
	c, err := a.chat(ctx, id)
	if err != nil {
		return err
	}
	if c.Session != 0 {
		_, err = a.sessionIf(ctx, c.Session, may)
		return err
	}
	return a.look(ctx, func(d *desk.Desk) error { return may(d, a.by, &Session{Chat: id, Line: c.Line}) })
}

func (a Actor) record(ctx context.Context, k storage.Key) (storage.Record, error) {
	if err := a.engine.answers(); err != nil {
		return storage.Record{}, err
	}
	found, mark, err := a.engine.store.Get(ctx, k)
	if err == nil {
		err = a.engine.understands(ctx, mark)
	}
	switch {
	case err != nil:
		return storage.Record{}, err
	case len(found) == 0:
		return storage.Record{}, ErrNotFound
	}
	return found[0], nil
}

// find returns records of the store that this program can read, and where the next page begins.
func (e *Engine) find(ctx context.Context, q storage.Query) ([]storage.Record, Cursor, error) {
	if err := e.answers(); err != nil {
		return nil, Cursor{}, err
	}
	found, next, err := e.store.Find(ctx, q)
	if err == nil {
		err = e.understandsNow(ctx)
	}
	return found, next, err
}

// answers refuses questions to an engine that is closed, and whose memory nobody keeps up any more, or too old for the desk.
func (e *Engine) answers() error {
	switch {
	case e.closing.Err() != nil:
		return ErrClosed
	case e.outdated.Load():
		return storage.ErrFormat
	}
	return nil
}

// History returns the messages of a chat, newest first, and the cursor of the next page; the zero cursor: that was all. Who has
// the chat's latest session reads all of it, and who is asked for that or takes part in it; else it takes the right
// [desk.MayReadHistory] over that session.
func (a Actor) History(ctx context.Context, id session.ChatID, p Page) ([]Message, Cursor, error) {
	if err := a.entitled(ctx, id, (*desk.Desk).Reads); err != nil {
		return nil, Cursor{}, err
	}
	page, next, err := a.messages(ctx, desk.MessagesOf(id), p)
	if err == nil && len(page) == 0 {
		_, err = a.chat(ctx, id) // there is none, or it is empty
	}
	return page, next, err
}

// messages returns a page of messages.
func (a Actor) messages(ctx context.Context, q storage.Query, p Page) ([]Message, Cursor, error) {
	limit, err := p.limit()
	if err != nil {
		return nil, Cursor{}, err
	}
	q.After, q.Limit = p.After, limit
	found, next, err := a.engine.find(ctx, q)
	if err != nil {
		return nil, Cursor{}, err
	}
	messages := make([]Message, len(found))
	for i, r := range found {
		if messages[i], err = desk.DecodeMessage(r); err != nil {
			return nil, Cursor{}, err
		}
	}
	return messages, next, nil
}

// Explain tells why a session stands where it stands: of an open one who was asked, who is next, and why nobody else; of a closed
// one why it has closed; of both why no item of the host's CRM was made (decision 14.32). Who may see the session may, see
// [Actor.Session].
func (a Actor) Explain(ctx context.Context, id session.ID) (x Explanation, err error) {
	var s Session
	open := false
	err = a.look(ctx, func(d *desk.Desk) error {
		if s, open = d.Session(id); !open {
			return nil
		} else if err := d.Views(a.by, &s); err != nil {
			return err
		}
		x, err = d.Explain(id, a.engine.now())
		return err
	})
	if err != nil || open {
		if err == nil && x.Item == "" {
			err = a.explainItem(ctx, s.Chat, &x)
		}
		return x, err
	}
	s, err = a.closed(ctx, id, (*desk.Desk).Views)
	if err == nil && s.Open() {
		err = ErrNotFound // another node has begun it, and this one does not know of its queue yet
	}
	if err != nil {
		return x, err
	}
	r, err := a.record(ctx, desk.ChatKey(s.Chat))
	if err != nil {
		return x, err
	}
	chat, err := desk.DecodeChat(r)
	if err != nil {
		return x, err
	}
	return x, a.look(ctx, func(d *desk.Desk) error {
		x = d.ExplainClosed(&s, &chat)
		return nil
	})
}

// explainItem tells of an item that is about to be made of another chat of the client.
func (a Actor) explainItem(ctx context.Context, id session.ChatID, x *Explanation) error {
	r, err := a.record(ctx, desk.ChatKey(id))
	if err != nil {
		return err
	}
	chat, err := desk.DecodeChat(r)
	if err != nil || chat.Of == "" {
		return err
	}
	if r, err = a.record(ctx, desk.ClientKey(chat.Of)); err != nil {
		return err
	}
	client, err := desk.DecodeClient(r)
	if err != nil {
		return err
	}
	return a.look(ctx, func(d *desk.Desk) error {
		if d.MakesItem(&client) {
			x.Item = desk.ItemInAnother
		}
		return nil
	})
}

// Standing tells why an operator was asked for an open session, or was not, and which right he lacks to see it (rules P6, P20).
// Who may see the session may ask.
func (a Actor) Standing(ctx context.Context, id session.ID, who queue.OperatorID) (st Standing, err error) {
	err = a.look(ctx, func(d *desk.Desk) error {
		s, open := d.Session(id)
		if !open {
			return ErrNotFound
		}
		st = d.Standing(&s, who)
		return d.Views(a.by, &s)
	})
	if err != nil {
		return Standing{}, err
	}
	return st, nil
}

// OpenSessions returns how many sessions of the desk are open. It takes the right [desk.MayViewSessions] over all.
func (a Actor) OpenSessions(ctx context.Context) (n int, err error) {
	err = a.look(ctx, func(d *desk.Desk) error {
		if err := d.Allows(a.by, desk.MayViewSessions, "", nil); err != nil {
			return err
		}
		n = d.OpenSessions()
		return nil
	})
	return n, err
}

// Next returns when the desk has something to do next; zero: nothing is planned. Only the host may ask.
func (a Actor) Next(ctx context.Context) (at time.Time, err error) {
	err = a.look(ctx, func(d *desk.Desk) error {
		if a.by.Operator != "" {
			return ErrDenied
		}
		at = d.NextIf(a.engine.rests)
		return nil
	})
	return at, err
}

// Feed returns up to limit events after a number, at once: none if there are none yet.
func (e *Engine) Feed(ctx context.Context, after uint64, limit int) ([]Event, error) {
	if limit < 1 || limit > storage.MaxFind {
		return nil, &Invalid{Field: "Limit", Problem: "out of range", Limit: storage.MaxFind}
	}
	if err := e.answers(); err != nil {
		return nil, err
	}
	found, err := e.store.Events(ctx, after, limit)
	if err == nil {
		err = e.understandsNow(ctx)
	}
	if err != nil {
		return nil, err
	}
	events := make([]Event, len(found))
	for i, f := range found {
		if events[i], err = desk.DecodeEvent(f); err != nil {
			return nil, err
		}
	}
	return events, nil
}

// Events is the feed after an event's number, in order, without gaps, as it grows, until ctx or the engine ends. A caller
// who remembers the last Seq he has dealt with goes on there later, on any node.
func (e *Engine) Events(ctx context.Context, after uint64) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		for ctx.Err() == nil && e.closing.Err() == nil {
			rung := e.stored.next()
			events, err := e.Feed(ctx, after, storage.MaxFind)
			if err != nil {
				if ctx.Err() == nil && e.closing.Err() == nil {
					yield(Event{}, err)
				}
				return
			}
			for _, ev := range events {
				if !yield(ev, nil) {
					return
				}
				after = ev.Seq
			}
			if len(events) == storage.MaxFind {
				continue
			}
			select {
			case <-rung:
			case <-ctx.Done():
			case <-e.closing.Done():
			}
		}
	}
}
