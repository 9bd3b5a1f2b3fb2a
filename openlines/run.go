package openlines

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/storage"
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
			// An outcome is stored even if ctx has ended, and what is left is given back.
			if err := e.do(context.WithoutCancel(ctx), &waiter{command: e.carryOut(ctx, f), outcome: true}); err != nil {
				return time.Time{}, err
			}
		}
		if ctx.Err() != nil {
			return time.Time{}, ctx.Err()
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
// and looking what other nodes have stored. One Run per engine. When it ends, deliveries under way get until CallTimeout to
// end; Close cuts them short. A desk that a newer program has upgraded ends it with [storage.ErrFormat].
func (e *Engine) Run(ctx context.Context) error {
	if e.closing.Err() != nil {
		return ErrClosed
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := context.AfterFunc(e.closing, cancel)
	defer stop()
	if !e.calls.begin(ctx) {
		return ErrRunning
	}
	defer e.calls.end(CallTimeout + time.Second)
	failures := 0
	for ctx.Err() == nil {
		wait, err := e.round(ctx)
		if errors.Is(err, storage.ErrFormat) {
			return err
		}
		if err != nil && ctx.Err() == nil {
			failures++
			e.log.Error("openlines: the store does not answer", "failures", failures, "err", err)
			wait = min(100*time.Millisecond<<min(failures, 6), 5*time.Second)
		} else {
			failures = 0
		}
		due := e.now().Add(wait)
		alarm := e.clock.After(wait)
		if !e.now().Before(due) {
			continue // the clock was moved while the alarm was set
		}
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
	if wait := next.Sub(e.now()); wait > 0 && wait < poll {
		return wait, nil
	}
	return poll, nil // what is due already waits for a free place, and the end of a call rings
}
