package worktime

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

const (
	// MaxIntervals is the most intervals that one day may list: an hour each.
	MaxIntervals = 24

	// MaxHolidays is the most holidays: ten years with a holiday every day, and
	// still a list that a person can have written.
	MaxHolidays = 4096

	// MaxDates is the most dated exceptions, for the same reason.
	MaxDates = 4096
)

// Hours says when a line works. The zero Hours is always open (rule 7.5). It is
// plain data: two Hours are equal if their fields are. Its JSON form is
//
//	{"zone": "Europe/Berlin",
//	 "week": {"mon-fri": ["09:00-13:00", "14:00-18:00"], "sat": ["22:00-06:00"]},
//	 "holidays": ["05-01", "2026-12-24"],
//	 "dates": {"2026-12-31": ["09:00-12:00"], "2026-05-02": []}}
//
// where every field may be left out and no other is accepted.
//
// An interval is "HH:MM-HH:MM" on the 24-hour clock, its end not included. The
// end may be 24:00; an end before the start is on the next day (rule 7.15), and
// an end equal to the start is refused, since it says both nothing and all
// day. Intervals of a day may come in any order and overlap.
type Hours struct {
	// Zone is the IANA name of the zone in which the rest is read (rule 7.6).
	// Empty means UTC.
	Zone string `json:"zone,omitempty"`

	// Week gives each day its intervals (rule 7.8). A key is a day, a range or
	// a list of both: "sat", "mon-fri", "fri-mon", "mon,wed-thu". A day may be
	// named once only. A day that is not named is closed, as is one with an
	// empty list. No key at all means that every day is open all day, apart
	// from Holidays and Dates; {"mon-sun": []} is never open.
	Week map[string][]string `json:"week,omitempty"`

	// Holidays are days off, "MM-DD" every year or "YYYY-MM-DD" once (rule
	// 7.6). "02-29" falls in leap years only. No interval starts on a holiday;
	// a shift that started the evening before still ends in its time.
	Holidays []string `json:"holidays,omitempty"`

	// Dates are exceptions, by "YYYY-MM-DD": the intervals that start on that
	// date in place of those of Week and in spite of Holidays. An empty list
	// closes the day.
	Dates map[string][]string `json:"dates,omitempty"`
}

// Invalid is one thing wrong with an [Hours], a [Reference], a [Presence], a
// [Facts] or a list of holidays. Several come joined, the first hundred;
// [errors.As] finds the first.
type Invalid struct {
	// Field is the path of the value, such as `week["mon-fri"][0]`.
	Field string

	// Problem says what is wrong with it, as the end of a sentence.
	Problem string
}

// Error gives the field and the problem.
func (e *Invalid) Error() string { return "worktime: " + e.Field + ": " + e.Problem }

// Validate reports everything that is wrong with h, each as an [*Invalid], all
// joined. It includes a zone that is not in the zone database at hand.
func (h Hours) Validate() error {
	_, err := h.Calendar()
	return err
}

// Calendar compiles h. Changing h later does not change the calendar. The error
// is that of [Hours.Validate].
func (h Hours) Calendar() (*Calendar, error) {
	var p problems
	c := h.compile(&p)
	zone, err := time.LoadLocation(h.Zone)
	if err != nil && checkZone(h.Zone) == "" {
		p.add("zone", "%s is not in the zone database", quote(h.Zone))
	}
	if len(p) > 0 {
		return nil, errors.Join(p...)
	}
	c.zone = zone
	return c, nil
}

// compile makes all of a calendar but its zone, so that it depends on nothing
// but h.
func (h Hours) compile(p *problems) *Calendar {
	c := new(Calendar)
	if problem := checkZone(h.Zone); problem != "" {
		p.add("zone", "%s %s", quote(h.Zone), problem)
	}
	c.week = h.compileWeek(p)
	special := make(map[int64]day)
	if len(h.Holidays) > MaxHolidays {
		p.add("holidays", "%d are more than %d", len(h.Holidays), MaxHolidays)
	} else {
		c.yearly = h.compileHolidays(p, special)
	}
	if len(h.Dates) > MaxDates {
		p.add("dates", "%d are more than %d", len(h.Dates), MaxDates)
	} else {
		h.compileDates(p, special)
	}
	for _, n := range slices.Sorted(maps.Keys(special)) {
		c.dated = append(c.dated, dated{n, special[n]})
	}
	c.prepare()
	return c
}

func (h Hours) compileWeek(p *problems) (week [7]day) {
	if len(h.Week) == 0 {
		for i := range week {
			week[i] = day{spans: []span{{0, secondsPerDay}}}
		}
		return week
	}
	if len(h.Week) > len(week) {
		p.add("week", "%d keys for seven days", len(h.Week))
		return week
	}
	var by [7]string
	for _, key := range slices.Sorted(maps.Keys(h.Week)) {
		field := fmt.Sprintf("week[%s]", quote(key))
		hours := compileDay(p, field, h.Week[key])
		days, problem := parseDays(key)
		if problem != "" {
			p.add(field, "%s", problem)
		}
		for _, d := range days {
			if by[d] != "" {
				p.add(field, "%s is already in %q", dayNames[d], by[d])
				continue
			}
			by[d], week[d] = key, hours
		}
	}
	return week
}

// compileHolidays returns the yearly ones, sorted; those of one year are special.
func (h Hours) compileHolidays(p *problems, special map[int64]day) (yearly []monthDay) {
	for i, text := range h.Holidays {
		date, problem := parseDate(text)
		switch {
		case problem != "":
			p.add(fmt.Sprintf("holidays[%d]", i), "%s %s", quote(text), problem)
		case date.year == 0:
			yearly = append(yearly, date.monthDay)
		default:
			special[date.number()] = day{}
		}
	}
	slices.SortFunc(yearly, monthDay.compare)
	return slices.Compact(yearly)
}

func (h Hours) compileDates(p *problems, special map[int64]day) {
	for _, text := range slices.Sorted(maps.Keys(h.Dates)) {
		field := fmt.Sprintf("dates[%s]", quote(text))
		date, problem := parseDate(text)
		if problem == "" && date.year == 0 {
			problem = "has no year"
		}
		if problem != "" {
			p.add(field, "the date %s", problem)
		}
		hours := compileDay(p, field, h.Dates[text])
		if problem == "" {
			special[date.number()] = hours
		}
	}
}

// MarshalJSON writes the documented form; a nil list of a day is written as [].
func (h Hours) MarshalJSON() ([]byte, error) {
	type plain Hours
	h.Week, h.Dates = filled(h.Week), filled(h.Dates)
	return json.Marshal(plain(h))
}

// UnmarshalJSON reads the documented form and refuses what [Hours.Validate]
// refuses, with the same errors, and fields that it does not know. Only whether
// the zone exists is left to Validate and [Hours.Calendar], so that a stored
// line can be read where the zone database is older. On error h is unchanged.
func (h *Hours) UnmarshalJSON(data []byte) error {
	if isNull(data) {
		return nil
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil {
		return &Invalid{"hours", jsonProblem(err)}
	}
	var p problems
	var read Hours
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		var into any
		switch name {
		case "zone":
			into = &read.Zone
		case "week":
			into = &read.Week
		case "holidays":
			into = &read.Holidays
		case "dates":
			into = &read.Dates
		default:
			p.add(quote(name), "is not a field of hours")
			continue
		}
		if err := json.Unmarshal(fields[name], into); err != nil {
			p.add(name, "%s", jsonProblem(err))
		}
	}
	if len(p) == 0 {
		read.compile(&p)
	}
	if len(p) > 0 {
		return errors.Join(p...)
	}
	if len(read.Holidays) == 0 {
		read.Holidays = nil
	}
	read.Week, read.Dates = filled(read.Week), filled(read.Dates)
	*h = read
	return nil
}

// filled has one form for each meaning: no nil list, and nil for no key.
func filled(lists map[string][]string) map[string][]string {
	if len(lists) == 0 {
		return nil
	}
	lists = maps.Clone(lists)
	for key, list := range lists {
		if list == nil {
			lists[key] = []string{}
		}
	}
	return lists
}

// maxProblems bounds what is told of input that is bad throughout.
const maxProblems = 100

type problems []error

func (p *problems) add(field, format string, args ...any) {
	if len(*p) >= maxProblems {
		return
	}
	*p = append(*p, &Invalid{field, fmt.Sprintf(format, args...)})
}

// isNull finds the value that by convention of encoding/json changes nothing.
func isNull(data []byte) bool { return bytes.Equal(bytes.TrimSpace(data), []byte("null")) }

func jsonProblem(err error) string {
	return strings.TrimPrefix(err.Error(), "json: ")
}
