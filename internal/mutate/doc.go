// Command mutate tests the tests: it plants recorded bugs in a copy of the sources and runs the test that has to go red.
//
//	go run ./internal/mutate            # all of them
//	go run ./internal/mutate -n 5       # five, others each day
//	go run ./internal/mutate -only NAME,NAME
//
// Nothing in the checkout is changed: the bug reaches the compiler through an overlay. A mutation whose text is not found
// exactly once, or whose test stays green, fails the run.
package main
