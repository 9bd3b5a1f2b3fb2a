package memory_test

import (
	"testing"

	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/memory"
	"github.com/openlines-go/openlines/storage/storagetest"
)

func open(testing.TB) storage.Store { return memory.New() }

func TestStore(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, open, storagetest.Options{})
}

func TestModel(t *testing.T) {
	t.Parallel()
	storagetest.Model(t, open)
}
