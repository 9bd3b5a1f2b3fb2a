package storagetest

import (
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/openlines-go/openlines/storage"
)

// Bench measures a store: commits of 1, 10 and 300 new records with two terms each and an event, turns of one caller and
// of 64 if the store takes turns, and reading from a desk of [BenchRecords] records. It calls open once for each.
func Bench(b *testing.B, open func(testing.TB) storage.Store) {
	for _, puts := range []int{1, 10, 300} {
		b.Run(fmt.Sprintf("commit/puts=%d", puts), func(b *testing.B) {
			w := &benchWriter{s: open(b)}
			b.ReportAllocs()
			for b.Loop() {
				w.commit(b, puts)
			}
			perSecond(b, puts)
		})
	}
	for _, callers := range []int{1, 64} {
		b.Run(fmt.Sprintf("turn/callers=%d", callers), func(b *testing.B) { benchTurns(b, open(b), callers) })
	}
	for _, read := range benchReads {
		b.Run(read.name, func(b *testing.B) {
			w := &benchWriter{s: open(b)}
			for range BenchRecords / benchPart {
				w.commit(b, benchPart)
			}
			b.ReportAllocs()
			for b.Loop() {
				if n, err := read.do(b, w); err != nil || n != read.want {
					b.Fatalf("%d records, %v; want %d", n, err, read.want)
				}
			}
		})
	}
}

// BenchRecords is how many records the desk has that Bench reads from: every second one open, a hundred of each client.
const BenchRecords = 10_000

const (
	benchPart    = 500 // records of a commit that fills the desk
	benchClients = BenchRecords / 100
	benchBody    = `{"id":12345,"chat":678,"line":"support","state":"waiting","began":"2026-03-02T09:00:00Z","queued":"2026-03-02T09:00:00Z","first":1}`
)

// benchWriter writes new records.
type benchWriter struct {
	s    storage.Store
	head storage.Head
	next atomic.Int64
}

func benchPut(n int64) storage.Put {
	return storage.Put{Create: true, Record: storage.Record{
		Key: benchKey(n), Open: n%2 == 0, At: start.Add(time.Duration(n) * time.Second), Body: []byte(benchBody),
		Terms: []string{"client:" + strconv.FormatInt(n%benchClients, 10), "line:support"},
	}}
}

func benchKey(n int64) storage.Key { return storage.Key{Kind: "session", ID: strconv.FormatInt(n, 10)} }

func (w *benchWriter) batch(on storage.Head, puts int) *storage.Batch {
	next := &storage.Batch{ID: newID(), Expect: on.Mark, Events: []storage.Event{{Seq: on.Events + 1, Body: []byte(benchBody)}}}
	for range puts {
		next.Puts = append(next.Puts, benchPut(w.next.Add(1)-1))
	}
	return next
}

func (w *benchWriter) commit(b *testing.B, puts int) {
	var err error
	if w.head, err = w.s.Commit(b.Context(), w.batch(w.head, puts)); err != nil {
		b.Fatal(err)
	}
}

// benchTurns is a turn of ten puts of each of many callers who stand in line. Everybody has to hear what the others did
// while he waited.
func benchTurns(b *testing.B, s storage.Store, callers int) {
	turner, ok := s.(storage.Turner)
	if !ok {
		b.Skip("the store does not implement storage.Turner")
	}
	w := &benchWriter{s: s}
	work := make(chan struct{})
	var group sync.WaitGroup
	b.ReportAllocs()
	for range callers {
		group.Go(func() {
			var head storage.Head
			var err error
			for range work {
				if head, err = turner.Turn(b.Context(), head.Mark, func(c storage.Changes) (*storage.Batch, error) {
					return w.batch(c.Head, 10), nil
				}); err != nil {
					b.Error(err)
				}
			}
		})
	}
	b.ResetTimer()
	for range b.N {
		work <- struct{}{}
	}
	close(work)
	group.Wait()
	perSecond(b, 10)
}

func perSecond(b *testing.B, puts int) {
	commits := float64(b.N) / b.Elapsed().Seconds()
	b.ReportMetric(commits, "commits/s")
	b.ReportMetric(commits*float64(puts), "puts/s")
}

// benchReads are ways to read, with the number of records that they give.
var benchReads = []struct {
	name string
	do   func(*testing.B, *benchWriter) (int, error)
	want int
}{
	{"get/keys=1", func(b *testing.B, w *benchWriter) (int, error) {
		found, _, err := w.s.Get(b.Context(), benchKey(BenchRecords/2))
		return len(found), err
	}, 1},
	{"get/keys=100", func(b *testing.B, w *benchWriter) (int, error) {
		var keys []storage.Key
		for n := range int64(100) {
			keys = append(keys, benchKey(n*benchClients))
		}
		found, _, err := w.s.Get(b.Context(), keys...)
		return len(found), err
	}, 100},
	{"find/page=50", func(b *testing.B, w *benchWriter) (int, error) {
		found, _, err := w.s.Find(b.Context(), storage.Query{Kind: "session", Terms: []string{"client:7", "line:support"}, Limit: 50})
		return len(found), err
	}, 50},
	{"changes/nothing", func(b *testing.B, w *benchWriter) (int, error) {
		c, err := w.s.Changes(b.Context(), w.head.Mark)
		return len(c.Records), err
	}, 0},
	{"changes/one-turn", func(b *testing.B, w *benchWriter) (int, error) {
		b.StopTimer()
		since := w.head.Mark
		w.commit(b, 10)
		b.StartTimer()
		c, err := w.s.Changes(b.Context(), since)
		return len(c.Records), err
	}, 5}, // those that were created closed are not told
	{"scan/live", func(b *testing.B, w *benchWriter) (n int, err error) {
		_, err = w.s.Scan(b.Context(), storage.Live, func(storage.Record) error { n++; return nil })
		return n, err
	}, BenchRecords / 2},
}
