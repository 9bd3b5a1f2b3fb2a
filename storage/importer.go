package storage

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"math"
	"strings"
)

// MaxNumber bounds the revision, the number of events and the format of a desk that is imported, so that every store can
// count on for ever.
const MaxNumber = math.MaxInt64 / 2

// Importer is a Store that can be filled with a desk that lived elsewhere. Package dump has a form for the way in between.
type Importer interface {
	Store
	// Import fills an empty desk (revision 0) in one piece: readers see nothing of it, or all, and do not wait. It ranges
	// over records once, then over events once; they come as [ValidateImport] wants them, and they must not write to the
	// store. If one of them ends with an error, Import returns it, wrapped or bare, and has changed nothing; the same holds
	// for what is malformed (ErrInvalid, ErrTooLarge), for a desk that has a history, or got one meanwhile (ErrNotEmpty),
	// and when ctx ends on the way. Any other error leaves it unknown whether the desk was stored: its mark tells.
	//
	// Afterwards the desk is the one that was given: mark, events, due and format of its head (Now is the store's own),
	// records, and the feed, of which what comes before the first event given counts as trimmed. Turns go on from the mark.
	// The turns before it are not known: Changes since an older mark is ErrBehind or ErrRewound.
	Import(ctx context.Context, head Head, records iter.Seq2[Record, error], events iter.Seq2[Event, error]) error
}

// ValidateImport holds what an Import is given to what all stores can keep, as [Batch.Validate] does for a batch. A store
// ranges over the sequences that it returns instead of those that it was given: they end with ErrInvalid or ErrTooLarge
// where something is wrong, wrapped with the field, never with a value.
//
// Records come in key order (kind, then id, bytewise), each once, as Scan gives them. Events are dense and end at
// head.Events; if there are none, all were trimmed. The zero Head, Now apart, is the empty desk and has neither.
func ValidateImport(
	head Head, records iter.Seq2[Record, error], events iter.Seq2[Event, error],
) (iter.Seq2[Record, error], iter.Seq2[Event, error], error) {
	if err := head.validate(); err != nil {
		return nil, nil, err
	}
	return validRecords(head, records), validEvents(head, events), nil
}

func (h *Head) validate() error {
	switch {
	case h.Revision > MaxNumber || h.Events > MaxNumber || h.Format < 0 || h.Format > math.MaxInt32:
		return fmt.Errorf("%w: head: a number is out of range", ErrInvalid)
	case (h.Revision == 0) != (h.Batch == BatchID{}):
		return fmt.Errorf("%w: head: half a mark", ErrInvalid)
	case h.Revision == 0 && (h.Events != 0 || h.Format != 0 || !h.Due.IsZero()):
		return fmt.Errorf("%w: head: revision 0 of a desk with a history", ErrInvalid)
	}
	return validTime("Due", h.Due)
}

func validRecords(head Head, records iter.Seq2[Record, error]) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		var last Key
		n := 0
		for r, err := range records {
			switch {
			case err != nil:
			case head.Revision == 0:
				err = fmt.Errorf("%w: a record of the empty desk", ErrInvalid)
			default:
				err = r.Validate()
			}
			if err == nil && n > 0 && last.compare(r.Key) >= 0 {
				err = fmt.Errorf("%w: not in key order, or a key twice", ErrInvalid)
			}
			if err != nil {
				yield(Record{}, fmt.Errorf("record %d: %w", n, err))
				return
			}
			n, last = n+1, r.Key
			if !yield(r, nil) {
				return
			}
		}
	}
}

func validEvents(head Head, events iter.Seq2[Event, error]) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		last := uint64(0)
		for e, err := range events {
			switch {
			case err != nil:
			case last > 0 && e.Seq != last+1:
				err = fmt.Errorf("%w: numbers are not dense", ErrInvalid)
			case e.Seq > head.Events:
				err = fmt.Errorf("%w: a number after the last", ErrInvalid)
			default:
				err = e.Validate()
			}
			if err != nil {
				yield(Event{}, fmt.Errorf("event after %d: %w", last, err))
				return
			}
			last = e.Seq
			if !yield(e, nil) {
				return
			}
		}
		if last > 0 && last != head.Events {
			yield(Event{}, fmt.Errorf("event after %d: %w: missing", last, ErrInvalid))
		}
	}
}

func (k Key) compare(other Key) int {
	return cmp.Or(strings.Compare(k.Kind, other.Kind), strings.Compare(k.ID, other.ID))
}
