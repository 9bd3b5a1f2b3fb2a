package openlines_test

import (
	"errors"
	"testing"

	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/openlines/openlinestest"
)

// Rule 11.31: who may connect channels of one line cannot take those of another.
func TestConnectionsAreNotTakenFromAnotherLine(t *testing.T) {
	t.Parallel()
	ctx, d := t.Context(), twoLines(t)
	for id, lines := range map[openlines.RoleID][]openlines.LineID{"of other": {"other"}, "of both": {"other", "support"}} {
		must(t, d.PutRole(ctx, openlines.Role{ID: id, Rights: map[desk.Right]desk.Scope{desk.MayConnect: desk.AnyOnes}, Lines: lines}))
	}
	must(t, d.PutLine(ctx, openlines.Line{ID: "other", ManyAccounts: true}))
	must(t, d.PutOperator(ctx, openlines.Operator{ID: "zoe", Roles: []openlines.RoleID{"of other"}}))
	must(t, d.As("zoe").Connect(ctx, "other", openlinestest.ConnectorID, "new"))
	var forbidden *openlines.Forbidden
	if err := d.As("zoe").Connect(ctx, "other", openlinestest.ConnectorID, "support"); !errors.As(err, &forbidden) || forbidden.Right != desk.MayConnect {
		t.Errorf("an account of another line: %v, want that it takes the right to connect", err)
	}
	must(t, d.PutOperator(ctx, openlines.Operator{ID: "zoe", Roles: []openlines.RoleID{"of both"}}))
	must(t, d.As("zoe").Connect(ctx, "other", openlinestest.ConnectorID, "support"))
}

// As acts as an operator: a host that has lost his name does not give his rights to whoever asks.
func TestNobodyIsNotTheHost(t *testing.T) {
	t.Parallel()
	ctx, d := t.Context(), twoLines(t)
	s := d.Says("77", "hello")
	nobody := d.As("").Once("k")
	_, err := nobody.PinAll(ctx)
	for act, err := range map[string]error{"Spam": nobody.Spam(ctx, s), "PutLine": nobody.PutLine(ctx, openlines.Line{ID: "new"}), "PinAll": err} {
		if !errors.Is(err, openlines.ErrDenied) {
			t.Errorf("%s: %v, want ErrDenied", act, err)
		}
	}
	d.WantOffered(s, "ann")
}
