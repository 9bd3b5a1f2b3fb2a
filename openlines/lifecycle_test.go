package openlines_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/memory"
	"github.com/openlines-go/openlines/storage/storagetest"
)

// slow is a channel that takes a message in ten seconds, unless its context ends.
func slow(ctx context.Context, _ connector.Outbound) (connector.Receipt, error) {
	select {
	case <-ctx.Done():
		return connector.Receipt{}, ctx.Err()
	case <-time.After(10 * time.Second):
		return connector.Receipt{}, nil
	}
}

// stuck is a channel that waits for the end of its context.
func stuck(ctx context.Context, _ connector.Outbound) (connector.Receipt, error) {
	<-ctx.Done()
	return connector.Receipt{}, ctx.Err()
}

// Invariant I-63: Run and Close in any order, twice, concurrently and with a context that has ended: each returns in time with
// the answer that is due, and leaves no goroutine behind, nor a lease.
func TestI63RunAndCloseInAnyOrder(t *testing.T) {
	t.Parallel()
	type act string
	const (
		run, runEnded, runTwice   act = "Run", "Run with an ended context", "Run twice"
		closing, closeTwice       act = "Close", "Close twice at once"
		cancel, write, both, wait act = "cancel", "write", "Close and cancel at once", "wait"
	)
	for _, script := range [][]act{
		{closing, closing},
		{closing, run, runEnded},
		{closeTwice, run, closeTwice},
		{runEnded, closing},
		{runEnded, run, write, cancel, runEnded, run, write, cancel, closing},
		{run, closing, closing, run},
		{run, runTwice, cancel, cancel, closing},
		{run, cancel, run, cancel, run, closing},
		{run, write, closing, cancel},
		{run, write, closeTwice, closing},
		{run, write, both, closing},
		{run, write, wait, write, both, run, closing},
		{write, closing, run},
		{run, write, cancel, write, run, write, closing},
	} {
		name := strings.ReplaceAll(strings.Trim(fmt.Sprint(script), "[]"), " ", "-")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				store := memory.New()
				e := open(t, store, openlines.Config{Connectors: map[connector.ID]connector.Connector{"web": connector.Func(slow)}})
				furnish(t, e, quietLine())
				ended := make(chan error, 100)
				end := func() {}
				running, closed, messages := 0, false, 0
				runWith := func(ctx context.Context) {
					running++
					go func() { ended <- e.Run(ctx) }()
					synctest.Wait()
				}
				shut := func(n int) {
					answers := make(chan error, n)
					began := time.Now()
					for range n {
						go func() { answers <- e.Close() }()
					}
					for range n {
						must(t, <-answers)
					}
					if took := time.Since(began); took > time.Second {
						t.Errorf("Close took %v", took)
					}
					closed = true
				}
				for _, a := range script {
					switch a {
					case run:
						var ctx context.Context
						ctx, end = context.WithCancel(t.Context())
						runWith(ctx)
					case runEnded:
						ctx, stop := context.WithCancel(t.Context())
						stop()
						runWith(ctx)
					case runTwice:
						if err := e.Run(t.Context()); !errors.Is(err, openlines.ErrRunning) {
							t.Errorf("second Run: %v, want ErrRunning", err)
						}
					case cancel:
						end()
						time.Sleep(10*time.Second + time.Millisecond) // the channel's time
					case closing:
						shut(1)
					case closeTwice:
						shut(2)
					case both:
						go end()
						shut(1)
					case write:
						messages++
						says(t, e, fmt.Sprint(messages), "m")
						synctest.Wait()
					case wait:
						time.Sleep(time.Second)
					}
					synctest.Wait()
					for (closed || a == cancel || a == runEnded) && running > 0 {
						select {
						case err := <-ended:
							running--
							if want := closed && (a == run || a == runEnded); errors.Is(err, openlines.ErrClosed) != want || err != nil && !want {
								t.Errorf("Run after %s: %v", a, err)
							}
						default:
							t.Fatalf("Run goes on after %s", a)
						}
					}
				}
				end()
				holdsNoLease(t, store)
			}) // the bubble fails if a goroutine is left
		})
	}
}

// holdsNoLease checks that no node has an effect of the desk.
func holdsNoLease(t *testing.T, store storage.Store) {
	t.Helper()
	_, err := store.Scan(context.Background(), storage.Live, func(r storage.Record) error {
		if r.Kind == "effect" && strings.Contains(string(r.Body), `"lease"`) {
			t.Errorf("effect %s is not given back", r.ID)
		}
		return nil
	})
	must(t, err)
}

// Invariant I-63: Run returns within a second of the end of its context and a call's deadline, also beside channels that hang,
// and one that ignores its context; what was under way until then is stored.
func TestI63RunReturnsInTime(t *testing.T) {
	t.Parallel()
	gate := make(chan struct{})
	for name, row := range map[string]struct {
		channel connector.Connector
		within  time.Duration
	}{
		"nothing under way":            {&mailman{}, 0},
		"a slow channel":               {connector.Func(slow), 10 * time.Second},
		"a channel that hangs":         {connector.Func(stuck), openlines.CallTimeout},
		"one that ignores its context": {hung{gate: gate}, openlines.CallTimeout + time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				gate := make(chan struct{})
				channel := row.channel
				if _, hangs := channel.(hung); hangs {
					channel = hung{gate: gate}
				}
				store := memory.New()
				e := open(t, store, openlines.Config{Connectors: map[connector.ID]connector.Connector{"web": channel}})
				furnish(t, e, quietLine())
				ctx, cancel := context.WithCancel(t.Context())
				ended := make(chan error, 1)
				go func() { ended <- e.Run(ctx) }()
				for i := range 20 {
					says(t, e, fmt.Sprint(i), "m")
				}
				synctest.Wait()
				cancel()
				began := time.Now()
				must(t, <-ended)
				if took := time.Since(began); took > row.within || took < row.within-time.Second {
					t.Errorf("Run ended after %v, want %v", took, row.within)
				}
				holdsNoLease(t, store)
				close(gate)
				synctest.Wait()
				must(t, e.Close())
			})
		})
	}
}

// Invariant I-63: Close ends feeds, Run and calls that wait for a store which does not answer, in three seconds.
func TestI63CloseBesideAStoreThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var silent atomic.Bool
		store := &deaf{memory.New(), &silent}
		e := open(t, store, openlines.Config{})
		furnish(t, e, quietLine())
		ended, answers := make(chan error, 3), make(chan error, 20)
		go func() { ended <- e.Run(t.Context()) }()
		for range 2 {
			go func() {
				for range e.Events(context.Background(), 0) {
				}
				ended <- nil
			}()
		}
		synctest.Wait()
		silent.Store(true)
		for i := range cap(answers) {
			go func() { answers <- write(context.Background(), e, fmt.Sprint(i), "m") }()
		}
		synctest.Wait()
		began := time.Now()
		must(t, e.Close())
		if took := time.Since(began); took > 3*time.Second {
			t.Errorf("Close took %v", took)
		}
		synctest.Wait()
		for range cap(answers) {
			select {
			case err := <-answers:
				if !errors.Is(err, openlines.ErrUnknown) && !errors.Is(err, openlines.ErrClosed) {
					t.Errorf("a call that waited: %v, want ErrUnknown or ErrClosed", err)
				}
			default:
				t.Fatal("a call goes on")
			}
		}
		for range cap(ended) {
			select {
			case err := <-ended:
				must(t, err)
			default:
				t.Fatal("a feed or Run goes on")
			}
		}
		calls := map[string]error{"Advance": nil, "Receive": nil, "Check": nil, "Healthy": nil, "Run": nil}
		_, calls["Advance"] = e.Advance(t.Context())
		calls["Receive"], calls["Check"] = write(t.Context(), e, "77", "m"), e.Check(t.Context())
		calls["Healthy"], calls["Run"] = e.Healthy(t.Context()), e.Run(t.Context())
		_, calls["Session"] = e.Session(t.Context(), 1)
		_, calls["Chat"] = e.Chat(t.Context(), 1)
		_, _, calls["History"] = e.History(t.Context(), 1, openlines.Page{})
		_, calls["Feed"] = e.Feed(t.Context(), 0, 1)
		_, _, calls["DeadLetters"] = e.DeadLetters(t.Context(), openlines.Channel{}, openlines.Page{})
		for name, err := range calls {
			if !errors.Is(err, openlines.ErrClosed) {
				t.Errorf("%s after Close: %v, want ErrClosed", name, err)
			}
		}
	})
}

// deaf is a store whose commits do not end before their context does.
type deaf struct {
	storage.Store
	silent *atomic.Bool
}

func (d *deaf) Commit(ctx context.Context, b *storage.Batch) (storage.Head, error) {
	if d.silent.Load() {
		<-ctx.Done()
		return storage.Head{}, ctx.Err()
	}
	return d.Store.Commit(ctx, b)
}

// Invariant I-63: nothing is delivered after Run has returned, also if somebody's turn was about to lease it.
func TestI63NothingStartsBehindRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := &stalling{memory.New(), make(chan struct{}, 1000)}
		let := func(n int) {
			for range n {
				store.gate <- struct{}{}
			}
		}
		let(3)
		channel := &mailman{}
		e := open(t, store, openlines.Config{Connectors: map[connector.ID]connector.Connector{"web": channel}})
		furnish(t, e, quietLine())
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- e.Run(ctx) }()
		synctest.Wait()
		go func() { _ = write(context.Background(), e, "77", "m") }() // its turn waits for the store, with the greeting leased
		synctest.Wait()
		cancel()
		synctest.Wait()
		select {
		case <-ended:
			t.Error("Run has returned before the turn under way")
		default:
		}
		let(100)
		must(t, <-ended)
		same(t, "attempts when Run has returned", channel.attempts(), "1 hello")
		must(t, e.Check(t.Context()))
		holdsNoLease(t, store)
		must(t, e.Close())
	})
}

// Invariants I-41, I-60: callers who wait for a store that does not answer are bounded, and get an answer when their context
// ends; what they were not promised is neither stored nor told.
func TestI60CallersLeaveWithTheirContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var silent atomic.Bool
		channel := &mailman{}
		e := open(t, &deaf{memory.New(), &silent}, openlines.Config{Connectors: map[connector.ID]connector.Connector{"web": channel}})
		furnish(t, e, quietLine())
		silent.Store(true)
		const callers = 50
		answers := make(chan error, callers)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		for i := range callers {
			go func() { answers <- write(ctx, e, fmt.Sprint(i), "m") }()
			if i == 0 {
				synctest.Wait() // its turn is under way, and the others have to wait
			}
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		unknown := 0
		for range callers {
			select {
			case err := <-answers:
				if errors.Is(err, openlines.ErrUnknown) {
					unknown++
				} else if !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("%v, want the end of the context", err)
				}
			default:
				t.Fatal("a caller waits on")
			}
		}
		must(t, e.Close())
		same(t, "attempts", channel.attempts())
		if unknown == 0 || unknown == callers {
			t.Errorf("%d of %d do not know what came of it; want those of the turn under way", unknown, callers)
		}
	})
}

// Healthy says what is wrong: the store, that it cannot be followed, or Run. Invariant I-32: who is behind says so.
func TestHealthy(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var broken, none storagetest.Method
		sound := memory.New()
		store := storagetest.Faulty(sound, func(op storagetest.Op) storagetest.Fault {
			if op.Method == broken {
				return storagetest.Fault{Kind: storagetest.Lost, Calls: 1}
			}
			return storagetest.Fault{}
		})
		var silent atomic.Bool
		e := open(t, &deaf{store, &silent}, openlines.Config{})
		other := open(t, sound, openlines.Config{})
		healthy := func(when, want string) {
			t.Helper()
			switch err := e.Healthy(t.Context()); {
			case want == "" && err != nil:
				t.Errorf("%s: %v", when, err)
			case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
				t.Errorf("%s: %v, want %q", when, err, want)
			}
		}
		healthy("empty", "")
		furnish(t, e, openlines.Line{Queue: queue.Rules{Mode: queue.Strictly}})
		healthy("without Run", "")
		broken = storagetest.MethodGet
		healthy("the store reads nothing", "the store does not answer")
		broken = storagetest.MethodChanges
		healthy("at the store's revision", "")
		says(t, other, "77", "m")
		healthy("behind, and it cannot catch up", "cannot be caught up with")
		broken = none
		healthy("behind", "")
		if e.Revision() != other.Revision() {
			t.Errorf("at revision %d, the store at %d", e.Revision(), other.Revision())
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- e.Run(ctx) }()
		synctest.Wait()
		for range 10 {
			time.Sleep(openlines.HealthWithin)
			healthy("with Run", "")
		}
		time.Sleep(time.Second)
		silent.Store(true) // the turn that passes the session on does not end; reads are answered
		time.Sleep(queue.DefaultPassOn + openlines.HealthWithin - 3*time.Second)
		healthy("a round that takes a while", "")
		time.Sleep(4 * time.Second)
		healthy("a round that does not end", "Run is stuck")
		silent.Store(false)
		cancel()
		must(t, e.Close())
		must(t, <-ended)
		if err := e.Healthy(t.Context()); !errors.Is(err, openlines.ErrClosed) {
			t.Errorf("closed: %v, want ErrClosed", err)
		}
		must(t, other.Close())
	})
}

// Healthy tells when no delivery can begin any more, because calls that hang have all places.
func TestHealthyTellsOfCallsThatHang(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := hung{gate: make(chan struct{})}
		e := open(t, memory.New(), openlines.Config{Connectors: map[connector.ID]connector.Connector{"web": h}})
		for i := range openlines.MaxCalls / 8 {
			l := quietLine()
			l.ID = openlines.LineID(fmt.Sprint("line", i))
			must(t, e.PutLine(t.Context(), l))
			must(t, e.Connect(t.Context(), l.ID, "web", fmt.Sprint(i)))
			for c := range 20 {
				_, err := e.Receive(t.Context(), connector.Inbound{Connector: "web", Account: fmt.Sprint(i), User: fmt.Sprint(c), ID: "m", Text: "?"})
				must(t, err)
			}
		}
		stop := running(t, e)
		time.Sleep(openlines.CallTimeout)
		must(t, e.Healthy(t.Context()))
		time.Sleep(time.Second)
		synctest.Wait()
		if err := e.Healthy(t.Context()); err == nil || !strings.Contains(err.Error(), "deliveries are stuck") {
			t.Errorf("%v, want that deliveries are stuck", err)
		}
		close(h.gate)
		synctest.Wait()
		must(t, e.Healthy(t.Context()))
		stop()
	})
}

func TestOpenWithoutAStore(t *testing.T) {
	t.Parallel()
	if _, err := openlines.Open(t.Context(), nil, openlines.Config{}); !openlines.Final(err) {
		t.Errorf("%v, want that there is no store", err)
	}
}
