package sqlite

import (
	"context"
	"database/sql"

	"github.com/openlines-go/openlines/storage"
)

// Tell runs a pragma on the connection that writes.
func (s *Store) Tell(ctx context.Context, pragma string) error {
	if err := s.take(ctx); err != nil {
		return err
	}
	defer s.release()
	_, err := s.writer.ExecContext(ctx, "pragma "+pragma)
	return err
}

// Walk tells which list a query walks, and how SQLite goes about it.
func (s *Store) Walk(ctx context.Context, q storage.Query) (term string, plan []string, err error) {
	err = s.read(ctx, func(c *conn) error {
		low, high := bounds(q)
		if term, err = sparsest(ctx, c, q, low, high); err != nil {
			return err
		}
		return c.each(ctx, "explain query plan "+newestFirst, []any{
			q.Kind, term, low.at, low.id, high.at, high.id, q.Closed, listed(q.Terms), q.Limit,
		}, func(rows *sql.Rows) error {
			var id, parent, unused int
			var step string
			err := rows.Scan(&id, &parent, &unused, &step)
			plan = append(plan, step)
			return err
		})
	})
	return term, plan, err
}
