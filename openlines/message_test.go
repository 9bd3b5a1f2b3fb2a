package openlines_test

import (
	"testing"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/openlines/openlinestest"
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
