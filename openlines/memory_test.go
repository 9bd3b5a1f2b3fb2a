package openlines

import (
	"context"
	"fmt"
	"testing"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage/memory"
)

// Invariant I-61: what is over is not in memory. However many conversations there were, an engine holds no more records than
// before the first one, but for the numbers that it gives.
func TestI61MemoryHoldsWhatIsLive(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	must := func(t *testing.T, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	e, err := Open(ctx, memory.New(), Config{Connectors: map[connector.ID]connector.Connector{
		"web": connector.Func(func(_ context.Context, m connector.Outbound) (connector.Receipt, error) {
			return connector.Receipt{ID: m.ID}, nil
		}),
	}})
	must(t, err)
	defer e.Close()
	must(t, e.PutOperator(ctx, Operator{ID: "ann"}))
	must(t, e.PutLine(ctx, Line{
		ID: "support", Queue: queue.Rules{Members: queue.Operators("ann")}, Session: session.Rules{CloseDelay: session.AtOnce},
		Texts: Texts{Greeting: "hello"},
	}))
	must(t, e.Connect(ctx, "support", "web", "main"))
	talk := func(n int) {
		who := fmt.Sprint("client", n)
		got, err := e.Receive(ctx, connector.Inbound{Connector: "web", Account: "main", User: who, ID: who, Text: "?"})
		must(t, err)
		must(t, e.As("ann").Once(who).Send(ctx, got.Session, "!"))
		must(t, e.As("ann").Finish(ctx, got.Session))
		_, err = e.Advance(ctx)
		must(t, err)
	}
	talk(0)
	before, err := e.desk.Records()
	must(t, err)
	for n := 1; n <= 200; n++ {
		talk(n)
	}
	after, err := e.desk.Records()
	must(t, err)
	if len(after) != len(before) || e.desk.Changes() != 0 {
		t.Errorf("%d records became %d", len(before), len(after))
	}
}
