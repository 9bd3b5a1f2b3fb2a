package memory

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/openlines-go/openlines/storage"
)

var (
	_ storage.Turner   = (*Store)(nil)
	_ storage.Importer = (*Store)(nil)
)

// Store keeps one desk in memory. It is safe for concurrent use. Make one with [New].
type Store struct {
	desk chan struct{} // full while a writer has the desk
	now  func() time.Time

	mu      sync.Mutex
	closed  bool
	head    storage.Head
	records map[storage.Key]*storage.Record // immutable: replaced, never changed
	live    map[storage.Key]*storage.Record // those of records that are open
	indexes map[word]*index
	past    history
	feed    feed
}

// New returns an empty store: revision 0, no records, no events.
func New() *Store {
	return &Store{
		desk:    make(chan struct{}, 1),
		now:     time.Now,
		records: map[storage.Key]*storage.Record{},
		live:    map[storage.Key]*storage.Record{},
		indexes: map[word]*index{},
	}
}

// Close forgets the desk. Every method called afterwards, Close apart, answers [storage.ErrClosed].
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.records, s.live, s.indexes, s.past, s.feed = nil, nil, nil, history{}, feed{}
	return nil
}

// Scan calls each for every record of the scope as of one revision, in key order. It holds no lock meanwhile: each may
// call the store, and commits do not wait for it.
func (s *Store) Scan(ctx context.Context, scope storage.Scope, each func(storage.Record) error) (storage.Head, error) {
	head, found, err := s.list(ctx, scope)
	if err != nil {
		return storage.Head{}, fmt.Errorf("memory: scan: %w", err)
	}
	slices.SortFunc(found, func(a, b *storage.Record) int {
		return cmp.Or(strings.Compare(a.Kind, b.Kind), strings.Compare(a.ID, b.ID))
	})
	for _, r := range found {
		if err := ctx.Err(); err != nil {
			return storage.Head{}, fmt.Errorf("memory: scan: %w", err)
		}
		if err := each(clone(r)); err != nil {
			return storage.Head{}, err
		}
	}
	return head, nil
}

func (s *Store) list(ctx context.Context, scope storage.Scope) (storage.Head, []*storage.Record, error) {
	if scope != storage.Live && scope != storage.All {
		return storage.Head{}, nil, fmt.Errorf("%w: scope %d", storage.ErrInvalid, scope)
	}
	if err := s.read(ctx); err != nil {
		return storage.Head{}, nil, err
	}
	defer s.mu.Unlock()
	from := s.live
	if scope == storage.All {
		from = s.records
	}
	found := make([]*storage.Record, 0, len(from))
	for _, r := range from {
		found = append(found, r)
	}
	return s.head, found, nil
}

// Get returns those of the records that exist, each once, and the mark they were read at.
func (s *Store) Get(ctx context.Context, keys ...storage.Key) ([]storage.Record, storage.Mark, error) {
	found, mark, err := s.lookUp(ctx, keys)
	if err != nil {
		return nil, storage.Mark{}, fmt.Errorf("memory: get: %w", err)
	}
	return clones(found), mark, nil
}

func (s *Store) lookUp(ctx context.Context, keys []storage.Key) ([]*storage.Record, storage.Mark, error) {
	if len(keys) > storage.MaxGet {
		return nil, storage.Mark{}, fmt.Errorf("%w: %d keys, at most %d", storage.ErrTooLarge, len(keys), storage.MaxGet)
	}
	if err := s.read(ctx); err != nil {
		return nil, storage.Mark{}, err
	}
	defer s.mu.Unlock()
	found := make([]*storage.Record, 0, len(keys))
	given := make(map[storage.Key]bool, len(keys))
	for _, k := range keys {
		if r := s.records[k]; r != nil && !given[k] {
			given[k] = true
			found = append(found, r)
		}
	}
	return found, s.head.Mark, nil
}

// Changes tells what was committed after since, folded to the newest version of each record. The cost follows what was
// written since, not the size of the desk.
func (s *Store) Changes(ctx context.Context, since storage.Mark) (storage.Changes, error) {
	c, err := s.changes(ctx, since)
	if err != nil {
		return storage.Changes{}, fmt.Errorf("memory: changes: %w", err)
	}
	return c, nil
}

func (s *Store) changes(ctx context.Context, since storage.Mark) (storage.Changes, error) {
	if err := s.read(ctx); err != nil {
		return storage.Changes{}, err
	}
	c := storage.Changes{Head: s.head}
	touched, err := s.past.since(since)
	var newest []*storage.Record
	for _, t := range touched {
		switch r := s.records[t.key]; {
		case r == nil:
			c.Gone = append(c.Gone, t.key)
		case t.act != createdClosed:
			newest = append(newest, r)
		}
	}
	s.mu.Unlock()
	if err != nil {
		return storage.Changes{}, err
	}
	c.Records = clones(newest)
	return c, nil
}

// Events returns up to limit events with numbers greater than after, in order.
func (s *Store) Events(ctx context.Context, after uint64, limit int) ([]storage.Event, error) {
	if limit < 1 || limit > storage.MaxFind {
		return nil, fmt.Errorf("memory: events: %w: limit %d, want 1 to %d", storage.ErrInvalid, limit, storage.MaxFind)
	}
	if err := s.read(ctx); err != nil {
		return nil, fmt.Errorf("memory: events: %w", err)
	}
	defer s.mu.Unlock()
	events, err := s.feed.after(after, limit)
	if err != nil {
		return nil, fmt.Errorf("memory: events: %w", err)
	}
	return events, nil
}

// read locks the store for a reader, unless it is closed or ctx is over.
func (s *Store) read(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return storage.ErrClosed
	}
	return nil
}

func clone(r *storage.Record) storage.Record {
	c := *r
	c.Terms, c.Body = slices.Clone(r.Terms), bytes.Clone(r.Body)
	return c
}

func clones(records []*storage.Record) []storage.Record {
	if len(records) == 0 {
		return nil
	}
	out := make([]storage.Record, len(records))
	for i, r := range records {
		out[i] = clone(r)
	}
	return out
}
