//go:build !race

package filestore_test

const (
	scripts    = "../../openlines/testdata/*.txt"
	everyFault = 120
	messages   = 1000
)
