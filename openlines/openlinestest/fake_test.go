package openlinestest_test

import (
	"fmt"
	"runtime"
	"slices"
	"testing"
)

// fakeTB is a test that records how it fails. Its cleanups run when the function under test is over.
type fakeTB struct {
	testing.TB
	failures []string
	cleanups []func()
}

func (f *fakeTB) Helper()                           {}
func (f *fakeTB) Cleanup(c func())                  { f.cleanups = append(f.cleanups, c) }
func (f *fakeTB) Errorf(format string, args ...any) { f.fail(fmt.Sprintf(format, args...)) }
func (f *fakeTB) Fatalf(format string, args ...any) {
	f.fail(fmt.Sprintf(format, args...))
	runtime.Goexit()
}
func (f *fakeTB) Fatal(args ...any) { f.Fatalf("%s", fmt.Sprint(args...)) }

func (f *fakeTB) fail(text string) { f.failures = append(f.failures, text) }

// failures runs a test and returns the texts of its failures.
func failures(t *testing.T, test func(testing.TB)) []string {
	t.Helper()
	f := &fakeTB{TB: t}
	for _, run := range []func(){
		func() { test(f) },
		func() {
			for _, c := range slices.Backward(f.cleanups) {
				c()
			}
		},
	} {
		over := make(chan struct{})
		go func() {
			defer close(over)
			run()
		}()
		<-over
	}
	return f.failures
}
