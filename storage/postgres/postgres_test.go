package postgres_test

import (
	"testing"

	"github.com/openlines-go/openlines/storage"
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

func reopen(t testing.TB, s storage.Store) storage.Store {
	t.Helper()
	name, _ := desks.Load(s)
	return named(t, name.(string))
}
