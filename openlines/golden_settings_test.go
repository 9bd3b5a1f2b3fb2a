package openlines_test

import (
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
)

// edit has an operator change a line.
func (g *golden) edit() {
	ctx := g.t.Context()
	g.do(g.PutRole(ctx, openlines.Role{ID: "editor", Rights: map[desk.Right]desk.Scope{desk.MayEditLines: desk.AnyOnes}}))
	g.do(g.PutOperator(ctx, openlines.Operator{ID: "ned", Roles: []openlines.RoleID{"editor"}}))
	full, err := g.Line(ctx, "full")
	g.do(err)
	full.Name, full.Language, full.External, full.Category = "All of it", "de", "site-1", "shop"
	full.Temporary, full.ConfirmClose, full.Thanks = true, true, []string{"thanks"}
	g.do(g.As("ned").PutLine(ctx, full))
}
