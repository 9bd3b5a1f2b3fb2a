package openlinestest_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/openlinestest"
)

func greeting() openlines.Line {
	return openlines.Line{Texts: openlines.Texts{Greeting: "Welcome!"}}
}

func TestConnectorFails(t *testing.T) {
	t.Parallel()
	desk := openlinestest.New(t, greeting())
	desk.Connector.Fail(2, nil)
	desk.Says("client-77", "Hello")
	desk.WantSaid("client-77")
	desk.Wait(time.Minute)
	desk.WantSaid("client-77", "Welcome!")
	if got := desk.Connector.Attempts(); got != 3 {
		t.Errorf("%d attempts, want 3", got)
	}
}

func TestConnectorFailsForGood(t *testing.T) {
	t.Parallel()
	desk := openlinestest.New(t, greeting())
	desk.Connector.Fail(openlinestest.Always, &connector.Failure{Permanent: true, Err: errors.New("blocked by the client")})
	desk.Says("client-77", "Hello")
	desk.Wait(48 * time.Hour)
	desk.WantSaid("client-77")
	if got := desk.Connector.Attempts(); got != 1 {
		t.Errorf("%d attempts, want 1", got)
	}
	desk.Connector.Fail(0, nil)
	desk.Says("client-78", "Hello")
	desk.WantSaid("client-78", "Welcome!")
}

func TestConnectorPanics(t *testing.T) {
	t.Parallel()
	desk := openlinestest.New(t, greeting())
	desk.Connector.Panic(1)
	desk.Says("client-77", "Hello")
	desk.WantSaid("client-77")
	desk.Wait(time.Minute)
	desk.WantSaid("client-77", "Welcome!")
}

func TestConnectorBlocks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		desk := openlinestest.New(t, greeting())
		desk.Connector.Block()
		desk.Says("client-77", "Hello")
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- desk.Run(ctx) }()
		synctest.Wait()
		if a, d := desk.Connector.Attempts(), len(desk.Connector.Delivered()); a != 1 || d != 0 {
			t.Errorf("blocked: %d attempts, %d delivered, want 1 and 0", a, d)
		}
		desk.Connector.Unblock()
		synctest.Wait()
		if d := len(desk.Connector.Delivered()); d != 1 {
			t.Errorf("unblocked: %d delivered, want 1", d)
		}
		stop()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
}
