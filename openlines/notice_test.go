package openlines_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage/memory"
)

type notifier func(context.Context, openlines.Notice) error

func (f notifier) Notify(ctx context.Context, n openlines.Notice) error { return f(ctx, n) }

// putDeserted makes the line "support" that has no members, and whose boss is told so.
func putDeserted(t *testing.T, e *openlines.Engine) {
	t.Helper()
	must(t, e.PutLine(t.Context(), openlines.Line{
		ID: "support", Session: session.Rules{UnansweredAfter: session.Never}, Texts: openlines.Texts{Nobody: "Nobody is here."},
		NotifyEmptyQueue: openlines.Notify{Operators: []queue.OperatorID{"boss"}},
	}))
	must(t, e.Connect(t.Context(), "support", "web", "main"))
}

var obliging = map[connector.ID]connector.Connector{
	"web": connector.Func(func(context.Context, connector.Outbound) (connector.Receipt, error) { return connector.Receipt{}, nil }),
}

// Rule 11.9: a notifier that hangs holds up nothing but notices, and they are told when it has come back.
func TestHangingNotifier(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var kept []string
		back := make(chan struct{})
		e := open(t, memory.New(), openlines.Config{Connectors: obliging, Notifier: notifier(func(ctx context.Context, n openlines.Notice) error {
			select {
			case <-back:
			case <-ctx.Done():
				return ctx.Err()
			}
			mu.Lock()
			defer mu.Unlock()
			kept = append(kept, fmt.Sprint(n.Session, " ", n.Kind, " to ", n.To))
			return nil
		})})
		putDeserted(t, e)
		stop := running(t, e)
		var want []string
		for n := range 2 * desk.MaxChannel {
			says(t, e, fmt.Sprint("user", n), "m1")
			want = append(want, fmt.Sprint(n+1, " queue-empty to [boss]"))
		}
		time.Sleep(time.Second)
		if n := told(t, e, desk.Delivered); n != len(want) {
			t.Errorf("%d of %d messages are delivered while the notifier hangs", n, len(want))
		}
		close(back)
		time.Sleep(5 * time.Minute)
		stop()
		slices.Sort(want)
		slices.Sort(kept)
		if diff := cmp.Diff(want, kept); diff != "" {
			t.Errorf("notices (-want +got):\n%s", diff)
		}
	})
}

// A host without a notifier has the events, and nothing is left to be done.
func TestWithoutNotifier(t *testing.T) {
	t.Parallel()
	e := open(t, memory.New(), openlines.Config{Clock: &manual{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}, Connectors: obliging})
	putDeserted(t, e)
	says(t, e, "77", "m1")
	next, err := e.Advance(t.Context())
	must(t, err)
	letters, _, err := e.DeadLetters(t.Context(), openlines.Channel{}, openlines.Page{})
	must(t, err)
	if !next.IsZero() || len(letters) > 0 || told(t, e, desk.QueueEmpty) != 1 || told(t, e, desk.DeliveryFailed) != 0 {
		t.Errorf("next at %v, %d dead letters", next, len(letters))
	}
}
