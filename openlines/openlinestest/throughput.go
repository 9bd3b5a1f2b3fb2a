package openlinestest

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
)

// Throughput measures how many messages of clients a second go through an engine on a store, for 1, 64 and 512 callers who
// share turns. Beside it, in the same run, stands the same by hand: raw makes a place for rows, and the function that it
// returns writes those of one batch in one transaction; it is given every batch that the engine stored.
//
// The metrics are messages/s of both, the engine's time as a multiple of that by hand, and how many messages and records a
// turn had.
func Throughput(b *testing.B, open func(testing.TB) storage.Store, raw func(testing.TB) func(*storage.Batch) error) {
	for _, callers := range []int{1, 64, 512} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			kept := &keeping{Store: open(b)}
			e, err := openlines.Open(everlasting, kept, openlines.Config{})
			if err != nil {
				b.Fatal(err)
			}
			defer func() { _ = e.Close() }()
			benchLine(b, e)
			write := raw(b)
			set := len(kept.batches)
			for _, batch := range kept.batches {
				if err := write(batch); err != nil {
					b.Fatal(err)
				}
			}
			b.ResetTimer()
			receiveAll(b, e, callers)
			engine := b.Elapsed()
			b.StopTimer()
			turns := kept.batches[set:]
			records := 0
			for _, batch := range turns {
				records += len(batch.Puts)
			}
			b.StartTimer()
			for _, batch := range turns {
				if err := write(batch); err != nil {
					b.Fatal(err)
				}
			}
			b.StopTimer()
			hand := b.Elapsed() - engine
			b.ReportMetric(float64(engine.Nanoseconds())/float64(b.N), "ns/op")
			b.ReportMetric(float64(b.N)/engine.Seconds(), "messages/s")
			b.ReportMetric(float64(b.N)/hand.Seconds(), "by-hand/s")
			b.ReportMetric(engine.Seconds()/hand.Seconds(), "x-by-hand")
			b.ReportMetric(float64(b.N)/float64(len(turns)), "messages/turn")
			b.ReportMetric(float64(records)/float64(len(turns)), "records/turn")
		})
	}
}

// keeping keeps what was stored.
type keeping struct {
	storage.Store
	batches []*storage.Batch // one engine commits one after the other
}

func (k *keeping) Commit(ctx context.Context, b *storage.Batch) (storage.Head, error) {
	head, err := k.Store.Commit(ctx, b)
	if err == nil {
		k.batches = append(k.batches, b)
	}
	return head, err
}

func benchLine(b *testing.B, e *openlines.Engine) {
	for _, err := range []error{
		e.PutOperator(everlasting, openlines.Operator{ID: "ann"}, openlines.Operator{ID: "bob"}),
		e.PutLine(everlasting, openlines.Line{
			ID: "support", Queue: queue.Rules{Members: queue.Operators("ann", "bob"), PassOnAfter: time.Hour},
			Session: session.Rules{UnansweredAfter: session.Never},
		}),
		e.Connect(everlasting, "support", ConnectorID, "support"),
	} {
		if err != nil {
			b.Fatal(err)
		}
	}
}

// receiveAll lets callers write b.N messages, each for a client of his own.
func receiveAll(b *testing.B, e *openlines.Engine, callers int) {
	work := make(chan int, callers)
	var group sync.WaitGroup
	for c := range callers {
		group.Go(func() {
			for i := range work {
				if _, err := e.Receive(everlasting, connector.Inbound{
					Connector: ConnectorID, Account: "support", User: "client" + strconv.Itoa(c), ID: strconv.Itoa(i), Text: "help",
				}); err != nil {
					b.Error(err)
				}
			}
		})
	}
	for i := range b.N {
		work <- i
	}
	close(work)
	group.Wait()
}
