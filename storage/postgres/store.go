package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/openlines-go/openlines/storage"
)

var _ storage.Turner = (*Store)(nil)

// Store keeps one desk in a database. It is safe for concurrent use. Make one with [Open] or [Desks.Open]. When the desk is
// deleted, its methods answer [storage.ErrClosed]; Find finds nothing.
type Store struct {
	desks *Desks
	desk  int64
}

// Open returns the store of a desk in the [DefaultSchema], as [OpenDesks] and [Desks.Open] do.
func Open(ctx context.Context, pool *pgxpool.Pool, desk string) (*Store, error) {
	d, err := OpenDesks(ctx, pool, DefaultSchema)
	if err != nil {
		return nil, err
	}
	return d.open(ctx, desk)
}

// in moves a statement to the schema of the desk.
func (s *Store) in(statement string) string { return s.desks.schema.in(statement) }

// querier is a pool or a transaction.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}

// now is the server's clock in microseconds.
const now = `(extract(epoch from clock_timestamp()) * 1000000)::bigint`

// head is the row of a desk or a turn on its way from the database.
type head struct {
	revision, events int64
	batch            storage.BatchID
	due              *int64
	format           int
	now              int64
}

func (h head) head() storage.Head {
	out := storage.Head{
		Mark:   storage.Mark{Revision: uint64(h.revision), Batch: h.batch},
		Events: uint64(h.events), Format: h.format, Now: moment(h.now),
	}
	if h.due != nil {
		out.Due = moment(*h.due)
	}
	return out
}

func moment(micros int64) time.Time { return time.UnixMicro(micros).UTC() }

// due is the parameter of a time that may be missing.
func due(t time.Time) *int64 {
	if t.IsZero() {
		return nil
	}
	micros := t.UnixMicro()
	return &micros
}

var errDeleted = fmt.Errorf("%w: the desk was deleted", storage.ErrClosed)

// gone translates that a desk's row is not there.
func gone(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return errDeleted
	}
	return err
}
