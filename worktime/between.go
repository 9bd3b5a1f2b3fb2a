package worktime

import (
	"math"
	"time"
)

// cycle is 400 years: after it, dates fall on the same weekdays, leap years
// repeat, and so do the rules of every zone.
const cycle = 146097 * secondsPerDay

var (
	minSecond = time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	maxSecond = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC).Unix() - 1

	// settled is after the last change that the zone database lists by date
	// (Morocco's, until 2087); from then on every zone follows a yearly rule.
	settled = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
)

// Add returns the instant at which d of open time have passed since at, the
// earliest if there are several: work that is done at closing time is due then
// and not when the line opens again. A d of zero or less gives at itself, open
// or not. It is false if so much open time never comes.
//
// The cost grows with the zone's changes and the special days between the two
// instants, and not with the weeks.
func (c *Calendar) Add(at time.Time, d time.Duration) (time.Time, bool) {
	if d <= 0 {
		return wall(at), true
	}
	if c == nil {
		return wall(at).Add(d), true
	}
	sec, nano := split(at)
	whole, rest := int64(d/time.Second), d%time.Second
	if c.openAt(sec) {
		rest += nano // count from the start of the second
	}
	whole, rest = whole+int64(rest/time.Second), rest%time.Second
	if rest == 0 {
		last, ok := c.nth(sec, whole-1, true)
		return instant(last+1, 0, ok)
	}
	first, ok := c.nth(sec, whole, true)
	return instant(first, rest, ok)
}

// Between returns the open time from a to b, b excluded. If b is before a it is
// the negative of the time from b to a, so that Between(a, c) is always
// Between(a, b) + Between(b, c). Like [time.Time.Sub] it stops at the largest
// duration, some 292 years of open time.
//
// The cost is that of [Calendar.Add].
func (c *Calendar) Between(a, b time.Time) time.Duration {
	if c == nil {
		return wall(b).Sub(wall(a))
	}
	if b.Before(a) {
		return -c.Between(b, a)
	}
	from, fromNano := split(a)
	to, toNano := split(b)
	_, left, _ := c.walk(from, to, math.MaxInt64, true)
	seconds := math.MaxInt64 - left
	if seconds >= int64(math.MaxInt64/time.Second) {
		return math.MaxInt64
	}
	sum := time.Duration(seconds) * time.Second
	if c.openAt(from) {
		sum -= fromNano
	}
	if c.openAt(to) {
		sum += toNano
	}
	return sum
}

// nth finds the second number k, from 0, of those from sec on that have the
// state. It looks as far as something can change, then through one cycle, which
// stands for all that follow.
func (c *Calendar) nth(sec, k int64, open bool) (int64, bool) {
	never := open && c.perWeek == 0 || !open && c.perWeek == secondsPerWeek && len(c.yearly) == 0
	periodic := c.last
	if !never {
		periodic = max(periodic, settled)
	}
	if sec < periodic {
		at, left, ok := c.walk(sec, periodic, k, open)
		if ok {
			return at, true
		}
		sec, k = periodic, left
	}
	if never {
		return 0, false
	}
	at, left, ok := c.walk(sec, sec+cycle, k, open)
	if ok {
		return at, true
	}
	perCycle := k - left
	if perCycle == 0 {
		return 0, false
	}
	at, _, ok = c.walk(sec, sec+cycle, left%perCycle, open)
	return at + (left/perCycle+1)*cycle, ok
}

// walk goes from one instant to another, over the stretches in which the zone's
// offset stays the same. It finds the second number k that has the state, or
// returns how much of k is left.
func (c *Calendar) walk(sec, end, k int64, open bool) (at, left int64, ok bool) {
	for sec < end {
		offset, change := c.stretch(sec)
		stop := min(change, end)
		at, k, ok = c.seek(sec+offset, stop+offset, k, open)
		if ok {
			return at - offset, 0, true
		}
		sec = stop
	}
	return 0, k, false
}

// stretch returns the zone's offset at sec and when it may change.
func (c *Calendar) stretch(sec int64) (offset, change int64) {
	at := time.Unix(sec, 0).In(c.zone)
	_, seconds := at.Zone()
	_, end := at.ZoneBounds()
	if end.IsZero() {
		return int64(seconds), math.MaxInt64
	}
	change = end.Unix()
	if change <= sec {
		// Where the database gives a yearly rule, the time package ends the
		// year's last stretch after 365 days, in leap years as well.
		change = time.Date(at.UTC().Year()+1, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	}
	return int64(seconds), change
}

// seek does the work of walk on a part of the local line without a jump: day by
// day, and by whole weeks where there is no special day.
func (c *Calendar) seek(from, to, k int64, open bool) (at, left int64, ok bool) {
	usual, perWeek := &c.open, c.perWeek
	if !open {
		usual, perWeek = &c.closed, secondsPerWeek-perWeek
	}
	special := int64(math.MinInt64)
	for from < to {
		number, second := splitDay(from)
		if special < number-1 {
			// The day after a special day is not a usual one either: it may lack
			// a night shift, or have another.
			special = c.special(number - 1)
		}
		if second == 0 && k >= perWeek && special > number {
			weeks := min(special-number, (to-from)/secondsPerDay) / 7
			if perWeek > 0 {
				weeks = min(weeks, k/perWeek)
			}
			if weeks > 0 {
				from += weeks * secondsPerWeek
				k -= weeks * perWeek
				continue
			}
		}
		midnight := from - second
		list := usual[weekday(number)]
		if special <= number {
			var room [maxSpans]span
			list = c.spans(room[:0], number, open)
		}
		for _, s := range list {
			first, end := max(midnight+s.from, from), min(midnight+s.to, to)
			if k < end-first {
				return first + k, 0, true
			}
			k -= max(end-first, 0)
		}
		from = midnight + secondsPerDay
	}
	return 0, k, false
}

// split cuts an instant into the second and the rest of it.
func split(at time.Time) (sec int64, nano time.Duration) {
	sec = at.Unix()
	switch year := at.UTC().Year(); {
	case year < 0:
		return minSecond, 0
	case year > 9999:
		return maxSecond, 0
	}
	return sec, time.Duration(at.Nanosecond())
}

// wall drops what a clock's reading carries besides the instant.
func wall(at time.Time) time.Time { return at.Round(0).UTC() }

func instant(sec int64, nano time.Duration, ok bool) (time.Time, bool) {
	if !ok {
		return time.Time{}, false
	}
	return time.Unix(sec, int64(nano)).UTC(), true
}
