package filestore

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"slices"
	"sync"
	"syscall"

	"github.com/openlines-go/openlines/storage"
)

// Store keeps one desk in a file. It is safe for concurrent use by one process. Open makes one.
type Store struct {
	mu      sync.Mutex
	file    *os.File
	size    int64  // of the file, as far as it is good
	broken  error  // why nothing can be stored or read any more
	turns   []turn // by revision, from 0
	records map[storage.Key]storage.Record
	events  []storage.Event // those that are not trimmed
	trimmed uint64          // the last one that is
}

// turn is what the history keeps of a batch. Quiet is what was created closed: other nodes need not hear of it.
type turn struct {
	head    storage.Head
	touched []storage.Key
	quiet   map[storage.Key]bool
}

// Open opens the desk in a file, or makes one. What a crash left of a turn at the end is cut off: nobody was told of it.
func Open(path string) (*Store, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	s := &Store{file: file, turns: []turn{{}}, records: map[storage.Key]storage.Record{}}
	if err := s.read(); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return s, nil
}

// read applies every whole line, and cuts off what is torn at the end of the file.
func (s *Store) read() error {
	all, err := io.ReadAll(s.file)
	if err != nil {
		return err
	}
	for line := range bytes.Lines(all) {
		b, torn := decode(line)
		if torn && s.size+int64(len(line)) == int64(len(all)) {
			break
		}
		if b == nil || b.Expect != s.head().Mark {
			return fmt.Errorf("%w: turn %d", storage.ErrCorrupt, len(s.turns))
		}
		s.apply(b)
		s.size += int64(len(line))
	}
	return errors.Join(s.file.Truncate(s.size), s.file.Sync())
}

// decode returns the batch of a line: checksum, length, the batch in JSON. One that is torn off is not longer than it says.
func decode(line []byte) (b *storage.Batch, torn bool) {
	var sum, size int
	_, err := fmt.Sscanf(string(line[:min(len(line), 18)]), "%08x %08x ", &sum, &size)
	if err != nil || len(line) != size+19 {
		return nil, err != nil || len(line) < size+19
	}
	if text := line[18 : size+18]; line[size+18] != '\n' || int(crc32.ChecksumIEEE(text)) != sum || json.Unmarshal(text, &b) != nil {
		return nil, true
	}
	return b, false
}

// Close closes the file. Every method answers storage.ErrClosed then.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken = storage.ErrClosed
	return s.file.Close()
}

// locked runs f alone, unless there is no use.
func (s *Store) locked(ctx context.Context, f func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := cmp.Or(ctx.Err(), s.broken); err != nil {
		return err
	}
	return f()
}

func (s *Store) head() storage.Head { return s.turns[len(s.turns)-1].head }

// knows reports whether a mark is in the desk's history.
func (s *Store) knows(m storage.Mark) bool {
	return m.Revision < uint64(len(s.turns)) && s.turns[m.Revision].head.Mark == m
}

// Commit implements storage.Store.
func (s *Store) Commit(ctx context.Context, b *storage.Batch) (head storage.Head, err error) {
	if err := b.Validate(); err != nil {
		return head, err
	}
	err = s.locked(ctx, func() error {
		if next := b.Expect.Revision + 1; s.knows(b.Expect) && s.knows(storage.Mark{Revision: next, Batch: b.ID}) {
			head = s.turns[next].head // it was stored before
			return nil
		}
		if err := s.admits(b); err != nil {
			return err
		}
		text, _ := json.Marshal(b) // which a valid batch does not fail
		line := fmt.Appendf(nil, "%08x %08x %s\n", crc32.ChecksumIEEE(text), len(text), text)
		if err := s.write(line); err != nil {
			return err
		}
		own, _ := decode(line)
		s.apply(own) // the caller's batch is his
		head = s.head()
		return nil
	})
	return head, err
}

// admits says why the desk cannot take b as it stands.
func (s *Store) admits(b *storage.Batch) error {
	switch head := s.head(); {
	case b.Expect != head.Mark:
		return storage.ErrConflict
	case b.Format < head.Format:
		return storage.ErrFormat
	case len(b.Events) > 0 && b.Events[0].Seq != head.Events+1:
		return storage.ErrInvalid
	}
	taken := func(p storage.Put) bool { _, exists := s.records[p.Key]; return exists && p.Create }
	if i := slices.IndexFunc(b.Puts, taken); i >= 0 {
		return &storage.ExistsError{Key: b.Puts[i].Key}
	}
	return nil
}

// write makes a line durable. One that did not fit is cut off again, and certainly not there. After anything else nobody
// knows what the disk has, so the store stops: who opens it anew sees.
func (s *Store) write(line []byte) error {
	_, err := s.file.WriteAt(line, s.size)
	if errors.Is(err, syscall.ENOSPC) && s.file.Truncate(s.size) == nil && s.file.Sync() == nil {
		return fmt.Errorf("%w: %w", storage.ErrFull, err)
	}
	if err == nil {
		err = s.file.Sync()
	}
	s.size, s.broken = s.size+int64(len(line)), err
	return err
}

// apply changes the memory. It cannot fail.
func (s *Store) apply(b *storage.Batch) {
	t := turn{head: s.head(), touched: b.Deletes, quiet: map[storage.Key]bool{}}
	for _, p := range b.Puts {
		s.records[p.Key] = p.Record
		t.touched = append(t.touched, p.Key)
		t.quiet[p.Key] = p.Create && !p.Open
	}
	for _, k := range b.Deletes {
		delete(s.records, k)
	}
	t.head.Mark = storage.Mark{Revision: t.head.Revision + 1, Batch: b.ID}
	t.head.Events += uint64(len(b.Events))
	t.head.Due, t.head.Format = b.Due, b.Format
	s.turns = append(s.turns, t)
	s.events = append(s.events, b.Events...)
	if trim := min(b.Trim, t.head.Events); trim > s.trimmed {
		s.events, s.trimmed = slices.Clone(s.events[trim-s.trimmed:]), trim
	}
}

func given(r storage.Record) storage.Record { // no two share memory
	r.Terms, r.Body = slices.Clone(r.Terms), bytes.Clone(r.Body)
	return r
}

// Scan implements storage.Store.
func (s *Store) Scan(ctx context.Context, scope storage.Scope, each func(storage.Record) error) (head storage.Head, err error) {
	var found []storage.Record
	err = s.locked(ctx, func() error {
		if head = s.head(); scope != storage.Live && scope != storage.All {
			return storage.ErrInvalid
		}
		for _, r := range s.records {
			if r.Open || scope == storage.All {
				found = append(found, given(r))
			}
		}
		return nil
	})
	slices.SortFunc(found, func(a, b storage.Record) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID)) })
	for i := 0; i < len(found) && err == nil; i++ { // not locked: each may call the store
		if err = ctx.Err(); err == nil {
			err = each(found[i])
		}
	}
	return head, err
}

// Changes implements storage.Store.
func (s *Store) Changes(ctx context.Context, since storage.Mark) (c storage.Changes, err error) {
	err = s.locked(ctx, func() error {
		if !s.knows(since) {
			return storage.ErrRewound
		}
		c.Head = s.head()
		silent := map[storage.Key]bool{} // what was touched: once, and quietly?
		for _, t := range s.turns[since.Revision+1:] {
			for _, k := range t.touched {
				_, before := silent[k]
				silent[k] = t.quiet[k] && !before
			}
		}
		for k, quiet := range silent {
			if r, exists := s.records[k]; !exists {
				c.Gone = append(c.Gone, k)
			} else if !quiet {
				c.Records = append(c.Records, given(r))
			}
		}
		return nil
	})
	return c, err
}

// Get implements storage.Store.
func (s *Store) Get(ctx context.Context, keys ...storage.Key) (found []storage.Record, at storage.Mark, err error) {
	err = s.locked(ctx, func() error {
		at = s.head().Mark
		if len(keys) > storage.MaxGet {
			return storage.ErrTooLarge
		}
		asked := map[storage.Key]bool{}
		for _, k := range keys {
			if r, exists := s.records[k]; exists && !asked[k] {
				asked[k] = true
				found = append(found, given(r))
			}
		}
		return nil
	})
	return found, at, err
}

// Find implements storage.Store. It sorts all that have the first term; a store for large desks has an index of terms.
func (s *Store) Find(ctx context.Context, q storage.Query) (found []storage.Record, next storage.Cursor, err error) {
	list, first := []storage.Record(nil), storage.Query{Kind: q.Kind, Terms: q.Terms[:min(len(q.Terms), 1)], From: q.From, Until: q.Until}
	err = s.locked(ctx, func() error {
		for _, r := range s.records {
			if first.Takes(r) && (q.After == storage.Cursor{} || q.Compare(r.Cursor(), q.After) > 0) {
				list = append(list, given(r))
			}
		}
		return q.Validate()
	})
	slices.SortFunc(list, func(a, b storage.Record) int { return q.Compare(a.Cursor(), b.Cursor()) })
	for i, r := range list {
		if err != nil || len(found) == q.Limit || i == q.Entries() {
			return found, next, err
		}
		if next = r.Cursor(); q.Takes(r) {
			found = append(found, r)
		}
	}
	return found, storage.Cursor{}, err
}

// Events implements storage.Store.
func (s *Store) Events(ctx context.Context, after uint64, limit int) (some []storage.Event, err error) {
	if limit < 1 || limit > storage.MaxFind {
		return nil, storage.ErrInvalid
	}
	err = s.locked(ctx, func() error {
		if after < s.trimmed {
			return storage.ErrBehind
		}
		rest := s.events[min(after-s.trimmed, uint64(len(s.events))):]
		for _, e := range rest[:min(limit, len(rest))] {
			some = append(some, storage.Event{Seq: e.Seq, Body: bytes.Clone(e.Body)})
		}
		return nil
	})
	return some, err
}
