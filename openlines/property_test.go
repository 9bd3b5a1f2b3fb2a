package openlines_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage/memory"
	"github.com/openlines-go/openlines/worktime"
	"pgregory.net/rapid"
)

// story is what a host does, with pauses.
type story []chapter

type chapter struct {
	act   int
	who   int
	pause time.Duration
}

// tell plays a story on an engine of its own. Pauses are cut into steps; the engine is advanced after each.
func (s story) tell(t *rapid.T, l openlines.Line, step time.Duration, reopen bool) []openlines.Event {
	ctx := context.Background()
	clock := &manual{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	store := memory.New()
	e, err := openlines.Open(ctx, store, openlines.Config{Clock: clock})
	require(t, err)
	require(t, e.PutOperator(ctx, openlines.Operator{ID: "op0"}, openlines.Operator{ID: "op1"}, openlines.Operator{ID: "op2"}))
	require(t, e.PutLine(ctx, l))
	require(t, e.Connect(ctx, l.ID, "web", "main"))
	for i, c := range s {
		id, latest := queue.OperatorID(fmt.Sprint("op", c.who%3)), session.ID(1)
		for n := session.ID(1); ; n++ {
			if _, err := e.Session(ctx, n); err != nil {
				break
			}
			latest = n
		}
		switch c.act {
		case 0, 1:
			_, err := e.Receive(ctx, connector.Inbound{Connector: "web", Account: "main", User: fmt.Sprint(c.who), ID: fmt.Sprint(i), Text: "?"})
			require(t, err)
		case 2:
			_ = e.As(id).Answer(ctx, latest) // refusals are part of the story
		case 3:
			_ = e.As(id).Skip(ctx, latest)
		case 4:
			_ = e.As(id).Finish(ctx, latest)
		case 5:
			require(t, e.Report(ctx, openlines.Report{Operator: id, Facts: worktime.Facts{BrowserUsedAt: clock.now}}))
		}
		for left := c.pause; left > 0; left -= step {
			clock.now = clock.now.Add(min(step, left))
			_, err := e.Advance(ctx)
			require(t, err)
			if reopen {
				e, err = openlines.Open(ctx, store, openlines.Config{Clock: clock})
				require(t, err)
			}
		}
	}
	require(t, e.Check(ctx))
	events, err := e.Feed(ctx, 0, 1000)
	require(t, err)
	return events
}

func drawStory(t *rapid.T) (story, openlines.Line) {
	l := openlines.Line{
		ID: "l",
		Queue: queue.Rules{
			Mode:    rapid.SampledFrom([]queue.Mode{queue.Evenly, queue.Strictly, queue.All}).Draw(t, "mode"),
			Members: queue.Operators("op0", "op1", "op2"), OnlyAvailable: rapid.Bool().Draw(t, "available"),
			PassOnAfter: time.Duration(rapid.IntRange(20, 120).Draw(t, "pass on")) * time.Second,
			Limit:       queue.Limit{Max: rapid.IntRange(0, 2).Draw(t, "limit")},
		},
	}
	chapters := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) chapter {
		return chapter{
			rapid.IntRange(0, 5).Draw(t, "act"), rapid.IntRange(0, 5).Draw(t, "who"),
			time.Duration(rapid.IntRange(0, 1500).Draw(t, "pause")) * time.Second,
		}
	}), 1, 15)
	return chapters.Draw(t, "story"), l
}

// Property number one: one jump gives what many small steps give, each deadline at its own time. Invariants I-31, I-37.
func TestOneJumpEqualsManySteps(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s, l := drawStory(t)
		jump, steps := s.tell(t, l, 24*time.Hour, false), s.tell(t, l, 7*time.Second, false)
		if diff := cmp.Diff(jump, steps); diff != "" {
			t.Fatalf("(-one jump +many steps):\n%s", diff)
		}
	})
}

// Everything follows from the records: an engine that is opened anew at every step goes on as the first one would.
// Invariant I-29.
func TestOpeningAnewChangesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s, l := drawStory(t)
		one, many := s.tell(t, l, time.Minute, false), s.tell(t, l, time.Minute, true)
		if diff := cmp.Diff(one, many); diff != "" {
			t.Fatalf("(-one engine +opened anew):\n%s", diff)
		}
	})
}

// manual is a clock that stands still until it is set.
type manual struct{ now time.Time }

func (c *manual) Now() time.Time                       { return c.now }
func (c *manual) After(time.Duration) <-chan time.Time { return nil }

func require(t *rapid.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
