package openlines

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/openlines-go/openlines/openlines/desk"
)

// Advance does all work that is due: deadlines, each at its own time, then deliveries, one after the other, and returns
// when there is something to do next (zero: nothing is planned). It is for tests, cron and functions; a server runs Run.
func (e *Engine) Advance(ctx context.Context) (next time.Time, err error) {
	for {
		if err := e.alone(ctx, func() error { return e.catchUp(ctx) }); err != nil {
			return time.Time{}, err
		}
		w := &waiter{command: desk.Tick{}, claim: desk.MaxClaim}
		if err := e.do(ctx, w); err != nil {
			return time.Time{}, err
		}
		if len(w.claimed) == 0 {
			return e.Next(ctx)
		}
		for _, f := range w.claimed {
			if err := e.do(ctx, &waiter{command: e.carryOut(ctx, f)}); err != nil {
				return time.Time{}, err
			}
		}
	}
}

// ErrRunning is Run called while it runs.
var ErrRunning = errors.New("openlines: Run is running")

// Run does what is due as time passes, until ctx ends, which is no error, or the engine is closed: deadlines, deliveries,
// and looking what other nodes have stored. One Run per engine. Deliveries under way get until CallTimeout to end; what was
// leased but not delivered is given back.
func (e *Engine) Run(ctx context.Context) error {
	if e.life.Err() != nil {
		return ErrClosed
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := context.AfterFunc(e.life, cancel)
	defer stop()
	if !e.calls.begin(ctx) {
		return ErrRunning
	}
	defer e.calls.finish()
	failures := 0
	for ctx.Err() == nil {
		wait, err := e.round(ctx)
		if err != nil && ctx.Err() == nil {
			failures++
			e.log.Error("openlines: the store does not answer", "failures", failures, "err", err)
			wait = min(100*time.Millisecond<<min(failures, 6), 5*time.Second)
		} else {
			failures = 0
		}
		alarm := e.clock.After(wait)
		select {
		case <-ctx.Done():
		case <-e.wake:
		case <-alarm:
		}
	}
	return nil
}

// round is one look at everything; it returns how long there is nothing to do.
func (e *Engine) round(ctx context.Context) (time.Duration, error) {
	before := e.Revision()
	if err := e.alone(ctx, func() error { return e.catchUp(ctx) }); err != nil {
		return 0, fmt.Errorf("openlines: catch up: %w", err)
	}
	if err := e.do(ctx, &waiter{command: desk.Tick{}}); err != nil {
		return 0, err
	}
	poll := PollIdle
	if e.Revision() != before {
		poll = PollBusy
	}
	next, err := e.Next(ctx)
	if err != nil || next.IsZero() {
		return poll, err
	}
	wait := min(next.Sub(e.now()), poll)
	if wait <= 0 && e.calls.free() == 0 {
		return poll, nil // what is due has to wait for a free call
	}
	return max(wait, 0), nil
}
