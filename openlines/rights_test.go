package openlines_test

import (
	"errors"
	"testing"

	"github.com/openlines-go/openlines/connector"
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
	_, err = nobody.Session(ctx, s)
	_, _, lists := nobody.Load(ctx, "ann", openlines.Page{})
	_, _, reads := nobody.History(ctx, 1, openlines.Page{})
	for question, err := range map[string]error{"Session": err, "Load": lists, "History": reads} {
		if !errors.Is(err, openlines.ErrDenied) {
			t.Errorf("%s: %v, want ErrDenied", question, err)
		}
	}
	d.WantOffered(s, "ann")
}

// A chat that is only open in a window, and has had no session, is its queue's to see.
func TestChatWithoutSession(t *testing.T) {
	t.Parallel()
	ctx, d := t.Context(), twoLines(t)
	got, err := d.ClientOpened(ctx, connector.Address{Connector: openlinestest.ConnectorID, Account: "support", User: "77"}, connector.Client{})
	must(t, err)
	must(t, d.PutOperator(ctx, openlines.Operator{ID: "zoe"}))
	_, err = d.As("ann").Chat(ctx, got.Chat)
	must(t, err)
	var forbidden *openlines.Forbidden
	if _, err = d.As("zoe").Chat(ctx, got.Chat); !errors.As(err, &forbidden) || forbidden.Right != desk.MayViewSessions {
		t.Errorf("%v, want that it takes the right to view sessions", err)
	}
	if _, _, err = d.As("zoe").History(ctx, got.Chat, openlines.Page{}); !errors.As(err, &forbidden) || forbidden.Right != desk.MayReadHistory {
		t.Errorf("%v, want that it takes the right to read history", err)
	}
	if _, err = d.As("zoe").Chat(ctx, 99); !errors.Is(err, openlines.ErrNotFound) {
		t.Errorf("%v, want ErrNotFound", err)
	}
}
