package openlinestest

import (
	"testing"

	"github.com/openlines-go/openlines/storage"
)

// RunScript is one subtest of RunScripts.
func RunScript(tb testing.TB, name string, rewrite bool) { runScript(tb, inMemory, name, rewrite) }

// RunScriptOn is one subtest of RunScriptsOn.
func RunScriptOn(tb testing.TB, open func(testing.TB) storage.Store, name string) {
	runScript(tb, open, name, false)
}
