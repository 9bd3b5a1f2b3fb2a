package openlines

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
)

// Page chooses a part of a list: up to Limit after a cursor. The zero Page is the first 50. A cursor stays valid while the
// list changes: what is there before and after a page was read, and lies behind the cursor, is on a later page.
type Page struct {
	After Cursor
	Limit int // 0: 50; at most 1000
}

const defaultPage = 50

func (p Page) limit() (int, error) {
	switch {
	case p.Limit < 0 || p.Limit > storage.MaxFind:
		return 0, &Invalid{Field: "Limit", Problem: "out of range", Limit: storage.MaxFind}
	case p.Limit == 0:
		return defaultPage, nil
	}
	return p.Limit, nil
}

// cut returns a page of a list that is sorted by name, and the cursor of the next one.
func cut[T any](p Page, all []T, name func(T) string) ([]T, Cursor, error) {
	limit, err := p.limit()
	if err != nil {
		return nil, Cursor{}, err
	}
	if p.After != (Cursor{}) {
		from, found := slices.BinarySearchFunc(all, p.After.ID, func(v T, after string) int { return cmp.Compare(name(v), after) })
		if found {
			from++
		}
		all = all[from:]
	}
	if len(all) <= limit {
		return all, Cursor{}, nil
	}
	return all[:limit:limit], Cursor{ID: name(all[limit-1])}, nil
}

// list looks at the desk for a list that is sorted by name, and cuts a page out of it.
func list[T any](ctx context.Context, a Actor, p Page, ask func(*desk.Desk) ([]T, error), name func(T) string) (page []T, next Cursor, err error) {
	err = a.look(ctx, func(d *desk.Desk) error {
		all, err := ask(d)
		if err != nil {
			return err
		}
		page, next, err = cut(p, all, name)
		return err
	})
	return page, next, err
}

// viewable returns those of some lines or accounts whose line the actor may view. Who may view none is told so.
func viewable[T any](d *desk.Desk, a Actor, all []T, line func(T) LineID) ([]T, error) {
	if err := d.AllowsAnywhere(a.by, desk.MayViewLines); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(v T) bool { return d.Allows(a.by, desk.MayViewLines, line(v), nil) != nil }), nil
}

// Lines returns the lines of the desk that the actor may view ([desk.MayViewLines]), by their ids. As in every list, the zero
// cursor says that this was the last page.
func (a Actor) Lines(ctx context.Context, p Page) ([]LineID, Cursor, error) {
	ask := func(d *desk.Desk) ([]LineID, error) {
		return viewable(d, a, d.Lines(), func(id LineID) LineID { return id })
	}
	return list(ctx, a, p, ask, func(id LineID) string { return string(id) })
}

// Operators returns the operators by their ids. Every operator may ask: to one of them he transfers.
func (a Actor) Operators(ctx context.Context, p Page) ([]queue.OperatorID, Cursor, error) {
	ask := func(d *desk.Desk) ([]queue.OperatorID, error) { return d.Operators(), d.Knows(a.by) }
	return list(ctx, a, p, ask, func(id queue.OperatorID) string { return string(id) })
}

// Connections returns the accounts that are connected to a line, by connector and account: whoever deactivates it sees what
// is still attached (decision 14.33). An empty line asks for those of all. It takes the right [desk.MayViewLines] there.
func (a Actor) Connections(ctx context.Context, line LineID, p Page) ([]Connection, Cursor, error) {
	ask := func(d *desk.Desk) ([]Connection, error) {
		return viewable(d, a, d.Connections(line), func(c Connection) LineID { return c.Line })
	}
	return list(ctx, a, p, ask, func(c Connection) string { return string(c.Connector) + "\x00" + c.Account })
}

// Load returns the sessions that an operator holds or is asked for alone, oldest first. He sees his own; those of others take the
// right [desk.MayViewSessions] over them, and in the lines where the actor has it not they are left out.
func (a Actor) Load(ctx context.Context, id queue.OperatorID, p Page) ([]session.ID, Cursor, error) {
	return a.has(ctx, id, p, (*desk.Desk).Load)
}

// Joined returns the sessions in which an operator takes part beside their owners, oldest first. Who may ask is as in Load.
func (a Actor) Joined(ctx context.Context, id queue.OperatorID, p Page) ([]session.ID, Cursor, error) {
	return a.has(ctx, id, p, (*desk.Desk).Joined)
}

func (a Actor) has(ctx context.Context, id queue.OperatorID, p Page, which func(*desk.Desk, queue.OperatorID) []session.ID) ([]session.ID, Cursor, error) {
	ask := func(d *desk.Desk) ([]session.ID, error) {
		if err := d.Oversees(a.by, id); err != nil {
			return nil, err
		}
		return d.Visible(a.by, which(d, id)), nil
	}
	return list(ctx, a, p, ask, numbered)
}

// numbered names a session so that names sort as numbers do.
func numbered(id session.ID) string {
	digits := strconv.FormatInt(int64(id), 10)
	return strings.Repeat("0", max(0, 19-len(digits))) + digits
}

// Waiting returns the sessions of a line that are offered to nobody, in the order in which they will be served, and how many
// there are in all. It costs a look at each. It takes the right [desk.MayViewSessions] in the line; by default members of its queue
// have it.
func (a Actor) Waiting(ctx context.Context, line LineID, p Page) (ids []session.ID, next Cursor, all int, err error) {
	limit, err := p.limit()
	if err != nil {
		return nil, Cursor{}, 0, err
	}
	after, err := placeOf(p.After)
	if err != nil {
		return nil, Cursor{}, 0, err
	}
	err = a.look(ctx, func(d *desk.Desk) error {
		if err := d.Allows(a.by, desk.MayViewSessions, line, nil); err != nil {
			return err
		}
		if _, found := d.Line(line); !found {
			return ErrNotFound
		}
		var places []queue.Place
		ids, places, all = d.Waiting(line, after, limit+1)
		if len(ids) > limit {
			last := places[limit-1]
			next = Cursor{At: last.Since, ID: strconv.Itoa(last.Priority) + "." + strconv.FormatInt(last.ID, 10)}
			ids = ids[:limit]
		}
		return nil
	})
	return ids, next, all, err
}

// placeOf reads a cursor of Waiting; nil for the zero one.
func placeOf(c Cursor) (*queue.Place, error) {
	if c == (Cursor{}) {
		return nil, nil
	}
	priority, id, _ := strings.Cut(c.ID, ".")
	p := queue.Place{Since: c.At}
	var err1, err2 error
	p.Priority, err1 = strconv.Atoi(priority)
	p.ID, err2 = strconv.ParseInt(id, 10, 64)
	if err1 != nil || err2 != nil {
		return nil, &Invalid{Field: "After", Problem: "not a cursor of this list"}
	}
	return &p, nil
}
