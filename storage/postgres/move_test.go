//go:build !race

package postgres_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/openlinestest"
	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/dump"
	"github.com/openlines-go/openlines/storage/memory"
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
}

// A desk that moves in the middle goes on as if it had stayed: the same calls give the same feed and the same records.
func TestEngineGoesOnInAnotherStore(t *testing.T) {
	t.Parallel()
	inMemory := func(testing.TB) storage.Store { return memory.New() }
	for name, way := range map[string][]func(testing.TB) storage.Store{
		"server to memory to server": {open, inMemory, open},
		"memory to server to memory": {inMemory, open, inMemory},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			openlinestest.SameAsMemory(t, way[0], func(t testing.TB, s storage.Store) storage.Store {
				for _, open := range way[1:] {
					next := open(t)
					mustMove(t, s, next.(storage.Importer))
					s = next
				}
				return s
			}, messages)
		})
	}
}

// The desk that programs of format 1 have left behind moves in, is sound, and moves out as it was.
func TestGoldenDesk(t *testing.T) {
	t.Parallel()
	golden, err := os.ReadFile("../../openlines/testdata/golden/format-1.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	s := open(t)
	if err := dump.Read(t.Context(), bytes.NewReader(golden), s.(storage.Importer)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(golden, mustWriteDump(t, s)) {
		t.Error("the desk is not the same when it leaves")
	}
	e, err := openlines.Open(t.Context(), s, openlines.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Check(t.Context()); err != nil {
		t.Error(err)
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
}
