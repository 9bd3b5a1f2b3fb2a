package openlines_test

import (
	"errors"
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
