//go:build !race

package postgres_test

import (
	"testing"

	"github.com/openlines-go/openlines/openlines/openlinestest"
)

// The text policy of decision 14.27, and all other hostile input, on a server.
func TestHostile(t *testing.T) {
	t.Parallel()
	openlinestest.RunHostile(t, open)
}
