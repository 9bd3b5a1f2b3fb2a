package desk

import (
	"cmp"
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
	c.Tried, c.Joined, c.Items = slices.Clone(s.Tried), slices.Clone(s.Joined), slices.Clone(s.Items)
	if s.Making != nil {
		making := *s.Making
		c.Making = &making
	}
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

// Settings returns those of the desk, zero if none were put.
func (d *Desk) Settings() Settings {
	if s := d.settings.rows["desk"]; s != nil {
		return *s
	}
	return Settings{}
}

// Waiting returns the sessions of a line that are offered to nobody, in the order in which they are served: at most limit
// of those after a place, or from the first if after is nil. places has the place of each, all is how many there are.
func (d *Desk) Waiting(line LineID, after *queue.Place, limit int) (ids []session.ID, places []queue.Place, all int) {
	w := d.work[line]
	if w == nil {
		return nil, nil, 0
	}
	if l := d.lines.rows[line]; after != nil && l != nil {
		aged := *after
		aged.Ageing = l.Queue.Ageing
		after = &aged
	}
	ids, places = w.waiting.Page(after, limit)
	return ids, places, w.waiting.Len()
}

// Connections returns the accounts that are connected to a line, or to any if it is empty, by connector and account.
func (d *Desk) Connections(line LineID) []Connection {
	var found []Connection
	for _, c := range d.connections.rows { // order does not matter: it is sorted
		if line == "" || c.Line == line {
			found = append(found, *c)
		}
	}
	slices.SortFunc(found, func(a, b Connection) int {
		return cmp.Or(cmp.Compare(a.Connector, b.Connector), cmp.Compare(a.Account, b.Account))
	})
	return found
}

// Lines returns the ids of all lines, sorted.
func (d *Desk) Lines() []LineID { return sortedKeys(d.lines.rows) }

// Operators returns the ids of all operators, sorted.
func (d *Desk) Operators() []queue.OperatorID { return sortedKeys(d.operators.rows) }

// Joined tells in which sessions an operator takes part beside their owners, oldest first.
func (d *Desk) Joined(id queue.OperatorID) []session.ID {
	have := d.loads[id]
	if have == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(have.joined))
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

// Encode makes the record of a session, as the desk stores it: for who brings sessions from elsewhere into an empty store.
func (d *Desk) Encode(s *Session) (storage.Record, error) { return d.sessions.encode(s) }

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

// SettingsKey names the record of the desk's settings.
func SettingsKey() storage.Key { return storage.Key{Kind: "settings", ID: "desk"} }

// SessionKey names a session's record.
func SessionKey(id session.ID) storage.Key { return storage.Key{Kind: "session", ID: number(id)} }

// ChatKey names a chat's record.
func ChatKey(id session.ChatID) storage.Key { return storage.Key{Kind: "chat", ID: number(id)} }

// MessagesFrom is the query for the messages that [Start] can take over, newest first.
func MessagesFrom(id session.ChatID) storage.Query {
	q := MessagesOf(id)
	q.Limit = MaxSplit
	return q
}

// MessagesOf is the query for the messages of a chat, newest first.
func MessagesOf(id session.ChatID) storage.Query {
	return storage.Query{Kind: "message", Terms: []string{chatTerm(id)}}
}

// MessagesIn is the query for the messages of a session, newest first.
func MessagesIn(id session.ID) storage.Query {
	return storage.Query{Kind: "message", Terms: []string{sessionTerm(id)}}
}
