package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/openlines-go/openlines/storage"
)

// Check reads the whole file and compares everything with everything: the pages, the sum of each row, the lists of terms
// with the records, the feed and the turns with the desk's head. What is wrong is reported as [storage.ErrCorrupt].
// Commits and reads go on meanwhile.
func (s *Store) Check(ctx context.Context) error {
	err := s.apart(ctx, func(c *conn) error {
		return c.snapshot(ctx, func() error { return verify(ctx, c, `pragma integrity_check(1)`) })
	})
	if err != nil {
		return fmt.Errorf("sqlite: check: %w", toldOfFile(err))
	}
	return nil
}

// verify checks what one transaction sees.
func verify(ctx context.Context, c *conn, pages string) error {
	var said string
	if err := c.one(ctx, pages, nil, &said); err != nil {
		return toldOfFile(err)
	}
	if said != "ok" {
		said, _, _ = strings.Cut(said, "\n")
		return fmt.Errorf("%w: %s", storage.ErrCorrupt, said)
	}
	h, trimmed, err := standing(ctx, c)
	if err != nil {
		return toldOfFile(err)
	}
	for _, f := range []func() error{
		func() error { return verifyRecords(ctx, c) },
		func() error { return verifyEvents(ctx, c, trimmed, h.Events) },
		func() error { return verifyTurns(ctx, c, h) },
	} {
		if err := f(); err != nil {
			return toldOfFile(err)
		}
	}
	return nil
}

func verifyRecords(ctx context.Context, c *conn) error {
	var wanted int64
	err := c.each(ctx, `select `+columns+` from record r`, nil, func(rows *sql.Rows) error {
		r, err := record(rows)
		wanted += int64(len(r.Terms)) + 1
		return err
	})
	if err != nil {
		return err
	}
	// Entries are distinct, so as many right ones as there are wanted are all of them.
	var entries, right int64
	if err := c.one(ctx, `select count(*), coalesce(sum(exists (select 1 from record r
			where r.kind = x.kind and r.id = x.id and r.at = x.at
				and (x.term = '' or exists (select 1 from json_each(r.terms) w where w.value = x.term)))), 0) from term x`,
		nil, &entries, &right); err != nil {
		return err
	}
	if entries != wanted || right != wanted {
		return fmt.Errorf("%w: %d entries of terms, %d of them right, want %d", storage.ErrCorrupt, entries, right, wanted)
	}
	return nil
}

func verifyEvents(ctx context.Context, c *conn, trimmed, last uint64) error {
	seq := trimmed
	err := c.each(ctx, `select seq, body, sum from event order by seq`, nil, func(rows *sql.Rows) error {
		e, err := event(rows)
		if seq++; err == nil && e.Seq != seq {
			err = fmt.Errorf("%w: an event is missing", storage.ErrCorrupt)
		}
		return err
	})
	if err == nil && seq != last {
		err = fmt.Errorf("%w: an event is missing", storage.ErrCorrupt)
	}
	return err
}

// verifyTurns follows the turns that are kept to where the desk stands.
func verifyTurns(ctx context.Context, c *conn, h storage.Head) error {
	from, err := originOf(ctx, c)
	switch {
	case errors.Is(err, sql.ErrNoRows) && h.Mark == (storage.Mark{}):
		return nil
	case errors.Is(err, sql.ErrNoRows):
		return fmt.Errorf("%w: no turns", storage.ErrCorrupt)
	case err == nil:
		_, err = touched(ctx, c, from, h.Mark)
	}
	if errors.Is(err, storage.ErrBehind) || errors.Is(err, storage.ErrRewound) {
		return fmt.Errorf("%w: the turns do not lead to the desk", storage.ErrCorrupt)
	}
	return err
}

// Backup writes the desk as it stands to a new file, while commits and reads go on. The copy appears under its name when it
// is whole and on the disk; a name that is taken is refused with [storage.ErrNotEmpty]. To go back to a copy, close all
// stores of the file, move the file and what belongs to it (-wal, -shm) away, and put the copy in its place.
func (s *Store) Backup(ctx context.Context, to string) error {
	err := s.apart(ctx, func(c *conn) error { return backup(ctx, c, to) })
	if err != nil {
		return fmt.Errorf("sqlite: back up: %w", err)
	}
	return nil
}

func backup(ctx context.Context, c *conn, to string) (err error) {
	if to == "" || strings.ContainsRune(to, 0) {
		return fmt.Errorf("%w: path", storage.ErrInvalid)
	}
	if _, err := os.Lstat(to); err == nil {
		return storage.ErrNotEmpty
	}
	folder, err := os.MkdirTemp(filepath.Dir(to), ".openlines-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	part := filepath.Join(folder, "desk")
	if _, err := c.exec(ctx, `vacuum into ?`, part); err != nil {
		return told(err)
	}
	if err := flush(part); err != nil {
		return err
	}
	if err := os.Link(part, to); errors.Is(err, fs.ErrExist) { // unlike a renaming, it replaces nothing
		return storage.ErrNotEmpty
	} else if err != nil {
		return err
	}
	return flush(filepath.Dir(to))
}

// flush brings a file or folder to the disk.
func flush(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
