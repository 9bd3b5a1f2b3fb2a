package openlinestest_test

import (
	"context"
	"strings"
	"testing"

	"github.com/openlines-go/openlines/openlines/openlinestest"
	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/memory"
	"github.com/openlines-go/openlines/storage/storagetest"
)

// hasty is a store that takes its own batch for somebody else's when it comes again, and does not tell what was in it.
type hasty struct {
	storage.Store
	seen map[storage.BatchID]bool
}

func (h hasty) Commit(ctx context.Context, b *storage.Batch) (storage.Head, error) {
	if h.seen[b.ID] {
		return storage.Head{}, storage.ErrConflict
	}
	h.seen[b.ID] = true
	return h.Store.Commit(ctx, b)
}

func (h hasty) Changes(ctx context.Context, since storage.Mark) (storage.Changes, error) {
	c, err := h.Store.Changes(ctx, since)
	return storage.Changes{Head: c.Head}, err
}

// half is a store that says it is full when it has written what it was given.
type half struct{ storage.Store }

func (h half) Commit(ctx context.Context, b *storage.Batch) (storage.Head, error) {
	head, err := h.Store.Commit(ctx, b)
	if err == nil && len(b.Puts) > 8 {
		return storage.Head{}, storage.ErrFull
	}
	return head, err
}

func TestFaultsFindWhatAStoreDoesWrong(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		open func(testing.TB) storage.Store
		kind storagetest.Kind
		want string
	}{
		"a good one": {func(testing.TB) storage.Store { return memory.New() }, storagetest.Done, ""},
		"does not know its batch": {func(testing.TB) storage.Store {
			return hasty{memory.New(), map[storage.BatchID]bool{}}
		}, storagetest.Done, "memory equals the store"},
		"full too late": {func(testing.TB) storage.Store { return half{memory.New()} }, storagetest.Lost, "storage: no space"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := failures(t, func(tb testing.TB) { openlinestest.Strike(tb, test.open, test.kind) })
			if test.want == "" && len(got) > 0 || test.want != "" && !strings.Contains(strings.Join(got, "\n"), test.want) {
				t.Errorf("failures: %.2000q, want some with %q", got, test.want)
			}
		})
	}
}
