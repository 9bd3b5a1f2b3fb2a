package openlines_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/storage/memory"
)

// secret is in what the host code of these tests panics with: it must reach no log.
const secret = "canary-7f3a"

// ends are the ways in which host code can end without returning.
var ends = map[string]func(ask func()){
	"panic":                    func(func()) { panic(secret) },
	"panic with an error":      func(func()) { panic(errors.New(secret)) },
	"nil panic":                func(func()) { panic(nil) },
	"runtime error":            func(func()) { var none []int; none[len(none)]++ },
	"goexit":                   func(func()) { runtime.Goexit() },
	"panic after re-entering":  func(ask func()) { ask(); panic(secret) },
	"panic while re-entering":  func(ask func()) { defer ask(); panic(secret) },
	"goexit while re-entering": func(ask func()) { defer ask(); runtime.Goexit() },
}

// Invariant I-56: host code that panics, however it does, equals an error return: the engine lives, the attempt is made again, the
// stack is reported once, and nothing that it said.
func TestI56PanicOfAConnectorIsAFailure(t *testing.T) {
	t.Parallel()
	for name, end := range ends {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var log bytes.Buffer
				var e *openlines.Engine
				var calls atomic.Int64
				seen := &observed{}
				channel := connector.Func(func(context.Context, connector.Outbound) (connector.Receipt, error) {
					if calls.Add(1) <= 2 {
						end(func() { ask(t, e) })
					}
					return connector.Receipt{}, nil
				})
				e = open(t, memory.New(), openlines.Config{
					Connectors: map[connector.ID]connector.Connector{"web": channel},
					Log:        slog.New(slog.NewTextHandler(&log, nil)), Observer: openlines.Observer{Delivery: seen.delivery},
				})
				furnish(t, e, quietLine())
				says(t, e, "77", "m1")
				_, err := e.Advance(t.Context()) // the first attempt
				must(t, err)
				stop := running(t, e) // the second, and the third
				time.Sleep(5 * time.Second)
				synctest.Wait()
				must(t, e.Check(t.Context()))
				if n := told(t, e, desk.Delivered); n != 1 || calls.Load() != 3 {
					t.Errorf("%d delivered in %d attempts, want 1 in 3", n, calls.Load())
				}
				if infos := seen.take(); len(infos) != 3 || infos[0].Err == nil || infos[1].Err == nil || infos[2].Err != nil {
					t.Errorf("told %+v, want two errors and a success", infos)
				}
				stop()
				if n := strings.Count(log.String(), "stack="); n != 2 || strings.Contains(log.String(), secret) {
					t.Errorf("%d stacks are reported, want 2, without what was said:\n%s", n, &log)
				}
			})
		})
	}
}

// Invariant I-56 for observers: what is told is told after the fact, so nothing else happens.
func TestI56PanicOfAnObserverIsNobodysFailure(t *testing.T) {
	t.Parallel()
	for name, end := range ends {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var log bytes.Buffer
				var e *openlines.Engine
				var turns, deliveries atomic.Int64
				channel := &mailman{}
				opened := open(t, memory.New(), openlines.Config{
					Connectors: map[connector.ID]connector.Connector{"web": channel}, Log: slog.New(slog.NewTextHandler(&log, nil)),
					Observer: openlines.Observer{
						Turn: func(openlines.TurnInfo) {
							if e != nil && turns.Add(1) <= 2 {
								end(func() { ask(t, e) })
							}
						},
						Delivery: func(openlines.DeliveryInfo) {
							deliveries.Add(1)
							end(func() { ask(t, e) })
						},
					},
				})
				furnish(t, opened, quietLine())
				e = opened
				says(t, e, "77", "m1")
				_, err := e.Advance(t.Context())
				must(t, err)
				stop := running(t, e)
				says(t, e, "78", "m1")
				synctest.Wait()
				must(t, e.Check(t.Context()))
				if n := told(t, e, desk.Delivered); n != 2 || deliveries.Load() != 2 || len(channel.attempts()) != 2 {
					t.Errorf("%d delivered, observer told of %d", n, deliveries.Load())
				}
				stop()
				if n := strings.Count(log.String(), "stack="); n != 4 || strings.Contains(log.String(), secret) {
					t.Errorf("%d stacks are reported, want 4, without what was said:\n%s", n, &log)
				}
			})
		})
	}
}

// ask calls the engine as host code may.
func ask(t *testing.T, e *openlines.Engine) {
	ctx := context.Background()
	_, err := e.Session(ctx, 1)
	errs := []error{err, e.Check(ctx), e.Healthy(ctx), e.PutOperator(ctx, openlines.Operator{ID: "ann", Name: "Ann"})}
	if err := errors.Join(errs...); err != nil && !errors.Is(err, openlines.ErrClosed) {
		t.Error(err)
	}
}

// Invariant I-58: whatever host code calls, from a connector or an observer, under Run or under Advance, it gets an answer.
func TestI58HostCodeMayCallTheEngine(t *testing.T) {
	t.Parallel()
	calls := map[string]func(context.Context, *openlines.Engine) error{
		"Receive": func(_ context.Context, e *openlines.Engine) error { return write(context.Background(), e, "78", "m") },
		"Send":    func(ctx context.Context, e *openlines.Engine) error { return e.As("ann").Send(ctx, 1, "again") },
		"Finish":  func(ctx context.Context, e *openlines.Engine) error { return e.Finish(ctx, 1) },
		"Advance": func(ctx context.Context, e *openlines.Engine) error { _, err := e.Advance(ctx); return err },
		"Check":   func(ctx context.Context, e *openlines.Engine) error { return e.Check(ctx) },
		"Healthy": func(ctx context.Context, e *openlines.Engine) error { return e.Healthy(ctx) },
		"History": func(ctx context.Context, e *openlines.Engine) error {
			_, _, err := e.History(ctx, 1, openlines.Page{})
			return err
		},
		"AtLeast": func(ctx context.Context, e *openlines.Engine) error {
			_, err := e.AtLeast(e.Revision()).Explain(ctx, 1)
			return err
		},
		"DeadLetters": func(ctx context.Context, e *openlines.Engine) error {
			_, _, err := e.DeadLetters(ctx, openlines.Channel{}, openlines.Page{})
			return err
		},
		"RetryDelivery": func(ctx context.Context, e *openlines.Engine) error { return e.RetryDelivery(ctx, 1) },
		"Run": func(ctx context.Context, e *openlines.Engine) error {
			ctx, cancel := context.WithTimeout(ctx, time.Second)
			defer cancel()
			return e.Run(ctx)
		},
		"Close": func(_ context.Context, e *openlines.Engine) error { return e.Close() },
	}
	for name, call := range calls {
		for _, from := range []string{"connector", "observer of turns", "observer of deliveries"} {
			t.Run(name+" from "+from, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					var e *openlines.Engine
					var asked, answered atomic.Int64
					try := func(here string) {
						if e == nil || here != from || asked.Add(1) > 2 {
							return
						}
						ctx := context.Background()
						if err := call(ctx, e); err != nil && !openlines.Final(err) && !errors.Is(err, openlines.ErrClosed) && !errors.Is(err, openlines.ErrRunning) {
							t.Error(err)
						}
						answered.Add(1)
					}
					channel := connector.Func(func(context.Context, connector.Outbound) (connector.Receipt, error) {
						try("connector")
						return connector.Receipt{}, nil
					})
					opened := open(t, memory.New(), openlines.Config{
						Connectors: map[connector.ID]connector.Connector{"web": channel},
						Observer: openlines.Observer{
							Turn:     func(openlines.TurnInfo) { try("observer of turns") },
							Delivery: func(openlines.DeliveryInfo) { try("observer of deliveries") },
						},
					})
					l := quietLine()
					l.Queue.Mode = queue.Strictly
					furnish(t, opened, l)
					says(t, opened, "77", "m1")
					e = opened
					began := time.Now()
					if _, err := e.Advance(t.Context()); err != nil && !errors.Is(err, openlines.ErrClosed) {
						t.Error(err)
					}
					ctx, cancel := context.WithCancel(t.Context())
					ended := make(chan error, 1)
					go func() { ended <- e.Run(ctx) }()
					_ = e.As("ann").Send(ctx, 1, "hello")
					time.Sleep(10 * time.Second)
					synctest.Wait()
					cancel()
					if err := <-ended; err != nil && !errors.Is(err, openlines.ErrClosed) && !errors.Is(err, openlines.ErrRunning) {
						t.Error(err)
					}
					must(t, e.Close())
					if took := time.Since(began); asked.Load() == 0 || answered.Load() != min(asked.Load(), 2) || took > 20*time.Second {
						t.Errorf("%d asked, %d answered, in %v", asked.Load(), answered.Load(), took)
					}
				})
			})
		}
	}
}

// Invariant I-57: an observer that never returns holds up its callers once, for a second, and is not called beyond a bound.
func TestI57HungObserver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		gate := make(chan struct{})
		var calls atomic.Int64
		e := open(t, memory.New(), openlines.Config{Observer: openlines.Observer{Turn: func(openlines.TurnInfo) {
			calls.Add(1)
			<-gate
		}}})
		began := time.Now()
		furnish(t, e, quietLine())
		for i := range 1000 {
			says(t, e, fmt.Sprint(i), "m")
		}
		if took := time.Since(began); took > time.Second {
			t.Errorf("a thousand calls took %v more for the observer, want a second", took)
		}
		synctest.Wait() // each call is on a goroutine of its own
		if n := calls.Load(); n != openlines.MaxObserving {
			t.Errorf("%d calls of an observer that does not return, want %d", n, openlines.MaxObserving)
		}
		close(gate)
		synctest.Wait()
		calls.Store(0)
		says(t, e, "one more", "m")
		if calls.Load() == 0 {
			t.Error("an observer that has come back is told nothing")
		}
		must(t, e.Close())
	})
}
