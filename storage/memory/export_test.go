package memory

import "time"

// NewAt returns an empty store with a clock of its own.
func NewAt(now func() time.Time) *Store {
	s := New()
	s.now = now
	return s
}
