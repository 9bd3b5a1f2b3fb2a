package openlines_test

import (
	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
)

// counts has what is counted and kept for operators.
func (g *golden) counts() {
	ctx, ann := g.t.Context(), g.As("ann")
	g.do(ann.Mute(ctx, g.rea, true))
	g.do(ann.PutCanned(ctx, "support", openlines.Canned{
		ID: "hello", Title: "Greeting", Text: "Good morning!",
		Files: []connector.File{{ID: "f2", Name: "b.png", Type: "image/png", Size: 8, URL: "https://example.org/b.png"}},
	}))
	_, err := ann.SaveCanned(ctx, g.rea, 5)
	g.do(err)
	g.do(g.PutService(ctx, openlines.Service{ID: "crm", Name: "CRM", Roles: []openlines.RoleID{"lead"}}))
	chat, err := g.Chat(ctx, g.rea)
	g.do(err)
	g.do(g.AsService("crm").Send(ctx, chat.Session, "A regular customer"))
	g.do(g.ClientAsksLog(ctx, at("down", "joe"))) // which does not come there
}
