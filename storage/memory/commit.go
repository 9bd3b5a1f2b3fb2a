package memory

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/openlines-go/openlines/storage"
)

// patience is how long the holder of a turn may take to decide.
const patience = 5 * time.Second

// Commit stores b if the desk stands at b.Expect, or reports the head that b made if it was stored before. It waits
// while another writer has the desk; an error of ctx means that nothing was written.
func (s *Store) Commit(ctx context.Context, b *storage.Batch) (storage.Head, error) {
	if err := b.Validate(); err != nil {
		return storage.Head{}, fmt.Errorf("memory: commit: %w", err)
	}
	if err := s.take(ctx); err != nil {
		return storage.Head{}, fmt.Errorf("memory: commit: %w", err)
	}
	defer s.release()
	s.mu.Lock()
	defer s.mu.Unlock()
	head, err := s.commit(b)
	if err != nil {
		return storage.Head{}, fmt.Errorf("memory: commit: %w", err)
	}
	return head, nil
}

// Turn waits until no other writer has the desk, tells decide what happened since, and commits the batch that decide
// returns before anyone else can. Readers do not wait. An error of decide is returned as it is. A decide that takes
// more than five seconds loses the turn: others go on, and its batch is refused with [storage.ErrConflict].
func (s *Store) Turn(
	ctx context.Context, since storage.Mark, decide func(storage.Changes) (*storage.Batch, error),
) (storage.Head, error) {
	if err := s.take(ctx); err != nil {
		return storage.Head{}, fmt.Errorf("memory: turn: %w", err)
	}
	over, lost := false, false // guarded by s.mu
	end := func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if !over && !lost {
			over = true
			s.release()
		}
	}
	defer end()

	held, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	defer context.AfterFunc(held, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if !over {
			lost = true
			s.release()
		}
	})()

	c, err := s.changes(ctx, since)
	if err != nil {
		return storage.Head{}, fmt.Errorf("memory: turn: %w", err)
	}
	b, err := decide(c)
	if err != nil {
		return storage.Head{}, err
	}
	if b == nil {
		return c.Head, nil
	}
	if err := b.Validate(); err != nil {
		return storage.Head{}, fmt.Errorf("memory: turn: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if lost {
		return storage.Head{}, fmt.Errorf("memory: turn: decide took too long: %w", storage.ErrConflict)
	}
	head, err := s.commit(b)
	if err != nil {
		return storage.Head{}, fmt.Errorf("memory: turn: %w", err)
	}
	return head, nil
}

func (s *Store) take(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case s.desk <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *Store) release() { <-s.desk }

// commit checks everything before it changes anything. The caller has the desk and the lock, and has validated b.
func (s *Store) commit(b *storage.Batch) (storage.Head, error) {
	if s.closed {
		return storage.Head{}, storage.ErrClosed
	}
	if head, done := s.past.made(b.ID, b.Expect); done {
		return head, nil
	}
	if err := s.admits(b); err != nil {
		return storage.Head{}, err
	}

	t := turn{at: s.now(), touched: make([]touch, 0, len(b.Puts)+len(b.Deletes))}
	for i := range b.Puts {
		p := &b.Puts[i]
		s.replace(p.Key, s.records[p.Key], own(&p.Record))
		did := touch{p.Key, written}
		if p.Create && !p.Open {
			did.act = createdClosed
		}
		t.touched = append(t.touched, did)
	}
	for _, k := range b.Deletes {
		if old := s.records[k]; old != nil {
			s.replace(k, old, nil)
			t.touched = append(t.touched, touch{k, deleted})
		}
	}
	events := make([]storage.Event, len(b.Events))
	for i, e := range b.Events {
		events[i] = storage.Event{Seq: e.Seq, Body: bytes.Clone(e.Body)}
	}
	s.feed.add(events, b.Trim)

	s.head.Mark = storage.Mark{Revision: b.Expect.Revision + 1, Batch: b.ID}
	s.head.Events += uint64(len(events))
	s.head.Due, s.head.Format = b.Due, b.Format
	t.head = s.head
	s.past.add(t)
	return s.head, nil
}

// admits says why the desk cannot take b as it stands.
func (s *Store) admits(b *storage.Batch) error {
	switch {
	case s.head.Mark != b.Expect:
		return storage.ErrConflict
	case s.head.Format > b.Format:
		return storage.ErrFormat
	case len(b.Events) > 0 && b.Events[0].Seq != s.head.Events+1:
		return fmt.Errorf("%w: events: first is %d, want %d", storage.ErrInvalid, b.Events[0].Seq, s.head.Events+1)
	}
	for i := range b.Puts {
		p := &b.Puts[i]
		switch old := s.records[p.Key]; {
		case p.Create && old != nil:
			return &storage.ExistsError{Key: p.Key}
		case old != nil && !old.At.Equal(p.At):
			return fmt.Errorf("%w: put %d of kind %q: At changed", storage.ErrInvalid, i, p.Kind)
		case p.Same && (old == nil || old.Open != p.Open || !slices.Equal(old.Terms, p.Terms)):
			return fmt.Errorf("%w: put %d of kind %q: Same is not true", storage.ErrInvalid, i, p.Kind)
		}
	}
	return nil
}

// replace puts new where old was, in the records and in every index; either may be nil.
func (s *Store) replace(k storage.Key, old, new *storage.Record) {
	s.reindex(old, new)
	if new == nil {
		delete(s.records, k)
		delete(s.live, k)
		return
	}
	s.records[k] = new
	if new.Open {
		s.live[k] = new
	} else {
		delete(s.live, k)
	}
}

// own copies what the caller may change later. The clock reading of a time is dropped: stored times compare by value.
func own(r *storage.Record) *storage.Record {
	c := clone(r)
	c.At = c.At.Round(0)
	return &c
}
