package filestore_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/openlines-go/openlines/examples/filestore"
	"github.com/openlines-go/openlines/openlines/openlinestest"
	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/storagetest"
)

// paths are the files of the stores that are open, for those who open one again.
var paths sync.Map

func mustOpen(t testing.TB, path string) storage.Store {
	t.Helper()
	s, err := filestore.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	paths.Store(storage.Store(s), path)
	t.Cleanup(func() {
		paths.Delete(storage.Store(s))
		_ = s.Close() // again, of some
	})
	return s
}

func open(t testing.TB) storage.Store { return mustOpen(t, filepath.Join(t.TempDir(), "desk")) }

func reopen(t testing.TB, s storage.Store) storage.Store {
	t.Helper()
	path, _ := paths.Load(s)
	if err := s.(*filestore.Store).Close(); err != nil {
		t.Fatal(err)
	}
	return mustOpen(t, path.(string))
}

func TestStore(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, open, storagetest.Options{Reopen: reopen})
}

func TestModel(t *testing.T) {
	t.Parallel()
	storagetest.Model(t, open)
}

func TestEngine(t *testing.T) {
	t.Parallel()
	t.Run("scripts", func(t *testing.T) {
		t.Parallel()
		openlinestest.RunScriptsOn(t, open, scripts)
	})
	t.Run("scenarios", func(t *testing.T) {
		t.Parallel()
		openlinestest.Scenarios(t, open)
	})
	t.Run("model", func(t *testing.T) {
		t.Parallel()
		openlinestest.Model(t, open)
	})
	t.Run("faults", func(t *testing.T) {
		t.Parallel()
		openlinestest.Faults(t, open, openlinestest.FaultOptions{Reopen: reopen, Every: everyFault})
	})
	t.Run("traffic", func(t *testing.T) {
		t.Parallel()
		openlinestest.SameAsMemory(t, open, reopen, messages)
	})
}

func BenchmarkStore(b *testing.B) { storagetest.Bench(b, open) }

// A crash cuts the last line anywhere: the turns before it are there, and the next one takes its place. A line in the
// middle that is not what was written is refused, and the file is left as it is.
func TestTornAndDamagedLines(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "desk")
	s := mustOpen(t, path)
	var head storage.Head
	for n := range byte(3) {
		b := &storage.Batch{ID: storage.BatchID{n + 1}, Expect: head.Mark, Events: []storage.Event{{Seq: uint64(n) + 1, Body: []byte(`{}`)}}}
		var err error
		if head, err = s.Commit(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	last := bytes.LastIndexByte(whole[:len(whole)-1], '\n') + 1
	for size := last; size < len(whole); size++ {
		for _, torn := range [][]byte{whole[:size], append(bytes.Clone(whole[:size]), make([]byte, len(whole)-size)...)} {
			path := filepath.Join(t.TempDir(), "desk")
			mustWrite(t, path, torn)
			s := mustOpen(t, path)
			next := &storage.Batch{ID: storage.BatchID{9}, Expect: storage.Mark{Revision: 2, Batch: storage.BatchID{2}}}
			if _, err := s.Commit(t.Context(), next); err != nil {
				t.Fatalf("%d bytes: %v", size, err)
			}
			if events, err := reopen(t, s).Events(t.Context(), 0, 10); err != nil || len(events) != 2 {
				t.Fatalf("%d bytes: %d events, %v", size, len(events), err)
			}
		}
	}
	for at := range last {
		damaged := bytes.Clone(whole)
		damaged[at] ^= 1
		path := filepath.Join(t.TempDir(), "desk")
		mustWrite(t, path, damaged)
		if _, err := filestore.Open(path); !errors.Is(err, storage.ErrCorrupt) {
			t.Fatalf("byte %d flipped: %v, want ErrCorrupt", at, err)
		}
		if left, err := os.ReadFile(path); err != nil || !bytes.Equal(left, damaged) {
			t.Fatalf("byte %d flipped: the file was changed, %v", at, err)
		}
	}
}

func mustWrite(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// The sample and the guide are as short as they claim to be.
func TestLengths(t *testing.T) {
	t.Parallel()
	for limit, files := range map[int][]string{300: {"store.go"}, 150: {"../../storage/STORES.md"}} {
		lines := 0
		for _, name := range files {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			lines += bytes.Count(text, []byte("\n"))
		}
		if lines > limit {
			t.Errorf("%v: %d lines, more than %d", files, lines, limit)
		}
	}
}
