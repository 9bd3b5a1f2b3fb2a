package openlines

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/session"
)

// Away returns the sessions whose operator is unavailable, by their ids, with since when: also in lines that do not look at
// availability, and what stays with him because the client owes the next message, or because he has pinned it (rules P1, P2).
// [Actor.HandOver] and [Actor.Transfer] give them to others. It takes the right [desk.MayViewSessions], over what is listed.
func (a Actor) Away(ctx context.Context, p Page) ([]Absence, Cursor, error) {
	ask := func(d *desk.Desk) ([]Absence, error) { return d.Absences(a.by) }
	return list(ctx, a, p, ask, func(s Absence) string { return numbered(s.Session) })
}

// OldestWait returns since when the client has waited who has done so for longest in a line, of those whose sessions nobody has
// accepted; zero: nobody waits (rule P3). It costs a look at each open session. It takes the right [desk.MayViewSessions] in the
// line.
func (a Actor) OldestWait(ctx context.Context, line LineID) (since time.Time, err error) {
	err = a.look(ctx, func(d *desk.Desk) error {
		if err := d.Allows(a.by, desk.MayViewSessions, line, nil); err != nil {
			return err
		}
		if _, found := d.Line(line); !found {
			return ErrNotFound
		}
		since = d.OldestWait(line)
		return nil
	})
	return since, err
}

// MaxFinish is how many sessions FinishAll takes at once.
const MaxFinish = 1000

// FinishAll ends many conversations, each as [Actor.Finish] does, in as few turns as they fit in (rule P8). It tells of each what
// came of it: nil, or why it goes on. The error is that of the call; then none was ended. The command id of [Actor.Once] is one
// for each session: to repeat the call is harmless.
func (a Actor) FinishAll(ctx context.Context, ids ...session.ID) ([]error, error) {
	if a.nobody {
		return nil, ErrDenied
	}
	if len(ids) > MaxFinish {
		return nil, &Invalid{Field: "ids", Problem: "too many", Limit: MaxFinish}
	}
	if a.by.Once != "" {
		if err := connector.CheckID("Once", a.by.Once); err != nil {
			return nil, err
		}
	}
	results, waiting := make([]error, len(ids)), make([]*waiter, len(ids))
	for i, id := range ids {
		w := &waiter{by: a.by, command: desk.Finish{Session: id}}
		if a.by.Once != "" {
			w.by.Once = onceOf(a.by.Once, id)
		}
		if results[i] = a.engine.enqueue(ctx, w); results[i] == nil {
			waiting[i] = w
		}
	}
	for i, w := range waiting {
		if w != nil {
			results[i] = a.engine.wait(ctx, w)
		}
	}
	return results, nil
}

// onceOf is the command id of one session's part of a call that has one.
func onceOf(once string, id session.ID) string {
	if once += "." + numbered(id); len(once) <= connector.MaxID {
		return once
	}
	sum := sha256.Sum256([]byte(once))
	return hex.EncodeToString(sum[:])
}
