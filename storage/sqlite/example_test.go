package sqlite_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/sqlite"
)

func Example() {
	ctx := context.Background()
	folder, err := os.MkdirTemp("", "desk-")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(folder) }()
	path := filepath.Join(folder, "desk.db")

	store, err := sqlite.Open(ctx, path)
	if err != nil {
		fmt.Println(err)
		return
	}
	session := storage.Put{Create: true, Record: storage.Record{
		Key:   storage.Key{Kind: "session", ID: "1"},
		Open:  true,
		At:    time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC),
		Terms: []string{"client:7", "line:support"},
		Body:  []byte(`{"id":1,"line":"support","state":"waiting"}`),
	}}
	head, err := store.Commit(ctx, &storage.Batch{ID: storage.BatchID{1}, Puts: []storage.Put{session}})
	fmt.Println(head.Revision, err)
	fmt.Println(store.Close())

	// The program starts again.
	store, err = sqlite.Open(ctx, path)
	if err != nil {
		fmt.Println(err)
		return
	}
	found, _, err := store.Find(ctx, storage.Query{Kind: "session", Terms: []string{"client:7"}, Limit: 10})
	fmt.Println(len(found), string(found[0].Body), err)
	fmt.Println(store.Check(ctx), store.Backup(ctx, filepath.Join(folder, "monday.db")), store.Close())
	// Output:
	// 1 <nil>
	// <nil>
	// 1 {"id":1,"line":"support","state":"waiting"} <nil>
	// <nil> <nil> <nil>
}

// A desk that outlives the program.
func ExampleOpen() {
	ctx := context.Background()
	folder, err := os.MkdirTemp("", "desk-")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(folder) }()
	for range 2 { // the program runs, and runs again
		store, err := sqlite.Open(ctx, filepath.Join(folder, "desk.db"))
		if err != nil {
			fmt.Println(err)
			return
		}
		desk, err := openlines.Open(ctx, store, openlines.Config{})
		if err != nil {
			fmt.Println(err)
			return
		}
		known, _, err := desk.Operators(ctx, openlines.Page{})
		fmt.Println(known, err)
		fmt.Println(desk.PutOperator(ctx, openlines.Operator{ID: "ann"}), desk.Close(), store.Close())
	}
	// Output:
	// [] <nil>
	// <nil> <nil> <nil>
	// [ann] <nil>
	// <nil> <nil> <nil>
}
