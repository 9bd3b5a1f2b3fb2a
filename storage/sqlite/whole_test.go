//go:build !race

package sqlite_test

const (
	scripts     = "../../openlines/testdata/*.txt"
	everyFault  = 40
	allMessages = 10_000
	messages    = 1000 // of a desk that moves
)
