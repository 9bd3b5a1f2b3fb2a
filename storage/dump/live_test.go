package dump_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"runtime"
	"testing"

	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/dump"
	"github.com/openlines-go/openlines/storage/memory"
)

// busy is a desk on which somebody commits at the first record of a scan and at the first events.
type busy struct {
	*memory.Store
	commit *storage.Batch
	done   bool
}

func (s *busy) goOn() error {
	if s.done {
		return nil
	}
	s.done = true
	_, err := s.Store.Commit(context.Background(), s.commit)
	return err
}

func (s *busy) Scan(ctx context.Context, scope storage.Scope, each func(storage.Record) error) (storage.Head, error) {
	return s.Store.Scan(ctx, scope, func(r storage.Record) error { return errors.Join(s.goOn(), each(r)) })
}

func TestADumpIsOfOneRevision(t *testing.T) {
	t.Parallel()
	s := small(t)
	want, was := mustContents(t, s), mustWrite(t, s)
	b := &storage.Batch{
		ID: storage.BatchID{9}, Expect: want.Head.Mark, Format: 2, Due: nine,
		Puts: []storage.Put{
			{Record: storage.Record{Key: storage.Key{Kind: "a", ID: "1"}, At: nine, Body: []byte(`{"v":2}`)}},
			{Record: storage.Record{Key: storage.Key{Kind: "z", ID: "1"}, Body: []byte(`{}`)}},
		},
		Deletes: []storage.Key{want.Records[1].Key},
	}
	for n := range uint64(100) { // more than is read at once
		b.Events = append(b.Events, storage.Event{Seq: 4 + n, Body: []byte(`4`)})
	}
	live := &busy{Store: s, commit: b}
	if got := mustWrite(t, live); !live.done || !bytes.Equal(was, got) {
		t.Errorf("dump of a desk that goes on:\n%s\nwant it as it was:\n%s", got, was)
	}
	if bytes.Equal(was, mustWrite(t, s)) {
		t.Error("the desk did not go on")
	}
}

func TestEventsThatGoMeanwhile(t *testing.T) {
	t.Parallel()
	s := small(t)
	head := mustContents(t, s).Head
	live := &busy{Store: s, commit: &storage.Batch{ID: storage.BatchID{9}, Expect: head.Mark, Format: 1, Trim: 2}}
	var out bytes.Buffer
	if err := dump.Write(t.Context(), &out, live); !errors.Is(err, dump.ErrTrimmed) || out.Len() > 0 {
		t.Errorf("%v and %d bytes, want ErrTrimmed and none", err, out.Len())
	}
	if err := dump.Write(t.Context(), &out, live); err != nil {
		t.Errorf("again: %v", err)
	}
	target := memory.New()
	if err := readBytes(target, out.Bytes()); err != nil {
		t.Fatal(err)
	}
	wantSame(t, mustContents(t, s), mustContents(t, target))
}

func TestHowFarEventsAreTrimmed(t *testing.T) {
	t.Parallel()
	s := memory.New()
	b := &storage.Batch{ID: storage.BatchID{1}}
	for n := range uint64(300) {
		b.Events = append(b.Events, storage.Event{Seq: n + 1, Body: []byte(`1`)})
	}
	head := mustCommit(t, s, b)
	for trim := range uint64(301) {
		head = mustCommit(t, s, &storage.Batch{ID: storage.BatchID{2, byte(trim), byte(trim >> 8)}, Expect: head.Mark, Trim: trim})
		target := memory.New()
		if err := readBytes(target, mustWrite(t, s)); err != nil {
			t.Fatal(err)
		}
		if got := mustContents(t, target); got.Trimmed != trim || uint64(len(got.Events)) != 300-trim {
			t.Fatalf("trimmed to %d: %d came, up to %d trimmed", trim, len(got.Events), got.Trimmed)
		}
	}
}

// made is a store of n records and n events of a body each. Nothing of it is kept in memory, nor of what is imported.
type made struct {
	storage.Store
	n     uint64
	body  []byte
	harm  func(*storage.Record)
	pause func() // called now and then
}

func (s made) head() storage.Head {
	return storage.Head{Mark: storage.Mark{Revision: 1, Batch: storage.BatchID{1}}, Events: s.n}
}

func (s made) Scan(_ context.Context, _ storage.Scope, each func(storage.Record) error) (storage.Head, error) {
	for i := range s.n {
		r := storage.Record{Key: storage.Key{Kind: "message", ID: fmt.Sprintf("%08d", i)}, Terms: []string{"chat:1"}, At: nine, Body: s.body}
		if s.harm != nil {
			s.harm(&r)
		}
		if err := each(r); err != nil {
			return storage.Head{}, err
		}
		if i%10_000 == 0 {
			s.pause()
		}
	}
	return s.head(), nil
}

func (s made) Events(_ context.Context, after uint64, limit int) ([]storage.Event, error) {
	if after%10_000 < uint64(limit) {
		s.pause()
	}
	var events []storage.Event
	for seq := after + 1; seq <= s.n && len(events) < limit; seq++ {
		events = append(events, storage.Event{Seq: seq, Body: s.body})
	}
	return events, nil
}

func (s made) Import(
	_ context.Context, head storage.Head, records iter.Seq2[storage.Record, error], events iter.Seq2[storage.Event, error],
) error {
	records, events, err := storage.ValidateImport(head, records, events)
	if err != nil {
		return err
	}
	n := uint64(0)
	for _, err := range records {
		if err != nil {
			return err
		}
		if n++; n%10_000 == 0 {
			s.pause()
		}
	}
	for e, err := range events {
		if err != nil {
			return err
		}
		if e.Seq%10_000 == 0 {
			s.pause()
		}
	}
	if n != s.n {
		return fmt.Errorf("%d records, want %d", n, s.n)
	}
	return nil
}

// A desk of a hundred megabytes goes from one store to another.
func TestMemoryStaysAsItIs(t *testing.T) { // not parallel: it looks at the heap
	n := uint64(100_000)
	if testing.Short() {
		n = 20_000
	}
	var most, before uint64
	look := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before = look()
	s := made{n: n, body: []byte(`{"text":"` + string(bytes.Repeat([]byte("x"), 450)) + `"}`), pause: func() { most = max(most, look()) }}
	in, out := io.Pipe()
	written := make(chan error, 1)
	counted := &counter{w: out}
	go func() {
		err := dump.Write(context.Background(), counted, s)
		written <- errors.Join(err, out.CloseWithError(err))
	}()
	if err := errors.Join(dump.Read(t.Context(), in, s), <-written); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes went through at most %d bytes of heap", counted.n, most-min(most, before))
	if counted.n < n*1000 {
		t.Errorf("%d bytes only", counted.n)
	}
	if most > before+2<<20 {
		t.Errorf("the heap grew by %d bytes, want at most 2 MiB", most-before)
	}
}

type counter struct {
	w io.Writer
	n uint64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += uint64(n)
	return n, err
}

func TestWriteLeavesNoFile(t *testing.T) { // not parallel: the environment is everybody's
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	if err := dump.Write(t.Context(), failing{io.ErrClosedPipe}, small(t)); err == nil {
		t.Error("no error")
	}
	mustWrite(t, small(t))
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) > 0 {
		t.Errorf("%v, %v", entries, err)
	}
	t.Setenv("TMPDIR", folder+"/none")
	if err := dump.Write(t.Context(), io.Discard, small(t)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no folder for temporary files: %v", err)
	}
}

// A store that breaks its contract makes no dump that cannot be read, nor a desk that nobody looked through.
func TestStoresThatBreakTheContract(t *testing.T) {
	t.Parallel()
	sound := made{n: 3, body: []byte(`{}`), pause: func() {}}
	for name, harm := range map[string]func(*storage.Record){
		"text that is not UTF-8": func(r *storage.Record) { r.Key.ID += "\xff" },
		"a time of a zone":       func(r *storage.Record) { r.At = r.At.Local().Add(1) },
		"a key twice":            func(r *storage.Record) { r.Key.ID = "1" },
		"no key order":           func(r *storage.Record) { r.Key.ID = fmt.Sprint(9 - int(r.Key.ID[7]-'0')) },
	} {
		s := sound
		s.harm = harm
		var out bytes.Buffer
		if err := dump.Write(t.Context(), &out, s); !errors.Is(err, storage.ErrCorrupt) || out.Len() > 0 {
			t.Errorf("%s: %v and %d bytes, want ErrCorrupt and none", name, err, out.Len())
		}
	}
	for name, s := range map[string]storage.Store{
		"no events": eventless{sound}, "events by other numbers": renumbered{sound},
	} {
		var out bytes.Buffer
		if err := dump.Write(t.Context(), &out, s); !errors.Is(err, storage.ErrCorrupt) || out.Len() > 0 {
			t.Errorf("%s: %v and %d bytes, want ErrCorrupt and none", name, err, out.Len())
		}
	}
	if err := readBytes(hasty{memory.New()}, mustWrite(t, sound)); err == nil {
		t.Error("a store that did not read to the end: no error")
	}
}

type eventless struct{ made }

func (eventless) Events(context.Context, uint64, int) ([]storage.Event, error) { return nil, nil }

type renumbered struct{ made }

func (s renumbered) Events(ctx context.Context, after uint64, limit int) ([]storage.Event, error) {
	events, err := s.made.Events(ctx, after, limit)
	for i := range events {
		events[i].Seq++
	}
	return events, err
}

// hasty believes that it has a desk once it has the records.
type hasty struct{ *memory.Store }

func (s hasty) Import(
	ctx context.Context, head storage.Head, records iter.Seq2[storage.Record, error], _ iter.Seq2[storage.Event, error],
) error {
	return s.Store.Import(ctx, head, records, func(func(storage.Event, error) bool) {})
}
