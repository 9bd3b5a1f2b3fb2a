package openlines

import (
	"context"
	"iter"

	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
)

// Client returns the client of a chat with all his chats (rule P4). Who may is as in Chat.
func (a Actor) Client(ctx context.Context, id session.ChatID) (Client, error) {
	chat, err := a.Chat(ctx, id)
	if err != nil {
		return Client{}, err
	}
	one, key, more := desk.ClientOf(chat)
	if !more {
		return one, nil
	}
	return a.client(ctx, key)
}

// ClientKnownAs returns the client whom the host knows under an id, see [Identity]. It takes the right [desk.MayEditSettings].
func (a Actor) ClientKnownAs(ctx context.Context, known string) (Client, error) {
	err := a.look(ctx, func(d *desk.Desk) error { return d.Allows(a.by, desk.MayEditSettings, "", nil) })
	if err != nil {
		return Client{}, err
	}
	return a.client(ctx, desk.KnownKey(known))
}

func (a Actor) client(ctx context.Context, key storage.Key) (Client, error) {
	for {
		r, err := a.record(ctx, key)
		if err != nil {
			return Client{}, err
		}
		c, err := desk.DecodeClient(r)
		if err != nil || c.Into == "" {
			return c, err
		}
		key = desk.ClientKey(c.Into)
	}
}

// PutClient sets the language and the priority of a chat's client, see [desk.PutClient]. It takes the right
// [desk.MayEditSettings], as do MergeClients, SplitClient, PersonalData and Erase.
func (a Actor) PutClient(ctx context.Context, c PutClient) error { return a.act(ctx, c, 0) }

// MergeClients makes one of the clients of two chats (rule P4); see [desk.MergeClients].
func (a Actor) MergeClients(ctx context.Context, into, from session.ChatID) error {
	return a.act(ctx, desk.MergeClients{Into: into, From: from}, 0)
}

// SplitClient makes the client of a chat one of his own again; see [desk.SplitClient].
func (a Actor) SplitClient(ctx context.Context, id session.ChatID) error {
	return a.act(ctx, desk.SplitClient{Chat: id}, 0)
}

// PersonalData is what the desk keeps of a client in one of his chats. The messages themselves are in its History.
type PersonalData struct {
	Chat     Chat // his address, his profile, what the host knows of him
	Messages int  // that still say something
	Files    int  // in them
	Withheld int  // messages of which nothing is known until he consents, see [desk.Consent]
	Sessions int
	Comments int // of supervisors on sessions
	Canned   int // responses that were saved from the chat
}

// PersonalData tells what the desk keeps of the client of a chat, for each of his chats. It ends with the first error.
func (a Actor) PersonalData(ctx context.Context, id session.ChatID) iter.Seq2[PersonalData, error] {
	return func(yield func(PersonalData, error) bool) {
		err := a.look(ctx, func(d *desk.Desk) error { return d.Allows(a.by, desk.MayEditSettings, "", nil) })
		var who Client
		if err == nil {
			who, err = a.engine.Client(ctx, id)
		}
		if err != nil {
			yield(PersonalData{}, err)
			return
		}
		for _, chat := range who.Chats {
			p, err := a.personalData(ctx, chat)
			if !yield(p, err) || err != nil {
				return
			}
		}
	}
}

func (a Actor) personalData(ctx context.Context, id session.ChatID) (p PersonalData, err error) {
	if p.Chat, err = a.chat(ctx, id); err != nil {
		return p, err
	}
	for _, q := range desk.PersonalOf(id) {
		err := a.engine.pages(ctx, q, func(found []storage.Record) error {
			for _, r := range found {
				if err := p.count(id, r); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return p, err
		}
	}
	return p, nil
}

func (p *PersonalData) count(id session.ChatID, r storage.Record) error {
	switch r.Kind {
	case "message":
		m, err := desk.DecodeMessage(r)
		if err == nil && m.Chat == id && m.Withheld {
			p.Withheld++
		}
		if err == nil && m.Chat == id && (m.Said.Text != "" || len(m.Files) > 0) {
			p.Messages++
			p.Files += len(m.Files)
		}
		return err
	case "session":
		s, err := desk.DecodeSession(r)
		if p.Sessions++; s.Review != nil && s.Review.Comment != "" {
			p.Comments++
		}
		return err
	case "canned":
		p.Canned++
	}
	return nil
}

// pages finds records page by page.
func (e *Engine) pages(ctx context.Context, q storage.Query, f func([]storage.Record) error) error {
	for {
		found, next, err := e.find(ctx, q)
		if err != nil {
			return err
		}
		if err := f(found); err != nil {
			return err
		}
		if q.After = next; next == (Cursor{}) {
			return nil
		}
	}
}

// Erase takes everything personal of a chat's client out of the desk, in all his chats, and leaves what reports are made of;
// see [desk.Erase] for the whole. It returns when that is done. If it is cut short, Run and Advance go on with it, here or on
// another node; it can be repeated.
func (a Actor) Erase(ctx context.Context, id session.ChatID) error {
	if err := a.act(ctx, desk.Erase{Chat: id}, 0); err != nil {
		return err
	}
	return a.engine.erase(ctx)
}

// erase goes on with what is being erased.
func (e *Engine) erase(ctx context.Context) error {
	e.mu.RLock()
	chats := e.desk.Erasures()
	e.mu.RUnlock()
	for _, id := range chats {
		if err := e.eraseSome(ctx, desk.EraseSome{Chat: id}); err != nil { // what is to be delivered first: it makes new records
			return err
		}
		for _, q := range desk.PersonalOf(id) {
			err := e.pages(ctx, q, func(found []storage.Record) error {
				keys, err := desk.Personal(id, found)
				if err != nil || len(keys) == 0 {
					return err
				}
				return e.eraseSome(ctx, desk.EraseSome{Chat: id, Keys: keys})
			})
			if err != nil {
				return err
			}
		}
		if err := e.eraseSome(ctx, desk.EraseSome{Chat: id, Last: true}); err != nil {
			return err
		}
	}
	return nil
}

func (e *Engine) eraseSome(ctx context.Context, c desk.EraseSome) error {
	for {
		again, err := answered[bool](ctx, e.Actor, c, 64*len(c.Keys))
		if err != nil || !again {
			return err
		}
	}
}
