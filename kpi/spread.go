package kpi

import (
	"math"
	"slices"
)

// Spread tells how even counts are, such as those of [Handled]. All fields are zero if everybody has the same, apart from
// Mean.
type Spread struct {
	Range int     // largest count less the smallest
	Mean  float64 // of the counts
	CV    float64 // coefficient of variation: population standard deviation over the mean; 0 if the mean is 0
	Gini  float64 // mean difference of all ordered pairs over twice the mean: 0 all alike, (n-1)/n one has everything
}

// SpreadOf computes the spread of counts in any order. It does not change the slice.
func SpreadOf(counts []int) Spread {
	if len(counts) == 0 {
		return Spread{}
	}
	sorted := slices.Clone(counts)
	for i, c := range sorted {
		sorted[i] = max(c, 0)
	}
	slices.Sort(sorted)
	n := float64(len(sorted))
	var sum, ranked float64
	for i, c := range sorted {
		sum += float64(c)
		ranked += float64(2*(i+1)-len(sorted)-1) * float64(c)
	}
	s := Spread{Range: sorted[len(sorted)-1] - sorted[0], Mean: sum / n}
	if sum == 0 {
		return s
	}
	var squares float64
	for _, c := range sorted {
		squares += (float64(c) - s.Mean) * (float64(c) - s.Mean)
	}
	s.CV = math.Sqrt(squares/n) / s.Mean
	s.Gini = ranked / (n * sum)
	return s
}
