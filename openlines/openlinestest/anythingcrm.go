package openlinestest

import (
	"pgregory.net/rapid"

	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
)

func drawCRM(t *rapid.T) openlines.CRM {
	return openlines.CRM{
		Verify: rapid.Bool().Draw(t, "verify"), Create: rapid.SampledFrom([]desk.ItemKind{"", desk.Lead}).Draw(t, "create"),
	}
}
