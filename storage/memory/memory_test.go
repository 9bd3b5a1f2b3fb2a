package memory_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/memory"
	"github.com/openlines-go/openlines/storage/storagetest"
)

func open(testing.TB) storage.Store { return memory.New() }

func TestStore(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, open, storagetest.Options{})
}

func TestModel(t *testing.T) {
	t.Parallel()
	storagetest.Model(t, open)
}

func BenchmarkStore(b *testing.B) { storagetest.Bench(b, open) }

var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func session(id string, at time.Time, terms ...string) storage.Put {
	return storage.Put{Record: storage.Record{
		Key: storage.Key{Kind: "session", ID: id}, At: at, Terms: terms, Body: []byte(`{}`),
	}}
}

// next makes a batch whose id follows from its revision.
func next(expect storage.Mark, puts ...storage.Put) *storage.Batch {
	b := &storage.Batch{Expect: expect, Puts: puts}
	binary.BigEndian.PutUint64(b.ID[:], expect.Revision+1)
	return b
}

func mustCommit(t testing.TB, s *memory.Store, b *storage.Batch) storage.Mark {
	t.Helper()
	head, err := s.Commit(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	return head.Mark
}

func TestBrokenPromisesAreRefused(t *testing.T) {
	t.Parallel()
	s := memory.New()
	mark := mustCommit(t, s, next(storage.Mark{}, session("1", start, "line:a")))
	for name, p := range map[string]storage.Put{
		"At changed":          session("1", start.Add(time.Microsecond), "line:a"),
		"Same, other terms":   session("1", start, "line:b"),
		"Same, no terms":      session("1", start),
		"Same, other Open":    {Record: storage.Record{Key: storage.Key{Kind: "session", ID: "1"}, At: start, Terms: []string{"line:a"}, Open: true}},
		"Same, but not there": session("2", start, "line:a"),
	} {
		p.Same = name != "At changed"
		if _, err := s.Commit(t.Context(), next(mark, p)); !errors.Is(err, storage.ErrInvalid) {
			t.Errorf("%s: %v, want ErrInvalid", name, err)
		}
	}
	kept := session("1", start, "line:a")
	kept.Same = true
	mustCommit(t, s, next(mark, kept))
}

func TestClosedStoreAnswersErrClosed(t *testing.T) {
	t.Parallel()
	s := memory.New()
	mustCommit(t, s, next(storage.Mark{}, session("1", start)))
	if err := errors.Join(s.Close(), s.Close()); err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	_, commit := s.Commit(ctx, next(storage.Mark{}))
	_, turn := s.Turn(ctx, storage.Mark{}, func(storage.Changes) (*storage.Batch, error) { return nil, nil })
	_, scan := s.Scan(ctx, storage.All, func(storage.Record) error { return nil })
	_, changes := s.Changes(ctx, storage.Mark{})
	_, _, get := s.Get(ctx)
	_, _, find := s.Find(ctx, storage.Query{Kind: "session", Limit: 1})
	_, events := s.Events(ctx, 0, 1)
	none := func(func(storage.Record, error) bool) {}
	imported := s.Import(ctx, storage.Head{}, none, func(func(storage.Event, error) bool) {})
	for method, err := range map[string]error{
		"Commit": commit, "Turn": turn, "Scan": scan, "Changes": changes, "Get": get, "Find": find, "Events": events,
		"Import": imported,
	} {
		if !errors.Is(err, storage.ErrClosed) {
			t.Errorf("%s: %v, want ErrClosed", method, err)
		}
	}
}

func TestTurnsAreKeptForAnHourAndByNumber(t *testing.T) {
	t.Parallel()
	now := start
	s := memory.NewAt(func() time.Time { return now })
	marks := []storage.Mark{{}}
	commit := func(n int) {
		for range n {
			marks = append(marks, mustCommit(t, s, next(marks[len(marks)-1])))
		}
	}
	want := func(revision int, want error) {
		t.Helper()
		if _, err := s.Changes(t.Context(), marks[revision]); !errors.Is(err, want) {
			t.Errorf("Changes since %d of %d: %v, want %v", revision, len(marks)-1, err, want)
		}
	}
	commit(storage.KeptTurns + 500)
	want(0, nil)
	now = now.Add(time.Hour)
	commit(1)
	want(0, nil)
	now = now.Add(time.Microsecond)
	commit(1)
	kept := len(marks) - 1 - storage.KeptTurns
	want(kept, nil)
	want(kept-1, storage.ErrBehind)
	want(0, storage.ErrBehind)
	if _, err := s.Commit(t.Context(), next(marks[kept])); err != nil {
		t.Errorf("repeat of the oldest batch that is kept: %v", err)
	}
	if _, err := s.Commit(t.Context(), next(marks[kept-1])); !errors.Is(err, storage.ErrConflict) {
		t.Errorf("repeat of a batch that is forgotten: %v, want ErrConflict", err)
	}
}

func TestWritersWaitForATurn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := memory.New()
		decide, decided := make(chan struct{}), make(chan error)
		go func() {
			_, err := s.Turn(t.Context(), storage.Mark{}, func(c storage.Changes) (*storage.Batch, error) {
				<-decide
				return next(c.Mark), nil
			})
			decided <- err
		}()
		synctest.Wait()
		over, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := s.Commit(over, &storage.Batch{ID: storage.BatchID{9}}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Commit during a turn: %v, want it to wait", err)
		}
		if _, _, err := s.Get(t.Context()); err != nil {
			t.Errorf("Get during a turn: %v", err)
		}
		close(decide)
		if err := <-decided; err != nil {
			t.Errorf("Turn: %v", err)
		}
	})
}

func TestStalledHolderLosesTheTurn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := memory.New()
		decide, decided := make(chan struct{}), make(chan error)
		go func() {
			_, err := s.Turn(t.Context(), storage.Mark{}, func(c storage.Changes) (*storage.Batch, error) {
				<-decide
				return next(c.Mark), nil
			})
			decided <- err
		}()
		synctest.Wait()
		before := time.Now()
		if _, err := s.Commit(t.Context(), &storage.Batch{ID: storage.BatchID{9}}); err != nil {
			t.Errorf("Commit while the holder stalls: %v", err)
		}
		if waited := time.Since(before); waited != 5*time.Second {
			t.Errorf("waited %v for a stalled holder, want 5s", waited)
		}
		close(decide)
		if err := <-decided; !errors.Is(err, storage.ErrConflict) {
			t.Errorf("Turn of the stalled holder: %v, want ErrConflict", err)
		}
		mustCommit(t, s, &storage.Batch{ID: storage.BatchID{8}, Expect: storage.Mark{Revision: 1, Batch: storage.BatchID{9}}})
	})
}

func TestPanicOfDecideGivesTheTurnBack(t *testing.T) {
	t.Parallel()
	s := memory.New()
	func() {
		defer func() { _ = recover() }()
		_, _ = s.Turn(t.Context(), storage.Mark{}, func(storage.Changes) (*storage.Batch, error) { panic("decide") })
	}()
	mustCommit(t, s, next(storage.Mark{}))
}

// The suite's desks fit into one block of an index; this one does not.
func TestFindOverManyBlocks(t *testing.T) {
	t.Parallel()
	s := memory.New()
	const records = 5000
	random := rand.New(rand.NewPCG(1, 1))
	var want []string
	var mark storage.Mark
	at := func(i int) time.Time { return start.Add(time.Duration(i/3) * time.Minute) }
	id := func(i int) string { return fmt.Sprintf("%05d", i) }
	for _, i := range random.Perm(records) {
		mark = mustCommit(t, s, next(mark, session(id(i), at(i), "line:a")))
	}
	for i := range records {
		if i/1000%2 == 0 && i%10 != 0 { // thins some blocks out and empties others
			b := next(mark)
			b.Deletes = []storage.Key{{Kind: "session", ID: id(i)}}
			mark = mustCommit(t, s, b)
			continue
		}
		want = append(want, id(i))
	}
	for _, oldest := range []bool{true, false} {
		if !oldest {
			slices.Reverse(want)
		}
		for _, limit := range []int{1, 7, 512, 1000} {
			q := storage.Query{Kind: "session", Terms: []string{"line:a"}, OldestFirst: oldest, Limit: limit}
			var got []string
			for {
				page, _, err := s.Find(t.Context(), q)
				if err != nil {
					t.Fatal(err)
				}
				if len(page) == 0 {
					break
				}
				for _, r := range page {
					got = append(got, r.ID)
				}
				last := page[len(page)-1]
				q.After = storage.Cursor{At: last.At, ID: last.ID}
			}
			if !slices.Equal(got, want) {
				t.Errorf("oldest first %t, pages of %d: %d ids, want %d in their order", oldest, limit, len(got), len(want))
			}
		}
	}
}

func BenchmarkFind(b *testing.B) {
	s := memory.New()
	var mark storage.Mark
	for i := range 200 {
		batch := next(mark)
		for j := range 5000 {
			n := i*5000 + j
			batch.Puts = append(batch.Puts, session(fmt.Sprint(n), start.Add(time.Duration(n)*time.Second), fmt.Sprint("client:", n%1000), "line:a"))
		}
		mark = mustCommit(b, s, batch)
	}
	b.ReportAllocs()
	for b.Loop() {
		page, _, err := s.Find(b.Context(), storage.Query{Kind: "session", Terms: []string{"client:7", "line:a"}, Limit: 50})
		if err != nil || len(page) != 50 {
			b.Fatal(len(page), err)
		}
	}
}
