package postgres_test

import (
	"testing"

	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/storagetest"
)

func TestStore(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, open, storagetest.Options{Reopen: func(t testing.TB, s storage.Store) storage.Store {
		name, _ := desks.Load(s)
		return named(t, name.(string))
	}})
}

func TestModel(t *testing.T) {
	t.Parallel()
	storagetest.Model(t, open)
}
