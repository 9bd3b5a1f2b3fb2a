package storage_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/memory"
)

// A turn names the mark that it was decided on. Committing the same batch again is the answer to a lost answer; a batch
// decided on an old mark is refused, and is decided anew.
func ExampleStore_commit() {
	ctx := context.Background()
	var store storage.Store = memory.New()
	line := storage.Put{Create: true, Record: storage.Record{
		Key:  storage.Key{Kind: "line", ID: "support"},
		Open: true,
		At:   time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC),
		Body: []byte(`{"mode":"evenly"}`),
	}}

	first := &storage.Batch{
		ID: storage.BatchID{1}, Puts: []storage.Put{line}, Events: []storage.Event{{Seq: 1, Body: []byte(`{"type":"line-put"}`)}},
	}
	head, err := store.Commit(ctx, first)
	fmt.Println(head.Revision, head.Events, err)
	again, err := store.Commit(ctx, first)
	fmt.Println(again.Mark == head.Mark, err)

	other := &storage.Batch{ID: storage.BatchID{2}, Deletes: []storage.Key{line.Key}} // decided on the empty desk
	_, err = store.Commit(ctx, other)
	fmt.Println(errors.Is(err, storage.ErrConflict), storage.Definite(err))

	changes, err := store.Changes(ctx, other.Expect)
	fmt.Println(len(changes.Records), changes.Mark == head.Mark, err)

	late := &storage.Batch{ID: storage.BatchID{3}, Expect: changes.Mark, Puts: []storage.Put{line}}
	_, err = store.Commit(ctx, late)
	if exists, ok := errors.AsType[*storage.ExistsError](err); ok {
		fmt.Println(exists.Key == line.Key, storage.Definite(err))
	}

	events, err := store.Events(ctx, 0, 10)
	fmt.Println(string(events[0].Body), err)
	// Output:
	// 1 1 <nil>
	// true <nil>
	// true true
	// 1 true <nil>
	// true true
	// {"type":"line-put"} <nil>
}
