package sim_test

import (
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/openlines-go/openlines/openlines/sim"
)

var (
	seeds = flag.Int("sim.seeds", defaultSeeds, "number of seeds to simulate")
	first = flag.Uint64("sim.first", 1, "first seed")
)

// TestSeeds holds every seed to the promises of the package documentation. A failing seed is replayed by
//
//	go test ./openlines/sim -run Seeds -sim.first SEED -sim.seeds 1 -v
//
// Invariants I-02, I-03, I-05 to I-07, I-10, I-12, I-13, I-29, I-30, I-42, I-43, I-45.
func TestSeeds(t *testing.T) {
	var total sim.Result
	faults := map[string]int{}
	broken, shown := 0, 0
	for seed := *first; seed < *first+uint64(*seeds); seed++ {
		r := sim.Run(sim.Config{Seed: seed})
		total.Commands += r.Commands
		total.Acked += r.Acked
		total.Unknown += r.Unknown
		total.Killed += r.Killed
		total.Events += r.Events
		total.Deliveries += r.Deliveries
		total.Virtual += r.Virtual
		for k, n := range r.Faults {
			faults[string(k)] += n
		}
		if len(r.Broken) > 0 {
			broken++
			if shown++; shown <= 3 {
				t.Errorf("%v\n  %s", r, strings.Join(r.Broken, "\n  "))
			}
		}
		if *seeds == 1 {
			t.Log(r)
		}
	}
	if broken > 0 {
		t.Errorf("%d of %d seeds broke a promise", broken, *seeds)
	}
	t.Logf("%d seeds: %d commands (%d acked, %d unknown), %d engines killed, %d events, %d deliveries, %v virtual; faults: %s",
		*seeds, total.Commands, total.Acked, total.Unknown, total.Killed, total.Events, total.Deliveries,
		total.Virtual.Round(time.Hour), counts(faults))
	for _, k := range []string{"conflict", "done", "lost", "late", "behind", "rewound"} {
		if faults[k] == 0 && *seeds >= 100 {
			t.Errorf("no fault of kind %s was met: the simulation simulates too little", k)
		}
	}
}

func counts(m map[string]int) string {
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		parts = append(parts, fmt.Sprintf("%s %d", k, m[k]))
	}
	return strings.Join(parts, ", ")
}

// TestReplay: the same seed gives the same run.
func TestReplay(t *testing.T) {
	for seed := range uint64(20) {
		a, b := sim.Run(sim.Config{Seed: seed}), sim.Run(sim.Config{Seed: seed})
		if a.String() != b.String() {
			t.Fatalf("seed %d:\n%v\n%v", seed, a, b)
		}
	}
}
