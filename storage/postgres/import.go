package postgres

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/openlines-go/openlines/storage"
)

var _ storage.Importer = (*Store)(nil)

// Bounds on an import.
const (
	pieceRows  = 2000             // records or events that are sent at once
	pieceBytes = 4 << 20          // of their bodies, about; a single one may pass it
	pieceIdle  = 60 * time.Second // until the server gives up on a sequence that does not go on
)

// Import fills the desk, if it is empty, with one that lived elsewhere. It is one transaction, and memory stays as it is.
// Writers of the desk wait meanwhile, readers do not; a sequence that takes longer than a minute for its next element loses
// the desk.
func (s *Store) Import(
	ctx context.Context, head storage.Head, records iter.Seq2[storage.Record, error], events iter.Seq2[storage.Event, error],
) error {
	if err := s.desks.fill(ctx, func(pgx.Tx) (int64, error) { return s.desk, nil }, head, records, events); err != nil {
		return fmt.Errorf("postgres: import: %w", err)
	}
	return nil
}

// fill imports into the desk that open returns the id of.
func (d *Desks) fill(
	ctx context.Context, open func(pgx.Tx) (int64, error), head storage.Head,
	records iter.Seq2[storage.Record, error], events iter.Seq2[storage.Event, error],
) error {
	records, events, err := storage.ValidateImport(head, records, events)
	if err != nil {
		return err
	}
	return pgx.BeginTxFunc(ctx, d.pool, committed, func(tx pgx.Tx) error {
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
		f := filling{tx: tx, schema: d.schema, desk: id}
		if err := f.records(ctx, records); err != nil {
			return err
		}
		kept, err := f.events(ctx, events)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, d.schema.in(`update openlines.desk
			set revision = $2, batch = $3, events = $4, trimmed = $5, due = $6, format = $7 where id = $1`),
			id, int64(head.Revision), head.Batch, int64(head.Events), int64(head.Events-kept), due(head.Due), head.Format)
		return refusal(err)
	})
}

// filling writes the rows of a desk.
type filling struct {
	tx     pgx.Tx
	schema schema
	desk   int64
}

// piece are rows of one table that are sent at once.
type piece struct {
	table   string
	columns []string
	rows    [][]any
}

var (
	recordColumns = []string{"desk", "kind", "id", "open", "at", "terms", "body"}
	termColumns   = []string{"desk", "kind", "term", "at", "id"}
	eventColumns  = []string{"desk", "seq", "body"}
)

// records writes them with their terms. What a sequence gives is its own again when it goes on.
func (f *filling) records(ctx context.Context, all iter.Seq2[storage.Record, error]) error {
	records, terms := piece{table: "record", columns: recordColumns}, piece{table: "term", columns: termColumns}
	bytes := 0
	for r, err := range all {
		if err != nil {
			return err
		}
		at := r.At.UnixMicro()
		words := append([]string{}, r.Terms...) // not null
		records.rows = append(records.rows, []any{f.desk, r.Kind, r.ID, r.Open, at, words, string(r.Body)})
		terms.rows = append(terms.rows, []any{f.desk, r.Kind, "", at, r.ID})
		for _, word := range words {
			terms.rows = append(terms.rows, []any{f.desk, r.Kind, word, at, r.ID})
		}
		if bytes += len(r.Body); len(records.rows) < pieceRows && bytes < pieceBytes {
			continue
		}
		if err := f.send(ctx, &records, &terms); err != nil {
			return err
		}
		bytes = 0
	}
	return f.send(ctx, &records, &terms)
}

// events writes them, and returns how many there are.
func (f *filling) events(ctx context.Context, all iter.Seq2[storage.Event, error]) (kept uint64, err error) {
	events := piece{table: "event", columns: eventColumns}
	bytes := 0
	for e, err := range all {
		if err != nil {
			return 0, err
		}
		kept++
		events.rows = append(events.rows, []any{f.desk, int64(e.Seq), string(e.Body)})
		if bytes += len(e.Body); len(events.rows) < pieceRows && bytes < pieceBytes {
			continue
		}
		if err := f.send(ctx, &events); err != nil {
			return 0, err
		}
		bytes = 0
	}
	return kept, f.send(ctx, &events)
}

func (f *filling) send(ctx context.Context, pieces ...*piece) error {
	for _, p := range pieces {
		if len(p.rows) == 0 {
			continue
		}
		_, err := f.tx.CopyFrom(ctx, pgx.Identifier{string(f.schema), p.table}, p.columns, pgx.CopyFromRows(p.rows))
		if err != nil {
			return refusal(err)
		}
		p.rows = p.rows[:0]
	}
	return nil
}
