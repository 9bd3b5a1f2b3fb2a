package queue_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/openlines-go/openlines/queue"
)

// Rule 3.25 and decision 14.14.
func TestPlaceOrder(t *testing.T) {
	t.Parallel()
	nine := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	want := []queue.Place{
		{Priority: math.MaxInt, Since: nine.Add(time.Hour), ID: 9},
		{Priority: 5, Since: nine.Add(time.Hour), ID: 8},
		{Since: time.Time{}, ID: 7},
		{Since: nine.Add(-time.Microsecond), ID: 6},
		{Since: nine, ID: 4},
		{Since: nine, ID: 5},
		{Since: nine.Add(time.Microsecond), ID: 1},
		{Priority: -5, Since: nine, ID: 2},
		{Priority: math.MinInt, Since: nine, ID: 3},
	}
	for i, a := range want {
		for j, b := range want {
			if a.Before(b) != (i < j) {
				t.Errorf("%+v before %+v: %v", a, b, a.Before(b))
			}
		}
	}
}

// An instant is the same in every zone.
func TestPlaceLooksAtInstants(t *testing.T) {
	t.Parallel()
	nine := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	east := time.FixedZone("east", 7200)
	a, b := queue.Place{Since: nine.In(east), ID: 1}, queue.Place{Since: nine, ID: 2}
	if !a.Before(b) || b.Before(a) {
		t.Errorf("%v before %v: %v, %v", a, b, a.Before(b), b.Before(a))
	}
}

// Invariant I-21.
func TestPlaceIsAStrictTotalOrder(t *testing.T) {
	t.Parallel()
	zones := []*time.Location{time.UTC, time.FixedZone("east", 7200)}
	place := rapid.Custom(func(t *rapid.T) queue.Place {
		return queue.Place{
			Priority: rapid.SampledFrom([]int{-1, 0, 0, 1, math.MinInt, math.MaxInt}).Draw(t, "priority"),
			Since:    time.Unix(0, rapid.Int64Range(-2, 2).Draw(t, "since")).In(rapid.SampledFrom(zones).Draw(t, "zone")),
			ID:       rapid.SampledFrom([]int64{0, 1, 2, math.MinInt64, math.MaxInt64}).Draw(t, "id"),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := place.Draw(t, "a"), place.Draw(t, "b"), place.Draw(t, "c")
		if ageing := rapid.SampledFrom([]time.Duration{0, time.Second, queue.MaxAgeing}).Draw(t, "ageing"); ageing > 0 {
			for _, p := range []*queue.Place{&a, &b, &c} {
				p.Ageing, p.Priority = ageing, min(max(p.Priority, -queue.MaxPriority), queue.MaxPriority)
			}
		}
		same := a.Priority == b.Priority && a.Since.Equal(b.Since) && a.ID == b.ID
		if same == (a.Before(b) || b.Before(a)) || a.Before(b) && b.Before(a) {
			t.Fatalf("%v before %v: %v, the other way: %v", a, b, a.Before(b), b.Before(a))
		}
		if a.Before(b) && b.Before(c) && !a.Before(c) {
			t.Fatalf("%v, %v, %v are in a ring", a, b, c)
		}
		all := []queue.Place{a, b, c}
		order := func(x, y queue.Place) int {
			switch {
			case x.Before(y):
				return -1
			case y.Before(x):
				return 1
			}
			return 0
		}
		sorted := slices.SortedStableFunc(slices.Values(all), order)
		other := slices.SortedStableFunc(slices.Values(rapid.Permutation(all).Draw(t, "order")), order)
		instant := cmp.Comparer(func(x, y time.Time) bool { return x.Equal(y) })
		if diff := cmp.Diff(sorted, other, instant); diff != "" {
			t.Fatalf("the order of coming matters (-want +got):\n%s", diff)
		}
	})
}

// Decision 14.14: with ageing, ten minutes of waiting are worth a level of priority.
func TestPlaceAges(t *testing.T) {
	t.Parallel()
	nine := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	at := func(minutes, priority int, id int64) queue.Place {
		return queue.Place{Priority: priority, Since: nine.Add(time.Duration(minutes) * time.Minute), ID: id, Ageing: 10 * time.Minute}
	}
	want := []queue.Place{
		at(0, 2, 9), at(0, 1, 8), at(9, 1, 7),
		at(0, 0, 5), at(10, 1, 6), // worth the same: the older wait
		at(20, 2, 4), at(20, 2, 5), at(11, 1, 1), at(2, 0, 2), at(100, 0, 3), at(90, -2, 1),
	}
	for i, a := range want {
		for j, b := range want {
			if a.Before(b) != (i < j) {
				t.Errorf("%+v before %+v: %v", a, b, a.Before(b))
			}
		}
	}
}

// Decision 14.14: among lines that age at another speed, or not at all, it is the instant that decides.
func TestPlacesOfSeveralLines(t *testing.T) {
	t.Parallel()
	nine := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	basic := queue.Place{Since: nine, ID: 1, Ageing: 10 * time.Minute}
	quick := queue.Place{Since: nine.Add(24 * time.Minute), ID: 2, Ageing: time.Minute}
	urgent := queue.Place{Priority: 3, Since: nine.Add(29 * time.Minute), ID: 3}
	for _, test := range []struct {
		minutes int
		a, b    queue.Place
		want    bool
	}{
		{29, basic, urgent, false}, // 2.9 levels
		{30, basic, urgent, true},  // 3 levels, and the older wait
		{26, basic, quick, true},   // 2.6 to 2
		{27, basic, quick, false},  // 2.7 to 3
		{26, quick, urgent, false},
		{27, quick, urgent, true},
		{1 << 24, urgent, basic, false},
	} {
		at := nine.Add(time.Duration(test.minutes) * time.Minute)
		if got := test.a.BeforeAt(test.b, at); got != test.want {
			t.Errorf("after %d minutes %+v before %+v: %v", test.minutes, test.a, test.b, got)
		}
		if test.b.BeforeAt(test.a, at) == test.want {
			t.Errorf("after %d minutes %+v and %+v: both or none", test.minutes, test.a, test.b)
		}
	}
}

// The order at an instant is the one at any time, for places of one line.
func TestPlaceKeepsItsOrder(t *testing.T) {
	t.Parallel()
	nine := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		ageing := time.Duration(rapid.SampledFrom([]int{0, 1, 60, 600}).Draw(t, "ageing")) * time.Second
		place := rapid.Custom(func(t *rapid.T) queue.Place {
			return queue.Place{
				Priority: rapid.IntRange(-3, 3).Draw(t, "priority"), ID: rapid.Int64Range(1, 5).Draw(t, "id"), Ageing: ageing,
				Since: nine.Add(time.Duration(rapid.IntRange(0, 2000).Draw(t, "since")) * time.Second),
			}
		})
		a, b := place.Draw(t, "a"), place.Draw(t, "b")
		at := nine.Add(time.Duration(rapid.IntRange(2000, 1_000_000).Draw(t, "now")) * time.Second)
		if a.BeforeAt(b, at) != a.Before(b) {
			t.Fatalf("%+v before %+v: %v, but %v at %v", a, b, a.Before(b), a.BeforeAt(b, at), at)
		}
	})
}
