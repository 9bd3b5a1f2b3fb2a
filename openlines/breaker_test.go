package openlines_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage/memory"
)

// quietLine says hello and does nothing by itself.
func quietLine() openlines.Line {
	return openlines.Line{
		Queue: queue.Rules{Mode: queue.All}, Session: session.Rules{UnansweredAfter: session.Never},
		Texts: openlines.Texts{Greeting: "hello"},
	}
}

// running runs an engine until the end of the test's bubble, or until stop.
func running(t *testing.T, e *openlines.Engine) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- e.Run(ctx) }()
	return func() {
		t.Helper()
		cancel()
		must(t, <-ended)
		must(t, e.Close())
	}
}

// observed collects what an Observer is told of deliveries.
type observed struct {
	mu    sync.Mutex
	infos []openlines.DeliveryInfo
}

func (o *observed) delivery(i openlines.DeliveryInfo) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.infos = append(o.infos, i)
}

func (o *observed) take() []openlines.DeliveryInfo {
	o.mu.Lock()
	defer o.mu.Unlock()
	infos := o.infos
	o.infos = nil
	return infos
}

// The attempts that a dead channel can get in an hour: four failures, all places full before the fifth is known, then one
// attempt after each rest of 1, 2, 4, …, 32, 60, 60, … seconds.
const (
	probesInAnHour   = 6 + (3600-63)/60
	attemptsInAnHour = openlines.BreakAfter - 1 + desk.MaxChannel + probesInAnHour
)

// However many wait for a channel that is away, it is asked a bounded number of times, and all get theirs when it is back.
func TestDeadChannelIsAskedABoundedNumberOfTimes(t *testing.T) {
	t.Parallel()
	const chats = 100
	t.Run("Run", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			channel, seen := &mailman{answer: away}, &observed{}
			e := open(t, memory.New(), openlines.Config{
				Connectors: map[connector.ID]connector.Connector{"web": channel}, Observer: openlines.Observer{Delivery: seen.delivery},
			})
			furnish(t, e, quietLine())
			stop := running(t, e)
			for i := range chats {
				says(t, e, fmt.Sprint(i), "m")
			}
			time.Sleep(time.Hour)
			synctest.Wait()
			n := len(channel.attempts())
			t.Logf("%d chats wait for an hour: %d attempts, at most %d", chats, n, attemptsInAnHour)
			if n > attemptsInAnHour || n < openlines.BreakAfter+probesInAnHour {
				t.Errorf("%d attempts, want at most %d and not much less", n, attemptsInAnHour)
			}
			want := openlines.FirstRest
			for _, info := range seen.take() {
				if info.Rests == 0 {
					continue
				}
				if info.Rests != want {
					t.Errorf("the channel rests %v, want %v", info.Rests, want)
				}
				want = min(2*info.Rests, openlines.LongestRest)
			}
			if want != openlines.LongestRest {
				t.Errorf("the last rest would be %v", want)
			}
			channel.answers(nil)
			time.Sleep(openlines.LongestRest + openlines.PollIdle)
			synctest.Wait()
			resumed := 0
			for _, info := range seen.take() {
				if info.Resumed {
					resumed++
				}
			}
			if resumed != 1 {
				t.Errorf("told %d times that the channel is back", resumed)
			}
			time.Sleep(desk.LongestWait * 6 / 5)
			synctest.Wait()
			if n := len(channel.attempts()); n != chats {
				t.Errorf("%d deliveries when it was back, want %d", n, chats)
			}
			stop()
		})
	})
	t.Run("Advance", func(t *testing.T) {
		t.Parallel()
		p := openPost(t, memory.New())
		p.mailman.answers(away)
		p.manyWait(t, chats)
		p.pass(t, time.Hour)
		n := len(p.mailman.attempts())
		t.Logf("%d chats wait for an hour: %d attempts", chats, n)
		if want := openlines.BreakAfter + probesInAnHour; n != want {
			t.Errorf("%d attempts, want %d", n, want)
		}
	})
}

// A failure that is the message's own fault says nothing about its channel.
func TestMessagesAtFaultDoNotStopAChannel(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		channel, seen := &mailman{answer: forGood}, &observed{}
		e := open(t, memory.New(), openlines.Config{
			Connectors: map[connector.ID]connector.Connector{"web": channel}, Observer: openlines.Observer{Delivery: seen.delivery},
		})
		furnish(t, e, quietLine())
		stop := running(t, e)
		const chats = 4 * openlines.BreakAfter
		for i := range chats {
			says(t, e, fmt.Sprint(i), "m")
		}
		synctest.Wait()
		if n := len(channel.attempts()); n != chats {
			t.Errorf("%d attempts at once, want %d", n, chats)
		}
		for _, info := range seen.take() {
			if info.Rests > 0 {
				t.Fatal("the channel rests")
			}
		}
		stop()
	})
}

// An open breaker lets one through at a time, a success closes it, and one that shows nothing leaves it as it is.
func TestBreakerTriesWithOneAtATime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		channel := &mailman{answer: away}
		e := open(t, memory.New(), openlines.Config{Connectors: map[connector.ID]connector.Connector{"web": channel}})
		furnish(t, e, quietLine())
		stop := running(t, e)
		for i := range 20 {
			says(t, e, fmt.Sprint(i), "m")
		}
		synctest.Wait()
		channel.attempts()
		gate := make(chan error)
		channel.answers(func(connector.Outbound) error { return <-gate })
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if n := len(channel.attempts()); n != 1 {
			t.Errorf("%d attempts while it is not known whether the channel works, want one", n)
		}
		gate <- &connector.Failure{Permanent: true, Err: errors.New("blocked")}
		synctest.Wait()
		if n := len(channel.attempts()); n != 1 {
			t.Errorf("%d attempts after one that showed nothing, want one", n)
		}
		gate <- nil
		time.Sleep(openlines.PollIdle)
		synctest.Wait()
		if n := len(channel.attempts()); n != desk.MaxChannel {
			t.Errorf("%d attempts when the channel is back, want %d at once", n, desk.MaxChannel)
		}
		channel.answers(nil)
		close(gate)
		stop()
	})
}

// A breaker is open by the engine's clock: one that was set back does not keep it open for as long.
func TestBreakerGoesByTheClock(t *testing.T) {
	t.Parallel()
	p := openPost(t, memory.New())
	p.mailman.answers(away)
	p.manyWait(t, 100)
	p.pass(t, 5*time.Minute)
	p.mailman.attempts()
	for _, step := range []struct {
		by   time.Duration
		want int
	}{{0, 0}, {-2 * time.Minute, 1}, {0, 0}, {openlines.LongestRest - 1, 0}, {1, 1}} {
		p.clock.now = p.clock.now.Add(step.by)
		_, err := p.Advance(t.Context())
		must(t, err)
		if n := len(p.mailman.attempts()); n != step.want {
			t.Errorf("clock moved by %v: %d attempts, want %d", step.by, n, step.want)
		}
	}
}

// manyWait lets many clients write to a line that greets them.
func (p *post) manyWait(t *testing.T, n int) {
	t.Helper()
	l := quietLine()
	l.ID = "greets"
	must(t, p.PutLine(t.Context(), l))
	must(t, p.Connect(t.Context(), "greets", "web", "greets"))
	for i := range n {
		_, err := p.Receive(t.Context(), connector.Inbound{Connector: "web", Account: "greets", User: fmt.Sprint(i), ID: "m", Text: "?"})
		must(t, err)
	}
}
