package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	driver "modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"

	"github.com/openlines-go/openlines/storage"
)

// settings are what every connection is told. FULL makes a commit wait for the disk; the others bound memory, the wait for
// another process, and the log that a long reader leaves behind.
const settings = `_pragma=busy_timeout(10000)&_pragma=synchronous(FULL)&_pragma=cache_size(-16384)&` +
	`_pragma=journal_size_limit(67108864)&_pragma=cell_size_check(1)&_pragma=trusted_schema(0)`

// location is the URI of a file, with what has a meaning in a URI escaped.
func location(path, more string) string {
	return "file:" + strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(path) + "?" + settings + more
}

// conn is a connection with the statements that were prepared on it. One goroutine uses it at a time.
type conn struct {
	*sql.Conn
	prepared map[string]*sql.Stmt
}

func connect(ctx context.Context, db *sql.DB) (*conn, error) {
	c, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return &conn{c, map[string]*sql.Stmt{}}, nil
}

func (c *conn) statement(ctx context.Context, text string) (*sql.Stmt, error) {
	if known := c.prepared[text]; known != nil {
		return known, nil
	}
	fresh, err := c.PrepareContext(ctx, text)
	if err == nil {
		c.prepared[text] = fresh
	}
	return fresh, err
}

func (c *conn) exec(ctx context.Context, text string, args ...any) (sql.Result, error) {
	statement, err := c.statement(ctx, text)
	if err != nil {
		return nil, err
	}
	return statement.ExecContext(ctx, args...)
}

func (c *conn) query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	statement, err := c.statement(ctx, text)
	if err != nil {
		return nil, err
	}
	return statement.QueryContext(ctx, args...)
}

// one reads a single row; sql.ErrNoRows if there is none.
func (c *conn) one(ctx context.Context, text string, args []any, into ...any) error {
	statement, err := c.statement(ctx, text)
	if err != nil {
		return err
	}
	return statement.QueryRowContext(ctx, args...).Scan(into...)
}

// each calls f for every row of a query.
func (c *conn) each(ctx context.Context, text string, args []any, f func(*sql.Rows) error) error {
	rows, err := c.query(ctx, text, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // rows.Err has told
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// rollback ends a transaction if there is one; after some errors SQLite has ended it already.
func (c *conn) rollback() { _, _ = c.exec(context.Background(), "rollback") }

// snapshot runs f in a transaction that sees one state of the file.
func (c *conn) snapshot(ctx context.Context, f func() error) error {
	if _, err := c.exec(ctx, "begin"); err != nil {
		c.rollback() // the context may have ended after it began
		return err
	}
	defer c.rollback()
	return f()
}

func (c *conn) close() error {
	var failed []error
	for _, s := range c.prepared {
		failed = append(failed, s.Close())
	}
	return errors.Join(append(failed, c.Conn.Close())...)
}

// code is what SQLite said, zero if the error is not from there.
func code(err error) int {
	if said, ok := errors.AsType[*driver.Error](err); ok {
		return said.Code()
	}
	return 0
}

// told gives an error of SQLite the name that the contract has for it.
func told(err error) error {
	switch code(err) & 0xff {
	case codes.SQLITE_FULL:
		return fmt.Errorf("%w: %w", storage.ErrFull, err)
	case codes.SQLITE_CORRUPT, codes.SQLITE_NOTADB:
		return fmt.Errorf("%w: %w", storage.ErrCorrupt, err)
	case codes.SQLITE_READONLY, codes.SQLITE_PERM, codes.SQLITE_CANTOPEN:
		return fmt.Errorf("%w: %w", fs.ErrPermission, err)
	default:
		return err
	}
}

// toldOfFile is told for the time when a file is opened or checked: a table or column that is missing is damage then.
func toldOfFile(err error) error {
	switch code(err) & 0xff {
	case codes.SQLITE_ERROR, codes.SQLITE_MISMATCH:
		return fmt.Errorf("%w: %w", storage.ErrCorrupt, err)
	default:
		return told(err)
	}
}
