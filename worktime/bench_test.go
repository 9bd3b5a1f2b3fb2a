package worktime_test

import (
	"testing"
	"time"

	"github.com/openlines-go/openlines/worktime"
)

// benchHours is a week with a lunch break in a zone with summer time, fifteen
// yearly holidays and two shorter days.
func benchHours() worktime.Hours {
	return worktime.Hours{
		Zone: "Europe/Berlin",
		Week: map[string][]string{"mon-fri": {"09:00-13:00", "14:00-18:00"}, "sat": {"10:00-14:00"}},
		Holidays: []string{
			"01-01", "01-06", "03-08", "04-03", "04-06", "05-01", "05-14", "05-25", "06-04", "08-15", "10-03", "11-01", "11-18", "12-25", "12-26",
		},
		Dates: map[string][]string{"2026-12-24": {"09:00-12:00"}, "2026-12-31": {"09:00-12:00"}},
	}
}

func BenchmarkCalendar(b *testing.B) {
	at := utc("2026-05-01 10:00")
	c := mustCalendar(b, benchHours())
	never := mustCalendar(b, worktime.Hours{Week: everyDay()})
	for _, bench := range []struct {
		name string
		act  func()
	}{
		{"compile", func() { mustCalendar(b, benchHours()) }},
		{"Open", func() { c.Open(at) }},
		{"NextOpen", func() { c.NextOpen(at) }},
		{"NextOpen=never", func() { never.NextOpen(at) }},
		{"NextClose", func() { c.NextClose(at) }},
		{"Add=40h", func() { c.Add(at, 40*time.Hour) }},
		{"Between=1year", func() { c.Between(at, at.AddDate(1, 0, 0)) }},
		{"Between=10years", func() { c.Between(at, at.AddDate(10, 0, 0)) }},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				bench.act()
			}
		})
	}
}

// Questions are asked for each message and each offer, so they allocate nothing.
func TestQuestionsDoNotAllocate(t *testing.T) {
	at := utc("2026-05-01 10:00")
	c := mustCalendar(t, benchHours())
	var p worktime.Presence
	got := testing.AllocsPerRun(100, func() {
		c.Open(at)
		c.NextOpen(at)
		c.NextClose(at)
		c.Add(at, 40*time.Hour)
		c.Between(at, at.AddDate(1, 0, 0))
		p.Available(worktime.Facts{BrowserUsedAt: at, DesktopOpen: true}, at)
	})
	if got != 0 {
		t.Errorf("%v allocations", got)
	}
}
