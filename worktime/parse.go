package worktime

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	secondsPerDay  = 24 * 60 * 60
	secondsPerWeek = 7 * secondsPerDay

	// maxZone is longer than any name of the zone database.
	maxZone = 64
)

var dayNames = [7]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// span is a part of one local day, in seconds from its midnight, to excluded.
type span struct{ from, to int64 }

// day is the intervals that start on one date. The zero day is closed.
type day struct {
	spans []span // sorted, apart from each other, none longer than the day
	spill int64  // how far into the next day they go on, in seconds
}

// compileDay parses, sorts and merges the intervals of one day.
func compileDay(p *problems, field string, intervals []string) day {
	if len(intervals) > MaxIntervals {
		p.add(field, "%d intervals are more than %d", len(intervals), MaxIntervals)
		return day{}
	}
	var d day
	spans := make([]span, 0, len(intervals))
	for i, text := range intervals {
		from, to, problem := parseInterval(text)
		if problem != "" {
			p.add(fmt.Sprintf("%s[%d]", field, i), "%s %s", quote(text), problem)
			continue
		}
		d.spill = max(d.spill, to-secondsPerDay)
		spans = append(spans, span{from, min(to, secondsPerDay)})
	}
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	for _, s := range spans {
		d.spans = join(d.spans, s)
	}
	return d
}

// join appends s, or lengthens the last span if s starts within or right after it.
func join(spans []span, s span) []span {
	if last := len(spans) - 1; last >= 0 && s.from <= spans[last].to {
		spans[last].to = max(spans[last].to, s.to)
		return spans
	}
	return append(spans, s)
}

// parseInterval reads "09:00-18:00" into seconds from midnight; to is above 24
// hours if the interval ends on the next day.
func parseInterval(text string) (from, to int64, problem string) {
	first, second, ok := strings.Cut(text, "-")
	if !ok {
		return 0, 0, "is not an interval like 09:00-18:00"
	}
	from, ok = parseClock(first)
	if !ok || from == secondsPerDay {
		return 0, 0, "does not start with a time from 00:00 to 23:59"
	}
	to, ok = parseClock(second)
	if !ok {
		return 0, 0, "does not end with a time from 00:00 to 24:00"
	}
	if from == to {
		return 0, 0, "starts and ends at the same time; all day is 00:00-24:00"
	}
	if to < from {
		to += secondsPerDay
	}
	return from, to, ""
}

// parseClock reads "HH:MM" up to "24:00".
func parseClock(text string) (seconds int64, ok bool) {
	if len(text) != len("HH:MM") || text[2] != ':' {
		return 0, false
	}
	hour, okHour := parseDigits(text[:2])
	minute, okMinute := parseDigits(text[3:])
	return clockSeconds(hour, minute, okHour && okMinute)
}

func clockSeconds(hour, minute int, digits bool) (int64, bool) {
	if !digits || minute > 59 || hour > 24 || hour == 24 && minute > 0 {
		return 0, false
	}
	return int64(hour*60+minute) * 60, true
}

// parseDigits reads a short number that has nothing but digits: no sign, no
// space, no underscore.
func parseDigits(text string) (int, bool) {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return 0, false
		}
	}
	n, err := strconv.Atoi(text)
	return n, err == nil
}

// parseDays reads a key of Week: days and ranges of days, between commas.
func parseDays(key string) (days []time.Weekday, problem string) {
	const form = "the key is not a day like mon, a range like mon-fri or a list of them"
	if len(key) > 7*len("mon-fri,") {
		return nil, form
	}
	for part := range strings.SplitSeq(key, ",") {
		first, last, isRange := strings.Cut(part, "-")
		if !isRange {
			last = first
		}
		from, to := slices.Index(dayNames[:], first), slices.Index(dayNames[:], last)
		if from < 0 || to < 0 {
			return nil, form
		}
		for d := from; ; d = (d + 1) % 7 {
			days = append(days, time.Weekday(d))
			if d == to {
				break
			}
		}
	}
	return days, ""
}

// date is a day of the calendar; year 0 means every year.
type date struct {
	year int
	monthDay
}

type monthDay struct {
	month time.Month
	day   int
}

func (m monthDay) compare(other monthDay) int {
	return cmp.Or(cmp.Compare(m.month, other.month), cmp.Compare(m.day, other.day))
}

// in says whether the year has the day; only 02-29 can be missing.
func (m monthDay) in(year int) bool {
	return time.Date(year, m.month, m.day, 0, 0, 0, 0, time.UTC).Month() == m.month
}

// number counts days from 1970-01-01, day 0, on the local line.
func (d date) number() int64 {
	return time.Date(d.year, d.month, d.day, 0, 0, 0, 0, time.UTC).Unix() / secondsPerDay
}

// dateOf is the inverse of number.
func dateOf(number int64) date {
	year, month, d := time.Unix(number*secondsPerDay, 0).UTC().Date()
	return date{year, monthDay{month, d}}
}

// parseDate reads "MM-DD" and "YYYY-MM-DD".
func parseDate(text string) (d date, problem string) {
	const form = "is not a date like 05-01 or 2026-05-01"
	parts := strings.SplitN(text, "-", 4)
	ok := true
	switch {
	case len(text) == len("MM-DD") && len(parts) == 2:
	case len(text) == len("YYYY-MM-DD") && len(parts) == 3 && len(parts[0]) == 4:
		if d.year, ok = parseDigits(parts[0]); !ok || d.year == 0 {
			return date{}, form
		}
		parts = parts[1:]
	default:
		return date{}, form
	}
	month, okMonth := parseDigits(parts[0])
	day, okDay := parseDigits(parts[1])
	if len(parts[0]) != 2 || !okMonth || !okDay {
		return date{}, form
	}
	d.monthDay = monthDay{time.Month(month), day}
	return d, d.check()
}

// check says what is wrong with a date made of any numbers.
func (d date) check() (problem string) {
	year := d.year
	if year == 0 {
		year = 2000 // a leap year
	}
	if d.month < 1 || d.month > 12 || d.day < 1 || d.day > 31 || !d.in(year) {
		return "is not in the calendar"
	}
	return ""
}

// checkZone looks at the name only, not into the zone database.
func checkZone(zone string) (problem string) {
	if len(zone) > maxZone {
		return fmt.Sprintf("is longer than %d bytes", maxZone)
	}
	if zone == "Local" {
		return "means another zone on every machine"
	}
	for i := range len(zone) {
		b := zone[i]
		letter := 'a' <= b|0x20 && b|0x20 <= 'z'
		if !letter && !strings.ContainsRune("0123456789_+-/", rune(b)) {
			return "is not the name of a zone like Europe/Berlin"
		}
	}
	if strings.HasPrefix(zone, "/") {
		return "is not the name of a zone like Europe/Berlin"
	}
	return ""
}

// quote shows a value of unknown origin in a message.
func quote(text string) string {
	const most = 48
	if len(text) > most {
		return strconv.Quote(text[:most]) + "…"
	}
	return strconv.Quote(text)
}
