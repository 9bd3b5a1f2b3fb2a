package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"time"

	"github.com/openlines-go/openlines/storage"
)

// Find returns one page of a query. It walks the list of the term that is the rarest where the page begins.
func (s *Store) Find(ctx context.Context, q storage.Query) (found []storage.Record, next storage.Cursor, err error) {
	if err := q.Validate(); err != nil {
		return nil, next, fmt.Errorf("sqlite: find: %w", err)
	}
	err = s.read(ctx, func(c *conn) (err error) {
		found, next, err = find(ctx, c, q)
		return err
	})
	if err != nil {
		return nil, storage.Cursor{}, fmt.Errorf("sqlite: find: %w", err)
	}
	return found, next, nil
}

// The order of joins is fixed: the page is a range of one list, and everything else is looked up.
const (
	page = `select ` + columns + ` from term x cross join record r on r.kind = x.kind and r.id = x.id
		where x.kind = ?1 and x.term = ?2 and (x.at, x.id) >= (?3, ?4) and (x.at, x.id) < (?5, ?6) and not (r.open and ?7)
			and not exists (select from_query.value from json_each(?8) from_query where not exists (
				select 1 from term y where y.kind = ?1 and y.term = from_query.value and y.at = x.at and y.id = x.id))`
	newestFirst = page + ` order by x.at desc, x.id desc limit ?9`
	oldestFirst = page + ` order by x.at, x.id limit ?9`

	// The list to walk is the one that is sparse where the page begins: whose entry after a sample lies furthest away. Counting
	// lists would cost more than the page, and tell of other times.
	sparse = `select w.value from json_each(?1) w order by (
		select x.at from term x where x.kind = ?2 and x.term = w.value and (x.at, x.id) >= (?3, ?4) and (x.at, x.id) < (?5, ?6) `
	sparseNewest = sparse + `order by x.at desc, x.id desc limit 1 offset ?7) nulls first limit 1`
	sparseOldest = sparse + `order by x.at, x.id limit 1 offset ?7) desc nulls first limit 1`

	// The last entry of a list that is looked at.
	edge       = `select x.at, x.id from term x where x.kind = ?1 and x.term = ?2 and (x.at, x.id) >= (?3, ?4) and (x.at, x.id) < (?5, ?6) `
	edgeNewest = edge + `order by x.at desc, x.id desc limit 1 offset ?7`
	edgeOldest = edge + `order by x.at, x.id limit 1 offset ?7`
)

// sample is how many entries of each list are looked at.
const sample = 100

func find(ctx context.Context, c *conn, q storage.Query) (found []storage.Record, next storage.Cursor, err error) {
	low, high := bounds(q)
	term, err := sparsest(ctx, c, q, low, high)
	if err != nil {
		return nil, next, err
	}
	var last *place
	if len(q.Terms) > 1 || q.Closed || q.Entries() < q.Limit { // else every entry is a record of the page
		if last, err = lastOf(ctx, c, q, term, low, high); err != nil {
			return nil, next, err
		}
	}
	switch {
	case last == nil:
	case q.OldestFirst:
		high = place{last.at, last.id + "\x00"}
	default:
		low = *last
	}
	query := newestFirst
	if q.OldestFirst {
		query = oldestFirst
	}
	err = c.each(ctx, query, []any{
		q.Kind, term, low.at, low.id, high.at, high.id, q.Closed, listed(q.Terms), q.Limit,
	}, func(rows *sql.Rows) error {
		r, err := record(rows)
		found = append(found, r)
		return err
	})
	switch {
	case err != nil:
	case len(found) == q.Limit:
		next = found[len(found)-1].Cursor()
	case last != nil:
		next = storage.Cursor{At: time.UnixMicro(last.at).UTC(), ID: last.id}
	}
	return found, next, err
}

// lastOf is the last entry of a term's list that q looks at; nil: the list has no more than that.
func lastOf(ctx context.Context, c *conn, q storage.Query, term string, low, high place) (*place, error) {
	query := edgeNewest
	if q.OldestFirst {
		query = edgeOldest
	}
	var last *place
	err := c.each(ctx, query, []any{q.Kind, term, low.at, low.id, high.at, high.id, q.Entries() - 1}, func(rows *sql.Rows) error {
		last = &place{}
		return rows.Scan(&last.at, &last.id)
	})
	return last, err
}

// sparsest is the term of q whose list is walked; the empty one, which has all, if q has none.
func sparsest(ctx context.Context, c *conn, q storage.Query, low, high place) (term string, err error) {
	switch len(q.Terms) {
	case 0:
		return "", nil
	case 1:
		return q.Terms[0], nil
	}
	query := sparseNewest
	if q.OldestFirst {
		query = sparseOldest
	}
	err = c.one(ctx, query, []any{listed(q.Terms), q.Kind, low.at, low.id, high.at, high.id, sample}, &term)
	return term, err
}

// place is where a record stands in the order of Find.
type place struct {
	at int64 // microseconds
	id string
}

// bounds turns the range and the cursor of q into low <= place < high. Ids have no NUL, so id+"\x00" is the next one.
func bounds(q storage.Query) (low, high place) {
	low, high = place{at: math.MinInt64}, place{at: math.MaxInt64}
	if !q.From.IsZero() {
		low.at = micros(q.From)
	}
	if !q.Until.IsZero() {
		high.at = micros(q.Until)
	}
	if q.After == (storage.Cursor{}) {
		return low, high
	}
	after := place{q.After.At.UnixMicro(), q.After.ID}
	switch {
	case !q.OldestFirst && after.before(high):
		high = after
	case q.OldestFirst && !after.before(low):
		low = place{after.at, after.id + "\x00"}
	}
	return low, high
}

func (p place) before(q place) bool { return p.at < q.at || p.at == q.at && p.id < q.id }

// micros rounds up, so that a bound finer than a record's time keeps its meaning.
func micros(t time.Time) int64 {
	if t.Nanosecond()%1000 != 0 {
		return t.UnixMicro() + 1
	}
	return t.UnixMicro()
}
