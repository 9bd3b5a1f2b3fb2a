package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlines-go/openlines/queue"
)

var monday = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

// small is a day in seconds.
func small(shifts []shift, callers ...caller) *day {
	d := &day{date: monday, rows: len(callers)}
	for i, c := range callers {
		c.row, c.enters, c.service, c.credit = i, c.enters*time.Second, c.service*time.Second, c.credit*time.Second
		if c.patience != never {
			c.patience *= time.Second
		}
		d.callers = append(d.callers, c)
	}
	for _, s := range shifts {
		s.from *= time.Second
		if s.to != never {
			s.to *= time.Second
		}
		d.shifts = append(d.shifts, s)
		d.operators = append(d.operators, s.operator)
	}
	slices.Sort(d.operators)
	d.operators = slices.Compact(d.operators)
	arrange(d.callers)
	return d
}

func mustDrive(t *testing.T, d *day, s setting) *log {
	t.Helper()
	told, err := drive(t.Context(), d, s)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fold(d, s, told); err != nil {
		t.Fatal(err)
	}
	return told
}

func TestDrive(t *testing.T) {
	t.Parallel()
	const second = time.Second
	allDay := func(ids ...queue.OperatorID) (shifts []shift) {
		for _, id := range ids {
			shifts = append(shifts, shift{id, 0, never})
		}
		return shifts
	}
	by := func(id queue.OperatorID, at time.Duration) end { return end{answered, monday.Add(at * second), id} }
	lost := func(at time.Duration) end { return end{abandoned, monday.Add(at * second), ""} }
	evenly := setting{queue.Evenly, 1}
	tests := []struct {
		name    string
		day     *day
		setting setting
		want    []end // in the order of arrival
	}{
		{
			"whoever comes first is served first",
			small(allDay("ann"), caller{enters: 5, patience: never, service: 10}, caller{enters: 6, patience: never, service: 1}),
			evenly, []end{by("ann", 5), by("ann", 15)},
		},
		{
			"of two at the same instant the earlier row",
			small(allDay("ann"), caller{enters: 5, patience: never, service: 10}, caller{enters: 5, patience: never, service: 1}),
			evenly, []end{by("ann", 5), by("ann", 15)},
		},
		{
			"credit counts as waiting",
			small(allDay("ann"), caller{enters: 0, patience: never, service: 100},
				caller{enters: 10, patience: never, service: 1}, caller{enters: 50, patience: never, service: 1, credit: 90}),
			evenly, []end{by("ann", 0), by("ann", 101), by("ann", 100)},
		},
		{
			"patience ends",
			small(allDay("ann"), caller{enters: 0, patience: 5, service: 100}, caller{enters: 10, patience: 20, service: 1}),
			evenly, []end{by("ann", 0), lost(30)},
		},
		{
			"who becomes free at the last moment is in time",
			small(allDay("ann"), caller{enters: 0, patience: never, service: 30}, caller{enters: 10, patience: 20, service: 1}),
			evenly, []end{by("ann", 0), by("ann", 30)},
		},
		{
			"he finishes the call first in which his shift ends, and takes no other",
			small([]shift{{"ann", 0, 10}, {"bob", 50, never}}, caller{enters: 5, patience: never, service: 20},
				caller{enters: 6, patience: never, service: 1}),
			evenly, []end{by("ann", 5), by("bob", 50)},
		},
		{
			"nobody is given to an operator who goes home at that instant",
			small([]shift{{"ann", 0, 10}, {"bob", 10, never}}, caller{enters: 10, patience: never, service: 20}),
			evenly, []end{by("bob", 10)},
		},
		{
			"who waits when the last operator has gone hangs up",
			small([]shift{{"ann", 0, 10}}, caller{enters: 5, patience: never, service: 20}, caller{enters: 7, patience: never, service: 1}),
			evenly, []end{by("ann", 5), lost(25)},
		},
		{
			"with a limit of two an operator talks with two at a time",
			small(allDay("ann"), caller{enters: 0, patience: never, service: 10}, caller{enters: 1, patience: never, service: 10},
				caller{enters: 2, patience: never, service: 10}),
			setting{queue.Evenly, 2}, []end{by("ann", 0), by("ann", 1), by("ann", 10)},
		},
		{
			"without a limit with everybody",
			small(allDay("ann"), caller{enters: 0, patience: never, service: 10}, caller{enters: 1, patience: never, service: 10},
				caller{enters: 2, patience: never, service: 10}),
			setting{queue.Evenly, 0}, []end{by("ann", 0), by("ann", 1), by("ann", 2)},
		},
		{
			"evenly takes turns",
			small(allDay("ann", "bob"), caller{enters: 0, patience: never, service: 1}, caller{enters: 10, patience: never, service: 1},
				caller{enters: 20, patience: never, service: 1}),
			evenly, []end{by("ann", 0), by("bob", 10), by("ann", 20)},
		},
		{
			"strictly begins at the top",
			small(allDay("ann", "bob"), caller{enters: 0, patience: never, service: 1}, caller{enters: 10, patience: never, service: 1},
				caller{enters: 20, patience: never, service: 1}),
			setting{queue.Strictly, 1}, []end{by("ann", 0), by("ann", 10), by("ann", 20)},
		},
		{
			"of all the longest idle takes it",
			small(allDay("ann", "bob"), caller{enters: 0, patience: never, service: 30}, caller{enters: 10, patience: never, service: 1},
				caller{enters: 40, patience: never, service: 1}, caller{enters: 42, patience: never, service: 1}),
			setting{queue.All, 1}, []end{by("ann", 0), by("bob", 10), by("bob", 40), by("ann", 42)},
		},
		{
			"of all those who wait the first is taken, the others wait on",
			small(allDay("ann"), caller{enters: 0, patience: never, service: 30}, caller{enters: 10, patience: never, service: 5},
				caller{enters: 11, patience: never, service: 5}),
			setting{queue.All, 1}, []end{by("ann", 0), by("ann", 30), by("ann", 35)},
		},
		{
			"of all nobody takes it who is not there yet",
			small([]shift{{"ann", 0, never}, {"bob", 50, never}}, caller{enters: 10, patience: never, service: 5}),
			setting{queue.All, 1}, []end{by("ann", 10)},
		},
		{
			"of all whoever has just taken one is not idle",
			small(allDay("ann", "bob"), caller{enters: 5, patience: never, service: 50}, caller{enters: 6, patience: never, service: 50},
				caller{enters: 7, patience: never, service: 5}),
			setting{queue.All, 2}, []end{by("ann", 5), by("bob", 6), by("ann", 7)},
		},
		{
			"a call can come before midnight",
			small([]shift{{"ann", -20, never}}, caller{enters: -20, patience: never, service: 1}),
			evenly, []end{by("ann", -20)},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			told := mustDrive(t, tt.day, tt.setting)
			if diff := cmp.Diff(tt.want, told.ends, cmp.AllowUnexported(end{})); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// With everybody present all day it does not matter who takes a call, so the waits are those of a queue at a counter: a
// simulation without any engine has to find the same, call by call.
func TestWaitsAreThoseOfACounter(t *testing.T) {
	t.Parallel()
	for _, mode := range []queue.Mode{queue.Evenly, queue.Strictly, queue.All} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			d := generate(monday)
			d.employ(6)
			told := mustDrive(t, d, setting{mode, 1})
			var got []time.Duration
			for i, e := range told.ends {
				w := e.at.Sub(monday.Add(d.callers[i].enters))
				if e.how == abandoned {
					w = never
				}
				got = append(got, w)
			}
			if diff := cmp.Diff(counter(d.callers, 6), got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// counter is the dumb second implementation: second by second, a counter with so many clerks. It returns the waits, never
// for those who gave up.
func counter(callers []caller, clerks int) []time.Duration {
	waits := make([]time.Duration, len(callers))
	ends := map[time.Duration]int{} // services that end in a second
	var line []int                  // places in callers, in the order of service
	serve := func(now time.Duration) {
		for ; clerks > 0 && len(line) > 0; clerks-- {
			c := callers[line[0]]
			waits[line[0]] = now - c.enters
			ends[now+c.service]++
			line = line[1:]
		}
	}
	next := 0
	for now := time.Duration(0); next < len(callers) || len(line) > 0; now += time.Second {
		clerks += ends[now]
		serve(now)
		line = slices.DeleteFunc(line, func(i int) bool {
			if callers[i].enters+callers[i].patience != now {
				return false
			}
			waits[i] = never
			return true
		})
		for ; next < len(callers) && callers[next].enters == now; next++ {
			since := func(i int) time.Duration { return callers[i].enters - callers[i].credit }
			place := len(line)
			for place > 0 && since(line[place-1]) > since(next) {
				place--
			}
			line = slices.Insert(line, place, next)
			serve(now)
		}
	}
	return waits
}

func TestDriveStopsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := drive(ctx, generate(monday), setting{queue.Evenly, 1})
	if !errors.Is(err, context.Canceled) || !strings.HasPrefix(err.Error(), "replay: set up the line: ") {
		t.Errorf("%v, want the context's error", err)
	}
}

// A day that does not add up is an error and not a report.
func TestFoldCounts(t *testing.T) {
	t.Parallel()
	s := setting{queue.Evenly, 1}
	honest := func() (*day, *log) {
		d := small([]shift{{"ann", 0, never}}, caller{patience: never, service: 1}, caller{enters: 5, patience: never, service: 1})
		return d, mustDrive(t, d, s)
	}
	for name, spoil := range map[string]func(*day, *log){
		"rows are 3":                func(d *day, _ *log) { d.rows++ },
		"sessions closed":           func(_ *day, l *log) { l.closed-- },
		"answers delivered are 3":   func(_ *day, l *log) { l.delivered++ },
		"and abandoned are 1, rows": func(_ *day, l *log) { l.ends[0].how = waiting },
	} {
		d, told := honest()
		spoil(d, told)
		if _, err := fold(d, s, told); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%v, want %q in it", err, name)
		}
	}
}
