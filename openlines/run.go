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
			if err := e.tidy(ctx); err != nil {
				return time.Time{}, err
			}
			return e.Next(ctx)
		}
		for _, f := range w.claimed {
			if err := e.do(ctx, &waiter{command: e.carryOut(ctx, f)}); err != nil {
				return time.Time{}, err
			}
		}
	}
}

// tidyEvery is how often an engine looks for command ids that have had their time.
const tidyEvery = 10 * time.Minute

// tidy forgets command ids that are older than they are kept. It looks at the store once in tidyEvery; what there is to do
// it does page by page.
func (e *Engine) tidy(ctx context.Context) error {
	now := e.now()
	if last := e.tidied.Load(); now.UnixMicro()-last < tidyEvery.Microseconds() || !e.tidied.CompareAndSwap(last, now.UnixMicro()) {
		return nil
	}
	for {
		q := desk.Forgettable(now)
		found, err := e.store.Find(ctx, q)
		if err != nil || len(found) == 0 {
			return err
		}
		var old desk.Forget
		for _, r := range found {
			old.Keys = append(old.Keys, r.Key)
		}
		if err := e.do(ctx, &waiter{command: old}); err != nil {
			return err
		}
		if len(found) < q.Limit {
			return nil
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
	if err := e.tidy(ctx); err != nil {
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
