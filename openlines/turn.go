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
	claim   int // effects to lease for him
	size    int // bytes that the command brings, about

	done    chan struct{} // closed when the fields below are his answer
	result  any
	err     error
	claimed []desk.Effect
	taken   bool // decided or being decided; guarded by Engine.door
}

// do has a command decided and stored, in one turn with whoever waits. The caller's context ends his waiting, not the
// turn: if it was taken already, the answer is ErrUnknown.
func (e *Engine) do(ctx context.Context, w *waiter) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w.at, w.done = e.now(), make(chan struct{})
	if err := e.enqueue(w); err != nil {
		return err
	}
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
			e.turn()
			<-e.token
		case <-ctx.Done():
			return e.abandon(w, ctx.Err())
		case <-e.life.Done():
			return e.abandon(w, ErrClosed)
		}
	}
}

func (e *Engine) enqueue(w *waiter) error {
	e.door.Lock()
	defer e.door.Unlock()
	switch {
	case e.life.Err() != nil:
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

// turn decides and stores one batch for all who wait. The token is held.
func (e *Engine) turn() {
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
		e.run(batch)
	}
}

// decision is what came of deciding a batch: a draft to store, or keys to fetch first.
type decision struct {
	draft   *desk.Draft
	missing []storage.Key
	decided int  // how many commands of the batch; the others come in a later turn
	broken  bool // the desk panicked
	claimed []desk.Effect
}

// run decides a batch until it is stored or refused for good: decide, take back, store, apply.
func (e *Engine) run(batch []*waiter) {
	info := TurnInfo{Commands: len(batch)}
	began := e.clock.Now()
	contested := false
	for rounds := 0; ; rounds++ {
		var dec decision
		var batchErr error
		var head storage.Head
		var stored *storage.Batch
		if turner, ok := e.store.(storage.Turner); ok && contested && rounds < maxRounds {
			head, batchErr = turner.Turn(e.life, e.mark(), func(c storage.Changes) (*storage.Batch, error) {
				if err := e.absorb(c); err != nil {
					return nil, err
				}
				dec = e.decide(batch)
				var err error
				stored, err = e.encode(dec)
				return stored, err
			})
		} else {
			dec = e.decide(batch)
			if stored, batchErr = e.encode(dec); batchErr == nil && stored != nil {
				head, batchErr = e.store.Commit(e.life, stored)
			}
		}
		contested = false
		switch {
		case dec.broken:
			e.rebuild(batch)
			return
		case dec.missing != nil:
			if err := e.pin(dec.missing, rounds); err != nil {
				e.fail(batch, err)
				return
			}
			continue
		}
		if stored == nil && batchErr == nil && asksSomething(batch) && rounds < maxRounds {
			// A refusal, or an answer that changes nothing, holds only on the desk as it is: nobody would ever contradict it.
			on := e.mark()
			if batchErr = e.catchUp(e.life); batchErr == nil && e.mark() != on {
				continue
			}
		}
		if stored != nil && batchErr != nil && !storage.Definite(batchErr) {
			info.Unknown++
			head, batchErr = e.settle(stored, batchErr)
		}
		var exists *storage.ExistsError
		switch {
		case batchErr == nil:
			e.join(dec, head, stored != nil)
			info.Records, info.Events = info.Records+count(stored), info.Events+len(dec.draft.Events())
			e.answer(batch[:dec.decided])
			if batch = batch[dec.decided:]; len(batch) > 0 {
				continue
			}
			info.Took = e.clock.Now().Sub(began)
			e.observe(info)
			return
		case errors.Is(batchErr, storage.ErrConflict), errors.Is(batchErr, storage.ErrBehind), errors.Is(batchErr, storage.ErrRewound):
			info.Conflicts++
			contested = true
			batchErr = e.catchUp(e.life)
		case errors.As(batchErr, &exists) && stored != nil:
			batchErr = e.pin(creates(stored), rounds)
		}
		if batchErr != nil {
			info.Err, info.Took = batchErr, e.clock.Now().Sub(began)
			e.observe(info)
			e.fail(batch, batchErr)
			return
		}
	}
}

func asksSomething(batch []*waiter) bool {
	return slices.ContainsFunc(batch, func(w *waiter) bool {
		_, tick := w.command.(desk.Tick)
		return !tick
	})
}

// maxRounds bounds how often a batch is decided because cold records were missing or keys were taken.
const maxRounds = 64

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

// decide decides a batch in memory, cuts its change out and takes it back.
func (e *Engine) decide(batch []*waiter) (dec decision) {
	e.mu.Lock()
	defer e.mu.Unlock()
	defer func() {
		if r := recover(); r != nil {
			e.log.Error("openlines: defect: the desk panicked", "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
			dec = decision{broken: true}
		}
	}()
	if _, more := e.desk.Fire(e.now(), MaxFired); more {
		return decision{draft: e.desk.Cut()}
	}
	for _, w := range batch {
		if e.desk.Changes() > MaxRows {
			break
		}
		dec.decided++
		w.result, w.err, w.claimed = nil, nil, nil
		if w.command != nil {
			w.result, w.err = e.desk.Do(w.at, w.by, w.command)
		}
		var miss *desk.Miss
		if errors.As(w.err, &miss) {
			dec.missing = append(dec.missing, miss.Keys...)
		} else if w.claim > 0 {
			w.claimed = e.desk.Claim(w.at, e.node, w.claim, lease)
		}
	}
	if free := e.calls.free(); free > 0 && dec.missing == nil {
		dec.claimed = e.desk.Claim(e.now(), e.node, free, lease)
	}
	dec.draft = e.desk.Cut()
	return dec
}

// encode makes the batch to store; nil if there is nothing to store.
func (e *Engine) encode(dec decision) (*storage.Batch, error) {
	if dec.broken || dec.missing != nil || dec.draft.Empty() {
		return nil, nil
	}
	var id storage.BatchID
	_, _ = rand.Read(id[:]) // never fails
	return dec.draft.Batch(id, e.mark())
}

func (e *Engine) mark() storage.Mark {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return e.desk.Head().Mark
}

// settle commits a batch whose outcome is unknown again and again until the answer is definite. Until then nothing else is
// decided; readers go on.
func (e *Engine) settle(b *storage.Batch, err error) (storage.Head, error) {
	wait := time.Duration(0)
	for try := 0; ; try++ {
		e.log.Warn("openlines: unknown outcome of a commit, committing it again", "revision", b.Expect.Revision+1, "try", try+1, "err", err)
		if try >= 3 {
			wait = min(max(2*wait, 10*time.Millisecond), time.Second)
		}
		if !e.pause(wait) {
			return storage.Head{}, fmt.Errorf("%w: %w", ErrUnknown, ErrClosed)
		}
		var head storage.Head
		if head, err = e.store.Commit(e.life, b); err == nil || storage.Definite(err) {
			return head, err
		}
	}
}

// join applies what is stored.
func (e *Engine) join(dec decision, head storage.Head, changed bool) {
	e.mu.Lock()
	if changed {
		e.desk.Join(dec.draft, head)
	} else {
		e.desk.Unpin()
	}
	e.mu.Unlock()
	if changed {
		e.follow(head.Now)
		e.stored.ring()
		select {
		case e.wake <- struct{}{}:
		default:
		}
	}
	e.calls.start(e, dec.claimed)
}

func (e *Engine) answer(batch []*waiter) {
	revision := e.Revision()
	for _, w := range batch {
		if r, ok := w.result.(desk.Received); ok {
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

// rebuild goes on after a defect: the desk is loaded anew and the batch is run one by one, so that only the command that
// hits the defect fails.
func (e *Engine) rebuild(batch []*waiter) {
	fresh, err := e.load(e.life)
	if err != nil {
		e.fail(batch, err)
		return
	}
	e.mu.Lock()
	e.desk = fresh
	e.mu.Unlock()
	if len(batch) == 1 {
		e.fail(batch, errDefect)
		return
	}
	for _, w := range batch {
		e.run([]*waiter{w})
	}
}

var errDefect = errors.New("openlines: defect: the command made the desk panic; nothing was changed")

// pin fetches cold records for the batch. Absence is told to the desk only as of the very mark that it stands at.
func (e *Engine) pin(keys []storage.Key, rounds int) error {
	if rounds >= maxRounds {
		return fmt.Errorf("openlines: %d rounds of fetching did not end", rounds)
	}
	for part := range slices.Chunk(keys, storage.MaxGet) {
		if err := e.pinSome(part); err != nil {
			return err
		}
	}
	return nil
}

func (e *Engine) pinSome(keys []storage.Key) error {
	found, mark, err := e.store.Get(e.life, keys...)
	if err != nil {
		return err
	}
	if mark == e.mark() {
		e.mu.Lock()
		defer e.mu.Unlock()
		return e.desk.Pin(keys, found)
	}
	c, err := e.store.Changes(e.life, e.mark())
	if err != nil {
		return e.catchUp(e.life) // and the keys are found missing again
	}
	if err := e.absorb(c); err != nil {
		return err
	}
	newer := make(map[storage.Key]bool, len(c.Records)+len(c.Gone))
	asked := make(map[storage.Key]bool, len(keys))
	for _, k := range keys {
		asked[k] = true
	}
	var fresh []storage.Record
	for _, r := range c.Records {
		newer[r.Key] = true
		if asked[r.Key] {
			fresh = append(fresh, r)
		}
	}
	for _, k := range c.Gone {
		newer[k] = true
	}
	for _, r := range found {
		if !newer[r.Key] {
			fresh = append(fresh, r)
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.desk.Pin(nil, fresh)
}

// catchUp takes in what other nodes stored. The token is held.
func (e *Engine) catchUp(ctx context.Context) error {
	c, err := e.store.Changes(ctx, e.mark())
	switch {
	case errors.Is(err, storage.ErrBehind), errors.Is(err, storage.ErrRewound):
		e.log.Warn("openlines: loading the desk afresh", "why", err)
		fresh, err := e.load(ctx)
		if err != nil {
			return err
		}
		e.mu.Lock()
		e.desk = fresh
		e.mu.Unlock()
		e.stored.ring()
		return nil
	case err != nil:
		return err
	}
	return e.absorb(c)
}

func (e *Engine) absorb(c storage.Changes) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if c.Format > desk.Format {
		return storage.ErrFormat
	}
	moved := c.Mark != e.desk.Head().Mark
	e.follow(c.Now)
	if !moved {
		return nil
	}
	defer e.stored.ring()
	return e.desk.Absorb(c)
}

func (e *Engine) observe(i TurnInfo) {
	if e.observer.Turn != nil {
		e.observer.Turn(i)
	}
}
