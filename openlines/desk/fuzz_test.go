package desk_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/internal/corpus"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/storage"
)

// kinds are those of all records.
var kinds = []string{
	"settings", "counters", "line", "roster", "department", "operator", "seat", "connection", "alias", "chat", "session",
	"message", "effect", "once", "job",
}

// A store may be damaged: whatever its records say, a desk refuses to load them, or checks itself without a panic.
func FuzzLoadRecord(f *testing.F) {
	good := records(f)
	for _, r := range good {
		for i, kind := range kinds {
			if kind == r.Kind {
				f.Add(uint8(i), r.ID, r.Body)
			}
		}
	}
	f.Add(uint8(3), "support:000001", []byte(`{"line":"support","part":1,"members":[{"operator":"bob"}]}`))
	for i := range kinds {
		for _, seed := range []string{`null`, `{}`, `[]`, `{"id":1}`, `{"id":"a","state":"offered","lane":"x","chat":-1}`} {
			f.Add(uint8(i), "1", []byte(seed))
			f.Add(uint8(i), "", []byte(seed))
		}
	}
	f.Fuzz(func(t *testing.T, kind uint8, id string, body []byte) {
		r := storage.Record{Key: storage.Key{Kind: kinds[int(kind)%len(kinds)], ID: id}, Open: true, Body: body}
		alone, among := desk.New(), desk.New()
		for _, g := range good {
			if err := among.LoadRecord(g); err != nil {
				t.Fatal(err)
			}
		}
		for _, d := range []*desk.Desk{alone, among} {
			if err := d.LoadRecord(r); err != nil {
				if !errors.Is(err, storage.ErrCorrupt) {
					t.Errorf("%v is not ErrCorrupt", err)
				}
				continue
			}
			d.Begin(storage.Head{})
			d.Check()
			if _, err := d.Records(); err != nil && !errors.Is(err, storage.ErrInvalid) {
				t.Error(err)
			}
		}
	})
}

// records are those of a desk in the middle of everything.
func records(tb testing.TB) []storage.Record {
	tb.Helper()
	d := desk.New()
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	host, ann := desk.By{}, desk.By{Operator: "ann", Once: "k1"}
	in := connector.Inbound{Connector: "web", Account: "main", User: "77", ID: "m1", Text: "Hello"}
	for _, step := range []struct {
		by desk.By
		c  desk.Command
	}{
		{host, desk.PutSettings{Settings: desk.Settings{MaxSessions: 5}}},
		{host, desk.PutOperators{Operators: []desk.Operator{{ID: "ann", Name: "Ann"}, {ID: "bob"}}}},
		{host, desk.PutDepartments{Departments: []desk.Department{{ID: "all", Operators: []queue.OperatorID{"ann", "bob"}}}}},
		{host, desk.PutLine{Line: desk.Line{
			ID: "support", Queue: queue.Rules{Members: append(queue.Departments("all"), queue.Operators("bob")...)},
			Texts: desk.Texts{Greeting: "Hello"},
		}}},
		{host, desk.Connect{Line: "support", Connector: "web", Account: "main"}},
		{host, desk.Receive{Message: in, Said: connector.Text{Text: in.Text}}},
		{ann, desk.Answer{Session: 1}},
		{host, desk.Tick{}},
	} {
		_, err := d.Do(at, step.by, step.c)
		var miss *desk.Miss
		for errors.As(err, &miss) {
			if err := d.Pin(miss.Keys, nil); err != nil {
				tb.Fatal(err)
			}
			_, err = d.Do(at, step.by, step.c)
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
	all, err := d.Records()
	if err != nil {
		tb.Fatal(err)
	}
	var open []storage.Record
	for _, r := range all {
		if r.Open {
			open = append(open, r)
		}
	}
	return open
}

// What the questions decode is an error or a value that is written and read again.
func FuzzDecode(f *testing.F) {
	for _, decoder := range []string{"session record", "message record", "chat record", "event"} {
		seeds, err := corpus.Seeds("json", decoder)
		if err != nil || len(seeds) == 0 {
			f.Fatal(len(seeds), err)
		}
		for _, s := range seeds {
			f.Add([]byte(s))
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		mustDecode(t, "session", body, desk.DecodeSession)
		mustDecode(t, "message", body, desk.DecodeMessage)
		mustDecode(t, "chat", body, desk.DecodeChat)
		mustDecode(t, "event", body, func(r storage.Record) (desk.Event, error) { return desk.DecodeEvent(storage.Event{Body: r.Body}) })
	})
}

func mustDecode[V any](t *testing.T, kind string, body []byte, decode func(storage.Record) (V, error)) {
	t.Helper()
	v, err := decode(storage.Record{Key: storage.Key{Kind: kind}, Body: body})
	if err != nil {
		if !errors.Is(err, storage.ErrCorrupt) {
			t.Errorf("%v is not ErrCorrupt", err)
		}
		return
	}
	first, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	again, err := decode(storage.Record{Key: storage.Key{Kind: kind}, Body: first})
	if err != nil {
		t.Fatalf("%s: %v", first, err)
	}
	if second, err := json.Marshal(again); err != nil || string(second) != string(first) {
		t.Errorf("%s, again %s, %v", first, second, err)
	}
}

// Whatever a line's settings are, they are refused as *Invalid or serve: a message is taken and the desk is sound.
func FuzzLine(f *testing.F) {
	seeds, err := corpus.Seeds("line", "")
	if err != nil || len(seeds) == 0 {
		f.Fatal(len(seeds), err)
	}
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	in := connector.Inbound{Connector: "web", Account: "main", User: "77", ID: "m1", Text: "Hello"}
	f.Fuzz(func(t *testing.T, data []byte) {
		var l desk.Line
		if err := json.Unmarshal(data, &l); err != nil {
			return
		}
		d := desk.New()
		at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
		for _, c := range []desk.Command{
			desk.PutOperators{Operators: []desk.Operator{{ID: "ann"}}}, desk.PutLine{Line: l},
			desk.Connect{Line: l.ID, Connector: "web", Account: "main"}, desk.Receive{Message: in, Said: connector.Text{Text: in.Text}},
		} {
			_, err := d.Do(at, desk.By{}, c)
			var miss *desk.Miss
			for errors.As(err, &miss) {
				if err := d.Pin(miss.Keys, nil); err != nil {
					t.Fatal(err)
				}
				_, err = d.Do(at, desk.By{}, c)
			}
			if err != nil {
				if _, invalid := errors.AsType[*desk.Invalid](err); !invalid && !errors.Is(err, desk.ErrInactive) {
					t.Errorf("%T: %v", c, err)
				}
				return
			}
		}
		for range 100 {
			d.Fire(d.Next(), 100)
		}
		for _, v := range d.Check() {
			t.Errorf("%s: %s", v.Invariant, v.What)
		}
		if _, err := d.Cut().Batch(storage.BatchID{1}, storage.Mark{}, desk.Format); err != nil {
			t.Error(err)
		}
	})
}

func TestUnknownKindsAreRefused(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"", "ticket", "Session", "session ", "sessions", "session\x00"} {
		err := desk.New().LoadRecord(storage.Record{Key: storage.Key{Kind: kind, ID: "1"}, Open: true, Body: []byte(`{"id":1}`)})
		if !errors.Is(err, storage.ErrCorrupt) {
			t.Errorf("%q: %v", kind, err)
		}
	}
	for _, r := range []storage.Record{
		{Key: storage.Key{Kind: "session", ID: "2"}, Body: []byte(`{"id":1}`)}, // of another name
		{Key: storage.Key{Kind: "session", ID: "1"}, Body: []byte(`{"id":"1"}`)},
		{Key: storage.Key{Kind: "line", ID: "a"}, Body: []byte(`{"id":"a","hours":{"zone":"../x"}}`)},
	} {
		if err := desk.New().LoadRecord(r); !errors.Is(err, storage.ErrCorrupt) {
			t.Errorf("%s: %v", r.Body, err)
		}
	}
}
