package storage

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Limits that all stores share.
const (
	MaxKey    = 255     // bytes of a kind, an id or a term
	MaxTerms  = 160     // terms of one record
	MaxBody   = 1 << 20 // bytes of one body
	MaxPuts   = 8192    // puts, deletes or events of one batch, each
	MaxFind   = 1000    // records of one page, events of one read
	MaxWalk   = 1000    // entries of a list that one Find looks at
	MaxGet    = 10_000  // keys of one Get
	KeptTurns = 1000    // turns kept at least, and those of an hour
)

// Validate reports what is wrong with b: ErrInvalid or ErrTooLarge, wrapped with the field, never with a value. A store
// calls it first in Commit.
func (b *Batch) Validate() error {
	if b.ID == (BatchID{}) {
		return fmt.Errorf("%w: ID: zero", ErrInvalid)
	}
	if len(b.Puts) > MaxPuts || len(b.Deletes) > MaxPuts || len(b.Events) > MaxPuts {
		return fmt.Errorf("%w: %d puts, %d deletes, %d events; at most %d each", ErrTooLarge,
			len(b.Puts), len(b.Deletes), len(b.Events), MaxPuts)
	}
	seen := make(map[Key]bool, len(b.Puts)+len(b.Deletes))
	for i := range b.Puts {
		r := &b.Puts[i].Record
		if err := r.Validate(); err != nil {
			return fmt.Errorf("%w (put %d of kind %.32q)", err, i, r.Kind)
		}
		if seen[r.Key] {
			return fmt.Errorf("%w: put %d: kind %q: key twice", ErrInvalid, i, r.Kind)
		}
		seen[r.Key] = true
	}
	for i, k := range b.Deletes {
		if err := k.validate(); err != nil {
			return fmt.Errorf("%w (delete %d)", err, i)
		}
		if seen[k] {
			return fmt.Errorf("%w: delete %d: kind %q: key twice", ErrInvalid, i, k.Kind)
		}
		seen[k] = true
	}
	for i, e := range b.Events {
		if err := e.Validate(); err != nil {
			return fmt.Errorf("%w (event %d)", err, i)
		}
		if i > 0 && e.Seq != b.Events[i-1].Seq+1 {
			return fmt.Errorf("%w: event %d: numbers are not dense", ErrInvalid, i)
		}
	}
	return validTime("Due", b.Due)
}

// Validate reports what is wrong with r, as [Batch.Validate] does.
func (r *Record) Validate() error {
	if err := r.Key.validate(); err != nil {
		return err
	}
	if err := validBody(r.Body); err != nil {
		return err
	}
	if len(r.Terms) > MaxTerms {
		return fmt.Errorf("%w: Terms: %d", ErrTooLarge, len(r.Terms))
	}
	for i, t := range r.Terms {
		if err := validWord("Terms", t); err != nil {
			return err
		}
		if i > 0 && r.Terms[i-1] >= t {
			return fmt.Errorf("%w: Terms: not sorted or doubled", ErrInvalid)
		}
	}
	return validTime("At", r.At)
}

// Validate reports what is wrong with e, as [Batch.Validate] does.
func (e *Event) Validate() error {
	if e.Seq == 0 {
		return fmt.Errorf("%w: Seq: zero", ErrInvalid)
	}
	return validBody(e.Body)
}

func (k Key) validate() error {
	if err := validWord("Kind", k.Kind); err != nil {
		return err
	}
	return validWord("ID", k.ID)
}

func validWord(field, s string) error {
	if len(s) > MaxKey {
		return fmt.Errorf("%w: %s: %d bytes", ErrTooLarge, field, len(s))
	}
	if s == "" || !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
		return fmt.Errorf("%w: %s: empty, NUL or not UTF-8", ErrInvalid, field)
	}
	return nil
}

// validBody holds bodies to what every store can keep as text. JSON escapes NUL, so it has none.
func validBody(body []byte) error {
	if len(body) > MaxBody {
		return fmt.Errorf("%w: Body: %d bytes", ErrTooLarge, len(body))
	}
	if !utf8.Valid(body) || bytes.IndexByte(body, 0) >= 0 {
		return fmt.Errorf("%w: Body: NUL or not UTF-8", ErrInvalid)
	}
	return nil
}

func validTime(field string, t time.Time) error {
	if t.IsZero() {
		return nil
	}
	if t.Location() != time.UTC || t.Nanosecond()%1000 != 0 || t.Year() < 1 || t.Year() > 9999 {
		return fmt.Errorf("%w: %s: not UTC in microseconds of the years 1 to 9999", ErrInvalid, field)
	}
	return nil
}

// Validate reports what is wrong with q: ErrInvalid or ErrTooLarge, wrapped with the field. A store calls it first in Find.
func (q Query) Validate() error {
	if err := validWord("Kind", q.Kind); err != nil {
		return err
	}
	if len(q.Terms) > MaxTerms {
		return fmt.Errorf("%w: Terms: %d", ErrTooLarge, len(q.Terms))
	}
	for _, t := range q.Terms {
		if err := validWord("Terms", t); err != nil {
			return err
		}
	}
	if err := validTime("After.At", q.After.At); err != nil {
		return err // no record has such a time, so nobody gave it out
	}
	if q.After.ID != "" {
		if err := validWord("After.ID", q.After.ID); err != nil {
			return err
		}
	}
	if q.Limit < 1 || q.Limit > MaxFind {
		return fmt.Errorf("%w: Limit: %d, want 1 to %d", ErrInvalid, q.Limit, MaxFind)
	}
	if q.Walk < 0 || q.Walk > MaxWalk {
		return fmt.Errorf("%w: Walk: %d, want 0 to %d", ErrInvalid, q.Walk, MaxWalk)
	}
	return nil
}

// Takes reports whether a record is one that q asks for, whatever the page.
func (q Query) Takes(r Record) bool {
	missing := slices.ContainsFunc(q.Terms, func(t string) bool { return !slices.Contains(r.Terms, t) })
	return r.Kind == q.Kind && !missing && !(q.Closed && r.Open) &&
		(q.From.IsZero() || !r.At.Before(q.From)) && (q.Until.IsZero() || r.At.Before(q.Until))
}

// Compare orders places as Find goes through them.
func (q Query) Compare(a, b Cursor) int {
	rising := cmp.Or(a.At.Compare(b.At), strings.Compare(a.ID, b.ID))
	if q.OldestFirst {
		return rising
	}
	return -rising
}

// Entries is how many entries Find looks at: Walk, or MaxWalk if it is 0.
func (q Query) Entries() int {
	if q.Walk == 0 {
		return MaxWalk
	}
	return q.Walk
}
