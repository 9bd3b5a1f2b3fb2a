package storage

import (
	"context"
	"time"
)

// Key names a record. Kind is a short word ("session"); ID is 1 to [MaxKey] bytes of valid UTF-8 without NUL, compared
// bytewise.
type Key struct{ Kind, ID string }

// Record is the current truth about one thing.
type Record struct {
	Key
	Open  bool      // part of the live state: given by Scan(Live), carried by Changes
	At    time.Time // when the thing began; UTC, microseconds, never changes; orders Find
	Terms []string  // words it is found by; sorted, no doubles, at most MaxTerms of at most MaxKey bytes
	Body  []byte    // JSON in UTF-8 without NUL, at most MaxBody; the store gives back the same bytes and never looks inside
}

// BatchID names one attempt to move the desk on. Random; never used twice.
type BatchID [16]byte

// Mark is a point in a desk's history: the revision and the batch that made it. Two histories that parted (a restored
// backup) can share a revision but not a Mark. The zero Mark is the empty desk.
type Mark struct {
	Revision uint64
	Batch    BatchID
}

// Head is what a store knows about a desk besides its records.
type Head struct {
	Mark
	Events uint64    // number of the last event
	Due    time.Time // the desk's next deadline as of the last commit; zero: none
	Format int       // format of the bodies; see ErrFormat
	Now    time.Time // the store's own clock if it is an authority for many nodes, else zero
}

// Put writes one record.
type Put struct {
	Record
	Create bool // the key must be new, else the whole batch is refused with *ExistsError
	Same   bool // a promise: Open and Terms are what is stored already, so indexes may be left alone
}

// Event is one line of the feed. Numbers are dense: 1, 2, 3, …
type Event struct {
	Seq  uint64
	Body []byte
}

// Batch is everything one turn changes. It is stored whole or not at all.
type Batch struct {
	ID      BatchID
	Expect  Mark
	Puts    []Put // no key twice, and none that is also in Deletes
	Deletes []Key // keys that do not exist are ignored
	Events  []Event
	Trim    uint64 // forget events up to and including this number (retention), at most the last; 0: none
	Due     time.Time
	Format  int
}

// Changes is what others did since a Mark. Created closed means a Put with Create that is not Open. A key is never in both
// lists; one that came and went meanwhile, or whose delete deleted nothing, may be in Gone.
type Changes struct {
	Head
	Records []Record // newest version of each record written since, save those that were created closed and not touched again
	Gone    []Key    // deleted since
}

// Query asks for records of a kind that carry all Terms, with From <= At < Until (zero: unbounded), newest first
// (At, then ID, both falling), or oldest first.
type Query struct {
	Kind        string
	Terms       []string // none: all of the kind
	From, Until time.Time
	OldestFirst bool
	Closed      bool   // leave out open records
	After       Cursor // where the page before ended
	Limit       int    // 1 … MaxFind

	// Walk bounds how many entries of the list that the store has chosen are looked at: of one of the Terms, or of all of the
	// kind if there are none. Two long lists can have nothing in common. 0: MaxWalk; no more than that.
	Walk int
}

// Cursor is a place in a Query's order: time and id of the last record of the page before, or of the last one that was looked
// at. The zero Cursor is the order's start. It stays valid while records come and go.
type Cursor struct {
	At time.Time
	ID string
}

// Cursor is the record's place in the order of a Query.
func (r *Record) Cursor() Cursor { return Cursor{At: r.At, ID: r.ID} }

// Scope chooses what Scan gives.
type Scope int

// Live is what an engine loads; All is what an export writes.
const (
	Live Scope = iota // open records only
	All               // every record
)

// Store keeps one desk. All methods are safe for concurrent use. No method keeps or changes what it is given, nor gives
// out memory that it will change. Every read sees every commit that was answered before the read began, on any node.
type Store interface {
	// Scan calls each for every record of the scope as of one revision, in key order (kind, then id, bytewise), and returns
	// that revision's head. An error of each ends the scan and is returned as it is; an unknown scope is ErrInvalid.
	Scan(ctx context.Context, scope Scope, each func(Record) error) (Head, error)

	// Changes tells what was committed after since, folded to the newest version of each record. Cheap when nothing
	// happened. ErrBehind: it happened too long ago, Scan again. ErrRewound: since is not in this desk's history.
	Changes(ctx context.Context, since Mark) (Changes, error)

	// Commit stores b if the desk stands at b.Expect. It is idempotent: when the desk's history already has b.ID right
	// after b.Expect, it writes nothing and reports success. So after an unknown outcome the caller commits the same batch
	// again, as often as it takes, and gets the one true answer; a first attempt that is still under way can only win or
	// lose, never come second. ErrConflict, *ExistsError, ErrFormat, ErrFull, ErrTooLarge, ErrInvalid, ErrClosed: certainly
	// nothing was written by this call. Any other error means unknown.
	//
	// The Head returned has the mark that b made, which need not be the newest.
	Commit(ctx context.Context, b *Batch) (Head, error)

	// Get returns those of the records that exist, in any order, and the mark they were read at. A malformed key does not
	// exist; more than MaxGet keys are ErrTooLarge.
	Get(ctx context.Context, keys ...Key) ([]Record, Mark, error)

	// Find returns one page of a query, and where it ended: with the zero Cursor there is nothing more; else the next page
	// begins after it. A page can be shorter than Limit, and empty, with more behind it, when so many entries were looked at
	// as Walk says. The cost follows the rarest term and the page, not the size of the desk.
	Find(ctx context.Context, q Query) ([]Record, Cursor, error)

	// Events returns up to limit (1 … MaxFind, else ErrInvalid) events with numbers greater than after, in order, without a
	// gap. ErrBehind: trimmed.
	Events(ctx context.Context, after uint64, limit int) ([]Event, error)
}

// Turner is a Store that can make other writers wait. The engine uses it after a conflict, so that nobody starves.
type Turner interface {
	Store
	// Turn waits until no other writer holds the desk, gives decide what happened since, and commits the batch it returns
	// before anyone else can (nil: nothing to write). decide does no I/O and may be called again. A holder that stalls loses
	// the turn after a few seconds and gets ErrConflict. Errors as Commit and Changes.
	Turn(ctx context.Context, since Mark, decide func(Changes) (*Batch, error)) (Head, error)
}

// Desks is a place that keeps many desks. A desk is moved from one place to another by opening it in both: see [Importer].
type Desks interface {
	// Open returns the store of a desk, empty (revision 0) if the name is new.
	Open(ctx context.Context, name string) (Store, error)
	// Due lists desks whose Due is not after before, earliest first.
	Due(ctx context.Context, before time.Time, limit int) ([]DueDesk, error)
	// Delete removes a desk and everything in it.
	Delete(ctx context.Context, name string) error
}

// DueDesk is a desk and when it next has work.
type DueDesk struct {
	Name string
	Due  time.Time
}
