package openlines

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/storage"
)

// carryOut calls the host for an effect, outside every lock, and returns the outcome to be decided. Its place was entered and
// is free when it returns, unless the call hangs: then the call has it until it ends.
func (e *Engine) carryOut(ctx context.Context, f desk.Effect, probe bool) desk.Outcome {
	outcome := desk.Outcome{Effect: f.ID, Attempt: f.Attempt}
	if f.Lease.Sub(e.now()) < CallTimeout || ctx.Err() != nil {
		e.calls.learn(f.Channel, e.now(), nothing, probe)
		e.calls.leave(f.Channel)
		outcome.Released = true // it might outlive its lease, and be tried by somebody else meanwhile
		return outcome
	}
	info := DeliveryInfo{Connector: f.Connector, Account: f.Account, Attempt: f.Attempt}
	began := e.clock.Now()
	late, what, err := e.callFor(ctx, f, &outcome)
	if late == nil {
		e.calls.leave(f.Channel)
	} else {
		e.calls.hang(1)
	}
	info.Rests, info.Resumed, info.Hung = e.calls.learn(f.Channel, e.now(), what, probe)
	info.Took, info.Err = e.clock.Now().Sub(began), err
	if e.observer.Delivery != nil && f.Connector != "" {
		e.guarded(func() { e.observer.Delivery(info) })
	}
	if err == nil {
		return outcome
	}
	if ctx.Err() != nil {
		outcome.Released = true
		return outcome
	}
	outcome.Failed, outcome.Unsupported, outcome.Unknown = true, errors.Is(err, connector.ErrUnsupported), errors.Is(err, errNoBot)
	outcome.Late = errors.Is(err, errLate)
	if failure, ok := errors.AsType[*connector.Failure](err); ok {
		outcome.Permanent, outcome.After = failure.Permanent, failure.RetryAfter
	}
	return outcome
}

// callFor calls the host for an effect and puts what he answers into an outcome. If the call hangs, it is awaited.
func (e *Engine) callFor(ctx context.Context, f desk.Effect, outcome *desk.Outcome) (late <-chan error, what lesson, err error) {
	found, mark, err := e.store.Get(ctx, f.Keys()...)
	if err == nil {
		err = e.understands(ctx, mark)
	}
	if err != nil {
		return nil, nothing, err
	}
	answer := *outcome // the call's own: it may write to it after everybody else has gone on
	switch f.Kind {
	case desk.AskIdentity:
		var q Question
		if q, err = f.Question(found); err == nil {
			_, answer.Attaches = e.identifier.(ItemAttacher)
			late, err = e.identify(ctx, q, &answer.Identity)
		}
	case desk.TellCharge:
		var c Charge
		if c, err = f.Charge(found); err == nil {
			late, err = e.charge(ctx, c)
		}
	case desk.TellAttached:
		var a Attachment
		if a, err = f.Attachment(found); err == nil {
			late, err = e.attach(ctx, a)
		}
	case desk.AskItem:
		var d ItemDraft
		if d, err = e.draft(ctx, f, found); err == nil {
			late, err = e.createItem(ctx, d, &answer.Item)
		}
	case desk.CallBot:
		var c BotCall
		if c, err = f.BotCall(found); err == nil {
			late, err = e.tellBot(ctx, c)
		}
	case desk.TellNotice:
		late, err = e.notify(ctx, f, found)
	default:
		var m connector.Outbound
		if f.Kind == desk.DeliveryLog {
			m, err = e.transcript(ctx, f, found)
		} else {
			m, err = f.Outbound(found, e.shownIn(f), e.dialog(f.Connector))
		}
		if err == nil && e.late(f, found) {
			err = errLate
		}
		if err == nil {
			late, err = e.deliver(ctx, m, &answer.IDs)
		}
	}
	if late != nil {
		go e.await(late, f, &answer)
	} else {
		*outcome = answer
	}
	if f.Hurries() {
		return late, nothing, err // each session has its attempt: no breaker lets it wait
	}
	return late, judge(ctx, err), err
}

// late reports whether a delivery comes after the window of its channel, as the desk knows that now.
func (e *Engine) late(f desk.Effect, found []storage.Record) bool {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return e.desk.Late(f, found, e.now())
}

// shownIn tells what the client of a delivery sees of operators, as the desk has it now: a line can have hidden them since.
func (e *Engine) shownIn(f desk.Effect) func(queue.OperatorID) (connector.Author, bool) {
	return func(id queue.OperatorID) (connector.Author, bool) {
		e.mu.RLock()
		defer e.mu.RUnlock()
		return e.desk.ShownIn(f, id)
	}
}

// await waits for a call that hangs. If the message was delivered after all, that counts.
func (e *Engine) await(late <-chan error, f desk.Effect, answer *desk.Outcome) {
	err := <-late
	e.calls.leave(f.Channel)
	e.calls.hang(-1)
	if err != nil {
		return
	}
	e.calls.learn(f.Channel, e.now(), succeeded, false)
	_ = e.settleCall(context.Background(), *answer)
}

func (e *Engine) settleCall(ctx context.Context, c desk.Outcome) error {
	err := e.do(ctx, &waiter{command: c, outcome: true})
	if err != nil {
		e.log.Warn("openlines: outcome of a delivery is not stored; it will be tried again", "effect", int64(c.Effect), "err", err)
	}
	return err
}

// What a call tells about its channel.
type lesson int

const (
	nothing   lesson = iota // not called, cut short, or the message's own fault
	succeeded               // the channel works
	failed                  // it does not
)

func judge(ctx context.Context, err error) lesson {
	if err == nil {
		return succeeded
	}
	failure, ok := errors.AsType[*connector.Failure](err)
	if ctx.Err() != nil || ok && failure.Permanent || errors.Is(err, connector.ErrUnsupported) {
		return nothing
	}
	return failed
}

// calls are the deliveries under way on this node, and what it has learnt about its channels.
type calls struct {
	mu       sync.Mutex
	idle     sync.Cond
	running  context.Context // ends with Run; nil: Run does not run, nothing is leased in passing
	round    time.Time       // when Run began or last did a round
	all      context.Context // of the calls; it ends with Close, not with Run
	pending  [2]int          // calls whose outcome is not stored yet: those of Advance, and those that Run lets start
	busy     int             // places taken, MaxCalls at most
	hung     int             // of them by calls that have outlived their context
	channels map[desk.Channel]*breaker
}

// breaker is what a node knows of a channel. It is open from the BreakAfter-th failure in a row to the next success: then
// nothing is begun before until, and after that one call at a time.
type breaker struct {
	busy     int
	failures int
	rest     time.Duration
	until    time.Time
	probing  bool
}

func (b *breaker) open() bool { return b.failures >= BreakAfter }

// rests reports whether the breaker lets nobody through. A clock that was set back ends the rest, too.
func (b *breaker) rests(now time.Time) bool {
	return b.open() && (b.probing || now.Before(b.until) && b.until.Sub(now) <= b.rest)
}

func (c *calls) init(all context.Context) {
	c.idle.L, c.all, c.channels = &c.mu, all, map[desk.Channel]*breaker{}
}

// begin lets deliveries start until ctx ends; false if they do already.
func (c *calls) begin(ctx context.Context, now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running != nil {
		return false
	}
	c.running, c.round = ctx, now
	return true
}

// end is the end of Run.
func (c *calls) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.running = nil
	c.idle.Broadcast()
}

// wait waits, at most so long, until the outcomes of Run's calls are stored; with all, those of all calls, and Run has ended.
// Calls that hang have an outcome, and are not waited for.
func (c *calls) wait(limit time.Duration, all bool) {
	expired := false
	stop := afterRealTime(limit, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		expired = true
		c.idle.Broadcast()
	})
	defer stop()
	c.mu.Lock()
	defer c.mu.Unlock()
	for (c.pending[byRun] > 0 || all && (c.pending[byAdvance] > 0 || c.running != nil)) && !expired {
		c.idle.Wait()
	}
}

// runs reports whether Run lets deliveries start in passing.
func (c *calls) runs() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.running != nil && c.running.Err() == nil
}

// places returns how many more calls can begin.
func (c *calls) places() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return MaxCalls - c.busy
}

// room returns how many more calls can begin in a channel.
func (c *calls) room(channel desk.Channel, now time.Time) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	b := c.channels[channel]
	switch {
	case b == nil:
		return desk.MaxChannel
	case b.rests(now):
		return 0
	case b.open():
		return min(1, desk.MaxChannel-b.busy)
	}
	return desk.MaxChannel - b.busy
}

// claim leases effects for places that are free.
func (e *Engine) claim(at time.Time, limit int) []desk.Effect {
	return e.desk.Claim(at, e.node, limit, func(c desk.Channel) int { return e.calls.room(c, at) }, lease)
}

// rests returns until when a channel is left alone; a time that has passed: it is not.
func (e *Engine) rests(channel desk.Channel) time.Time {
	now, c := e.now(), &e.calls
	c.mu.Lock()
	defer c.mu.Unlock()
	b := c.channels[channel]
	switch {
	case b != nil && b.rests(now) && !b.probing:
		return b.until
	case c.busy >= MaxCalls, b != nil && (b.busy >= desk.MaxChannel || b.rests(now)):
		return now.Add(PollIdle) // a place can be free any time
	}
	return time.Time{}
}

// enter takes a place for a call whose outcome will be stored. False: the channel rests. probe: the call is to find out
// whether it works again.
func (c *calls) enter(channel desk.Channel, now time.Time) (probe, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	b := c.channels[channel]
	if b == nil {
		b = &breaker{}
		c.channels[channel] = b
	}
	if b.rests(now) {
		return false, false
	}
	b.probing = b.open()
	b.busy++
	c.busy++
	return b.probing, true
}

// leave frees the place of a call.
func (c *calls) leave(channel desk.Channel) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.busy--
	b := c.channels[channel]
	if b.busy--; b.busy == 0 && b.failures == 0 {
		delete(c.channels, channel)
	}
}

func (c *calls) hang(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hung += n
}

const (
	byAdvance = iota
	byRun
)

// pend counts outcomes to be stored.
func (c *calls) pend(by, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pending[by] += n
	c.idle.Broadcast()
}

// learn draws the lesson of a call for its channel, and returns what there is to tell: how long the channel rests now,
// whether it has come back, and how many calls hang.
func (c *calls) learn(channel desk.Channel, now time.Time, what lesson, probe bool) (rests time.Duration, resumed bool, hung int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	b := c.channels[channel]
	if b == nil {
		if what != failed {
			return 0, false, c.hung
		}
		b = &breaker{}
		c.channels[channel] = b
	}
	was := b.open()
	if probe {
		b.probing = false
	}
	switch {
	case what == succeeded:
		b.failures, b.rest, b.until, b.probing = 0, 0, time.Time{}, false
		if resumed = was; b.busy == 0 {
			delete(c.channels, channel)
		}
	case what == failed && (probe || !was):
		if b.failures++; b.open() {
			b.rest = min(max(2*b.rest, FirstRest), LongestRest)
			b.until = now.Add(b.rest)
			rests = b.rest
		}
	}
	return rests, resumed, c.hung
}

// start carries out what was leased in a turn, each on a goroutine of its own; its outcome is a command.
func (c *calls) start(e *Engine, effects []desk.Effect) {
	c.pend(byRun, len(effects))
	for _, f := range effects {
		probe, ok := c.enter(f.Channel, e.now())
		go func() {
			defer c.pend(byRun, -1)
			outcome := desk.Outcome{Effect: f.ID, Attempt: f.Attempt, Released: true}
			if ok {
				outcome = e.carryOut(c.all, f, probe)
			}
			_ = e.settleCall(context.Background(), outcome)
		}()
	}
}

// completed is a round that Run did.
func (c *calls) completed(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.round = now
}

// healthy tells why deliveries or Run are stuck, if they are.
func (c *calls) healthy(now time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if since := now.Sub(c.round); c.running != nil && since > HealthWithin {
		return fmt.Errorf("openlines: Run is stuck: its last round was %v ago", since.Round(time.Second))
	}
	if c.hung >= MaxCalls {
		return fmt.Errorf("openlines: deliveries are stuck: all %d places are held by calls that ignore the end of their context", c.hung)
	}
	return nil
}
