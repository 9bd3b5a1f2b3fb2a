package openlinestest

import (
	"fmt"

	"pgregory.net/rapid"

	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/session"
)

func drawCRM(t *rapid.T) openlines.CRM {
	return openlines.CRM{
		Verify: rapid.Bool().Draw(t, "verify"), Create: rapid.SampledFrom([]desk.ItemKind{"", desk.Lead}).Draw(t, "create"),
		KeepResponsible: rapid.Bool().Draw(t, "keep"),
	}
}

// crm is what is done by items of the CRM, which names them after its effects.
func (c *crowd) crm(t *rapid.T) {
	item, by := fmt.Sprintf("item-%d-of-", rapid.IntRange(1, 40).Draw(t, "item")), drawOperator(t)
	item += string(rapid.SampledFrom(crowdOperators).Draw(t, "responsible"))
	chat, who := session.ChatID(rapid.IntRange(0, 3).Draw(t, "chat")), rapid.SampledFrom(crowdOperators).Draw(t, "who")
	switch rapid.IntRange(0, 3).Draw(t, "act") {
	case 0:
		id := c.session(t)
		c.do(t, "create item", by, func(a openlines.Actor) error { return a.CreateItem(t.Context(), id) })
	case 1:
		c.do(t, "invite by item", by, func(a openlines.Actor) error {
			_, err := a.InviteByItem(t.Context(), item, chat, who)
			return err
		})
	case 2:
		c.do(t, "remove by item", by, func(a openlines.Actor) error {
			_, err := a.RemoveByItem(t.Context(), item, chat, who)
			return err
		})
	case 3:
		_, err := c.engine.FinishItem(t.Context(), item)
		c.answer(t, "finish item", err)
	}
}
