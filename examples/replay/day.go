package main

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/openlines-go/openlines/queue"
)

// never is the patience of somebody who does not give up, and the end of a shift that lasts all day.
const never time.Duration = math.MaxInt64

// credit is what the bank gives customers of priority 2: they are served as if they had waited so long already.
const credit = 90 * time.Second

// day is one day of a call centre: everything that happens whatever the routing decides. Times are since midnight.
type day struct {
	date    time.Time
	rows    int // arrivals of every kind
	left    int // hung up in the voice menu: they never wanted an operator
	phantom int // not calls at all

	callers   []caller           // the others, in the order of arrival
	operators []queue.OperatorID // in the order of the line's list
	shifts    []shift
}

// caller is one client who wants an operator.
type caller struct {
	row      int // his number among the day's rows
	enters   time.Duration
	patience time.Duration // he hangs up after waiting so long
	service  time.Duration // how long an operator talks with him
	credit   time.Duration
}

// shift is a stretch of an operator's presence.
type shift struct {
	operator queue.OperatorID
	from, to time.Duration
}

// arrange puts callers in the order in which they enter the line; of two at the same instant the earlier row is first.
func arrange(callers []caller) {
	slices.SortFunc(callers, func(a, b caller) int {
		return cmp.Or(cmp.Compare(a.enters, b.enters), cmp.Compare(a.row, b.row))
	})
}

// join makes shifts of services: an operator is there as long as the pauses between his services are shorter than gap.
// A stretch without length is no shift.
func join(services []shift, gap time.Duration) []shift {
	services = slices.Clone(services)
	slices.SortFunc(services, func(a, b shift) int {
		return cmp.Or(cmp.Compare(a.operator, b.operator), cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to))
	})
	var shifts []shift
	for _, s := range services {
		if n := len(shifts) - 1; n >= 0 && shifts[n].operator == s.operator && s.from-shifts[n].to < gap {
			shifts[n].to = max(shifts[n].to, s.to) // services overlap in the data
			continue
		}
		shifts = append(shifts, s)
	}
	return slices.DeleteFunc(shifts, func(s shift) bool { return s.from == s.to })
}

// employ replaces the operators by n who are there all day.
func (d *day) employ(n int) {
	d.operators, d.shifts = nil, nil
	from := time.Duration(0)
	if len(d.callers) > 0 {
		from = min(from, d.callers[0].enters)
	}
	for i := range n {
		id := queue.OperatorID("op" + strconv.Itoa(i+1))
		d.operators = append(d.operators, id)
		d.shifts = append(d.shifts, shift{operator: id, from: from, to: never})
	}
}
