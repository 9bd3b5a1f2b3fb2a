package storagetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/openlines-go/openlines/storage"
)

// ErrInjected is wrapped by every error that a [FaultyStore] makes up.
var ErrInjected = errors.New("injected")

var _ storage.Turner = (*FaultyStore)(nil)

// FaultyStore is a store that a plan makes fail. It breaks no rule of the contract that the store below keeps: an
// engine must come to the same end on it. It starts nothing and never sleeps; used by one goroutine it is deterministic.
// It is safe for concurrent use.
type FaultyStore struct {
	store storage.Store
	plan  Plan

	mu        sync.Mutex
	calls     int
	perMethod map[Method]int
	counts    map[Kind]int
	attempted map[storage.BatchID]bool // may be stored
	late      []lateBatch
}

type lateBatch struct {
	batch *storage.Batch
	after int // number of the last call that passes before it
}

// Faulty wraps s. If s is no [storage.Turner], Turn is Changes, decide and Commit in a row, in which a conflict is
// possible.
func Faulty(s storage.Store, plan Plan) *FaultyStore {
	return &FaultyStore{
		store: s, plan: plan,
		perMethod: map[Method]int{}, counts: map[Kind]int{}, attempted: map[storage.BatchID]bool{},
	}
}

// Counts tells how many faults of each kind were injected so far.
func (f *FaultyStore) Counts() map[Kind]int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return maps.Clone(f.counts)
}

// Flush lets all late batches arrive now, in the order of their attempts. It returns what the store below answered
// other than success and definite refusals.
func (f *FaultyStore) Flush(ctx context.Context) error {
	f.mu.Lock()
	late := f.late
	f.late = nil
	f.mu.Unlock()
	return f.deliver(ctx, late)
}

func (f *FaultyStore) deliver(ctx context.Context, late []lateBatch) error {
	var failed []error
	for _, l := range late {
		if _, err := f.store.Commit(context.WithoutCancel(ctx), l.batch); err != nil && !storage.Definite(err) {
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}

// begin counts a call, lets late batches arrive, and returns the fault that the plan has for the call.
func (f *FaultyStore) begin(ctx context.Context, m Method) Fault {
	f.mu.Lock()
	f.calls++
	f.perMethod[m]++
	op := Op{Method: m, N: f.calls, Nth: f.perMethod[m]}
	var due []lateBatch
	f.late = slices.DeleteFunc(f.late, func(l lateBatch) bool {
		if l.after >= op.N {
			return false
		}
		due = append(due, l)
		return true
	})
	f.mu.Unlock()

	_ = f.deliver(ctx, due) // as unknown to the caller as its first answer was
	fault := f.plan(op)
	if !fault.Kind.fits(m) {
		return Fault{}
	}
	if fault.Kind == Stall {
		f.count(Stall)
		fault.Do()
	}
	return fault
}

func (f *FaultyStore) count(k Kind) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.counts[k]++
}

// fail counts a fault of kind k and makes the error of a call that met it; cause may be nil.
func (f *FaultyStore) fail(m Method, k Kind, cause error) error {
	f.count(k)
	if cause == nil {
		return fmt.Errorf("storagetest: %s: %w: %s", m, ErrInjected, k)
	}
	return fmt.Errorf("storagetest: %s: %w: %w", m, ErrInjected, cause)
}

func (f *FaultyStore) maybeStored(b *storage.Batch) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.attempted[b.ID]
}

// postpone keeps a copy of b until calls more calls have passed.
func (f *FaultyStore) postpone(b *storage.Batch, calls int) {
	c := *b
	c.Puts, c.Deletes, c.Events = slices.Clone(b.Puts), slices.Clone(b.Deletes), slices.Clone(b.Events)
	for i := range c.Puts {
		p := &c.Puts[i]
		p.Terms, p.Body = slices.Clone(p.Terms), bytes.Clone(p.Body)
	}
	for i := range c.Events {
		c.Events[i].Body = bytes.Clone(c.Events[i].Body)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.late = append(f.late, lateBatch{batch: &c, after: f.calls + calls})
}

// Scan implements [storage.Store].
func (f *FaultyStore) Scan(
	ctx context.Context, scope storage.Scope, each func(storage.Record) error,
) (storage.Head, error) {
	if f.begin(ctx, MethodScan).Kind == Lost {
		return storage.Head{}, f.fail(MethodScan, Lost, nil)
	}
	return f.store.Scan(ctx, scope, each)
}

// Changes implements [storage.Store].
func (f *FaultyStore) Changes(ctx context.Context, since storage.Mark) (storage.Changes, error) {
	if err := f.unread(MethodChanges, f.begin(ctx, MethodChanges)); err != nil {
		return storage.Changes{}, err
	}
	return f.store.Changes(ctx, since)
}

// unread is the error of a fault that keeps a caller from reading changes.
func (f *FaultyStore) unread(m Method, fault Fault) error {
	switch fault.Kind {
	case Lost:
		return f.fail(m, Lost, nil)
	case Behind:
		return f.fail(m, Behind, storage.ErrBehind)
	case Rewound:
		return f.fail(m, Rewound, storage.ErrRewound)
	default:
		return nil
	}
}

// Commit implements [storage.Store].
func (f *FaultyStore) Commit(ctx context.Context, b *storage.Batch) (storage.Head, error) {
	fault := f.begin(ctx, MethodCommit)
	if fault.Kind == Rival {
		f.rival(ctx, b)
	}
	if err := f.stop(MethodCommit, fault, b); err != nil {
		return storage.Head{}, err
	}
	head, err := f.store.Commit(ctx, b)
	if fault.Kind == Done {
		return storage.Head{}, f.fail(MethodCommit, Done, nil)
	}
	return head, err
}

// stop is the error of a fault that keeps b from the store, for now or for good.
func (f *FaultyStore) stop(m Method, fault Fault, b *storage.Batch) error {
	switch {
	case fault.Kind == Lost:
		return f.fail(m, Lost, nil)
	case fault.Kind == Full:
		return f.fail(m, Full, storage.ErrFull)
	case fault.Kind == Conflict && !f.maybeStored(b):
		return f.fail(m, Conflict, storage.ErrConflict)
	}
	f.mu.Lock()
	f.attempted[b.ID] = true
	f.mu.Unlock()
	if fault.Kind == Late {
		f.postpone(b, fault.Calls)
		return f.fail(m, Late, nil)
	}
	return nil
}

// rival stores a record that b wants to create, as another node would.
func (f *FaultyStore) rival(ctx context.Context, b *storage.Batch) {
	i := slices.IndexFunc(b.Puts, func(p storage.Put) bool { return p.Create && !p.Open })
	if i < 0 {
		return
	}
	c, err := f.store.Changes(ctx, b.Expect)
	if err != nil || c.Mark != b.Expect {
		return
	}
	other := &storage.Batch{ID: b.ID, Expect: c.Mark, Puts: b.Puts[i : i+1], Due: c.Due, Format: c.Format}
	for i := range other.ID {
		other.ID[i] ^= 0xff // another id, and the same one in every run
	}
	if _, err := f.store.Commit(ctx, other); err == nil {
		f.count(Rival)
	}
}

// Get implements [storage.Store].
func (f *FaultyStore) Get(ctx context.Context, keys ...storage.Key) ([]storage.Record, storage.Mark, error) {
	if f.begin(ctx, MethodGet).Kind == Lost {
		return nil, storage.Mark{}, f.fail(MethodGet, Lost, nil)
	}
	return f.store.Get(ctx, keys...)
}

// Find implements [storage.Store].
func (f *FaultyStore) Find(ctx context.Context, q storage.Query) ([]storage.Record, storage.Cursor, error) {
	if f.begin(ctx, MethodFind).Kind == Lost {
		return nil, storage.Cursor{}, f.fail(MethodFind, Lost, nil)
	}
	return f.store.Find(ctx, q)
}

// Events implements [storage.Store].
func (f *FaultyStore) Events(ctx context.Context, after uint64, limit int) ([]storage.Event, error) {
	if f.begin(ctx, MethodEvents).Kind == Lost {
		return nil, f.fail(MethodEvents, Lost, nil)
	}
	return f.store.Events(ctx, after, limit)
}

// Turn implements [storage.Turner]. Conflict, Late and the like strike after decide, as they would a holder that
// stalls or loses his connection.
func (f *FaultyStore) Turn(
	ctx context.Context, since storage.Mark, decide func(storage.Changes) (*storage.Batch, error),
) (storage.Head, error) {
	fault := f.begin(ctx, MethodTurn)
	switch fault.Kind {
	case Behind, Rewound:
		return storage.Head{}, f.unread(MethodTurn, fault)
	}
	struck := func(c storage.Changes) (*storage.Batch, error) {
		b, err := decide(c)
		if b == nil || err != nil {
			return nil, err
		}
		return b, f.stop(MethodTurn, fault, b)
	}
	head, err := f.below().Turn(ctx, since, struck)
	if fault.Kind == Done && err == nil {
		return storage.Head{}, f.fail(MethodTurn, Done, nil)
	}
	return head, err
}

func (f *FaultyStore) below() storage.Turner {
	if t, ok := f.store.(storage.Turner); ok {
		return t
	}
	return inARow{f.store}
}

// inARow takes turns at a store that knows none.
type inARow struct{ storage.Store }

func (s inARow) Turn(
	ctx context.Context, since storage.Mark, decide func(storage.Changes) (*storage.Batch, error),
) (storage.Head, error) {
	c, err := s.Changes(ctx, since)
	if err != nil {
		return storage.Head{}, err
	}
	b, err := decide(c)
	if err != nil {
		return storage.Head{}, err
	}
	if b == nil {
		return c.Head, nil
	}
	return s.Commit(ctx, b)
}
