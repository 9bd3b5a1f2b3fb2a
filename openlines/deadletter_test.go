package openlines_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/memory"
)

// mailman is a connector whose answer a test decides; it keeps what it was asked to deliver.
type mailman struct {
	mu     sync.Mutex
	answer func(m connector.Outbound) error // nil: delivered
	asked  []string                         // "id text" of each attempt
}

func (p *mailman) Deliver(_ context.Context, m connector.Outbound) (connector.Receipt, error) {
	p.mu.Lock()
	p.asked = append(p.asked, m.ID+" "+m.Text)
	answer := p.answer
	p.mu.Unlock()
	if answer == nil {
		return connector.Receipt{}, nil
	}
	return connector.Receipt{}, answer(m)
}

func (p *mailman) answers(answer func(connector.Outbound) error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answer = answer
}

// attempts returns what was attempted since it was asked last.
func (p *mailman) attempts() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	asked := p.asked
	p.asked = nil
	return asked
}

func forGood(connector.Outbound) error {
	return &connector.Failure{Permanent: true, Err: errors.New("blocked")}
}

func away(connector.Outbound) error { return errors.New("away") }

// post is a desk with one client, whom ann answers, on a clock that stands still.
type post struct {
	*openlines.Engine
	clock   *manual
	store   storage.Store
	mailman *mailman
	session session.ID
}

func openPost(t *testing.T, store storage.Store) *post {
	t.Helper()
	p := &post{clock: &manual{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}, store: store, mailman: &mailman{}}
	p.Engine = p.another(t, p.mailman)
	furnish(t, p.Engine, openlines.Line{
		Queue:   queue.Rules{Mode: queue.Strictly, PassOnAfter: queue.Never},
		Session: session.Rules{UnansweredAfter: session.Never},
	})
	p.session = says(t, p.Engine, "77", "m1").Session
	return p
}

// another opens one more engine on the store.
func (p *post) another(t *testing.T, c connector.Connector) *openlines.Engine {
	t.Helper()
	return open(t, p.store, openlines.Config{Clock: p.clock, Connectors: map[connector.ID]connector.Connector{"web": c}})
}

func (p *post) sends(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		must(t, p.As("ann").Send(context.Background(), p.session, text))
	}
}

// pass lets time pass, from one thing that is due to the next.
func (p *post) pass(t *testing.T, d time.Duration) {
	t.Helper()
	for end := p.clock.now.Add(d); ; {
		next, err := p.Advance(context.Background())
		must(t, err)
		if p.clock.now.Equal(end) {
			return
		}
		if next.IsZero() || next.After(end) {
			next = end
		}
		if !next.After(p.clock.now) {
			t.Fatalf("Advance at %v left what was due at %v", p.clock.now, next)
		}
		p.clock.now = next
	}
}

func (p *post) dead(t *testing.T) (texts []string) {
	t.Helper()
	letters, next, err := p.DeadLetters(context.Background(), openlines.Channel{}, openlines.Page{})
	must(t, err)
	if next != (openlines.Cursor{}) {
		t.Errorf("there is another page: %v", next)
	}
	for _, l := range letters {
		texts = append(texts, fmt.Sprintf("%d %s", l.ID, l.Reason))
	}
	return texts
}

// told returns the feed's events about deliveries.
func (p *post) told(t *testing.T) (told []string) {
	t.Helper()
	events, err := p.Feed(context.Background(), 0, storage.MaxFind)
	must(t, err)
	for _, e := range events {
		switch e.Type {
		case desk.Delivered, desk.DeliveryFailed, desk.DeliveryRetried, desk.DeliveryDropped:
			told = append(told, fmt.Sprintf("%s message %d %s", e.Type, e.Message, e.Reason))
		}
	}
	return told
}

func same[V any](t *testing.T, what string, got []V, want ...V) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" && len(want)+len(got) > 0 {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// Decision 14.28, invariant I-44: what is given up is kept, and the next message goes on; retried by hand it goes out under
// the same id. Invariant I-64.
func TestDeadLetterIsKeptUntilItIsRetried(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	p := openPost(t, memory.New())
	p.mailman.answers(forGood)
	p.sends(t, "one")
	p.pass(t, 0)
	p.mailman.answers(nil)
	p.sends(t, "two")
	p.pass(t, 48*time.Hour)
	same(t, "attempts", p.mailman.attempts(), "1 one", "2 two")
	same(t, "dead letters", p.dead(t), "1 permanent")
	must(t, p.Check(ctx))
	again := p.another(t, p.mailman) // after a restart, too
	must(t, again.Once("retry").RetryDelivery(ctx, 1))
	must(t, p.Once("retry").RetryDelivery(ctx, 1))
	must(t, p.RetryDelivery(ctx, 1)) // it is on its way already
	p.pass(t, 0)
	must(t, p.Once("retry").RetryDelivery(ctx, 1))
	p.pass(t, time.Hour)
	same(t, "attempts after the retry", p.mailman.attempts(), "1 one")
	same(t, "dead letters after the retry", p.dead(t))
	same(t, "told", p.told(t), "delivery-failed message 2 permanent", "delivered message 3 ", "delivery-retried message 2 ", "delivered message 2 ")
	if err := p.RetryDelivery(ctx, 1); !errors.Is(err, openlines.ErrNotFound) {
		t.Errorf("retry of what was delivered: %v, want ErrNotFound", err)
	}
}

// Decision 14.28: a retry begins anew: 24 hours, and pauses from one second on.
func TestRetriedDeadLetterHasAnotherDay(t *testing.T) {
	t.Parallel()
	p := openPost(t, memory.New())
	p.mailman.answers(away)
	p.sends(t, "one")
	p.pass(t, desk.GiveUpAfter+desk.LongestWait*6/5)
	same(t, "dead letters", p.dead(t), "1 expired")
	p.mailman.attempts()
	p.pass(t, 100*time.Hour)
	must(t, p.RetryDelivery(t.Context(), 1))
	p.Engine = p.another(t, p.mailman) // one that does not know that the channel was away
	p.pass(t, 4*time.Second)
	same(t, "attempts in 4 s", p.mailman.attempts(), "1 one", "1 one", "1 one")
	p.pass(t, desk.GiveUpAfter-10*time.Second)
	same(t, "dead letters before the day is over", p.dead(t))
	p.pass(t, 10*time.Second+desk.LongestWait*6/5)
	same(t, "dead letters after it", p.dead(t), "1 expired")
}

// Decision 14.28, invariant I-43: a retried letter is the next of its chat, but nothing of a chat goes out while something is
// under way.
func TestRetriedDeadLetterIsNextInItsLane(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &post{store: memory.New(), mailman: &mailman{}}
		p.Engine = open(t, p.store, openlines.Config{Connectors: map[connector.ID]connector.Connector{"web": p.mailman}})
		furnish(t, p.Engine, openlines.Line{Queue: queue.Rules{Mode: queue.Strictly}})
		p.session = says(t, p.Engine, "77", "m1").Session
		p.mailman.answers(forGood)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- p.Run(ctx) }()
		p.sends(t, "one", "two")
		synctest.Wait()
		gate := make(chan struct{})
		p.mailman.answers(func(connector.Outbound) error { <-gate; return nil })
		p.sends(t, "three", "four")
		synctest.Wait()
		p.mailman.attempts()
		must(t, p.RetryDelivery(ctx, 2))
		must(t, p.RetryDelivery(ctx, 1))
		time.Sleep(5 * time.Second)
		synctest.Wait()
		same(t, "attempts while three is under way", p.mailman.attempts())
		must(t, p.Check(ctx))
		close(gate)
		time.Sleep(openlines.PollIdle)
		synctest.Wait()
		same(t, "attempts after it", p.mailman.attempts(), "1 one", "2 two", "4 four")
		cancel()
		must(t, <-ended)
		must(t, p.Close())
	})
}

// Decision 14.28: a failure counts only from the present attempt, also while that is under way.
func TestLateFailureBesideThePresentAttempt(t *testing.T) {
	t.Parallel()
	p := openPost(t, memory.New())
	begun, first, second := make(chan struct{}), make(chan struct{}), make(chan struct{})
	p.mailman.answers(func(m connector.Outbound) error { begun <- struct{}{}; <-first; return forGood(m) })
	other := p.another(t, connector.Func(func(context.Context, connector.Outbound) (connector.Receipt, error) {
		begun <- struct{}{}
		<-second
		return connector.Receipt{}, nil
	}))
	p.sends(t, "one")
	advance := func(e *openlines.Engine) (over chan error) {
		over = make(chan error, 1)
		go func() {
			_, err := e.Advance(context.Background())
			over <- err
		}()
		<-begun
		return over
	}
	slow := advance(p.Engine)
	p.clock.now = p.clock.now.Add(time.Minute) // its lease is over
	present := advance(other)
	close(first)
	must(t, <-slow)
	same(t, "dead letters while the second attempt is under way", p.dead(t))
	close(second)
	must(t, <-present)
	same(t, "told", p.told(t), "delivered message 2 ")
}

func TestDropDelivery(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	p := openPost(t, memory.New())
	p.sends(t, "one")
	if err := p.DropDelivery(ctx, 1); !errors.Is(err, openlines.ErrOver) {
		t.Errorf("drop of a live delivery: %v, want ErrOver", err)
	}
	p.mailman.answers(forGood)
	p.pass(t, 0)
	for name, act := range map[string]func(openlines.Actor) error{
		"retry": func(a openlines.Actor) error { return a.RetryDelivery(ctx, 1) },
		"drop":  func(a openlines.Actor) error { return a.DropDelivery(ctx, 1) },
	} {
		if err := act(p.As("ann")); !errors.Is(err, openlines.ErrDenied) {
			t.Errorf("%s by an operator: %v, want ErrDenied", name, err)
		}
	}
	must(t, p.Once("drop").DropDelivery(ctx, 1))
	must(t, p.Once("drop").DropDelivery(ctx, 1))
	if err := p.DropDelivery(ctx, 1); !errors.Is(err, openlines.ErrNotFound) {
		t.Errorf("drop of what is gone: %v, want ErrNotFound", err)
	}
	same(t, "dead letters", p.dead(t))
	same(t, "told", p.told(t), "delivery-failed message 2 permanent", "delivery-dropped message 2 permanent")
}

func TestDeadLettersByPageAndConnection(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	p := openPost(t, memory.New())
	must(t, p.PutLine(ctx, openlines.Line{ID: "other", Texts: openlines.Texts{Greeting: "hello"}}))
	must(t, p.Connect(ctx, "other", "web", "second"))
	p.mailman.answers(forGood)
	for i, texts := 0, []string{"one", "two"}; i < 2; i++ {
		p.sends(t, texts[i])
		p.pass(t, time.Second)
		_, err := p.Receive(ctx, connector.Inbound{Connector: "web", Account: "second", User: fmt.Sprint(i), ID: "m", Text: "?"})
		must(t, err)
		p.pass(t, time.Second)
	}
	for _, row := range []struct {
		of   openlines.Channel
		want [][]openlines.EffectID
	}{
		{openlines.Channel{}, [][]openlines.EffectID{{4, 3, 2}, {1}}},
		{openlines.Channel{Connector: "web", Account: "main"}, [][]openlines.EffectID{{3, 1}}},
		{openlines.Channel{Connector: "web", Account: "second"}, [][]openlines.EffectID{{4, 2}}},
		{openlines.Channel{Connector: "web", Account: "third"}, [][]openlines.EffectID{nil}},
	} {
		var got [][]openlines.EffectID
		for page := (openlines.Page{Limit: 3}); ; {
			letters, next, err := p.DeadLetters(ctx, row.of, page)
			must(t, err)
			var ids []openlines.EffectID
			for _, l := range letters {
				ids = append(ids, l.ID)
			}
			if got = append(got, ids); next == (openlines.Cursor{}) {
				break
			}
			page.After = next
		}
		same(t, fmt.Sprint(row.of), got, row.want...)
	}
	if _, _, err := p.DeadLetters(ctx, openlines.Channel{}, openlines.Page{Limit: -1}); !openlines.Final(err) {
		t.Errorf("a page of -1: %v", err)
	}
}

// Dead letters are kept for 30 days after they were given up, however old their message is, and an event tells when they go.
func TestDeadLettersAreForgottenAfterAMonth(t *testing.T) {
	t.Parallel()
	p := openPost(t, memory.New())
	p.mailman.answers(forGood)
	p.sends(t, "one", "two")
	p.pass(t, 0)
	p.pass(t, desk.DeadKept-time.Hour)
	must(t, p.RetryDelivery(t.Context(), 1))
	p.pass(t, 0)
	same(t, "dead letters before", p.dead(t), "2 permanent", "1 permanent")
	p.pass(t, 2*time.Hour)
	same(t, "dead letters after a month", p.dead(t), "1 permanent")
	told := p.told(t)
	if last := told[len(told)-1]; last != "delivery-dropped message 3 permanent" {
		t.Errorf("last told is %q", last)
	}
	p.pass(t, desk.DeadKept)
	same(t, "dead letters after two", p.dead(t))
	must(t, p.Check(t.Context()))
}

// Decision 14.28: a success counts from any attempt, also of what was given up meanwhile; a failure only from the present one.
func TestSuccessCountsFromAnyAttemptFailureOnlyFromThePresent(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name        string
		slow, other func(connector.Outbound) error
		dead, told  []string
		wantReads   bool
	}{
		{"late success of a dead letter", nil, forGood, nil, []string{"delivery-failed message 2 permanent", "delivered message 2 "}, true},
		{"late success of one that is tried again", nil, away, nil, []string{"delivered message 2 "}, false},
		{"late failure of one that is tried again", forGood, away, nil, nil, false},
		{"late failure of one that was delivered", away, nil, nil, []string{"delivered message 2 "}, false},
		{"late failure of a dead letter", away, forGood, []string{"1 permanent"}, []string{"delivery-failed message 2 permanent"}, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			store := &watched{Store: memory.New()}
			p := openPost(t, store)
			fast := &mailman{answer: row.other}
			other := p.another(t, fast)
			p.mailman.answers(func(m connector.Outbound) error { // takes longer than its lease
				p.mailman.answers(nil)
				p.clock.now = p.clock.now.Add(time.Minute)
				_, err := other.Advance(context.Background())
				must(t, err)
				if row.slow == nil {
					return nil
				}
				return row.slow(m)
			})
			p.sends(t, "one")
			_, err := p.Advance(t.Context())
			must(t, err)
			same(t, "attempts", append(p.mailman.attempts(), fast.attempts()...), "1 one", "1 one")
			same(t, "dead letters", p.dead(t), row.dead...)
			same(t, "told", p.told(t), row.told...)
			if (store.effects > 0) != row.wantReads {
				t.Errorf("%d reads of effects, want some: %v", store.effects, row.wantReads)
			}
		})
	}
}

// watched counts the reads of effects.
type watched struct {
	storage.Store
	effects int
}

func (w *watched) Get(ctx context.Context, keys ...storage.Key) ([]storage.Record, storage.Mark, error) {
	if slices.ContainsFunc(keys, func(k storage.Key) bool { return k.Kind == "effect" }) {
		w.effects++
	}
	return w.Store.Get(ctx, keys...)
}
