package openlines_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/openlines/openlinestest"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage/memory"
	"github.com/openlines-go/openlines/worktime"
)

// What one operator has at the end of a grace can be more than a transition touches; half of it may be done when the
// program is started anew (rule 4.20). Invariant I-17.
func TestGraceOfManySessions(t *testing.T) {
	t.Parallel()
	const many = 3*desk.JobStep + 7
	line := openlines.Line{
		Queue: queue.Rules{
			Mode: queue.Strictly, Members: queue.Operators("ann"), OnlyAvailable: true, Grace: time.Minute, PassOnAfter: queue.Never,
		},
		Session: session.Rules{UnansweredAfter: session.Never},
	}
	d := openlinestest.New(t, line)
	for i := range many {
		d.Says(fmt.Sprint("client-", i), "Hello")
	}
	must(t, d.Report(t.Context(), openlines.Report{Operator: "ann"}))
	has := func(want int) {
		t.Helper()
		ids, _, err := d.Load(t.Context(), "ann", openlines.Page{Limit: 1000})
		if err != nil || len(ids) != want {
			t.Errorf("ann has %d sessions, %v; want %d", len(ids), err, want)
		}
	}
	d.Wait(time.Minute - 1000)
	has(many)
	d.Reopen()
	d.Wait(1000)
	has(0)
}

// A shift begins and ends for many at once, and its hours may be changed for many at once.
// Invariant I-35: hours begin and end once for each.
func TestManyOnOneShift(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	const many = 3*desk.JobStep/10 + 1
	var members []queue.Member
	staff := func(hours string) (operators []openlines.Operator) {
		for i := range many {
			o := openlines.Operator{ID: queue.OperatorID(fmt.Sprint("operator-", i))}
			o.Hours.Week = map[string][]string{"mon-sun": {hours}}
			operators = append(operators, o)
		}
		return operators
	}
	for _, o := range staff("09:00-10:00") {
		members = append(members, queue.Member{Operator: o.ID})
	}
	d := openlinestest.New(t, openlines.Line{
		Queue: queue.Rules{Members: members, OnlyAvailable: true, Limit: queue.Limit{Max: 1}}, Session: session.Rules{UnansweredAfter: session.Never},
	})
	waiting := func(want int) {
		t.Helper()
		if _, _, n, err := d.Waiting(ctx, openlinestest.DefaultLine, openlines.Page{}); err != nil || n != want {
			t.Errorf("%d wait, %v; want %d", n, err, want)
		}
	}
	for i := range many {
		d.Says(fmt.Sprint("client-", i), "Hello")
	}
	waiting(0)
	must(t, d.PutOperator(ctx, staff("09:30-10:00")...))
	d.Wait(0)
	waiting(many)
	d.Wait(30 * time.Minute)
	waiting(0)
	d.Wait(30 * time.Minute)
	waiting(many)
	must(t, d.PutOperator(ctx, staff("00:00-24:00")...))
	d.Wait(0)
	waiting(0)
}

// Bad settings of availability are refused with the field, and nothing has changed. Invariant I-65.
func TestAvailabilityIsValidated(t *testing.T) {
	t.Parallel()
	profiles := func(n int) map[string]worktime.Presence {
		all := map[string]worktime.Presence{}
		for i := range n {
			all[fmt.Sprint("p", i)] = worktime.Presence{}
		}
		return all
	}
	holidays := func(n int) (h worktime.Hours) {
		for i := range n {
			h.Holidays = append(h.Holidays, fmt.Sprintf("%04d-05-01", 2000+i))
		}
		return h
	}
	d := openlinestest.Open(t, openlinestest.Setup{Settings: openlines.Settings{Profiles: profiles(desk.MaxProfiles)}})
	settings := func(s openlines.Settings) func() error {
		return func() error { return d.PutSettings(t.Context(), s) }
	}
	operator := func(o openlines.Operator) func() error {
		o.ID = "ann"
		return func() error { return d.PutOperator(t.Context(), openlines.Operator{ID: "bob"}, o) }
	}
	line := func(r queue.Rules) func() error {
		return func() error { return d.PutLine(t.Context(), openlines.Line{ID: "l", Queue: r}) }
	}
	for _, test := range []struct {
		name, field string // no field: it is taken
		put         func() error
	}{
		{"one profile too many", "Profiles", settings(openlines.Settings{Profiles: profiles(desk.MaxProfiles + 1)})},
		{"a profile without a name", "Profiles", settings(openlines.Settings{Profiles: map[string]worktime.Presence{"": {}}})},
		{"a name too long", "Profiles", settings(openlines.Settings{Profiles: map[string]worktime.Presence{strings.Repeat("x", 121): {}}})},
		{"a negative limit", "Profiles.x.browser", settings(openlines.Settings{Profiles: map[string]worktime.Presence{"x": {Browser: -1}}})},
		{"hours that cannot be read", "Operator.Hours.holidays[0]", operator(openlines.Operator{Hours: worktime.Hours{Holidays: []string{"1 May"}}})},
		{"a zone that is none", "Operator.Hours.zone", operator(openlines.Operator{Hours: worktime.Hours{Zone: "Mars/North"}})},
		{"hours that are too long", "Operator.Hours", operator(openlines.Operator{Hours: holidays(400)})},
		{"a profile that is not there", "Operator.Profile", operator(openlines.Operator{Profile: "p100"})},
		{"a negative grace", "Queue.Grace", line(queue.Rules{Grace: -1})},
		{"an ageing too fast", "Queue.Ageing", line(queue.Rules{Ageing: time.Millisecond})},
		{"all of it right", "", operator(openlines.Operator{Profile: "p99", Hours: holidays(300)})},
	} {
		err := test.put()
		var invalid *openlines.Invalid
		if test.field == "" {
			must(t, err)
		} else if !errors.As(err, &invalid) || invalid.Field != test.field {
			t.Errorf("%s: %v, want %s refused", test.name, err, test.field)
		} else if err := d.Report(t.Context(), openlines.Report{Operator: "bob"}); !errors.Is(err, openlines.ErrNotFound) {
			t.Errorf("%s: bob was put: %v", test.name, err)
		}
	}
}

// Two nodes, of which one puts and the other decides; what is put belongs to the desk.
func TestHoursAndProfilesOnEveryNode(t *testing.T) {
	t.Parallel()
	ctx, store := t.Context(), memory.New()
	clock := &manual{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	a, b := open(t, store, openlines.Config{Clock: clock}), open(t, store, openlines.Config{Clock: clock})
	s := openlines.Settings{Profiles: map[string]worktime.Presence{"tab": {Browser: worktime.Never}}}
	o := openlines.Operator{ID: "ann", Profile: "tab", Hours: worktime.Hours{Week: map[string][]string{"mon": {"10:00-12:00"}}}}
	must(t, a.PutSettings(ctx, s))
	must(t, a.PutOperator(ctx, o))
	s.Profiles["tab"], o.Hours.Week["mon"][0] = worktime.Presence{WorkTime: true}, "13:00-14:00"
	must(t, a.PutLine(ctx, openlines.Line{ID: "support", Queue: queue.Rules{Members: queue.Operators("ann"), OnlyAvailable: true}}))
	must(t, a.Connect(ctx, "support", "web", "main"))
	must(t, a.Report(ctx, openlines.Report{Operator: "ann", Facts: worktime.Facts{BrowserUsedAt: clock.now}}))
	id := says(t, b, "77", "m1").Session
	offered := func(want queue.OperatorID) {
		t.Helper()
		_, err := b.Advance(ctx)
		must(t, err)
		if s, err := b.Session(ctx, id); err != nil || s.OfferedTo != want {
			t.Errorf("at %v offered to %q, %v; want %q", clock.now.Format(time.TimeOnly), s.OfferedTo, err, want)
		}
	}
	offered("")
	clock.now = clock.now.Add(time.Hour)
	offered("ann")
	clock.now = clock.now.Add(2 * time.Hour)
	offered("")
}

// A report that says what is known already is not stored, whether or not there is an end of it.
func TestReportThatSaysNothingNew(t *testing.T) {
	t.Parallel()
	d := openlinestest.New(t, openlines.Line{Queue: queue.Rules{Members: queue.Operators("ann")}})
	for _, facts := range []worktime.Facts{{MobileFront: true}, {BrowserUsedAt: d.Clock.Now()}, {}} {
		must(t, d.Report(t.Context(), openlines.Report{Operator: "ann", Facts: facts}))
		before := d.Revision()
		must(t, d.Report(t.Context(), openlines.Report{Operator: "ann", Facts: facts}))
		if after := d.Revision(); after != before {
			t.Errorf("%+v is stored twice: revision %d, then %d", facts, before, after)
		}
	}
}
