package openlines_test

import (
	"testing"

	"github.com/openlines-go/openlines/openlines/openlinestest"
	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/memory"
)

// TestEngineAgreesWithTheModel drives engine and model with the same acts: rules 3.5, 3.6, 3.9, 3.12, 3.13, 3.21, 4.1,
// 4.13–4.15, 4.20, 5.1–5.5, 6.2–6.6 at random. The stores on disk do the same in their own tests.
// Invariants I-10, I-11, I-14, I-20, I-21, I-34: the same of both after each act.
func TestEngineAgreesWithTheModel(t *testing.T) {
	t.Parallel()
	openlinestest.Model(t, func(testing.TB) storage.Store { return memory.New() })
}

func TestScenariosInMemory(t *testing.T) {
	t.Parallel()
	openlinestest.Scenarios(t, func(testing.TB) storage.Store { return memory.New() })
}

// Whatever is done, mostly at the wrong moment, the invariants hold after it.
// Invariants I-02, I-03, I-05, I-06, I-08, I-09, I-10, I-12 to I-16, I-18, I-19, I-23, I-36, I-43, I-46.
func TestAnythingGoes(t *testing.T) {
	t.Parallel()
	openlinestest.Anything(t, func(testing.TB) storage.Store { return memory.New() })
}
