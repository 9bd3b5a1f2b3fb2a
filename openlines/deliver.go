package openlines

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines/desk"
)

// carryOut calls the host for an effect, outside every lock, and returns the outcome to be decided.
func (e *Engine) carryOut(ctx context.Context, f desk.Effect) desk.Outcome {
	outcome := desk.Outcome{Effect: f.ID, Attempt: f.Attempt}
	info := DeliveryInfo{Attempt: f.Attempt}
	if f.Lease.Sub(e.now()) < CallTimeout || ctx.Err() != nil {
		outcome.Released = true // it might outlive its lease, and be tried by somebody else meanwhile
		return outcome
	}
	began := e.clock.Now()
	found, mark, err := e.store.Get(ctx, f.Keys()...)
	if err == nil {
		err = e.understands(ctx, mark)
	}
	var m connector.Outbound
	if err == nil {
		if m, err = f.Outbound(found); err == nil {
			info.Connector = m.To.Connector
			err = e.call(ctx, m)
		}
	}
	info.Took, info.Err = e.clock.Now().Sub(began), err
	if e.observer.Delivery != nil {
		e.guarded(func() { e.observer.Delivery(info) })
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
	running context.Context // ends with Run; nil: Run does not run, nothing is leased in passing
	all     context.Context // of the calls; it ends with Close, not with Run
	busy    int
	channel map[desk.Channel]int
}

func (c *calls) init(all context.Context) {
	c.idle.L, c.all, c.channel = &c.mu, all, map[desk.Channel]int{}
}

// begin lets deliveries start until ctx ends; false if they do already.
func (c *calls) begin(ctx context.Context) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running != nil {
		return false
	}
	c.running = ctx
	return true
}

// end starts no more and waits for those under way, at most so long: one that ignores its context keeps its place.
func (c *calls) end(wait time.Duration) {
	expired := false
	stop := afterRealTime(wait, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		expired = true
		c.idle.Broadcast()
	})
	defer stop()
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.busy > 0 && !expired {
		c.idle.Wait()
	}
	c.running = nil
}

// room tells how many more deliveries can start, and how many are under way in each channel.
func (c *calls) room() (free int, busy map[desk.Channel]int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running == nil || c.running.Err() != nil {
		return 0, nil
	}
	return MaxCalls - c.busy, maps.Clone(c.channel)
}

// start carries out what was leased in a turn, each on a goroutine of its own; its outcome is a command.
func (c *calls) start(e *Engine, effects []desk.Effect) {
	c.mu.Lock()
	c.busy += len(effects)
	for _, f := range effects {
		c.channel[f.Channel]++
	}
	c.mu.Unlock()
	for _, f := range effects {
		go func() {
			defer c.done(f.Channel)
			outcome := e.carryOut(c.all, f)
			if err := e.do(context.Background(), &waiter{command: outcome, outcome: true}); err != nil {
				e.log.Warn("openlines: outcome of a delivery is not stored; it will be tried again", "effect", int64(f.ID), "err", err)
			}
		}()
	}
}

func (c *calls) done(channel desk.Channel) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.busy--
	if c.channel[channel]--; c.channel[channel] == 0 {
		delete(c.channel, channel)
	}
	c.idle.Broadcast()
}
