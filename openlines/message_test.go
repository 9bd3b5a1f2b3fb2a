package openlines_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/openlines/openlinestest"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/worktime"
)

func client(user string) connector.Address {
	return connector.Address{Connector: openlinestest.ConnectorID, Account: "support", User: user}
}

// Rule 11.43: a channel may tell of as many messages at once as Receipts can have, none of which is in memory.
func TestReceiptsOfManyMessages(t *testing.T) {
	t.Parallel()
	d := twoLines(t)
	s := d.Says("77", "hello")
	ids := make([]string, 0, desk.MaxReceipts)
	for range desk.MaxReceipts - 1 {
		must(t, d.As("ann").Send(t.Context(), s, "text"))
	}
	d.Wait(0)
	for _, m := range d.Connector.Delivered() {
		ids = append(ids, m.ID) // the kit's channel calls a message as we do
	}
	known, err := d.Arrived(t.Context(), client("77"), append(ids, "never seen")...)
	must(t, err)
	if known != desk.MaxReceipts-1 {
		t.Errorf("%d ids are known, want %d", known, desk.MaxReceipts-1)
	}
}

// A dead edit of a message that was deleted since is not sent, however often somebody retries it.
func TestDeadEditOfADeletedMessage(t *testing.T) {
	t.Parallel()
	ctx, d := t.Context(), twoLines(t)
	s := d.Says("77", "hello")
	ann, chat := d.As("ann"), mustSession(t, d, s).Chat
	must(t, ann.Send(ctx, s, "one"))
	d.Wait(0)
	d.Connector.Fail(1, &connector.Failure{Permanent: true, Err: errors.New("no")})
	must(t, ann.Edit(ctx, chat, 2, "two"))
	d.Wait(0)
	must(t, ann.Delete(ctx, chat, 2))
	d.Wait(0)
	dead, _, err := d.DeadLetters(ctx, openlines.Channel{}, openlines.Page{})
	must(t, err)
	if len(dead) != 1 {
		t.Fatalf("%d dead letters, want the edit", len(dead))
	}
	must(t, d.RetryDelivery(ctx, dead[0].ID))
	d.Wait(0)
	if m := d.Connector.Delivered(); m[len(m)-1].Kind != connector.Deleted {
		t.Errorf("the client got %+v after the deletion", m[len(m)-1])
	}
	if again, _, err := d.DeadLetters(ctx, openlines.Channel{}, openlines.Page{}); err != nil || len(again) != 1 {
		t.Errorf("%d dead letters, %v; want the edit", len(again), err)
	}
}

// Rule 1.16: what somebody wrote in the channel itself who has been dismissed is kept, and gives him no session.
func TestOnBehalfOfSomebodyDismissed(t *testing.T) {
	t.Parallel()
	ctx, d := t.Context(), twoLines(t)
	s := d.Says("77", "hello")
	must(t, d.As("ann").Answer(ctx, s))
	must(t, d.Report(ctx, openlines.Report{Operator: "bob", Facts: worktime.Facts{Dismissed: true}}))
	for user, want := range map[string]session.ID{"77": s, "78": 0} {
		got, err := d.Receive(ctx, connector.Inbound{
			Connector: openlinestest.ConnectorID, Account: "support", User: user, ID: "late", Text: "bye", Operator: "bob",
		})
		must(t, err)
		if got.Session != want {
			t.Errorf("what he wrote to %s is in session %d, want %d", user, got.Session, want)
		}
	}
	d.WantState(s, session.Answered)
	d.WantOwner(s, "ann")
}

// Decision 14.27 holds for what is said of a client, whoever says it; and a group is not called as who wrote in it first.
func TestNamesOfClients(t *testing.T) {
	t.Parallel()
	ctx, d := t.Context(), twoLines(t)
	must(t, d.PutConnection(ctx, openlines.Connection{Line: "support", Connector: openlinestest.ConnectorID, Account: "support", CanStart: true}))
	who := connector.Client{Name: "a\x00" + strings.Repeat("b", 2*connector.MaxName), Language: "\xff", Phone: "\x00", Email: "\xff"}
	want := connector.Client{Name: "a\uFFFD" + strings.Repeat("b", connector.MaxName-4), Language: "\uFFFD", Phone: "\uFFFD", Email: "\uFFFD"}
	started, err := d.As("ann").WriteFirst(ctx, openlines.WriteFirst{To: client("77"), Client: who, Text: "hello"})
	must(t, err)
	opened, err := d.ClientOpened(ctx, client("78"), who)
	must(t, err)
	group, err := d.Receive(ctx, connector.Inbound{
		Connector: openlinestest.ConnectorID, Account: "support", Chat: "room", User: "77", Group: true, ID: "1", Text: "hi", Client: who,
	})
	must(t, err)
	for chat, want := range map[session.ChatID]connector.Client{started.Chat: want, opened.Chat: want, group.Chat: {}} {
		if c, err := d.Chat(ctx, chat); err != nil || c.Client != want {
			t.Errorf("chat %d is that of %+v, %v; want %+v", chat, c.Client, err, want)
		}
	}
	_, err = d.ClientOpened(ctx, client("78"), connector.Client{Email: "kim@example.org"})
	must(t, err)
	want.Email = "kim@example.org" // and what is not told anew stays
	if c, err := d.Chat(ctx, opened.Chat); err != nil || c.Client != want {
		t.Errorf("then it is that of %+v, %v; want %+v", c.Client, err, want)
	}
}
