package openlines_test

import (
	"context"
	"testing"
	"time"

	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/memory"
)

// leftAlone is a desk whose engine stopped at nine: client 1 was replied to, client 2 is offered, client 3 auto-closed at
// ten, an hour after she was replied to, and has until five to one to come back.
func leftAlone(t *testing.T) (storage.Store, *manual) {
	t.Helper()
	clock := &manual{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	store := memory.New()
	e := open(t, store, openlines.Config{Clock: clock})
	furnish(t, e, openlines.Line{
		Queue:   queue.Rules{Mode: queue.Strictly, PassOnAfter: time.Minute},
		Session: session.Rules{AutoCloseAfter: time.Hour, AutoClosedLife: 175 * time.Minute, UnansweredAfter: session.Never},
	})
	third := says(t, e, "3", "m").Session
	must(t, e.As("ann").Send(t.Context(), third, "?"))
	clock.now = clock.now.Add(time.Hour)
	if _, err := e.Advance(t.Context()); err != nil {
		t.Fatal(err)
	}
	must(t, e.As("ann").Send(t.Context(), says(t, e, "1", "m").Session, "?"))
	says(t, e, "2", "m")
	must(t, e.Close())
	return store, clock
}

// run lets an engine run until something is in its feed.
func run(t *testing.T, e *openlines.Engine, until desk.EventType) openlines.Event {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- e.Run(ctx) }()
	for ev, err := range e.Events(ctx, 0) {
		must(t, err)
		if ev.Type == until {
			stop()
			must(t, <-ended)
			return ev
		}
	}
	t.Fatalf("no %s", until)
	return openlines.Event{}
}

func countOf(t *testing.T, e *openlines.Engine, what desk.EventType) (n int) {
	t.Helper()
	for after := uint64(0); ; {
		events, err := e.Feed(t.Context(), after, 1000)
		must(t, err)
		for _, ev := range events {
			if ev.Type == what {
				n++
			}
			after = ev.Seq
		}
		if len(events) < 1000 {
			return n
		}
	}
}

// After an outage Run goes on visibly: what passed meanwhile happens once, and nobody is closed out before he could come.
// Invariant I-37.
func TestRunGoesOnAfterAnOutage(t *testing.T) {
	t.Parallel()
	store, clock := leftAlone(t)
	clock.now = clock.now.Add(3 * time.Hour) // 13:00
	e := open(t, store, openlines.Config{Clock: clock})
	if ev := run(t, e, desk.DeskResumed); ev.Reason != "2h59m0s" || !ev.At.Equal(clock.now) {
		t.Errorf("resumed after %s at %v", ev.Reason, ev.At)
	}
	if _, err := e.Advance(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := countOf(t, e, desk.SessionOffered); n != 4 {
		t.Errorf("%d offers, want 4: to three clients before, and one that was passed on after", n)
	}
	for id, want := range map[session.ID]session.State{1: session.AutoClosed, 2: session.Replied, 3: session.Offered} {
		if s, err := e.Session(t.Context(), id); err != nil || s.State != want {
			t.Errorf("session %d is %s, %v; want %s", id, s.State, err, want)
		}
	}
	clock.now = clock.now.Add(desk.ResumeGrace - time.Second)
	if got := says(t, e, "3", "back"); got.Session != 1 {
		t.Errorf("within the grace client 3 came back to session %d, want 1", got.Session)
	}
	clock.now = clock.now.Add(time.Second)
	if _, err := e.Advance(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s, err := e.Session(t.Context(), 2); err != nil || s.State != session.AutoClosed || !s.Finished.Equal(clock.now) {
		t.Errorf("after the grace session 2 is %s since %v, %v", s.State, s.Finished, err)
	}
}

// Who loads the desk in the middle of it goes on in the same way.
func TestOutageIsInTheRecords(t *testing.T) {
	t.Parallel()
	store, clock := leftAlone(t)
	clock.now = clock.now.Add(3 * time.Hour)
	e := open(t, store, openlines.Config{Clock: clock})
	run(t, e, desk.DeskResumed)
	other := open(t, store, openlines.Config{Clock: clock})
	if _, err := other.Advance(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s, err := other.Session(t.Context(), 2); err != nil || s.State != session.Replied || !s.AutoCloseAt.Equal(clock.now.Add(desk.ResumeGrace)) {
		t.Errorf("session 2 is %s until %v, %v", s.State, s.AutoCloseAt, err)
	}
	if n := countOf(t, other, desk.SessionOffered); n != 4 {
		t.Errorf("%d offers, want 4", n)
	}
}

// A short pause is none, and Advance never takes one for an outage: it does all that is due at its own time.
func TestNoOutage(t *testing.T) {
	t.Parallel()
	store, clock := leftAlone(t)
	clock.now = clock.now.Add(openlines.OutageAfter + time.Minute - time.Second)
	e := open(t, store, openlines.Config{Clock: clock})
	run(t, e, desk.SessionWaiting)
	if n := countOf(t, e, desk.DeskResumed); n != 0 {
		t.Errorf("resumed %d times after %v", n, openlines.OutageAfter-time.Second)
	}
	store, clock = leftAlone(t)
	clock.now = clock.now.Add(3 * time.Hour)
	e = open(t, store, openlines.Config{Clock: clock})
	if _, err := e.Advance(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := countOf(t, e, desk.SessionOffered); n != 3+180 {
		t.Errorf("%d offers, want one a minute for three hours", n)
	}
}
