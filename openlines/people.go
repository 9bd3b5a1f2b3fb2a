package openlines

import (
	"context"

	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
)

// Person returns an operator: what he was put with, whether he is available, and how much he has. He may ask for himself; for
// others it takes the right [desk.MayViewSessions] over what they have.
func (a Actor) Person(ctx context.Context, id queue.OperatorID) (p Person, err error) {
	err = a.look(ctx, func(d *desk.Desk) error {
		if err := d.Oversees(a.by, id); err != nil {
			return err
		}
		var known bool
		if p, known = d.Person(id); !known {
			return ErrNotFound
		}
		return nil
	})
	return p, err
}

// Queue returns the members of a line's queue, with the people of its departments, in the order of the list, and of each whether he
// can be asked now (rules 2.1–2.5). Strangers whom the list names are among them. It takes the right [desk.MayViewLines] there.
func (a Actor) Queue(ctx context.Context, line LineID, p Page) ([]QueueMember, Cursor, error) {
	ask := func(d *desk.Desk) ([]QueueMember, error) {
		if err := d.Allows(a.by, desk.MayViewLines, line, nil); err != nil {
			return nil, err
		}
		if _, known := d.Line(line); !known {
			return nil, ErrNotFound
		}
		return d.QueueOf(line), nil
	}
	return list(ctx, a, p, ask, func(m QueueMember) string { return numbered(session.ID(m.Place)) })
}

// Roles returns the roles by their ids. It takes the right [desk.MayEditSettings].
func (a Actor) Roles(ctx context.Context, p Page) ([]Role, Cursor, error) {
	ask := func(d *desk.Desk) ([]Role, error) { return d.Roles(), d.Allows(a.by, desk.MayEditSettings, "", nil) }
	return list(ctx, a, p, ask, func(r Role) string { return string(r.ID) })
}

// Departments returns the departments by their ids, as they were put. It takes the right [desk.MayEditSettings].
func (a Actor) Departments(ctx context.Context, p Page) ([]Department, Cursor, error) {
	ask := func(d *desk.Desk) ([]Department, error) {
		return d.Departments(), d.Allows(a.by, desk.MayEditSettings, "", nil)
	}
	return list(ctx, a, p, ask, func(p Department) string { return string(p.ID) })
}
