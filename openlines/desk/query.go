package desk

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
)

// Session returns an open session.
func (d *Desk) Session(id session.ID) (Session, bool) {
	s := d.sessions.rows[id]
	if s == nil {
		return Session{}, false
	}
	c := *s
	c.Tried = slices.Clone(s.Tried)
	return c, true
}

// Line returns a line's settings.
func (d *Desk) Line(id LineID) (Line, bool) {
	l := d.lines.rows[id]
	if l == nil {
		return Line{}, false
	}
	c := *l
	c.Queue.Members = d.entriesOf(l)
	return c, true
}

// Waiting returns the sessions of a line that are offered to nobody, in the order in which they are served, at most limit
// of them, and how many there are.
func (d *Desk) Waiting(line LineID, limit int) ([]session.ID, int) {
	w := d.work[line]
	if w == nil {
		return nil, 0
	}
	ids := w.waiting.Keys()
	return ids[:min(limit, len(ids))], len(ids)
}

// Load tells what an operator has: the sessions held by him or offered to him alone, oldest first.
func (d *Desk) Load(id queue.OperatorID) []session.ID {
	have := d.loads[id]
	if have == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(have.sessions))
}

// OpenSessions returns how many sessions are open.
func (d *Desk) OpenSessions() int { return len(d.open) }

// Records returns all records in memory: between batches, the live state. In the order of kind and id.
func (d *Desk) Records() ([]storage.Record, error) {
	var all []storage.Record
	for _, name := range sortedKeys(d.kinds) {
		some, err := d.kinds[name].records()
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

// DecodeSession reads a session record, such as [storage.Store.Find] returns.
func DecodeSession(r storage.Record) (Session, error) { return decode[Session](r, "session") }

// DecodeMessage reads a message record.
func DecodeMessage(r storage.Record) (Message, error) { return decode[Message](r, "message") }

// DecodeChat reads a chat record.
func DecodeChat(r storage.Record) (Chat, error) { return decode[Chat](r, "chat") }

// DecodeEvent reads an event of the feed.
func DecodeEvent(e storage.Event) (Event, error) {
	v, err := decode[Event](storage.Record{Key: storage.Key{Kind: "event"}, Body: e.Body}, "event")
	v.Seq = e.Seq
	return v, err
}

func decode[V any](r storage.Record, kind string) (v V, err error) {
	if r.Kind != kind {
		return v, fmt.Errorf("desk: read %s record: it is of kind %q", kind, r.Kind)
	}
	if err := json.Unmarshal(r.Body, &v); err != nil {
		return v, fmt.Errorf("desk: read %s record: %w: %w", kind, storage.ErrCorrupt, err)
	}
	return v, nil
}

// SessionKey names a session's record.
func SessionKey(id session.ID) storage.Key { return storage.Key{Kind: "session", ID: number(id)} }

// ChatKey names a chat's record.
func ChatKey(id session.ChatID) storage.Key { return storage.Key{Kind: "chat", ID: number(id)} }

// MessagesOf is the query for the messages of a chat, newest first.
func MessagesOf(id session.ChatID) storage.Query {
	return storage.Query{Kind: "message", Terms: []string{chatTerm(id)}}
}
