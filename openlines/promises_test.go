package openlines_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/memory"
	"github.com/openlines-go/openlines/worktime"
)

// crowd opens a desk on which n clients wait or are offered to everybody.
func crowd(t *testing.T, clock *manual, l openlines.Line, n int) *openlines.Engine {
	t.Helper()
	e := open(t, memory.New(), openlines.Config{Clock: clock})
	furnish(t, e, l)
	for i := range n {
		says(t, e, fmt.Sprint("client", i), "m")
	}
	return e
}

// However much one command or deadline touches, it is done in turns that a store takes.
func TestNoTurnGrowsWithTheDesk(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	nine := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	waiting := func(e *openlines.Engine) int {
		_, _, n, err := e.Waiting(ctx, "support", openlines.Page{Limit: 1})
		must(t, err)
		return n
	}
	line := openlines.Line{
		Queue: queue.Rules{Mode: queue.All, OnlyAvailable: true}, Texts: openlines.Texts{Nobody: "nobody"},
		Session: session.Rules{UnansweredAfter: session.Never},
	}
	clock := &manual{now: nine}
	const many = 3000
	e := crowd(t, clock, line, many)
	must(t, e.Report(ctx, openlines.Report{Operator: "ann", Facts: worktime.Facts{BrowserUsedAt: clock.now}}))
	_, err := e.Advance(ctx)
	must(t, err)
	if n := waiting(e); n != 0 {
		t.Errorf("ann is there, and %d wait", n)
	}
	clock.now = clock.now.Add(time.Hour) // her presence has run out
	_, err = e.Advance(ctx)
	must(t, err)
	if n := waiting(e); n != many {
		t.Errorf("nobody is there, and %d of %d wait", n, many)
	}
	must(t, e.Check(ctx))
	line.Queue.OnlyAvailable, line.Queue.Mode = false, queue.Evenly
	line.ID, line.Queue.Members = "support", queue.Operators("ann", "bob", "cid")
	must(t, e.PutSettings(ctx, openlines.Settings{MaxSessions: desk.MaxOpenSessions}))
	must(t, e.PutLine(ctx, line))
	_, err = e.Advance(ctx)
	must(t, err)
	if n := waiting(e); n != 0 {
		t.Errorf("everybody is free, and %d wait", n)
	}
	must(t, e.Report(ctx, openlines.Report{Operator: "ann", Facts: worktime.Facts{Dismissed: true}}))
	_, err = e.Advance(ctx)
	must(t, err)
	if ids, _, err := e.Load(ctx, "ann", openlines.Page{}); err != nil || len(ids) != 0 {
		t.Errorf("ann was dismissed and has %d, %v", len(ids), err)
	}
	says(t, e, "one more", "m")
}

// Invariant I-60: a caller is gone when his context ends, also if he was the one who decided for all.
func TestContextEndsTheCallOfTheOneWhoDecides(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := &stalling{memory.New(), make(chan struct{}, 100)}
		for range 3 {
			store.gate <- struct{}{}
		}
		e := open(t, store, openlines.Config{})
		furnish(t, e, openlines.Line{})
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		began := time.Now()
		if err := write(ctx, e, "1", "m"); !errors.Is(err, openlines.ErrUnknown) || time.Since(began) > time.Second {
			t.Errorf("%v after %v, want ErrUnknown after 100 ms", err, time.Since(began))
		}
		for range 50 {
			store.gate <- struct{}{}
		}
		synctest.Wait()
		if n, _ := e.OpenSessions(t.Context()); n != 1 {
			t.Errorf("%d sessions: his turn was not ended with him", n)
		}
	})
}

func TestObserverMayPanicAndAsk(t *testing.T) {
	t.Parallel()
	var e *openlines.Engine
	var asked atomic.Int64
	observer := openlines.Observer{Turn: func(openlines.TurnInfo) {
		if e != nil && asked.Add(1) == 1 {
			if err := e.Check(context.Background()); err != nil {
				t.Error(err)
			}
		}
		panic("observer")
	}}
	observer.Delivery = func(openlines.DeliveryInfo) { panic("observer") }
	e = open(t, memory.New(), openlines.Config{Observer: observer})
	furnish(t, e, openlines.Line{Texts: openlines.Texts{Greeting: "hello"}})
	says(t, e, "77", "m1")
	says(t, e, "77", "m2")
	_, err := e.Advance(context.Background())
	must(t, err)
}

// Decision 14.28: one channel that hangs takes its eight places, not everybody's.
func TestHangingChannelStarvesNoOther(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var good, hanging atomic.Int64
		e := open(t, memory.New(), openlines.Config{Connectors: map[connector.ID]connector.Connector{
			"web": connector.Func(func(ctx context.Context, _ connector.Outbound) (connector.Receipt, error) {
				hanging.Add(1)
				<-ctx.Done()
				return connector.Receipt{}, ctx.Err()
			}),
			"good": connector.Func(func(context.Context, connector.Outbound) (connector.Receipt, error) {
				good.Add(1)
				return connector.Receipt{}, nil
			}),
		}})
		furnish(t, e, openlines.Line{Texts: openlines.Texts{Greeting: "hello"}})
		must(t, e.Connect(t.Context(), "support", "good", "main"))
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- e.Run(ctx) }()
		for i := range 100 {
			says(t, e, fmt.Sprint(i), "m")
		}
		_, err := e.Receive(ctx, connector.Inbound{Connector: "good", Account: "main", User: "1", ID: "m", Text: "?"})
		must(t, err)
		synctest.Wait()
		if good.Load() != 1 || hanging.Load() != desk.MaxChannel {
			t.Errorf("%d of the good channel, %d of the other; want 1 and %d", good.Load(), hanging.Load(), desk.MaxChannel)
		}
		cancel()
		must(t, <-ended)
	})
}

// Invariant I-42: a lease that would end before the call has to is given back, so that slow deliveries are not made twice.
func TestSlowDeliveriesAreNotMadeTwice(t *testing.T) {
	t.Parallel()
	clock := &manual{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	store := memory.New()
	told := map[string]int{}
	config := func(deliver func(m connector.Outbound)) openlines.Config {
		return openlines.Config{Clock: clock, Connectors: map[connector.ID]connector.Connector{
			"web": connector.Func(func(_ context.Context, m connector.Outbound) (connector.Receipt, error) {
				told[m.To.User]++
				deliver(m)
				return connector.Receipt{}, nil
			}),
		}}
	}
	fast := open(t, store, config(func(connector.Outbound) {}))
	e := open(t, store, config(func(connector.Outbound) { // takes 12 seconds, in which the other node works, too
		clock.now = clock.now.Add(12 * time.Second)
		_, err := fast.Advance(context.Background())
		must(t, err)
	}))
	furnish(t, e, openlines.Line{Texts: openlines.Texts{Greeting: "hello"}})
	for i := range 20 {
		says(t, e, fmt.Sprint(i), "m")
	}
	_, err := e.Advance(t.Context())
	must(t, err)
	for user, n := range told {
		if n != 1 {
			t.Errorf("client %s was greeted %d times", user, n)
		}
	}
	if len(told) != 20 {
		t.Errorf("%d clients were greeted", len(told))
	}
}

func TestCancelledAdvanceGivesBackTheRest(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	told := 0
	e := open(t, memory.New(), openlines.Config{Connectors: map[connector.ID]connector.Connector{
		"web": connector.Func(func(context.Context, connector.Outbound) (connector.Receipt, error) {
			told++
			cancel()
			return connector.Receipt{}, nil
		}),
	}})
	furnish(t, e, openlines.Line{Texts: openlines.Texts{Greeting: "hello"}})
	for i := range 5 {
		says(t, e, fmt.Sprint(i), "m")
	}
	if _, err := e.Advance(ctx); !errors.Is(err, context.Canceled) || told != 1 {
		t.Errorf("%d told, %v", told, err)
	}
	if _, err := e.Advance(t.Context()); err != nil || told != 5 {
		t.Errorf("%d told in all, %v; want 5", told, err)
	}
}

func TestLineBelongsToTheDeskOnceItIsPut(t *testing.T) {
	t.Parallel()
	e := open(t, memory.New(), openlines.Config{}) // its cleanup compares memory and store
	l := openlines.Line{ID: "l", Hours: worktime.Hours{Week: map[string][]string{"mon": {"09:00-10:00"}}}}
	must(t, e.PutLine(t.Context(), l))
	l.Hours.Week["mon"][0] = "11:00-12:00"
	l.Hours.Week["tue"] = nil
}

func TestLateReportChangesNothing(t *testing.T) {
	t.Parallel()
	clock := &manual{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	e := open(t, memory.New(), openlines.Config{Clock: clock})
	furnish(t, e, openlines.Line{Queue: queue.Rules{OnlyAvailable: true}})
	report := func(version uint64, used time.Time) {
		must(t, e.Report(t.Context(), openlines.Report{Operator: "ann", Version: version, Facts: worktime.Facts{BrowserUsedAt: used}}))
	}
	report(1, clock.now)
	clock.now = clock.now.Add(20 * time.Second)
	report(3, clock.now)
	report(2, time.Time{})
	if s, err := e.Session(t.Context(), says(t, e, "77", "m").Session); err != nil || s.OfferedTo != "ann" {
		t.Errorf("offered to %q, %v: the late report counted", s.OfferedTo, err)
	}
}

// Rule 1.1, decision 14.22, on a node that learns of it from the store.
func TestOneAccountOfAConnectorOnEveryNode(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	store := memory.New()
	a, b := open(t, store, openlines.Config{}), open(t, store, openlines.Config{})
	for _, id := range []openlines.LineID{"a", "b", "c"} {
		must(t, a.PutLine(ctx, openlines.Line{ID: id}))
	}
	must(t, a.Connect(ctx, "a", "web", "x"))
	must(t, a.Connect(ctx, "b", "web", "y"))
	must(t, b.Check(ctx))
	must(t, a.Connect(ctx, "c", "web", "x"))
	must(t, a.Connect(ctx, "a", "web", "y"))
	must(t, a.Connect(ctx, "b", "web", "x"))
	if err := b.Connect(ctx, "b", "web", "z"); !errors.Is(err, openlines.ErrConnected) {
		t.Errorf("a second account on b: %v", err)
	}
}

// Who comes in time is in time, however long he waits for his turn.
func TestTheTimeAtTheDoorCounts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := &stalling{memory.New(), make(chan struct{}, 100)}
		for range 4 {
			store.gate <- struct{}{}
		}
		e := open(t, store, openlines.Config{})
		furnish(t, e, openlines.Line{Queue: queue.Rules{Mode: queue.Strictly}})
		got := says(t, e, "77", "m1")
		time.Sleep(59 * time.Second)
		go func() { _ = write(context.Background(), e, "78", "m") }() // the store takes its time with this one
		synctest.Wait()
		answer := make(chan error, 1)
		go func() { answer <- e.As("ann").Answer(context.Background(), got.Session) }()
		synctest.Wait()
		time.Sleep(2 * time.Second)
		for range 50 {
			store.gate <- struct{}{}
		}
		if err := <-answer; err != nil {
			t.Errorf("ann answered after 59 of 60 seconds: %v", err)
		}
	})
}

var _ storage.Store = (*stalling)(nil)
