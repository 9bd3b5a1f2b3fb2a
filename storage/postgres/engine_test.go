package postgres_test

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/queue"
	talk "github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
)

// Two engines on one desk, callers on both, each message sent to both: all of it is there once, and memory equals store.
func TestTwoEnginesShareADesk(t *testing.T) {
	t.Parallel()
	store := open(t)
	share(t, 20, store, store)
}

// share drives an engine on each of the stores, which are of one desk, and compares what became of each client's messages. It
// returns how often the outcome of a commit was not known.
func share(t *testing.T, each int, stores ...storage.Store) (unknown int) {
	t.Helper()
	ctx := t.Context()
	var mu sync.Mutex
	told := map[string]int{}
	config := openlines.Config{
		Connectors: map[connector.ID]connector.Connector{
			"web": connector.Func(func(_ context.Context, m connector.Outbound) (connector.Receipt, error) {
				mu.Lock()
				defer mu.Unlock()
				told[m.To.User]++
				return connector.Receipt{}, nil
			}),
		},
		Observer: openlines.Observer{Turn: func(info openlines.TurnInfo) {
			mu.Lock()
			defer mu.Unlock()
			unknown += info.Unknown
		}},
	}
	var engines []*openlines.Engine
	for _, s := range stores {
		e, err := openlines.Open(ctx, s, config)
		if err != nil {
			t.Fatal(err)
		}
		engines = append(engines, e)
	}
	setUp(t, engines[0])
	const callers = 16
	var group sync.WaitGroup
	for c := range callers {
		group.Go(func() {
			for i := range each {
				for _, e := range engines {
					if err := write(ctx, e, fmt.Sprint("client", c), strconv.Itoa(i)); err != nil {
						t.Error(err)
						return
					}
				}
			}
		})
	}
	group.Wait()
	for _, e := range engines {
		if _, err := e.Advance(ctx); err != nil {
			t.Error(err)
		}
		if err := e.Check(ctx); err != nil {
			t.Error(err)
		}
	}
	received := 0
	for chat := range talk.ChatID(callers) {
		messages, _, err := engines[0].History(ctx, chat+1, openlines.Page{Limit: 1000})
		ids := map[string]bool{}
		for _, m := range messages {
			ids[m.External] = true
		}
		if err != nil || len(messages) != each+1 || len(ids) != each+1 { // and a greeting
			t.Errorf("chat %d: %d messages of %d ids, %v; want %d", chat+1, len(messages), len(ids), err, each+1)
		}
	}
	last := uint64(0)
	for {
		events, err := stores[0].Events(ctx, last, storage.MaxFind)
		if err != nil || len(events) == 0 {
			head, failed := stores[0].Scan(ctx, storage.Live, func(storage.Record) error { return nil })
			if failed != nil || err != nil || last != head.Events || received != callers*each {
				t.Errorf("the feed ends at %d and tells of %d messages, %v, %v; want %d and %d",
					last, received, err, failed, head.Events, callers*each)
			}
			break
		}
		for _, e := range events {
			if last++; e.Seq != last {
				t.Fatalf("event %d has number %d", last, e.Seq)
			}
			if bytes.Contains(e.Body, []byte(`"type":"message-received"`)) {
				received++
			}
		}
	}
	for c := range callers {
		if n := told[fmt.Sprint("client", c)]; n != 1 {
			t.Errorf("client %d was greeted %d times", c, n)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	return unknown
}

func setUp(t testing.TB, e *openlines.Engine) {
	t.Helper()
	ctx := t.Context()
	for _, err := range []error{
		e.PutOperator(ctx, openlines.Operator{ID: "ann"}, openlines.Operator{ID: "bob"}),
		e.PutLine(ctx, openlines.Line{
			ID: "support", Queue: queue.Rules{Members: queue.Operators("ann", "bob"), PassOnAfter: time.Hour},
			Texts: openlines.Texts{Greeting: "hello"},
		}),
		e.Connect(ctx, "support", "web", "main"),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
}

func write(ctx context.Context, e *openlines.Engine, user, id string) error {
	_, err := e.Receive(ctx, connector.Inbound{Connector: "web", Account: "main", User: user, ID: id, Text: "help"})
	return err
}
