package queue_test

import (
	"fmt"
	"testing"

	"github.com/openlines-go/openlines/queue"
)

func staffed(mode queue.Mode, n int) *queue.Queue {
	members := make([]queue.Member, n)
	for i := range members {
		members[i].Operator = id(fmt.Sprintf("operator-%d", i))
	}
	q := queue.New(mode, members)
	for i, m := range members {
		q.Set(m.Operator, true, uint64(i), 0)
	}
	return q
}

// asked lists the first n of those who are asked one after the other, at most all.
func asked(q *queue.Queue, n int) (tried []id) {
	for len(tried) < min(n, q.Free()) {
		next, _, _ := q.Next(tried)
		tried = append(tried, next)
	}
	return tried
}

func BenchmarkNext(b *testing.B) {
	for _, mode := range []queue.Mode{queue.Evenly, queue.Strictly, queue.LeastLoaded} {
		for _, n := range []int{10, 1000, 100_000} {
			q := staffed(mode, n)
			for _, tries := range []int{0, queue.MaxTried} {
				tried := asked(q, tries)
				b.Run(fmt.Sprintf("mode=%s/members=%d/tried=%d", mode, n, len(tried)), func(b *testing.B) {
					b.ReportAllocs()
					for b.Loop() {
						q.Next(tried)
					}
				})
			}
		}
	}
}

func BenchmarkSet(b *testing.B) {
	for _, n := range []int{10, 1000, 100_000} {
		q := staffed(queue.Evenly, n)
		b.Run(fmt.Sprintf("members=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			stamp := uint64(n)
			for b.Loop() { // each session goes to the one asked longest ago
				next, _, _ := q.Next(nil)
				stamp++
				q.Set(next, true, stamp, 0)
			}
		})
	}
}

// Routing asks at each change of any operator, so setting and choosing allocate nothing.
func TestSetAndNextDoNotAllocate(t *testing.T) {
	for _, mode := range []queue.Mode{queue.Evenly, queue.Strictly, queue.All, queue.RoundRobin, queue.LeastLoaded} {
		q := staffed(mode, 1000)
		var stamp uint64
		if got := testing.AllocsPerRun(100, func() {
			next, _, _ := q.Next(nil)
			stamp++
			q.Set(next, stamp%2 == 0, stamp, 0)
		}); got != 0 {
			t.Errorf("%s: %v allocations", mode, got)
		}
	}
	strictly, tried := staffed(queue.Strictly, 1000), []id{"operator-500"}
	if got := testing.AllocsPerRun(100, func() { strictly.Next(tried) }); got != 0 {
		t.Errorf("walking on: %v allocations", got)
	}
}
