package openlines_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/openlines/openlinestest"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
)

// A shift that is more than a transition touches goes by the rights at the command: what is left of it is done before any other
// command, such as one that takes the right away, also by a program that starts anew in the middle (decision 14.17).
func TestHandOverOfManySessions(t *testing.T) {
	t.Parallel()
	const many = 3*desk.JobStep + 7
	ctx, d := t.Context(), openlinestest.New(t, openlines.Line{
		Queue: queue.Rules{
			Mode: queue.Strictly, Members: queue.Operators("ann"), OnlyAvailable: true, Grace: time.Hour, PassOnAfter: queue.Never,
		},
		Session: session.Rules{UnansweredAfter: session.Never},
	})
	for i := range many {
		d.Says(fmt.Sprint("client-", i), "Hello")
	}
	must(t, d.Report(ctx, openlines.Report{Operator: "ann"})) // what she has stays hers for an hour, and she is asked for nothing
	lead := openlines.Role{ID: "lead", Rights: map[desk.Right]desk.Scope{desk.MayIntercept: desk.AnyOnes}}
	must(t, d.PutRole(ctx, lead))
	must(t, d.PutOperator(ctx, openlines.Operator{ID: "lea", Roles: []openlines.RoleID{"lead"}}))
	left := func() int {
		t.Helper()
		ids, _, err := d.Load(ctx, "ann", openlines.Page{Limit: 1000})
		must(t, err)
		return len(ids)
	}
	must(t, d.As("lea").HandOver(ctx, "ann"))
	if n := left(); n == 0 || n == many {
		t.Fatalf("ann has %d of %d sessions, want some: the command is too small for a job, or did nothing", n, many)
	}
	d.Reopen()
	lead.Rights = nil
	must(t, d.PutRole(ctx, lead))
	if n := left(); n != 0 {
		t.Errorf("ann has %d sessions after the next command, want none", n)
	}
	d.Wait(time.Second)
	waiting := 0
	for _, e := range fed(t, d) {
		if e.Type == desk.SessionWaiting && e.Actor == "lea" {
			waiting++
		}
	}
	if waiting != many {
		t.Errorf("lea returned %d sessions, want %d", waiting, many)
	}
}

// What reaches an operator while his shift is handed over stays his where the actor has no right over it (decision 14.17).
func TestHandOverTakesNoMoreThanOneMay(t *testing.T) {
	t.Parallel()
	const many = desk.JobStep + 1
	ctx, line := t.Context(), openlines.Line{
		Queue:   queue.Rules{Mode: queue.Strictly, Members: queue.Operators("ann"), PassOnAfter: queue.Never},
		Session: session.Rules{UnansweredAfter: session.Never},
	}
	other := line
	other.ID, other.Queue.Priority = "other", 1
	d := openlinestest.Open(t, openlinestest.Setup{Lines: []openlines.Line{line, other}, Settings: openlines.Settings{MaxSessions: many}})
	for i := range many {
		d.Says(fmt.Sprint("client-", i), "Hello")
	}
	s := d.SaysTo("other", "77", "Hello")
	d.WantWaiting(s) // until the first step leaves room
	must(t, d.PutRole(ctx, openlines.Role{
		ID: "lead", Rights: map[desk.Right]desk.Scope{desk.MayIntercept: desk.AnyOnes}, Lines: []openlines.LineID{openlinestest.DefaultLine},
	}))
	must(t, d.PutOperator(ctx, openlines.Operator{ID: "lea", Roles: []openlines.RoleID{"lead"}}))
	must(t, d.As("lea").HandOver(ctx, "ann"))
	d.Wait(time.Second)
	d.WantOffered(s, "ann")
	returned := 0
	for _, e := range fed(t, d) {
		switch {
		case e.Type != desk.SessionWaiting || e.Actor != "lea":
		case e.Line == "other":
			t.Errorf("lea returned session %d of a line in which she may not", e.Session)
		default:
			returned++
		}
	}
	if returned != many {
		t.Errorf("lea returned %d sessions, want %d", returned, many)
	}
}

// fed returns all events of a desk.
func fed(t *testing.T, d *openlinestest.Desk) (all []openlines.Event) {
	t.Helper()
	for {
		page, err := d.Feed(t.Context(), uint64(len(all)), storage.MaxFind)
		must(t, err)
		if all = append(all, page...); len(page) < storage.MaxFind {
			return all
		}
	}
}
