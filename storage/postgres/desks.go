package postgres

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/openlines-go/openlines/storage"
)

var _ storage.Desks = (*Desks)(nil)

// Desks are the desks of one schema. They are safe for concurrent use. Make them with [OpenDesks].
type Desks struct {
	pool      *pgxpool.Pool
	schema    schema
	commitSQL string
}

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

// OpenDesks returns the desks that a schema keeps, in a pool that stays the caller's. It looks whether the server is fit
// ([*ServerError]), makes the schema if it is missing, and brings its tables to the version that this package knows; any
// number of nodes may do so at once. A schema of a newer version is [storage.ErrFormat].
//
// The name of a schema has 1 to 63 characters of a to z, 0 to 9 and _, does not begin with a digit or with pg_, and is
// [storage.ErrInvalid] otherwise. The empty name is [DefaultSchema].
func OpenDesks(ctx context.Context, pool *pgxpool.Pool, name string) (*Desks, error) {
	if name == "" {
		name = DefaultSchema
	}
	s, err := schemaOf(name)
	if err != nil {
		return nil, fmt.Errorf("postgres: open desks: %w", err)
	}
	d := &Desks{pool: pool, schema: s, commitSQL: s.in(commitSQL)}
	if err := d.prepare(ctx); err != nil {
		return nil, fmt.Errorf("postgres: open desks: %w", err)
	}
	return d, nil
}

// Open returns the store of a desk, a [*Store], empty if the name is new. A name is 1 to [storage.MaxKey] bytes of UTF-8
// without NUL, else [storage.ErrInvalid].
func (d *Desks) Open(ctx context.Context, name string) (storage.Store, error) {
	s, err := d.open(ctx, name)
	if err != nil {
		return nil, err
	}
	return s, nil
}

func (d *Desks) open(ctx context.Context, name string) (*Store, error) {
	if err := validName(name); err != nil {
		return nil, fmt.Errorf("postgres: open desk: %w", err)
	}
	id, err := d.makeDesk(ctx, d.pool, name)
	if err != nil {
		return nil, fmt.Errorf("postgres: open desk: %w", err)
	}
	return &Store{desks: d, desk: id}, nil
}

func validName(name string) error {
	if name == "" || len(name) > storage.MaxKey || !isText(name) {
		return fmt.Errorf("%w: name", storage.ErrInvalid)
	}
	return nil
}

// makeDesk returns the id of a desk, which it makes if the name is new.
func (d *Desks) makeDesk(ctx context.Context, q querier, name string) (id int64, err error) {
	if _, err := q.Exec(ctx, d.schema.in(`insert into openlines.desk (name) select $1
		where not exists (select from openlines.desk where name = $1) on conflict (name) do nothing`), name); err != nil {
		return 0, err
	}
	err = gone(q.QueryRow(ctx, d.schema.in(`select id from openlines.desk where name = $1`), name).Scan(&id))
	return id, err
}

// List returns the names of desks, in bytewise order, those after a name; the empty one is before all. The limit is 1 to
// [storage.MaxFind], else [storage.ErrInvalid].
func (d *Desks) List(ctx context.Context, after string, limit int) ([]string, error) {
	if err := validPage(limit); err != nil {
		return nil, fmt.Errorf("postgres: list desks: %w", err)
	}
	if !isText(after) {
		return nil, fmt.Errorf("postgres: list desks: %w: after", storage.ErrInvalid)
	}
	rows, err := d.pool.Query(ctx, d.schema.in(`select name from openlines.desk where name > $1 order by name limit $2`), after, limit)
	if err != nil {
		return nil, fmt.Errorf("postgres: list desks: %w", err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("postgres: list desks: %w", err)
	}
	return names, nil
}

func validPage(limit int) error {
	if limit < 1 || limit > storage.MaxFind {
		return fmt.Errorf("%w: limit %d, want 1 to %d", storage.ErrInvalid, limit, storage.MaxFind)
	}
	return nil
}

// Due lists desks whose next deadline is not after before, earliest first, those of one time by name. The limit is 1 to
// [storage.MaxFind], else [storage.ErrInvalid].
func (d *Desks) Due(ctx context.Context, before time.Time, limit int) ([]storage.DueDesk, error) {
	if err := validPage(limit); err != nil {
		return nil, fmt.Errorf("postgres: due desks: %w", err)
	}
	rows, err := d.pool.Query(ctx, d.schema.in(`select name, due from openlines.desk where due <= $1 order by due, name limit $2`),
		before.UnixMicro(), limit)
	if err != nil {
		return nil, fmt.Errorf("postgres: due desks: %w", err)
	}
	desks, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (storage.DueDesk, error) {
		var desk storage.DueDesk
		var at int64
		err := row.Scan(&desk.Name, &at)
		desk.Due = moment(at)
		return desk, err
	})
	if err != nil {
		return nil, fmt.Errorf("postgres: due desks: %w", err)
	}
	return desks, nil
}

// Import fills a new desk in one piece, as [Store.Import] does; if it fails there is no desk of the name, unless there was
// an empty one.
func (d *Desks) Import(
	ctx context.Context, name string, head storage.Head,
	records iter.Seq2[storage.Record, error], events iter.Seq2[storage.Event, error],
) error {
	if err := validName(name); err != nil {
		return fmt.Errorf("postgres: import desk: %w", err)
	}
	err := d.fill(ctx, func(tx pgx.Tx) (int64, error) { return d.makeDesk(ctx, tx, name) }, head, records, events)
	if err != nil {
		return fmt.Errorf("postgres: import desk: %w", err)
	}
	return nil
}

// Delete removes a desk and everything in it. It waits for who writes there. A desk that does not exist is none, too. Stores
// of the desk that are still in use answer [storage.ErrClosed] from now on, also when the name is opened anew.
func (d *Desks) Delete(ctx context.Context, name string) error {
	if err := validName(name); err != nil {
		return fmt.Errorf("postgres: delete desk: %w", err)
	}
	err := pgx.BeginTxFunc(ctx, d.pool, committed, func(tx pgx.Tx) error {
		if err := bound(ctx, tx, lockWait, turnIdle); err != nil {
			return err
		}
		var id int64
		err := tx.QueryRow(ctx, d.schema.in(`delete from openlines.desk where name = $1 returning id`), name).Scan(&id)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		for _, table := range []string{"record", "term", "event", "turn"} {
			if err == nil {
				_, err = tx.Exec(ctx, d.schema.in(`delete from openlines.`+table+` where desk = $1`), id)
			}
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("postgres: delete desk: %w", err)
	}
	return nil
}
