package storagetest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/openlines-go/openlines/storage"
)

func forgetful(s *broken, ctx context.Context, b *storage.Batch) (storage.Head, error) {
	if _, mark, _ := s.Store.Get(ctx); mark != b.Expect {
		return storage.Head{}, storage.ErrConflict
	}
	return s.Store.Commit(ctx, b)
}

func twice(s *broken, ctx context.Context, b *storage.Batch) (storage.Head, error) {
	head, err := s.Store.Commit(ctx, b)
	if err == nil && !s.once(b.ID) {
		return head, errors.Join(rewrite(s, ctx, b))
	}
	return head, err
}

// rewrite stores the puts of b on the desk of today.
func rewrite(s *broken, ctx context.Context, b *storage.Batch) error {
	now := s.head(ctx)
	again := &storage.Batch{ID: other(b.ID), Expect: now.Mark, Due: now.Due, Format: now.Format}
	for _, p := range b.Puts {
		p.Create, p.Same = false, false
		again.Puts = append(again.Puts, p)
	}
	_, err := s.Store.Commit(ctx, again)
	return err
}

func other(id storage.BatchID) storage.BatchID {
	for i := range id {
		id[i]++
	}
	return id
}

func newestHead(s *broken, ctx context.Context, b *storage.Batch) (storage.Head, error) {
	if _, err := s.Store.Commit(ctx, b); err != nil {
		return storage.Head{}, err
	}
	return s.head(ctx), nil
}

func todays(s *broken, ctx context.Context, b *storage.Batch) (storage.Head, error) {
	for _, p := range b.Puts {
		if found, _, _ := s.Store.Get(ctx, p.Key); p.Create && len(found) > 0 {
			return storage.Head{}, &storage.ExistsError{Key: p.Key}
		}
	}
	return s.Store.Commit(ctx, b)
}

func anyMark(s *broken, ctx context.Context, b *storage.Batch) (storage.Head, error) {
	head, err := s.Store.Commit(ctx, b)
	if errors.Is(err, storage.ErrConflict) {
		moved := *b
		now := s.head(ctx)
		moved.Expect, moved.Due, moved.Format = now.Mark, now.Due, now.Format
		moved.Events = nil
		for i, e := range b.Events {
			moved.Events = append(moved.Events, storage.Event{Seq: now.Events + uint64(i) + 1, Body: e.Body})
		}
		return s.Store.Commit(ctx, &moved)
	}
	return head, err
}

func anyBatch(s *broken, ctx context.Context, b *storage.Batch) (storage.Head, error) {
	moved := *b
	if _, mark, _ := s.Store.Get(ctx); mark.Revision == b.Expect.Revision {
		moved.Expect = mark
	}
	return s.Store.Commit(ctx, &moved)
}

func lostIsStored(s *broken, ctx context.Context, b *storage.Batch) (storage.Head, error) {
	head, err := s.Store.Commit(ctx, b)
	if errors.Is(err, storage.ErrConflict) && !s.once(b.ID) {
		return s.head(ctx), nil
	}
	return head, err
}

func byTwo(s *broken, ctx context.Context, b *storage.Batch) (storage.Head, error) {
	head, err := s.Store.Commit(ctx, b)
	if err == nil {
		err = rewrite(s, ctx, b)
	}
	return head, err
}

func noEmpty(s *broken, ctx context.Context, b *storage.Batch) (storage.Head, error) {
	if len(b.Puts)+len(b.Deletes)+len(b.Events) == 0 {
		return s.head(ctx), nil
	}
	return s.Store.Commit(ctx, b)
}

func ownLimit(s *broken, ctx context.Context, b *storage.Batch) (storage.Head, error) {
	if len(b.Puts) > 5000 {
		return storage.Head{}, storage.ErrTooLarge
	}
	return s.Store.Commit(ctx, b)
}

func shortMemory(s *broken, ctx context.Context, b *storage.Batch) (storage.Head, error) {
	if s.head(ctx).Revision > b.Expect.Revision+500 {
		return storage.Head{}, storage.ErrConflict
	}
	return s.Store.Commit(ctx, b)
}

func noLargeTrim(s *broken, ctx context.Context, b *storage.Batch) (storage.Head, error) {
	if b.Trim > s.head(ctx).Events+uint64(len(b.Events)) {
		return storage.Head{}, storage.ErrInvalid
	}
	return s.Store.Commit(ctx, b)
}

// edited lets a batch be changed on its way.
func edited(edit func(b *storage.Batch, now storage.Head)) func(*broken, context.Context, *storage.Batch) (storage.Head, error) {
	return func(s *broken, ctx context.Context, b *storage.Batch) (storage.Head, error) {
		c := *b
		c.Puts, c.Deletes, c.Events = slices.Clone(b.Puts), slices.Clone(b.Deletes), slices.Clone(b.Events)
		edit(&c, s.head(ctx))
		return s.Store.Commit(ctx, &c)
	}
}

var (
	noCreate = edited(func(b *storage.Batch, _ storage.Head) {
		for i := range b.Puts {
			b.Puts[i].Create = false
		}
	})
	plainCreates = noCreate
	anyFormat    = edited(func(b *storage.Batch, now storage.Head) { b.Format = max(b.Format, now.Format) })
	renumber     = edited(func(b *storage.Batch, now storage.Head) {
		for i := range b.Events {
			b.Events[i].Seq = now.Events + uint64(i) + 1
		}
	})
	oldDue = edited(func(b *storage.Batch, now storage.Head) {
		if b.Due.IsZero() {
			b.Due = now.Due
		}
	})
	sameIsUnchanged = edited(func(b *storage.Batch, _ storage.Head) {
		b.Puts = slices.DeleteFunc(b.Puts, func(p storage.Put) bool { return p.Same })
	})
	mends = edited(func(b *storage.Batch, _ storage.Head) {
		for i := range b.Puts {
			b.Puts[i].At = b.Puts[i].At.UTC().Truncate(time.Microsecond)
		}
	})
	cuts = edited(func(b *storage.Batch, _ storage.Head) {
		for i := range b.Puts {
			b.Puts[i].ID = b.Puts[i].ID[:min(len(b.Puts[i].ID), storage.MaxKey)]
		}
	})
)

func theRest(s *broken, ctx context.Context, b *storage.Batch) (storage.Head, error) {
	head, err := s.Store.Commit(ctx, b)
	if exists, ok := errors.AsType[*storage.ExistsError](err); ok {
		rest := *b
		rest.ID, rest.Trim = other(b.ID), 0
		rest.Puts = slices.DeleteFunc(slices.Clone(b.Puts), func(p storage.Put) bool { return p.Key == exists.Key })
		_, _ = s.Store.Commit(ctx, &rest)
	}
	return head, err
}

func wrongKey(s *broken, ctx context.Context, b *storage.Batch) (storage.Head, error) {
	head, err := s.Store.Commit(ctx, b)
	if _, ok := errors.AsType[*storage.ExistsError](err); ok {
		return head, &storage.ExistsError{Key: storage.Key{Kind: "session", ID: "?"}}
	}
	return head, err
}

func neverFree(s *broken, ctx context.Context, b *storage.Batch) (storage.Head, error) {
	head, err := s.Store.Commit(ctx, b)
	for _, p := range b.Puts {
		if p.Create && err == nil && !s.once(storage.BatchID(fmt.Appendf(nil, "%-16.16s", p.ID))) {
			return storage.Head{}, &storage.ExistsError{Key: p.Key}
		}
	}
	return head, err
}

func strictDelete(s *broken, ctx context.Context, b *storage.Batch) (storage.Head, error) {
	if found, _, _ := s.Store.Get(ctx, b.Deletes...); len(found) < len(b.Deletes) {
		return storage.Head{}, storage.ErrInvalid
	}
	return s.Store.Commit(ctx, b)
}

func lenient(s *broken, ctx context.Context, q storage.Query) ([]storage.Record, storage.Cursor, error) {
	q.Limit = max(1, min(q.Limit, storage.MaxFind))
	return s.Store.Find(ctx, q)
}

func compact(r *storage.Record) {
	var b bytes.Buffer
	_ = json.Compact(&b, r.Body)
	r.Body = b.Bytes()
}

func cutBody(r *storage.Record) { r.Body = r.Body[:min(len(r.Body), storage.MaxBody-1)] }

func milliseconds(r *storage.Record) { r.At = r.At.Truncate(time.Millisecond) }

// shared gives out the body that it gave out before.
func shared() func(r *storage.Record) {
	var first []byte
	return func(r *storage.Record) {
		if first == nil {
			first = r.Body
		}
		r.Body = first
	}
}

func withGuest(records []storage.Record) []storage.Record {
	return append(records, storage.Record{Key: storage.Key{Kind: "session", ID: "guest"}})
}

// merged gives a term that the record once had.
func merged(records []storage.Record) []storage.Record {
	for i := range records {
		records[i].Terms = append(records[i].Terms, "line:a")
	}
	return records
}

func repeated(records []storage.Record) []storage.Record { return append(records, records...) }

func firstThousand(records []storage.Record) []storage.Record {
	return records[:min(1000, len(records))]
}

// cached gives the first answer to a query for ever.
func cached() func(*broken, context.Context, storage.Query) ([]storage.Record, storage.Cursor, error) {
	type answer struct {
		page []storage.Record
		next storage.Cursor
	}
	answers := map[string]answer{}
	return func(s *broken, ctx context.Context, q storage.Query) ([]storage.Record, storage.Cursor, error) {
		key := fmt.Sprint(q)
		if a, ok := answers[key]; ok {
			return a.page, a.next, nil
		}
		page, next, err := s.Store.Find(ctx, q)
		answers[key] = answer{page, next}
		return page, next, err
	}
}

func openOnly(c *storage.Changes) {
	c.Records = slices.DeleteFunc(c.Records, func(r storage.Record) bool { return !r.Open })
}

func allClosed(c *storage.Changes) {
	for i := range c.Records {
		c.Records[i].Open = false
	}
}

func doubled(c *storage.Changes) { c.Records = append(c.Records, c.Records...) }

func goneAndThere(c *storage.Changes) {
	for _, r := range c.Records {
		c.Gone = append(c.Gone, r.Key)
	}
}

func reversed(records []storage.Record) []storage.Record {
	slices.Reverse(records)
	return records
}

func unstableTies(s *broken, ctx context.Context, q storage.Query) ([]storage.Record, storage.Cursor, error) {
	page, next, err := s.Store.Find(ctx, q)
	slices.SortStableFunc(page, func(a, b storage.Record) int {
		if !a.At.Equal(b.At) {
			return 0
		}
		return len(a.ID) - len(b.ID)
	})
	return page, next, err
}

func firstTerm(s *broken, ctx context.Context, q storage.Query) ([]storage.Record, storage.Cursor, error) {
	q.Terms = q.Terms[:min(1, len(q.Terms))]
	return s.Store.Find(ctx, q)
}

func untilIn(s *broken, ctx context.Context, q storage.Query) ([]storage.Record, storage.Cursor, error) {
	if !q.Until.IsZero() {
		q.Until = q.Until.Add(time.Microsecond)
	}
	return s.Store.Find(ctx, q)
}

func filtersPage(s *broken, ctx context.Context, q storage.Query) ([]storage.Record, storage.Cursor, error) {
	page, next, err := s.Store.Find(ctx, storage.Query{
		Kind: q.Kind, Terms: q.Terms, From: q.From, Until: q.Until, OldestFirst: q.OldestFirst, After: q.After, Limit: q.Limit,
	})
	return slices.DeleteFunc(page, func(r storage.Record) bool { return q.Closed && r.Open }), next, err
}

func cursorIn(s *broken, ctx context.Context, q storage.Query) ([]storage.Record, storage.Cursor, error) {
	if q.After.ID != "" && !q.OldestFirst {
		q.After.ID += "\x00"
	}
	return s.Store.Find(ctx, q)
}

// offset keeps the number of records given instead of the place in the order.
func offset() func(*broken, context.Context, storage.Query) ([]storage.Record, storage.Cursor, error) {
	given := 0
	return func(s *broken, ctx context.Context, q storage.Query) ([]storage.Record, storage.Cursor, error) {
		if q.After == (storage.Cursor{}) {
			given = 0
		}
		limit := q.Limit
		q.After, q.Limit, q.Walk = storage.Cursor{}, storage.MaxFind, 0
		all, _, err := s.Store.Find(ctx, q)
		page := all[min(given, len(all)):]
		page = page[:min(limit, len(page))]
		if given += len(page); len(page) < limit {
			return page, storage.Cursor{}, err
		}
		return page, storage.Cursor{At: page[limit-1].At, ID: page[limit-1].ID}, err
	}
}

func newestOnly(s *broken, ctx context.Context, q storage.Query) ([]storage.Record, storage.Cursor, error) {
	q.OldestFirst = false
	return s.Store.Find(ctx, q)
}

func noLimit(s *broken, ctx context.Context, q storage.Query) ([]storage.Record, storage.Cursor, error) {
	q.Limit = storage.MaxFind
	return s.Store.Find(ctx, q)
}

func walksOn(s *broken, ctx context.Context, q storage.Query) ([]storage.Record, storage.Cursor, error) {
	q.Walk = 0
	return s.Store.Find(ctx, q)
}

func endsEarly(s *broken, ctx context.Context, q storage.Query) ([]storage.Record, storage.Cursor, error) {
	page, next, err := s.Store.Find(ctx, q)
	if len(page) < q.Limit {
		next = storage.Cursor{}
	}
	return page, next, err
}

// skips takes one place too many for looked at.
func skips(s *broken, ctx context.Context, q storage.Query) ([]storage.Record, storage.Cursor, error) {
	page, next, err := s.Store.Find(ctx, q)
	if next != (storage.Cursor{}) && len(page) < q.Limit {
		q.After, q.Limit, q.Terms, q.Closed = next, 1, nil, false
		if _, over, _ := s.Store.Find(ctx, q); over != (storage.Cursor{}) {
			next = over
		}
	}
	return page, next, err
}

func theRestOfEvents(s *broken, ctx context.Context, after uint64, limit int) ([]storage.Event, error) {
	for ; after < math.MaxUint64; after++ {
		events, err := s.Store.Events(ctx, after, limit)
		if !errors.Is(err, storage.ErrBehind) {
			return events, err
		}
	}
	return nil, nil
}

func afterIn(s *broken, ctx context.Context, after uint64, limit int) ([]storage.Event, error) {
	if after > 0 {
		after--
	}
	return s.Store.Events(ctx, after, limit)
}

func oneMore(s *broken, ctx context.Context, after uint64, limit int) ([]storage.Event, error) {
	return s.Store.Events(ctx, after, min(limit+1, storage.MaxFind))
}

// unlocked lets another writer in between the reading and the writing of each turn.
func unlocked(s *broken, ctx context.Context, since storage.Mark, decide decide) (storage.Head, error) {
	c, err := s.Store.Changes(ctx, since)
	if err != nil {
		return storage.Head{}, err
	}
	b, err := decide(c)
	if err != nil || b == nil {
		return c.Head, err
	}
	if s.once(b.ID) {
		rival := &storage.Batch{ID: other(b.ID), Expect: c.Mark, Format: c.Format}
		_, _ = s.Store.Commit(ctx, rival)
	}
	return s.Store.Commit(ctx, b)
}

func commitsAnyway(s *broken, ctx context.Context, since storage.Mark, decide decide) (storage.Head, error) {
	var failed error
	head, err := s.Store.Turn(ctx, since, func(c storage.Changes) (b *storage.Batch, err error) {
		b, failed = decide(c)
		return b, nil
	})
	return head, errors.Join(failed, err)
}

func blind(s *broken, ctx context.Context, since storage.Mark, decide decide) (storage.Head, error) {
	return s.Store.Turn(ctx, since, func(c storage.Changes) (*storage.Batch, error) {
		c.Records = nil
		return decide(c)
	})
}

func writesAnyway(s *broken, ctx context.Context, since storage.Mark, decide decide) (storage.Head, error) {
	return s.Store.Turn(ctx, since, func(c storage.Changes) (*storage.Batch, error) {
		b, err := decide(c)
		if b == nil && err == nil {
			b = &storage.Batch{ID: storage.BatchID{1}, Expect: c.Mark, Due: c.Due, Format: c.Format}
		}
		return b, err
	})
}

func mendsTurn(s *broken, ctx context.Context, since storage.Mark, decide decide) (storage.Head, error) {
	return s.Store.Turn(ctx, since, func(c storage.Changes) (*storage.Batch, error) {
		b, err := decide(c)
		if b != nil {
			b.Format = max(b.Format, c.Format)
		}
		return b, err
	})
}
