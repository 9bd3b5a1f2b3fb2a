package openlines_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/storage/memory"
)

// neighbours is an engine with a channel that works and two others: one hangs and one panics, or all work.
type neighbours struct {
	*openlines.Engine
	gate chan struct{} // lets go of what hangs

	mu      sync.Mutex
	clients int
	written map[string]time.Time
	took    []time.Duration // from a client's message to the answer of the channel that works
}

// work is how long a channel that works takes for a message.
const work = 20 * time.Millisecond

func openNeighbours(tb testing.TB, sick bool) *neighbours {
	tb.Helper()
	n := &neighbours{gate: make(chan struct{}), written: map[string]time.Time{}}
	works := connector.Func(func(_ context.Context, m connector.Outbound) (connector.Receipt, error) {
		time.Sleep(work)
		n.mu.Lock()
		defer n.mu.Unlock()
		if m.To.Connector == "works" {
			n.took = append(n.took, time.Since(n.written[m.To.User]))
		}
		return connector.Receipt{}, nil
	})
	channels := map[connector.ID]connector.Connector{"works": works, "first": works, "second": works}
	if sick {
		channels["first"] = hung{n.gate, errors.New("too late")}
		channels["second"] = connector.Func(func(context.Context, connector.Outbound) (connector.Receipt, error) { panic("broken") })
	}
	n.Engine = open(tb, memory.New(), openlines.Config{Connectors: channels})
	furnish(tb, n.Engine, quietLine())
	for c := range channels {
		must(tb, n.Connect(context.Background(), "support", c, "main"))
	}
	return n
}

func (n *neighbours) write(tb testing.TB, c connector.ID) {
	tb.Helper()
	n.mu.Lock()
	n.clients++
	user := fmt.Sprint(n.clients)
	n.written[user] = time.Now()
	n.mu.Unlock()
	_, err := n.Receive(context.Background(), connector.Inbound{Connector: c, Account: "main", User: user, ID: "m", Text: "?"})
	must(tb, err)
}

// traffic has clients write to all three channels, three to each every so often, until the one that works has answered all.
func (n *neighbours) traffic(tb testing.TB, rounds int, every time.Duration) {
	tb.Helper()
	n.mu.Lock()
	want := len(n.took) + 3*rounds
	n.mu.Unlock()
	for range rounds {
		for range 3 {
			n.write(tb, "first")
			n.write(tb, "second")
			n.write(tb, "works")
		}
		time.Sleep(every)
	}
	for range 1000 {
		if n.answered() >= want {
			return
		}
		time.Sleep(every)
	}
	tb.Fatalf("the channel that works has answered %d of %d", n.answered(), want)
}

func (n *neighbours) answered() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.took)
}

// p99 is the 99th percentile of the waits so far.
func (n *neighbours) p99() time.Duration {
	n.mu.Lock()
	defer n.mu.Unlock()
	all := slices.Sorted(slices.Values(n.took))
	return all[len(all)*99/100]
}

// One connector that hangs and one that panics move the 99th percentile of a third by less than a fifth, in virtual time.
func TestSickConnectorsDoNotSlowAThird(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		well, sick := openNeighbours(t, false), openNeighbours(t, true)
		stopWell, stopSick := running(t, well.Engine), running(t, sick.Engine)
		for range 2 { // 36 s each: the sick ones run into their time-outs
			well.traffic(t, 150, 240*time.Millisecond)
			sick.traffic(t, 150, 240*time.Millisecond)
		}
		t.Logf("p99 %v, beside sick connectors %v", well.p99(), sick.p99())
		if well.p99() < work || float64(sick.p99()) >= 1.2*float64(well.p99()) {
			t.Errorf("p99 is %v beside sick connectors, %v without", sick.p99(), well.p99())
		}
		close(sick.gate)
		stopWell()
		stopSick()
	})
}

// Goroutines of calls that hang are bounded by their places, however long that lasts and however many wait. Invariant I-61.
func TestSickConnectorsGrowNoGoroutines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := openNeighbours(t, true)
		stop := running(t, n.Engine)
		before := runtime.NumGoroutine()
		for range 300 {
			n.write(t, "first")
			n.write(t, "second")
		}
		most := 0
		for range 100 {
			time.Sleep(time.Minute)
			synctest.Wait()
			most = max(most, runtime.NumGoroutine())
		}
		t.Logf("%d goroutines before, at most %d in 100 minutes", before, most)
		if most > before+2*desk.MaxChannel+4 {
			t.Errorf("%d goroutines, %d before: want at most two for each of %d places", most, before, desk.MaxChannel)
		}
		close(n.gate)
		stop()
	})
}

// BenchmarkSickConnectors is the same in real time. The last column is the ratio of the two percentiles, measured in one run
// by turns.
func BenchmarkSickConnectors(b *testing.B) {
	for b.Loop() {
		well, sick := openNeighbours(b, false), openNeighbours(b, true)
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan error, 2)
		for _, n := range []*neighbours{well, sick} {
			go func() { ended <- n.Run(ctx) }()
		}
		for range 10 {
			well.traffic(b, 40, 25*time.Millisecond)
			sick.traffic(b, 40, 25*time.Millisecond)
		}
		b.ReportMetric(float64(well.p99().Microseconds()), "µs-p99-well")
		b.ReportMetric(float64(sick.p99().Microseconds()), "µs-p99-sick")
		b.ReportMetric(float64(sick.p99())/float64(well.p99()), "x-of-well")
		close(sick.gate)
		cancel()
		for range 2 {
			must(b, <-ended)
		}
	}
}
