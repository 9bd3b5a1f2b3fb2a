package kpi

import (
	"math"
	"slices"
	"time"
)

// Summary describes a set of durations. The zero Summary is that of none.
type Summary struct {
	N                        int
	Mean, P50, P90, P99, Max time.Duration
}

// Summarize describes durations in any order. It does not change the slice.
func Summarize(durations []time.Duration) Summary {
	if len(durations) == 0 {
		return Summary{}
	}
	sorted := cleaned(durations)
	return Summary{
		N: len(sorted), Mean: mean(sorted), P50: quantile(sorted, 0.5), P90: quantile(sorted, 0.9),
		P99: quantile(sorted, 0.99), Max: sorted[len(sorted)-1],
	}
}

// Quantile returns the q-quantile of durations in any order by Hyndman and Fan's definition 7: with n durations sorted
// from x[0], the value at place (n-1)q, linear between neighbours, rounded to the nanosecond. A q below 0 or NaN counts as
// 0, above 1 as 1. It does not change the slice.
func Quantile(durations []time.Duration, q float64) time.Duration {
	if len(durations) == 0 {
		return 0
	}
	return quantile(cleaned(durations), q)
}

// cleaned returns a sorted copy without negative values.
func cleaned(durations []time.Duration) []time.Duration {
	sorted := slices.Clone(durations)
	for i, d := range sorted {
		sorted[i] = max(d, 0)
	}
	slices.Sort(sorted)
	return sorted
}

func quantile(sorted []time.Duration, q float64) time.Duration {
	if !(q > 0) { // NaN, too
		q = 0
	}
	place, fraction := math.Modf(float64(len(sorted)-1) * min(q, 1))
	low := sorted[int(place)]
	if fraction == 0 {
		return low
	}
	step := sorted[int(place)+1] - low
	return low + min(time.Duration(math.Round(fraction*float64(step))), step)
}

// mean returns the mean of non-negative durations, rounded down. It divides before it adds, so that no sum overflows.
func mean(durations []time.Duration) time.Duration {
	n := time.Duration(len(durations))
	var whole, rest time.Duration
	for _, d := range durations {
		whole += d / n
		rest += d % n
		whole, rest = whole+rest/n, rest%n
	}
	return whole
}
