package memory

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/openlines-go/openlines/storage"
)

// Find returns one page of a query. It walks the shortest index that the query names.
func (s *Store) Find(ctx context.Context, q storage.Query) ([]storage.Record, storage.Cursor, error) {
	if err := q.Validate(); err != nil {
		return nil, storage.Cursor{}, fmt.Errorf("memory: find: %w", err)
	}
	if err := s.read(ctx); err != nil {
		return nil, storage.Cursor{}, fmt.Errorf("memory: find: %w", err)
	}
	page, next := s.page(q)
	s.mu.Unlock()
	return clones(page), next, nil
}

func (s *Store) page(q storage.Query) (page []*storage.Record, next storage.Cursor) {
	shortest := s.indexes[word{kind: q.Kind}]
	for _, t := range q.Terms {
		if x := s.indexes[word{q.Kind, t}]; x == nil || x.size < shortest.size {
			shortest = x
		}
		if shortest == nil {
			return nil, next
		}
	}
	if shortest == nil {
		return nil, next
	}
	low, high := bounds(q)
	walked := 0
	for e := range shortest.between(low, high, q.OldestFirst) {
		r := s.records[storage.Key{Kind: q.Kind, ID: e.id}]
		if !(q.Closed && r.Open) && carries(r, q.Terms) {
			page = append(page, r)
		}
		if walked++; len(page) == q.Limit || walked == q.Entries() {
			return page, r.Cursor()
		}
	}
	return page, next
}

// bounds turns the range and the cursor of q into low <= entry < high. Ids have no NUL, so id+"\x00" is the next one.
func bounds(q storage.Query) (low, high entry) {
	low, high = entry{at: math.MinInt64}, entry{at: math.MaxInt64}
	if !q.From.IsZero() {
		low.at = micros(q.From)
	}
	if !q.Until.IsZero() {
		high.at = micros(q.Until)
	}
	if q.After == (storage.Cursor{}) {
		return low, high
	}
	after := entry{at: q.After.At.UnixMicro(), id: q.After.ID}
	if !q.OldestFirst {
		return low, least(high, after)
	}
	if after.id += "\x00"; after.compare(low) > 0 {
		low = after
	}
	return low, high
}

func least(a, b entry) entry {
	if a.compare(b) < 0 {
		return a
	}
	return b
}

// micros rounds up, so that a bound finer than a record's time keeps its meaning.
func micros(t time.Time) int64 {
	if t.Nanosecond()%1000 != 0 {
		return t.UnixMicro() + 1
	}
	return t.UnixMicro()
}

func carries(r *storage.Record, terms []string) bool {
	for _, t := range terms {
		if _, ok := slices.BinarySearch(r.Terms, t); !ok {
			return false
		}
	}
	return true
}

// word names an index. The empty term, which no record can carry, has every record of the kind.
type word struct{ kind, term string }

// reindex moves a record from the words of old to those of new; either may be nil. What did not change is not touched.
func (s *Store) reindex(old, new *storage.Record) {
	switch {
	case old == nil && new == nil:
		return
	case old == nil:
		old = &storage.Record{}
		s.enter("", new)
	case new == nil:
		new = &storage.Record{}
		s.leave("", old)
	}
	for _, t := range old.Terms {
		if !carries(new, []string{t}) {
			s.leave(t, old)
		}
	}
	for _, t := range new.Terms {
		if !carries(old, []string{t}) {
			s.enter(t, new)
		}
	}
}

func (s *Store) enter(term string, r *storage.Record) {
	w := word{r.Kind, term}
	x := s.indexes[w]
	if x == nil {
		x = &index{}
		s.indexes[w] = x
	}
	x.insert(entryOf(r))
}

func (s *Store) leave(term string, r *storage.Record) {
	w := word{r.Kind, term}
	x := s.indexes[w]
	x.remove(entryOf(r))
	if x.size == 0 {
		delete(s.indexes, w)
	}
}

// entry is a record's place in the order of Find.
type entry struct {
	at int64 // microseconds
	id string
}

func entryOf(r *storage.Record) entry { return entry{r.At.UnixMicro(), r.ID} }

func (e entry) compare(f entry) int {
	return cmp.Or(cmp.Compare(e.at, f.at), strings.Compare(e.id, f.id))
}

// blockSize bounds what an insertion in the middle of an index has to move.
const blockSize = 512

// index is a sorted list of entries in blocks, none of them empty. Appending at the end, which is what new records do,
// fills blocks to the brim.
type index struct {
	blocks [][]entry
	size   int
}

// locate returns the place of the first entry that is not less than e; block len(x.blocks) is the end.
func (x *index) locate(e entry) (block, at int) {
	block, _ = slices.BinarySearchFunc(x.blocks, e, func(b []entry, e entry) int {
		return b[len(b)-1].compare(e)
	})
	if block < len(x.blocks) {
		at, _ = slices.BinarySearchFunc(x.blocks[block], e, entry.compare)
	}
	return block, at
}

func (x *index) insert(e entry) {
	x.size++
	b, at := x.locate(e)
	if b == len(x.blocks) {
		if b == 0 || len(x.blocks[b-1]) == blockSize {
			x.blocks = append(x.blocks, []entry{e})
			return
		}
		b--
		at = len(x.blocks[b])
	}
	if len(x.blocks[b]) == blockSize {
		half := blockSize / 2
		upper := slices.Clone(x.blocks[b][half:])
		clear(x.blocks[b][half:])
		x.blocks[b] = x.blocks[b][:half]
		x.blocks = slices.Insert(x.blocks, b+1, upper)
		if at > half {
			b, at = b+1, at-half
		}
	}
	x.blocks[b] = slices.Insert(x.blocks[b], at, e)
}

func (x *index) remove(e entry) {
	b, at := x.locate(e)
	x.size--
	x.blocks[b] = slices.Delete(x.blocks[b], at, at+1)
	if len(x.blocks[b]) == 0 {
		x.blocks = slices.Delete(x.blocks, b, b+1)
	}
}

// between yields the entries with low <= entry < high.
func (x *index) between(low, high entry, rising bool) iter.Seq[entry] {
	if rising {
		return func(yield func(entry) bool) {
			b, at := x.locate(low)
			for ; b < len(x.blocks); b, at = b+1, 0 {
				for _, e := range x.blocks[b][at:] {
					if e.compare(high) >= 0 || !yield(e) {
						return
					}
				}
			}
		}
	}
	return func(yield func(entry) bool) {
		for b, at := x.locate(high); ; at = len(x.blocks[b]) {
			for ; at > 0; at-- {
				if e := x.blocks[b][at-1]; e.compare(low) < 0 || !yield(e) {
					return
				}
			}
			if b--; b < 0 {
				return
			}
		}
	}
}
