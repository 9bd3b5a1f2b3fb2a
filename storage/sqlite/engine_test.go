package sqlite_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
	talk "github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/memory"
)

// clock stands still until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) After(time.Duration) <-chan time.Time { return nil } // nobody runs

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

const (
	clients  = 50
	messages = 2000
)

// drive lets clients write and operators answer, with the same calls at the same times for every store. In the middle the
// engine and the store are closed and opened again.
func drive(t testing.TB, store storage.Store, again func(storage.Store) storage.Store) *openlines.Engine {
	t.Helper()
	ctx := t.Context()
	hand := &clock{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	config := openlines.Config{Clock: hand, Connectors: map[connector.ID]connector.Connector{
		"web": connector.Func(func(context.Context, connector.Outbound) (connector.Receipt, error) {
			return connector.Receipt{}, nil
		}),
	}}
	e := mustEngine(t, store, config)
	setUp(t, e)
	for i := range messages {
		if i == messages/2 {
			if err := e.Close(); err != nil {
				t.Fatal(err)
			}
			store = again(store)
			e = mustEngine(t, store, config)
		}
		hand.add(1500 * time.Millisecond)
		got, err := e.Receive(ctx, connector.Inbound{
			Connector: "web", Account: "main", User: fmt.Sprint("client", i*7%clients), ID: fmt.Sprint(i), Text: "help",
		})
		if err != nil {
			t.Fatal(err)
		}
		if i%8 == 0 {
			answer(t, e, got.Session, i)
		}
		if i%100 == 0 {
			if _, err := e.Advance(ctx); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := e.Check(ctx); err != nil {
		t.Error(err)
	}
	return e
}

// answer lets whoever has a session, or is asked, reply; now and then that is the end of it.
func answer(t testing.TB, e *openlines.Engine, id talk.ID, i int) {
	t.Helper()
	s, err := e.Session(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	who := s.Owner
	if who == "" {
		who = s.OfferedTo
	}
	if who == "" {
		return
	}
	if err := e.As(who).Send(t.Context(), id, "done"); err != nil {
		t.Fatal(err)
	}
	if i%16 == 0 {
		if err := e.As(who).Finish(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
}

func mustEngine(t testing.TB, store storage.Store, c openlines.Config) *openlines.Engine {
	t.Helper()
	e, err := openlines.Open(t.Context(), store, c)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func setUp(t testing.TB, e *openlines.Engine) {
	t.Helper()
	ctx := t.Context()
	for _, err := range []error{
		e.PutOperator(ctx, openlines.Operator{ID: "ann", Name: "Ann"}, openlines.Operator{ID: "bob", Name: "Bob"}),
		e.PutLine(ctx, openlines.Line{
			ID: "support", Queue: queue.Rules{Members: queue.Operators("ann", "bob"), PassOnAfter: 5 * time.Minute},
			Session: talk.Rules{CloseDelay: time.Minute}, Texts: openlines.Texts{Greeting: "hello"},
		}),
		e.Connect(ctx, "support", "web", "main"),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
}

func feed(t testing.TB, e *openlines.Engine) (all []openlines.Event) {
	t.Helper()
	for {
		page, err := e.Feed(t.Context(), uint64(len(all)), storage.MaxFind)
		if err != nil {
			t.Fatal(err)
		}
		if all = append(all, page...); len(page) == 0 {
			return all
		}
	}
}

// A desk on a file is the desk in memory, event by event, and nobody notices that the program was started anew.
func TestEngineIsTheSameAsInMemory(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "desk.db")
	kept := drive(t, mustOpen(t, path), func(s storage.Store) storage.Store {
		mustClose(t, mustOpen(t, path)) // a visitor
		if err := s.(interface{ Close() error }).Close(); err != nil {
			t.Fatal(err)
		}
		return mustOpen(t, path)
	})
	passing := drive(t, memory.New(), func(s storage.Store) storage.Store { return s })
	want := feed(t, passing)
	if diff := cmp.Diff(want, feed(t, kept)); diff != "" {
		t.Errorf("the feed (-memory +file):\n%s", diff)
	}
	if len(want) < messages {
		t.Errorf("only %d events", len(want))
	}
	for _, e := range []*openlines.Engine{kept, passing} {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}
	wantReadable(t, path, want)
}

// wantReadable asks the views what a person would ask.
func wantReadable(t testing.TB, path string, events []openlines.Event) {
	t.Helper()
	sessions := 0
	for _, e := range events {
		if e.Type == desk.SessionStarted {
			sessions++
		}
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for query, want := range map[string]string{
		`select count(*) from messages where "by" = 'client' and text = 'help'`:                fmt.Sprint(messages),
		`select count(*) from sessions where line = 'support' and state is not null`:           fmt.Sprint(sessions),
		`select count(*) from sessions where open <> (ended is null)`:                          "0",
		`select group_concat(name, '+') from (select name from operators order by id)`:         "Ann+Bob",
		`select count(*) > 9 from sessions where ended is not null`:                            "1",
		`select min(at) from messages`:                                                         "2026-03-02T09:00:01.500Z",
		`select since from operators where id = 'ann'`:                                         "2026-03-02T09:00:00.000Z",
		`select count(distinct chat) from messages where session in (select id from sessions)`: fmt.Sprint(clients),
	} {
		var got string
		if err := db.QueryRow(query).Scan(&got); err != nil || got != want {
			t.Errorf("%s: %s, %v; want %s", query, got, err, want)
		}
	}
}
