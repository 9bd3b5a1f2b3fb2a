package openlines_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/storage/memory"
)

// asked is a host's CRM that remembers what it was asked.
type asked struct {
	question openlines.Question
	draft    openlines.ItemDraft
}

func (a *asked) Identify(_ context.Context, q openlines.Question) (openlines.Identity, error) {
	a.question = q
	return openlines.Identity{}, nil
}

func (a *asked) CreateItem(_ context.Context, d openlines.ItemDraft) (string, error) {
	a.draft = d
	return "lead-1", nil
}

// rule 7.25: what a client enters in the form goes to the host's CRM, with the question who he is and with an item that is made of
// him. A form is bounded, and told again under its command id it is stored once.
func TestFormGoesToTheCRM(t *testing.T) {
	t.Parallel()
	ctx, crm := t.Context(), &asked{}
	e := open(t, memory.New(), openlines.Config{Clock: &manual{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}, Identifier: crm})
	must(t, errors.Join(
		e.PutLine(ctx, openlines.Line{ID: "support", Form: openlines.Form{ID: "contacts"}, CRM: openlines.CRM{Verify: true}}),
		e.Connect(ctx, "support", "web", "main"),
	))
	who := connector.Address{Connector: "web", Account: "main", User: "77"}
	fields := []openlines.Field{{Name: "Name", Value: "Kim \x00"}, {Name: "Phone", Value: "+49 30 123"}}
	fill := openlines.ClientFills{Address: who, Form: "contacts", Fields: fields, Client: connector.Client{Name: "Kim"}}
	var answers []openlines.Received
	for range 2 {
		got, err := e.Once("form-1").ClientFilled(ctx, fill)
		must(t, err)
		answers = append(answers, got)
	}
	if !answers[1].Duplicate || answers[1].Number != answers[0].Number {
		t.Errorf("told twice: %+v", answers)
	}
	got, err := e.Receive(ctx, connector.Inbound{Connector: "web", Account: "main", User: "77", ID: "m1", Text: "Hello"})
	must(t, err)
	advance := func() {
		t.Helper()
		_, err := e.Advance(ctx)
		must(t, err)
	}
	advance()
	must(t, e.CreateItem(ctx, got.Session))
	advance()
	want := []openlines.Field{{Name: "Name", Value: "Kim \ufffd"}, {Name: "Phone", Value: "+49 30 123"}}
	if diff := cmp.Diff([][]openlines.Field{want, want}, [][]openlines.Field{crm.question.Fields, crm.draft.Fields}); diff != "" {
		t.Errorf("fields of the question and of the item (-want +got):\n%s", diff)
	}
	for name, bad := range map[string]func(*openlines.ClientFills){
		"too many": func(f *openlines.ClientFills) { f.Fields = make([]openlines.Field, desk.MaxFields+1) },
		"too long": func(f *openlines.ClientFills) {
			f.Fields = []openlines.Field{{Value: strings.Repeat("x", desk.MaxFormBytes+1)}}
		},
		"whom it names": func(f *openlines.ClientFills) { f.Responsible = "a\n" },
		"its item":      func(f *openlines.ClientFills) { f.Item = "a\n" },
	} {
		f := fill
		bad(&f)
		if _, err := e.ClientFilled(ctx, f); !errors.As(err, new(*openlines.Invalid)) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := e.As("ann").ClientFilled(ctx, fill); !errors.Is(err, openlines.ErrDenied) {
		t.Errorf("by an operator: %v", err)
	}
}

// Rules P4, 14.32: of a client with two chats one item is made, and what is asked why it has none tells of the other chat.
func TestItemOfAnotherChatIsExplained(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	e := open(t, memory.New(), openlines.Config{Clock: &manual{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}, Identifier: &asked{}})
	must(t, errors.Join(
		e.PutLine(ctx, openlines.Line{ID: "support", CRM: openlines.CRM{Create: desk.Lead}}),
		e.Connect(ctx, "support", "web", "main"),
	))
	receive := func(user, id string, noCRM bool) openlines.Received {
		t.Helper()
		got, err := e.Receive(ctx, connector.Inbound{Connector: "web", Account: "main", User: user, ID: id, Text: "Hello", NoCRM: noCRM})
		must(t, err)
		return got
	}
	one, other := receive("77", "m1", true), receive("78", "m2", true)
	must(t, e.MergeClients(ctx, one.Chat, other.Chat))
	receive("77", "m3", false)
	receive("78", "m4", false)
	want := func(verdict desk.ItemVerdict) {
		t.Helper()
		x, err := e.Explain(ctx, other.Session)
		must(t, err)
		if x.Item != verdict {
			t.Errorf("why no item is made: %q, want %q", x.Item, verdict)
		}
	}
	want(desk.ItemInAnother)
	for range 2 {
		_, err := e.Advance(ctx)
		must(t, err)
	}
	want(desk.ItemElsewhere)
}
