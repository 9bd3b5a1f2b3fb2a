package storagetest_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/memory"
	"github.com/openlines-go/openlines/storage/storagetest"
)

func ExampleFaulty() {
	// The second commit is carried out, but its answer gets lost.
	store := storagetest.Faulty(memory.New(), func(op storagetest.Op) storagetest.Fault {
		if op.Method == storagetest.MethodCommit && op.Nth == 2 {
			return storagetest.Fault{Kind: storagetest.Done}
		}
		return storagetest.Fault{}
	})
	ctx := context.Background()
	head, _ := store.Commit(ctx, &storage.Batch{ID: storage.BatchID{1}})
	second := &storage.Batch{ID: storage.BatchID{2}, Expect: head.Mark}

	_, err := store.Commit(ctx, second)
	fmt.Println(err, storage.Definite(err))
	head, err = store.Commit(ctx, second)
	fmt.Println(head.Revision, err)
	// Output:
	// storagetest: Commit: injected: done false
	// 2 <nil>
}

// on plans one fault for the nth call of a method.
func on(m storagetest.Method, nth int, f storagetest.Fault) storagetest.Plan {
	return func(op storagetest.Op) storagetest.Fault {
		if op.Method == m && op.Nth == nth {
			return f
		}
		return storagetest.Fault{}
	}
}

func first(puts ...storage.Put) *storage.Batch {
	return &storage.Batch{ID: storage.BatchID{1}, Puts: puts}
}

func message(id string) storage.Put {
	return storage.Put{
		Record: storage.Record{
			Key: storage.Key{Kind: "message", ID: id}, At: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), Body: []byte(`{}`),
		},
		Create: true,
	}
}

func revision(t *testing.T, s storage.Store) uint64 {
	t.Helper()
	_, mark, err := s.Get(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return mark.Revision
}

func TestFaultyCommit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind     storagetest.Kind
		want     error
		definite bool
		stored   uint64 // revision of the store below afterwards
		again    error  // what the same batch meets then
	}{
		{kind: storagetest.Conflict, want: storage.ErrConflict, definite: true},
		{kind: storagetest.Full, want: storage.ErrFull, definite: true},
		{kind: storagetest.Done, want: storagetest.ErrInjected, stored: 1},
		{kind: storagetest.Lost, want: storagetest.ErrInjected},
		{kind: storagetest.Late, want: storagetest.ErrInjected},
		{kind: storagetest.Rival, want: storage.ErrConflict, definite: true, stored: 1, again: storage.ErrConflict},
		{kind: storagetest.Behind, stored: 1},
		{kind: storagetest.Rewound, stored: 1},
	} {
		t.Run(string(c.kind), func(t *testing.T) {
			t.Parallel()
			below := memory.New()
			s := storagetest.Faulty(below, on(storagetest.MethodCommit, 1, storagetest.Fault{Kind: c.kind, Calls: 5}))
			_, err := s.Commit(t.Context(), first(message("a")))
			if !errors.Is(err, c.want) || storage.Definite(err) != c.definite {
				t.Fatalf("Commit: %v, definite %t; want %v, %t", err, storage.Definite(err), c.want, c.definite)
			}
			if got := revision(t, below); got != c.stored {
				t.Errorf("revision %d, want %d", got, c.stored)
			}
			want := map[storagetest.Kind]int{c.kind: 1}
			if c.want == nil {
				want = map[storagetest.Kind]int{}
			}
			if diff := cmp.Diff(want, s.Counts()); diff != "" {
				t.Errorf("counts (-want +got):\n%s", diff)
			}
			if _, err := s.Commit(t.Context(), first(message("a"))); !errors.Is(err, c.again) {
				t.Errorf("Commit again: %v, want %v", err, c.again)
			}
			if err := s.Flush(t.Context()); err != nil {
				t.Errorf("Flush: %v", err)
			}
			if got := revision(t, below); got != 1 {
				t.Errorf("revision at the end: %d, want 1", got)
			}
		})
	}
}

func TestFaultyRivalIsFoundByTheNextAttempt(t *testing.T) {
	t.Parallel()
	s := storagetest.Faulty(memory.New(), on(storagetest.MethodCommit, 1, storagetest.Fault{Kind: storagetest.Rival}))
	b := first(message("a"))
	if _, err := s.Commit(t.Context(), b); !errors.Is(err, storage.ErrConflict) {
		t.Fatalf("Commit: %v, want a conflict", err)
	}
	c, err := s.Changes(t.Context(), b.Expect)
	if err != nil || len(c.Records) != 0 {
		t.Fatalf("Changes: %d records, %v; want none", len(c.Records), err)
	}
	b = &storage.Batch{ID: storage.BatchID{2}, Expect: c.Mark, Puts: b.Puts}
	_, err = s.Commit(t.Context(), b)
	if exists, ok := errors.AsType[*storage.ExistsError](err); !ok || exists.Key != b.Puts[0].Key {
		t.Fatalf("Commit: %v, want *storage.ExistsError", err)
	}
}

func TestFaultyDeniesNoBatchThatMayBeStored(t *testing.T) {
	t.Parallel()
	for _, kind := range []storagetest.Kind{storagetest.Done, storagetest.Late} {
		plan := func(op storagetest.Op) storagetest.Fault {
			if op.Nth == 1 {
				return storagetest.Fault{Kind: kind, Calls: 10}
			}
			return storagetest.Fault{Kind: storagetest.Conflict}
		}
		s := storagetest.Faulty(memory.New(), plan)
		if _, err := s.Commit(t.Context(), first()); !errors.Is(err, storagetest.ErrInjected) {
			t.Fatalf("Commit: %v, want it injected", err)
		}
		if _, err := s.Commit(t.Context(), first()); err != nil {
			t.Errorf("Commit again after %s: %v, want success", kind, err)
		}
	}
}

func TestFaultyLateBatchArrivesAfterItsCalls(t *testing.T) {
	t.Parallel()
	below := memory.New()
	s := storagetest.Faulty(below, on(storagetest.MethodCommit, 1, storagetest.Fault{Kind: storagetest.Late, Calls: 2}))
	b := first(message("a"))
	if _, err := s.Commit(t.Context(), b); err == nil {
		t.Fatal("Commit: no error")
	}
	b.Puts[0].Body[0] = 'x' // the caller's memory is the caller's
	for call, want := range []uint64{0, 0, 1, 1} {
		if got := revision(t, s); got != want {
			t.Errorf("revision at call %d: %d, want %d", call+1, got, want)
		}
	}
	records, _, err := below.Get(t.Context(), b.Puts[0].Key)
	if err != nil || len(records) != 1 || string(records[0].Body) != `{}` {
		t.Errorf("late record: %v, %v", records, err)
	}
}

func TestFaultyReads(t *testing.T) {
	t.Parallel()
	call := map[storagetest.Method]func(s storage.Store) error{
		storagetest.MethodScan: func(s storage.Store) error {
			_, err := s.Scan(t.Context(), storage.Live, func(storage.Record) error { return nil })
			return err
		},
		storagetest.MethodChanges: func(s storage.Store) error {
			_, err := s.Changes(t.Context(), storage.Mark{})
			return err
		},
		storagetest.MethodGet: func(s storage.Store) error {
			_, _, err := s.Get(t.Context())
			return err
		},
		storagetest.MethodFind: func(s storage.Store) error {
			_, _, err := s.Find(t.Context(), storage.Query{Kind: "message", Limit: 1})
			return err
		},
		storagetest.MethodEvents: func(s storage.Store) error {
			_, err := s.Events(t.Context(), 0, 1)
			return err
		},
	}
	for method, read := range call {
		s := storagetest.Faulty(memory.New(), on(method, 1, storagetest.Fault{Kind: storagetest.Lost}))
		if err := read(s); !errors.Is(err, storagetest.ErrInjected) || storage.Definite(err) {
			t.Errorf("%s: %v, want it injected", method, err)
		}
		if err := read(s); err != nil {
			t.Errorf("%s, second call: %v", method, err)
		}
	}
	for kind, want := range map[storagetest.Kind]error{
		storagetest.Behind: storage.ErrBehind, storagetest.Rewound: storage.ErrRewound,
	} {
		s := storagetest.Faulty(memory.New(), on(storagetest.MethodChanges, 1, storagetest.Fault{Kind: kind}))
		if err := call[storagetest.MethodChanges](s); !errors.Is(err, want) || !errors.Is(err, storagetest.ErrInjected) {
			t.Errorf("Changes: %v, want %v", err, want)
		}
	}
}

func TestFaultyStallLetsOthersAct(t *testing.T) {
	t.Parallel()
	below := memory.New()
	stall := storagetest.Fault{Kind: storagetest.Stall, Do: func() {
		if _, err := below.Commit(t.Context(), &storage.Batch{ID: storage.BatchID{9}}); err != nil {
			t.Error(err)
		}
	}}
	s := storagetest.Faulty(below, on(storagetest.MethodCommit, 1, stall))
	if _, err := s.Commit(t.Context(), first()); !errors.Is(err, storage.ErrConflict) {
		t.Errorf("Commit: %v, want a conflict", err)
	}
}

func TestFaultyTurn(t *testing.T) {
	t.Parallel()
	for kind, want := range map[storagetest.Kind]struct {
		err      error
		revision uint64
	}{
		"":                   {nil, 1},
		storagetest.Conflict: {storage.ErrConflict, 0},
		storagetest.Full:     {storage.ErrFull, 0},
		storagetest.Done:     {storagetest.ErrInjected, 1},
		storagetest.Lost:     {storagetest.ErrInjected, 0},
		storagetest.Late:     {storagetest.ErrInjected, 0},
		storagetest.Behind:   {storage.ErrBehind, 0},
		storagetest.Rewound:  {storage.ErrRewound, 0},
	} {
		for _, below := range []storage.Store{memory.New(), struct{ storage.Store }{memory.New()}} {
			s := storagetest.Faulty(below, on(storagetest.MethodTurn, 1, storagetest.Fault{Kind: kind, Calls: 9}))
			_, err := s.Turn(t.Context(), storage.Mark{}, func(c storage.Changes) (*storage.Batch, error) {
				return &storage.Batch{ID: storage.BatchID{1}, Expect: c.Mark}, nil
			})
			if !errors.Is(err, want.err) {
				t.Errorf("Turn with %q: %v, want %v", kind, err, want.err)
			}
			if got := revision(t, below); got != want.revision {
				t.Errorf("revision after a turn with %q: %d, want %d", kind, got, want.revision)
			}
		}
	}
}

func TestSeededRepeats(t *testing.T) {
	t.Parallel()
	rates := storagetest.Rates{Conflict: 0.1, Done: 0.2, Late: 0.2, Lost: 0.1, Behind: 0.3, LateBy: 9}
	draw := func(seed uint64) (faults []storagetest.Fault) {
		plan := storagetest.Seeded(seed, rates)
		for n := range 1000 {
			m := []storagetest.Method{storagetest.MethodCommit, storagetest.MethodChanges, storagetest.MethodGet}[n%3]
			faults = append(faults, plan(storagetest.Op{Method: m, N: n + 1, Nth: n/3 + 1}))
		}
		return faults
	}
	same := cmp.Comparer(func(a, b storagetest.Fault) bool { return a.Kind == b.Kind && a.Calls == b.Calls })
	if diff := cmp.Diff(draw(1), draw(1), same); diff != "" {
		t.Errorf("two plans of one seed differ (-first +second):\n%s", diff)
	}
	if cmp.Equal(draw(1), draw(2), same) {
		t.Error("plans of two seeds are equal")
	}
	counts := map[storagetest.Kind]int{}
	for _, f := range draw(3) {
		counts[f.Kind]++
	}
	for kind, want := range map[storagetest.Kind]int{
		storagetest.Conflict: 33, storagetest.Done: 67, storagetest.Late: 67, storagetest.Lost: 100, storagetest.Behind: 100,
	} {
		if got := counts[kind]; got < want/2 || got > want*2 {
			t.Errorf("%d faults of kind %q, want about %d", got, kind, want)
		}
	}
}

// A client that commits the same batch until the answer is definite, and else decides anew, carries out each command
// once, whatever happens to its commits.
func TestCommandsHappenOnce(t *testing.T) {
	t.Parallel()
	rates := storagetest.Rates{Conflict: 0.1, Rival: 0.1, Done: 0.1, Lost: 0.1, Late: 0.2, Stall: 0.1, LateBy: 6}
	total := map[storagetest.Kind]int{}
	for seed := range uint64(200) {
		below := memory.New()
		rates.Do = func() { rivalTurn(t, below) }
		s := storagetest.Faulty(below, storagetest.Seeded(seed, rates))
		ids := rand.New(rand.NewPCG(seed, 1))
		const commands = 20
		for range commands {
			perform(t, s, ids)
		}
		if err := s.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		head, err := below.Scan(t.Context(), storage.All, func(storage.Record) error { return nil })
		if err != nil || head.Events != commands {
			t.Fatalf("seed %d: %d events, %v; want %d", seed, head.Events, err, commands)
		}
		for kind, n := range s.Counts() {
			total[kind] += n
		}
	}
	for _, kind := range []storagetest.Kind{
		storagetest.Conflict, storagetest.Rival, storagetest.Done, storagetest.Lost, storagetest.Late, storagetest.Stall,
	} {
		if total[kind] == 0 {
			t.Errorf("no %s was injected", kind)
		}
	}
}

// perform writes one event and one message with a number of its own.
func perform(t *testing.T, s storage.Store, ids *rand.Rand) {
	t.Helper()
	number := ids.Uint64()
	for {
		head, err := s.Scan(t.Context(), storage.Live, func(storage.Record) error { return nil })
		if err != nil {
			continue // lost
		}
		b := &storage.Batch{Expect: head.Mark, Events: []storage.Event{{Seq: head.Events + 1, Body: []byte(`{}`)}}}
		binary.BigEndian.PutUint64(b.ID[:], ids.Uint64())
		b.Puts = []storage.Put{message(fmt.Sprint(number))}
		for err = errors.New("unknown"); err != nil && !storage.Definite(err); {
			_, err = s.Commit(t.Context(), b)
		}
		if _, taken := errors.AsType[*storage.ExistsError](err); taken {
			number++ // somebody else's message
		}
		if err == nil {
			return
		}
	}
}

func rivalTurn(t *testing.T, s *memory.Store) {
	t.Helper()
	_, mark, err := s.Get(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b := &storage.Batch{Expect: mark}
	binary.BigEndian.PutUint64(b.ID[8:], mark.Revision+1)
	if _, err := s.Commit(t.Context(), b); err != nil {
		t.Fatal(err)
	}
}
