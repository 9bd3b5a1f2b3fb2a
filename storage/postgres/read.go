package postgres

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/openlines-go/openlines/storage"
)

var snapshot = pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}

// Scan calls each for every record of the scope as of one revision, in key order. It reads in one transaction: each
// may call the store, which then needs another connection.
func (s *Store) Scan(ctx context.Context, scope storage.Scope, each func(storage.Record) error) (storage.Head, error) {
	query := `select ` + columns + ` from openlines.record r where desk = $1 and open order by kind, id`
	switch scope {
	case storage.Live:
	case storage.All:
		query = `select ` + columns + ` from openlines.record r where desk = $1 order by kind, id`
	default:
		return storage.Head{}, fmt.Errorf("postgres: scan: %w: scope %d", storage.ErrInvalid, scope)
	}
	var h storage.Head
	var stopped error
	err := pgx.BeginTxFunc(ctx, s.desks.pool, snapshot, func(tx pgx.Tx) (err error) {
		if h, err = s.head(ctx, tx); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, s.in(query), s.desk)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			r, err := record(rows)
			if err != nil {
				return err
			}
			if stopped = each(r); stopped != nil {
				return stopped
			}
		}
		return rows.Err()
	})
	switch {
	case stopped != nil:
		return storage.Head{}, stopped
	case err != nil:
		return storage.Head{}, fmt.Errorf("postgres: scan: %w", err)
	default:
		return h, nil
	}
}

func (s *Store) head(ctx context.Context, q querier) (storage.Head, error) {
	var h head
	err := q.QueryRow(ctx, s.in(`select revision, batch, events, due, format, `+now+` from openlines.desk where id = $1`), s.desk).
		Scan(&h.revision, &h.batch, &h.events, &h.due, &h.format, &h.now)
	return h.head(), gone(err)
}

const columns = `r.kind, r.id, r.open, r.at, r.terms, r.body`

// record reads a row of the columns, which follow more.
func record(row pgx.Row, more ...any) (storage.Record, error) {
	var r storage.Record
	var at int64
	var text string
	if err := row.Scan(append(more, &r.Kind, &r.ID, &r.Open, &at, &r.Terms, &text)...); err != nil {
		return storage.Record{}, err
	}
	r.At, r.Body = moment(at), []byte(text)
	return r, nil
}

// Changes tells what was committed after since. It costs one small query when nothing happened.
func (s *Store) Changes(ctx context.Context, since storage.Mark) (storage.Changes, error) {
	h, err := s.head(ctx, s.desks.pool)
	if err == nil && h.Mark == since {
		return storage.Changes{Head: h}, nil
	}
	var c storage.Changes
	if err == nil {
		err = pgx.BeginTxFunc(ctx, s.desks.pool, snapshot, func(tx pgx.Tx) (err error) {
			c, err = s.changes(ctx, tx, since)
			return err
		})
	}
	if err != nil {
		return storage.Changes{}, fmt.Errorf("postgres: changes: %w", err)
	}
	return c, nil
}

func (s *Store) changes(ctx context.Context, tx pgx.Tx, since storage.Mark) (storage.Changes, error) {
	h, err := s.head(ctx, tx)
	c := storage.Changes{Head: h}
	switch {
	case err != nil || h.Mark == since:
		return c, err
	case since.Revision >= h.Revision:
		return c, storage.ErrRewound
	}
	keys, err := s.touched(ctx, tx, since, h.Revision)
	for ; err == nil && len(keys) > 0; keys = keys[min(len(keys), storage.MaxGet):] {
		wanted := keys[:min(len(keys), storage.MaxGet)]
		var found []storage.Record
		if found, _, err = s.get(ctx, tx, wanted); err != nil {
			break
		}
		exists := make(map[storage.Key]bool, len(found))
		for _, r := range found {
			exists[r.Key] = true
		}
		c.Records = append(c.Records, found...)
		c.Gone = append(c.Gone, slices.DeleteFunc(wanted, func(k storage.Key) bool { return exists[k] })...)
	}
	return c, err
}

// touched folds the turns from since to a revision: the keys that others must hear of, each once.
func (s *Store) touched(ctx context.Context, tx pgx.Tx, since storage.Mark, until uint64) ([]storage.Key, error) {
	rows, err := tx.Query(ctx, s.in(`select revision, parent, kinds, ids, acts from openlines.turn
		where desk = $1 and revision > $2 order by revision`), s.desk, int64(since.Revision))
	if err != nil {
		return nil, err
	}
	var order []storage.Key
	last := map[storage.Key]byte{}
	var revision int64
	var parent storage.BatchID
	var kinds, ids []string
	var acts string
	reached := int64(since.Revision)
	_, err = pgx.ForEachRow(rows, []any{&revision, &parent, &kinds, &ids, &acts}, func() error {
		switch reached++; {
		case revision != reached:
			return storage.ErrBehind
		case revision == int64(since.Revision)+1 && parent != since.Batch:
			return storage.ErrRewound
		}
		for i := range kinds {
			k := storage.Key{Kind: kinds[i], ID: ids[i]}
			if _, again := last[k]; again {
				last[k] = written
				continue
			}
			order, last[k] = append(order, k), acts[i]
		}
		return nil
	})
	if err == nil && reached != int64(until) {
		err = storage.ErrBehind
	}
	return slices.DeleteFunc(order, func(k storage.Key) bool { return last[k] == createdClosed }), err
}

// Get returns those of the records that exist, each once, and the mark they were read at.
func (s *Store) Get(ctx context.Context, keys ...storage.Key) ([]storage.Record, storage.Mark, error) {
	if len(keys) > storage.MaxGet {
		return nil, storage.Mark{}, fmt.Errorf("postgres: get: %w: %d keys, at most %d", storage.ErrTooLarge, len(keys), storage.MaxGet)
	}
	records, mark, err := s.get(ctx, s.desks.pool, keys)
	if err != nil {
		return nil, storage.Mark{}, fmt.Errorf("postgres: get: %w", err)
	}
	return records, mark, nil
}

func (s *Store) get(ctx context.Context, q querier, keys []storage.Key) ([]storage.Record, storage.Mark, error) {
	var kinds, ids []string
	for _, k := range keys {
		if isText(k.Kind) && isText(k.ID) { // no other can exist
			kinds, ids = append(kinds, k.Kind), append(ids, k.ID)
		}
	}
	rows, err := q.Query(ctx, s.in(`select d.revision, d.batch, r.kind is not null, coalesce(r.kind, ''), coalesce(r.id, ''),
			coalesce(r.open, false), coalesce(r.at, 0), r.terms, coalesce(r.body, '')
		from openlines.desk d left join lateral (
			select r.* from (select distinct kind, id from unnest($2::text[], $3::text[]) k(kind, id)) k, lateral (
				select * from openlines.record where desk = d.id and kind = k.kind and id = k.id offset 0
			) r
		) r on true
		where d.id = $1`), s.desk, kinds, ids)
	if err != nil {
		return nil, storage.Mark{}, err
	}
	defer rows.Close()
	var h head
	var desk, exists bool
	var found []storage.Record
	for rows.Next() {
		desk = true
		r, err := record(rows, &h.revision, &h.batch, &exists)
		if err != nil {
			return nil, storage.Mark{}, err
		}
		if exists {
			found = append(found, r)
		}
	}
	if rows.Err() == nil && !desk {
		return nil, storage.Mark{}, errDeleted
	}
	return found, h.head().Mark, rows.Err()
}

// Find returns one page of a query. It walks the index of the term that is the rarest where the page begins.
func (s *Store) Find(ctx context.Context, q storage.Query) ([]storage.Record, storage.Cursor, error) {
	if err := q.Validate(); err != nil {
		return nil, storage.Cursor{}, fmt.Errorf("postgres: find: %w", err)
	}
	found, next, err := s.find(ctx, q)
	if err != nil {
		return nil, storage.Cursor{}, fmt.Errorf("postgres: find: %w", err)
	}
	return found, next, nil
}

func (s *Store) find(ctx context.Context, q storage.Query) (found []storage.Record, next storage.Cursor, err error) {
	low, high := bounds(q)
	order, edge := ` order by x.at desc, x.id desc`, ` asc nulls first`
	if q.OldestFirst {
		order, edge = ` order by x.at, x.id`, ` desc nulls first`
	}
	const list = `x.desk = $1 and x.kind = $2 and x.term = $3 and (x.at, x.id) > ($4, $5) and (x.at, x.id) < ($6, $7)`
	term, others := "", slices.Clone(q.Terms)
	if len(others) == 1 {
		term = others[0]
	}
	var last *place // the last entry of the list that is looked at; nil: it has no more than that
	switch {
	case len(others) > 1:
		row := s.desks.pool.QueryRow(ctx, s.in(`select w.term, coalesce(l.at, 0), coalesce(l.id, '') from (
				select w.term from unnest($3::text[]) w(term) order by (
					select x.at from openlines.term x where `+strings.Replace(list, "$3", "w.term", 1)+order+` limit 1 offset $8)`+edge+` limit 1
			) w left join lateral (
				select x.at, x.id from openlines.term x where `+strings.Replace(list, "$3", "w.term", 1)+order+` limit 1 offset $9
			) l on true`), s.desk, q.Kind, others, low.at, low.id, high.at, high.id, sample, q.Entries()-1)
		last = &place{}
		if err := row.Scan(&term, &last.at, &last.id); err != nil {
			return nil, next, err
		}
	case q.Closed || q.Entries() < q.Limit: // else every entry is a record of the page
		row := s.desks.pool.QueryRow(ctx, s.in(`select x.at, x.id from openlines.term x where `+list+order+` limit 1 offset $8`),
			s.desk, q.Kind, term, low.at, low.id, high.at, high.id, q.Entries()-1)
		last = &place{}
		if err := row.Scan(&last.at, &last.id); err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return nil, next, err
		}
	}
	within := list
	switch {
	case last == nil || last.id == "":
		last = nil
	case q.OldestFirst:
		high, within = *last, strings.Replace(list, "<", "<=", 1)
	default:
		low, within = *last, strings.Replace(list, ">", ">=", 1)
	}
	others = append([]string{}, slices.DeleteFunc(others, func(other string) bool { return other == term })...) // not null
	// The page is a range of one list, and everything else is looked up one by one (offset 0): a planner without statistics would
	// compare all with all.
	rows, err := s.desks.pool.Query(ctx, s.in(`select `+columns+`
		from openlines.term x, lateral (select * from openlines.record where desk = x.desk and kind = x.kind and id = x.id offset 0) r
		where `+within+` and not exists (
				select from unnest($8::text[]) w(term) where not exists (
					select from openlines.term y where y.desk = $1 and y.kind = $2 and y.term = w.term and y.at = x.at and y.id = x.id offset 0)
				offset 0)
			and not (r.open and $9)`+order+` limit $10`),
		s.desk, q.Kind, term, low.at, low.id, high.at, high.id, others, q.Closed, q.Limit)
	if err != nil {
		return nil, next, err
	}
	found, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (storage.Record, error) { return record(row) })
	switch {
	case err != nil:
	case len(found) == q.Limit:
		next = found[len(found)-1].Cursor()
	case last != nil:
		next = storage.Cursor{At: moment(last.at), ID: last.id}
	}
	return found, next, err
}

// place is where a record stands in the order of Find.
type place struct {
	at int64 // microseconds
	id string
}

// bounds turns the range and the cursor of q into low < place < high; no id is empty. An index is entered at one of them, so
// each has to be as narrow as it can.
func bounds(q storage.Query) (low, high place) {
	low, high = place{at: math.MinInt64}, place{at: math.MaxInt64}
	if !q.From.IsZero() {
		low.at = micros(q.From)
	}
	if !q.Until.IsZero() {
		high.at = micros(q.Until)
	}
	after := place{q.After.At.UnixMicro(), q.After.ID}
	switch {
	case q.After == (storage.Cursor{}):
	case !q.OldestFirst && after.before(high):
		high = after
	case q.OldestFirst && low.before(after):
		low = after
	}
	return low, high
}

func (p place) before(q place) bool { return p.at < q.at || p.at == q.at && p.id < q.id }

// sample is how many entries of each list are looked at, to walk the one that is sparse where the page begins: whose entry
// after a sample lies furthest away. Counting lists would cost more than the page, and tell of other times.
const sample = 100

// micros rounds up, so that a bound finer than a record's time keeps its meaning.
func micros(t time.Time) int64 {
	if t.Nanosecond()%1000 != 0 {
		return t.UnixMicro() + 1
	}
	return t.UnixMicro()
}

// Events returns up to limit events with numbers greater than after, in order.
func (s *Store) Events(ctx context.Context, after uint64, limit int) ([]storage.Event, error) {
	if err := validPage(limit); err != nil {
		return nil, fmt.Errorf("postgres: events: %w", err)
	}
	rows, err := s.desks.pool.Query(ctx, s.in(`select d.trimmed, e.seq, e.body from openlines.desk d left join lateral (
			select seq, body from openlines.event where desk = d.id and seq > $2 order by seq limit $3
		) e on true
		where d.id = $1 order by e.seq`), s.desk, clamp(after), limit)
	if err != nil {
		return nil, fmt.Errorf("postgres: events: %w", err)
	}
	var trimmed int64
	var seq *int64
	var text *string
	var events []storage.Event
	tag, err := pgx.ForEachRow(rows, []any{&trimmed, &seq, &text}, func() error {
		if seq != nil {
			events = append(events, storage.Event{Seq: uint64(*seq), Body: []byte(*text)})
		}
		return nil
	})
	switch {
	case err == nil && tag.RowsAffected() == 0:
		err = errDeleted
	case err == nil && clamp(after) < trimmed:
		err = storage.ErrBehind
	}
	if err != nil {
		return nil, fmt.Errorf("postgres: events: %w", err)
	}
	return events, nil
}
