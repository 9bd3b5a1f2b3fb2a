package openlines_test

import (
	"time"

	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
)

// goldenClients are known to the CRM beside ida.
var goldenClients = map[string]openlines.Identity{
	"ivy": {Client: "crm-8", Found: []openlines.Item{
		{ID: "deal-3", Kind: desk.Deal, Responsible: "bob", Began: time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)},
		{ID: "lead-4", Kind: desk.Lead, Closed: true},
	}},
}

// crm is a line that does all that a line can with the host's CRM.
func (g *golden) crm() {
	ctx := g.t.Context()
	g.do(g.PutLine(ctx, openlines.Line{
		ID: "leads", Queue: queue.Rules{Members: queue.Operators("ann"), PassOnAfter: queue.Never},
		CRM: openlines.CRM{Verify: true, AttachTo: []desk.ItemKind{desk.Deal, desk.Lead}},
	}))
	g.do(g.Connect(ctx, "leads", "web", "leads"))
	g.says("leads", "ivy", "Hello")
	g.later(0)
}
