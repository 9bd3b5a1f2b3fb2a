package openlines

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/storage"
)

// waiter is a caller with his command.
type waiter struct {
	at      time.Time
	by      desk.By
	command desk.Command
	claim   int  // effects to lease for him
	upgrade bool // the desk goes over to the newest format
	size    int  // bytes that the command brings, about
	outcome bool // of a call that was made: it is taken even while the engine closes

	done    chan struct{} // closed when the fields below are his answer
	result  any
	err     error
	claimed []desk.Effect
	taken   bool // decided or being decided; guarded by Engine.door
}

// do has a command decided and stored, in one turn with whoever waits. The caller's context ends his waiting, not the
// turn: if it was taken already, the answer is ErrUnknown. A caller who finds nobody deciding decides for all, on a
// goroutine of its own if he might go away.
func (e *Engine) do(ctx context.Context, w *waiter) error {
	if err := e.enqueue(ctx, w); err != nil {
		return err
	}
	return e.wait(ctx, w)
}

// wait is do for a command that waits already.
func (e *Engine) wait(ctx context.Context, w *waiter) error {
	for {
		select {
		case <-w.done:
			return w.err
		default:
		}
		select {
		case <-w.done:
			return w.err
		case e.token <- struct{}{}:
			if ctx.Done() == nil {
				e.turn()
			} else {
				over := make(chan struct{})
				go func() {
					defer close(over)
					e.turn()
				}()
				select {
				case <-over: // not before: who calls alone finds nothing at work when his call is back
				case <-ctx.Done():
				case <-e.life.Done():
				}
			}
		case <-ctx.Done():
			return e.abandon(w, ctx.Err())
		case <-e.life.Done():
			return e.abandon(w, ErrClosed)
		}
	}
}

func (e *Engine) enqueue(ctx context.Context, w *waiter) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w.at, w.done = e.now(), make(chan struct{})
	e.door.Lock()
	defer e.door.Unlock()
	switch {
	case e.life.Err() != nil, e.closing.Err() != nil && !w.outcome:
		return ErrClosed
	case len(e.waiting) >= MaxWaiting:
		return ErrBusy
	}
	e.waiting = append(e.waiting, w)
	return nil
}

// abandon ends the waiting of one caller.
func (e *Engine) abandon(w *waiter, why error) error {
	e.door.Lock()
	defer e.door.Unlock()
	if !w.taken {
		e.waiting = slices.DeleteFunc(e.waiting, func(o *waiter) bool { return o == w })
		return why
	}
	select {
	case <-w.done:
		return w.err
	default:
		return fmt.Errorf("%w: %w", ErrUnknown, why)
	}
}

// turn decides and stores one batch for all who wait, and gives the token back. Then it tells the observer, outside of the
// turn.
func (e *Engine) turn() {
	var told []TurnInfo
	defer func() { e.observe(told) }()
	defer func() { <-e.token }()
	e.door.Lock()
	n, bytes := 0, 0
	for n < min(len(e.waiting), MaxBatch) && (n == 0 || bytes+e.waiting[n].size <= MaxBytes) {
		bytes += e.waiting[n].size
		n++
	}
	batch := slices.Clone(e.waiting[:n])
	e.waiting = slices.Delete(e.waiting, 0, n)
	for _, w := range batch {
		w.taken = true
	}
	e.door.Unlock()
	if len(batch) > 0 {
		told = e.run(batch)
	}
}

// decision is what came of deciding a batch: a draft to store, or keys to fetch first.
type decision struct {
	draft   *desk.Draft
	missing []storage.Key
	decided int  // how many commands of the batch; the others come in a later turn
	broken  bool // the desk panicked
	upgrade bool // the batch is the first of the newest format
	claimed []desk.Effect
}

// attempt is a decision and what the store said of it.
type attempt struct {
	decision
	stored *storage.Batch // nil: there was nothing to store
	head   storage.Head
	err    error // definite
}

// Bounds on how often one batch is decided anew: because records were missing or keys were taken, and because somebody was
// faster while an answer that changes nothing was looked after.
const (
	maxPins  = 64
	maxLooks = 64
)

// run decides a batch until it is stored or refused for good: decide, take back, store, apply. The token is held. It
// returns what there is to tell.
func (e *Engine) run(batch []*waiter) []TurnInfo {
	info := TurnInfo{Commands: len(batch)}
	began := e.clock.Now()
	for pins, looks, contested := 0, 0, false; ; {
		a := e.attempt(batch, contested, &info)
		contested = false
		switch {
		case a.broken:
			return e.rebuild(batch)
		case a.err == nil && a.missing != nil:
			pins++
			a.err = e.pin(a.missing, pins)
		case a.err == nil && a.stored == nil && asksSomething(batch) && looks < maxLooks && e.moved(&a):
			looks++ // decided on a desk that is not the present one
		case a.err == nil:
			e.join(a)
			info.Records, info.Events = info.Records+count(a.stored), info.Events+len(a.draft.Events())
			e.answer(batch[:a.decided])
			batch = batch[a.decided:]
		case errors.Is(a.err, storage.ErrConflict), errors.Is(a.err, storage.ErrBehind), errors.Is(a.err, storage.ErrRewound):
			info.Conflicts++
			contested = true
			a.err = e.catchUp(e.life)
		case poisoned(a.err) && a.decided == 0:
			// What was due cannot be stored: that is a defect, and none of the commands'.
			a.err = fmt.Errorf("%w: %v", errDefect, a.err)
		case poisoned(a.err) && len(batch) > 1:
			return e.runEach(batch)
		default:
			if exists, ok := errors.AsType[*storage.ExistsError](a.err); ok && a.stored != nil {
				e.log.Debug("openlines: exists", "kind", exists.Key.Kind)
				pins++
				a.err = e.pin(creates(a.stored), pins)
			}
		}
		if a.err == nil && len(batch) > 0 {
			continue
		}
		info.Err, info.Took = a.err, e.clock.Now().Sub(began)
		if a.err != nil {
			e.fail(batch, a.err)
		}
		return []TurnInfo{info}
	}
}

// attempt decides a batch and has it stored, and comes back with a definite answer. After a conflict it asks the store to
// make others wait, if it can.
func (e *Engine) attempt(batch []*waiter, contested bool, info *TurnInfo) (a attempt) {
	if turner, can := e.store.(storage.Turner); can && contested {
		a.head, a.err = turner.Turn(e.life, e.mark(), func(c storage.Changes) (*storage.Batch, error) {
			if err := e.absorb(c); err != nil {
				return nil, err
			}
			a.decision = e.decide(batch)
			var err error
			a.stored, err = e.encode(a.decision)
			return a.stored, err
		})
	} else {
		a.decision = e.decide(batch)
		if a.stored, a.err = e.encode(a.decision); a.err == nil && a.stored != nil {
			a.head, a.err = e.store.Commit(e.life, a.stored)
		}
	}
	if a.stored != nil && a.err != nil && !storage.Definite(a.err) {
		info.Unknown++
		a.head, a.err = e.settle(a.stored, a.err)
	}
	return a
}

// moved looks at the store before an answer that changes nothing is given, such as a refusal: it holds only on the desk as
// it is, and nobody would ever contradict it.
func (e *Engine) moved(a *attempt) bool {
	on := e.mark()
	a.err = e.catchUp(e.life)
	return a.err != nil || e.mark() != on
}

func asksSomething(batch []*waiter) bool {
	return slices.ContainsFunc(batch, func(w *waiter) bool {
		_, tick := w.command.(desk.Tick)
		return !tick
	})
}

func count(b *storage.Batch) int {
	if b == nil {
		return 0
	}
	return len(b.Puts) + len(b.Deletes)
}

func creates(b *storage.Batch) []storage.Key {
	var keys []storage.Key
	for _, p := range b.Puts {
		if p.Create {
			keys = append(keys, p.Key)
		}
	}
	return keys
}

// decide decides a batch in memory, cuts its change out and takes it back. Each command is decided at the time at which its
// caller came, after what was due by then; when the batch has grown large, the rest waits for the next.
func (e *Engine) decide(batch []*waiter) (dec decision) {
	e.mu.Lock()
	defer e.mu.Unlock()
	defer func() {
		if r := recover(); r != nil {
			e.log.Error("openlines: defect: the desk panicked", "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
			dec = decision{broken: true}
			e.takeBack()
		}
	}()
	for _, w := range batch {
		if _, resumes := w.command.(desk.Resume); !resumes { // it comes before what is due
			if _, more := e.desk.Fire(w.at, MaxRows); more || e.desk.Changes() > MaxRows {
				break
			}
		}
		dec.decided++
		w.result, w.err, w.claimed = nil, nil, nil
		if w.command != nil {
			w.result, w.err = e.desk.Do(w.at, w.by, w.command)
		}
		dec.upgrade = dec.upgrade || w.upgrade && e.desk.Head().Format < e.format
		var miss *desk.Miss
		if errors.As(w.err, &miss) {
			dec.missing = append(dec.missing, miss.Keys...)
		} else if w.claim > 0 {
			w.claimed = e.claim(w.at, min(w.claim, e.calls.places()))
		}
	}
	if dec.missing == nil && e.calls.runs() {
		dec.claimed = e.claim(e.now(), e.calls.places())
	}
	dec.draft = e.desk.Cut()
	return dec
}

// encode makes the batch to store; nil if there is nothing to store.
func (e *Engine) encode(dec decision) (*storage.Batch, error) {
	if dec.broken || dec.missing != nil || dec.draft.Empty() && !dec.upgrade {
		return nil, nil
	}
	var id storage.BatchID
	_, _ = rand.Read(id[:]) // never fails
	head := e.head()
	if head.Format == 0 || dec.upgrade { // 0: no engine has written to it yet
		head.Format = e.format
	}
	return dec.draft.Batch(id, head.Mark, head.Format)
}

func (e *Engine) head() storage.Head {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return e.desk.Head()
}

func (e *Engine) mark() storage.Mark { return e.head().Mark }

// settle commits a batch whose outcome is unknown again and again until the answer is definite for all attempts: a store
// that is full or closed now says nothing about the first one, which may still arrive. Until then nothing else is decided;
// readers go on.
func (e *Engine) settle(b *storage.Batch, err error) (storage.Head, error) {
	wait := time.Duration(0)
	for try := 0; ; try++ {
		e.log.Warn("openlines: unknown outcome of a commit, committing it again", "revision", b.Expect.Revision+1, "try", try+1, "err", err)
		if try >= 3 {
			wait = min(max(2*wait, 10*time.Millisecond), time.Second)
		}
		if errors.Is(err, storage.ErrCorrupt) {
			return storage.Head{}, fmt.Errorf("%w: %w", ErrUnknown, err) // no answer will ever come
		}
		if !e.pause(wait) || errors.Is(err, storage.ErrClosed) {
			return storage.Head{}, fmt.Errorf("%w: %w", ErrUnknown, ErrClosed)
		}
		var head storage.Head
		head, err = e.store.Commit(e.life, b)
		if err == nil || storage.Definite(err) && !errors.Is(err, storage.ErrFull) && !errors.Is(err, storage.ErrClosed) {
			return head, err
		}
	}
}

// join applies what is stored.
func (e *Engine) join(a attempt) {
	e.mu.Lock()
	if a.stored != nil {
		e.desk.Join(a.draft, a.head)
	} else {
		e.desk.Unpin()
	}
	e.mu.Unlock()
	if a.stored != nil {
		e.follow(a.head.Now)
		e.stored.ring()
		select {
		case e.wake <- struct{}{}:
		default:
		}
	}
	e.calls.start(e, a.claimed)
}

func (e *Engine) answer(batch []*waiter) {
	revision := e.Revision()
	for _, w := range batch {
		switch r := w.result.(type) {
		case desk.Received:
			r.Revision = revision
			w.result = r
		case desk.Opened:
			r.Revision = revision
			w.result = r
		}
		close(w.done)
	}
}

func (e *Engine) fail(batch []*waiter, err error) {
	e.mu.Lock()
	e.desk.Unpin()
	e.mu.Unlock()
	for _, w := range batch {
		w.result, w.claimed, w.err = nil, nil, fmt.Errorf("openlines: store: %w", err)
		close(w.done)
	}
}

// takeBack undoes a batch that a panic cut short, so that nobody sees half of it before the desk is loaded anew.
func (e *Engine) takeBack() {
	defer func() { _ = recover() }() // the indexes may be what is broken; the desk is not decided on again anyway
	e.desk.Cut()
}

// rebuild goes on after a defect: the desk is loaded anew, however long that takes, and the batch is run one by one, so that
// only the command that hits the defect fails.
func (e *Engine) rebuild(batch []*waiter) []TurnInfo {
	for wait := 10 * time.Millisecond; ; wait = min(2*wait, time.Second) {
		fresh, err := e.load(e.life)
		if err == nil {
			e.mu.Lock()
			e.desk = fresh
			e.mu.Unlock()
			break
		}
		e.log.Error("openlines: the desk cannot be loaded anew", "err", err)
		if !e.pause(wait) {
			e.fail(batch, ErrClosed)
			return nil
		}
	}
	if len(batch) == 1 {
		e.fail(batch, errDefect)
		return []TurnInfo{{Commands: 1, Err: errDefect}}
	}
	return e.runEach(batch)
}

// runEach gives each command a turn of its own, so that one that cannot be stored fails alone.
func (e *Engine) runEach(batch []*waiter) (told []TurnInfo) {
	for _, w := range batch {
		told = append(told, e.run([]*waiter{w})...)
	}
	return told
}

// poisoned tells errors that come from what a batch holds: they stay the same however often it is stored.
func poisoned(err error) bool {
	return errors.Is(err, storage.ErrInvalid) || errors.Is(err, storage.ErrTooLarge)
}

var errDefect = errors.New("openlines: defect: the command made the desk panic; nothing was changed")

// observe tells the observer of turns.
func (e *Engine) observe(told []TurnInfo) {
	if e.observer.Turn == nil {
		return
	}
	for _, i := range told {
		e.guarded(func() { e.observer.Turn(i) })
	}
}
