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
			if err := e.carryOutHere(ctx, f); err != nil {
				return time.Time{}, err
			}
		}
		if ctx.Err() != nil {
			return time.Time{}, ctx.Err()
		}
	}
}

// carryOutHere carries out an effect for Advance.
func (e *Engine) carryOutHere(ctx context.Context, f desk.Effect) error {
	e.calls.pend(byAdvance, 1)
	defer e.calls.pend(byAdvance, -1)
	outcome := desk.Outcome{Effect: f.ID, Attempt: f.Attempt, Released: true}
	if probe, ok := e.calls.enter(f.Channel, e.now()); ok {
		outcome = e.carryOut(ctx, f, probe)
	}
	return e.settleCall(context.WithoutCancel(ctx), outcome)
}

// tidyEvery is how often an engine looks for command ids and dead letters that have had their time.
const tidyEvery = 10 * time.Minute

// tidy forgets command ids and dead letters that are older than they are kept. It looks at the store once in tidyEvery; what
// there is to do it does page by page.
func (e *Engine) tidy(ctx context.Context) error {
	now := e.now()
	if last := e.tidied.Load(); now.UnixMicro()-last < tidyEvery.Microseconds() || !e.tidied.CompareAndSwap(last, now.UnixMicro()) {
		return nil
	}
	if err := e.erase(ctx); err != nil {
		return err
	}
	all := func(found []storage.Record) (keys []storage.Key, err error) {
		for _, r := range found {
			keys = append(keys, r.Key)
		}
		return keys, nil
	}
	for _, q := range []storage.Query{desk.Forgettable(now), desk.ForgettableEarly(now)} {
		if err := e.forget(ctx, q, all); err != nil {
			return err
		}
	}
	return e.forget(ctx, desk.ForgettableDead(now), func(found []storage.Record) ([]storage.Key, error) {
		return desk.OldDead(found, now)
	})
}

// forget forgets what is old of the records that a query finds.
func (e *Engine) forget(ctx context.Context, q storage.Query, old func([]storage.Record) ([]storage.Key, error)) error {
	for {
		found, next, err := e.store.Find(ctx, q)
		if err != nil {
			return err
		}
		keys, err := old(found)
		if err != nil {
			return err
		}
		if len(keys) > 0 {
			if err := e.do(ctx, &waiter{command: desk.Forget{Keys: keys}}); err != nil {
				return err
			}
		}
		if q.After = next; next == (Cursor{}) {
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
	stop := context.AfterFunc(e.closing, cancel)
	if !e.calls.begin(ctx, e.clock.Now()) {
		stop()
		cancel()
		return ErrRunning
	}
	defer func() {
		stop()
		cancel()
		e.quiet(CallTimeout+time.Second, false)
		e.calls.end()
	}()
	failures, began := 0, false
	for ctx.Err() == nil && e.closing.Err() == nil {
		wait, err := e.round(ctx, !began || e.ownClock)
		if errors.Is(err, storage.ErrFormat) {
			return err
		}
		began = began || err == nil
		if err != nil && ctx.Err() == nil {
			failures++
			e.log.Error("openlines: the store does not answer", "failures", failures, "err", err)
			wait = min(100*time.Millisecond<<min(failures, 6), 5*time.Second)
		} else {
			failures = 0
			e.calls.completed(e.clock.Now())
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

// OutageAfter is how late a deadline has to be for Run to take it that nobody was there: it then goes on as [desk.Resume]
// says. It looks when it begins, and later only if the clock is the system's: a clock of the host's may jump as it likes.
const OutageAfter = 10 * time.Minute

// resume goes on after an outage, if there was one. The token is held.
func (e *Engine) resume() error {
	now := e.now()
	e.mu.RLock()
	overdue := e.desk.Overdue()
	e.mu.RUnlock()
	if overdue.IsZero() || now.Sub(overdue) < OutageAfter {
		return nil
	}
	w := &waiter{at: now, command: desk.Resume{}, done: make(chan struct{})}
	e.run([]*waiter{w})
	return w.err
}

// round is one look at everything; it returns how long there is nothing to do.
func (e *Engine) round(ctx context.Context, outage bool) (time.Duration, error) {
	before := e.Revision()
	err := e.alone(ctx, func() error {
		if err := e.catchUp(ctx); err != nil || !outage {
			return err
		}
		return e.resume()
	})
	if err != nil {
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

// Healthy tells whether this engine can do its work: the store answers, the engine is where the store is or gets there, Run
// does its rounds if it runs, and not every place for deliveries is held by a call that hangs. The error says which it is.
func (e *Engine) Healthy(ctx context.Context) error {
	if e.closing.Err() != nil {
		return ErrClosed
	}
	_, stored, err := e.store.Get(ctx, desk.SettingsKey())
	if err != nil {
		return fmt.Errorf("openlines: the store does not answer: %w", err)
	}
	if stored != e.mark() {
		if err := e.alone(ctx, func() error { return e.catchUp(ctx) }); err != nil {
			return fmt.Errorf("openlines: revision %d cannot be caught up with from %d: %w", stored.Revision, e.Revision(), err)
		}
	}
	return e.calls.healthy(e.clock.Now())
}
