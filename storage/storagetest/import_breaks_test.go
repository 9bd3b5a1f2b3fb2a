package storagetest_test

import (
	"bytes"
	"cmp"
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/memory"
)

func noDue(s *broken, ctx context.Context, head storage.Head, records records, events events) error {
	head.Due = time.Time{}
	return s.Store.Import(ctx, head, records, events)
}

func again[T any](items []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, item := range items {
			if !yield(item, nil) {
				return
			}
		}
	}
}

func keeps(s *broken, ctx context.Context, head storage.Head, records records, events events) error {
	var all []storage.Record
	for r, err := range records {
		if err != nil {
			return err
		}
		all = append(all, r)
	}
	return s.Store.Import(ctx, head, again(all), events)
}

func oneBatch(s *broken, ctx context.Context, head storage.Head, records records, events events) error {
	return s.Store.Import(ctx, head, func(yield func(storage.Record, error) bool) {
		n := 0
		for r, err := range records {
			if n++; n > storage.MaxPuts || !yield(r, err) {
				return
			}
		}
	}, events)
}

func knowsImported(s *broken, ctx context.Context, b *storage.Batch) (storage.Head, error) {
	if now := s.head(ctx); now.Batch == b.ID {
		return now, nil
	}
	return s.Store.Commit(ctx, b)
}

func asFarAsItGoes(s *broken, ctx context.Context, head storage.Head, records records, events events) error {
	var failed error
	err := s.Store.Import(ctx, head, func(yield func(storage.Record, error) bool) {
		for r, err := range records {
			if failed = err; err != nil || !yield(r, nil) {
				return
			}
		}
	}, events)
	return cmp.Or(failed, err)
}

func oneByOne(s *broken, ctx context.Context, _ storage.Head, records records, _ events) error {
	for r, err := range records {
		if err != nil {
			return err
		}
		now := s.head(ctx)
		b := &storage.Batch{ID: now.Batch, Expect: now.Mark, Puts: []storage.Put{{Record: r}}}
		b.ID[0]++
		if _, err := s.Store.Commit(ctx, b); err != nil {
			return err
		}
	}
	return nil
}

func replaces(s *broken, ctx context.Context, head storage.Head, records records, events events) error {
	fresh := memory.New()
	if err := fresh.Import(ctx, head, records, events); err != nil {
		return err
	}
	s.Store = fresh
	return nil
}

func inOrder(s *broken, ctx context.Context, head storage.Head, records records, events events) error {
	var all []storage.Record
	for r, err := range records {
		if err != nil {
			return err
		}
		r.Terms, r.Body = slices.Clone(r.Terms), bytes.Clone(r.Body)
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b storage.Record) int {
		return cmp.Or(strings.Compare(a.Kind, b.Kind), strings.Compare(a.ID, b.ID))
	})
	return s.Store.Import(ctx, head, again(all), events)
}

func notEmpty(s *broken, ctx context.Context, head storage.Head, records records, events events) error {
	if head.Revision == 0 {
		return storage.ErrInvalid
	}
	return s.Store.Import(ctx, head, records, events)
}
