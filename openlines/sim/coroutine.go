package sim

import (
	"context"
	"iter"

	"github.com/openlines-go/openlines/storage"
)

// thread is one engine's thread of control: a coroutine that runs one operation at a time and can be left in the middle
// of one.
type thread struct {
	resume func() (struct{}, bool)
	kill   func()
	busy   bool
	dead   bool
	job    func()

	handOver func() bool // false: the engine was killed
	asked    int         // how often the store was, after that
}

// stubborn is what the thread of a killed engine panics with that goes on asking the store: an engine that met a defect loads the
// desk anew for as long as it takes.
type stubborn struct{}

const maxAsked = 3

func newThread() *thread {
	t := &thread{}
	var yield func(struct{}) bool
	t.resume, t.kill = iter.Pull(func(y func(struct{}) bool) {
		yield = y
		for {
			t.run()
			t.job, t.busy = nil, false
			if !y(struct{}{}) {
				return
			}
		}
	})
	t.handOver = func() bool {
		if t.dead {
			return false
		}
		if !yield(struct{}{}) {
			t.dead = true
			return false
		}
		return true
	}
	return t
}

// run does the operation. An engine that is killed in the middle of it ends here, if not before.
func (t *thread) run() {
	defer func() {
		if r := recover(); r != nil && r != (stubborn{}) {
			panic(r)
		}
	}()
	t.job()
}

// closed is what a killed engine gets from the store.
func (t *thread) closed() error {
	if t.asked++; t.asked > maxAsked {
		panic(stubborn{})
	}
	return storage.ErrClosed
}

// step runs the operation until it hands over or ends.
func (t *thread) step() { t.resume() }

// start begins an operation; step moves it.
func (t *thread) start(job func()) { t.job, t.busy = job, true }

// yielding is the store as one engine sees it: before and after each call the thread hands over. A killed engine reaches
// the store no more.
type yielding struct {
	storage.Store
	t *thread
}

func around[R any](y *yielding, call func() (R, error)) (R, error) {
	var none R
	if !y.t.handOver() {
		return none, y.t.closed()
	}
	r, err := call()
	if !y.t.handOver() {
		return none, y.t.closed()
	}
	return r, err
}

func (y *yielding) Scan(ctx context.Context, scope storage.Scope, each func(storage.Record) error) (storage.Head, error) {
	return around(y, func() (storage.Head, error) { return y.Store.Scan(ctx, scope, each) })
}

func (y *yielding) Changes(ctx context.Context, since storage.Mark) (storage.Changes, error) {
	return around(y, func() (storage.Changes, error) { return y.Store.Changes(ctx, since) })
}

func (y *yielding) Commit(ctx context.Context, b *storage.Batch) (storage.Head, error) {
	return around(y, func() (storage.Head, error) { return y.Store.Commit(ctx, b) })
}

func (y *yielding) Get(ctx context.Context, keys ...storage.Key) ([]storage.Record, storage.Mark, error) {
	type got struct {
		records []storage.Record
		mark    storage.Mark
	}
	g, err := around(y, func() (g got, err error) {
		g.records, g.mark, err = y.Store.Get(ctx, keys...)
		return g, err
	})
	return g.records, g.mark, err
}

// turning is yielding over a store that can make writers wait.
type turning struct{ yielding }

func (y *turning) Turn(
	ctx context.Context, since storage.Mark, decide func(storage.Changes) (*storage.Batch, error),
) (storage.Head, error) {
	return around(&y.yielding, func() (storage.Head, error) {
		return y.Store.(storage.Turner).Turn(ctx, since, decide)
	})
}
