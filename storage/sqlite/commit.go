package sqlite

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	codes "modernc.org/sqlite/lib"

	"github.com/openlines-go/openlines/storage"
)

// What a turn did to a key, in the order of its keys.
const (
	written       = "w"
	createdClosed = "c"
	deleted       = "d"
)

// Commit stores b if the desk stands at b.Expect, or reports the head that b made if it was stored before. ctx ends the
// wait for other writers, not the writing.
func (s *Store) Commit(ctx context.Context, b *storage.Batch) (storage.Head, error) {
	err := b.Validate()
	if err == nil {
		err = s.begin(ctx)
	}
	var h storage.Head
	if err == nil {
		h, err = s.conclude(b)
	}
	if err != nil {
		return storage.Head{}, fmt.Errorf("sqlite: commit: %w", err)
	}
	return h, nil
}

// conclude writes b, ends the transaction one way or the other, and gives the desk back.
func (s *Store) conclude(b *storage.Batch) (storage.Head, error) {
	defer s.release()
	ctx := context.Background() // what was begun is brought to its end
	h, err := write(ctx, s.writer, b)
	if err != nil {
		s.writer.rollback()
		return storage.Head{}, s.judged(err)
	}
	if _, err := s.writer.exec(ctx, "commit"); err != nil {
		s.writer.rollback()
		return storage.Head{}, s.judged(err)
	}
	return h, nil
}

// judged ends the store when the disk did not confirm what it was given. What it kept then is known to nobody: asking it
// again would be answered with success and mean nothing.
//
// A full disk is definite, also at the commit: the frame that makes a batch valid is the last to be written to the log.
func (s *Store) judged(err error) error {
	switch code(err) {
	case codes.SQLITE_IOERR_FSYNC, codes.SQLITE_IOERR_DIR_FSYNC:
		s.end(fmt.Errorf("%w: the disk failed to confirm a write", storage.ErrClosed))
	}
	return told(err)
}

// write brings b into the open transaction of c.
func write(ctx context.Context, c *conn, b *storage.Batch) (storage.Head, error) {
	h, trimmed, err := standing(ctx, c)
	switch {
	case err != nil:
		return storage.Head{}, err
	case h.Mark != b.Expect:
		return made(ctx, c, b)
	case h.Format > b.Format:
		return storage.Head{}, storage.ErrFormat
	case len(b.Events) > 0 && b.Events[0].Seq != h.Events+1:
		return storage.Head{}, fmt.Errorf("%w: events: first is %d, want %d", storage.ErrInvalid, b.Events[0].Seq, h.Events+1)
	}
	touched := make([][3]string, 0, len(b.Puts)+len(b.Deletes))
	for i := range b.Puts {
		p := &b.Puts[i]
		if err := put(ctx, c, p); err != nil {
			return storage.Head{}, fmt.Errorf("put %d of kind %q: %w", i, p.Kind, err)
		}
		act := written
		if p.Create && !p.Open {
			act = createdClosed
		}
		touched = append(touched, [3]string{act, p.Kind, p.ID})
	}
	for _, k := range b.Deletes {
		if err := remove(ctx, c, k); err != nil {
			return storage.Head{}, fmt.Errorf("delete of kind %q: %w", k.Kind, err)
		}
		touched = append(touched, [3]string{deleted, k.Kind, k.ID})
	}
	h.Mark = storage.Mark{Revision: h.Revision + 1, Batch: b.ID}
	h.Events += uint64(len(b.Events))
	h.Due, h.Format = b.Due, b.Format
	trim := max(trimmed, min(b.Trim, h.Events))
	if err := tell(ctx, c, b.Events, trimmed, trim); err != nil {
		return storage.Head{}, fmt.Errorf("events: %w", err)
	}
	return h, advance(ctx, c, h, trim, b.Expect, touched)
}

// made reports the head that b made, if it was the turn after b.Expect.
func made(ctx context.Context, c *conn, b *storage.Batch) (storage.Head, error) {
	var h head
	var parent, touched string
	var sum int64
	err := c.one(ctx, `select revision, batch, events, due, format, parent, touched, sum from turn where revision = ?`,
		[]any{int64(b.Expect.Revision + 1)}, &h.revision, &h.batch, &h.events, &h.due, &h.format, &parent, &touched, &sum)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return storage.Head{}, storage.ErrConflict
	case err != nil:
		return storage.Head{}, err
	case h.batch != hex.EncodeToString(b.ID[:]) || parent != hex.EncodeToString(b.Expect.Batch[:]):
		return storage.Head{}, storage.ErrConflict
	}
	if err := h.sum(parent, touched).want(sum, "turn"); err != nil {
		return storage.Head{}, err
	}
	return h.head()
}

// put writes one record and moves it in the lists of its terms.
func put(ctx context.Context, c *conn, p *storage.Put) error {
	terms := listed(p.Terms)
	at, sum := p.At.UnixMicro(), sumOfRecord(&p.Record, terms).sum()
	if p.Create {
		return create(ctx, c, p, terms, sum)
	}
	if p.Same {
		done, err := c.exec(ctx, `update record set body = ?, sum = ? where kind = ? and id = ? and open = ? and at = ? and terms = ?`,
			string(p.Body), sum, p.Kind, p.ID, p.Open, at, terms)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n != 1 {
			return fmt.Errorf("%w: Same is not true", storage.ErrInvalid)
		}
		return nil
	}
	old, began, err := stored(ctx, c, p.Key)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return create(ctx, c, p, terms, sum)
	case err != nil:
		return err
	case began != at:
		return fmt.Errorf("%w: At changed", storage.ErrInvalid)
	}
	if _, err := c.exec(ctx, `update record set open = ?, terms = ?, body = ?, sum = ? where kind = ? and id = ?`,
		p.Open, terms, string(p.Body), sum, p.Kind, p.ID); err != nil {
		return err
	}
	if err := unlist(ctx, c, p.Key, at, without(old, p.Terms)); err != nil {
		return err
	}
	return list(ctx, c, p.Key, at, without(p.Terms, old))
}

func create(ctx context.Context, c *conn, p *storage.Put, terms string, sum int64) error {
	at := p.At.UnixMicro()
	_, err := c.exec(ctx, `insert into record (kind, id, open, at, terms, body, sum) values (?, ?, ?, ?, ?, ?, ?)`,
		p.Kind, p.ID, p.Open, at, terms, string(p.Body), sum)
	switch code(err) {
	case codes.SQLITE_CONSTRAINT_PRIMARYKEY, codes.SQLITE_CONSTRAINT_UNIQUE:
		return &storage.ExistsError{Key: p.Key}
	}
	if err != nil {
		return err
	}
	return list(ctx, c, p.Key, at, append([]string{""}, p.Terms...))
}

// remove deletes a record and its terms, if it exists.
func remove(ctx context.Context, c *conn, k storage.Key) error {
	terms, at, err := stored(ctx, c, k)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err == nil {
		_, err = c.exec(ctx, `delete from record where kind = ? and id = ?`, k.Kind, k.ID)
	}
	if err != nil {
		return err
	}
	return unlist(ctx, c, k, at, append(terms, ""))
}

// stored reads what the lists say of a record.
func stored(ctx context.Context, c *conn, k storage.Key) (terms []string, at int64, err error) {
	var text string
	if err := c.one(ctx, `select terms, at from record where kind = ? and id = ?`, []any{k.Kind, k.ID}, &text, &at); err != nil {
		return nil, 0, err
	}
	terms, err = words(text)
	return terms, at, err
}

// list enters a record under terms.
func list(ctx context.Context, c *conn, k storage.Key, at int64, terms []string) error {
	for _, t := range terms {
		_, err := c.exec(ctx, `insert into term (kind, term, at, id) values (?, ?, ?, ?)`, k.Kind, t, at, k.ID)
		if code(err)&0xff == codes.SQLITE_CONSTRAINT {
			return fmt.Errorf("%w: a record that does not exist is listed", storage.ErrCorrupt)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func unlist(ctx context.Context, c *conn, k storage.Key, at int64, terms []string) error {
	for _, t := range terms {
		if _, err := c.exec(ctx, `delete from term where kind = ? and term = ? and at = ? and id = ?`, k.Kind, t, at, k.ID); err != nil {
			return err
		}
	}
	return nil
}

// without returns the terms that are not among others.
func without(terms, others []string) (rest []string) {
	for _, t := range terms {
		if _, found := slices.BinarySearch(others, t); !found {
			rest = append(rest, t)
		}
	}
	return rest
}

// tell adds events to the feed and forgets those up to trim.
func tell(ctx context.Context, c *conn, events []storage.Event, trimmed, trim uint64) error {
	for _, e := range events {
		if _, err := c.exec(ctx, `insert into event (seq, body, sum) values (?, ?, ?)`,
			int64(e.Seq), string(e.Body), sumOfEvent(e).sum()); err != nil {
			return err
		}
	}
	if trim == trimmed {
		return nil
	}
	_, err := c.exec(ctx, `delete from event where seq <= ?`, int64(trim))
	return err
}

// advance moves the desk on and keeps the turn. Old turns are dropped now and then: looking each time would cost more than
// the rows.
func advance(ctx context.Context, c *conn, to storage.Head, trim uint64, from storage.Mark, touched [][3]string) error {
	h := headOf(to)
	keys, parent := array(touched), hex.EncodeToString(from.Batch[:])
	if _, err := c.exec(ctx, insertTurn,
		h.revision, parent, h.batch, h.events, h.due, h.format, keys, h.sum(parent, keys).sum()); err != nil {
		return err
	}
	if err := stand(ctx, c, h, trim); err != nil {
		return err
	}
	if to.Revision%100 != 0 {
		return nil
	}
	_, err := c.exec(ctx, `delete from turn where revision <= ? and at < `+now+` - 3600000000`, h.revision-storage.KeptTurns)
	return err
}

const insertTurn = `insert into turn (revision, parent, batch, events, due, format, touched, sum, at)
	values (?, ?, ?, ?, ?, ?, ?, ?, ` + now + `)`

// stand says where the desk stands.
func stand(ctx context.Context, c *conn, h head, trimmed uint64) error {
	h.trimmed = int64(trimmed)
	_, err := c.exec(ctx, `update desk set revision = ?, batch = ?, events = ?, trimmed = ?, due = ?, format = ?, sum = ?`,
		h.revision, h.batch, h.events, h.trimmed, h.due, h.format, h.sum().sum())
	return err
}

// now is the machine's clock in microseconds.
const now = `cast(unixepoch('subsec') * 1000000 as integer)`
