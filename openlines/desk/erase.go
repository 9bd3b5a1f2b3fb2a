package desk

import (
	"slices"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
)

// Erase takes everything personal of a chat's client out of the desk, in all his chats: texts and files, names, addresses and the
// ids of his channels and of the host, titles, reviewers' comments, canned responses that were saved from his chats, what waits
// to be delivered. What reports are made of stays: numbers, times, states, ratings, who served him, and the events. It takes the
// right to edit the desk's settings.
//
// His open sessions close with the reason erased, without a word, and his addresses lead nowhere any more: who writes again is
// a new client, even if his channel delivers an old message once more. The rest goes on in [EraseSome]; [ClientErased] in the
// feed tells that it is done. For each message with files [FilesReleased] names it by its number, so that the host deletes
// what it keeps of it: list them before, see History.
type Erase struct{ Chat session.ChatID }

// EraseSome takes out what is personal of some records of a chat that is being erased; without keys, what is to be delivered or
// asked; with Last, also the chat itself, which ends it. It answers whether the same has to be done again, because there was too
// much to do at once. It is the engine's.
type EraseSome struct {
	Chat session.ChatID
	Keys []storage.Key // at most MaxForget, twice as many for those that they lead to
	Last bool
}

// erasure is a chat that is being erased. It is a record until that is done, by whichever node.
type erasure struct {
	Chat  session.ChatID   `json:"chat"`
	Actor queue.OperatorID `json:"actor,omitempty"`
	Since time.Time        `json:"since"`
}

func (c Erase) name() string     { return "erase" }
func (c EraseSome) name() string { return "erase-some" }

func (c Erase) words() []string     { return []string{number(c.Chat)} }
func (c EraseSome) words() []string { return nil }

// gone reports whether a chat is erased, or about to be.
func (d *Desk) gone(c *Chat) bool { return !c.Erased.IsZero() || d.erasures.rows[c.ID] != nil }

func (c Erase) act(d *Desk, by By) (any, error) {
	if err := d.may(by, MayEditSettings, "", nil); err != nil {
		return nil, err
	}
	chat := d.chats.get(c.Chat)
	if chat == nil {
		return nil, ErrNotFound
	}
	chats := []*Chat{chat}
	if own := d.clientOf(chat); own != nil {
		chats = d.chats.getAll(own.Chats)
	}
	chats = slices.DeleteFunc(chats, d.gone)
	addresses := make([]string, len(chats))
	for i, chat := range chats {
		addresses[i] = aliasKey(chat.Address)
	}
	d.aliases.getAll(addresses) // all at once, if they are not in memory
	for i, chat := range chats {
		if s := d.sessions.rows[d.open[chat.ID]]; s != nil {
			d.end(s, session.Erase, by.Operator)
		}
		d.aliases.drop(addresses[i])
		d.erasures.put(&erasure{Chat: chat.ID, Actor: by.Operator, Since: d.now})
	}
	return nil, nil
}

func (c EraseSome) act(d *Desk, by By) (any, error) {
	if by.Operator != "" {
		return nil, ErrDenied
	}
	e := d.erasures.rows[c.Chat]
	if e == nil {
		return false, nil // somebody else was faster
	}
	var missing []storage.Key
	for _, k := range c.Keys {
		if d.messages.lacks(k) || d.receipts.lacks(k) || d.sents.lacks(k) || d.effects.lacks(k) || d.sessions.lacks(k) || d.canned.lacks(k) {
			missing = append(missing, k)
		}
	}
	if len(missing) > 0 {
		panic(&Miss{Keys: missing})
	}
	if len(c.Keys) == 0 && d.dropEffects(c.Chat) {
		return true, nil
	}
	for _, k := range c.Keys {
		d.eraseRecord(c.Chat, k)
	}
	if c.Last {
		d.erased(e)
	}
	return false, nil
}

// dropEffects drops what is to be delivered or asked for a chat, and reports whether there is more of it than one transition
// touches. What is under way just now can still arrive.
func (d *Desk) dropEffects(chat session.ChatID) (more bool) {
	var all []EffectID
	for id, e := range d.effects.rows { // order does not matter: it is sorted
		if e.Chat == chat {
			all = append(all, id)
		}
	}
	slices.Sort(all)
	for _, id := range all[:min(len(all), JobStep)] {
		d.effects.drop(id)
	}
	return len(all) > JobStep
}

// eraseRecord takes out what is personal of a record, if it is of the chat.
func (d *Desk) eraseRecord(chat session.ChatID, k storage.Key) {
	switch k.Kind {
	case d.messages.kind:
		if m := d.messages.peek(k.ID); m != nil && m.Chat == chat {
			d.eraseMessage(m)
		}
	case d.receipts.kind:
		if r := d.receipts.peek(k.ID); r != nil && r.Chat == chat {
			d.receipts.drop(k.ID)
		}
	case d.canned.kind:
		if r := d.canned.peek(k.ID); r != nil && r.Chat == chat {
			d.dropCanned(r)
		}
	case d.sents.kind:
		if s := d.sents.peek(k.ID); s != nil && s.Chat == chat {
			d.sents.drop(k.ID)
		}
	case d.effects.kind:
		if e := d.effects.peek(d.effects.parse(k.ID)); e != nil && e.Chat == chat {
			d.effects.drop(e.ID)
		}
	case d.sessions.kind:
		if s := d.sessions.peek(d.sessions.parse(k.ID)); s != nil && s.Chat == chat && s.personal() {
			next := *s
			next.Items = nil
			if s.Making != nil {
				making := *s.Making
				making.Item, next.Making = "", &making
			}
			if s.Review != nil {
				review := *s.Review
				review.Comment, next.Review = "", &review
			}
			d.sessions.put(&next)
		}
	}
}

func (s *Session) personal() bool {
	return len(s.Items) > 0 || s.Review != nil && s.Review.Comment != "" || s.Making != nil && s.Making.Item != ""
}

// eraseMessage leaves of a message what a report needs, under its number: the channel's id of it goes, too.
func (d *Desk) eraseMessage(m *Message) {
	d.messages.drop(m.key())
	if m.Early {
		return
	}
	next := Message{
		Chat: m.Chat, Number: m.Number, Session: m.Session, At: m.At, By: m.By, Operator: m.Operator, Bot: m.Bot, Kind: m.Kind,
		Written: m.Written, Hidden: m.Hidden, Edited: m.Edited, Deleted: m.Deleted,
	}
	if m.Deleted.IsZero() {
		next.Deleted = d.now
	}
	d.messages.put(&next)
	if len(m.Files) > 0 {
		e := Event{Type: FilesReleased, Chat: m.Chat, Session: m.Session, Message: m.Number}
		if c := d.chats.get(m.Chat); c != nil {
			e.Line = c.Line
		}
		d.tell(e)
	}
}

func (m *Message) personal() bool {
	return m.Said != (connector.Text{}) || len(m.Files)+len(m.Versions)+len(m.Fields) > 0 || m.External != "" || m.From != "" || m.Early || m.Deleted.IsZero()
}

// erased ends an erasure: the chat keeps what a report needs, and its client is forgotten with his last one.
func (d *Desk) erased(e *erasure) {
	if own := d.clientOf(d.chats.get(e.Chat)); own != nil {
		d.leave(own, e.Chat)
	}
	c := d.chats.get(e.Chat)
	d.chats.put(&Chat{
		ID: c.ID, Line: c.Line, Began: c.Began, Messages: c.Messages, Last: c.Last, Session: c.Session,
		Address: connector.Address{Connector: c.Address.Connector, Account: c.Address.Account, Group: c.Address.Group},
		HeardAt: c.HeardAt, SeenTo: c.SeenTo, CameTo: c.CameTo, ReadTo: c.ReadTo, SaidOn: c.SaidOn, SaidThen: c.SaidThen,
		Erased: d.now,
	})
	d.erasures.drop(e.Chat)
	d.tell(Event{Type: ClientErased, Line: c.Line, Chat: c.ID, Session: c.Session, Actor: e.Actor})
}

// Erasures returns the chats that are being erased.
func (d *Desk) Erasures() []session.ChatID { return sortedKeys(d.erasures.rows) }

// PersonalOf are the queries for all records of a chat that can have something personal, but for itself and what leads to it.
func PersonalOf(id session.ChatID) []storage.Query {
	var all []storage.Query
	for _, kind := range []string{"effect", "message", "receipt", "sent", "session", "canned"} { // of a message that is erased no response is saved
		all = append(all, storage.Query{Kind: kind, Terms: []string{chatTerm(id)}, Limit: MaxForget})
	}
	return append(all, storage.Query{Kind: "message", Terms: []string{earlyTerm}, Limit: MaxForget})
}

// Personal returns the keys of those records of a chat that have something personal, and of what leads to them.
func Personal(id session.ChatID, found []storage.Record) (keys []storage.Key, err error) {
	for _, r := range found {
		is := true
		switch r.Kind {
		case "message":
			m, err := DecodeMessage(r)
			if err != nil {
				return nil, err
			}
			if is = m.Chat == id && m.personal(); is && m.Overtaken {
				keys = append(keys, storage.Key{Kind: r.Kind, ID: messageKey(id, m.External, 0)})
			}
		case "session":
			s, err := DecodeSession(r)
			if err != nil {
				return nil, err
			}
			is = s.personal()
		}
		if is {
			keys = append(keys, r.Key)
		}
	}
	return keys, nil
}
