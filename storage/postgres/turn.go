package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/openlines-go/openlines/storage"
)

// Turn locks the desk's row, tells decide what happened since, and commits the batch that decide returns. An error of
// decide is returned as it is. The server takes the turn from a holder that is idle for more than five seconds.
func (s *Store) Turn(
	ctx context.Context, since storage.Mark, decide func(storage.Changes) (*storage.Batch, error),
) (storage.Head, error) {
	var h storage.Head
	var refused error
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `select set_config('lock_timeout', '10s', true),
			set_config('idle_in_transaction_session_timeout', '5s', true)`); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `select from openlines_desk where id = $1 for update`, s.desk); err != nil {
			return err
		}
		c, err := s.changes(ctx, tx, since)
		if err != nil {
			return err
		}
		b, err := decide(c)
		if err != nil {
			refused = err
			return err
		}
		if b == nil {
			h = c.Head
			return nil
		}
		h, err = s.commit(ctx, tx, b)
		return err
	})
	if refused != nil {
		return storage.Head{}, refused
	}
	if said, ok := errors.AsType[*pgconn.PgError](err); ok && said.Code == "25P03" {
		err = fmt.Errorf("decide took too long: %w", storage.ErrConflict)
	}
	if err != nil {
		return storage.Head{}, fmt.Errorf("postgres: turn: %w", err)
	}
	return h, nil
}
