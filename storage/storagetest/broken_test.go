package storagetest_test

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/memory"
	"github.com/openlines-go/openlines/storage/storagetest"
)

// broken is a right store with one fault.
type broken struct {
	*memory.Store
	mu   sync.Mutex
	seen map[storage.BatchID]bool

	commit  func(s *broken, ctx context.Context, b *storage.Batch) (storage.Head, error)
	changes func(c *storage.Changes)
	find    func(s *broken, ctx context.Context, q storage.Query) ([]storage.Record, storage.Cursor, error)
	record  func(r *storage.Record)
	get     func(records []storage.Record) []storage.Record
	late    bool // scans read each record when its turn comes
	scan    func(records []storage.Record) []storage.Record
	events  func(s *broken, ctx context.Context, after uint64, limit int) ([]storage.Event, error)
	each    func(error) error
	context func(context.Context) context.Context
	since   func(error) error
	reopen  func(s *broken) storage.Store
	turn    func(s *broken, ctx context.Context, since storage.Mark, decide decide) (storage.Head, error)
	imports func(s *broken, ctx context.Context, head storage.Head, records records, events events) error
}

type (
	records = iter.Seq2[storage.Record, error]
	events  = iter.Seq2[storage.Event, error]
)

type decide = func(storage.Changes) (*storage.Batch, error)

func (s *broken) Commit(ctx context.Context, b *storage.Batch) (storage.Head, error) {
	if s.commit != nil {
		return s.commit(s, ctx, b)
	}
	return s.Store.Commit(s.of(ctx), b)
}

func (s *broken) of(ctx context.Context) context.Context {
	if s.context != nil {
		return s.context(ctx)
	}
	return ctx
}

// once reports whether id was never seen before.
func (s *broken) once(id storage.BatchID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen == nil {
		s.seen = map[storage.BatchID]bool{}
	}
	before := s.seen[id]
	s.seen[id] = true
	return !before
}

func (s *broken) head(ctx context.Context) storage.Head {
	head, _ := s.Store.Scan(ctx, storage.Live, func(storage.Record) error { return nil })
	return head
}

func (s *broken) Changes(ctx context.Context, since storage.Mark) (storage.Changes, error) {
	c, err := s.Store.Changes(ctx, since)
	if err != nil && s.since != nil {
		err = s.since(err)
		c.Head = s.head(ctx)
	}
	if s.changes != nil {
		s.changes(&c)
	}
	return c, err
}

func (s *broken) Find(ctx context.Context, q storage.Query) ([]storage.Record, storage.Cursor, error) {
	if s.find != nil {
		return s.find(s, ctx, q)
	}
	return s.Store.Find(ctx, q)
}

func (s *broken) Get(ctx context.Context, keys ...storage.Key) ([]storage.Record, storage.Mark, error) {
	records, mark, err := s.Store.Get(ctx, keys...)
	for i := range records {
		if s.record != nil {
			s.record(&records[i])
		}
	}
	if s.get != nil {
		records = s.get(records)
	}
	return records, mark, err
}

func (s *broken) Scan(ctx context.Context, scope storage.Scope, each func(storage.Record) error) (storage.Head, error) {
	if s.scan == nil && s.each == nil && !s.late {
		return s.Store.Scan(ctx, scope, each)
	}
	var all []storage.Record
	head, err := s.Store.Scan(ctx, scope, func(r storage.Record) error {
		all = append(all, r)
		return nil
	})
	if err != nil {
		return head, err
	}
	if s.scan != nil {
		all = s.scan(all)
	}
	for _, r := range all {
		if now, _, _ := s.Store.Get(ctx, r.Key); s.late && len(now) > 0 {
			r = now[0]
		}
		if err := each(r); err != nil {
			return storage.Head{}, s.each(err)
		}
	}
	return head, nil
}

func (s *broken) Events(ctx context.Context, after uint64, limit int) ([]storage.Event, error) {
	if s.events != nil {
		return s.events(s, ctx, after, limit)
	}
	return s.Store.Events(ctx, after, limit)
}

func (s *broken) Turn(ctx context.Context, since storage.Mark, decide decide) (storage.Head, error) {
	if s.turn != nil {
		return s.turn(s, ctx, since, decide)
	}
	return s.Store.Turn(ctx, since, decide)
}

func (s *broken) Import(ctx context.Context, head storage.Head, records records, events events) error {
	if s.imports != nil {
		return s.imports(s, ctx, head, records, events)
	}
	return s.Store.Import(s.of(ctx), head, records, events)
}

func (s *broken) Reopen() storage.Store { return s.reopen(s) }

// Each of these stores breaks one rule, and that rule must say so.
var faults = []struct {
	fault string
	rule  string
	store broken
}{
	{"has something in it", "a new desk is empty and stands at the zero mark", broken{scan: withGuest}},
	{"moves on by two", "a commit moves the revision on by one", broken{commit: byTwo}},
	{"skips empty batches", "a batch may be empty of records and events", broken{commit: noEmpty}},
	{"has limits of its own", "a batch may have MaxPuts puts and then as many deletes", broken{commit: ownLimit}},
	{"merges records", "a put replaces the record", broken{get: merged}},
	{"remembers a few turns", "the last KeptTurns turns are remembered", broken{commit: shortMemory}},
	{"takes a large trim for a mistake", "a trim forgets what there is and no more", broken{commit: noLargeTrim}},
	{"gives records as often as asked", "Get gives those that exist, each once", broken{get: repeated}},
	{"gives a page of records", "Get reads thousands of keys at once", broken{get: firstThousand}},
	{"tells the mark before", "Get, Scan and Changes tell the same mark", broken{changes: func(c *storage.Changes) { c.Revision-- }}},
	{"reads from a cache", "a read sees every commit that was answered before", broken{find: cached()}},
	{"finds by the terms of then", "a record is found by its terms of now", broken{find: cached()}},
	{"scans many revisions", "Scan gives one revision, that of its head", broken{late: true}},
	{"forgets what it stored", "the same batch again is a success that writes nothing", broken{commit: forgetful}},
	{"stores a batch twice", "a first attempt that comes after its retry changes nothing", broken{commit: twice}},
	{"returns the newest head", "the same batch again returns the head that it made, also after others moved on", broken{commit: newestHead}},
	{"judges a retry by the desk of today", "a batch that was stored stays stored, whatever happened to its keys since", broken{commit: todays}},
	{"ignores the mark", "a batch on another mark is a conflict and leaves nothing", broken{commit: anyMark}},
	{"lets late losers in", "a first attempt that comes after another batch took its place is a conflict for ever", broken{commit: anyMark}},
	{"looks at the revision only", "a batch on another mark is a conflict and leaves nothing", broken{commit: anyBatch}},
	{"calls every batch stored that lost", "a batch that lost is not found stored", broken{commit: lostIsStored}},
	{"ignores the mark when many commit", "of those who commit at once one wins each revision, and no revision is lost", broken{commit: anyMark}},
	{"ignores Create", "a taken key refuses the whole batch", broken{commit: noCreate}},
	{"stores the rest of a refused batch", "a taken key refuses the whole batch", broken{commit: theRest}},
	{"names a key of its own", "the error of a taken key names a key that the batch creates", broken{commit: wrongKey}},
	{"never frees a key", "a key is free again after its delete", broken{commit: neverFree}},
	{"refuses to delete what is not there", "a delete removes the record everywhere, a delete of nothing is ignored", broken{commit: strictDelete}},
	{"ignores the format", "a desk of a newer format refuses older batches", broken{commit: anyFormat}},
	{"numbers events itself", "event numbers go on where the feed ends", broken{commit: renumber}},
	{"keeps the old deadline", "the head says what the last commit said", broken{commit: oldDue}},
	{"takes Same for unchanged", "a put that keeps its promise Same writes the body", broken{commit: sameIsUnchanged}},
	{"mends malformed batches", "a malformed batch is refused with ErrInvalid and leaves nothing", broken{commit: mends}},
	{"cuts what is too long", "a batch or record over its limit is refused with ErrTooLarge and leaves nothing", broken{commit: cuts}},
	{"reads anything", "a malformed read is refused", broken{find: lenient}},
	{"compacts bodies", "a body comes out byte for byte", broken{record: compact}},
	{"cuts bodies", "a body may have MaxBody bytes", broken{record: cutBody}},
	{"drops terms", "a record comes out as it went in", broken{record: func(r *storage.Record) { r.Terms = nil }}},
	{"cuts times", "times are kept to the microsecond, in UTC, from year 1 to 9999", broken{record: milliseconds}},
	{"folds ids", "kinds, ids and terms are any UTF-8 text and stay apart", broken{record: func(r *storage.Record) { r.ID = strings.ToLower(r.ID) }}},
	{"shares memory", "nothing given to a store is kept, nothing received is shared", broken{record: shared()}},
	{"drops closings", "a record that was closed is told as closed", broken{changes: openOnly}},
	{"tells old versions", "Changes tells each record once, by its newest version", broken{changes: doubled}},
	{"tells all of a turn", "a record that was created closed and not touched again is left out", broken{commit: plainCreates}},
	{"leaves out what was born closed", "a record that was created closed and touched again is told", broken{changes: openOnly}},
	{"tells re-opened as closed", "a record that was re-opened is told as open", broken{changes: allClosed}},
	{"does not tell deletes", "a record that was deleted is gone, and not among the records", broken{changes: func(c *storage.Changes) { c.Gone = nil }}},
	{"tells a key twice", "a record that was deleted and created again is told, and not gone", broken{changes: goneAndThere}},
	{"tells nothing of other histories", "ErrRewound tells that a mark is not in this desk's history", broken{since: func(error) error { return nil }}},
	{"tells another head", "nothing happened, nothing told", broken{changes: func(c *storage.Changes) { c.Due = time.Time{} }}},
	{"forgets old turns", "Changes since any kept mark leads to the head", broken{changes: func(c *storage.Changes) { c.Records = c.Records[:min(3, len(c.Records))] }}},
	{"scans by insertion", "Scan goes in key order, bytewise", broken{scan: reversed}},
	{"scans what is closed", "Scan(Live) gives what is open now", broken{scan: func([]storage.Record) []storage.Record { return nil }}},
	{"wraps the error of each", "an error of each ends the scan and is returned as it is", broken{each: func(err error) error { return fmt.Errorf("scan: %w", err) }}},
	{"orders ties by chance", "records of one time are ordered by id, bytewise", broken{find: unstableTies}},
	{"finds by any term", "all terms of a query must hold", broken{find: firstTerm}},
	{"takes Until in", "From is in, Until is out", broken{find: untilIn}},
	{"filters the page", "Closed leaves out open records and still fills the page", broken{find: filtersPage}},
	{"repeats the cursor's record", "pages by cursor have no gap and no double", broken{find: cursorIn}},
	{"counts to its cursor", "a cursor stays valid while records come and go", broken{find: offset()}},
	{"finds newest first only", "Find goes newest first, or oldest first", broken{find: newestOnly}},
	{"walks to the end", "a walk in vain ends, and goes on from there", broken{find: walksOn}},
	{"says that a walk was all", "a walk in vain ends, and goes on from there", broken{find: endsEarly}},
	{"goes on behind what was found", "a walk in vain ends, and goes on from there", broken{find: skips}},
	{"ignores the limit", "Find goes newest first, or oldest first", broken{find: noLimit}},
	{"gives the rest after a trim", "ErrBehind tells that events were trimmed", broken{events: theRestOfEvents}},
	{"gives events from after on", "Events gives numbers greater than after, in order, without a gap", broken{events: afterIn}},
	{"ignores the limit of events", "Events gives no more than limit, and the next read goes on", broken{events: oneMore}},
	{"ignores the context", "a cancelled call returns an error and harms nothing", broken{context: context.WithoutCancel}},
	{"forgets at its restart", "what was answered is there after a restart", broken{reopen: func(*broken) storage.Store { return memory.New() }}},
	{"forgets batches at its restart", "a batch is known again after a restart", broken{reopen: func(s *broken) storage.Store {
		return &broken{Store: s.Store, commit: forgetful, seen: map[storage.BatchID]bool{}, reopen: s.reopen}
	}}},
	{"takes turns without a lock", "those who take turns at once never meet a conflict", broken{turn: unlocked}},
	{"commits what decide gave up", "an error of decide ends the turn and is returned as it is", broken{turn: commitsAnyway}},
	{"decides on nothing", "a turn decides on what happened since, and is committed", broken{turn: blind}},
	{"writes an empty turn", "a turn without a batch writes nothing", broken{turn: writesAnyway}},
	{"forgets the deadline of an import", "an imported desk is the desk that was given", broken{imports: noDue}},
	{"keeps what it is given", "an imported desk is the desk that was given", broken{imports: keeps}},
	{"imports a batch", "an import holds more than a batch", broken{imports: oneBatch}},
	{"takes an imported batch for one of its own", "turns go on where the imported desk stands", broken{commit: knowsImported}},
	{"gives what was trimmed as empty", "events before the first that is imported count as trimmed", broken{events: theRestOfEvents}},
	{"imports what came before an error", "an import that ends with an error leaves nothing", broken{imports: asFarAsItGoes}},
	{"imports record by record", "an import is seen whole or not at all", broken{imports: oneByOne}},
	{"imports over a desk", "only an empty desk is imported into", broken{imports: replaces}},
	{"mends what it imports", "a malformed import is refused and leaves nothing", broken{imports: inOrder}},
	{"refuses the empty desk", "an empty desk imports as an empty desk", broken{imports: notEmpty}},
	{"forgets an import at its restart", "an imported desk is there after a restart", broken{reopen: func(*broken) storage.Store { return memory.New() }}},
	{"mends the batch of a turn", "a turn refuses what Commit refuses", broken{turn: mendsTurn}},
}

func TestBrokenStoresAreRed(t *testing.T) {
	t.Parallel()
	for i := range faults {
		f := &faults[i]
		t.Run(f.fault, func(t *testing.T) {
			t.Parallel()
			f.store.Store = memory.New()
			err := storagetest.Check(t.Context(), f.rule, &f.store)
			if err == nil {
				t.Fatalf("a store that %s passes %q", f.fault, f.rule)
			}
			if !strings.Contains(err.Error(), "why:") {
				t.Errorf("the failure does not explain itself: %v", err)
			}
		})
	}
}

func TestEveryRuleCanBeRed(t *testing.T) {
	t.Parallel()
	covered := map[string]bool{}
	for i := range faults {
		covered[faults[i].rule] = true
	}
	for _, name := range storagetest.Rules() {
		if !covered[name] {
			t.Errorf("no store breaks the rule %q", name)
		}
	}
}
