package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	codes "modernc.org/sqlite/lib"

	"github.com/openlines-go/openlines/storage"
)

var (
	_ storage.Turner   = (*Store)(nil)
	_ storage.Importer = (*Store)(nil)
)

// tries is how often a writer waits a quarter of a second for those of other processes; a context is heard in between.
const tries = 40

// readers is how many short reads run at once. Scans and backups have connections of their own.
const readers = 4

// Store keeps one desk in a file. It is safe for concurrent use. Make one with [Open].
type Store struct {
	db      *sql.DB
	desk    chan struct{} // full while a writer of this store has the desk
	writer  *conn         // belongs to who has the desk
	readers chan *conn    // idle ones; nil where none was needed so far

	closing sync.Once
	over    chan struct{} // closed when the store takes no more calls
	ending  sync.Once
	why     error // set before over is closed
}

// Close waits for the writer and for short reads, and closes the file. A [Store.Scan] under way goes on with a connection
// of its own. Every method called afterwards, Close apart, answers [storage.ErrClosed].
func (s *Store) Close() error {
	var err error
	s.closing.Do(func() {
		s.desk <- struct{}{}
		s.end(storage.ErrClosed)
		var failed []error
		for range readers {
			if c := <-s.readers; c != nil {
				failed = append(failed, c.close())
			}
		}
		failed = append(failed, s.writer.close(), s.db.Close())
		err = errors.Join(failed...)
	})
	if err != nil {
		return fmt.Errorf("sqlite: close: %w", told(err))
	}
	return nil
}

// end lets the store take no more calls.
func (s *Store) end(why error) {
	s.ending.Do(func() {
		s.why = why
		close(s.over)
	})
}

// standing tells why the store takes no call.
func (s *Store) standing(ctx context.Context) error {
	select {
	case <-s.over:
		return s.why
	default:
		return ctx.Err()
	}
}

// take waits for the desk. Other processes may still write.
func (s *Store) take(ctx context.Context) error {
	if err := s.standing(ctx); err != nil {
		return err
	}
	select {
	case s.desk <- struct{}{}:
	case <-s.over:
		return s.why
	case <-ctx.Done():
		return ctx.Err()
	}
	if err := s.standing(ctx); err != nil { // both can come at once
		s.release()
		return err
	}
	return nil
}

func (s *Store) release() { <-s.desk }

// begin takes the desk, from the writers of this store and from those of others. An error means that nothing was written,
// but not that an earlier attempt of the same batch was not.
func (s *Store) begin(ctx context.Context) error {
	if err := s.take(ctx); err != nil {
		return err
	}
	for try := 1; ; try++ {
		_, err := s.writer.exec(ctx, "begin immediate")
		if err == nil {
			return nil
		}
		if code(err)&0xff == codes.SQLITE_BUSY && try < tries { // ends with the context, too
			continue
		}
		s.writer.rollback() // the context may have ended after it began
		s.release()
		return told(err)
	}
}

// read runs f on a connection of its own, in a transaction that sees every commit answered so far.
func (s *Store) read(ctx context.Context, f func(*conn) error) (err error) {
	if err := s.standing(ctx); err != nil {
		return err
	}
	var c *conn
	select {
	case c = <-s.readers:
	case <-s.over:
		return s.why
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { s.readers <- c }()
	if c == nil {
		if c, err = connect(ctx, s.db); err != nil {
			return told(err)
		}
	}
	return told(c.snapshot(ctx, func() error { return f(c) }))
}

// apart runs f on a new connection: for what takes long or calls back, so that short reads never wait for it.
func (s *Store) apart(ctx context.Context, f func(*conn) error) error {
	if err := s.standing(ctx); err != nil {
		return err
	}
	c, err := connect(ctx, s.db)
	if err != nil {
		if over := s.standing(ctx); over != nil {
			return over
		}
		return told(err)
	}
	defer func() { _ = c.close() }() // back to the pool
	return f(c)
}
