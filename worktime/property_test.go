package worktime_test

import (
	"flag"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/openlines-go/openlines/worktime"
)

var everyTransition = flag.Bool("every-transition", false, "check every transition of every zone, not a few of each")

// scene is a random calendar near a random transition of a random zone, with a
// table of what is right there.
type scene struct {
	hours    worktime.Hours
	calendar *worktime.Calendar
	brute    *brute
	marks    []time.Time // instants around which something happens
}

func drawScene(t *rapid.T, window time.Duration) scene {
	name := rapid.SampledFrom(zones()).Draw(t, "zone")
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	middle := time.Unix(rapid.Int64Range(0, 2_200_000_000).Draw(t, "second"), 0).UTC()
	if changes := transitions(zone); len(changes) > 0 && rapid.IntRange(0, 9).Draw(t, "near") > 0 {
		middle = rapid.SampledFrom(changes).Draw(t, "transition")
	}
	s := scene{hours: drawHours(t, name, middle.In(zone))}
	if s.calendar, err = s.hours.Calendar(); err != nil {
		t.Fatalf("%+v: %v", s.hours, err)
	}
	s.brute = newBrute(s.hours, zone, middle.Add(-window/2), middle.Add(window/2))
	s.marks = []time.Time{middle, s.brute.start}
	for i := 1; i < len(s.brute.open); i++ {
		if s.brute.open[i] != s.brute.open[i-1] {
			s.marks = append(s.marks, s.brute.start.Add(time.Duration(i)*s.brute.step))
		}
	}
	return s
}

func drawHours(t *rapid.T, zone string, near time.Time) worktime.Hours {
	h := worktime.Hours{Zone: zone, Week: map[string][]string{}, Dates: map[string][]string{}}
	keys := rapid.SampledFrom([][]string{
		{}, {"mon-sun"}, {"mon-fri"}, {"mon-fri", "sat"}, {"fri-mon", "tue,thu"}, {"sun", "mon", "wed"}, {"sun"},
	}).Draw(t, "days")
	for _, key := range keys {
		h.Week[key] = drawIntervals(t, key)
	}
	date := func(label string) time.Time {
		return near.AddDate(0, 0, rapid.IntRange(-4, 4).Draw(t, label))
	}
	for range rapid.IntRange(0, 3).Draw(t, "holidays") {
		layout := rapid.SampledFrom([]string{"01-02", "2006-01-02"}).Draw(t, "layout")
		h.Holidays = append(h.Holidays, date("holiday").Format(layout))
	}
	for range rapid.IntRange(0, 3).Draw(t, "dates") {
		h.Dates[date("date").Format("2006-01-02")] = drawIntervals(t, "date")
	}
	return h
}

func drawIntervals(t *rapid.T, label string) []string {
	minute := rapid.OneOf(
		rapid.SampledFrom([]int{0, 60, 90, 120, 150, 180, 540, 1080, 1320, 1410, 1439}),
		rapid.IntRange(0, 1439),
	)
	var list []string
	for range rapid.IntRange(0, 3).Draw(t, label) {
		from := minute.Draw(t, "from")
		to := rapid.OneOf(minute, rapid.Just(1440)).Draw(t, "to")
		if from != to {
			list = append(list, fmt.Sprintf("%02d:%02d-%02d:%02d", from/60, from%60, to/60, to%60))
		}
	}
	return list
}

// instant is near a mark, on a whole second or not, and inside the window.
func (s *scene) instant(t *rapid.T, label string) time.Time {
	at := rapid.SampledFrom(s.marks).Draw(t, label)
	at = at.Add(rapid.SampledFrom([]time.Duration{
		0, -1, 1, -time.Second, time.Second, -time.Minute, time.Minute, -30 * time.Minute, time.Hour, 1500 * time.Millisecond,
		5 * time.Hour, -17*time.Hour + time.Nanosecond,
	}).Draw(t, label+" off by"))
	if at.Before(s.brute.start) || !at.Before(s.brute.end()) {
		return s.brute.start
	}
	return at
}

// Invariant I-35.
func TestCalendarAgreesWithATable(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawScene(t, 8*24*time.Hour)
		for i := range 12 {
			at := s.instant(t, fmt.Sprintf("at %d", i))
			to := s.instant(t, fmt.Sprintf("to %d", i))
			if to.Before(at) {
				at, to = to, at
			}
			if want, got := s.brute.isOpen(at), s.calendar.Open(at); want != got {
				t.Fatalf("Open(%v) = %v", at, got)
			}
			next, ok := s.calendar.NextOpen(at)
			s.compare(t, "NextOpen", at, s.brute.next(at, true), next, ok)
			next, ok = s.calendar.NextClose(at)
			s.compare(t, "NextClose", at, s.brute.nextClose(at), next, ok)
			d := s.brute.between(at, to)
			if diff := cmp.Diff(d, s.calendar.Between(at, to)); diff != "" {
				t.Fatalf("Between(%v, %v) (-want +got):\n%s", at, to, diff)
			}
			d += rapid.SampledFrom([]time.Duration{0, 0, 1, -1, time.Second, 90 * time.Minute}).Draw(t, "more")
			next, ok = s.calendar.Add(at, d)
			s.compare(t, fmt.Sprintf("Add %v to", d), at, s.brute.add(at, d), next, ok)
		}
	})
}

// compare takes a zero want for an answer beyond the window.
func (s *scene) compare(t *rapid.T, what string, at, want, got time.Time, ok bool) {
	t.Helper()
	switch {
	case !want.IsZero() && (!ok || !want.Equal(got)):
		t.Fatalf("%s %v\nwant %v\ngot  %v, %v", what, at, want, got, ok)
	case want.IsZero() && ok && got.Before(s.brute.end()):
		t.Fatalf("%s %v\nwant nothing before %v\ngot  %v", what, at, s.brute.end(), got)
	case !ok && !got.IsZero():
		t.Fatalf("%s %v: %v and false", what, at, got)
	}
}

// Invariants that hold over any distance, where no table reaches.
func TestOpenTimeAddsUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawScene(t, 4*24*time.Hour)
		far := func(label string) time.Time {
			at := s.instant(t, label)
			return at.Add(time.Duration(rapid.Int64Range(-3650*24, 3650*24).Draw(t, label+" hours")) * time.Hour)
		}
		a, b, c := far("a"), far("b"), far("c")
		ab, bc, ac := s.calendar.Between(a, b), s.calendar.Between(b, c), s.calendar.Between(a, c)
		if ac != ab+bc {
			t.Fatalf("Between(a, c) = %v, not %v + %v", ac, ab, bc)
		}
		if b.Before(a) {
			a, b, ab = b, a, -ab
		}
		due, ok := s.calendar.Add(a, ab)
		if !ok || due.After(b) || s.calendar.Between(a, due) != ab {
			t.Fatalf("Add(%v, %v) = %v, %v, which is not the first instant with that much open time before %v", a, ab, due, ok, b)
		}
		if ab > 0 && s.calendar.Between(a, due.Add(-1)) != ab-1 {
			t.Fatalf("Add(%v, %v) = %v ends in closed time", a, ab, due)
		}
		if first, ok := s.calendar.NextOpen(a); ok {
			if !s.calendar.Open(first) || s.calendar.Between(a, first) != 0 {
				t.Fatalf("NextOpen(%v) = %v", a, first)
			}
			if last, ok := s.calendar.NextClose(a); ok && (s.calendar.Open(last) || s.calendar.Between(first, last) != last.Sub(first)) {
				t.Fatalf("NextClose(%v) = %v", a, last)
			}
		}
	})
}

// All changes of the state around transitions, in every zone there is. Invariant I-35.
func TestEveryZone(t *testing.T) {
	t.Parallel()
	week := map[string][]string{
		"mon-thu": {"00:00-00:20", "01:45-02:15", "02:40-03:10", "09:00-18:00", "23:30-00:10"},
		"fri-sun": {"00:00-02:30", "03:00-23:59"},
	}
	for i, name := range zones() {
		zone := mustZone(t, name)
		calendar, err := worktime.Hours{Zone: name, Week: week}.Calendar()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		changes := transitions(zone)
		if !*everyTransition && len(changes) > 2 {
			changes = []time.Time{changes[i%len(changes)], changes[(i*7+len(changes)/2)%len(changes)]}
		}
		for _, change := range changes {
			b := newBrute(worktime.Hours{Week: week}, zone, change.Add(-26*time.Hour), change.Add(26*time.Hour))
			if diff := cmp.Diff(b.changes(), changesOf(calendar, b.start, b.end())); diff != "" {
				t.Errorf("%s at %v (-want +got):\n%s", name, change, diff)
			}
			if want, got := b.between(b.start, b.end()), calendar.Between(b.start, b.end()); want != got {
				t.Errorf("%s at %v: open for %v, want %v", name, change, got, want)
			}
		}
	}
}

func (b *brute) changes() (list []string) {
	for at, open := b.next(b.start, true), true; !at.IsZero(); at, open = b.next(at, !open), !open {
		list = append(list, at.UTC().Format(time.RFC3339))
	}
	return list
}

func changesOf(c *worktime.Calendar, from, end time.Time) (list []string) {
	for at, ok := c.NextOpen(from); ok && at.Before(end); at, ok = c.NextOpen(at) {
		list = append(list, at.Format(time.RFC3339))
		if at, ok = c.NextClose(at); !ok || !at.Before(end) {
			break
		}
		list = append(list, at.Format(time.RFC3339))
	}
	return list
}

// The calendar lets one cycle of 400 years stand for all that follow the last
// change that the zone database dates; this is where that is checked.
func TestZonesRepeatAfter400Years(t *testing.T) {
	t.Parallel()
	for _, name := range zones() {
		zone := mustZone(t, name)
		for i := range 1000 {
			at := time.Date(2200, 1, 1, i, i, 0, 0, time.UTC).AddDate(0, 0, i*145)
			_, first := at.In(zone).Zone()
			_, later := at.AddDate(400, 0, 0).In(zone).Zone()
			if first != later {
				t.Errorf("%s: offset %d at %v, %d 400 years later", name, first, at, later)
				break
			}
		}
	}
	if !slices.Contains(zones(), "Africa/Casablanca") {
		t.Error("the zone with the latest dated change is not among those checked")
	}
}
