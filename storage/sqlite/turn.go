package sqlite

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/openlines-go/openlines/storage"
)

// patience is how long the holder of a turn may take to decide.
const patience = 5 * time.Second

// Turn takes the desk, tells decide what happened since, and commits the batch that decide returns before anyone else can,
// in this process or another. Readers do not wait. An error of decide is returned as it is. A decide that takes more than
// five seconds loses the turn: others go on, and its batch is refused with [storage.ErrConflict].
func (s *Store) Turn(
	ctx context.Context, since storage.Mark, decide func(storage.Changes) (*storage.Batch, error),
) (storage.Head, error) {
	if err := s.begin(ctx); err != nil {
		return storage.Head{}, fmt.Errorf("sqlite: turn: %w", err)
	}
	var fate sync.Once // the transaction is ended here, by the alarm, or with the batch
	giveUp := func() {
		s.writer.rollback()
		s.release()
	}
	defer fate.Do(giveUp)

	c, err := changes(context.WithoutCancel(ctx), s.writer, since)
	if err != nil {
		return storage.Head{}, fmt.Errorf("sqlite: turn: %w", told(err))
	}
	b, err := s.decided(ctx, c, decide, func() { fate.Do(giveUp) })
	if err != nil {
		return storage.Head{}, err
	}
	if b == nil {
		return c.Head, nil
	}
	if err := b.Validate(); err != nil {
		return storage.Head{}, fmt.Errorf("sqlite: turn: %w", err)
	}
	mine := false
	fate.Do(func() { mine = true })
	if !mine {
		return storage.Head{}, fmt.Errorf("sqlite: turn: decide took too long: %w", storage.ErrConflict)
	}
	h, err := s.conclude(b)
	if err != nil {
		return storage.Head{}, fmt.Errorf("sqlite: turn: %w", err)
	}
	return h, nil
}

// decided calls decide, and late if that takes too long.
func (s *Store) decided(
	ctx context.Context, c storage.Changes, decide func(storage.Changes) (*storage.Batch, error), late func(),
) (*storage.Batch, error) {
	held, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	stop := context.AfterFunc(held, late)
	defer stop()
	return decide(c)
}
