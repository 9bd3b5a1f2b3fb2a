package openlines_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/storage/memory"
	"github.com/openlines-go/openlines/worktime"
)

// Rules 2.1–2.5 and 4.1: whoever may view a line sees who is in its queue, in its order, by which entry, and whether he can be asked; of
// an operator is told what he was put with and whether he is there. A list tells no more than the rights of who asks.
func TestPeople(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	e := open(t, memory.New(), openlines.Config{Clock: &manual{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}})
	viewer := openlines.Role{ID: "viewer", Rights: map[desk.Right]desk.Scope{desk.MayViewLines: desk.AnyOnes, desk.MayViewSessions: desk.AnyOnes}}
	ann := openlines.Operator{ID: "ann", Name: "Ann", Roles: []openlines.RoleID{"viewer"}}
	parts := []openlines.Department{
		{ID: "north", Parent: "sales", Operators: []queue.OperatorID{"cid"}}, {ID: "sales", Operators: []queue.OperatorID{"bob", "ann"}},
	}
	must(t, errors.Join(
		e.PutRole(ctx, viewer), e.PutOperator(ctx, ann, openlines.Operator{ID: "bob"}, openlines.Operator{ID: "cid"}), e.PutDepartment(ctx, parts...),
		e.PutLine(ctx, openlines.Line{ID: "support", Queue: queue.Rules{Mode: queue.Strictly, OnlyAvailable: true, Members: []queue.Member{
			{Operator: "ann", Weight: 2, Name: "Anna", Position: "Chief", Avatar: "a.png"}, {Department: "sales", Weight: 3}, {Operator: "ghost"}, {Operator: "bob"},
		}}}),
		e.Connect(ctx, "support", "web", "main"),
		e.Report(ctx, openlines.Report{Operator: "ann", Facts: worktime.Facts{MobileFront: true, ClockedIn: true}}),
	))
	got, err := e.Receive(ctx, connector.Inbound{Connector: "web", Account: "main", User: "77", ID: "m1", Text: "Hello"})
	must(t, err)
	must(t, e.As("ann").Answer(ctx, got.Session))

	want := []openlines.QueueMember{
		{Place: 0, Operator: "ann", Weight: 2, Name: "Anna", Position: "Chief", Avatar: "a.png", Verdict: desk.Free, Sessions: 1},
		{Place: 1, Operator: "bob", Department: "sales", Weight: 3, Verdict: openlines.Verdict(worktime.Offline)},
		{Place: 2, Operator: "cid", Department: "sales", Weight: 3, Verdict: openlines.Verdict(worktime.Offline)},
		{Place: 3, Operator: "ghost", Verdict: desk.Unknown},
	}
	var members []openlines.QueueMember
	for p := (openlines.Page{Limit: 3}); ; {
		page, next, err := e.As("ann").Queue(ctx, "support", p)
		must(t, err)
		members = append(members, page...)
		if p.After = next; next == (openlines.Cursor{}) {
			break
		}
	}
	if diff := cmp.Diff(want, members); diff != "" {
		t.Errorf("the queue (-want +got):\n%s", diff)
	}
	person, err := e.Person(ctx, "ann")
	must(t, err)
	wantPerson := openlines.Person{
		Operator: ann, Facts: worktime.Facts{MobileFront: true, ClockedIn: true}, Status: worktime.Available,
		Departments: []queue.DepartmentID{"sales"}, Sessions: 1,
	}
	if diff := cmp.Diff(wantPerson, person, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("ann (-want +got):\n%s", diff)
	}
	roles, _, err := e.Roles(ctx, openlines.Page{})
	must(t, err)
	departments, _, err := e.Departments(ctx, openlines.Page{})
	must(t, err)
	if diff := cmp.Diff([]openlines.Role{viewer}, roles); diff != "" {
		t.Errorf("roles (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(parts, departments); diff != "" {
		t.Errorf("departments (-want +got):\n%s", diff)
	}

	for who, err := range map[string]error{
		"a queue by a member without the right": errorOf2(e.As("bob").Queue(ctx, "support", openlines.Page{})),
		"roles by a member":                     errorOf2(e.As("ann").Roles(ctx, openlines.Page{})),
		"departments by a member":               errorOf2(e.As("ann").Departments(ctx, openlines.Page{})),
		"a colleague":                           errorOf1(e.As("bob").Person(ctx, "ann")),
		"a stranger by a member":                errorOf1(e.As("bob").Person(ctx, "zoe")),
	} {
		if !errors.As(err, new(*openlines.Forbidden)) {
			t.Errorf("%s: %v", who, err)
		}
	}
	for who, err := range map[string]error{
		"a queue of no line": errorOf2(e.Queue(ctx, "nowhere", openlines.Page{})),
		"nobody":             errorOf1(e.Person(ctx, "zoe")),
		"what waits nowhere": errorOf3(e.Waiting(ctx, "nowhere", openlines.Page{})),
		"a chat":             errorOf2(e.History(ctx, 9, openlines.Page{})),
	} {
		if !errors.Is(err, openlines.ErrNotFound) {
			t.Errorf("%s: %v", who, err)
		}
	}
	if _, err := e.As("bob").Person(ctx, "bob"); err != nil {
		t.Error("himself:", err)
	}
}

func errorOf1[A any](_ A, err error) error               { return err }
func errorOf2[A, B any](_ A, _ B, err error) error       { return err }
func errorOf3[A, B, C any](_ A, _ B, _ C, e error) error { return e }

// Settings with empty lists are as they are read again, and numbers below 1 name nothing: neither does anything by halves.
func TestNothingIsNotSomething(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	store := memory.New()
	e := open(t, store, openlines.Config{Clock: &manual{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}})
	furnish(t, e, openlines.Line{})
	must(t, e.PutSettings(ctx, openlines.Settings{
		Profiles: map[string]worktime.Presence{}, NotifyNearlyFull: openlines.Notify{Operators: []queue.OperatorID{}, Roles: []openlines.RoleID{}},
	}))
	must(t, e.Check(ctx))
	got := says(t, e, "77", "m1")
	before := e.Revision()
	who := connector.Address{Connector: "web", Account: "main", User: "77"}
	for act, err := range map[string]error{
		"start from message 0":     errorOf1(e.StartFrom(ctx, got.Chat, 0)),
		"start from message -1":    errorOf1(e.StartFrom(ctx, got.Chat, -1)),
		"message 0 has arrived as": e.ArrivedAs(ctx, who, 0, "x"),
		"send from no item":        e.As("ann").SendFrom(ctx, "", got.Session, "Hello"),
		"invite nobody":            e.Invite(ctx, got.Session, "zoe"),
	} {
		if !errors.Is(err, openlines.ErrNotFound) {
			t.Errorf("%s: %v", act, err)
		}
	}
	if e.Revision() != before {
		t.Error("something was stored")
	}
}
