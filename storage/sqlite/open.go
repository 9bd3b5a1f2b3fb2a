package sqlite

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite" // registers the driver
	codes "modernc.org/sqlite/lib"

	"github.com/openlines-go/openlines/storage"
)

//go:embed schema.sql
var schema string

const (
	application = 0x6f706c44 // "oplD", the application_id of our files
	version     = 1          // the user_version of files with this schema
	verified    = 16 << 20   // bytes up to which a file is checked whole when it is opened, in about half a second
)

// Open returns the store that a file keeps. A file that is missing or empty becomes an empty desk; its folder must exist.
// What is not a desk, or is damaged, is refused with [storage.ErrCorrupt], a file of a newer version of this package with
// [storage.ErrFormat], a path that is no file with [storage.ErrInvalid], a file or folder that cannot be written with
// [fs.ErrPermission]; none of them is changed.
func Open(ctx context.Context, path string) (*Store, error) {
	s, err := open(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("sqlite: open: %w", err)
	}
	return s, nil
}

func open(ctx context.Context, path string) (*Store, error) {
	if path == "" || strings.ContainsRune(path, 0) {
		return nil, fmt.Errorf("%w: path", storage.ErrInvalid)
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	size, err := lookAt(path)
	if err != nil {
		return nil, err
	}
	if size > 0 {
		if err := inspect(ctx, path, size <= verified); err != nil {
			return nil, err
		}
	}
	s := &Store{
		desk: make(chan struct{}, 1), readers: make(chan *conn, readers), over: make(chan struct{}),
	}
	for range readers {
		s.readers <- nil
	}
	if s.db, err = sql.Open("sqlite", location(path, "")); err != nil {
		return nil, err
	}
	if s.writer, err = connect(ctx, s.db); err == nil {
		if err = s.setUp(ctx); err == nil {
			return s, nil
		}
	}
	if s.writer == nil {
		return nil, errors.Join(toldOfFile(err), s.db.Close())
	}
	return nil, errors.Join(toldOfFile(err), s.Close())
}

// lookAt refuses what SQLite would take for a new file, and tells the size of a file with its log. It opens nothing:
// closing a file takes the locks from every other connection of this process.
func lookAt(path string) (size int64, err error) {
	log, err := os.Stat(path + "-wal") // before the file: whoever creates a desk writes the log last
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, err
	}
	file, err := os.Stat(path)
	switch {
	case err == nil && !file.Mode().IsRegular():
		return 0, fmt.Errorf("%w: the path is no file", storage.ErrInvalid)
	case err == nil:
		size = file.Size()
	case !errors.Is(err, fs.ErrNotExist):
		return 0, err
	}
	if size == 0 && log != nil && log.Size() > 0 {
		return 0, fmt.Errorf("%w: the file is gone and its log is not", storage.ErrCorrupt)
	}
	if size == 1 { // which SQLite calls empty
		return 0, fmt.Errorf("%w: not a desk", storage.ErrCorrupt)
	}
	if log != nil {
		size += log.Size()
	}
	return size, nil
}

// inspect reads what a file is, without the right to write: what is not ours or is damaged stays as it is, with its log.
func inspect(ctx context.Context, path string, whole bool) error {
	db, err := sql.Open("sqlite", location(path, "&mode=ro"))
	if err != nil {
		return err
	}
	c, err := connect(ctx, db)
	if err == nil {
		err = errors.Join(c.snapshot(ctx, func() error { return examine(ctx, c, whole) }), c.close())
	}
	if code(err) == codes.SQLITE_READONLY_ROLLBACK {
		if file, unread := os.Stat(path); unread == nil && file.Size() <= onePage {
			err = nil // somebody died while he made the file
		} else {
			err = fmt.Errorf("%w: not a desk: %w", storage.ErrCorrupt, err)
		}
	}
	return errors.Join(toldOfFile(err), db.Close())
}

// onePage is the size of a file that is not yet a desk.
const onePage = 4096

func examine(ctx context.Context, c *conn, whole bool) error {
	blank, err := identify(ctx, c)
	if blank || err != nil {
		return err
	}
	if whole {
		return verify(ctx, c, `pragma quick_check(1)`)
	}
	_, _, err = standing(ctx, c)
	return err
}

// identify tells whether a file is blank; an error if it is neither that nor ours.
func identify(ctx context.Context, c *conn) (blank bool, err error) {
	var owner, made, objects int64
	for _, q := range []struct {
		text string
		into *int64
	}{
		{`pragma application_id`, &owner}, {`pragma user_version`, &made}, {`select count(*) from sqlite_schema`, &objects},
	} {
		if err := c.QueryRowContext(ctx, q.text).Scan(q.into); err != nil {
			return false, err
		}
	}
	switch {
	case owner == 0 && made == 0 && objects == 0:
		return true, nil
	case owner != application:
		return false, fmt.Errorf("%w: not a desk", storage.ErrCorrupt)
	case made > version:
		return false, fmt.Errorf("%w: version %d of the file", storage.ErrFormat, made)
	case made != version:
		return false, fmt.Errorf("%w: version %d of the file", storage.ErrCorrupt, made)
	default:
		return false, nil
	}
}

// setUp makes a blank file a desk, and prepares the connection that writes.
func (s *Store) setUp(ctx context.Context) error {
	var mode string
	if err := s.writer.QueryRowContext(ctx, `pragma journal_mode = wal`).Scan(&mode); err != nil {
		return err
	}
	if mode != "wal" {
		return fmt.Errorf("%w: journal mode %s, want wal: the file system cannot share memory", storage.ErrInvalid, mode)
	}
	if _, err := s.writer.ExecContext(ctx, `pragma busy_timeout = 250`); err != nil {
		return err
	}
	if err := s.begin(ctx); err != nil { // also tells whether the file can be written
		return err
	}
	err := found(ctx, s.writer)
	s.writer.rollback()
	s.release()
	return err
}

// found makes the tables in the open transaction if the file is blank.
func found(ctx context.Context, c *conn) error {
	blank, err := identify(ctx, c)
	if err != nil {
		return err
	}
	if !blank {
		_, _, err := standing(ctx, c)
		return err
	}
	h := headOf(storage.Head{})
	if _, err := c.ExecContext(ctx, schema+fmt.Sprintf(`; pragma application_id = %d; pragma user_version = %d`, application, version)); err != nil {
		return err
	}
	if _, err := c.exec(ctx, `insert into desk (one, revision, batch, events, trimmed, format, sum) values (1, 0, ?, 0, 0, 0, ?)`,
		h.batch, h.sum().sum()); err != nil {
		return err
	}
	_, err = c.exec(context.WithoutCancel(ctx), "commit")
	return err
}
