package kpi_test

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/exp/stats"
	"pgregory.net/rapid"

	"github.com/openlines-go/openlines/kpi"
)

func served(by string, wait time.Duration) kpi.Contact {
	return kpi.Contact{Wait: wait, Served: true, Operator: by}
}

func gaveUp(wait time.Duration) kpi.Contact { return kpi.Contact{Wait: wait} }

func TestServiceLevel(t *testing.T) {
	t.Parallel()
	contacts := []kpi.Contact{
		served("ann", 0), served("ann", 20*time.Second), served("bob", 21*time.Second), served("bob", -time.Second),
		gaveUp(5 * time.Second), gaveUp(20 * time.Second), gaveUp(60 * time.Second),
	}
	for of, want := range map[kpi.Basis]kpi.Share{
		kpi.OfServed: {Part: 3, Of: 4}, kpi.OfOffered: {Part: 3, Of: 7}, kpi.OfPatient: {Part: 3, Of: 5}, "": {Part: 3, Of: 4},
	} {
		if got := kpi.ServiceLevel(contacts, 20*time.Second, of); got != want {
			t.Errorf("%q: %v, want %v", of, got, want)
		}
	}
	if got, want := kpi.Abandonment(contacts), (kpi.Share{Part: 3, Of: 7}); got != want {
		t.Errorf("abandonment: %v, want %v", got, want)
	}
	if got := kpi.ServiceLevel(contacts, -time.Second, kpi.OfServed); got.Part != 0 {
		t.Errorf("a negative limit is met by %d, want nobody", got.Part)
	}
}

// Rule 6.10, scenario 131: sessions marked spam are kept out of averages; who worked on them did.
func TestSpamIsLeftOut(t *testing.T) {
	t.Parallel()
	contacts := []kpi.Contact{served("ann", 10*time.Second), served("bob", 30*time.Second), gaveUp(time.Hour)}
	want := kpi.Waits(contacts)
	if want.Mean != 20*time.Second {
		t.Errorf("mean %v, want 20s", want.Mean)
	}
	level, lost := kpi.ServiceLevel(contacts, 20*time.Second, kpi.OfOffered), kpi.Abandonment(contacts)
	for range 5 {
		contacts = append(contacts,
			kpi.Contact{Wait: time.Hour, Served: true, Operator: "bob", Spam: true}, kpi.Contact{Wait: time.Minute, Spam: true})
	}
	if got := kpi.Waits(contacts); got != want {
		t.Errorf("waits with spam: %+v, want %+v", got, want)
	}
	if got := kpi.ServiceLevel(contacts, 20*time.Second, kpi.OfOffered); got != level {
		t.Errorf("service level with spam: %v, want %v", got, level)
	}
	if got := kpi.Abandonment(contacts); got != lost {
		t.Errorf("abandonment with spam: %v, want %v", got, lost)
	}
	if got := kpi.Handled(contacts)[1]; got.Handled != 6 {
		t.Errorf("bob handled %d, want 6", got.Handled)
	}
}

func TestRatioIsANumberFromZeroToOne(t *testing.T) {
	t.Parallel()
	for s, want := range map[kpi.Share]float64{
		{}: 0, {Part: 3}: 0, {Part: 1, Of: 4}: 0.25, {Part: -1, Of: 4}: 0, {Part: 9, Of: 4}: 1, {Part: 1, Of: -4}: 0,
	} {
		if got := s.Ratio(); got != want {
			t.Errorf("%v: %v, want %v", s, got, want)
		}
	}
}

// Rule 11.41: load by operator, those without any work included.
func TestHandledListsTheIdle(t *testing.T) {
	t.Parallel()
	got := kpi.Handled([]kpi.Contact{served("bob", 0), served("bob", 0), gaveUp(0), served("zoe", 0)}, "carl", "ann", "ann")
	want := []kpi.Load{{Operator: "ann"}, {Operator: "bob", Handled: 2}, {Operator: "carl"}, {Operator: "zoe", Handled: 1}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestSharesAddUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		contact := rapid.Custom(func(t *rapid.T) kpi.Contact {
			return kpi.Contact{
				Wait:     time.Duration(rapid.IntRange(-2, 30).Draw(t, "wait")) * time.Second,
				Served:   rapid.Bool().Draw(t, "served"),
				Operator: rapid.SampledFrom([]string{"ann", "bob", "carl"}).Draw(t, "operator"),
			}
		})
		contacts := rapid.SliceOf(contact).Draw(t, "contacts")
		of := rapid.SampledFrom([]kpi.Basis{kpi.OfServed, kpi.OfOffered, kpi.OfPatient}).Draw(t, "of")
		cut := rapid.IntRange(0, len(contacts)).Draw(t, "cut")
		const limit = 10 * time.Second
		a, b, all := kpi.ServiceLevel(contacts[:cut], limit, of), kpi.ServiceLevel(contacts[cut:], limit, of),
			kpi.ServiceLevel(contacts, limit, of)
		if sum := (kpi.Share{Part: a.Part + b.Part, Of: a.Of + b.Of}); sum != all {
			t.Fatalf("%v and %v make %v, want %v", a, b, sum, all)
		}
		handled := 0
		for _, l := range kpi.Handled(contacts) {
			handled += l.Handled
		}
		if lost := kpi.Abandonment(contacts); handled+lost.Part != len(contacts) {
			t.Fatalf("%d handled and %d gave up of %d", handled, lost.Part, len(contacts))
		}
	})
}

func TestSpreadOf(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		counts []int
		want   kpi.Spread
	}{
		{"of none", nil, kpi.Spread{}},
		{"nobody has anything", []int{0, 0}, kpi.Spread{}},
		{"all alike", []int{4, 4, 4}, kpi.Spread{Mean: 4}},
		{"one has everything", []int{0, 8, 0, 0}, kpi.Spread{Range: 8, Mean: 2, CV: math.Sqrt(3), Gini: 0.75}},
		{"one to three", []int{3, 1}, kpi.Spread{Range: 2, Mean: 2, CV: 0.5, Gini: 0.25}},
		{"a negative count is none", []int{-3, 2}, kpi.Spread{Range: 2, Mean: 1, CV: 1, Gini: 0.5}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, kpi.SpreadOf(tt.counts)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestSpreadEqualsItsDefinition(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		counts := rapid.SliceOfN(rapid.IntRange(0, 500), 2, 40).Draw(t, "counts")
		got := kpi.SpreadOf(counts)
		floats, pairs, sum := make([]float64, len(counts)), 0.0, 0.0
		for i, a := range counts {
			floats[i] = float64(a)
			sum += float64(a)
			for _, b := range counts {
				pairs += math.Abs(float64(a - b))
			}
		}
		if sum == 0 {
			if got != (kpi.Spread{}) {
				t.Fatalf("of nothing: %v", got)
			}
			return
		}
		n := float64(len(counts))
		mean, sample := stats.MeanAndStdDev(floats)
		want := map[string][2]float64{
			"mean": {got.Mean, mean},
			"cv":   {got.CV, sample * math.Sqrt((n-1)/n) / mean},
			"gini": {got.Gini, pairs / (n * n) / (2 * mean)},
		}
		for name, v := range want {
			if math.Abs(v[0]-v[1]) > 1e-9*(1+v[1]) {
				t.Fatalf("%s: %v, want %v", name, v[0], v[1])
			}
		}
	})
}
