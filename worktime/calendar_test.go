package worktime_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlines-go/openlines/worktime"
)

func mustCalendar(tb testing.TB, h worktime.Hours) *worktime.Calendar {
	tb.Helper()
	c, err := h.Calendar()
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func utc(text string) time.Time {
	for _, layout := range []string{"2006-01-02 15:04", "2006-01-02 15:04:05", "2006-01-02 15:04:05.999999999"} {
		if at, err := time.Parse(layout, text); err == nil {
			return at
		}
	}
	panic(text)
}

// answer writes what NextOpen, NextClose and Add return.
func answer(at time.Time, ok bool) string {
	if !ok {
		return fmt.Sprintf("never %v", at.IsZero())
	}
	if at.Location() != time.UTC {
		return "not in UTC"
	}
	return at.Format("2006-01-02 15:04:05.999999999")
}

const never = "never true"

func everyDay(intervals ...string) map[string][]string {
	return map[string][]string{"mon-sun": intervals}
}

// 2026-05-01 is a Friday.
func TestHoursThatMeanOpenOrClosed(t *testing.T) {
	t.Parallel()
	office := map[string][]string{"mon-fri": {"09:00-18:00"}}
	for _, test := range []struct {
		name   string
		hours  worktime.Hours
		open   []string
		closed []string
	}{
		{
			"rule 7.5: nothing said is always open", worktime.Hours{},
			[]string{"2026-05-01 00:00", "2026-05-03 23:59"}, nil,
		},
		{
			"a zone, but no week, is open on all days but holidays",
			worktime.Hours{Zone: "Europe/Berlin", Holidays: []string{"05-01"}},
			[]string{"2026-04-30 21:59:59", "2026-05-01 22:00"},
			[]string{"2026-04-30 22:00", "2026-05-01 21:59:59"},
		},
		{
			"a week that lists no hours is never open", worktime.Hours{Week: everyDay()},
			nil, []string{"2026-05-01 12:00"},
		},
		{
			"rule 7.8: a day that the week does not name is closed, the end is not included",
			worktime.Hours{Week: office},
			[]string{"2026-05-01 09:00", "2026-05-01 17:59:59.999999999"},
			[]string{"2026-05-01 08:59:59.999999999", "2026-05-01 18:00", "2026-05-02 12:00"},
		},
		{
			"several intervals a day, in any order, overlapping",
			worktime.Hours{Week: everyDay("14:00-18:00", "09:00-11:00", "10:00-13:00")},
			[]string{"2026-05-01 09:00", "2026-05-01 11:00", "2026-05-01 12:59", "2026-05-01 14:00"},
			[]string{"2026-05-01 13:00", "2026-05-01 13:59"},
		},
		{
			"rule 7.15: an end before the start is on the next day",
			worktime.Hours{Week: map[string][]string{"sat": {"22:00-06:00"}}},
			[]string{"2026-05-02 22:00", "2026-05-03 05:59"},
			[]string{"2026-05-02 05:59", "2026-05-02 21:59", "2026-05-03 06:00", "2026-05-03 22:00"},
		},
		{
			"rule 7.6: a holiday without a year is a day off every year, one with a year once",
			worktime.Hours{Week: everyDay("09:00-18:00"), Holidays: []string{"05-01", "2026-12-24"}},
			[]string{"2025-12-24 12:00", "2027-12-24 12:00", "2026-04-30 12:00", "2026-05-02 12:00"},
			[]string{"2025-05-01 12:00", "2026-05-01 12:00", "2026-12-24 12:00"},
		},
		{
			"02-29 is a holiday in leap years and moves to no other day",
			worktime.Hours{Week: everyDay("09:00-18:00"), Holidays: []string{"02-29"}},
			[]string{"2027-02-28 12:00", "2027-03-01 12:00", "2100-03-01 12:00"},
			[]string{"2028-02-29 12:00", "2000-02-29 12:00"},
		},
		{
			"a shift that starts before a holiday ends in its time; the one that starts on it does not happen",
			worktime.Hours{Week: everyDay("22:00-06:00"), Holidays: []string{"05-01"}},
			[]string{"2026-05-01 05:59", "2026-05-02 22:00"},
			[]string{"2026-05-01 06:00", "2026-05-01 22:00", "2026-05-02 05:59"},
		},
		{
			"dated exceptions: other hours, a closed day, a working Saturday on a holiday",
			worktime.Hours{
				Week: office, Holidays: []string{"05-02", "2026-05-09"},
				Dates: map[string][]string{
					"2026-05-01": {"20:00-02:00"}, "2026-05-04": {}, "2026-05-02": {"10:00-12:00"}, "2026-05-09": {"10:00-12:00"},
				},
			},
			[]string{"2026-05-01 20:00", "2026-05-02 01:59", "2026-05-02 10:00", "2026-05-09 11:59", "2027-05-04 12:00"},
			[]string{"2026-05-01 12:00", "2026-05-04 12:00", "2026-05-02 12:00", "2027-05-02 10:00"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := mustCalendar(t, test.hours)
			for _, at := range test.open {
				if !c.Open(utc(at)) {
					t.Errorf("closed at %s", at)
				}
			}
			for _, at := range test.closed {
				if c.Open(utc(at)) {
					t.Errorf("open at %s", at)
				}
			}
		})
	}
}

func TestLocalTime(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, zone string
		week       map[string][]string
		from, end  string
		want       []string
	}{
		{
			"an interval in the gap does not happen", "Europe/Berlin", everyDay("02:15-02:45"),
			"2026-03-28 12:00", "2026-03-30 12:00",
			[]string{"2026-03-30T00:15:00Z", "2026-03-30T00:45:00Z"},
		},
		{
			"an interval over the gap is an hour shorter", "Europe/Berlin", everyDay("01:00-04:00"),
			"2026-03-28 12:00", "2026-03-29 12:00",
			[]string{"2026-03-29T00:00:00Z", "2026-03-29T02:00:00Z"},
		},
		{
			"the repeated hour is open in both passes", "Europe/Berlin", everyDay("02:15-02:45"),
			"2026-10-24 12:00", "2026-10-25 12:00",
			[]string{"2026-10-25T00:15:00Z", "2026-10-25T00:45:00Z", "2026-10-25T01:15:00Z", "2026-10-25T01:45:00Z"},
		},
		{
			"a day without a midnight starts at one", "America/Sao_Paulo", map[string][]string{"sun": {"00:00-08:00"}},
			"2018-11-03 12:00", "2018-11-05 12:00",
			[]string{"2018-11-04T03:00:00Z", "2018-11-04T10:00:00Z"},
		},
		{
			"the last hour of a day that repeats it", "America/Sao_Paulo", map[string][]string{"sat": {"23:00-24:00"}},
			"2018-02-17 12:00", "2018-02-19 12:00",
			[]string{"2018-02-18T01:00:00Z", "2018-02-18T03:00:00Z"},
		},
		{
			"a date that the zone skipped", "Pacific/Apia", map[string][]string{"thu": {"20:00-04:00"}, "fri": {"09:00-17:00"}, "sat": {"10:00-12:00"}},
			"2011-12-29 12:00", "2012-01-02 12:00",
			[]string{"2011-12-30T06:00:00Z", "2011-12-30T10:00:00Z", "2011-12-30T20:00:00Z", "2011-12-30T22:00:00Z"},
		},
		{
			"half an hour back", "Australia/Lord_Howe", everyDay("01:15-01:45"),
			"2026-04-04 03:00", "2026-04-05 03:00",
			[]string{"2026-04-04T14:15:00Z", "2026-04-04T14:45:00Z", "2026-04-04T15:00:00Z", "2026-04-04T15:15:00Z"},
		},
		{
			"an offset with seconds", "Africa/Monrovia", everyDay("09:00-10:00"),
			"1971-05-01 00:00", "1971-05-02 00:00",
			[]string{"1971-05-01T09:44:30Z", "1971-05-01T10:44:30Z"},
		},
		{
			"the last day of a leap year under a yearly rule", "Europe/Berlin", everyDay("09:00-10:00"),
			"2048-12-31 00:00", "2049-01-01 12:00",
			[]string{"2048-12-31T08:00:00Z", "2048-12-31T09:00:00Z", "2049-01-01T08:00:00Z", "2049-01-01T09:00:00Z"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := mustCalendar(t, worktime.Hours{Zone: test.zone, Week: test.week})
			if diff := cmp.Diff(test.want, changesOf(c, utc(test.from), utc(test.end))); diff != "" {
				t.Errorf("changes (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNextOpenAndNextClose(t *testing.T) {
	t.Parallel()
	office := worktime.Hours{Week: map[string][]string{"mon-fri": {"09:00-18:00"}}}
	years := worktime.Hours{Week: everyDay("09:00-18:00"), Dates: map[string][]string{}}
	for date := utc("2026-05-01 00:00"); date.Year() < 2036; date = date.AddDate(0, 0, 1) {
		years.Dates[date.Format("2006-01-02")] = nil
	}
	leap := worktime.Hours{Week: map[string][]string{"mon": {"09:00-09:30"}}}
	all := worktime.Hours{Week: everyDay("00:00-24:00")}
	for date := utc("2027-01-01 00:00"); date.Year() < 2028; date = date.AddDate(0, 0, 1) {
		leap.Holidays = append(leap.Holidays, date.Format("01-02"))
		all.Holidays = append(all.Holidays, date.Format("01-02"))
	}
	all.Holidays = append(all.Holidays, "02-29")
	gap := worktime.Hours{Zone: "Europe/Berlin", Week: map[string][]string{"sun": {"02:00-03:00"}}}
	for _, holiday := range all.Holidays {
		if holiday != "03-29" {
			gap.Holidays = append(gap.Holidays, holiday)
		}
	}
	for _, test := range []struct {
		name        string
		hours       worktime.Hours
		at          string
		open, close string
	}{
		{"closed", office, "2026-05-01 18:00", "2026-05-04 09:00:00", "2026-05-04 18:00:00"},
		{"open: at itself, to the nanosecond", office, "2026-05-01 09:00:00.5", "2026-05-01 09:00:00.5", "2026-05-01 18:00:00"},
		{"a nanosecond before", office, "2026-05-01 08:59:59.999999999", "2026-05-01 09:00:00", "2026-05-01 18:00:00"},
		{
			"intervals that touch are one, across midnight too",
			worktime.Hours{Week: map[string][]string{"fri": {"20:00-22:00", "22:00-24:00"}, "sat": {"00:00-06:00", "06:00-07:00"}}},
			"2026-05-01 12:00", "2026-05-01 20:00:00", "2026-05-02 07:00:00",
		},
		{"never open", worktime.Hours{Week: everyDay()}, "2026-05-01 12:00", never, never},
		{"always open", worktime.Hours{}, "2026-05-01 12:00", "2026-05-01 12:00:00", never},
		{"always open, written out", worktime.Hours{Zone: "Europe/Berlin", Week: everyDay("00:00-24:00")}, "2026-05-01 12:00", "2026-05-01 12:00:00", never},
		{
			"open from the last dated exception on",
			worktime.Hours{Dates: map[string][]string{"2026-05-02": {"10:00-24:00"}}},
			"2026-05-02 00:00", "2026-05-02 10:00:00", never,
		},
		{
			"only dated exceptions, and the last is over",
			worktime.Hours{Week: everyDay(), Dates: map[string][]string{"2026-05-01": {"22:00-06:00"}}},
			"2026-05-02 06:00", never, never,
		},
		{
			"only dated exceptions, the last not over yet",
			worktime.Hours{Week: everyDay(), Dates: map[string][]string{"2026-05-01": {"22:00-06:00"}}},
			"2026-05-02 05:59", "2026-05-02 05:59:00", "2026-05-02 06:00:00",
		},
		{
			"always open but for a holiday every year", worktime.Hours{Holidays: []string{"02-29"}},
			"2026-05-01 12:00", "2026-05-01 12:00:00", "2028-02-29 00:00:00",
		},
		{"closed for ten years by dated exceptions", years, "2026-05-01 12:00", "2036-01-01 09:00:00", "2036-01-01 18:00:00"},
		{"Mondays that are a 29 February", leap, "2072-02-29 09:30", "2112-02-29 09:00:00", "2112-02-29 09:30:00"},
		{"after the last change that the zone database dates", leap, "2250-05-01 12:00", "2264-02-29 09:00:00", "2264-02-29 09:30:00"},
		{"every day of the year is a holiday", all, "2026-05-01 12:00", never, never},
		{"29 March, if it is a Sunday, when the clocks have no such hour", gap, "2026-05-01 12:00", never, never},
		{"before the first change of the zone's rules", gap, "1970-01-01 12:00", "1970-03-29 01:00:00", "1970-03-29 02:00:00"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := mustCalendar(t, test.hours)
			at := utc(test.at)
			if diff := cmp.Diff(test.open, answer(c.NextOpen(at))); diff != "" {
				t.Errorf("NextOpen (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.close, answer(c.NextClose(at))); diff != "" {
				t.Errorf("NextClose (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAdd(t *testing.T) {
	t.Parallel()
	office := worktime.Hours{Week: map[string][]string{"mon-fri": {"09:00-18:00"}}}
	once := worktime.Hours{Week: everyDay(), Dates: map[string][]string{"2026-05-02": {"10:00-12:00"}}}
	rare := worktime.Hours{Zone: "Europe/Berlin", Week: everyDay("12:00-12:01")}
	for _, test := range []struct {
		name  string
		hours worktime.Hours
		at    string
		d     time.Duration
		want  string
	}{
		{"within an interval", office, "2026-05-01 10:00", time.Hour, "2026-05-01 11:00:00"},
		{"just until closing", office, "2026-05-01 10:00", 8 * time.Hour, "2026-05-01 18:00:00"},
		{"a nanosecond over closing", office, "2026-05-01 10:00", 8*time.Hour + 1, "2026-05-04 09:00:00.000000001"},
		{"from closed time", office, "2026-05-02 10:00:00.7", time.Hour, "2026-05-04 10:00:00"},
		{"fractions on both sides", office, "2026-05-01 17:59:59.7", 700 * time.Millisecond, "2026-05-04 09:00:00.4"},
		{"nothing, in closed time", office, "2026-05-02 10:00", 0, "2026-05-02 10:00:00"},
		{"less than nothing", office, "2026-05-01 10:00", -time.Hour, "2026-05-01 10:00:00"},
		{"a year of weeks", office, "2026-05-01 09:00", 52 * 45 * time.Hour, "2027-04-29 18:00:00"},
		{"all that ever comes", once, "2026-05-01 10:00", 2 * time.Hour, "2026-05-02 12:00:00"},
		{"more than ever comes", once, "2026-05-01 10:00", 2*time.Hour + 1, never},
		{"never open", worktime.Hours{Week: everyDay()}, "2026-05-01 10:00", 1, never},
		{"always open", worktime.Hours{}, "2026-05-01 10:00:00.25", 100 * time.Hour, "2026-05-05 14:00:00.25"},
		// 400 years have 146,097 days, and 2300 to 4299 are five times as many.
		{"through several cycles", rare, "2300-01-01 00:00", 5 * 146097 * time.Minute, "4299-12-31 11:01:00"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := mustCalendar(t, test.hours)
			if diff := cmp.Diff(test.want, answer(c.Add(utc(test.at), test.d))); diff != "" {
				t.Errorf("Add (-want +got):\n%s", diff)
			}
		})
	}
}

// The hour that a spring forward skips came every year once, comes less often
// now, and the answer lies centuries ahead.
func TestAddFromBeforeTheZoneSettles(t *testing.T) {
	t.Parallel()
	rare := worktime.Hours{Zone: "Europe/Berlin", Week: everyDay("02:00-02:05")}
	dated := rare
	dated.Holidays, dated.Dates = []string{"05-01"}, map[string][]string{"2500-01-01": {"00:00-24:00"}}
	for _, h := range []worktime.Hours{rare, dated} {
		c := mustCalendar(t, h)
		at := utc("1890-01-01 00:00")
		for years := 1; years < 25; years += 3 {
			d := time.Duration(years) * 365 * 24 * time.Hour
			due, ok := c.Add(at, d)
			if !ok || c.Between(at, due) != d || c.Between(at, due.Add(-1)) != d-1 {
				t.Errorf("%d years of open time are over at %v, %v, but there are %v until then", years, due, ok, c.Between(at, due))
			}
		}
	}
}

func TestBetween(t *testing.T) {
	t.Parallel()
	office := worktime.Hours{Week: map[string][]string{"mon-fri": {"09:00-18:00"}}, Holidays: []string{"05-01"}}
	for _, test := range []struct {
		name  string
		hours worktime.Hours
		a, b  string
		want  time.Duration
	}{
		{"over a weekend", office, "2026-05-08 17:00", "2026-05-11 10:30", 2*time.Hour + 30*time.Minute},
		{"backwards", office, "2026-05-11 10:30", "2026-05-08 17:00", -2*time.Hour - 30*time.Minute},
		{"nothing", office, "2026-05-08 17:00", "2026-05-08 17:00", 0},
		{"fractions", office, "2026-05-08 17:59:59.25", "2026-05-11 09:00:00.5", 1250 * time.Millisecond},
		{"within a second", office, "2026-05-08 17:00:00.25", "2026-05-08 17:00:00.5", 250 * time.Millisecond},
		// 2026 has 261 working days; 1 May falls on a Friday.
		{"a year", office, "2026-01-01 00:00", "2027-01-01 00:00", 260 * 9 * time.Hour},
		{"a long day", worktime.Hours{Zone: "Europe/Berlin", Week: everyDay("00:00-24:00")}, "2026-10-24 22:00", "2026-10-25 23:00", 25 * time.Hour},
		{"a short day", worktime.Hours{Zone: "Europe/Berlin", Week: everyDay("00:00-24:00")}, "2026-03-28 23:00", "2026-03-29 22:00", 23 * time.Hour},
		{"more than a duration holds", worktime.Hours{}, "0001-01-01 00:00", "2026-01-01 00:00", math.MaxInt64},
		{"and backwards", worktime.Hours{}, "2026-01-01 00:00", "0001-01-01 00:00", -math.MaxInt64},
		// The years 1 to 9999 have 3,652,059 days; the last one is left out.
		{"all the time there is", worktime.Hours{Week: everyDay("12:00-12:01")}, "0001-01-01 00:00", "9999-12-31 00:00", 3652058 * time.Minute},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := mustCalendar(t, test.hours)
			if diff := cmp.Diff(test.want, c.Between(utc(test.a), utc(test.b))); diff != "" {
				t.Errorf("Between (-want +got):\n%s", diff)
			}
		})
	}
}

// rule 7.5
func TestNilCalendarIsAlwaysOpen(t *testing.T) {
	t.Parallel()
	var c *worktime.Calendar
	at := utc("2026-05-01 10:00").In(time.FixedZone("", 3600))
	if !c.Open(at) {
		t.Error("closed")
	}
	for _, test := range []struct{ name, want, got string }{
		{"NextOpen", "2026-05-01 10:00:00", answer(c.NextOpen(at))},
		{"NextClose", never, answer(c.NextClose(at))},
		{"Add", "2026-05-01 11:00:00", answer(c.Add(at, time.Hour))},
		{"Add nothing", "2026-05-01 10:00:00", answer(c.Add(at, -time.Hour))},
	} {
		if diff := cmp.Diff(test.want, test.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
	if diff := cmp.Diff(-time.Hour, c.Between(at, at.Add(-time.Hour))); diff != "" {
		t.Errorf("Between (-want +got):\n%s", diff)
	}
}

func TestInstantsBeyondTheYears(t *testing.T) {
	t.Parallel()
	c := mustCalendar(t, worktime.Hours{Zone: "Europe/Berlin", Week: everyDay("12:00-12:01"), Holidays: []string{"01-01"}})
	first, last := time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)
	for _, far := range []time.Time{time.Unix(math.MaxInt64/2, 0), time.Unix(1<<40, 5)} {
		if want, got := c.Between(first, last), c.Between(first, far); want != got {
			t.Errorf("%v to the end, %v to %v", want, got, far.Unix())
		}
		if diff := cmp.Diff(answer(c.NextOpen(last)), answer(c.NextOpen(far))); diff != "" {
			t.Errorf("NextOpen (-end +%d):\n%s", far.Unix(), diff)
		}
	}
	if want, got := c.Between(first, last), c.Between(time.Unix(-1<<40, 5), last); want != got {
		t.Errorf("%v from the start, %v from long before", want, got)
	}
}

// A calendar keeps nothing of the Hours it was made from.
func TestCalendarIsACopy(t *testing.T) {
	t.Parallel()
	h := worktime.Hours{Week: everyDay("09:00-18:00"), Holidays: []string{"05-01"}, Dates: map[string][]string{"2026-05-02": {"09:00-10:00"}}}
	c := mustCalendar(t, h)
	h.Week["mon-sun"][0], h.Holidays[0], h.Dates["2026-05-02"][0] = "00:00-01:00", "05-03", "00:00-01:00"
	if want := []string{
		"2026-05-02T09:00:00Z", "2026-05-02T10:00:00Z", "2026-05-03T09:00:00Z", "2026-05-03T18:00:00Z",
	}; !cmp.Equal(want, changesOf(c, utc("2026-05-01 00:00"), utc("2026-05-04 00:00"))) {
		t.Error("the calendar has changed")
	}
}
