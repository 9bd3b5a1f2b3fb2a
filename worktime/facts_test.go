package worktime_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/openlines-go/openlines/worktime"
)

// A time beyond the calendar has no form that every store can keep, and a status is a word.
func TestFactsRefuse(t *testing.T) {
	t.Parallel()
	year := func(n int) time.Time { return time.Date(n, 1, 1, 0, 0, 0, 0, time.UTC) }
	for _, test := range []struct {
		facts worktime.Facts
		field string
	}{
		{worktime.Facts{}, ""},
		{worktime.Facts{BrowserUsedAt: year(1), MobileHiddenAt: year(9999), Status: "lunch"}, ""},
		{worktime.Facts{Status: worktime.Status(strings.Repeat("x", 255))}, ""},
		{worktime.Facts{BrowserUsedAt: year(10000)}, "BrowserUsedAt"},
		{worktime.Facts{MobileHiddenAt: year(0)}, "MobileHiddenAt"},
		{worktime.Facts{DesktopUsedAt: time.Unix(math.MaxInt64, 0)}, "DesktopUsedAt"},
		{worktime.Facts{DesktopUsedAt: time.Unix(math.MinInt64, 0)}, "DesktopUsedAt"},
		{worktime.Facts{Status: worktime.Status(strings.Repeat("x", 256))}, "Status"},
		{worktime.Facts{Status: "\xff"}, "Status"},
		{worktime.Facts{Status: "a\x00\x00"}, "Status"},
	} {
		got := invalid(t, test.facts.Validate())
		if field, _, _ := strings.Cut(got, ":"); field != test.field || strings.Contains(got, "\n") {
			t.Errorf("%v: %q, want %q refused", test.facts, got, test.field)
		}
	}
}

// An end that no calendar has is none.
func TestAvailableBeyondTheCalendar(t *testing.T) {
	t.Parallel()
	last := time.Date(9999, 12, 31, 23, 59, 0, 0, time.UTC)
	got, until := worktime.Presence{}.Available(worktime.Facts{BrowserUsedAt: last}, last)
	if got != worktime.Available || !until.IsZero() {
		t.Errorf("%v until %v", got, until)
	}
}

// Input that is bad throughout is told of a hundred times.
func TestProblemsAreBounded(t *testing.T) {
	t.Parallel()
	h := worktime.Hours{Holidays: make([]string, worktime.MaxHolidays)}
	if n := strings.Count(invalid(t, h.Validate()), "\n") + 1; n != 100 {
		t.Errorf("%d problems", n)
	}
}
