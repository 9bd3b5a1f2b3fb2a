package openlines

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
)

// Engine is a desk at work: safe for concurrent use, on a store that it may share with engines on other nodes. Its own
// methods are those of the host, who may do everything but speak to clients; [Engine.As] acts as an operator.
//
// Open makes one. Nothing happens between calls unless Run runs.
type Engine struct {
	Actor

	store      storage.Store
	connectors map[connector.ID]connector.Connector
	identifier Identifier
	bots       map[BotID]Bot
	notifier   Notifier
	clock      Clock
	ownClock   bool
	offset     atomic.Int64
	tidied     atomic.Int64  // when tidy looked last, in microseconds
	observing  chan struct{} // a place for each call of the observer
	mute       atomic.Int64  // calls of the observer that hang
	links      func(session.ID, connector.ID) string
	unlinked   atomic.Int64 // calls of links that hang
	log        *slog.Logger
	observer   Observer
	node       string
	format     int         // the newest that this program knows
	outdated   atomic.Bool // the desk is in a newer one

	mu   sync.RWMutex // guards desk; never held while a store or a host is called
	desk *desk.Desk

	door    sync.Mutex // guards waiting
	waiting []*waiter
	token   chan struct{} // who holds it decides the next turn

	closing context.Context // ends when Close begins: no new calls
	shut    context.CancelFunc
	life    context.Context // ends when Close is done: no more turns
	end     context.CancelFunc
	wake    chan struct{} // something was stored that Run should look at
	stored  bell          // rings when the revision moves
	calls   calls
	typing  typing
}

// Open loads the desk that the store keeps. It starts nothing. A desk that a newer program has upgraded is refused with
// [storage.ErrFormat].
func Open(ctx context.Context, store storage.Store, c Config) (*Engine, error) {
	if store == nil {
		return nil, &Invalid{Field: "store", Problem: "nil"}
	}
	return open(ctx, store, c, desk.Format)
}

func open(ctx context.Context, store storage.Store, c Config, format int) (*Engine, error) {
	e := &Engine{
		store: store, connectors: maps.Clone(c.Connectors), identifier: c.Identifier, bots: maps.Clone(c.Bots), notifier: c.Notifier, links: c.Links,
		clock: c.Clock, log: c.Log, observer: c.Observer,
		node: rand.Text(), format: format, token: make(chan struct{}, 1), wake: make(chan struct{}, 1),
		observing: make(chan struct{}, MaxObserving),
	}
	if e.clock == nil {
		e.clock, e.ownClock = systemClock{}, true
	}
	if e.log == nil {
		e.log = slog.New(slog.DiscardHandler)
	}
	e.life, e.end = context.WithCancel(context.WithoutCancel(ctx))
	e.Actor = Actor{engine: e}
	e.stored.init()
	e.closing, e.shut = context.WithCancel(e.life)
	e.calls.init(e.closing)
	loaded, err := e.load(ctx)
	if err != nil {
		return nil, fmt.Errorf("openlines: open: %w", err)
	}
	e.desk = loaded
	return e, nil
}

// load reads the live state into a desk of its own.
func (e *Engine) load(ctx context.Context) (*desk.Desk, error) {
	d := desk.New()
	var unread error // of a newer format, perhaps: that is known at the end
	head, err := e.store.Scan(ctx, storage.Live, func(r storage.Record) error {
		if unread == nil {
			unread = d.LoadRecord(r)
		}
		return nil
	})
	if err == nil {
		err = e.admit(head)
	}
	if err = cmp.Or(err, unread); err != nil {
		return nil, err
	}
	e.follow(head.Now)
	d.Begin(head)
	return d, nil
}

// Close ends feeds and Run, and refuses new calls with ErrClosed. The contexts of deliveries under way end; what came of
// them is stored, and what was not delivered is given back. Calls of the engine that wait get their answer if the store
// gives it by then, else ErrUnknown. When it returns, nothing is at work any more, but for host code that ignores its context
// and for a store that does. It takes at most three seconds, and may be called twice and from anywhere.
func (e *Engine) Close() error {
	e.shut()
	e.stored.ring()
	e.quiet(closeGrace, true)
	e.end()
	e.turnOver(turnGrace)
	return nil
}

// quiet waits, at most so long, until no turn and no delivery of Run is under way; with all, no delivery at all, and Run has
// returned. A call that hangs is not waited for.
func (e *Engine) quiet(limit time.Duration, all bool) {
	elapsed := stopwatch()
	if e.turnOver(limit) {
		e.calls.wait(limit-elapsed(), all)
	}
}

// turnOver waits, at most so long, for the turn under way.
func (e *Engine) turnOver(limit time.Duration) bool {
	alarm := realAlarm(limit)
	defer alarm.Stop()
	select {
	case e.token <- struct{}{}:
		<-e.token
		return true
	case <-alarm.C:
		return false
	}
}

// Revision returns the store's revision that this engine knows. What an act did is in it when the act returns.
func (e *Engine) Revision() uint64 {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return e.desk.Head().Revision
}

// Check verifies the invariants: over the memory, and that the memory is what the store keeps. It waits for a turn. An
// error joins one error for each violation.
func (e *Engine) Check(ctx context.Context) error {
	return e.alone(ctx, func() error {
		if err := e.catchUp(ctx); err != nil {
			return err
		}
		// What another node has decided at an earlier time can be due already.
		due := &waiter{at: e.now(), command: desk.Tick{}, done: make(chan struct{})}
		e.run([]*waiter{due})
		if due.err != nil {
			return due.err
		}
		e.mu.RLock()
		violations := e.desk.Check()
		mine, err := e.desk.Records()
		head := e.desk.Head()
		e.mu.RUnlock()
		problems := []error{err}
		for _, v := range violations {
			problems = append(problems, fmt.Errorf("openlines: %s: %s", v.Invariant, v.What))
		}
		return errors.Join(append(problems, e.compare(ctx, mine, head))...)
	})
}

// compare reports whether the store's live records are those in memory, unless somebody stored meanwhile.
func (e *Engine) compare(ctx context.Context, mine []storage.Record, at storage.Head) error {
	i, differs := 0, ""
	head, err := e.store.Scan(ctx, storage.Live, func(r storage.Record) error {
		if differs == "" && (i >= len(mine) || mine[i].Key != r.Key || string(mine[i].Body) != string(r.Body)) {
			differs = r.Kind
		}
		i++
		return nil
	})
	switch {
	case err != nil || head.Mark != at.Mark:
		return err
	case differs != "" || i != len(mine):
		return fmt.Errorf("openlines: memory equals the store: %d records, %d stored, %s differs", len(mine), i, differs)
	}
	return nil
}

// alone runs f while nobody decides.
func (e *Engine) alone(ctx context.Context, f func() error) error {
	if e.closing.Err() != nil {
		return ErrClosed
	}
	select {
	case e.token <- struct{}{}:
		defer func() { <-e.token }()
		return f()
	case <-ctx.Done():
		return ctx.Err()
	case <-e.life.Done():
		return ErrClosed
	}
}

// bell wakes all who wait for the next ring.
type bell struct {
	mu sync.Mutex
	ch chan struct{}
}

func (b *bell) init() { b.ch = make(chan struct{}) }

func (b *bell) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	close(b.ch)
	b.ch = make(chan struct{})
}

// next returns a channel that closes at the next ring.
func (b *bell) next() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.ch
}
