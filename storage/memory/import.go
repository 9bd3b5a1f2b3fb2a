package memory

import (
	"bytes"
	"context"
	"fmt"
	"iter"

	"github.com/openlines-go/openlines/storage"
)

// Import fills the store, if it is empty, with a desk that lived elsewhere. The desk is built aside: readers and writers go
// on meanwhile, and a commit that comes first makes it [storage.ErrNotEmpty].
func (s *Store) Import(
	ctx context.Context, head storage.Head, records iter.Seq2[storage.Record, error], events iter.Seq2[storage.Event, error],
) error {
	records, events, err := storage.ValidateImport(head, records, events)
	if err == nil {
		err = s.empty(ctx)
	}
	if err != nil {
		return fmt.Errorf("memory: import: %w", err)
	}
	fresh := New()
	if err := fresh.fill(ctx, head, records, events); err != nil {
		return fmt.Errorf("memory: import: %w", err)
	}
	if err := s.take(ctx); err != nil {
		return fmt.Errorf("memory: import: %w", err)
	}
	defer s.release()
	if err := s.become(ctx, fresh); err != nil {
		return fmt.Errorf("memory: import: %w", err)
	}
	return nil
}

// empty refuses a store that has a history.
func (s *Store) empty(ctx context.Context) error {
	if err := s.read(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	if s.head.Mark != (storage.Mark{}) {
		return storage.ErrNotEmpty
	}
	return nil
}

// fill takes a desk in. Nobody else has the store yet.
func (s *Store) fill(
	ctx context.Context, head storage.Head, records iter.Seq2[storage.Record, error], events iter.Seq2[storage.Event, error],
) error {
	for r, err := range records {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		s.replace(r.Key, nil, own(&r))
	}
	for e, err := range events {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		s.feed.events = append(s.feed.events, storage.Event{Seq: e.Seq, Body: bytes.Clone(e.Body)})
	}
	s.feed.trimmed = head.Events - uint64(len(s.feed.events))
	s.head = storage.Head{Mark: head.Mark, Events: head.Events, Due: head.Due.Round(0), Format: head.Format}
	s.past.base = head.Mark
	return nil
}

// become makes s the desk that was built aside, all at once, if it is still empty. The caller has the desk.
func (s *Store) become(ctx context.Context, fresh *Store) error {
	if err := s.empty(ctx); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return storage.ErrClosed
	}
	s.head, s.records, s.live, s.indexes, s.past, s.feed =
		fresh.head, fresh.records, fresh.live, fresh.indexes, fresh.past, fresh.feed
	return nil
}
