//go:build race

package openlines_test

// The race detector has nothing to find in one thread, and makes it several times slower.
const everyFault = 20
