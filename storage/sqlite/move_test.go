package sqlite_test

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/openlines-go/openlines/openlines/openlinestest"
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
	type place func(testing.TB) storage.Importer
	file := func(t testing.TB) storage.Importer { return mustOpen(t, filepath.Join(t.TempDir(), "desk.db")) }
	ram := func(testing.TB) storage.Importer { return memory.New() }
	for name, way := range map[string][]place{
		"memory to file":           {ram, file},
		"file to memory to file":   {file, ram, file},
		"memory to file to memory": {ram, file, ram},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			begin := func(t testing.TB) storage.Store { return way[0](t) }
			move := func(t testing.TB, from storage.Store) storage.Store {
				for _, next := range way[1:] {
					to := next(t)
					mustMove(t, from, to)
					from = to
				}
				return from
			}
			openlinestest.SameAsMemory(t, begin, move, 2000)
		})
	}
}
