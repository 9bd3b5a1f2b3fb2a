package openlinestest

import (
	"testing"

	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/storagetest"
)

// RunScript is one subtest of RunScripts.
func RunScript(tb testing.TB, name string, rewrite bool) { runScript(tb, inMemory, name, rewrite) }

// RunScriptOn is one subtest of RunScriptsOn.
func RunScriptOn(tb testing.TB, open func(testing.TB) storage.Store, name string) {
	runScript(tb, open, name, false)
}

// Strike is Faults for one kind of fault that kills nobody, on a test that can be a fake.
func Strike(tb testing.TB, open func(testing.TB) storage.Store, kind storagetest.Kind) {
	clean := newTrial(tb, open(tb), blow{}, FaultOptions{})
	clean.record()
	b := blow{kind: kind, on: commits}
	for _, p := range clean.points(b) {
		b.at = p.call
		newTrial(tb, open(tb), b, FaultOptions{}).strike(clean, p.step)
	}
}
