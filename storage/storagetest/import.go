package storagetest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/openlines-go/openlines/storage"
)

func importRules() []rule {
	return []rule{
		{
			name:     "an imported desk is the desk that was given",
			why:      "who moves from one database to another must find every message and every place in the feed again",
			check:    importGives,
			importer: true,
		},
		{
			name:     "an import holds more than a batch",
			why:      "a desk of years has millions of records",
			check:    importOfMany,
			importer: true,
		},
		{
			name:     "turns go on where the imported desk stands",
			why:      "the engine that moves with its desk knows the mark, the number of the last event and the format",
			check:    importGoesOn,
			importer: true,
		},
		{
			name:     "events before the first that is imported count as trimmed",
			why:      "a reader whose place is before them must hear that he has lost some",
			check:    importTrimmed,
			importer: true,
		},
		{
			name:     "an import that ends with an error leaves nothing",
			why:      "half a desk looks like a whole one; that the rest is damaged shows at the very end",
			check:    importOfError,
			importer: true,
		},
		{
			name:     "an import is seen whole or not at all",
			why:      "an engine that loads half a desk goes on with half a desk",
			check:    importSeenWhole,
			importer: true,
		},
		{
			name:     "only an empty desk is imported into",
			why:      "two desks in one are neither",
			check:    importOnce,
			importer: true,
		},
		{
			name:     "a malformed import is refused and leaves nothing",
			why:      "what one store takes and another does not cannot move on",
			check:    malformedImport,
			importer: true,
		},
		{
			name:     "an empty desk imports as an empty desk",
			why:      "who copies all his desks has some that nobody has used",
			check:    importOfNothing,
			importer: true,
		},
		{
			name:     "an imported desk is there after a restart",
			why:      "the old one is deleted once the new one has answered",
			check:    importReopened,
			importer: true,
			durable:  true,
		},
	}
}

// moved is a desk on its way.
type moved struct {
	head    storage.Head
	records []storage.Record
	events  []storage.Event
}

// sample is a desk with something of everything, its events numbered from first to last.
func sample(first, last uint64) moved {
	m := moved{
		head: storage.Head{
			Mark: storage.Mark{Revision: 41, Batch: newID()}, Events: last, Due: start.Add(time.Hour), Format: 3, Now: start,
		},
		records: sorted(records(
			at(1, opened("a", "client:7", "line:a")), at(2, closed("b", "line:a")), at(3, opened("é")),
			body(` { "a" : 1, "a": 2.0 } `, at(4, closed("z", "line:b"))),
		)),
	}
	chat := closed("a", "client:7")
	chat.Kind = "chat"
	m.records = append(records(chat), m.records...)
	for n := first; n <= last; n++ {
		m.events = append(m.events, numbered(n))
	}
	return m
}

// each gives the items, and then err if there is one. What was given is overwritten at once.
func each[T any](items []T, clone func(T) T, spoil func(T), err error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, item := range items {
			given := clone(item)
			more := yield(given, nil)
			spoil(given)
			if !more {
				return
			}
		}
		if err != nil {
			var none T
			yield(none, err)
		}
	}
}

func eachRecord(items []storage.Record, err error) iter.Seq2[storage.Record, error] {
	return each(items, func(r storage.Record) storage.Record {
		r.Terms, r.Body = slices.Clone(r.Terms), slices.Clone(r.Body)
		return r
	}, spoil, err)
}

func eachEvent(items []storage.Event, err error) iter.Seq2[storage.Event, error] {
	return each(items, func(e storage.Event) storage.Event {
		e.Body = slices.Clone(e.Body)
		return e
	}, func(e storage.Event) { clear(e.Body) }, err)
}

func (p *probe) importer() storage.Importer { return p.store.(storage.Importer) }

// take imports m, which must succeed, and moves the probe on.
func (p *probe) take(m moved) {
	p.Helper()
	p.ok("Import", p.importer().Import(p.Context(), m.head, eachRecord(m.records, nil), eachEvent(m.events, nil)))
	p.head = timeless(m.head)
}

// decline imports m, which must fail with want and leave the desk as it was.
func (p *probe) decline(m moved, want error) {
	p.Helper()
	before := p.dump()
	err := p.importer().Import(p.Context(), m.head, eachRecord(m.records, nil), eachEvent(m.events, nil))
	p.wantError("Import", err, want)
	p.equal("desk after a refused import", p.dump(), before)
}

// wantMoved wants the store to show m and nothing else.
func (p *probe) wantMoved(m moved) {
	p.Helper()
	live := slices.DeleteFunc(slices.Clone(m.records), func(r storage.Record) bool { return !r.Open })
	found := slices.DeleteFunc(slices.Clone(m.records), func(r storage.Record) bool { return r.Kind != kind })
	slices.SortStableFunc(found, func(a, b storage.Record) int { return b.At.Compare(a.At) })
	p.equal("desk after an import", p.dump(), desk{
		Head: timeless(m.head), Records: m.records, Live: live, Found: found,
		Trimmed: m.head.Events - uint64(len(m.events)), Events: m.events,
	})
}

func importGives(p *probe) {
	m := sample(1, 7)
	p.take(m)
	p.wantMoved(m)
	p.equal("Get", p.get("a", "b", "c"), m.records[1:3])
	p.wantFound(storage.Query{Kind: kind, Terms: []string{"line:a"}, Limit: 10}, "b", "a")
	p.wantFound(storage.Query{Kind: kind, Terms: []string{"line:a"}, Closed: true, Limit: 10}, "b")
	p.wantFound(storage.Query{Kind: "chat", Terms: []string{"client:7"}, Limit: 10}, "a")
	p.equal("head of Changes", timeless(p.changes(m.head.Mark).Head), p.head)
	_, mark, err := p.store.Get(p.Context())
	p.ok("Get", err)
	p.equal("mark of Get", mark, m.head.Mark)
}

func importOfMany(p *probe) {
	m := sample(1, storage.MaxFind)
	m.records = nil
	for i := range storage.MaxPuts + 1 {
		m.records = append(m.records, at(i, opened(fmt.Sprintf("%05d", i), "all")).Record)
	}
	large := []byte(`"` + strings.Repeat("é", (storage.MaxBody-2)/2) + `"`)
	m.records[7].Body, m.events[7].Body = large, large
	p.take(m)
	_, all := p.scan(storage.All)
	p.equal("number of records", len(all), len(m.records)) // a diff of so many takes minutes
	p.equal("records", all, m.records)
	p.equal("events", p.events(0, storage.MaxFind), m.events)
	last := m.records[storage.MaxPuts]
	p.equal("found", p.find(storage.Query{Kind: kind, Terms: []string{"all"}, Limit: 1}), []storage.Record{last})
}

func importGoesOn(p *probe) {
	m := sample(1, 3)
	p.take(m)
	p.equal("Changes since the imported mark", timeless(p.changes(m.head.Mark).Head), p.head)
	for _, old := range []storage.Mark{
		{}, {Revision: 40, Batch: newID()}, {Revision: 40}, {Revision: 41, Batch: newID()}, {Revision: 42, Batch: newID()},
		{Revision: 40, Batch: m.head.Batch},
	} {
		if _, err := p.store.Changes(p.Context(), old); !errors.Is(err, storage.ErrBehind) && !errors.Is(err, storage.ErrRewound) {
			p.Fatalf("Changes since revision %d of before: error %v, want ErrBehind or ErrRewound", old.Revision, err)
		}
	}
	older := p.batch(opened("new"))
	older.Format = 2
	p.refuse(older, storage.ErrFormat)
	gap := p.batch(opened("new"))
	gap.Events = []storage.Event{numbered(1)}
	p.refuse(gap, storage.ErrInvalid)
	for _, expect := range []storage.Mark{{}, {Revision: 40}, {Revision: 40, Batch: newID()}} {
		again := p.batch(opened("new"))
		again.ID, again.Expect = m.head.Batch, expect
		p.refuse(again, storage.ErrConflict)
	}
	p.collide(p.batch(create(opened("a"))))

	b := p.batch(create(opened("new", "line:b")), at(1, closed("a", "line:b")))
	b.Deletes = keys("b")
	b.Events = []storage.Event{numbered(4)}
	head := p.commit(b)
	p.wantAgain(b, head)
	p.wantChanges(m.head.Mark, b.Puts, "b")
	p.equal("ids", ids(p.get("a", "b", "new")), []string{"a", "new"})
	p.wantFound(storage.Query{Kind: kind, Terms: []string{"line:b"}, OldestFirst: true, Limit: 10}, "new", "a", "z")
	p.wantFound(storage.Query{Kind: kind, Terms: []string{"line:a"}, Limit: 10})
	p.wantEvents(0, 10, 1, 4)
}

func importTrimmed(p *probe) {
	m := sample(5, 7)
	p.take(m)
	p.wantMoved(m)
	p.wantBehind(3)
	p.wantEvents(4, 10, 5, 7)
	p.feed(1, 6)
	p.wantBehind(5)
	p.wantEvents(6, 10, 7, 8)
}

func importOfError(p *probe) {
	stop := errors.New("stop")
	m := sample(1, 7)
	p.decline(moved{head: m.head, records: m.records, events: m.events[:5]}, storage.ErrInvalid)
	for name, given := range map[string]struct {
		records iter.Seq2[storage.Record, error]
		events  iter.Seq2[storage.Event, error]
	}{
		"at the first record":     {eachRecord(nil, stop), eachEvent(m.events, nil)},
		"in the middle":           {eachRecord(m.records[:2], stop), eachEvent(m.events, nil)},
		"after the last record":   {eachRecord(m.records, stop), eachEvent(m.events, nil)},
		"at the first event":      {eachRecord(m.records, nil), eachEvent(nil, stop)},
		"after the last event":    {eachRecord(m.records, nil), eachEvent(m.events, stop)},
		"after all, without feed": {eachRecord(m.records, nil), eachEvent(nil, stop)},
	} {
		p.also(name, func() {
			p.wantError("Import", p.importer().Import(p.Context(), m.head, given.records, given.events), stop)
			p.equal("desk after an import that failed", p.dump(), desk{})
		})
	}
	over, cancel := context.WithCancel(p.Context())
	cut := func(yield func(storage.Record, error) bool) {
		for r := range eachRecord(m.records, nil) {
			if !yield(r, nil) {
				return
			}
			cancel()
		}
	}
	if err := p.importer().Import(over, m.head, cut, eachEvent(m.events, nil)); err == nil {
		p.Fatalf("Import with a context that ended on the way: no error")
	}
	p.equal("desk after an import that was given up", p.dump(), desk{})
	p.take(m)
	p.wantMoved(m)
}

func importSeenWhole(p *probe) {
	m := sample(1, 7)
	seen := func() { p.equal("desk while it is imported", p.dump(), desk{}) }
	last := func(yield func(storage.Record, error) bool) {
		for r := range eachRecord(m.records, nil) {
			if !yield(r, nil) {
				return
			}
		}
		seen()
	}
	feed := func(yield func(storage.Event, error) bool) {
		for e := range eachEvent(m.events, nil) {
			if !yield(e, nil) {
				return
			}
		}
		seen()
	}
	p.ok("Import", p.importer().Import(p.Context(), m.head, last, feed))
	p.wantMoved(m)
}

func importOnce(p *probe) {
	m := sample(1, 7)
	p.take(m)
	p.decline(m, storage.ErrNotEmpty)
	p.decline(sample(3, 9), storage.ErrNotEmpty)
	p.decline(moved{}, storage.ErrNotEmpty)
	p.write(opened("next"))
	p.decline(m, storage.ErrNotEmpty)
	p.erase("a", "b", "é", "z", "next")
	p.decline(m, storage.ErrNotEmpty)
}

func malformedImport(p *probe) {
	long := strings.Repeat("x", storage.MaxKey+1)
	for name, c := range map[string]struct {
		harm func(m *moved)
		want error
	}{
		"no mark":              {func(m *moved) { m.head.Mark = storage.Mark{} }, storage.ErrInvalid},
		"no revision":          {func(m *moved) { m.head.Revision = 0 }, storage.ErrInvalid},
		"no batch":             {func(m *moved) { m.head.Batch = storage.BatchID{} }, storage.ErrInvalid},
		"revision too large":   {func(m *moved) { m.head.Revision = math.MaxUint64 }, storage.ErrInvalid},
		"format below zero":    {func(m *moved) { m.head.Format = -1 }, storage.ErrInvalid},
		"due of nanoseconds":   {func(m *moved) { m.head.Due = start.Add(1) }, storage.ErrInvalid},
		"key twice":            {func(m *moved) { m.records = append(m.records, m.records[len(m.records)-1]) }, storage.ErrInvalid},
		"not in key order":     {func(m *moved) { slices.Reverse(m.records) }, storage.ErrInvalid},
		"no kind":              {func(m *moved) { m.records[0].Kind = "" }, storage.ErrInvalid},
		"NUL in the last body": {func(m *moved) { m.records[4].Body = []byte{0} }, storage.ErrInvalid},
		"terms not sorted":     {func(m *moved) { m.records[1].Terms = []string{"b", "a"} }, storage.ErrInvalid},
		"time of a zone":       {func(m *moved) { m.records[1].At = start.In(time.FixedZone("", 3600)) }, storage.ErrInvalid},
		"long id":              {func(m *moved) { m.records[4].ID = long }, storage.ErrTooLarge},
		"large body":           {func(m *moved) { m.records[1].Body = make([]byte, storage.MaxBody+1) }, storage.ErrTooLarge},
		"large event":          {func(m *moved) { m.events[1].Body = make([]byte, storage.MaxBody+1) }, storage.ErrTooLarge},
		"event 0":              {func(m *moved) { m.events = append([]storage.Event{numbered(0)}, m.events...) }, storage.ErrInvalid},
		"event twice":          {func(m *moved) { m.events[3].Seq = 3 }, storage.ErrInvalid},
		"event left out":       {func(m *moved) { m.events = slices.Delete(m.events, 3, 4) }, storage.ErrInvalid},
		"last event left out":  {func(m *moved) { m.events = m.events[:6] }, storage.ErrInvalid},
		"more events":          {func(m *moved) { m.events = append(m.events, numbered(8)) }, storage.ErrInvalid},
		"event not UTF-8":      {func(m *moved) { m.events[6].Body = []byte{0xff} }, storage.ErrInvalid},
	} {
		m := sample(1, 7)
		c.harm(&m)
		p.also(name, func() { p.decline(m, c.want) })
	}
}

func importOfNothing(p *probe) {
	p.take(moved{head: storage.Head{Now: start}})
	p.equal("desk", p.dump(), desk{})
	p.wantChanges(storage.Mark{}, nil)
	p.write(opened("a"))
	p.equal("revision", p.head.Revision, uint64(1))
}

func importReopened(p *probe) {
	m := sample(5, 7)
	p.take(m)
	p.store = p.again(p.store)
	p.wantMoved(m)
	p.write(opened("new"))
	p.store = p.again(p.store)
	p.equal("ids", ids(p.get("a", "new")), []string{"a", "new"})
}
