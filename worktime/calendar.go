package worktime

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// Calendar is a compiled [Hours]. It does not change and may be used by several
// goroutines at once. A nil *Calendar is always open (rule 7.5).
//
// Every answer is an instant in UTC. Instants outside of the years 0 to 9999
// count as the nearest one inside.
type Calendar struct {
	zone   *time.Location
	week   [7]day
	dated  []dated    // sorted by number: days with hours of their own
	yearly []monthDay // sorted: days off every year

	open, closed [7][]span // the parts of each day of a week without a special day
	perWeek      int64     // open seconds of such a week
	last         int64     // the instant after which no dated day has an effect
}

// dated is a date of one year with its own hours; closed if it is a holiday.
type dated struct {
	number int64
	day    day
}

// prepare computes what follows from the week and the days.
func (c *Calendar) prepare() {
	for d := range c.week {
		before := &c.week[(d+6)%7]
		c.open[d] = merged(nil, before.spill, c.week[d].spans)
		c.closed[d] = gaps(slices.Clone(c.open[d]))
		for _, s := range c.open[d] {
			c.perWeek += s.to - s.from
		}
	}
	c.last = math.MinInt64
	if len(c.dated) > 0 {
		// One day for a shift over midnight, one for the day itself and one for
		// zones west of UTC.
		c.last = (c.dated[len(c.dated)-1].number + 3) * secondsPerDay
	}
}

// Open says whether at lies in an open interval.
func (c *Calendar) Open(at time.Time) bool {
	if c == nil {
		return true
	}
	sec, _ := split(at)
	return c.openAt(sec)
}

// Local returns at as the calendar's zone reads it; in UTC if c is nil.
func (c *Calendar) Local(at time.Time) time.Time {
	if c == nil {
		return at.UTC()
	}
	return at.In(c.zone)
}

// NextOpen returns the first open instant that is not before at: at itself if
// it is open. It is false if there is none, however far one looks.
func (c *Calendar) NextOpen(at time.Time) (time.Time, bool) {
	if c == nil {
		return wall(at), true
	}
	sec, _ := split(at)
	if c.openAt(sec) {
		return wall(at), true
	}
	first, ok := c.nth(sec, 0, true)
	return instant(first, 0, ok)
}

// NextClose returns the end of the open interval in which at lies, or, if at is
// closed, of the next one. It is false if that interval never ends or never
// comes. Intervals that touch are one, also across midnight.
func (c *Calendar) NextClose(at time.Time) (time.Time, bool) {
	if c == nil {
		return time.Time{}, false
	}
	sec, _ := split(at)
	first, ok := c.nth(sec, 0, true)
	if ok {
		first, ok = c.nth(first, 0, false)
	}
	return instant(first, 0, ok)
}

// openAt looks at one second. Everything here changes on whole seconds only.
func (c *Calendar) openAt(sec int64) bool {
	_, offset := time.Unix(sec, 0).In(c.zone).Zone()
	number, second := splitDay(sec + int64(offset))
	if second < c.starting(number-1).spill {
		return true
	}
	for _, s := range c.starting(number).spans {
		if second < s.to {
			return second >= s.from
		}
	}
	return false
}

// starting returns the intervals that start on a day.
func (c *Calendar) starting(number int64) day {
	i, found := slices.BinarySearchFunc(c.dated, number, compareNumber)
	if found {
		return c.dated[i].day
	}
	if len(c.yearly) > 0 {
		if _, off := slices.BinarySearchFunc(c.yearly, dateOf(number).monthDay, monthDay.compare); off {
			return day{}
		}
	}
	return c.week[weekday(number)]
}

// special returns the first day from number on that has not the hours of the
// week, or a day that is never reached.
func (c *Calendar) special(number int64) int64 {
	first := int64(math.MaxInt64 / secondsPerDay)
	if i, _ := slices.BinarySearchFunc(c.dated, number, compareNumber); i < len(c.dated) {
		first = c.dated[i].number
	}
	if len(c.yearly) == 0 {
		return first
	}
	from := dateOf(number)
	i, _ := slices.BinarySearchFunc(c.yearly, from.monthDay, monthDay.compare)
	for year := from.year; ; year++ { // 02-29 alone comes within eight years
		for ; i < len(c.yearly); i++ {
			if c.yearly[i].in(year) {
				return min(first, date{year, c.yearly[i]}.number())
			}
		}
		i = 0
	}
}

// maxSpans is the most parts that a day can have: its intervals, one from the
// day before, and one more when the closed parts are listed.
const maxSpans = MaxIntervals + 2

// spans lists the parts of a day in the given state, in order.
func (c *Calendar) spans(room []span, number int64, open bool) []span {
	list := merged(room, c.starting(number-1).spill, c.starting(number).spans)
	if open {
		return list
	}
	return gaps(list)
}

// gaps replaces the spans of a day by what is between them, behind the reader:
// before the n-th span there are at most n gaps.
func gaps(list []span) []span {
	apart, from := list[:0], int64(0)
	for _, s := range list {
		if s.from > from {
			apart = append(apart, span{from, s.from})
		}
		from = s.to
	}
	if from < secondsPerDay {
		apart = append(apart, span{from, secondsPerDay})
	}
	return apart
}

// merged joins what is left of the day before and the day's own spans.
func merged(room []span, spill int64, own []span) []span {
	if spill > 0 {
		room = append(room, span{0, spill})
	}
	for _, s := range own {
		room = join(room, s)
	}
	return room
}

func compareNumber(d dated, number int64) int { return cmp.Compare(d.number, number) }

// weekday knows that day 0, 1970-01-01, was a Thursday.
func weekday(number int64) time.Weekday {
	return time.Weekday(((number+int64(time.Thursday))%7 + 7) % 7)
}

// splitDay splits seconds of the local line into the day and the second of it.
func splitDay(local int64) (number, second int64) {
	number, second = local/secondsPerDay, local%secondsPerDay
	if second < 0 {
		number, second = number-1, second+secondsPerDay
	}
	return number, second
}
