package queue

import "time"

// Place orders those who wait in a line: higher priority first, then the oldest wait, then the smaller id (rule 3.25,
// decision 14.14). Work that comes back keeps its Since.
type Place struct {
	Priority int
	Since    time.Time
	ID       int64
}

// Before reports whether p is served before o.
func (p Place) Before(o Place) bool {
	if p.Priority != o.Priority {
		return p.Priority > o.Priority
	}
	if !p.Since.Equal(o.Since) {
		return p.Since.Before(o.Since)
	}
	return p.ID < o.ID
}
