package worktime_test

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/openlines-go/openlines/worktime"
)

// brute answers from a table with one entry a step, filled by asking the time
// package what each instant reads locally. It shares no code and no idea with
// the calendar, and knows nothing outside of its window.
type brute struct {
	start time.Time
	step  time.Duration
	open  []bool
}

func newBrute(h worktime.Hours, zone *time.Location, start, end time.Time) *brute {
	b := &brute{start: start.Truncate(time.Minute), step: time.Minute}
	for _, at := range []time.Time{start, end} {
		if _, offset := at.In(zone).Zone(); offset%60 != 0 {
			b.step = time.Second
		}
	}
	days := bruteDays(h)
	var minutes [1440]bool
	var current time.Time
	for at := b.start; at.Before(end); at = at.Add(b.step) {
		local := at.In(zone)
		year, month, day := local.Date()
		if date := time.Date(year, month, day, 12, 0, 0, 0, time.UTC); date != current {
			current, minutes = date, days.minutes(date)
		}
		b.open = append(b.open, minutes[local.Hour()*60+local.Minute()])
	}
	return b
}

// bruteWeek is Hours taken apart in the most literal way.
type bruteWeek struct {
	worktime.Hours
	week [7][]string
}

func bruteDays(h worktime.Hours) (w bruteWeek) {
	w.Hours = h
	names := []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}
	for key, list := range h.Week {
		for part := range strings.SplitSeq(key, ",") {
			first, last, found := strings.Cut(part, "-")
			if !found {
				last = first
			}
			i := slices.Index(names, first)
			for w.week[i] = list; names[i%7] != last; {
				i++
				w.week[i%7] = list
			}
		}
	}
	if len(h.Week) == 0 {
		for i := range w.week {
			w.week[i] = []string{"00:00-24:00"}
		}
	}
	return w
}

// minutes tells for each minute that a clock may show on a date if it is open.
func (w bruteWeek) minutes(date time.Time) (open [1440]bool) {
	for _, text := range w.list(date) {
		from, to := bruteInterval(text)
		for minute := range open {
			if minute >= from && (minute < to || to < from) {
				open[minute] = true
			}
		}
	}
	for _, text := range w.list(date.AddDate(0, 0, -1)) {
		from, to := bruteInterval(text)
		for minute := range open {
			if to < from && minute < to {
				open[minute] = true
			}
		}
	}
	return open
}

func (w bruteWeek) list(date time.Time) []string {
	if list, found := w.Dates[date.Format("2006-01-02")]; found {
		return list
	}
	if slices.Contains(w.Holidays, date.Format("01-02")) || slices.Contains(w.Holidays, date.Format("2006-01-02")) {
		return nil
	}
	return w.week[date.Weekday()]
}

func bruteInterval(text string) (from, to int) {
	number := func(s string) int {
		n, err := strconv.Atoi(s)
		if err != nil {
			panic(err)
		}
		return n
	}
	return number(text[0:2])*60 + number(text[3:5]), number(text[6:8])*60 + number(text[9:11])
}

func (b *brute) end() time.Time { return b.start.Add(time.Duration(len(b.open)) * b.step) }

func (b *brute) index(at time.Time) int { return int(at.Sub(b.start) / b.step) }

func (b *brute) isOpen(at time.Time) bool { return b.open[b.index(at)] }

// next is the first instant from at on with the state; the zero time means that
// the window has none.
func (b *brute) next(at time.Time, open bool) time.Time {
	if b.isOpen(at) == open {
		return at
	}
	for i := b.index(at) + 1; i < len(b.open); i++ {
		if b.open[i] == open {
			return b.start.Add(time.Duration(i) * b.step)
		}
	}
	return time.Time{}
}

func (b *brute) nextClose(at time.Time) time.Time {
	first := b.next(at, true)
	if first.IsZero() {
		return first
	}
	return b.next(first, false)
}

func (b *brute) between(from, to time.Time) (sum time.Duration) {
	for i := b.index(from); i < len(b.open); i++ {
		first := b.start.Add(time.Duration(i) * b.step)
		last := first.Add(b.step)
		if first.Before(from) {
			first = from
		}
		if last.After(to) {
			last = to
		}
		if !first.Before(last) {
			break
		}
		if b.open[i] {
			sum += last.Sub(first)
		}
	}
	return sum
}

// add is the zero time if the window has too little open time.
func (b *brute) add(at time.Time, d time.Duration) time.Time {
	if d <= 0 {
		return at
	}
	for i := b.index(at); i < len(b.open); i++ {
		if !b.open[i] {
			continue
		}
		first := b.start.Add(time.Duration(i) * b.step)
		if first.Before(at) {
			first = at
		}
		left := b.start.Add(time.Duration(i+1) * b.step).Sub(first)
		if d <= left {
			return first.Add(d)
		}
		d -= left
	}
	return time.Time{}
}
