package memory_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/memory"
)

func Example() {
	ctx := context.Background()
	store := memory.New()
	session := storage.Put{Create: true, Record: storage.Record{
		Key:   storage.Key{Kind: "session", ID: "1"},
		Open:  true,
		At:    time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC),
		Terms: []string{"client:7", "line:support"},
		Body:  []byte(`{"state":"waiting"}`),
	}}

	head, err := store.Commit(ctx, &storage.Batch{ID: storage.BatchID{1}, Puts: []storage.Put{session}})
	fmt.Println(head.Revision, err)

	// Another engine decided on the empty desk, too.
	_, err = store.Commit(ctx, &storage.Batch{ID: storage.BatchID{2}, Puts: []storage.Put{session}})
	fmt.Println(errors.Is(err, storage.ErrConflict))

	found, _, err := store.Find(ctx, storage.Query{Kind: "session", Terms: []string{"client:7"}, Limit: 10})
	fmt.Println(len(found), string(found[0].Body), err)
	// Output:
	// 1 <nil>
	// true
	// 1 {"state":"waiting"} <nil>
}
