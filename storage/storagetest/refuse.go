package storagetest

import (
	"math"
	"strings"
	"time"

	"github.com/openlines-go/openlines/storage"
)

func refuseRules() []rule {
	return []rule{
		{
			name:  "a batch on another mark is a conflict and leaves nothing",
			why:   "what was decided on an old desk may be wrong on the new one",
			check: anotherMark,
		},
		{
			name:  "a taken key refuses the whole batch",
			why:   "absence is never believed, it is tried: half a batch would keep what was decided on a wrong belief",
			check: takenKey,
		},
		{
			name:  "the error of a taken key names a key that the batch creates",
			why:   "the engine fetches what the error names and decides again",
			check: takenKeyAmongMany,
		},
		{
			name:  "a desk of a newer format refuses older batches",
			why:   "an old binary that writes on drops the fields it does not know",
			check: newerFormat,
		},
		{
			name:  "event numbers go on where the feed ends",
			why:   "readers of the feed keep a number as their place; a gap or a double is a lost or repeated event",
			check: denseEvents,
		},
		{
			name:  "a malformed batch is refused with ErrInvalid and leaves nothing",
			why:   "all stores must refuse the same batches, or data that lives in one cannot move to another",
			check: malformedBatch,
		},
		{
			name:  "a batch or record over its limit is refused with ErrTooLarge and leaves nothing",
			why:   "a limit that only some stores hold is found out in production",
			check: batchOverLimit,
		},
		{
			name:  "a malformed read is refused",
			why:   "a query without a kind or limit would read the whole desk",
			check: malformedRead,
		},
	}
}

func anotherMark(p *probe) {
	for _, expect := range []storage.Mark{{Revision: 1, Batch: newID()}, {Batch: newID()}, {Revision: 1}} {
		b := p.batch(opened("a"))
		b.Expect = expect
		p.refuse(b, storage.ErrConflict)
	}
	stale := p.batch(opened("a"))
	first := p.write(opened("a", "line:a"), opened("b", "line:a"))
	p.write(opened("c"))
	for _, expect := range []storage.Mark{
		{},
		first.Mark,
		{Revision: p.head.Revision, Batch: first.Batch},
		{Revision: p.head.Revision + 1, Batch: p.head.Batch},
		{Revision: p.head.Revision + 1, Batch: newID()},
		{Revision: math.MaxInt64, Batch: p.head.Batch},
		{Revision: math.MaxUint64, Batch: p.head.Batch},
	} {
		b := p.batch(create(opened("new", "line:a")), closed("a", "line:b"))
		b.Deletes, b.Events, b.Trim = keys("b"), []storage.Event{{Seq: 1, Body: []byte(`1`)}}, 1
		b.Expect, b.Due = expect, start
		p.refuse(b, storage.ErrConflict)
	}
	p.refuse(stale, storage.ErrConflict)
}

func takenKey(p *probe) {
	first := p.batch(opened("taken", "line:a"), opened("b", "line:a"))
	first.Events = []storage.Event{{Seq: 1, Body: []byte(`1`)}}
	p.commit(first)
	b := p.batch(create(opened("new", "line:a")), closed("b", "line:b"), create(closed("taken", "line:b")), opened("other"))
	b.Deletes = keys("absent")
	b.Events = []storage.Event{{Seq: 2, Body: []byte(`2`)}}
	b.Trim, b.Due, b.Format = 1, start, 1
	p.collide(b)
	p.collide(b)

	b.ID, b.Puts = newID(), b.Puts[:2]
	p.commit(b)
	p.equal("ids", ids(p.get("new", "b", "taken", "other")), []string{"b", "new", "taken"})
}

func takenKeyAmongMany(p *probe) {
	for _, taken := range []string{"\\", "'", "a, b", ")=(", "(x)", "\U0001F600", "{\"}", strings.Repeat("x", storage.MaxKey)} {
		p.write(closed(taken))
		b := p.batch(create(opened("1")), create(opened(taken)), create(opened("2")))
		p.collide(b)
	}
}

func newerFormat(p *probe) {
	first := p.batch(opened("a"))
	first.Format = 1
	made := p.commit(first)
	second := p.batch(opened("b"))
	second.Format = 3
	p.equal("format", p.commit(second).Format, 3)
	for _, old := range []int{0, 1, 2} {
		b := p.batch(opened("c"))
		b.Format = old
		p.refuse(b, storage.ErrFormat)
	}
	p.wantAgain(first, made)
	b := p.batch(opened("c"))
	b.Format = 4
	p.equal("format", p.commit(b).Format, 4)
}

func denseEvents(p *probe) {
	event := func(numbers ...uint64) []storage.Event {
		var out []storage.Event
		for _, n := range numbers {
			out = append(out, storage.Event{Seq: n, Body: []byte(`{}`)})
		}
		return out
	}
	refused := func(numbers ...uint64) {
		p.Helper()
		b := p.batch(opened("x"))
		b.Events = event(numbers...)
		p.refuse(b, storage.ErrInvalid)
	}
	refused(0)
	refused(2)
	b := p.batch()
	b.Events = event(1, 2, 3)
	p.commit(b)
	refused(0)
	refused(1)
	refused(3)
	refused(5)
	refused(4, 6)
	refused(4, 4)
	refused(math.MaxUint64)
	b = p.batch()
	b.Events = event(4, 5)
	p.commit(b)
}

func malformedBatch(p *probe) {
	p.write(opened("a"))
	for name, harm := range map[string]func(*storage.Batch){
		"no id":              func(b *storage.Batch) { b.ID = storage.BatchID{} },
		"no kind":            func(b *storage.Batch) { b.Puts[0].Kind = "" },
		"no key id":          func(b *storage.Batch) { b.Puts[0].ID = "" },
		"NUL in a key":       func(b *storage.Batch) { b.Puts[0].ID = "a\x00b" },
		"key not UTF-8":      func(b *storage.Batch) { b.Puts[0].ID = "\xff" },
		"NUL in a term":      func(b *storage.Batch) { b.Puts[0].Terms = []string{"a\x00"} },
		"term not UTF-8":     func(b *storage.Batch) { b.Puts[0].Terms = []string{"\xc3"} },
		"empty term":         func(b *storage.Batch) { b.Puts[0].Terms = []string{""} },
		"terms not sorted":   func(b *storage.Batch) { b.Puts[0].Terms = []string{"b", "a"} },
		"term twice":         func(b *storage.Batch) { b.Puts[0].Terms = []string{"a", "a"} },
		"key put twice":      func(b *storage.Batch) { b.Puts = append(b.Puts, b.Puts[0]) },
		"put and delete":     func(b *storage.Batch) { b.Deletes = []storage.Key{b.Puts[0].Key} },
		"key deleted twice":  func(b *storage.Batch) { b.Deletes = keys("a", "a") },
		"delete of no key":   func(b *storage.Batch) { b.Deletes = keys("") },
		"time of nanosecond": func(b *storage.Batch) { b.Puts[0].At = start.Add(1) },
		"time of a zone":     func(b *storage.Batch) { b.Puts[0].At = start.In(time.FixedZone("", 3600)) },
		"due of nanoseconds": func(b *storage.Batch) { b.Due = start.Add(999) },
	} {
		b := p.batch(opened("b"))
		harm(b)
		p.also(name, func() { p.refuse(b, storage.ErrInvalid) })
	}
}

func batchOverLimit(p *probe) {
	p.write(opened("a"))
	large := make([]byte, storage.MaxBody+1)
	for i := range large {
		large[i] = ' '
	}
	long := strings.Repeat("x", storage.MaxKey+1)
	for name, harm := range map[string]func(*storage.Batch){
		"long id":    func(b *storage.Batch) { b.Puts[0].ID = long },
		"long kind":  func(b *storage.Batch) { b.Puts[0].Kind = long },
		"long term":  func(b *storage.Batch) { b.Puts[0].Terms = []string{long} },
		"large body": func(b *storage.Batch) { b.Puts[0].Body = large },
		"large event": func(b *storage.Batch) {
			b.Events = []storage.Event{{Seq: 1, Body: large}}
		},
		"many terms": func(b *storage.Batch) {
			for i := range storage.MaxTerms + 1 {
				b.Puts[0].Terms = append(b.Puts[0].Terms, strings.Repeat("x", i+1))
			}
		},
		"many puts":    func(b *storage.Batch) { b.Puts = make([]storage.Put, storage.MaxPuts+1) },
		"many deletes": func(b *storage.Batch) { b.Deletes = make([]storage.Key, storage.MaxPuts+1) },
		"many events":  func(b *storage.Batch) { b.Events = make([]storage.Event, storage.MaxPuts+1) },
	} {
		b := p.batch(opened("b"))
		harm(b)
		p.also(name, func() { p.refuse(b, storage.ErrTooLarge) })
	}
}

func malformedRead(p *probe) {
	p.write(opened("a"))
	find := func(q storage.Query) error {
		_, _, err := p.store.Find(p.Context(), q)
		return err
	}
	events := func(limit int) error {
		_, err := p.store.Events(p.Context(), 0, limit)
		return err
	}
	get := func(n int) error {
		_, _, err := p.store.Get(p.Context(), make([]storage.Key, n)...)
		return err
	}
	scan := func(scope storage.Scope) error {
		_, err := p.store.Scan(p.Context(), scope, func(storage.Record) error { return nil })
		return err
	}
	long := strings.Repeat("x", storage.MaxKey+1)
	p.wantError("query without kind", find(storage.Query{Limit: 1}), storage.ErrInvalid)
	p.wantError("query without limit", find(storage.Query{Kind: kind}), storage.ErrInvalid)
	p.wantError("query of too many", find(storage.Query{Kind: kind, Limit: storage.MaxFind + 1}), storage.ErrInvalid)
	p.wantError("query of a negative walk", find(storage.Query{Kind: kind, Limit: 1, Walk: -1}), storage.ErrInvalid)
	p.wantError("query of a long walk", find(storage.Query{Kind: kind, Limit: 1, Walk: storage.MaxWalk + 1}), storage.ErrInvalid)
	p.wantError("query by no term", find(storage.Query{Kind: kind, Terms: []string{""}, Limit: 1}), storage.ErrInvalid)
	p.wantError("query by a long term", find(storage.Query{Kind: kind, Terms: []string{long}, Limit: 1}), storage.ErrTooLarge)
	p.wantError("no events", events(0), storage.ErrInvalid)
	p.wantError("too many events", events(storage.MaxFind+1), storage.ErrInvalid)
	p.wantError("too many keys", get(storage.MaxGet+1), storage.ErrTooLarge)
	p.wantError("unknown scope", scan(storage.All+1), storage.ErrInvalid)
}
