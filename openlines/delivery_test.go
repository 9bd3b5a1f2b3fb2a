package openlines_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/memory"
)

// Decision 14.28: after 1 s, doubling, at most 5 min, each ±20 %, other for each delivery but the same on each run.
func TestPausesDoubleAndAreSpread(t *testing.T) {
	t.Parallel()
	pauses := func(other int) (got []time.Duration) {
		p := openPost(t, memory.New())
		for range other {
			p.sends(t, "x")
		}
		p.pass(t, 0)
		var last time.Time
		p.mailman.answers(func(connector.Outbound) error {
			if !last.IsZero() {
				got = append(got, p.clock.now.Sub(last))
			}
			last = p.clock.now
			return errors.New("away")
		})
		p.sends(t, "one")
		p.pass(t, time.Hour)
		return got
	}
	seen := map[time.Duration]bool{}
	for other := range 5 {
		got := pauses(other)
		for i, pause := range got {
			full := min(desk.FirstRetry<<min(i, 20), desk.LongestWait)
			if pause < full*4/5 || pause > full*6/5 {
				t.Errorf("pause %d of delivery %d is %v, want %v ± 20 %%", i+1, other+1, pause, full)
			}
		}
		if len(got) < 15 {
			t.Errorf("%d pauses in an hour", len(got))
		}
		seen[got[0]] = true
		if diff := cmp.Diff(got, pauses(other)); diff != "" {
			t.Errorf("pauses on another run:\n%s", diff)
		}
	}
	if len(seen) < 4 {
		t.Errorf("five deliveries wait %v: they come back together", slices.Sorted(maps.Keys(seen)))
	}
}

// Decision 14.28: a channel's own retry-after wins, be it shorter or longer than the pause.
func TestRetryAfterOfTheChannelWins(t *testing.T) {
	t.Parallel()
	for _, wish := range []time.Duration{50 * time.Millisecond, 10 * time.Minute, 3 * time.Hour} {
		p := openPost(t, memory.New())
		var tried []time.Time
		p.mailman.answers(func(connector.Outbound) error {
			if tried = append(tried, p.clock.now); len(tried) < 3 {
				return &connector.Failure{RetryAfter: wish, Err: errors.New("slow down")}
			}
			return nil
		})
		p.sends(t, "one")
		p.pass(t, 3*wish)
		if len(tried) != 3 {
			t.Fatalf("%d attempts at a channel that asked for %v", len(tried), wish)
		}
		for i := range 2 {
			if pause := tried[i+1].Sub(tried[i]); pause < wish || pause > wish+time.Millisecond {
				t.Errorf("waited %v, the channel asked for %v", pause, wish)
			}
		}
	}
}

// Decision 14.28, invariant I-44: given up at the first failure after 24 hours, and not before; then the next message of the
// chat goes on.
func TestGivenUpAfterADay(t *testing.T) {
	t.Parallel()
	p := openPost(t, memory.New())
	p.mailman.answers(func(m connector.Outbound) error {
		if m.Text == "one" {
			return errors.New("away")
		}
		return nil
	})
	p.sends(t, "one", "two")
	p.pass(t, desk.GiveUpAfter-1)
	same(t, "dead letters after a day", p.dead(t))
	for _, text := range p.mailman.attempts() {
		if text != "1 one" {
			t.Fatalf("attempt at %q before the one before it is given up", text)
		}
	}
	p.pass(t, 1+desk.LongestWait*6/5)
	same(t, "dead letters later", p.dead(t), "1 expired")
	same(t, "attempts", p.mailman.attempts(), "1 one", "2 two")
	same(t, "told", p.told(t), "delivery-failed message 2 expired", "delivered message 3 ")
}

// Decision 14.28: 30 s per call, 64 calls at once, 8 per connection; what is due first goes first, whatever its channel is called.
func TestCallsAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const accounts, chats = 12, 10
		var mu sync.Mutex
		under, most, timeout := map[string]int{}, map[string]int{}, time.Duration(0)
		all, mostAll := 0, 0
		channel := connector.Func(func(ctx context.Context, m connector.Outbound) (connector.Receipt, error) {
			mu.Lock()
			under[m.To.Account]++
			all++
			most[m.To.Account], mostAll = max(most[m.To.Account], under[m.To.Account]), max(mostAll, all)
			until, _ := ctx.Deadline()
			timeout = max(timeout, time.Until(until))
			mu.Unlock()
			time.Sleep(time.Second)
			mu.Lock()
			defer mu.Unlock()
			under[m.To.Account]--
			all--
			return connector.Receipt{}, nil
		})
		e := open(t, memory.New(), openlines.Config{Connectors: map[connector.ID]connector.Connector{"web": channel}})
		for i := range accounts {
			l := quietLine()
			l.ID = openlines.LineID(fmt.Sprintf("line%02d", i))
			must(t, e.PutLine(t.Context(), l))
			must(t, e.Connect(t.Context(), l.ID, "web", fmt.Sprintf("account%02d", accounts-i)))
		}
		// The first account by name is the last to write.
		for i := range accounts {
			for c := range chats {
				_, err := e.Receive(t.Context(), connector.Inbound{
					Connector: "web", Account: fmt.Sprintf("account%02d", accounts-i), User: fmt.Sprint(c), ID: "m", Text: "?",
				})
				must(t, err)
				time.Sleep(time.Microsecond)
			}
		}
		stop := running(t, e)
		synctest.Wait()
		mu.Lock()
		if mostAll != openlines.MaxCalls || timeout != openlines.CallTimeout {
			t.Errorf("%d calls at once with %v each, want %d with %v", mostAll, timeout, openlines.MaxCalls, openlines.CallTimeout)
		}
		for account, n := range most {
			if n != desk.MaxChannel || account <= "account04" {
				t.Errorf("%d calls at once of %s, want %d, and of those who wait longest", n, account, desk.MaxChannel)
			}
		}
		mu.Unlock()
		time.Sleep(time.Minute)
		stop()
	})
}

// Invariant I-42: each attempt at a delivery carries the same id and the same bytes, and no two deliveries share an id.
func TestI42StableIDAndBytes(t *testing.T) {
	t.Parallel()
	p := openPost(t, memory.New())
	seen, attempts := map[string]connector.Outbound{}, 0
	p.mailman.answers(func(m connector.Outbound) error {
		before, again := seen[m.ID]
		if diff := cmp.Diff(before, m); again && diff != "" {
			t.Errorf("another attempt says something else:\n%s", diff)
		}
		seen[m.ID] = m
		if attempts++; attempts%4 != 0 {
			return errors.New("away")
		}
		return nil
	})
	p.sends(t, "one", "two", "one", "one")
	p.pass(t, time.Hour)
	if attempts != 16 || len(seen) != 4 {
		t.Errorf("%d attempts at %d deliveries, want 16 at 4", attempts, len(seen))
	}
}

// Invariants I-43, I-45: two engines write to many chats at once, and their channel fails now and then; every message is
// delivered, each chat in its order.
func TestI43OrderAndI45NoSkippingWithFailures(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		got, calls := map[string][]string{}, 0
		channel := connector.Func(func(_ context.Context, m connector.Outbound) (connector.Receipt, error) {
			time.Sleep(time.Millisecond)
			mu.Lock()
			defer mu.Unlock()
			if calls++; calls%3 == 0 {
				return connector.Receipt{}, errors.New("away")
			}
			got[m.To.User] = append(got[m.To.User], m.Text)
			return connector.Receipt{}, nil
		})
		store := memory.New()
		config := openlines.Config{Connectors: map[connector.ID]connector.Connector{"web": channel}}
		a, b := open(t, store, config), open(t, store, config)
		furnish(t, a, quietLine())
		stopA, stopB := running(t, a), running(t, b)
		var group sync.WaitGroup
		const chats, texts = 10, 8
		want := []string{"hello"}
		for n := range texts {
			want = append(want, fmt.Sprint(n))
		}
		for i := range chats {
			group.Go(func() {
				s := says(t, a, fmt.Sprint(i), "m").Session
				for n := range texts {
					e := []*openlines.Engine{a, b}[(i+n)%2]
					if err := e.As("ann").Send(t.Context(), s, fmt.Sprint(n)); err != nil {
						t.Error(err)
					}
				}
			})
		}
		group.Wait()
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		mu.Lock()
		for i := range chats {
			if diff := cmp.Diff(want, got[fmt.Sprint(i)]); diff != "" {
				t.Errorf("client %d (-want +got):\n%s", i, diff)
			}
		}
		mu.Unlock()
		stopA()
		stopB()
	})
}

// Invariant I-46: what was delivered is not delivered again, by a restart, another node, or from a copy of the records.
func TestI46NothingIsDeliveredAgain(t *testing.T) {
	t.Parallel()
	p := openPost(t, memory.New())
	p.sends(t, "one", "two")
	p.pass(t, time.Hour)
	p.mailman.attempts()
	must(t, p.Close())
	for range 2 {
		p.Engine = p.another(t, p.mailman)
		p.pass(t, 48*time.Hour)
	}
	same(t, "attempts after restarts", p.mailman.attempts())
	_, err := p.store.Scan(t.Context(), storage.All, func(r storage.Record) error {
		if r.Kind == "effect" {
			t.Errorf("a copy would have %s", r.ID)
		}
		return nil
	})
	must(t, err)
}

// A node gives back what it leased when it stops, and another delivers it at once; one that dies keeps it until its lease ends.
func TestLeasesEndWithTheirNode(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := memory.New()
		hangs := connector.Func(func(ctx context.Context, _ connector.Outbound) (connector.Receipt, error) {
			<-ctx.Done()
			return connector.Receipt{}, ctx.Err()
		})
		works := &mailman{}
		first := open(t, store, openlines.Config{Connectors: map[connector.ID]connector.Connector{"web": hangs}})
		second := open(t, store, openlines.Config{Connectors: map[connector.ID]connector.Connector{"web": works}})
		furnish(t, first, quietLine())
		stop := running(t, first)
		for i := range 5 {
			says(t, first, fmt.Sprint(i), "m")
		}
		synctest.Wait()
		_, err := second.Advance(t.Context())
		must(t, err)
		same(t, "attempts while the first node has them", works.attempts())
		must(t, first.Close())
		_, err = second.Advance(t.Context())
		must(t, err)
		if got := works.attempts(); len(got) != 5 {
			t.Errorf("attempts when it gave them back: %q, want 5", got)
		}
		stop()
	})
}

// hung is a connector that ignores the end of its context until the gate opens.
type hung struct {
	gate chan struct{}
	err  error
}

func (h hung) Deliver(context.Context, connector.Outbound) (connector.Receipt, error) {
	<-h.gate
	return connector.Receipt{}, h.err
}

// Invariant I-57: a call that ignores the end of its context fails in time, keeps its place, is counted and bounded; what it
// does in the end still counts. It holds up neither Run nor Advance, and Run ends without it.
func TestI57HungCallKeepsItsPlaceAndIsCounted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		seen, h := &observed{}, hung{gate: make(chan struct{})}
		e := open(t, memory.New(), openlines.Config{
			Connectors: map[connector.ID]connector.Connector{"web": h}, Observer: openlines.Observer{Delivery: seen.delivery},
		})
		furnish(t, e, quietLine())
		for i := range 30 {
			says(t, e, fmt.Sprint(i), "m")
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- e.Run(ctx) }()
		time.Sleep(openlines.CallTimeout + time.Second)
		synctest.Wait()
		infos := seen.take()
		if len(infos) != desk.MaxChannel {
			t.Fatalf("%d attempts are told, want %d", len(infos), desk.MaxChannel)
		}
		most := 0
		for _, info := range infos {
			if most = max(most, info.Hung); info.Err == nil {
				t.Error("an attempt that hangs is told as delivered")
			}
		}
		if most != desk.MaxChannel {
			t.Errorf("%d calls are told to hang, want %d", most, desk.MaxChannel)
		}
		time.Sleep(time.Hour) // their places stay taken: nothing else is begun
		synctest.Wait()
		if infos := seen.take(); len(infos) != 0 {
			t.Errorf("%d more attempts at a channel whose places are taken", len(infos))
		}
		began := time.Now()
		_, err := e.Advance(t.Context())
		must(t, err)
		cancel()
		must(t, <-ended)
		if took := time.Since(began); took > time.Second {
			t.Errorf("Advance and the end of Run took %v beside calls that hang", took)
		}
		close(h.gate)
		synctest.Wait()
		if got := told(t, e, desk.Delivered); got != desk.MaxChannel {
			t.Errorf("%d delivered, want those %d that came through in the end", got, desk.MaxChannel)
		}
		_, err = e.Advance(t.Context())
		must(t, err)
		if got := told(t, e, desk.Delivered); got != 30 {
			t.Errorf("%d delivered in all, want 30", got)
		}
		must(t, e.Close())
	})
}

// told counts the events of a type.
func told(t *testing.T, e *openlines.Engine, which openlines.EventType) (n int) {
	t.Helper()
	events, err := e.Feed(context.Background(), 0, storage.MaxFind)
	must(t, err)
	for _, ev := range events {
		if ev.Type == which {
			n++
		}
	}
	return n
}

// A late success of a call that was given up as hung is not delivered again, and a late failure changes nothing.
func TestHungCallInAdvance(t *testing.T) {
	t.Parallel()
	for _, end := range []error{nil, errors.New("away")} {
		t.Run(strings.ReplaceAll(fmt.Sprint(end), "<nil>", "delivered"), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := hung{make(chan struct{}), end}
				e := open(t, memory.New(), openlines.Config{Connectors: map[connector.ID]connector.Connector{"web": h}})
				furnish(t, e, quietLine())
				says(t, e, "77", "m")
				began := time.Now()
				next, err := e.Advance(t.Context())
				must(t, err)
				if took := time.Since(began); took > openlines.CallTimeout+time.Second || next.IsZero() {
					t.Errorf("Advance took %v, next is %v", took, next)
				}
				close(h.gate)
				synctest.Wait()
				next, err = e.Next(t.Context())
				must(t, err)
				if done := next.IsZero(); done != (end == nil) || told(t, e, desk.Delivered) == 1 != (end == nil) {
					t.Errorf("next is %v, %d delivered; the call ended with %v", next, told(t, e, desk.Delivered), end)
				}
				must(t, e.Close())
			})
		})
	}
}
