package sqlite

import (
	"context"
	"fmt"
	"iter"

	"github.com/openlines-go/openlines/storage"
)

// imported stands for the parent of the turn that an import leaves. No batch has this name, so no mark leads to it.
const imported = ""

// Import fills the file, if its desk is empty, with a desk that lived elsewhere. It is one transaction: memory stays as it
// is, the log grows to the size of the desk, writers wait and readers do not.
func (s *Store) Import(
	ctx context.Context, head storage.Head, records iter.Seq2[storage.Record, error], events iter.Seq2[storage.Event, error],
) error {
	records, events, err := storage.ValidateImport(head, records, events)
	if err == nil {
		err = s.begin(ctx)
	}
	if err == nil {
		err = s.concludeImport(ctx, head, records, events)
	}
	if err != nil {
		return fmt.Errorf("sqlite: import: %w", err)
	}
	return nil
}

// concludeImport writes the desk, ends the transaction one way or the other, and gives the desk back.
func (s *Store) concludeImport(
	ctx context.Context, head storage.Head, records iter.Seq2[storage.Record, error], events iter.Seq2[storage.Event, error],
) error {
	defer s.release()
	committed := false
	defer func() {
		if !committed {
			s.writer.rollback() // also when a sequence panics
		}
	}()
	if err := fill(ctx, s.writer, head, records, events); err != nil {
		return s.judged(err)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if _, err := s.writer.exec(context.Background(), "commit"); err != nil { // what was begun is brought to its end
		return s.judged(err)
	}
	committed = true
	return nil
}

// fill brings a desk into the open transaction of c.
func fill(
	ctx context.Context, c *conn, h storage.Head, records iter.Seq2[storage.Record, error], events iter.Seq2[storage.Event, error],
) error {
	now, _, err := standing(ctx, c)
	if err != nil {
		return err
	}
	if now.Mark != (storage.Mark{}) {
		return storage.ErrNotEmpty
	}
	for r, err := range records {
		if err != nil {
			return err
		}
		terms := listed(r.Terms)
		if err := create(ctx, c, &storage.Put{Record: r}, terms, sumOfRecord(&r, terms).sum()); err != nil {
			return err
		}
	}
	kept := uint64(0)
	for e, err := range events {
		if err == nil {
			err = tell(ctx, c, []storage.Event{e}, 0, 0)
		}
		if err != nil {
			return err
		}
		kept++
	}
	if h.Mark == (storage.Mark{}) {
		return nil
	}
	return arrive(ctx, c, h, h.Events-kept)
}

// arrive lets the desk stand where another one ended. The turn that it leaves says so to [Store.Check].
func arrive(ctx context.Context, c *conn, at storage.Head, trimmed uint64) error {
	h := headOf(at)
	if _, err := c.exec(ctx, insertTurn, h.revision, imported, h.batch, h.events, h.due, h.format, "[]", h.sum(imported, "[]").sum()); err != nil {
		return err
	}
	return stand(ctx, c, h, trimmed)
}

// originOf is the mark at which the turns that are kept begin: before the oldest, or at it if the desk was imported there.
func originOf(ctx context.Context, c *conn) (storage.Mark, error) {
	var h head
	var parent, touched string
	var sum int64
	err := c.one(ctx, `select revision, batch, events, due, format, parent, touched, sum from turn order by revision limit 1`, nil,
		&h.revision, &h.batch, &h.events, &h.due, &h.format, &parent, &touched, &sum)
	if err == nil {
		err = h.sum(parent, touched).want(sum, "turn")
	}
	if err != nil {
		return storage.Mark{}, err
	}
	if parent != imported {
		h.revision, h.batch = h.revision-1, parent
	}
	at, err := h.head()
	return at.Mark, err
}
