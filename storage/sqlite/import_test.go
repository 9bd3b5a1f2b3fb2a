package sqlite_test

import (
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/sqlite"
)

var arrived = storage.Head{Mark: storage.Mark{Revision: 41, Batch: storage.BatchID{7}}, Events: 5, Format: 1}

func recordsOf(n int) iter.Seq2[storage.Record, error] {
	return func(yield func(storage.Record, error) bool) {
		for i := range n {
			if !yield(session(fmt.Sprintf("%07d", i), `{"v":1}`, "line:a").Record, nil) {
				return
			}
		}
	}
}

func eventsOf(first, last uint64) iter.Seq2[storage.Event, error] {
	return func(yield func(storage.Event, error) bool) {
		for n := first; n <= last; n++ {
			if !yield(storage.Event{Seq: n, Body: []byte(`{}`)}, nil) {
				return
			}
		}
	}
}

func mustImport(t testing.TB, s *sqlite.Store) {
	t.Helper()
	if err := s.Import(t.Context(), arrived, recordsOf(3), eventsOf(1, 5)); err != nil {
		t.Fatal(err)
	}
}

// A desk that was imported has no turns before the one that says so.
func TestCheckOfAnImportedDesk(t *testing.T) {
	t.Parallel()
	for _, wrong := range []string{
		`delete from turn`,
		`update turn set events = 6`,
		`update turn set batch = '00'`,
		`update turn set revision = 40`,
		`update turn set parent = batch`,
		`update desk set trimmed = 1`,
		`delete from event where seq = 4`,
		`delete from term where id = '0000001'`,
	} {
		t.Run(wrong, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "desk.db")
			s := mustOpen(t, path)
			mustImport(t, s)
			if err := s.Check(t.Context()); err != nil {
				t.Fatalf("before: %v", err)
			}
			mustExec(t, path, wrong)
			if err := s.Check(t.Context()); !errors.Is(err, storage.ErrCorrupt) {
				t.Errorf("Check: %v, want ErrCorrupt", err)
			}
		})
	}
	t.Run("turns that follow", func(t *testing.T) {
		t.Parallel()
		s := mustOpen(t, filepath.Join(t.TempDir(), "desk.db"))
		mustImport(t, s)
		mark := arrived.Mark
		for range 3 {
			b := batch(mark, session("new", `{}`))
			b.Format = 1
			mark = mustCommit(t, s, b).Mark
		}
		if err := s.Check(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// Whatever a sequence does, the file is free again afterwards, for this store and for others.
func TestImportGivesTheDeskBack(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "desk.db")
	s, other := mustOpen(t, path), mustOpen(t, path)
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic of a sequence is lost")
			}
		}()
		_ = s.Import(t.Context(), arrived, func(yield func(storage.Record, error) bool) {
			yield(session("1", `{}`).Record, nil)
			panic("sequence")
		}, eventsOf(1, 5))
	}()
	stop := errors.New("stop")
	err := other.Import(t.Context(), arrived, func(yield func(storage.Record, error) bool) {
		yield(session("1", `{}`).Record, nil)
		yield(storage.Record{}, stop)
	}, eventsOf(1, 5))
	if !errors.Is(err, stop) {
		t.Errorf("error %v, want that of the sequence", err)
	}
	mustImport(t, s)
	if err := other.Import(t.Context(), arrived, recordsOf(3), eventsOf(1, 5)); !errors.Is(err, storage.ErrNotEmpty) {
		t.Errorf("import over an import by another store: %v, want ErrNotEmpty", err)
	}
	mustClose(t, s)
	if err := s.Import(t.Context(), arrived, recordsOf(3), eventsOf(1, 5)); !errors.Is(err, storage.ErrClosed) {
		t.Errorf("import into a store that is closed: %v, want ErrClosed", err)
	}
	var got []string
	head, err := other.Scan(t.Context(), storage.All, func(r storage.Record) error {
		got = append(got, r.ID)
		return nil
	})
	if diff := cmp.Diff([]string{"0000000", "0000001", "0000002"}, got); diff != "" || head != arrived || err != nil {
		t.Errorf("head %v, error %v, ids (-want +got):\n%s", head, err, diff)
	}
}

func BenchmarkImport(b *testing.B) {
	const records = 100_000
	for b.Loop() {
		s := mustOpen(b, filepath.Join(b.TempDir(), "desk.db"))
		began := time.Now()
		if err := s.Import(b.Context(), arrived, recordsOf(records), eventsOf(4, 5)); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(records/time.Since(began).Seconds(), "records/s")
	}
}
