package storage_test

import (
	"errors"
	"iter"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlines-go/openlines/storage"
)

func sequence[T any](items ...T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, item := range items {
			if !yield(item, nil) {
				return
			}
		}
	}
}

// drain ranges over both sequences as a store does.
func drain(head storage.Head, records iter.Seq2[storage.Record, error], events iter.Seq2[storage.Event, error]) (n int, err error) {
	records, events, err = storage.ValidateImport(head, records, events)
	if err != nil {
		return 0, err
	}
	for _, err := range records {
		if err != nil {
			return n, err
		}
		n++
	}
	for _, err := range events {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// The stores' own suite has what is refused; this is the table of what is just allowed, and of the limits.
func TestValidateImport(t *testing.T) {
	t.Parallel()
	head := storage.Head{Mark: storage.Mark{Revision: 7, Batch: storage.BatchID{1}}, Events: 3, Due: nine, Format: 1}
	with := func(change func(*storage.Head)) storage.Head {
		h := head
		change(&h)
		return h
	}
	record := func(kind, id string) storage.Record {
		return storage.Record{Key: storage.Key{Kind: kind, ID: id}, At: nine, Body: []byte(`{}`)}
	}
	event := func(numbers ...uint64) (all []storage.Event) {
		for _, n := range numbers {
			all = append(all, storage.Event{Seq: n, Body: []byte(`{}`)})
		}
		return all
	}
	ordered := []storage.Record{record("chat", "é"), record("session", "B"), record("session", "a"), record("session", "a\x01")}
	for _, test := range []struct {
		name    string
		head    storage.Head
		records []storage.Record
		events  []storage.Event
		want    error
	}{
		{"all", head, ordered, event(1, 2, 3), nil},
		{"nothing but a head", head, nil, nil, nil},
		{"the last event", head, nil, event(3), nil},
		{"no events, and none ever were", with(func(h *storage.Head) { h.Events = 0 }), ordered, nil, nil},
		{"numbers at the limit", with(func(h *storage.Head) {
			h.Revision, h.Events, h.Format = storage.MaxNumber, storage.MaxNumber, math.MaxInt32
		}), nil, event(storage.MaxNumber), nil},
		{"revision over the limit", with(func(h *storage.Head) { h.Revision = storage.MaxNumber + 1 }), nil, event(3), storage.ErrInvalid},
		{"events over the limit", with(func(h *storage.Head) { h.Events = storage.MaxNumber + 1 }), nil, nil, storage.ErrInvalid},
		{"format over the limit", with(func(h *storage.Head) { h.Format = math.MaxInt32 + 1 }), nil, event(3), storage.ErrInvalid},
		{"the empty desk", storage.Head{Now: nine}, nil, nil, nil},
		{"the empty desk with a record", storage.Head{}, ordered, nil, storage.ErrInvalid},
		{"the empty desk with an event", storage.Head{}, nil, event(1), storage.ErrInvalid},
		{"the empty desk with a format", storage.Head{Format: 1}, nil, nil, storage.ErrInvalid},
		{"the empty desk with a deadline", storage.Head{Due: nine}, nil, nil, storage.ErrInvalid},
		{"the empty desk with events that were", storage.Head{Events: 1}, nil, nil, storage.ErrInvalid},
		{"the empty desk made by a batch", storage.Head{Mark: storage.Mark{Batch: storage.BatchID{1}}}, nil, nil, storage.ErrInvalid},
		{"a key twice", head, []storage.Record{ordered[0], ordered[0]}, event(3), storage.ErrInvalid},
		{"ids out of order", head, []storage.Record{ordered[2], ordered[1]}, event(3), storage.ErrInvalid},
		{"kinds out of order", head, []storage.Record{ordered[1], ordered[0]}, event(3), storage.ErrInvalid},
		{"the first record is looked at", head, []storage.Record{record("", "1")}, event(3), storage.ErrInvalid},
		{"a later record is looked at", head, []storage.Record{ordered[0], record("session", strings.Repeat("x", 256))}, event(3), storage.ErrTooLarge},
		{"ends too soon", head, nil, event(1, 2), storage.ErrInvalid},
		{"goes on too long", head, nil, event(3, 4), storage.ErrInvalid},
		{"event 0", head, nil, event(0, 1, 2, 3), storage.ErrInvalid},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			n, err := drain(test.head, sequence(test.records...), sequence(test.events...))
			if !errors.Is(err, test.want) || test.want == nil && (err != nil || n != len(test.records)+len(test.events)) {
				t.Errorf("%d of %d items, %v; want %v", n, len(test.records)+len(test.events), err, test.want)
			}
		})
	}
}

// A store that stops in the middle, and a sequence that fails there, end the sequences where they are.
func TestValidateImportEndsWhereItIsStopped(t *testing.T) {
	t.Parallel()
	head := storage.Head{Mark: storage.Mark{Revision: 7, Batch: storage.BatchID{1}}, Events: 3}
	stop := errors.New("stop")
	var asked []uint64
	records, events, err := storage.ValidateImport(head, sequence[storage.Record](), func(yield func(storage.Event, error) bool) {
		for n := range uint64(3) {
			asked = append(asked, n+1)
			if !yield(storage.Event{Seq: n + 1}, nil) {
				return
			}
		}
		yield(storage.Event{}, stop)
	})
	if err != nil {
		t.Fatal(err)
	}
	for range records {
		t.Error("a record that nobody gave")
	}
	for e := range events {
		if e.Seq == 2 {
			break
		}
	}
	if diff := cmp.Diff([]uint64{1, 2}, asked); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var failed []error
	for _, err := range events {
		if err != nil {
			failed = append(failed, err)
		}
	}
	if len(failed) != 1 || !slices.ContainsFunc(failed, func(err error) bool { return errors.Is(err, stop) }) {
		t.Errorf("errors %v, want one, that of the sequence", failed)
	}
}
