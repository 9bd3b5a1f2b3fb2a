package openlines_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/memory"
	"github.com/openlines-go/openlines/storage/storagetest"
)

// open opens an engine on a store that may be shared.
func open(t testing.TB, store storage.Store, c openlines.Config) *openlines.Engine {
	t.Helper()
	e, err := openlines.Open(context.Background(), store, c)
	must(t, err)
	t.Cleanup(func() {
		if err := e.Check(context.Background()); err != nil && !errors.Is(err, openlines.ErrClosed) {
			t.Error(err)
		}
		must(t, e.Close())
	})
	return e
}

// furnish makes the line "support" with ann, bob and cid, connected to web|main.
func furnish(t testing.TB, e *openlines.Engine, l openlines.Line) {
	t.Helper()
	ctx := context.Background()
	must(t, e.PutOperator(ctx, openlines.Operator{ID: "ann", Name: "Ann"}, openlines.Operator{ID: "bob"}, openlines.Operator{ID: "cid"}))
	l.ID = "support"
	l.Queue.Members = queue.Operators("ann", "bob", "cid")
	must(t, e.PutLine(ctx, l))
	must(t, e.Connect(ctx, "support", "web", "main"))
}

func says(t testing.TB, e *openlines.Engine, user, id string) openlines.Received {
	t.Helper()
	got, err := e.Receive(context.Background(), connector.Inbound{Connector: "web", Account: "main", User: user, ID: id, Text: "help"})
	must(t, err)
	return got
}

// Invariant I-03: the same answer on any node, and nothing is done.
func TestRedeliveryAnswersAlikeOnAnyEngine(t *testing.T) {
	t.Parallel()
	store := memory.New()
	a, b := open(t, store, openlines.Config{}), open(t, store, openlines.Config{})
	furnish(t, a, openlines.Line{})
	first := says(t, a, "77", "m1")
	for _, e := range []*openlines.Engine{a, b} {
		again := says(t, e, "77", "m1")
		if again.Session != first.Session || again.Number != first.Number || !again.Duplicate {
			t.Errorf("redelivery: %+v, first %+v", again, first)
		}
	}
	if got := says(t, b, "77", "m2"); got.Session != first.Session || got.Duplicate {
		t.Errorf("next message: %+v", got)
	}
}

// Invariant I-13: a repeat answers as the first did, on any node.
func TestOnceRepeatsNothing(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	store := memory.New()
	a, b := open(t, store, openlines.Config{}), open(t, store, openlines.Config{})
	furnish(t, a, openlines.Line{Queue: queue.Rules{Mode: queue.Strictly}})
	got := says(t, a, "77", "m1")
	for _, e := range []*openlines.Engine{a, b, a} {
		must(t, e.As("ann").Once("key 1").Send(ctx, got.Session, "hello"))
	}
	messages, _, err := b.History(ctx, got.Chat, openlines.Page{})
	must(t, err)
	if len(messages) != 2 {
		t.Errorf("%d messages, want the client's and one reply", len(messages))
	}
	if err := b.As("ann").Once("key 1").Send(ctx, got.Session, "other"); !errors.Is(err, openlines.ErrOnce) {
		t.Errorf("another act under the id: %v, want ErrOnce", err)
	}
	if err := b.As("bob").Once("key 1").Answer(ctx, got.Session); !errors.Is(err, openlines.ErrTaken) {
		t.Errorf("another actor's id is his own: %v, want ErrTaken", err)
	}
}

// What was done can be the very reason why it cannot be done again.
func TestOnceRepeatsWhatWouldBeRefusedNow(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	store := memory.New()
	a, b := open(t, store, openlines.Config{}), open(t, store, openlines.Config{})
	furnish(t, a, openlines.Line{Queue: queue.Rules{Mode: queue.Strictly}})
	got := says(t, a, "77", "m1")
	for _, e := range []*openlines.Engine{a, b, a} {
		must(t, e.As("ann").Once("key 1").Skip(ctx, got.Session))
	}
	if err := b.As("ann").Once("key 2").Skip(ctx, got.Session); !errors.Is(err, openlines.ErrNotOffered) {
		t.Errorf("under another id: %v, want ErrNotOffered", err)
	}
	if err := b.As("ann").Once("key 1").Finish(ctx, got.Session); !errors.Is(err, openlines.ErrOnce) {
		t.Errorf("another act that is refused: %v, want ErrOnce", err)
	}
	must(t, b.As("bob").Once("key 3").Answer(ctx, got.Session))
	must(t, a.As("bob").Once("key 4").Finish(ctx, got.Session))
	must(t, b.As("bob").Once("key 3").Answer(ctx, got.Session))
	must(t, b.As("bob").Once("key 4").Finish(ctx, got.Session))
}

// Invariant I-13: ids are kept for a day, and not for ever.
func TestCommandIDsAreForgottenAfterADay(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	clock := &manual{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	store := memory.New()
	e := open(t, store, openlines.Config{Clock: clock})
	furnish(t, e, openlines.Line{Queue: queue.Rules{PassOnAfter: queue.Never}, Session: session.Rules{UnansweredAfter: session.Never}})
	const many = desk.MaxForget + 20
	for i := range many {
		must(t, e.Once(fmt.Sprint("key ", i)).PutOperator(ctx, openlines.Operator{ID: "ann", Name: fmt.Sprint(i)}))
	}
	kept := func() int {
		all := 0
		_, err := store.Scan(ctx, storage.All, func(r storage.Record) error {
			if r.Kind == "once" {
				all++
			}
			return nil
		})
		must(t, err)
		return all
	}
	for _, step := range []struct {
		wait time.Duration
		want int
	}{{desk.OnceKept, many}, {time.Hour, 0}} {
		clock.now = clock.now.Add(step.wait)
		_, err := e.Advance(ctx)
		must(t, err)
		if n := kept(); n != step.want {
			t.Errorf("%d command ids are kept, want %d", n, step.want)
		}
	}
}

func TestAtLeastSeesWhatAnotherNodeStored(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	store := memory.New()
	a, b := open(t, store, openlines.Config{}), open(t, store, openlines.Config{})
	furnish(t, a, openlines.Line{})
	got := says(t, a, "77", "m1")
	if _, err := b.Explain(ctx, got.Session); !errors.Is(err, openlines.ErrNotFound) {
		t.Errorf("b has looked already: %v; the test shows nothing", err)
	}
	if _, err := b.AtLeast(got.Revision).Explain(ctx, got.Session); err != nil {
		t.Error(err)
	}
	if _, err := b.AtLeast(got.Revision+100).Explain(ctx, got.Session); err == nil {
		t.Error("a revision of the future was seen")
	}
}

// Rule 3.13: of those who accept at once, on two nodes, exactly one wins.
func TestOneOfManyTakesIt(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	store := memory.New()
	engines := []*openlines.Engine{open(t, store, openlines.Config{}), open(t, store, openlines.Config{})}
	furnish(t, engines[0], openlines.Line{Queue: queue.Rules{Mode: queue.All}})
	for round := range 20 {
		got := says(t, engines[0], fmt.Sprint("client", round), "m")
		var mu sync.Mutex
		var winners, losers int
		var group sync.WaitGroup
		for i, id := range []queue.OperatorID{"ann", "bob", "cid"} {
			group.Go(func() {
				err := engines[i%2].As(id).AtLeast(got.Revision).Answer(ctx, got.Session)
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					winners++
				case errors.Is(err, openlines.ErrTaken):
					losers++
				default:
					t.Error(err)
				}
			})
		}
		group.Wait()
		if winners != 1 || losers != 2 {
			t.Fatalf("%d took it, %d found it taken", winners, losers)
		}
	}
}

func TestManyCallersShareTurnsAndLoseNothing(t *testing.T) {
	t.Parallel()
	const callers, each = 32, 25
	store := memory.New()
	var turns, commands atomic.Int64
	a := open(t, store, openlines.Config{Observer: openlines.Observer{Turn: func(i openlines.TurnInfo) {
		turns.Add(1)
		commands.Add(int64(i.Commands))
	}}})
	b := open(t, store, openlines.Config{})
	furnish(t, a, openlines.Line{})
	var group sync.WaitGroup
	for c := range callers {
		group.Go(func() {
			for i := range each {
				e := []*openlines.Engine{a, a, a, b}[(c+i)%4]
				if err := write(context.Background(), e, fmt.Sprint("client", c%8), fmt.Sprintf("m%d.%d", c, i)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	n := 0
	for chat := range session.ChatID(8) {
		page := openlines.Page{Limit: 1000}
		messages, _, err := a.History(context.Background(), chat+1, page)
		must(t, err)
		for i, m := range messages {
			if want := int64(len(messages) - i); m.Number != want {
				t.Errorf("chat %d: message %d is number %d", chat+1, want, m.Number)
			}
		}
		n += len(messages)
	}
	if n != callers*each {
		t.Errorf("%d messages, want %d", n, callers*each)
	}
	t.Logf("%d commands in %d turns", commands.Load(), turns.Load())
}

func TestCommitWithoutAnswerIsSettledByCommittingAgain(t *testing.T) {
	t.Parallel()
	for _, kind := range []storagetest.Kind{storagetest.Done, storagetest.Lost, storagetest.Late} {
		broken := false
		store := storagetest.Faulty(memory.New(), func(op storagetest.Op) storagetest.Fault {
			if op.Method == storagetest.MethodCommit && broken {
				broken = false
				return storagetest.Fault{Kind: kind, Calls: 1}
			}
			return storagetest.Fault{}
		})
		e := open(t, store, openlines.Config{})
		furnish(t, e, openlines.Line{})
		broken = true
		got := says(t, e, "77", "m1")
		must(t, store.Flush(context.Background()))
		if broken || got.Number != 1 || store.Counts()[kind] != 1 {
			t.Errorf("%s: %+v, faults %v", kind, got, store.Counts())
		}
		if messages, _, _ := e.History(context.Background(), got.Chat, openlines.Page{}); len(messages) != 1 {
			t.Errorf("%s: %d messages", kind, len(messages))
		}
	}
}

// stalling is a store whose commits wait.
type stalling struct {
	storage.Store
	gate chan struct{}
}

func (s *stalling) Commit(ctx context.Context, b *storage.Batch) (storage.Head, error) {
	<-s.gate
	return s.Store.Commit(ctx, b)
}

func TestCallerWhoGoesAwayEndsHisWaitingOnly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := &stalling{memory.New(), make(chan struct{}, 100)}
		for range 3 {
			store.gate <- struct{}{}
		}
		e := open(t, store, openlines.Config{})
		furnish(t, e, openlines.Line{})
		ctx, cancel := context.WithCancel(t.Context())
		// The first caller decides for all, so his call lasts as long as the store's.
		go func() { _ = write(context.Background(), e, "1", "m") }()
		synctest.Wait()
		answer := make(chan error, 2)
		go func() { answer <- write(ctx, e, "2", "m") }()
		synctest.Wait()
		if _, err := e.OpenSessions(t.Context()); err != nil {
			t.Error("reading waits for the store:", err)
		}
		cancel()
		if err := <-answer; !errors.Is(err, context.Canceled) || errors.Is(err, openlines.ErrUnknown) {
			t.Errorf("a caller whose command was not taken: %v", err)
		}
		for range 50 {
			store.gate <- struct{}{}
		}
		synctest.Wait()
		if n, _ := e.OpenSessions(t.Context()); n != 1 {
			t.Errorf("%d sessions, want that of the first caller", n)
		}
	})
}

// Invariant I-41: decide, store, tell, in this order. What a store refuses is never delivered.
func TestNothingIsToldBeforeItIsStored(t *testing.T) {
	t.Parallel()
	full := false
	store := storagetest.Faulty(memory.New(), func(storagetest.Op) storagetest.Fault { return storagetest.Fault{} })
	e := open(t, &refusing{store, &full}, openlines.Config{
		Connectors: map[connector.ID]connector.Connector{"web": connector.Func(func(context.Context, connector.Outbound) (connector.Receipt, error) {
			if full {
				t.Error("told what is not stored")
			}
			return connector.Receipt{}, nil
		})},
	})
	furnish(t, e, openlines.Line{Texts: openlines.Texts{Greeting: "hello"}})
	full = true
	if err := write(t.Context(), e, "77", "m1"); !errors.Is(err, storage.ErrFull) || openlines.Final(err) {
		t.Errorf("%v, want ErrFull, worth another try", err)
	}
	if n, _ := e.OpenSessions(t.Context()); n != 0 {
		t.Error("memory shows what is not stored")
	}
	_, _ = e.Advance(t.Context())
	full = false
	says(t, e, "77", "m1")
}

type refusing struct {
	storage.Store
	full *bool
}

func (r *refusing) Commit(ctx context.Context, b *storage.Batch) (storage.Head, error) {
	if *r.full {
		return storage.Head{}, storage.ErrFull
	}
	return r.Store.Commit(ctx, b)
}

// Invariant I-32: Run does at its time what is due.
func TestRunPassesOnAndDeliversAsTimePasses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var told []string
		e := open(t, memory.New(), openlines.Config{
			Connectors: map[connector.ID]connector.Connector{"web": connector.Func(func(_ context.Context, m connector.Outbound) (connector.Receipt, error) {
				mu.Lock()
				defer mu.Unlock()
				told = append(told, m.Text)
				return connector.Receipt{}, nil
			})},
		})
		furnish(t, e, openlines.Line{
			Queue: queue.Rules{Mode: queue.Strictly}, Texts: openlines.Texts{Greeting: "hello", Unanswered: "sorry"},
		})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- e.Run(ctx) }()
		synctest.Wait()
		if err := e.Run(ctx); !errors.Is(err, openlines.ErrRunning) {
			t.Errorf("second Run: %v", err)
		}
		got := says(t, e, "77", "m1")
		time.Sleep(59 * time.Second)
		synctest.Wait()
		if s, _ := e.Session(ctx, got.Session); s.OfferedTo != "ann" {
			t.Errorf("after 59 s offered to %q", s.OfferedTo)
		}
		time.Sleep(openlines.PollIdle + time.Second)
		synctest.Wait()
		if s, _ := e.Session(ctx, got.Session); s.OfferedTo != "bob" || !s.Unanswered {
			t.Errorf("after a minute offered to %q, unanswered %v", s.OfferedTo, s.Unanswered)
		}
		mu.Lock()
		if fmt.Sprint(told) != "[hello sorry]" {
			t.Errorf("told %q", told)
		}
		mu.Unlock()
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		must(t, e.Close())
		must(t, e.Close())
		if err := e.Run(context.Background()); !errors.Is(err, openlines.ErrClosed) {
			t.Errorf("Run after Close: %v", err)
		}
	}) // the bubble fails if a goroutine is left
}

func TestCloseGivesBackWhatItCouldNotDeliver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := memory.New()
		hangs := connector.Func(func(ctx context.Context, _ connector.Outbound) (connector.Receipt, error) {
			<-ctx.Done()
			return connector.Receipt{}, ctx.Err()
		})
		told := 0
		works := connector.Func(func(context.Context, connector.Outbound) (connector.Receipt, error) {
			told++
			return connector.Receipt{}, nil
		})
		a := open(t, store, openlines.Config{Connectors: map[connector.ID]connector.Connector{"web": hangs}})
		b := open(t, store, openlines.Config{Connectors: map[connector.ID]connector.Connector{"web": works}})
		furnish(t, a, openlines.Line{Texts: openlines.Texts{Greeting: "hello"}})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- a.Run(ctx) }()
		synctest.Wait()
		says(t, a, "77", "m1")
		synctest.Wait()
		if _, err := b.Advance(t.Context()); err != nil || told != 0 {
			t.Errorf("b delivered what a has leased: %d, %v", told, err)
		}
		must(t, a.Close())
		must(t, <-ended)
		if _, err := b.Advance(t.Context()); err != nil || told != 1 {
			t.Errorf("b did not deliver what a gave back: %d, %v", told, err)
		}
		cancel()
	})
}

// Invariants I-59, I-63.
func TestCloseEndsFeedsAndRefusesCalls(t *testing.T) {
	t.Parallel()
	e := open(t, memory.New(), openlines.Config{})
	furnish(t, e, openlines.Line{})
	says(t, e, "77", "m1")
	seen := make(chan desk.EventType, 100)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for ev, err := range e.Events(context.Background(), 0) {
			if err != nil {
				t.Error(err)
			}
			seen <- ev.Type
		}
	}()
	for _, want := range []desk.EventType{desk.SessionStarted, desk.MessageReceived, desk.SessionOffered} {
		if got := <-seen; got != want {
			t.Errorf("event %s, want %s", got, want)
		}
	}
	must(t, e.Close())
	<-ended
	if err := write(t.Context(), e, "77", "m2"); !errors.Is(err, openlines.ErrClosed) || openlines.Final(err) {
		t.Errorf("after Close: %v", err)
	}
}

// Invariant I-59.
func TestEventsGoOnAtTheMark(t *testing.T) {
	t.Parallel()
	e := open(t, memory.New(), openlines.Config{})
	furnish(t, e, openlines.Line{})
	says(t, e, "77", "m1")
	all, err := e.Feed(t.Context(), 0, 100)
	must(t, err)
	for ev, err := range e.Events(t.Context(), all[0].Seq) {
		must(t, err)
		if ev.Seq != all[1].Seq {
			t.Errorf("went on at %d, want %d", ev.Seq, all[1].Seq)
		}
		break
	}
}

// A channel whose clock is nonsense (microseconds taken for milliseconds, say) costs nobody a message.
func TestNonsenseTimeOfAChannelIsDropped(t *testing.T) {
	t.Parallel()
	e := open(t, memory.New(), openlines.Config{})
	furnish(t, e, openlines.Line{})
	for i, at := range []time.Time{time.UnixMilli(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC).UnixMicro()), {}, time.Unix(-1<<60, 0)} {
		_, err := e.Receive(t.Context(), connector.Inbound{
			Connector: "web", Account: "main", User: "77", ID: fmt.Sprint(i), Text: "help", At: at,
		})
		must(t, err)
	}
}

func TestFinal(t *testing.T) {
	t.Parallel()
	for err, want := range map[error]bool{
		nil: false, openlines.ErrTaken: true, openlines.ErrInactive: true, &openlines.Invalid{Field: "Text"}: true,
		&openlines.Refused{}: true, openlines.ErrBusy: false, openlines.ErrUnknown: false, openlines.ErrClosed: false,
		storage.ErrFull: false, context.Canceled: false, fmt.Errorf("call: %w", openlines.ErrFull): true,
	} {
		if got := openlines.Final(err); got != want {
			t.Errorf("Final(%v) is %v", err, got)
		}
	}
}
