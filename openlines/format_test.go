package openlines_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/openlinestest"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/memory"
)

// second is the store of a program that knows a second format, in which each body is {"2":body}. It writes what the batch
// says and reads both, as a program does whose record types have changed. Format 1 alone cannot read it.
type second struct{ storage.Store }

const wrap = `{"2":`

func wrapped(body []byte) []byte { return fmt.Appendf(nil, "%s%s}", wrap, body) }

func plain(body []byte) []byte {
	if inner, ok := bytes.CutPrefix(body, []byte(wrap)); ok {
		return inner[:len(inner)-1]
	}
	return body
}

func plainRecords(records []storage.Record) {
	for i := range records {
		records[i].Body = plain(records[i].Body)
	}
}

func (s second) Commit(ctx context.Context, b *storage.Batch) (storage.Head, error) {
	if b.Format < 2 {
		return s.Store.Commit(ctx, b)
	}
	c := *b
	c.Puts, c.Events = nil, nil
	for _, p := range b.Puts {
		p.Body = wrapped(p.Body)
		c.Puts = append(c.Puts, p)
	}
	for _, e := range b.Events {
		c.Events = append(c.Events, storage.Event{Seq: e.Seq, Body: wrapped(e.Body)})
	}
	return s.Store.Commit(ctx, &c)
}

func (s second) Scan(ctx context.Context, scope storage.Scope, each func(storage.Record) error) (storage.Head, error) {
	return s.Store.Scan(ctx, scope, func(r storage.Record) error {
		r.Body = plain(r.Body)
		return each(r)
	})
}

func (s second) Changes(ctx context.Context, since storage.Mark) (storage.Changes, error) {
	c, err := s.Store.Changes(ctx, since)
	plainRecords(c.Records)
	return c, err
}

func (s second) Get(ctx context.Context, keys ...storage.Key) ([]storage.Record, storage.Mark, error) {
	records, mark, err := s.Store.Get(ctx, keys...)
	plainRecords(records)
	return records, mark, err
}

func (s second) Find(ctx context.Context, q storage.Query) ([]storage.Record, storage.Cursor, error) {
	records, next, err := s.Store.Find(ctx, q)
	plainRecords(records)
	return records, next, err
}

func (s second) Events(ctx context.Context, after uint64, limit int) ([]storage.Event, error) {
	events, err := s.Store.Events(ctx, after, limit)
	for i := range events {
		events[i].Body = plain(events[i].Body)
	}
	return events, err
}

// program opens an engine of a program that knows formats up to one, on a store that it may share with others.
func program(t testing.TB, store storage.Store, c openlines.Config, format int) *openlines.Engine {
	t.Helper()
	if format > 1 {
		store = second{store}
	}
	e, err := openlines.OpenFormat(context.Background(), store, c, format)
	must(t, err)
	t.Cleanup(func() { must(t, e.Close()) })
	return e
}

func headOf(t testing.TB, s storage.Store) storage.Head {
	t.Helper()
	head, err := s.Scan(context.Background(), storage.Live, func(storage.Record) error { return nil })
	must(t, err)
	return head
}

func wantFormat(t testing.TB, what string, err error) {
	t.Helper()
	if !errors.Is(err, storage.ErrFormat) || openlines.Final(err) {
		t.Errorf("%s: %v, want ErrFormat, which another program may answer", what, err)
	}
}

func feedOf(t testing.TB, e *openlines.Engine) []openlines.Event {
	t.Helper()
	events, err := e.Feed(context.Background(), 0, storage.MaxFind)
	must(t, err)
	return events
}

func texts(t testing.TB, e *openlines.Engine, chat session.ChatID) (all []string) {
	t.Helper()
	messages, _, err := e.History(context.Background(), chat, openlines.Page{Limit: 1000})
	must(t, err)
	for _, m := range messages {
		all = append(all, fmt.Sprint(m.Number, " ", m.Said.Text))
	}
	return all
}

// Programs of two versions share a desk until it is upgraded; then the old one stops, and nothing is lost.
func TestRollingUpgrade(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	store := memory.New()
	clock := openlinestest.NewClock(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	config := openlines.Config{Clock: clock}
	older := program(t, store, config, 1)
	furnish(t, older, openlines.Line{Queue: queue.Rules{Mode: queue.Strictly}})
	newer := program(t, store, config, 2)

	// Both work while the desk has the old format, on each other's sessions.
	var first openlines.Received
	for i, e := range []*openlines.Engine{newer, older, newer, older, newer} {
		clock.Add(time.Second)
		got := says(t, e, "77", fmt.Sprint("m", i))
		if i == 0 {
			first = got
			must(t, older.As("ann").Answer(ctx, got.Session))
		}
		must(t, e.As("ann").Send(ctx, got.Session, fmt.Sprint("answer ", i)))
		must(t, errors.Join(older.Check(ctx), newer.Check(ctx)))
		if head := headOf(t, store); head.Format != 1 {
			t.Fatalf("format %d before the upgrade", head.Format)
		}
	}
	gone := says(t, older, "88", "m1")
	must(t, older.As("ann").Answer(ctx, gone.Session))
	must(t, older.As("ann").Finish(ctx, gone.Session))
	if diff := cmp.Diff(feedOf(t, older), feedOf(t, newer)); diff != "" {
		t.Fatalf("feeds (-older +newer):\n%s", diff)
	}
	before, at := texts(t, older, first.Chat), headOf(t, store)

	// The old program has a feed that waits. The upgrade is one turn, and once is enough.
	waits, ended := make(chan struct{}), make(chan error, 1)
	soon, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	go func() {
		for _, err := range older.Events(soon, at.Events-1) {
			if err != nil {
				ended <- err
				return
			}
			close(waits) // once it asks for the next, there is none
		}
		ended <- errors.New("no error")
	}()
	<-waits
	must(t, errors.Join(newer.Upgrade(ctx), newer.Upgrade(ctx)))
	if head := headOf(t, store); head.Format != 2 || head.Revision != at.Revision+1 || head.Events != at.Events {
		t.Fatalf("head %v after the upgrade of %v", head, at)
	}
	must(t, newer.As("ann").Send(ctx, first.Session, "in format 2"))
	must(t, newer.As("ann").Finish(ctx, first.Session))

	// What the old one reads from the store it does not understand, and it says so, before any turn of its own.
	_, err := older.Chat(ctx, first.Chat)
	wantFormat(t, "Chat", err)
	_, _, err = older.History(ctx, first.Chat, openlines.Page{})
	wantFormat(t, "History", err)
	_, err = older.Feed(ctx, 0, 10)
	wantFormat(t, "Feed", err)
	_, err = older.Session(ctx, gone.Session)
	wantFormat(t, "Session", err)
	_, _, err = older.DeadLetters(ctx, openlines.Channel{}, openlines.Page{})
	wantFormat(t, "DeadLetters", err)
	_, err = older.StartFrom(ctx, first.Chat, 1)
	wantFormat(t, "StartFrom", err)
	wantFormat(t, "a feed that waits", <-ended)

	// From its next turn on it is out, with everything that it has in memory.
	late := connector.Inbound{Connector: "web", Account: "main", User: "77", ID: "late", Text: "still there?"}
	_, err = older.Receive(ctx, late)
	wantFormat(t, "Receive", err)
	wantFormat(t, "Send", older.As("ann").Send(ctx, first.Session, "lost"))
	_, err = older.Advance(ctx)
	wantFormat(t, "Advance", err)
	wantFormat(t, "Run", older.Run(soon))
	wantFormat(t, "Check", older.Check(ctx))
	_, err = older.OpenSessions(ctx)
	wantFormat(t, "OpenSessions", err)
	_, err = older.Explain(ctx, first.Session)
	wantFormat(t, "Explain", err)
	_, err = openlines.Open(ctx, store, config)
	wantFormat(t, "Open", err)

	// Nothing that was answered is lost, and what was refused is stored by who answers.
	got, err := newer.Receive(ctx, late)
	must(t, err)
	if got.Duplicate {
		t.Error("a message that was refused is known")
	}
	after := texts(t, newer, first.Chat)
	if diff := cmp.Diff(before, after[len(after)-len(before):]); diff != "" {
		t.Errorf("history (-before +after):\n%s", diff)
	}
	for i, e := range feedOf(t, newer) {
		if e.Seq != uint64(i+1) {
			t.Fatalf("event %d has the number %d", i+1, e.Seq)
		}
	}
	must(t, newer.Check(ctx))
	must(t, program(t, store, config, 2).Check(ctx)) // and after a restart
}

// Nothing tells the old one beforehand: the desk is upgraded while it takes turns.
func TestUpgradeInTheMiddle(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	store := memory.New()
	older := program(t, store, openlines.Config{}, 1)
	furnish(t, older, openlines.Line{Queue: queue.Rules{Mode: queue.All}})
	newer := program(t, store, openlines.Config{}, 2)
	const callers, each = 8, 30
	answered := make([][]string, callers)
	refused := make([][]string, callers)
	var all sync.WaitGroup
	for c := range callers {
		all.Go(func() {
			e := []*openlines.Engine{older, newer}[c%2]
			for i := range each {
				id := fmt.Sprint(c, "-", i)
				_, err := e.Receive(ctx, connector.Inbound{Connector: "web", Account: "main", User: fmt.Sprint(c), ID: id, Text: id})
				switch {
				case err == nil:
					answered[c] = append(answered[c], id)
				case errors.Is(err, storage.ErrFormat) && e == older:
					refused[c] = append(refused[c], id)
				default:
					t.Error(err)
				}
				if c == 1 && i == each/2 {
					must(t, newer.Upgrade(ctx))
				}
			}
		})
	}
	all.Wait()
	must(t, newer.Check(ctx))
	for c := range callers {
		for _, id := range append(answered[c], refused[c]...) {
			got, err := newer.Receive(ctx, connector.Inbound{Connector: "web", Account: "main", User: fmt.Sprint(c), ID: id, Text: id})
			must(t, err)
			if was := len(answered[c]) > 0; got.Duplicate != was {
				t.Errorf("message %s: known %v, answered %v", id, got.Duplicate, was)
			}
			if len(answered[c]) > 0 {
				answered[c] = answered[c][1:]
			}
		}
	}
	must(t, newer.Check(ctx))
}

// A delivery that an old program has leased when the desk is upgraded is not made from what it may not understand, and falls
// to the new one.
func TestUpgradeBeforeADelivery(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	store := memory.New()
	clock := openlinestest.NewClock(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	var newer *openlines.Engine
	var by []string
	config := func(name string, turn func(openlines.TurnInfo)) openlines.Config {
		return openlines.Config{
			Clock: clock, Observer: openlines.Observer{Turn: turn},
			Connectors: map[connector.ID]connector.Connector{
				"web": connector.Func(func(_ context.Context, m connector.Outbound) (connector.Receipt, error) {
					by = append(by, fmt.Sprint(name, " to ", m.To.User, ": ", m.Text))
					return connector.Receipt{}, nil
				}),
			},
		}
	}
	leased := false
	older := program(t, store, config("older", func(openlines.TurnInfo) {
		if leased {
			leased = false
			must(t, newer.Upgrade(ctx))
		}
	}), 1)
	newer = program(t, store, config("newer", nil), 2)
	furnish(t, older, openlines.Line{Texts: openlines.Texts{Greeting: "hello"}})
	says(t, older, "77", "m1")
	says(t, older, "88", "m1")
	leased = true // by the next turn
	_, err := older.Advance(ctx)
	wantFormat(t, "Advance", err)
	if leased || headOf(t, store).Format != 2 {
		t.Fatal("the desk was not upgraded in the middle")
	}
	clock.Add(time.Minute) // the leases are over
	_, err = newer.Advance(ctx)
	must(t, err)
	if diff := cmp.Diff([]string{"newer to 77: hello", "newer to 88: hello"}, by); diff != "" {
		t.Errorf("deliveries (-want +got):\n%s", diff)
	}
}

// A desk without a history gets the newest format that its first program knows.
func TestFormatOfANewDesk(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	for _, format := range []int{1, 2} {
		store := memory.New()
		must(t, program(t, store, openlines.Config{}, format).PutOperator(ctx, openlines.Operator{ID: "ann"}))
		if head := headOf(t, store); head.Format != format {
			t.Errorf("format %d, want %d", head.Format, format)
		}
		other, err := openlines.Open(ctx, store, openlines.Config{})
		if errors.Is(err, storage.ErrFormat) != (format == 2) {
			t.Errorf("Open of format %d by a program of format 1: %v", format, err)
		}
		if err == nil {
			must(t, other.Close())
		}
	}
	store := memory.New()
	must(t, program(t, store, openlines.Config{}, 2).Upgrade(ctx))
	if head := headOf(t, store); head.Format != 2 || head.Revision != 1 {
		t.Errorf("head %v of an empty desk that was upgraded", head)
	}
}
