package openlines_test

import (
	"errors"
	"testing"

	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/openlinestest"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/storage/memory"
)

// A repeat answers as the first did, also when the act would be refused now, and on an engine that remembers nothing.
// Invariant I-13.
func TestRepeatOfADoneActIsNotRefused(t *testing.T) {
	t.Parallel()
	store := memory.New()
	a, b := open(t, store, openlines.Config{}), open(t, store, openlines.Config{})
	furnish(t, a, openlines.Line{Queue: queue.Rules{Mode: queue.Strictly}})
	got := says(t, a, "77", "m1")
	for _, e := range []*openlines.Engine{a, b, a} {
		must(t, e.As("ann").Once("skip").Skip(t.Context(), got.Session))
	}
	for range 2 {
		if err := b.As("ann").Once("another").Skip(t.Context(), got.Session); !errors.Is(err, openlines.ErrNotOffered) {
			t.Errorf("a skip that was not done before: %v, want ErrNotOffered", err)
		}
	}
}

// Rule P16: under one command id all sessions of an item are finished, and a repeat answers as the first time.
func TestFinishItemOnce(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	d := openlinestest.New(t, openlines.Line{Queue: queue.Rules{Members: queue.Operators("ann")}, CRM: openlines.CRM{Verify: true}})
	for _, user := range []string{"77", "78"} {
		d.Identifier.Knows(user, openlines.Identity{Client: "c" + user, Items: []string{"deal-1"}})
		id := d.Says(user, "Hello")
		d.Wait(0) // for the answer of the CRM
		must(t, d.As("ann").Answer(ctx, id))
	}
	finished, err := d.Once("k1").FinishItem(ctx, "deal-1")
	must(t, err)
	if len(finished) != 2 || finished[0].Err != nil || finished[1].Err != nil {
		t.Errorf("finished: %+v", finished)
	}
	again, err := d.Once("k1").FinishItem(ctx, "deal-1")
	if must(t, err); len(again) != 0 {
		t.Errorf("again: %+v", again)
	}
}
