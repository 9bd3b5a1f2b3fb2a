//go:build !race

package postgres_test

// The race detector has nothing to find in one thread, and makes it several times slower: what drives the whole engine, one call
// after the other, and what brings hostile input, is run without it.
const (
	scripts     = "../../openlines/testdata/*.txt"
	everyFault  = 120
	allMessages = 10_000
	messages    = 1000 // of a desk that moves
)
