package postgres

import (
	"context"
	_ "embed"
	"fmt"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/openlines-go/openlines/storage"
)

// DefaultSchema is the schema that [Open] uses.
const DefaultSchema = "openlines"

// schema is a name that may stand in a statement.
type schema string

var schemaName = regexp.MustCompile(`^[a-z_][a-z0-9_]{0,62}$`)

func schemaOf(name string) (schema, error) {
	if !schemaName.MatchString(name) || strings.HasPrefix(name, "pg_") { // which the server keeps for itself
		return "", fmt.Errorf("%w: name of schema %.70q", storage.ErrInvalid, name)
	}
	return schema(name), nil
}

// in moves a statement to the schema. All statements are written for the default one, so that they can be read and tried
// as they are.
func (s schema) in(statement string) string {
	return strings.ReplaceAll(statement, DefaultSchema+".", pgx.Identifier{string(s)}.Sanitize()+".")
}

// ServerError tells that the server, or what the pool opens there, is not as a desk needs it.
type ServerError struct{ Setting, Got, Want string }

// Error names the setting.
func (e *ServerError) Error() string {
	return fmt.Sprintf("%s is %s, want %s", e.Setting, e.Got, e.Want)
}

// oldest is the first version of the server that is supported.
const oldest = 140000

// fit reports what is wrong with the server, or with the way to it.
func (d *Desks) fit(ctx context.Context) error {
	switch mode := d.pool.Config().ConnConfig.DefaultQueryExecMode; mode {
	case pgx.QueryExecModeExec, pgx.QueryExecModeSimpleProtocol: // which guess the types of parameters
		return &ServerError{"default_query_exec_mode", mode.String(), "cache_statement or cache_describe"}
	}
	var version int
	var encoding, recovery, readOnly, durable, isolation string
	err := d.pool.QueryRow(ctx, `select current_setting('server_version_num')::int, current_setting('server_encoding'),
			pg_is_in_recovery()::text, current_setting('transaction_read_only'), current_setting('synchronous_commit'),
			current_setting('default_transaction_isolation')`).
		Scan(&version, &encoding, &recovery, &readOnly, &durable, &isolation)
	switch {
	case err != nil:
		return err
	case version < oldest:
		return &ServerError{"server_version_num", fmt.Sprint(version), fmt.Sprint(oldest, " or more")}
	case encoding != "UTF8":
		return &ServerError{"server_encoding", encoding, "UTF8"}
	case recovery != "false":
		return &ServerError{"pg_is_in_recovery", recovery, "false: a replica shows desks as they were"}
	case readOnly != "off":
		return &ServerError{"transaction_read_only", readOnly, "off"}
	case durable == "off":
		return &ServerError{"synchronous_commit", durable, "anything else: what was answered has to be on the disk"}
	case isolation != "read committed":
		return &ServerError{"default_transaction_isolation", isolation, "read committed"}
	default:
		return nil
	}
}

var (
	//go:embed migrations/1_tables.sql
	tables string
	//go:embed migrations/2_views.sql
	views string
)

// migrations bring a schema from the version of their place to the next. What was released is never changed: a change is a
// further migration, and older nodes that still run must be able to live with it.
var migrations = []string{tables, views}

// prepare looks at the server and brings the schema to the newest version.
func (d *Desks) prepare(ctx context.Context) error {
	if err := d.fit(ctx); err != nil {
		return err
	}
	version, err := d.version(ctx, d.pool)
	for err == nil && version < len(migrations) {
		version, err = d.migrate(ctx)
	}
	if err == nil && version > len(migrations) {
		err = fmt.Errorf("%w: schema %s has version %d, this program knows %d", storage.ErrFormat, d.schema, version, len(migrations))
	}
	return err
}

// version is the number of the last migration; 0 if there was none.
func (d *Desks) version(ctx context.Context, q querier) (version int, err error) {
	var exists bool
	err = q.QueryRow(ctx, `select exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
		where n.nspname = $1 and c.relname = 'migration')`, string(d.schema)).Scan(&exists) // to_regclass can tell of the past
	if err != nil || !exists {
		return 0, err
	}
	err = q.QueryRow(ctx, d.schema.in(`select coalesce(max(number), 0) from openlines.migration`)).Scan(&version)
	return version, err
}

// migrate does the next migration, if there is still one to do when it is this node's turn, and returns the version then.
// A migration and its number are one transaction: a node that dies leaves nothing of it, and one that stalls loses its
// turn. The wait for others ends with the context alone, since theirs may take long.
func (d *Desks) migrate(ctx context.Context) (version int, err error) {
	err = pgx.BeginTxFunc(ctx, d.pool, committed, func(tx pgx.Tx) error {
		if err := bound(ctx, tx, 0, turnIdle); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock(hashtextextended('openlines.' || $1, 0))`, string(d.schema)); err != nil {
			return err
		}
		if version, err = d.version(ctx, tx); err != nil || version >= len(migrations) {
			return err
		}
		if err := bound(ctx, tx, lockWait, turnIdle); err != nil {
			return err
		}
		if version == 0 {
			if err := d.create(ctx, tx); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, d.schema.in(migrations[version])); err != nil {
			return fmt.Errorf("migration %d: %w", version+1, err)
		}
		version++
		_, err := tx.Exec(ctx, d.schema.in(`insert into openlines.migration (number) values ($1)`), version)
		return err
	})
	return version, err
}

// create makes the schema, which takes a right that a node does not need where it exists, and the list of migrations.
func (d *Desks) create(ctx context.Context, tx pgx.Tx) error {
	var exists bool
	if err := tx.QueryRow(ctx, `select exists (select from pg_namespace where nspname = $1)`, string(d.schema)).
		Scan(&exists); err != nil {
		return err
	}
	if !exists {
		if _, err := tx.Exec(ctx, `create schema `+pgx.Identifier{string(d.schema)}.Sanitize()); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, d.schema.in(`create table openlines.migration (
		number integer primary key,
		at     timestamptz not null default clock_timestamp()
	)`))
	return err
}
