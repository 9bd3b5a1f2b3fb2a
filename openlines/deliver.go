package openlines

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines/desk"
)

// carryOut calls the host for an effect, outside every lock, and returns the outcome to be decided.
func (e *Engine) carryOut(ctx context.Context, f desk.Effect) desk.Outcome {
	outcome := desk.Outcome{Effect: f.ID, Attempt: f.Attempt}
	info := DeliveryInfo{Attempt: f.Attempt}
	began := e.clock.Now()
	found, _, err := e.store.Get(ctx, f.Keys()...)
	var m connector.Outbound
	if err == nil {
		if m, err = f.Outbound(found); err == nil {
			info.Connector = m.To.Connector
			err = e.call(ctx, m)
		}
	}
	info.Took, info.Err = e.clock.Now().Sub(began), err
	if e.observer.Delivery != nil {
		e.observer.Delivery(info)
	}
	if err == nil {
		return outcome
	}
	if ctx.Err() != nil {
		outcome.Released = true
		return outcome
	}
	outcome.Failed = true
	if failure, ok := errors.AsType[*connector.Failure](err); ok {
		outcome.Permanent, outcome.After = failure.Permanent, failure.RetryAfter
	}
	return outcome
}

// call hands a message to its connector. A panic is an error of that delivery.
func (e *Engine) call(ctx context.Context, m connector.Outbound) (err error) {
	c := e.connectors[m.To.Connector]
	if c == nil {
		return fmt.Errorf("openlines: no connector %q here", m.To.Connector)
	}
	ctx, cancel := context.WithTimeout(ctx, CallTimeout)
	defer cancel()
	defer func() {
		if r := recover(); r != nil {
			e.log.Error("openlines: a connector panicked", "connector", m.To.Connector)
			err = fmt.Errorf("openlines: connector %q panicked", m.To.Connector)
		}
	}()
	_, err = c.Deliver(ctx, m)
	return err
}

// calls are the deliveries under way while Run runs.
type calls struct {
	mu      sync.Mutex
	idle    sync.Cond
	running context.Context // nil: Run does not run, nothing is leased in passing
	busy    int
}

func (c *calls) init() { c.idle.L = &c.mu }

// begin lets deliveries run until ctx ends; false if they do already.
func (c *calls) begin(ctx context.Context) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running != nil {
		return false
	}
	c.running = ctx
	return true
}

// finish starts no more and waits for those under way, whose contexts have ended.
func (c *calls) finish() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.busy > 0 {
		c.idle.Wait()
	}
	c.running = nil
}

// free tells how many more deliveries can start.
func (c *calls) free() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running == nil || c.running.Err() != nil {
		return 0
	}
	return MaxCalls - c.busy
}

// start carries out what was leased in a turn, each on a goroutine of its own; its outcome is a command.
func (c *calls) start(e *Engine, effects []desk.Effect) {
	if len(effects) == 0 {
		return
	}
	c.mu.Lock()
	ctx := c.running
	c.busy += len(effects)
	c.mu.Unlock()
	if ctx == nil { // Run ended between the decision and now: give them back
		ended, cancel := context.WithCancel(context.Background())
		cancel()
		ctx = ended
	}
	for _, f := range effects {
		go func() {
			defer c.done()
			outcome := e.carryOut(ctx, f)
			if err := e.do(context.WithoutCancel(ctx), &waiter{command: outcome}); err != nil {
				e.log.Warn("openlines: outcome of a delivery is not stored; it will be tried again", "effect", int64(f.ID), "err", err)
			}
		}()
	}
}

func (c *calls) done() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.busy--
	c.idle.Broadcast()
}
