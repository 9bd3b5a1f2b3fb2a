package openlines_test

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage/memory"
)

// bench opens a desk with one line of n operators in mode Evenly.
func bench(b *testing.B, n int) *openlines.Engine {
	b.Helper()
	ctx := b.Context()
	e, err := openlines.Open(ctx, memory.New(), openlines.Config{})
	must(b, err)
	b.Cleanup(func() { _ = e.Close() })
	must(b, e.PutSettings(ctx, openlines.Settings{MaxSessions: desk.MaxOpenSessions}))
	ids := make([]queue.OperatorID, n)
	for i := range ids {
		ids[i] = queue.OperatorID("op" + strconv.Itoa(i))
	}
	for i := 0; i < n; i += desk.MaxOperators {
		var some []openlines.Operator
		for _, id := range ids[i:min(i+desk.MaxOperators, n)] {
			some = append(some, openlines.Operator{ID: id})
		}
		must(b, e.PutOperator(ctx, some...))
	}
	must(b, e.PutLine(ctx, openlines.Line{
		ID: "support", Queue: queue.Rules{Members: queue.Operators(ids...), PassOnAfter: queue.Never},
		Session: session.Rules{UnansweredAfter: session.Never},
	}))
	must(b, e.Connect(ctx, "support", "web", "main"))
	return e
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

func write(ctx context.Context, e *openlines.Engine, user, id string) error {
	_, err := e.Receive(ctx, connector.Inbound{Connector: "web", Account: "main", User: user, ID: id, Text: "help"})
	return err
}

// BenchmarkReceive is the whole command, on the memory store: a message of a client with an open session, one of a new
// client, a redelivery; alone, and 64 callers at once, who share turns.
func BenchmarkReceive(b *testing.B) {
	b.Run("known-chat", func(b *testing.B) {
		e := bench(b, 10)
		must(b, write(b.Context(), e, "client", "first"))
		for i := 0; b.Loop(); i++ {
			must(b, write(b.Context(), e, "client", strconv.Itoa(i)))
		}
	})
	b.Run("new-chat", func(b *testing.B) {
		e := bench(b, 10)
		for i := 0; b.Loop(); i++ {
			must(b, write(b.Context(), e, strconv.Itoa(i), "first"))
		}
	})
	b.Run("redelivery", func(b *testing.B) {
		e := bench(b, 10)
		must(b, write(b.Context(), e, "client", "first"))
		for b.Loop() {
			must(b, write(b.Context(), e, "client", "first"))
		}
	})
	b.Run("known-chats/callers=64", func(b *testing.B) {
		e := bench(b, 10)
		var next atomic.Int64
		var group sync.WaitGroup
		b.ResetTimer()
		for c := range 64 {
			group.Go(func() {
				for i := next.Add(1); i <= int64(b.N); i = next.Add(1) {
					if err := write(context.Background(), e, strconv.Itoa(c), strconv.FormatInt(i, 10)); err != nil {
						b.Error(err)
						return
					}
				}
			})
		}
		group.Wait()
	})
}

// BenchmarkRoute is the whole command that brings a new client to an operator: receive, choose, offer, store. It is held
// against itself: the cost at 100,000 operators is at most three times that at 10.
//
// The last column is that ratio, measured in one run.
func BenchmarkRoute(b *testing.B) {
	var ofTen float64
	for _, n := range []int{10, 1000, 100_000} {
		b.Run(fmt.Sprintf("operators=%d", n), func(b *testing.B) {
			e := bench(b, n)
			for i := 0; b.Loop(); i++ {
				must(b, write(b.Context(), e, strconv.Itoa(i), "first"))
			}
			each := float64(b.Elapsed()) / float64(b.N)
			if n == 10 {
				ofTen = each
			}
			if ofTen > 0 {
				b.ReportMetric(each/ofTen, "x-of-10")
			}
		})
	}
}
