package openlinestest

import (
	"context"
	"errors"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/openlines-go/openlines/connector"
)

var _ connector.Connector = (*Connector)(nil)

// ConnectorID is the kind of channel that a Desk's clients write in.
const ConnectorID connector.ID = "test"

// Always is a number of attempts that does not end.
const Always = math.MaxInt

var errAway = errors.New("openlinestest: the channel is away")

// Connector records the messages it is given. It can be told to fail, to panic and to block. It is safe for concurrent
// use.
type Connector struct {
	clock *Clock

	mu        sync.Mutex
	delivered []Delivery
	attempts  int
	failing   int
	failure   error
	panicking int
	gate      chan struct{} // nil: open
}

// Delivery is a message that a Connector took, and when.
type Delivery struct {
	At time.Time
	connector.Outbound
}

// Deliver takes a message, unless it was told otherwise.
func (c *Connector) Deliver(ctx context.Context, m connector.Outbound) (connector.Receipt, error) {
	if err := c.begin(ctx); err != nil {
		return connector.Receipt{}, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.panicking > 0:
		c.panicking--
		panic("openlinestest: the connector was told to panic")
	case c.failing > 0:
		c.failing--
		return connector.Receipt{}, c.failure
	}
	c.delivered = append(c.delivered, Delivery{c.clock.Now(), m})
	return connector.Receipt{ID: m.ID}, nil
}

func (c *Connector) begin(ctx context.Context) error {
	c.mu.Lock()
	c.attempts++
	gate := c.gate
	c.mu.Unlock()
	if gate == nil {
		return ctx.Err()
	}
	select {
	case <-gate:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Delivered returns the messages taken so far, oldest first.
func (c *Connector) Delivered() []Delivery {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.delivered)
}

// Attempts returns how often Deliver was called.
func (c *Connector) Attempts() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.attempts
}

// Fail makes the next n attempts fail with err, such as a [*connector.Failure]; a nil err is one that is worth another
// try. It replaces what was said before; 0 ends it, [Always] does not end.
func (c *Connector) Fail(n int, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.failing, c.failure = n, err
	if err == nil {
		c.failure = errAway
	}
}

// Panic makes the next n attempts panic.
func (c *Connector) Panic(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.panicking = n
}

// Block makes attempts wait until Unblock, or until the engine gives them up. It is for tests of Run: Advance and
// [Desk.Wait] wait for each delivery.
func (c *Connector) Block() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.gate == nil {
		c.gate = make(chan struct{})
	}
}

// Unblock lets waiting and coming attempts through.
func (c *Connector) Unblock() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.gate != nil {
		close(c.gate)
		c.gate = nil
	}
}
