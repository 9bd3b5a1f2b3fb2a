package worktime_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlines-go/openlines/worktime"
)

func TestReference(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name      string
		reference worktime.Reference
		want      worktime.Hours
	}{
		{
			"rule 7.6", worktime.Reference{
				Zone: "Europe/Moscow", From: "09:00", To: "18:30", DaysOff: []string{"SA", "SU"},
				Holidays: []string{"01.01", "9.5", "31.12.2026"},
			},
			worktime.Hours{
				Zone: "Europe/Moscow", Week: map[string][]string{"mon-fri": {"09:00-18:30"}},
				Holidays: []string{"01-01", "05-09", "2026-12-31"},
			},
		},
		{
			"rule 7.7: the sample of the documentation is open all day",
			worktime.Reference{From: "0", To: "23.59"}, worktime.Hours{Week: everyDay("00:00-24:00")},
		},
		{"an hour alone", worktime.Reference{From: "9", To: "18"}, worktime.Hours{Week: everyDay("09:00-18:00")}},
		{"one digit", worktime.Reference{From: "9.05", To: " 18:00 "}, worktime.Hours{Week: everyDay("09:05-18:00")}},
		{"24 as the end", worktime.Reference{From: "9", To: "24:00"}, worktime.Hours{Week: everyDay("09:00-24:00")}},
		{"23:59 as the start", worktime.Reference{From: "23.59", To: "6"}, worktime.Hours{Week: everyDay("23:59-06:00")}},
		{"the last minute", worktime.Reference{From: "23.59", To: "24"}, worktime.Hours{Week: everyDay("23:59-24:00")}},
		{"rule 7.15: over midnight", worktime.Reference{From: "22", To: "6"}, worktime.Hours{Week: everyDay("22:00-06:00")}},
		{"until midnight", worktime.Reference{From: "22", To: "0"}, worktime.Hours{Week: everyDay("22:00-00:00")}},
		{
			"a week of parts", worktime.Reference{From: "9", To: "18", DaysOff: []string{"we", " Fr", "", "SA"}},
			worktime.Hours{Week: map[string][]string{"mon-tue,thu,sun": {"09:00-18:00"}}},
		},
		{
			"all days off", worktime.Reference{From: "9", To: "18", DaysOff: []string{"MO", "TU", "WE", "TH", "FR", "SA", "SU"}},
			worktime.Hours{Week: map[string][]string{"mon-sun": {}}},
		},
		{"blank holidays", worktime.Reference{From: "9", To: "18", Holidays: []string{"", " 29.02 "}}, worktime.Hours{
			Week: everyDay("09:00-18:00"), Holidays: []string{"02-29"},
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := test.reference.Hours()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if err := got.Validate(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestReferenceRefuses(t *testing.T) {
	t.Parallel()
	r := func(change func(*worktime.Reference)) worktime.Reference {
		r := worktime.Reference{From: "9", To: "18"}
		change(&r)
		return r
	}
	from := func(text string) worktime.Reference {
		return r(func(r *worktime.Reference) { r.From = text })
	}
	to := func(text string) worktime.Reference {
		return r(func(r *worktime.Reference) { r.To = text })
	}
	holiday := func(text string) worktime.Reference {
		return r(func(r *worktime.Reference) { r.Holidays = []string{text} })
	}
	const (
		noFrom    = "from: %q is not a time from 0:00 to 23:59"
		noTo      = "to: %q is not a time from 0:00 to 24:00"
		noHoliday = "holidays: %q is not a date like 01.05 or 01.05.2026"
		noDate    = "holidays: %q is not in the calendar"
	)
	for _, test := range []struct {
		reference  worktime.Reference
		want, text string
	}{
		{from(""), noFrom, ""},
		{from("24"), noFrom, "24"},
		{from("9.5"), noFrom, "9.5"},
		{from("-1"), noFrom, "-1"},
		{from("009"), noFrom, "009"},
		{from("9.00.00"), noFrom, "9.00.00"},
		{from(":30"), noFrom, ":30"},
		{from("9:"), noFrom, "9:"},
		{to("24:01"), noTo, "24:01"},
		{to("9-"), noTo, "9-"},
		{to("1\x00"), noTo, "1\x00"},
		{to("9:00"), "to: %q is the same as from", "9:00"},
		{r(func(r *worktime.Reference) { r.From, r.To = "23.59", "23:59" }), "to: %q is the same as from", "23:59"},
		{r(func(r *worktime.Reference) { r.From, r.To = "0", "0" }), "to: %q is the same as from", "0"},
		{r(func(r *worktime.Reference) { r.DaysOff = []string{"MON"} }), "daysOff: %q is not a day from MO to SU", "MON"},
		{r(func(r *worktime.Reference) { r.Zone = "+03:00" }), "zone: %q is not the name of a zone like Europe/Berlin", "+03:00"},
		{r(func(r *worktime.Reference) { r.Holidays = make([]string, 4097) }), "holidays: 4097 are more than 4096%.0s", ""},
		{holiday("05-01"), noHoliday, "05-01"},
		{holiday("1"), noHoliday, "1"},
		{holiday("1.5.26"), noHoliday, "1.5.26"},
		{holiday("1.5.0000"), noHoliday, "1.5.0000"},
		{holiday("001.5"), noHoliday, "001.5"},
		{holiday("1.-5"), noHoliday, "1.-5"},
		{holiday("1.5.2026.1"), noHoliday, "1.5.2026.1"},
		{holiday("."), noHoliday, "."},
		{holiday("31.04"), noDate, "31.04"},
		{holiday("12.31"), noDate, "12.31"},
		{holiday("29.02.2026"), noDate, "29.02.2026"},
	} {
		t.Run(fmt.Sprintf("%.60q", test.want+test.text), func(t *testing.T) {
			t.Parallel()
			_, err := test.reference.Hours()
			if diff := cmp.Diff(fmt.Sprintf(test.want, test.text), invalid(t, err)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestHolidays(t *testing.T) {
	t.Parallel()
	got, err := worktime.Holidays([]byte(`{"2026-12-25": "Christmas Day", "2026-05-01": "Labour Day", "01-01": ""}`))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"01-01", "2026-05-01", "2026-12-25"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var many []string
	for i := range worktime.MaxHolidays + 1 {
		many = append(many, fmt.Sprintf("\"%04d-05-01\":\"\"", i+1))
	}
	for _, test := range []struct{ name, data, want string }{
		{"not JSON", `{`, "holidays: unexpected end of JSON input"},
		{"a list", `["2026-05-01"]`, "holidays: cannot unmarshal array into Go value of type map[string]string"},
		{
			"all bad dates", `{"2026-02-30": "", "May": "", "05-01": ""}`,
			"holidays: \"2026-02-30\" is not in the calendar\nholidays: \"May\" is not a date like 05-01 or 2026-05-01",
		},
		{"too many", "{" + strings.Join(many, ",") + "}", "holidays: 4097 are more than 4096"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dates, err := worktime.Holidays([]byte(test.data))
			if diff := cmp.Diff(test.want, invalid(t, err)); diff != "" || dates != nil {
				t.Errorf("%d dates (-want +got):\n%s", len(dates), diff)
			}
		})
	}
}
