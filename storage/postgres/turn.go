package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/openlines-go/openlines/storage"
)

// Bounds on what a turn waits and is waited for.
const (
	lockWait = 10 * time.Second // for the desk's row; the longest that others may hold it is less
	turnIdle = 5 * time.Second  // until the server takes the turn from who holds it and does nothing
)

// committed is the isolation of those who lock the desk's row: the statement after it sees what the holder before wrote.
var committed = pgx.TxOptions{IsoLevel: pgx.ReadCommitted}

var errStalled = fmt.Errorf("held too long: %w", storage.ErrConflict)

// Turn locks the desk's row, tells decide what happened since, and commits the batch that decide returns. An error of
// decide is returned as it is. The server takes the turn from a holder that does nothing for five seconds, also if its
// process is stopped; its batch is refused with [storage.ErrConflict].
func (s *Store) Turn(
	ctx context.Context, since storage.Mark, decide func(storage.Changes) (*storage.Batch, error),
) (storage.Head, error) {
	var h storage.Head
	var b *storage.Batch
	var refused error
	held, forget := context.Background(), func() {} // ends when the server has waited too long for this turn
	defer func() { forget() }()
	committing := false // everything is said but the commit
	err := pgx.BeginTxFunc(ctx, s.desks.pool, committed, func(tx pgx.Tx) error {
		c, err := s.begin(ctx, tx, since)
		if err != nil {
			return err
		}
		held, forget = context.WithTimeout(context.WithoutCancel(ctx), turnIdle)
		if b, err = decide(c); err != nil {
			refused = err
			return err
		}
		if b == nil {
			h = c.Head
			return nil
		}
		h, err = s.commit(ctx, tx, b)
		committing = err == nil
		return err
	})
	switch {
	case refused != nil:
		return storage.Head{}, refused
	case err == nil:
		return h, nil
	case errors.Is(err, errTaken):
		err = s.taken(ctx, b)
	case ended(err), !committing && held.Err() != nil && !storage.Definite(err):
		// Whatever became of the connection: nothing is written before the commit is asked for.
		err = errStalled
	}
	return storage.Head{}, fmt.Errorf("postgres: turn: %w", err)
}

// begin locks the desk's row and reads what happened since.
func (s *Store) begin(ctx context.Context, tx pgx.Tx, since storage.Mark) (storage.Changes, error) {
	if err := bound(ctx, tx, lockWait, turnIdle); err != nil {
		return storage.Changes{}, err
	}
	if _, err := tx.Exec(ctx, s.in(`select from openlines.desk where id = $1 for update`), s.desk); err != nil {
		return storage.Changes{}, err
	}
	return s.changes(ctx, tx, since)
}

// bound sets for a transaction how long it waits for a lock, and how long the server lets it be idle; 0 is for ever.
func bound(ctx context.Context, tx pgx.Tx, lock, idle time.Duration) error {
	_, err := tx.Exec(ctx, `select set_config('lock_timeout', $1, true), set_config('idle_in_transaction_session_timeout', $2, true)`,
		fmt.Sprint(lock.Milliseconds()), fmt.Sprint(idle.Milliseconds()))
	return err
}

// ended tells that the server took the turn away.
func ended(err error) bool {
	said, ok := errors.AsType[*pgconn.PgError](err)
	return ok && said.Code == "25P03"
}
