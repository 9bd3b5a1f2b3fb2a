package sqlite_test

import (
	"path/filepath"
	"testing"

	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/sqlite"
	"github.com/openlines-go/openlines/storage/storagetest"
)

func TestStore(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, open, storagetest.Options{Reopen: reopen})
}

func TestModel(t *testing.T) {
	t.Parallel()
	storagetest.Model(t, open)
}

// open makes a desk in a new file.
func open(t testing.TB) storage.Store {
	t.Helper()
	return mustOpen(t, filepath.Join(t.TempDir(), "desk.db"))
}

func reopen(t testing.TB, s storage.Store) storage.Store {
	t.Helper()
	mustClose(t, s.(*sqlite.Store))
	return mustOpen(t, paths.of(s))
}
