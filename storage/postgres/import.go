package postgres

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/openlines-go/openlines/storage"
)

// importer is a store that can be filled.
type importer interface {
	storage.Store
	Import(
		ctx context.Context, head storage.Head, records iter.Seq2[storage.Record, error], events iter.Seq2[storage.Event, error],
	) error
}

var _ importer = (*Store)(nil)

// Bounds on an import.
const (
	pieceRecords = 2000             // records or events that are sent at once
	pieceBytes   = 4 << 20          // of their bodies, about; a single one may pass it
	pieceIdle    = 60 * time.Second // until the server gives up on a sequence that does not go on
)

// Import fills an empty desk, one of revision 0, in one piece: all of it or nothing. Afterwards the desk stands at the mark
// of head, with its events, deadline and format; events before the first one given count as trimmed. The records have
// different keys, in any order; the events are dense and end at head.Events.
//
// An error of a sequence is returned as it is. A desk with a history is [storage.ErrNotEmpty]; what no batch could have
// written is [storage.ErrInvalid] or [storage.ErrTooLarge]. Other writers of the desk wait meanwhile, and a sequence that
// takes longer than a minute for its next element loses the desk. If the outcome is not known, import again: ErrNotEmpty
// then means that it was stored.
func (s *Store) Import(
	ctx context.Context, head storage.Head, records iter.Seq2[storage.Record, error], events iter.Seq2[storage.Event, error],
) error {
	return s.desks.fill(ctx, func(pgx.Tx) (int64, error) { return s.desk, nil }, head, records, events)
}

// fill imports into the desk that open returns the id of.
func (d *Desks) fill(
	ctx context.Context, open func(pgx.Tx) (int64, error), head storage.Head,
	records iter.Seq2[storage.Record, error], events iter.Seq2[storage.Event, error],
) error {
	var given error
	if err := validHead(head); err != nil {
		return fmt.Errorf("postgres: import: %w", err)
	}
	err := pgx.BeginTxFunc(ctx, d.pool, committed, func(tx pgx.Tx) error {
		if err := bound(ctx, tx, lockWait, pieceIdle); err != nil {
			return err
		}
		id, err := open(tx)
		if err != nil {
			return err
		}
		var revision int64
		if err := tx.QueryRow(ctx, d.schema.in(`select revision from openlines.desk where id = $1 for update`), id).
			Scan(&revision); err != nil {
			return gone(err)
		}
		if revision != 0 {
			return storage.ErrNotEmpty
		}
		f := filling{tx: tx, schema: d.schema, desk: id, empty: head.Revision == 0}
		if err := f.records(ctx, records); err != nil {
			given = f.given
			return err
		}
		trimmed, err := f.events(ctx, events, head.Events)
		if err != nil {
			given = f.given
			return err
		}
		_, err = tx.Exec(ctx, d.schema.in(`update openlines.desk
			set revision = $2, batch = $3, events = $4, trimmed = $5, due = $6, format = $7 where id = $1`),
			id, int64(head.Revision), head.Batch, int64(head.Events), int64(trimmed), due(head.Due), head.Format)
		return err
	})
	if given != nil {
		return given
	}
	if said, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch said.Code {
		case "23505":
			err = fmt.Errorf("%w: records: key twice", storage.ErrInvalid)
		case "53100":
			err = fmt.Errorf("%w: %w", storage.ErrFull, err)
		}
	}
	if err != nil {
		return fmt.Errorf("postgres: import: %w", err)
	}
	return nil
}

// validHead reports what cannot be the head of a desk.
func validHead(h storage.Head) error {
	switch {
	case (h.Revision == 0) != (h.Batch == storage.BatchID{}), h.Revision > math.MaxInt64:
		return fmt.Errorf("%w: head: Mark", storage.ErrInvalid)
	case h.Events > math.MaxInt64:
		return fmt.Errorf("%w: head: Events", storage.ErrInvalid)
	case h.Revision == 0 && (h.Events > 0 || h.Format != 0 || !h.Due.IsZero()):
		return fmt.Errorf("%w: head: of an empty desk, but not zero", storage.ErrInvalid)
	}
	b := storage.Batch{ID: storage.BatchID{1}, Due: h.Due}
	return b.Validate()
}

// filling writes the rows of a desk.
type filling struct {
	tx     pgx.Tx
	schema schema
	desk   int64
	empty  bool  // to be left as it is
	given  error // of a sequence
}

// records writes them with their terms, a piece at a time.
func (f *filling) records(ctx context.Context, all iter.Seq2[storage.Record, error]) error {
	var piece storage.Batch
	bytes := 0
	for r, err := range all {
		if err != nil {
			f.given = err
			return err
		}
		if f.empty {
			return fmt.Errorf("%w: records: of revision 0", storage.ErrInvalid)
		}
		piece.Puts, bytes = append(piece.Puts, storage.Put{Record: r}), bytes+len(r.Body)
		if len(piece.Puts) < pieceRecords && bytes < pieceBytes {
			continue
		}
		if err := f.put(ctx, &piece); err != nil {
			return err
		}
		piece.Puts, bytes = piece.Puts[:0], 0
	}
	return f.put(ctx, &piece)
}

func (f *filling) put(ctx context.Context, piece *storage.Batch) error {
	if err := validate(piece); err != nil || len(piece.Puts) == 0 {
		return err
	}
	records := make([][]any, 0, len(piece.Puts))
	var terms [][]any
	for i := range piece.Puts {
		r := &piece.Puts[i].Record
		at := r.At.UnixMicro()
		words := r.Terms
		if words == nil {
			words = []string{}
		}
		records = append(records, []any{f.desk, r.Kind, r.ID, r.Open, at, words, string(r.Body)})
		terms = append(terms, []any{f.desk, r.Kind, "", at, r.ID})
		for _, word := range words {
			terms = append(terms, []any{f.desk, r.Kind, word, at, r.ID})
		}
	}
	if err := f.copy(ctx, "record", []string{"desk", "kind", "id", "open", "at", "terms", "body"}, records); err != nil {
		return err
	}
	return f.copy(ctx, "term", []string{"desk", "kind", "term", "at", "id"}, terms)
}

// validate refuses what no commit could have written.
func validate(piece *storage.Batch) error {
	piece.ID = storage.BatchID{1} // of no meaning here
	return piece.Validate()
}

func (f *filling) copy(ctx context.Context, table string, columns []string, rows [][]any) error {
	_, err := f.tx.CopyFrom(ctx, pgx.Identifier{string(f.schema), table}, columns, pgx.CopyFromRows(rows))
	return err
}

// events writes those that end at last, and returns the number before the first.
func (f *filling) events(ctx context.Context, all iter.Seq2[storage.Event, error], last uint64) (trimmed uint64, err error) {
	var piece storage.Batch
	bytes, next := 0, uint64(0) // next is the number that has to come; 0: any
	trimmed = last
	for e, err := range all {
		if err != nil {
			f.given = err
			return 0, err
		}
		switch {
		case e.Seq == 0 || e.Seq > last:
			return 0, fmt.Errorf("%w: events: number %d, the last is %d", storage.ErrInvalid, e.Seq, last)
		case next == 0:
			trimmed = e.Seq - 1
		case e.Seq != next:
			return 0, fmt.Errorf("%w: events: number %d, want %d", storage.ErrInvalid, e.Seq, next)
		}
		next = e.Seq + 1
		piece.Events, bytes = append(piece.Events, e), bytes+len(e.Body)
		if len(piece.Events) < pieceRecords && bytes < pieceBytes {
			continue
		}
		if err := f.tell(ctx, &piece); err != nil {
			return 0, err
		}
		piece.Events, bytes = piece.Events[:0], 0
	}
	if next != 0 && next != last+1 {
		return 0, fmt.Errorf("%w: events: the last is %d, want %d", storage.ErrInvalid, next-1, last)
	}
	return trimmed, f.tell(ctx, &piece)
}

func (f *filling) tell(ctx context.Context, piece *storage.Batch) error {
	if err := validate(piece); err != nil || len(piece.Events) == 0 {
		return err
	}
	rows := make([][]any, 0, len(piece.Events))
	for _, e := range piece.Events {
		rows = append(rows, []any{f.desk, int64(e.Seq), string(e.Body)})
	}
	return f.copy(ctx, "event", []string{"desk", "seq", "body"}, rows)
}
