package openlines

import (
	"context"
	"slices"

	"github.com/openlines-go/openlines/openlines/desk"
)

// LinesWhere returns the lines that a filter takes and the actor may view ([desk.MayViewLines]), with their settings, by their
// ids. As in every list, the zero cursor says that this was the last page.
func (a Actor) LinesWhere(ctx context.Context, f LineFilter, p Page) ([]Line, Cursor, error) {
	ask := func(d *desk.Desk) ([]Line, error) {
		if err := f.Validate(); err != nil {
			return nil, err
		}
		ids, err := viewable(d, a, d.Lines(), func(id LineID) LineID { return id })
		var all []Line
		for _, id := range ids {
			if l, is := d.LineIf(a.by, id, f); is {
				all = append(all, l)
			}
		}
		return all, err
	}
	lines, next, err := list(ctx, a, p, ask, func(l Line) string { return string(l.ID) })
	lines = slices.Clone(lines)
	for i, l := range lines {
		lines[i] = l.Clone()
	}
	return lines, next, err
}
