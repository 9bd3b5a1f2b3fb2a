package openlinestest_test

import (
	"testing"

	"github.com/openlines-go/openlines/openlines/openlinestest"
	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/memory"
)

// The text policy of decision 14.27, and all other hostile input, on the store in memory.
// Invariants I-08, I-09, I-65: what is refused has left nothing.
func TestHostile(t *testing.T) {
	t.Parallel()
	openlinestest.RunHostile(t, func(testing.TB) storage.Store { return memory.New() })
}
