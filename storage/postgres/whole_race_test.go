//go:build race

package postgres_test

// The race detector has nothing to find in one thread, and makes it several times slower. Whole, and with hostile input, they
// are run without it.
const (
	scripts     = "../../openlines/testdata/3.*.txt"
	everyFault  = 400
	allMessages = 1000
	messages    = 200 // of a desk that moves
)
