package worktime_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlines-go/openlines/worktime"
)

const documented = `{"zone":"Europe/Berlin","week":{"mon-fri":["09:00-18:00"],"sat":["22:00-06:00"]},` +
	`"holidays":["05-01","2026-12-24"],"dates":{"2026-05-02":[],"2026-12-31":["09:00-12:00"]}}`

func TestHoursJSON(t *testing.T) {
	t.Parallel()
	want := worktime.Hours{
		Zone:     "Europe/Berlin",
		Week:     map[string][]string{"mon-fri": {"09:00-18:00"}, "sat": {"22:00-06:00"}},
		Holidays: []string{"05-01", "2026-12-24"},
		Dates:    map[string][]string{"2026-12-31": {"09:00-12:00"}, "2026-05-02": {}},
	}
	var got worktime.Hours
	if err := json.Unmarshal([]byte(documented), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("decoded (-want +got):\n%s", diff)
	}
	data, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(documented, string(data)); diff != "" {
		t.Errorf("encoded (-want +got):\n%s", diff)
	}
	if err := got.Validate(); err != nil {
		t.Error(err)
	}
}

func TestHoursJSONHasOneFormForEachMeaning(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, data, want string }{
		{"nothing", `{}`, `{}`},
		{"null", `null`, `{}`},
		{"empty values", `{"zone":"","week":{},"holidays":[],"dates":{}}`, `{}`},
		{"nulls", `{"zone":null,"week":null,"holidays":null,"dates":null}`, `{}`},
		{"never open is not nothing", `{"week":{"mon-sun":[]}}`, `{"week":{"mon-sun":[]}}`},
		{"a null list is an empty one", `{"dates":{"2026-05-02":null}}`, `{"dates":{"2026-05-02":[]}}`},
		{"a zone unknown here can be stored", `{"zone":"Mars/Olympus"}`, `{"zone":"Mars/Olympus"}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var h, again worktime.Hours
			if err := json.Unmarshal([]byte(test.data), &h); err != nil {
				t.Fatal(err)
			}
			data, err := json.Marshal(h)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, string(data)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if err := json.Unmarshal(data, &again); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(h, again); diff != "" {
				t.Errorf("decoded again (-want +got):\n%s", diff)
			}
		})
	}
}

func TestMarshalLeavesHoursAlone(t *testing.T) {
	t.Parallel()
	h := worktime.Hours{Dates: map[string][]string{"2026-05-02": nil}}
	data, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(`{"dates":{"2026-05-02":[]}}`, string(data)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if h.Dates["2026-05-02"] != nil {
		t.Error("the list was changed")
	}
}

// invalid lists the fields and problems of an error, one a line.
func invalid(tb testing.TB, err error) string {
	tb.Helper()
	var lines []string
	var walk func(error)
	walk = func(err error) {
		joined, ok := err.(interface{ Unwrap() []error })
		if ok {
			for _, e := range joined.Unwrap() {
				walk(e)
			}
			return
		}
		problem, ok := errors.AsType[*worktime.Invalid](err)
		if !ok {
			tb.Fatalf("%T: %v", err, err)
		}
		if got, want := problem.Error(), "worktime: "+problem.Field+": "+problem.Problem; got != want {
			tb.Errorf("text %q, want %q", got, want)
		}
		lines = append(lines, problem.Field+": "+problem.Problem)
	}
	if err != nil {
		walk(err)
	}
	return strings.Join(lines, "\n")
}

// Each row is refused by Validate and by the decoder, with the same words.
func TestHoursRefuse(t *testing.T) {
	t.Parallel()
	interval := func(text string) worktime.Hours {
		return worktime.Hours{Week: map[string][]string{"mon": {text}}}
	}
	key := func(text string) worktime.Hours {
		return worktime.Hours{Week: map[string][]string{text: {}}}
	}
	holiday := func(text string) worktime.Hours { return worktime.Hours{Holidays: []string{text}} }
	date := func(text string) worktime.Hours {
		return worktime.Hours{Dates: map[string][]string{text: {}}}
	}
	zone := func(text string) worktime.Hours { return worktime.Hours{Zone: text} }
	many := worktime.Hours{Dates: map[string][]string{}}
	for i := range worktime.MaxDates + 1 {
		many.Dates[fmt.Sprintf("%04d-01-01", i+1)] = nil
	}
	const (
		start   = `week["mon"][0]: %q does not start with a time from 00:00 to 23:59`
		end     = `week["mon"][0]: %q does not end with a time from 00:00 to 24:00`
		dash    = `week["mon"][0]: %q is not an interval like 09:00-18:00`
		same    = `week["mon"][0]: %q starts and ends at the same time; all day is 00:00-24:00`
		noDay   = `week[%q]: the key is not a day like mon, a range like mon-fri or a list of them`
		noDate  = `%q is not a date like 05-01 or 2026-05-01`
		missing = `%q is not in the calendar`
		noZone  = `zone: %q is not the name of a zone like Europe/Berlin`
	)
	for _, test := range []struct {
		hours      worktime.Hours
		want, text string
	}{
		{interval("25:00-26:00"), start, "25:00-26:00"},
		{interval("24:00-06:00"), start, "24:00-06:00"},
		{interval("-09:00-18:00"), start, "-09:00-18:00"},
		{interval("9:00-18:00"), start, "9:00-18:00"},
		{interval("09.00-18.00"), start, "09.00-18.00"},
		{interval("-"), start, "-"},
		{interval("+9:00-18:00"), start, "+9:00-18:00"},
		{interval("09:60-18:00"), start, "09:60-18:00"},
		{interval("٠٩:00-18:00"), start, "٠٩:00-18:00"},
		{interval("09:00-24:01"), end, "09:00-24:01"},
		{interval("09:00-25:00"), end, "09:00-25:00"},
		{interval("09:00-"), end, "09:00-"},
		{interval("09:00-18:00 "), end, "09:00-18:00 "},
		{interval("09:00-18:00-20:00"), end, "09:00-18:00-20:00"},
		{interval("09:00-18:0\x00"), end, "09:00-18:0\x00"},
		{interval("09:00-18:-1"), end, "09:00-18:-1"},
		{interval(""), dash, ""},
		{interval("09:00–18:00"), dash, "09:00–18:00"},
		{interval("09:00-09:00"), same, "09:00-09:00"},
		{interval("00:00-00:00"), same, "00:00-00:00"},
		{key(""), noDay, ""},
		{key("monday"), noDay, "monday"},
		{key("Mon"), noDay, "Mon"},
		{key("mon-"), noDay, "mon-"},
		{key("mon-fri-sun"), noDay, "mon-fri-sun"},
		{key("mon, tue"), noDay, "mon, tue"},
		{key("mon,"), noDay, "mon,"},
		{key("mon\x00"), noDay, "mon\x00"},
		{key("mon,mon"), `week["mon,mon"]: mon is already in %q`, "mon,mon"},
		{holiday(""), `holidays[0]: ` + noDate, ""},
		{holiday("5-1"), `holidays[0]: ` + noDate, "5-1"},
		{holiday("2026-05-1"), `holidays[0]: ` + noDate, "2026-05-1"},
		{holiday("05-01-2026"), `holidays[0]: ` + noDate, "05-01-2026"},
		{holiday("01.05"), `holidays[0]: ` + noDate, "01.05"},
		{holiday("0000-05-01"), `holidays[0]: ` + noDate, "0000-05-01"},
		{holiday("-026-05-01"), `holidays[0]: ` + noDate, "-026-05-01"},
		{holiday("2026-5-001"), `holidays[0]: ` + noDate, "2026-5-001"},
		{holiday("2026-05-0١"), `holidays[0]: ` + noDate, "2026-05-0١"},
		{holiday("0-001"), `holidays[0]: ` + noDate, "0-001"},
		{holiday("00-01"), `holidays[0]: ` + missing, "00-01"},
		{holiday("13-01"), `holidays[0]: ` + missing, "13-01"},
		{holiday("02-30"), `holidays[0]: ` + missing, "02-30"},
		{holiday("2026-02-29"), `holidays[0]: ` + missing, "2026-02-29"},
		{holiday("2100-02-29"), `holidays[0]: ` + missing, "2100-02-29"},
		{holiday("04-31"), `holidays[0]: ` + missing, "04-31"},
		{holiday("04-00"), `holidays[0]: ` + missing, "04-00"},
		{date("05-01"), `dates[%q]: the date has no year`, "05-01"},
		{date("2026-13-01"), `dates["2026-13-01"]: the date is not in the calendar%.0s`, ""},
		{zone("Local"), `zone: %q means another zone on every machine`, "Local"},
		{zone("Europe/Berlin\x00"), noZone, "Europe/Berlin\x00"},
		{zone("../etc/passwd"), noZone, "../etc/passwd"},
		{zone("/etc/localtime"), noZone, "/etc/localtime"},
		{zone("Europe/Bérlin"), noZone, "Europe/Bérlin"},
		{zone(strings.Repeat("a", 65)), `zone: %q… is longer than 64 bytes`, strings.Repeat("a", 48)},
		{
			worktime.Hours{Week: map[string][]string{"mon": make([]string, worktime.MaxIntervals+1)}},
			`week["mon"]: 25 intervals are more than 24%.0s`, "",
		},
		{
			worktime.Hours{Week: map[string][]string{"a": nil, "b": nil, "c": nil, "d": nil, "e": nil, "f": nil, "g": nil, "h": nil}},
			`week: 8 keys for seven days%.0s`, "",
		},
		{worktime.Hours{Holidays: make([]string, worktime.MaxHolidays+1)}, `holidays: 4097 are more than 4096%.0s`, ""},
		{many, `dates: 4097 are more than 4096%.0s`, ""},
	} {
		t.Run(fmt.Sprintf("%.60q", test.want+test.text), func(t *testing.T) {
			t.Parallel()
			want := fmt.Sprintf(test.want, test.text)
			if diff := cmp.Diff(want, invalid(t, test.hours.Validate())); diff != "" {
				t.Errorf("Validate (-want +got):\n%s", diff)
			}
			if c, err := test.hours.Calendar(); c != nil || err == nil {
				t.Errorf("Calendar: %v, %v", c, err)
			}
			data, err := json.Marshal(test.hours)
			if err != nil {
				t.Fatal(err)
			}
			before := worktime.Hours{Zone: "UTC"}
			got := before
			if diff := cmp.Diff(want, invalid(t, json.Unmarshal(data, &got))); diff != "" {
				t.Errorf("decoder (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(before, got); diff != "" {
				t.Errorf("changed by a refused document:\n%s", diff)
			}
		})
	}
}

func TestHoursRefuseJSON(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, data, want string }{
		{"not an object", `[]`, "hours: cannot unmarshal array into Go value of type map[string]json.RawMessage"},
		{"unknown fields", `{"holiday":[],"Zone":"UTC"}`, "\"Zone\": is not a field of hours\n\"holiday\": is not a field of hours"},
		{"a wrong type", `{"zone":1}`, "zone: cannot unmarshal number into Go value of type string"},
		{"an interval for a list", `{"week":{"mon":"09:00-18:00"}}`, "week: cannot unmarshal string into Go value of type []string"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var h worktime.Hours
			if diff := cmp.Diff(test.want, invalid(t, json.Unmarshal([]byte(test.data), &h))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAllProblemsAtOnce(t *testing.T) {
	t.Parallel()
	h := worktime.Hours{
		Zone: "Mars/Olympus",
		Week: map[string][]string{
			"mon-fri": {"09:00-13:00", "14-18"}, "fri,sat": {"10:00-12:00"}, "someday": {"9-"},
		},
		Holidays: []string{"05-01", "31.12"},
		Dates:    map[string][]string{"2026-12-31": {"09:00-12:00", "x"}, "soon": {"y"}},
	}
	want := strings.Join([]string{
		`week["mon-fri"][1]: "14-18" does not start with a time from 00:00 to 23:59`,
		`week["mon-fri"]: fri is already in "fri,sat"`,
		`week["someday"][0]: "9-" does not start with a time from 00:00 to 23:59`,
		`week["someday"]: the key is not a day like mon, a range like mon-fri or a list of them`,
		`holidays[1]: "31.12" is not a date like 05-01 or 2026-05-01`,
		`dates["2026-12-31"][1]: "x" is not an interval like 09:00-18:00`,
		`dates["soon"]: the date is not a date like 05-01 or 2026-05-01`,
		`dates["soon"][0]: "y" is not an interval like 09:00-18:00`,
		`zone: "Mars/Olympus" is not in the zone database`,
	}, "\n")
	if diff := cmp.Diff(want, invalid(t, h.Validate())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The limits are what is allowed, not what is refused.
func TestLimitsAreAllowed(t *testing.T) {
	t.Parallel()
	h := worktime.Hours{
		Week:  map[string][]string{"mon": nil, "tue": nil, "wed": nil, "thu": nil, "fri": nil, "sat": nil, "sun": nil},
		Dates: map[string][]string{},
	}
	for hour := range worktime.MaxIntervals {
		h.Week["mon"] = append(h.Week["mon"], fmt.Sprintf("%02d:10-%02d:00", hour, (hour+1)%24))
	}
	for i := range worktime.MaxHolidays {
		h.Holidays = append(h.Holidays, fmt.Sprintf("%04d-01-01", i+1))
	}
	for i := range worktime.MaxDates {
		h.Dates[fmt.Sprintf("%04d-01-02", i+1)] = nil
	}
	c := mustCalendar(t, h)
	// 24 times open and closed; the last time is the end of the day.
	if got := len(changesOf(c, utc("2026-05-04 00:00"), utc("2026-05-05 00:00"))); got != 2*24-1 {
		t.Errorf("%d changes on a day with 24 intervals", got)
	}
}
