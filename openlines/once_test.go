package openlines_test

import (
	"errors"
	"testing"

	"github.com/openlines-go/openlines/openlines"
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
