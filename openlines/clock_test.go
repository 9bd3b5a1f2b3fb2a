package openlines_test

import (
	"context"
	"testing"
	"time"

	"github.com/benbjohnson/clock"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/storage/memory"
)

// Clocks of benbjohnson/clock serve as they are.
var (
	_ openlines.Clock = clock.New()
	_ openlines.Clock = clock.NewMock()
)

func TestMockClockWakesRun(t *testing.T) {
	t.Parallel()
	mock := clock.NewMock()
	mock.Set(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	turns := make(chan openlines.TurnInfo, 100)
	e := open(t, memory.New(), openlines.Config{Clock: mock, Observer: openlines.Observer{Turn: func(i openlines.TurnInfo) { turns <- i }}})
	furnish(t, e, openlines.Line{Queue: queue.Rules{Mode: queue.Strictly}})
	got := says(t, e, "77", "m1")
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- e.Run(ctx) }()
	for deadline := mock.Now().Add(queue.DefaultPassOn); ; {
		mock.Add(time.Second)
		for len(turns) > 0 {
			<-turns
		}
		s, err := e.Session(ctx, got.Session)
		must(t, err)
		if s.OfferedTo == "bob" {
			if mock.Now().Before(deadline) {
				t.Errorf("passed on at %v", mock.Now())
			}
			break
		}
		if mock.Now().After(deadline.Add(time.Minute)) {
			t.Fatal("Run sleeps through its deadline")
		}
	}
	cancel()
	must(t, <-ended)
}

func TestTimesAreUTCInMicroseconds(t *testing.T) {
	t.Parallel()
	far := &manual{now: time.Date(2026, 3, 2, 9, 0, 0, 123_456_789, time.FixedZone("far", 9*3600))}
	e := open(t, memory.New(), openlines.Config{Clock: far})
	furnish(t, e, openlines.Line{})
	s, err := e.Session(t.Context(), says(t, e, "77", "m1").Session)
	must(t, err)
	if want := time.Date(2026, 3, 2, 0, 0, 0, 123_456_000, time.UTC); s.Began != want {
		t.Errorf("began %v, want %v", s.Began, want)
	}
}

// A clock that is set back fires nothing twice and dates nothing before what was. Invariants I-30, I-36.
func TestClockSetBack(t *testing.T) {
	t.Parallel()
	c := &manual{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	store := memory.New()
	e := open(t, store, openlines.Config{Clock: c})
	furnish(t, e, openlines.Line{Queue: queue.Rules{Mode: queue.Strictly}})
	says(t, e, "77", "m1")
	c.now = c.now.Add(90 * time.Second)
	_, err := e.Advance(t.Context())
	must(t, err)
	c.now = c.now.Add(-time.Hour)
	says(t, e, "77", "m2")
	_, err = e.Advance(t.Context())
	must(t, err)
	e = open(t, store, openlines.Config{Clock: c}) // another program, whose clock is behind as well
	says(t, e, "78", "m3")
	events, err := e.Feed(t.Context(), 0, 100)
	must(t, err)
	for i := range events[1:] {
		if events[i+1].At.Before(events[i].At) {
			t.Errorf("%s at %v after %s at %v", events[i+1].Type, events[i+1].At, events[i].Type, events[i].At)
		}
	}
}
