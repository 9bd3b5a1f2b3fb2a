package sqlite

import "context"

// Tell runs a pragma on the connection that writes.
func (s *Store) Tell(ctx context.Context, pragma string) error {
	if err := s.take(ctx); err != nil {
		return err
	}
	defer s.release()
	_, err := s.writer.ExecContext(ctx, "pragma "+pragma)
	return err
}
