package postgres_test

import (
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
)

// Two engines on one desk, callers on both, each message sent to both: all of it is there once, and memory equals store.
func TestTwoEnginesShareADesk(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	store := open(t)
	var mu sync.Mutex
	told := map[string]int{}
	config := openlines.Config{Connectors: map[connector.ID]connector.Connector{
		"web": connector.Func(func(_ context.Context, m connector.Outbound) (connector.Receipt, error) {
			mu.Lock()
			defer mu.Unlock()
			told[m.To.User]++
			return connector.Receipt{}, nil
		}),
	}}
	var engines []*openlines.Engine
	for range 2 {
		e, err := openlines.Open(ctx, store, config)
		if err != nil {
			t.Fatal(err)
		}
		engines = append(engines, e)
	}
	setUp(t, engines[0])
	const callers, each = 16, 20
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
	for chat := range talk.ChatID(callers) {
		messages, _, err := engines[0].History(ctx, chat+1, openlines.Page{Limit: 1000})
		if err != nil || len(messages) != each+1 { // and a greeting
			t.Errorf("chat %d: %d messages, %v; want %d", chat+1, len(messages), err, each+1)
		}
	}
	for _, e := range engines {
		if _, err := e.Advance(ctx); err != nil {
			t.Error(err)
		}
		if err := e.Check(ctx); err != nil {
			t.Error(err)
		}
	}
	for c := range callers {
		if n := told[fmt.Sprint("client", c)]; n != 1 {
			t.Errorf("client %d was greeted %d times", c, n)
		}
	}
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
