package dump_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/dump"
	"github.com/openlines-go/openlines/storage/memory"
)

// A desk moves from one store to another by way of a file. Turns go on in the new store where they ended in the old one.
func Example() {
	ctx := context.Background()
	old, fresh := memory.New(), memory.New()
	line := storage.Record{
		Key: storage.Key{Kind: "line", ID: "support"}, Open: true, At: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), Body: []byte(`{"mode":"evenly"}`),
	}
	head, err := old.Commit(ctx, &storage.Batch{
		ID: storage.BatchID{1}, Puts: []storage.Put{{Record: line}}, Events: []storage.Event{{Seq: 1, Body: []byte(`{"type":"line-put"}`)}},
	})
	fmt.Println(head.Revision, err)

	folder, err := os.MkdirTemp("", "desk-")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(folder) }()
	path := filepath.Join(folder, "desk.jsonl")
	fmt.Println(write(ctx, path, old), read(ctx, path, fresh))

	text, err := os.ReadFile(path)
	fmt.Printf("%s%v\n", text, err)

	_, err = fresh.Commit(ctx, &storage.Batch{ID: storage.BatchID{2}, Expect: head.Mark})
	fmt.Println(err)
	fmt.Println(errors.Is(read(ctx, path, fresh), storage.ErrNotEmpty))
	// Output:
	// 1 <nil>
	// <nil> <nil>
	// {"openlines":"desk","version":1,"revision":1,"batch":"01000000000000000000000000000000","events":1,"format":0}
	// {"record":"line","id":"support","open":true,"at":"2026-03-02T09:00:00Z","body":{"mode":"evenly"}}
	// {"event":1,"body":{"type":"line-put"}}
	// {"records":1,"events":1,"sha256":"aba592c989f54d8c49329c18e105eef9dd84bb0c9e0d8de74f98cd7539f9a74b"}
	// <nil>
	// <nil>
	// true
}

func write(ctx context.Context, path string, s storage.Store) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) // it holds what clients wrote
	if err != nil {
		return err
	}
	err = dump.Write(ctx, f, s)
	if err == nil {
		err = f.Sync() // before the old desk is deleted
	}
	return errors.Join(err, f.Close())
}

func read(ctx context.Context, path string, s storage.Importer) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dump.Read(ctx, f, s), f.Close())
}
