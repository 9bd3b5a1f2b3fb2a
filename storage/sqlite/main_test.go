package sqlite_test

import (
	"flag"
	"os"
	"sync"
	"testing"

	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/sqlite"
)

func TestMain(m *testing.M) {
	if act := os.Getenv(actVariable); act != "" {
		os.Exit(child(act, os.Args[1:]))
	}
	flag.Parse()
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue {
		_ = f.Value.Set("10") // each action is several transactions
	}
	os.Exit(m.Run())
}

// paths are the files of the stores that the tests have opened, for those who open one again.
var paths registry

type registry struct{ known sync.Map }

func (r *registry) of(s storage.Store) string {
	path, _ := r.known.Load(s)
	return path.(string)
}

func mustOpen(t testing.TB, path string) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	paths.known.Store(storage.Store(s), path)
	t.Cleanup(func() {
		paths.known.Delete(storage.Store(s))
		mustClose(t, s)
	})
	return s
}

func mustClose(t testing.TB, s *sqlite.Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}
