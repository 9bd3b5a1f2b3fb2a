package openlines_test

import (
	"testing"

	"github.com/openlines-go/openlines/openlines/openlinestest"
	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/memory"
)

func TestFaultsAtEveryPoint(t *testing.T) {
	t.Parallel()
	openlinestest.Faults(t, func(testing.TB) storage.Store { return memory.New() }, openlinestest.FaultOptions{Every: everyFault})
}
