package postgres_test

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/postgres"
)

func batch(expect storage.Mark, puts ...storage.Put) *storage.Batch {
	b := &storage.Batch{Expect: expect, Puts: puts}
	copy(b.ID[:], rand.Text())
	return b
}

func session(id, body string, terms ...string) storage.Put {
	return storage.Put{Record: storage.Record{
		Key: storage.Key{Kind: "session", ID: id}, At: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), Terms: terms, Body: []byte(body),
	}}
}

func mustCommit(t testing.TB, s storage.Store, b *storage.Batch) storage.Head {
	t.Helper()
	head, err := s.Commit(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	return head
}

func TestDesksStayApart(t *testing.T) {
	t.Parallel()
	a, b := open(t), open(t)
	mustCommit(t, a, batch(storage.Mark{}, session("1", `"a"`, "line:a")))
	mustCommit(t, b, batch(storage.Mark{}, session("1", `"b"`, "line:a")))
	for want, s := range map[string]storage.Store{`"a"`: a, `"b"`: b} {
		found, _, err := s.Find(t.Context(), storage.Query{Kind: "session", Terms: []string{"line:a"}, Limit: 10})
		if err != nil || len(found) != 1 || string(found[0].Body) != want {
			t.Errorf("Find: %v, %v; want one of body %s", found, err, want)
		}
	}
}

func TestBodiesMustBeText(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, body := range []string{"\"\x00\"", "\"\xff\""} {
		if _, err := s.Commit(t.Context(), batch(storage.Mark{}, session("1", body))); !errors.Is(err, storage.ErrInvalid) {
			t.Errorf("Commit of body %q: %v, want ErrInvalid", body, err)
		}
		b := batch(storage.Mark{})
		b.Events = []storage.Event{{Seq: 1, Body: []byte(body)}}
		if _, err := s.Commit(t.Context(), b); !errors.Is(err, storage.ErrInvalid) {
			t.Errorf("Commit of event %q: %v, want ErrInvalid", body, err)
		}
	}
}

func TestHeadTellsTheServersClock(t *testing.T) {
	t.Parallel()
	s := open(t)
	var before, after time.Time
	clock := func(at *time.Time) {
		if err := pool(t).QueryRow(t.Context(), "select clock_timestamp()").Scan(at); err != nil {
			t.Fatal(err)
		}
	}
	clock(&before)
	b := batch(storage.Mark{})
	heads := []storage.Head{mustCommit(t, s, b), mustCommit(t, s, b)}
	c, err := s.Changes(t.Context(), storage.Mark{})
	if err != nil {
		t.Fatal(err)
	}
	scanned, err := s.Scan(t.Context(), storage.Live, func(storage.Record) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	clock(&after)
	for _, h := range append(heads, c.Head, scanned) {
		if h.Now.Before(before) || h.Now.After(after) || h.Now.Location() != time.UTC {
			t.Errorf("Now is %v, want UTC between %v and %v", h.Now, before, after)
		}
	}
}

func TestOldTurnsAreForgotten(t *testing.T) {
	t.Parallel()
	s := open(t)
	head := mustCommit(t, s, batch(storage.Mark{}))
	first := head.Mark
	name, _ := desks.Load(s)
	set := func(statement string) {
		t.Helper()
		statement = strings.ReplaceAll(statement, "openlines.", mustServer(t).schema+".")
		if _, err := pool(t).Exec(t.Context(), statement, name); err != nil {
			t.Fatal(err)
		}
	}
	// The desk is moved on by hand, since a thousand turns take seconds.
	set(`insert into openlines.turn (desk, revision, parent, batch, events, format, kinds, ids, acts, at)
		select d.id, n, d.batch, d.batch, 0, 0, '{}', '{}', '', clock_timestamp() - interval '2 hours'
		from openlines.desk d, generate_series(2, 1299) n where d.name = $1`)
	set(`update openlines.turn set at = at - interval '2 hours' where revision = 1
		and desk = (select id from openlines.desk where name = $1)`)
	set(`update openlines.desk set revision = 1299 where name = $1`)
	mark := storage.Mark{Revision: 1299, Batch: first.Batch}
	mustCommit(t, s, batch(mark))
	if _, err := s.Changes(t.Context(), first); !errors.Is(err, storage.ErrBehind) {
		t.Errorf("Changes since the first turn: %v, want ErrBehind", err)
	}
	for revision, want := range map[uint64]error{299: storage.ErrBehind, 300: nil} {
		since := storage.Mark{Revision: revision, Batch: first.Batch}
		if _, err := s.Changes(t.Context(), since); !errors.Is(err, want) {
			t.Errorf("Changes since %d: %v, want %v", revision, err, want)
		}
	}
}

func TestOpenRefusesNamesThatAreNoText(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "\x00", "\xff", string(make([]byte, storage.MaxKey+1))} {
		if _, err := mustServer(t).desks.Open(t.Context(), name); !errors.Is(err, storage.ErrInvalid) {
			t.Errorf("Open: %v, want ErrInvalid", err)
		}
	}
}

// Who has the only connection of a pool must not wait for another.
func TestTurnNeedsOneConnection(t *testing.T) {
	t.Parallel()
	config := pool(t).Config().Copy()
	config.MaxConns = 1
	name := rand.Text()
	named(t, name)
	d, err := postgres.OpenDesks(t.Context(), mustPool(t, config), mustServer(t).schema)
	if err != nil {
		t.Fatal(err)
	}
	s, err := d.Open(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	head := mustCommit(t, s, batch(storage.Mark{}, session("free", "{}"), session("taken", "{}")))
	free, taken := session("new", "{}"), session("taken", "{}")
	free.Create, taken.Create = true, true
	patient, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	_, err = s.(storage.Turner).Turn(patient, head.Mark, func(c storage.Changes) (*storage.Batch, error) {
		return batch(c.Mark, free, taken), nil
	})
	if exists, ok := errors.AsType[*storage.ExistsError](err); !ok || exists.Key != taken.Key {
		t.Errorf("Turn with a key that is taken: %v, want *ExistsError of it", err)
	}
}
