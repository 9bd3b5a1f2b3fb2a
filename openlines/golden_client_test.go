package openlines_test

import (
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
)

// clients is what clients see of operators.
func (g *golden) clients() {
	ctx := g.t.Context()
	g.do(g.PutOperator(ctx, openlines.Operator{ID: "fay", Name: "Fay", Photo: "https://example.org/fay.png"}))
	g.do(g.PutLine(ctx, openlines.Line{
		ID: "shop", Queue: queue.Rules{Members: queue.Operators("fay")},
		Shown: openlines.Shown{As: desk.FromQueue, Name: "The shop", Avatar: "https://example.org/shop.png"},
		Texts: openlines.Texts{Closing: "Yours, #OPERATOR#."},
	}))
	g.do(g.PutConnection(ctx, openlines.Connection{Line: "shop", Connector: "web", Account: "shop", Signs: true}))
	told := g.says("shop", "tim", "Hello").Session
	g.do(g.As("fay").Send(ctx, told, "Yes?"))
	g.do(g.As("fay").Finish(ctx, told))
}
