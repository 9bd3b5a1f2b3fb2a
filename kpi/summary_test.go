package kpi_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/exp/stats"
	"pgregory.net/rapid"

	"github.com/openlines-go/openlines/kpi"
)

func seconds(values ...float64) []time.Duration {
	durations := make([]time.Duration, len(values))
	for i, v := range values {
		durations[i] = time.Duration(v * float64(time.Second))
	}
	return durations
}

func TestSummarize(t *testing.T) {
	t.Parallel()
	hundred := make([]time.Duration, 0, 101)
	for i := range 101 {
		hundred = append(hundred, time.Duration(100-i)*time.Second)
	}
	tests := []struct {
		name string
		in   []time.Duration
		want kpi.Summary
	}{
		{"of none", nil, kpi.Summary{}},
		{"one value is every quantile", seconds(7), kpi.Summary{
			N: 1, Mean: 7 * time.Second, P50: 7 * time.Second, P90: 7 * time.Second, P99: 7 * time.Second, Max: 7 * time.Second,
		}},
		{"between two neighbours it is linear", seconds(10, 0), kpi.Summary{
			N: 2, Mean: 5 * time.Second, P50: 5 * time.Second, P90: 9 * time.Second, P99: 9900 * time.Millisecond,
			Max: 10 * time.Second,
		}},
		{"on a place it is the value", hundred, kpi.Summary{
			N: 101, Mean: 50 * time.Second, P50: 50 * time.Second, P90: 90 * time.Second, P99: 99 * time.Second,
			Max: 100 * time.Second,
		}},
		{"a negative wait is none", seconds(-5, 3), kpi.Summary{
			N: 2, Mean: 1500 * time.Millisecond, P50: 1500 * time.Millisecond, P90: 2700 * time.Millisecond,
			P99: 2970 * time.Millisecond, Max: 3 * time.Second,
		}},
		{"sums do not overflow", []time.Duration{math.MaxInt64, math.MaxInt64, math.MaxInt64}, kpi.Summary{
			N: 3, Mean: math.MaxInt64, P50: math.MaxInt64, P90: math.MaxInt64, P99: math.MaxInt64, Max: math.MaxInt64,
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			before := slices.Clone(tt.in)
			if diff := cmp.Diff(tt.want, kpi.Summarize(tt.in)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if !slices.Equal(before, tt.in) {
				t.Error("the slice was changed")
			}
		})
	}
}

func TestQuantileOutsideOfTheRange(t *testing.T) {
	t.Parallel()
	in := seconds(3, 1, 2)
	for q, want := range map[float64]time.Duration{
		-1: time.Second, 0: time.Second, 1: 3 * time.Second, 2: 3 * time.Second,
		math.Inf(1): 3 * time.Second, math.Inf(-1): time.Second,
	} {
		if got := kpi.Quantile(in, q); got != want {
			t.Errorf("q %v: %v, want %v", q, got, want)
		}
	}
	if got := kpi.Quantile(in, math.NaN()); got != time.Second {
		t.Errorf("q NaN: %v, want the smallest", got)
	}
	if got := kpi.Quantile(nil, 0.5); got != 0 {
		t.Errorf("of none: %v, want 0", got)
	}
	wide := []time.Duration{0, math.MaxInt64}
	if got := kpi.Quantile(wide, math.Nextafter(1, 0)); got < math.MaxInt64/2 {
		t.Errorf("of the widest range: %v overflowed", got)
	}
}

// The oracle computes in floating point, so the last digits may differ: those of the largest value, between which and others
// it interpolates.
func TestSummaryAgreesWithStats(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.SliceOfN(rapid.Int64Range(0, int64(100*24*time.Hour)), 1, 200).Draw(t, "durations")
		q := rapid.Float64Range(0, 1).Draw(t, "q")
		durations, floats := make([]time.Duration, len(in)), make([]float64, len(in))
		for i, v := range in {
			durations[i], floats[i] = time.Duration(v), float64(v)
		}
		slices.Sort(floats)
		want := append(stats.Quantiles(floats, 0.5, 0.9, 0.99, 1, q), stats.Mean(floats))
		s := kpi.Summarize(durations)
		got := []time.Duration{s.P50, s.P90, s.P99, s.Max, kpi.Quantile(durations, q), s.Mean}
		for i := range want {
			if difference := math.Abs(want[i] - float64(got[i])); difference > 1+floats[len(floats)-1]*1e-9 {
				t.Fatalf("figure %d: %v, want %v", i, got[i], time.Duration(want[i]))
			}
		}
	})
}
