package openlines_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/openlines/openlinestest"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/storage/memory"
)

// A connector that is removed loses all its accounts, however many, a few at a time; those of others stay.
func TestRemovedConnectorLosesAllAccounts(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	e := open(t, memory.New(), openlines.Config{Clock: &manual{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}})
	must(t, e.PutConnector(ctx, openlines.ConnectorInfo{ID: "sms", Name: "SMS", Icon: openlines.Icon{Image: "x"}}))
	must(t, e.PutLine(ctx, openlines.Line{ID: "support", ManyAccounts: true}))
	must(t, e.Connect(ctx, "support", "web", "main"))
	accounts := 2*desk.JobStep + 1
	for i := range accounts {
		must(t, e.Connect(ctx, "support", "sms", fmt.Sprint(i)))
	}
	must(t, e.RemoveConnector(ctx, "sms"))
	_, err := e.Advance(ctx)
	must(t, err)
	must(t, e.Check(ctx))
	left, _, err := e.Connections(ctx, "support", openlines.Page{Limit: 1000})
	must(t, err)
	if len(left) != 1 || left[0].Connector != "web" {
		t.Errorf("%d connections are left", len(left))
	}
	events, err := e.Feed(ctx, 0, 1000)
	must(t, err)
	told := 0
	for _, ev := range events {
		if ev.Type == desk.ConnectionRemoved && ev.Connector == "sms" && ev.Line == "support" {
			told++
		}
	}
	if told != accounts {
		t.Errorf("%d of %d accounts were told", told, accounts)
	}
}

// A connector is registered in small letters, and is the same one for accounts and addresses that write it with capital ones.
func TestConnectorIsKnownWithCapitalLetters(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	e := open(t, memory.New(), openlines.Config{})
	must(t, e.PutConnector(ctx, openlines.ConnectorInfo{ID: "My_Web", Name: "Web", Icon: openlines.Icon{Image: "x"}, Group: true}))
	must(t, e.PutLine(ctx, openlines.Line{ID: "support"}))
	must(t, e.Connect(ctx, "support", "My_Web", "main"))
	in := connector.Inbound{Connector: "My_Web", Account: "main", Chat: "all", User: "kim", ID: "1", Text: "Hello"}
	one, err := e.Receive(ctx, in)
	must(t, err)
	in.User, in.ID = "tim", "2"
	two, err := e.Receive(ctx, in)
	must(t, err)
	if one.Chat != two.Chat {
		t.Errorf("a group has the chats %d and %d", one.Chat, two.Chat)
	}
	in.Chat, in.ID = "", "3"
	_, err = e.Receive(ctx, in)
	if invalid, is := errors.AsType[*openlines.Invalid](err); !is || invalid.Field != "Chat" { // rule 1.7: it is known by its chat
		t.Errorf("a group that does not say which: %v", err)
	}
	must(t, e.RemoveConnector(ctx, "my_web"))
	if left, _, err := e.Connections(ctx, "support", openlines.Page{}); err != nil || len(left) > 0 {
		t.Errorf("%d connections are left, %v", len(left), err)
	}
}

// What is said of connectors and connections has limits, and what is refused is named.
func TestConnectorLimits(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	e := open(t, memory.New(), openlines.Config{})
	must(t, e.PutLine(ctx, openlines.Line{ID: "support"}))
	must(t, e.Connect(ctx, "support", "web", "main"))
	info := func(change func(*openlines.ConnectorInfo)) error {
		i := openlines.ConnectorInfo{ID: "web", Name: "Web", Icon: openlines.Icon{Image: strings.Repeat("x", desk.MaxIcon)}}
		change(&i)
		return e.PutConnector(ctx, i)
	}
	data := func(d openlines.ConnectionData) error {
		return e.SetConnectionData(ctx, openlines.Channel{Connector: "web", Account: "main"}, d)
	}
	must(t, info(func(*openlines.ConnectorInfo) {}))
	for field, err := range map[string]error{
		"Connector.ID":             info(func(i *openlines.ConnectorInfo) { i.ID = connector.ID(strings.Repeat("x", desk.MaxName+1)) }),
		"Connector.Name":           info(func(i *openlines.ConnectorInfo) { i.Name = strings.Repeat("x", connector.MaxName+1) }),
		"Connector.Comment":        info(func(i *openlines.ConnectorInfo) { i.Comment = "\xff" }),
		"Connector.Icon.Image":     info(func(i *openlines.ConnectorInfo) { i.Icon.Image += "x" }),
		"Connector.Disabled.Color": info(func(i *openlines.ConnectorInfo) { i.Disabled.Color = strings.Repeat("x", 256) }),
		"Data.URL":                 data(openlines.ConnectionData{URL: strings.Repeat("x", connector.MaxURL+1)}),
		"Data.Name":                data(openlines.ConnectionData{Name: "\x00"}),
		"Account":                  e.Disconnect(ctx, openlines.Channel{Connector: "web"}),
		"Code":                     e.SetConnectionError(ctx, openlines.Channel{Connector: "web", Account: "main"}, strings.Repeat("x", 65)),
	} {
		if refused, is := errors.AsType[*openlines.Invalid](err); !is || refused.Field != field || !openlines.Final(err) {
			t.Errorf("%s: %v", field, err)
		}
	}
}

// Edits, deletions and receipts of many are decided one by one, in their order: what is refused is told of it alone.
func TestBatchesTellOfEachElement(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	d := openlinestest.New(t, openlines.Line{Queue: queue.Rules{Members: queue.Operators("ann")}})
	who := func(user string) connector.Address {
		return connector.Address{Connector: openlinestest.ConnectorID, Account: "support", User: user}
	}
	got, err := d.Receive(ctx, connector.Inbound{Connector: openlinestest.ConnectorID, Account: "support", User: "77", ID: "m1", Text: "Helo"})
	must(t, err)
	must(t, d.As("ann").Send(ctx, got.Session, "Yes?"))
	d.Wait(0)

	var invalid *openlines.Invalid
	want := func(what string, errs []error, want ...error) {
		t.Helper()
		if len(errs) != len(want) {
			t.Fatalf("%s: %d results, want %d", what, len(errs), len(want))
		}
		for i, err := range errs {
			if is := errors.Is(err, want[i]) || want[i] == invalid && errors.As(err, new(*openlines.Invalid)); !is {
				t.Errorf("%s %d: %v, want %v", what, i, err, want[i])
			}
		}
	}
	errs, err := d.ClientEditedAll(ctx, []openlines.ClientEdit{
		{Who: who("77"), ID: "m1", Text: "Hello"}, {Who: who("78"), ID: "m1", Text: "Hello"}, {Who: who("77"), ID: "m1"},
		{Who: who("77"), ID: "m1", Text: "Hello!"}, {Who: who("77"), ID: "m1", Text: "x", Files: make([]connector.File, connector.MaxFiles+1)},
	})
	must(t, err)
	want("edit", errs, nil, openlines.ErrNotFound, invalid, nil, invalid)
	messages, _, err := d.History(ctx, got.Chat, openlines.Page{})
	must(t, err)
	if text := messages[1].Said.Text; text != "Hello!" {
		t.Errorf("edited to %q", text)
	}
	errs, err = d.ClientDeletedAll(ctx, []openlines.ClientDeletion{{Who: who("77"), ID: ""}, {Who: who("77"), ID: "m1"}})
	must(t, err)
	want("deletion", errs, invalid, nil)
	known, err := d.ReceiptsAll(ctx, []openlines.Receipts{
		{Address: who("77"), IDs: []string{"nobody's"}}, {Address: who("78"), IDs: []string{"1"}}, {Address: who("77"), IDs: []string{"1"}, Read: true},
	})
	must(t, err)
	want("receipt", []error{known[0].Err, known[1].Err, known[2].Err}, nil, openlines.ErrNotFound, nil)
	if known[0].Known != 0 || known[2].Known != 1 {
		t.Errorf("known: %+v", known)
	}
	if _, err := d.ReceiptsAll(ctx, make([]openlines.Receipts, openlines.MaxReceive+1)); !errors.As(err, &invalid) || invalid.Limit != openlines.MaxReceive {
		t.Errorf("too many: %v", err)
	}
}
