package postgres

import (
	"context"
	_ "embed"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/openlines-go/openlines/storage"
)

var _ storage.Turner = (*Store)(nil)

// Store keeps one desk in a database. It is safe for concurrent use. Make one with [Open].
type Store struct {
	pool *pgxpool.Pool
	desk int64
}

//go:embed schema.sql
var schema string

// schemaLock is the advisory lock of those who create the tables.
const schemaLock = 0x6f70656e6c696e65

// NewPool opens a pool whose connections do not wait for a lock longer than ten seconds nor keep one longer than five
// while idle. Any other pool does as well.
func NewPool(ctx context.Context, url string) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("postgres: read url: %w", err)
	}
	for name, value := range map[string]string{
		"lock_timeout": "10s", "idle_in_transaction_session_timeout": "5s", "application_name": "openlines",
	} {
		if _, given := config.ConnConfig.RuntimeParams[name]; !given {
			config.ConnConfig.RuntimeParams[name] = value
		}
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("postgres: open pool: %w", err)
	}
	return pool, nil
}

// Open returns the store of a desk, empty if the name is new. It creates the tables if they are missing; any number of
// nodes may do so at once. A name is 1 to [storage.MaxKey] bytes of UTF-8 without NUL.
func Open(ctx context.Context, pool *pgxpool.Pool, desk string) (*Store, error) {
	if desk == "" || len(desk) > storage.MaxKey || !isText(desk) {
		return nil, fmt.Errorf("postgres: open desk: %w: name", storage.ErrInvalid)
	}
	s := &Store{pool: pool}
	err := pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		var encoding string
		var ready bool
		if err := tx.QueryRow(ctx, `select current_setting('server_encoding'), to_regclass('openlines_turn') is not null`).
			Scan(&encoding, &ready); err != nil {
			return err
		}
		if encoding != "UTF8" {
			return fmt.Errorf("the server's encoding is %s, want UTF8", encoding)
		}
		if !ready {
			if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock($1)`, int64(schemaLock)); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, schema); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, `insert into openlines_desk (name) values ($1) on conflict (name) do nothing`, desk); err != nil {
			return err
		}
		return tx.QueryRow(ctx, `select id from openlines_desk where name = $1`, desk).Scan(&s.desk)
	})
	if err != nil {
		return nil, fmt.Errorf("postgres: open desk: %w", err)
	}
	return s, nil
}

// querier is a pool or a transaction.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
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
