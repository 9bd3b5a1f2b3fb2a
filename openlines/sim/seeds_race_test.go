//go:build race

package sim_test

// The race detector has little to find in one thread, and makes it several times slower.
const defaultSeeds = 150
