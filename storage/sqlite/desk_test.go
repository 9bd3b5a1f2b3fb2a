package sqlite_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/sqlite"
)

func batch(expect storage.Mark, puts ...storage.Put) *storage.Batch {
	b := &storage.Batch{Expect: expect, Puts: puts}
	copy(b.ID[:], rand.Text())
	return b
}

func session(id, body string, terms ...string) storage.Put {
	return storage.Put{Record: storage.Record{
		Key: storage.Key{Kind: "session", ID: id}, At: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), Terms: terms, Body: []byte(body),
	}}
}

func mustCommit(t testing.TB, s storage.Store, b *storage.Batch) storage.Head {
	t.Helper()
	head, err := s.Commit(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	return head
}

// calls are all methods that need the file.
func calls(t testing.TB, s *sqlite.Store) map[string]func() error {
	t.Helper()
	ctx := t.Context()
	return map[string]func() error{
		"Scan": func() error {
			_, err := s.Scan(ctx, storage.All, func(storage.Record) error { return nil })
			return err
		},
		"Changes": func() error { _, err := s.Changes(ctx, storage.Mark{}); return err },
		"Commit":  func() error { _, err := s.Commit(ctx, batch(storage.Mark{})); return err },
		"Get":     func() error { _, _, err := s.Get(ctx); return err },
		"Find":    func() error { _, _, err := s.Find(ctx, storage.Query{Kind: "session", Limit: 1}); return err },
		"Events":  func() error { _, err := s.Events(ctx, 0, 1); return err },
		"Turn": func() error {
			_, err := s.Turn(ctx, storage.Mark{}, func(storage.Changes) (*storage.Batch, error) { return nil, nil })
			return err
		},
		"Check":  func() error { return s.Check(ctx) },
		"Backup": func() error { return s.Backup(ctx, filepath.Join(t.TempDir(), "copy.db")) },
	}
}

func TestClosedStoreRefuses(t *testing.T) {
	t.Parallel()
	s := mustOpen(t, filepath.Join(t.TempDir(), "desk.db"))
	for name, call := range calls(t, s) {
		if err := call(); err != nil {
			t.Errorf("%s of an open store: %v", name, err)
		}
	}
	mustClose(t, s)
	for name, call := range calls(t, s) {
		if err := call(); !errors.Is(err, storage.ErrClosed) {
			t.Errorf("%s: %v, want ErrClosed", name, err)
		}
	}
}

func TestNoSpaceInTheFile(t *testing.T) {
	t.Parallel()
	s := mustOpen(t, filepath.Join(t.TempDir(), "desk.db"))
	head := mustCommit(t, s, batch(storage.Mark{}, session("1", `{}`, "line:a")))
	if err := s.Tell(t.Context(), "max_page_count = 20"); err != nil {
		t.Fatal(err)
	}
	before := mustDump(t, s)
	b := batch(head.Mark, session("1", `{"now":true}`), session("2", `"`+strings.Repeat("a", 1<<17)+`"`))
	if _, err := s.Commit(t.Context(), b); !errors.Is(err, storage.ErrFull) || !storage.Definite(err) {
		t.Errorf("Commit: %v, want ErrFull", err)
	}
	_, err := s.Turn(t.Context(), head.Mark, func(storage.Changes) (*storage.Batch, error) { return b, nil })
	if !errors.Is(err, storage.ErrFull) {
		t.Errorf("Turn: %v, want ErrFull", err)
	}
	wantOneOf(t, "after a full file", new(mustDump(t, s)), before)
	if err := s.Tell(t.Context(), "max_page_count = 1000"); err != nil {
		t.Fatal(err)
	}
	if head := mustCommit(t, s, b); head.Revision != 2 {
		t.Errorf("revision %d with space again, want 2", head.Revision)
	}
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestOldTurnsAreForgotten(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "desk.db")
	s := mustOpen(t, path)
	var head storage.Head
	var marks []storage.Mark
	for range storage.KeptTurns + 199 {
		marks = append(marks, head.Mark)
		head = mustCommit(t, s, batch(head.Mark))
	}
	if _, err := s.Changes(t.Context(), marks[0]); err != nil {
		t.Errorf("Changes since the first turn, within the hour: %v", err)
	}
	mustExec(t, path, `update turn set at = at - 3600000000`)
	head = mustCommit(t, s, batch(head.Mark))
	for revision, want := range map[int]error{0: storage.ErrBehind, 199: storage.ErrBehind, 200: nil} {
		if _, err := s.Changes(t.Context(), marks[revision]); !errors.Is(err, want) {
			t.Errorf("Changes since %d of %d: %v, want %v", revision, head.Revision, err, want)
		}
	}
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestSlowTurnIsLost(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "desk.db")
	synctest.Test(t, func(t *testing.T) { // five seconds pass at once
		s := mustOpen(t, path)
		var other storage.Head
		began := time.Now()
		_, err := s.Turn(t.Context(), storage.Mark{}, func(c storage.Changes) (*storage.Batch, error) {
			time.Sleep(6 * time.Second)
			other = mustCommit(t, s, batch(c.Mark, session("fast", `{}`)))
			return batch(c.Mark, session("slow", `{}`)), nil
		})
		if !errors.Is(err, storage.ErrConflict) {
			t.Errorf("the slow turn: %v, want ErrConflict", err)
		}
		if waited := time.Since(began); waited != 6*time.Second {
			t.Errorf("the other writer waited until %v, want until the holder's time was over", waited)
		}
		if head := mustCommit(t, s, batch(other.Mark)); head.Revision != 2 {
			t.Errorf("revision %d, want 2", head.Revision)
		}
		mustClose(t, s)
	})
}

func TestScanMayCallTheStore(t *testing.T) {
	t.Parallel()
	s := mustOpen(t, filepath.Join(t.TempDir(), "desk.db"))
	head := mustCommit(t, s, batch(storage.Mark{}, session("1", `{}`)))
	var deep func(int) error
	deep = func(depth int) error {
		_, err := s.Scan(t.Context(), storage.All, func(r storage.Record) error {
			if depth == 0 {
				_, err := s.Commit(t.Context(), batch(head.Mark, session("2", `{}`)))
				return err
			}
			if _, _, err := s.Get(t.Context(), r.Key); err != nil {
				return err
			}
			return deep(depth - 1)
		})
		return err
	}
	if err := deep(10); err != nil {
		t.Error(err)
	}
	if now := mustDump(t, s).Head; now.Revision != 2 {
		t.Errorf("revision %d, want 2", now.Revision)
	}
}

func TestBackup(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	s := mustOpen(t, filepath.Join(folder, "desk.db"))
	head := mustCommit(t, s, batch(storage.Mark{}, session("1", `{}`, "line:a")))
	want := mustDump(t, s)
	to := filepath.Join(folder, "copy of o'clock.db")
	if err := s.Backup(t.Context(), to); err != nil {
		t.Fatal(err)
	}
	later := mustCommit(t, s, batch(head.Mark, session("2", `{}`)))
	if err := s.Backup(t.Context(), to); !errors.Is(err, storage.ErrNotEmpty) {
		t.Errorf("Backup over a file: %v, want ErrNotEmpty", err)
	}
	back := mustOpen(t, to)
	wantOneOf(t, "the copy", new(mustDump(t, back)), want)
	if err := back.Check(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := back.Changes(t.Context(), later.Mark); !errors.Is(err, storage.ErrRewound) {
		t.Errorf("Changes of the copy since a mark it does not have: %v, want ErrRewound", err)
	}
	mustCommit(t, back, batch(head.Mark, session("3", `{}`)))
	if _, err := back.Changes(t.Context(), later.Mark); !errors.Is(err, storage.ErrRewound) {
		t.Errorf("Changes since a mark of the history that parted: %v, want ErrRewound", err)
	}
	if list, err := filepath.Glob(filepath.Join(folder, ".openlines-*")); err != nil || len(list) != 0 {
		t.Errorf("left behind: %v, %v", list, err)
	}
}

func TestPromisesOfPutsAreChecked(t *testing.T) {
	t.Parallel()
	s := mustOpen(t, filepath.Join(t.TempDir(), "desk.db"))
	head := mustCommit(t, s, batch(storage.Mark{}, session("1", `{}`, "line:a")))
	moved, other, opened, absent := session("1", `{}`, "line:a"), session("1", `{}`), session("1", `{}`, "line:a"), session("2", `{}`)
	moved.At = moved.At.Add(time.Second)
	other.Same, opened.Same, absent.Same = true, true, true
	opened.Open = true
	for _, p := range []storage.Put{moved, other, opened, absent} {
		if _, err := s.Commit(t.Context(), batch(head.Mark, p)); !errors.Is(err, storage.ErrInvalid) {
			t.Errorf("Commit: %v, want ErrInvalid", err)
		}
	}
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

// A read that is given up ends its transaction: the next one on its connection sees what was committed since.
func TestReadsThatAreGivenUp(t *testing.T) {
	t.Parallel()
	s := mustOpen(t, filepath.Join(t.TempDir(), "desk.db"))
	b := batch(storage.Mark{})
	for i := range 200 {
		b.Puts = append(b.Puts, session(fmt.Sprint(i), `{}`, "line:a"))
	}
	head := mustCommit(t, s, b)
	for range 20 {
		var group sync.WaitGroup
		for i := range 8 {
			ctx, cancel := context.WithCancel(t.Context())
			group.Go(func() {
				_, _, err := s.Find(ctx, storage.Query{Kind: "session", Limit: 1000})
				if err != nil && !errors.Is(err, context.Canceled) {
					t.Errorf("Find: %v, want context.Canceled", err)
				}
			})
			for range i * 100 {
				runtime.Gosched()
			}
			cancel()
		}
		group.Wait()
		head = mustCommit(t, s, batch(head.Mark))
		for range 8 {
			if _, mark, err := s.Get(t.Context()); err != nil || mark != head.Mark {
				t.Fatalf("Get: revision %d, %v; want %d", mark.Revision, err, head.Revision)
			}
		}
	}
}
