//go:build !race

package postgres_test

import (
	"testing"

	"github.com/openlines-go/openlines/openlines/openlinestest"
)

// What the engine does in memory it does here, byte for byte.
func TestScripts(t *testing.T) {
	t.Parallel()
	openlinestest.RunScriptsOn(t, open, scripts)
}

func TestScenarios(t *testing.T) {
	t.Parallel()
	openlinestest.Scenarios(t, open)
}

func TestEngineAgreesWithTheModel(t *testing.T) {
	t.Parallel()
	openlinestest.Model(t, open)
}

func TestFaultsAtSomePoints(t *testing.T) {
	t.Parallel()
	openlinestest.Faults(t, open, openlinestest.FaultOptions{Reopen: reopen, Every: everyFault})
}

func TestTenThousandMessagesAreTheSameAsInMemory(t *testing.T) {
	t.Parallel()
	openlinestest.SameAsMemory(t, open, reopen, allMessages)
}
