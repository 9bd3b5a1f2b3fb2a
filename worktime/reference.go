package worktime

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Reference is the working time of a line as the reference product writes it:
// one from and to for all working days, weekly days off and holidays (rule
// 7.6). If the product has working time switched off for the line, the zero
// [Hours] is the right import (rule 7.5).
type Reference struct {
	// Zone is an IANA name; empty means UTC.
	Zone string

	// From and To are times of day: "09:00", "9:00", "9.00", "9" or "0" (rule
	// 7.7); a point separates as a colon does. To before From is a shift over
	// midnight (rule 7.15). As To, 23:59 means the end of the day, which the
	// product cannot write otherwise. Equal times are refused: they would mean
	// never as well as always.
	From, To string

	// DaysOff lists "MO" to "SU", in any case.
	DaysOff []string

	// Holidays lists "DD.MM" for every year and "DD.MM.YYYY" for one; a leading
	// zero may be missing.
	Holidays []string
}

// referenceDays are the product's names in the order of [time.Weekday].
var referenceDays = []string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}

// Hours translates r. Blank entries of the lists are skipped. The error joins
// an [*Invalid] for everything that cannot be read; that the zone exists is
// left to [Hours.Validate].
func (r Reference) Hours() (Hours, error) {
	var p problems
	h := Hours{Zone: strings.TrimSpace(r.Zone)}
	if problem := checkZone(h.Zone); problem != "" {
		p.add("zone", "%s %s", quote(r.Zone), problem)
	}
	days := r.workingDays(&p)
	interval := r.interval(&p)
	if len(r.Holidays) > MaxHolidays {
		p.add("holidays", "%d are more than %d", len(r.Holidays), MaxHolidays)
		r.Holidays = nil
	}
	for _, text := range r.Holidays {
		if strings.TrimSpace(text) == "" {
			continue
		}
		holiday, problem := parseReferenceDate(text)
		if problem != "" {
			p.add("holidays", "%s %s", quote(text), problem)
		}
		h.Holidays = append(h.Holidays, holiday)
	}
	if len(p) > 0 {
		return Hours{}, errors.Join(p...)
	}
	h.Week = map[string][]string{"mon-sun": {}}
	if days != "" {
		h.Week = map[string][]string{days: {interval}}
	}
	return h, nil
}

// workingDays returns the key of Week for the days that are not off.
func (r Reference) workingDays(p *problems) string {
	var off [7]bool
	for _, text := range r.DaysOff {
		name := strings.ToUpper(strings.TrimSpace(text))
		if d := slices.Index(referenceDays, name); d >= 0 {
			off[d] = true
		} else if name != "" {
			p.add("daysOff", "%s is not a day from MO to SU", quote(text))
		}
	}
	var keys []string
	for d := 1; d <= 7; d++ { // Monday to Sunday
		first := d
		for d <= 7 && !off[d%7] {
			d++
		}
		switch last := d - 1; {
		case last == first:
			keys = append(keys, dayNames[first%7])
		case last > first:
			keys = append(keys, dayNames[first%7]+"-"+dayNames[last%7])
		}
	}
	return strings.Join(keys, ",")
}

func (r Reference) interval(p *problems) string {
	from, okFrom := parseReferenceClock(r.From)
	if !okFrom || from == secondsPerDay {
		p.add("from", "%s is not a time from 0:00 to 23:59", quote(r.From))
	}
	to, okTo := parseReferenceClock(r.To)
	if !okTo {
		p.add("to", "%s is not a time from 0:00 to 24:00", quote(r.To))
	}
	if okFrom && okTo && from == to {
		p.add("to", "%s is the same as from", quote(r.To))
	}
	if to == secondsPerDay-60 {
		to = secondsPerDay
	}
	return clock(from) + "-" + clock(to)
}

func clock(seconds int64) string {
	return fmt.Sprintf("%02d:%02d", seconds/3600, seconds/60%60)
}

func parseReferenceClock(text string) (seconds int64, ok bool) {
	first, second, both := strings.Cut(strings.Replace(strings.TrimSpace(text), ".", ":", 1), ":")
	if !both {
		second = "00"
	}
	if len(first) < 1 || len(first) > 2 || len(second) != 2 {
		return 0, false
	}
	hour, okHour := parseDigits(first)
	minute, okMinute := parseDigits(second)
	return clockSeconds(hour, minute, okHour && okMinute)
}

// parseReferenceDate turns "1.05" into "05-01".
func parseReferenceDate(text string) (holiday, problem string) {
	const form = "is not a date like 01.05 or 01.05.2026"
	parts := strings.Split(strings.TrimSpace(text), ".")
	if len(parts) < 2 || len(parts) > 3 {
		return "", form
	}
	var n [3]int
	for i, part := range parts {
		var ok bool
		if n[i], ok = parseDigits(part); !ok || i < 2 && len(part) > 2 || i == 2 && len(part) != 4 {
			return "", form
		}
	}
	d := date{n[2], monthDay{time.Month(n[1]), n[0]}}
	if len(parts) == 3 && d.year == 0 {
		return "", form
	}
	if problem = d.check(); problem != "" {
		return "", problem
	}
	return d.String(), ""
}

func (d date) String() string {
	text := fmt.Sprintf("%02d-%02d", d.month, d.day)
	if d.year > 0 {
		text = fmt.Sprintf("%04d-%s", d.year, text)
	}
	return text
}

// Holidays reads a JSON object of dates and names, the form in which public
// collections of holidays come: {"2026-05-01": "Labour Day"}. It returns the
// dates in order, fit for the Holidays of [Hours]; a date may also be "05-01".
// The names are dropped. The error joins an [*Invalid] for everything that
// cannot be read.
func Holidays(data []byte) ([]string, error) {
	var names map[string]string
	if err := json.Unmarshal(data, &names); err != nil {
		return nil, &Invalid{"holidays", jsonProblem(err)}
	}
	if len(names) > MaxHolidays {
		return nil, &Invalid{"holidays", strconv.Itoa(len(names)) + " are more than " + strconv.Itoa(MaxHolidays)}
	}
	var p problems
	dates := slices.Sorted(maps.Keys(names))
	for _, text := range dates {
		if _, problem := parseDate(text); problem != "" {
			p.add("holidays", "%s %s", quote(text), problem)
		}
	}
	if len(p) > 0 {
		return nil, errors.Join(p...)
	}
	return dates, nil
}
