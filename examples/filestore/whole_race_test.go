//go:build race

package filestore_test

// The race detector has nothing to find in one thread, and makes it several times slower.
const (
	scripts    = "../../openlines/testdata/3.*.txt"
	everyFault = 400
	messages   = 200
)
