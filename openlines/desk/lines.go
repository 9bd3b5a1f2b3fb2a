package desk

import "slices"

// LineState is whether a line is at work.
type LineState string

// The states of lines.
const (
	ActiveLines   LineState = "active"
	InactiveLines LineState = "inactive" // and not archived
	ArchivedLines LineState = "archived"
)

// LineFilter chooses lines; the zero one takes all. What is set has to hold together.
type LineFilter struct {
	State    LineState
	Right    Right // that the actor has there
	External string
	Category string
	Queue    bool // returns the lines with the members of their queues, of whom there can be many
}

// Validate refuses words that are unknown, as *Invalid.
func (f LineFilter) Validate() error {
	if f.State != "" && f.State != ActiveLines && f.State != InactiveLines && f.State != ArchivedLines {
		return &Invalid{Field: "State", Problem: "unknown"}
	}
	if f.Right != "" && !slices.Contains(rights, f.Right) {
		return &Invalid{Field: "Right", Problem: "unknown"}
	}
	return nil
}

func (l *Line) state() LineState {
	switch {
	case l.Archived:
		return ArchivedLines
	case l.Inactive:
		return InactiveLines
	}
	return ActiveLines
}

// LineIf returns a line if a filter takes it.
func (d *Desk) LineIf(by By, id LineID, f LineFilter) (Line, bool) {
	l := d.lines.rows[id]
	switch {
	case l == nil, f.State != "" && f.State != l.state(), f.External != "" && f.External != l.External,
		f.Category != "" && f.Category != l.Category, f.Right != "" && d.may(by, f.Right, id, nil) != nil:
		return Line{}, false
	}
	c := *l
	if c.Queue.Members = nil; f.Queue {
		c.Queue.Members = d.entriesOf(l)
	}
	return c, true
}
