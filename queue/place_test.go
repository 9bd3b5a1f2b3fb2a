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
