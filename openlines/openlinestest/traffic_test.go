package openlinestest_test

import (
	"context"
	"strings"
	"testing"

	"github.com/openlines-go/openlines/openlines/openlinestest"
	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/memory"
)

// short is a store that keeps one body with a blank more.
type short struct{ storage.Store }

func (s short) Commit(ctx context.Context, b *storage.Batch) (storage.Head, error) {
	if b.Expect.Revision == 700 {
		b.Events = append([]storage.Event{}, b.Events...)
		b.Events[0].Body = append(b.Events[0].Body[:len(b.Events[0].Body)-1:len(b.Events[0].Body)-1], " }"...)
	}
	return s.Store.Commit(ctx, b)
}

func TestSameAsMemoryFindsOneByte(t *testing.T) {
	t.Parallel()
	same := func(_ testing.TB, s storage.Store) storage.Store { return s }
	for want, open := range map[string]func(testing.TB) storage.Store{
		"":        func(testing.TB) storage.Store { return memory.New() },
		"feed, n": func(testing.TB) storage.Store { return short{memory.New()} },
	} {
		got := strings.Join(failures(t, func(tb testing.TB) { openlinestest.SameAsMemory(tb, open, same, 1000) }), "\n")
		if want == "" && got != "" || !strings.HasPrefix(got, want) {
			t.Errorf("failures: %.500s, want %q", got, want)
		}
	}
}
