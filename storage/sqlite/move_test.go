package sqlite_test

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/dump"
	"github.com/openlines-go/openlines/storage/memory"
	"github.com/openlines-go/openlines/storage/sqlite"
)

func mustWriteDump(t testing.TB, s storage.Store) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := dump.Write(t.Context(), &out, s); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// mustMove lets a desk go on in another store, and wants it to be the same there.
func mustMove(t testing.TB, from storage.Store, to storage.Importer) {
	t.Helper()
	data := mustWriteDump(t, from)
	if err := dump.Read(t.Context(), bytes.NewReader(data), to); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(data, mustWriteDump(t, to)) {
		t.Error("the desk is not the same in the other store")
	}
	for _, c := range []storage.Store{from, to} {
		if f, kept := c.(*sqlite.Store); kept {
			if err := f.Check(t.Context()); err != nil {
				t.Error(err)
			}
		}
	}
}

// A desk that moves in the middle goes on as if it had stayed: the same calls give the same feed and the same records.
func TestEngineGoesOnInAnotherStore(t *testing.T) {
	t.Parallel()
	stayed := memory.New()
	want := feed(t, drive(t, stayed, func(s storage.Store) storage.Store { return s }))
	for _, way := range []struct {
		name string
		from func() storage.Store
		by   []func() storage.Importer
	}{
		{
			"memory to file", func() storage.Store { return memory.New() },
			[]func() storage.Importer{func() storage.Importer { return mustOpen(t, filepath.Join(t.TempDir(), "desk.db")) }},
		},
		{
			"file to memory to file", func() storage.Store { return mustOpen(t, filepath.Join(t.TempDir(), "desk.db")) },
			[]func() storage.Importer{
				func() storage.Importer { return memory.New() },
				func() storage.Importer { return mustOpen(t, filepath.Join(t.TempDir(), "desk.db")) },
			},
		},
		{
			"memory to file to memory", func() storage.Store { return memory.New() },
			[]func() storage.Importer{
				func() storage.Importer { return mustOpen(t, filepath.Join(t.TempDir(), "desk.db")) },
				func() storage.Importer { return memory.New() },
			},
		},
	} {
		var last storage.Store
		e := drive(t, way.from(), func(s storage.Store) storage.Store {
			last = s
			for _, open := range way.by {
				next := open()
				mustMove(t, last, next)
				last = next
			}
			return last
		})
		if diff := cmp.Diff(want, feed(t, e)); diff != "" {
			t.Errorf("%s: the feed (-stayed +moved):\n%s", way.name, diff)
		}
		if diff := cmp.Diff(sessions(t, stayed), sessions(t, last)); diff != "" {
			t.Errorf("%s: records (-stayed +moved):\n%s", way.name, diff)
		}
		wantClosed(t, e)
	}
}

// sessions are the bodies of what does not depend on which engine did it.
func sessions(t testing.TB, s storage.Store) map[storage.Key]string {
	t.Helper()
	bodies := map[storage.Key]string{}
	if _, err := s.Scan(t.Context(), storage.All, func(r storage.Record) error {
		if r.Kind != "effect" {
			bodies[r.Key] = string(r.Body)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return bodies
}

func wantClosed(t testing.TB, e *openlines.Engine) {
	t.Helper()
	if err := e.Close(); err != nil {
		t.Error(err)
	}
}
