package sqlite

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/openlines-go/openlines/storage"
)

// Scan calls each for every record of the scope as of one revision, in key order. It has a connection of its own: each may
// call the store, and commits do not wait for it. The log of the file cannot be cut meanwhile.
func (s *Store) Scan(ctx context.Context, scope storage.Scope, each func(storage.Record) error) (storage.Head, error) {
	query := `select ` + columns + ` from record r where open order by kind, id`
	switch scope {
	case storage.Live:
	case storage.All:
		query = `select ` + columns + ` from record r order by kind, id`
	default:
		return storage.Head{}, fmt.Errorf("sqlite: scan: %w: scope %d", storage.ErrInvalid, scope)
	}
	var h storage.Head
	var stopped error
	err := s.apart(ctx, func(c *conn) error {
		return c.snapshot(ctx, func() (err error) {
			if h, _, err = standing(ctx, c); err != nil {
				return err
			}
			return c.each(ctx, query, nil, func(rows *sql.Rows) error {
				r, err := record(rows)
				if err != nil {
					return err
				}
				stopped = each(r)
				return stopped
			})
		})
	})
	switch {
	case stopped != nil:
		return storage.Head{}, stopped
	case err != nil:
		return storage.Head{}, fmt.Errorf("sqlite: scan: %w", told(err))
	default:
		return h, nil
	}
}

// Changes tells what was committed after since. It costs one small query when nothing happened.
func (s *Store) Changes(ctx context.Context, since storage.Mark) (c storage.Changes, err error) {
	err = s.read(ctx, func(r *conn) (err error) {
		c, err = changes(ctx, r, since)
		return err
	})
	if err != nil {
		return storage.Changes{}, fmt.Errorf("sqlite: changes: %w", err)
	}
	return c, nil
}

func changes(ctx context.Context, c *conn, since storage.Mark) (storage.Changes, error) {
	h, _, err := standing(ctx, c)
	switch {
	case err != nil || h.Mark == since:
		return storage.Changes{Head: h}, err
	case since.Revision >= h.Revision:
		return storage.Changes{}, storage.ErrRewound
	}
	keys, err := touched(ctx, c, since, h.Mark)
	if err != nil {
		return storage.Changes{}, err
	}
	out := storage.Changes{Head: h}
	for wanted := range slices.Chunk(keys, storage.MaxGet) {
		found, err := get(ctx, c, wanted)
		if err != nil {
			return storage.Changes{}, err
		}
		exists := make(map[storage.Key]bool, len(found))
		for i := range found {
			exists[found[i].Key] = true
		}
		out.Records = append(out.Records, found...)
		out.Gone = append(out.Gone, slices.DeleteFunc(wanted, func(k storage.Key) bool { return exists[k] })...)
	}
	return out, nil
}

// touched folds the turns from since to until: the keys that others must hear of, each once.
func touched(ctx context.Context, c *conn, since, until storage.Mark) ([]storage.Key, error) {
	var order []storage.Key
	last := map[storage.Key]string{}
	reached := since
	err := c.each(ctx, `select revision, parent, batch, events, due, format, touched, sum from turn where revision > ? order by revision`,
		[]any{int64(since.Revision)}, func(rows *sql.Rows) error {
			var h head
			var parent, text string
			var sum int64
			if err := rows.Scan(&h.revision, &parent, &h.batch, &h.events, &h.due, &h.format, &text, &sum); err != nil {
				return err
			}
			switch {
			case uint64(h.revision) != reached.Revision+1:
				return storage.ErrBehind
			case parent != hex.EncodeToString(reached.Batch[:]):
				return storage.ErrRewound
			}
			if err := h.sum(parent, text).want(sum, "turn"); err != nil {
				return err
			}
			at, err := h.head()
			if err != nil {
				return err
			}
			reached = at.Mark
			var keys [][3]string
			if err := json.Unmarshal([]byte(text), &keys); err != nil {
				return fmt.Errorf("%w: keys of a turn: %w", storage.ErrCorrupt, err)
			}
			for _, t := range keys {
				k := storage.Key{Kind: t[1], ID: t[2]}
				if _, again := last[k]; again {
					last[k] = written
					continue
				}
				order, last[k] = append(order, k), t[0]
			}
			return nil
		})
	if err == nil && reached != until {
		err = storage.ErrBehind
	}
	return slices.DeleteFunc(order, func(k storage.Key) bool { return last[k] == createdClosed }), err
}

// Get returns those of the records that exist, each once, and the mark they were read at.
func (s *Store) Get(ctx context.Context, keys ...storage.Key) (found []storage.Record, at storage.Mark, err error) {
	if len(keys) > storage.MaxGet {
		return nil, storage.Mark{}, fmt.Errorf("sqlite: get: %w: %d keys, at most %d", storage.ErrTooLarge, len(keys), storage.MaxGet)
	}
	err = s.read(ctx, func(c *conn) error {
		h, _, err := standing(ctx, c)
		if err != nil {
			return err
		}
		at = h.Mark
		found, err = get(ctx, c, keys)
		return err
	})
	if err != nil {
		return nil, storage.Mark{}, fmt.Errorf("sqlite: get: %w", err)
	}
	return found, at, nil
}

func get(ctx context.Context, c *conn, keys []storage.Key) ([]storage.Record, error) {
	wanted := make([][2]string, 0, len(keys))
	seen := make(map[storage.Key]bool, len(keys))
	for _, k := range keys {
		if !seen[k] && isText(k.Kind) && isText(k.ID) { // no other can exist
			seen[k] = true
			wanted = append(wanted, [2]string{k.Kind, k.ID})
		}
	}
	if len(wanted) == 0 {
		return nil, nil
	}
	var found []storage.Record
	err := c.each(ctx, `select `+columns+` from json_each(?) k cross join record r
			on r.kind = k.value ->> 0 and r.id = k.value ->> 1`, []any{array(wanted)},
		func(rows *sql.Rows) error {
			r, err := record(rows)
			found = append(found, r)
			return err
		})
	return found, err
}

func isText(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

// Events returns up to limit events with numbers greater than after, in order.
func (s *Store) Events(ctx context.Context, after uint64, limit int) (events []storage.Event, err error) {
	if limit < 1 || limit > storage.MaxFind {
		return nil, fmt.Errorf("sqlite: events: %w: limit %d, want 1 to %d", storage.ErrInvalid, limit, storage.MaxFind)
	}
	err = s.read(ctx, func(c *conn) error {
		h, trimmed, err := standing(ctx, c)
		switch {
		case err != nil || after >= h.Events:
			return err
		case after < trimmed:
			return storage.ErrBehind
		}
		err = c.each(ctx, `select seq, body, sum from event where seq > ? order by seq limit ?`,
			[]any{int64(min(after, math.MaxInt64)), limit}, func(rows *sql.Rows) error {
				e, err := event(rows)
				if err == nil && e.Seq != after+uint64(len(events))+1 {
					err = fmt.Errorf("%w: an event is missing", storage.ErrCorrupt)
				}
				events = append(events, e)
				return err
			})
		if err == nil && uint64(len(events)) != min(uint64(limit), h.Events-after) {
			err = fmt.Errorf("%w: an event is missing", storage.ErrCorrupt)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("sqlite: events: %w", err)
	}
	return events, nil
}

func event(rows *sql.Rows) (storage.Event, error) {
	var seq, sum int64
	var e storage.Event
	if err := rows.Scan(&seq, &e.Body, &sum); err != nil {
		return storage.Event{}, err
	}
	e.Seq = uint64(seq)
	return e, sumOfEvent(e).want(sum, "event")
}
