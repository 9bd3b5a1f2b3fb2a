package storagetest

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/openlines-go/openlines/storage"
)

// Model runs random histories against a store and against a plain model that keeps every revision whole, and wants the
// same answers from both: committed, stale, repeated and colliding batches, and every read at every mark. It calls open
// once for each history. The flags of package rapid choose how many there are.
func Model(t *testing.T, open func(t testing.TB) storage.Store) {
	t.Helper()
	rapid.Check(t, func(rt *rapid.T) {
		m := &model{T: rt, past: []revision{{}}}
		m.probe = &probe{reporter: rt, store: open(t), rule: rule{
			name: "a store answers as a plain map does", why: "the contract in all its combinations",
		}}
		rt.Repeat(map[string]func(*rapid.T){
			"":         func(*rapid.T) { m.standing() },
			"commit":   func(*rapid.T) { m.commit() },
			"collide":  func(*rapid.T) { m.collide() },
			"stale":    func(*rapid.T) { m.stale() },
			"again":    func(*rapid.T) { m.again() },
			"changes":  func(*rapid.T) { m.changesSince() },
			"get":      func(*rapid.T) { m.get() },
			"find":     func(*rapid.T) { m.find() },
			"events":   func(*rapid.T) { m.readEvents() },
			"scan all": func(*rapid.T) { m.scan(storage.All) },
		})
	})
}

// revision is a desk as one turn left it.
type revision struct {
	batch   *storage.Batch
	head    storage.Head
	records map[storage.Key]storage.Record
	trimmed uint64
	events  []storage.Event // all that ever were
}

type model struct {
	*rapid.T
	probe *probe
	past  []revision // by revision
	lost  []*storage.Batch
}

func (m *model) now() *revision { return &m.past[len(m.past)-1] }

var (
	modelKinds = []string{"chat", "session"}
	modelIDs   = []string{"1", "10", "2", "A", "a", "é"}
	modelTerms = []string{"client:7", "client:8", "line:a", "op:1"}
)

var modelKey = rapid.Custom(func(t *rapid.T) storage.Key {
	return storage.Key{
		Kind: rapid.SampledFrom(modelKinds).Draw(t, "kind"), ID: rapid.SampledFrom(modelIDs).Draw(t, "id"),
	}
})

func (m *model) terms() []string {
	terms := rapid.SliceOfDistinct(rapid.SampledFrom(modelTerms), rapid.ID[string]).Draw(m.T, "terms")
	slices.Sort(terms)
	return terms
}

func (m *model) minute() int { return rapid.IntRange(0, 5).Draw(m.T, "minute") }

// batch draws one that the desk takes as it stands.
func (m *model) batch() *storage.Batch {
	now := m.now()
	b := &storage.Batch{ID: newID(), Expect: now.head.Mark, Due: now.head.Due, Format: now.head.Format}
	for _, k := range rapid.SliceOfNDistinct(modelKey, 0, 5, rapid.ID[storage.Key]).Draw(m.T, "keys") {
		old, exists := now.records[k]
		if exists && rapid.IntRange(0, 3).Draw(m.T, "delete") == 0 {
			b.Deletes = append(b.Deletes, k)
			continue
		}
		p := body(fmt.Sprintf(`{"r":%d}`, now.head.Revision+1), at(m.minute(), closed(k.ID, m.terms()...)))
		p.Kind, p.Open, p.Create = k.Kind, rapid.Bool().Draw(m.T, "open"), !exists
		if exists {
			p.At = old.At
			p.Same = p.Open == old.Open && slices.Equal(p.Terms, old.Terms)
		}
		b.Puts = append(b.Puts, p)
	}
	for range rapid.IntRange(0, 3).Draw(m.T, "events") {
		b.Events = append(b.Events, numbered(now.head.Events+uint64(len(b.Events))+1))
	}
	if rapid.IntRange(0, 4).Draw(m.T, "trim") == 0 {
		b.Trim = rapid.Uint64Range(0, now.head.Events+1).Draw(m.T, "trimmed")
	}
	if rapid.IntRange(0, 9).Draw(m.T, "header") == 0 {
		b.Due, b.Format = at(m.minute(), closed("")).At, b.Format+1
	}
	return b
}

// apply is what a commit does.
func (m *model) apply(b *storage.Batch) {
	next := revision{batch: b, records: maps.Clone(m.now().records), trimmed: m.now().trimmed}
	if next.records == nil {
		next.records = map[storage.Key]storage.Record{}
	}
	for _, p := range b.Puts {
		next.records[p.Key] = p.Record
	}
	for _, k := range b.Deletes {
		delete(next.records, k)
	}
	next.events = slices.Concat(m.now().events, b.Events)
	next.trimmed = max(next.trimmed, min(b.Trim, uint64(len(next.events))))
	next.head = storage.Head{
		Mark:   storage.Mark{Revision: b.Expect.Revision + 1, Batch: b.ID},
		Events: uint64(len(next.events)), Due: b.Due, Format: b.Format,
	}
	m.past = append(m.past, next)
}

func (m *model) commit() {
	b := m.batch()
	head, err := m.probe.store.Commit(m.Context(), b)
	m.probe.ok("Commit", err)
	m.apply(b)
	m.probe.equal("head that Commit returned", timeless(head), m.now().head)
}

func (m *model) collide() {
	taken := slices.SortedFunc(maps.Keys(m.now().records), compareKeys)
	if len(taken) == 0 {
		m.Skip("nothing is taken")
	}
	b := m.batch()
	k := rapid.SampledFrom(taken).Draw(m.T, "taken")
	b.Puts = slices.DeleteFunc(b.Puts, func(p storage.Put) bool { return p.Key == k })
	b.Deletes = slices.DeleteFunc(b.Deletes, func(d storage.Key) bool { return d == k })
	p := storage.Put{Record: m.now().records[k], Create: true}
	b.Puts = slices.Insert(b.Puts, rapid.IntRange(0, len(b.Puts)).Draw(m.T, "place"), p)
	m.probe.collide(b)
	m.lost = append(m.lost, b)
}

func (m *model) stale() {
	if len(m.past) == 1 {
		m.Skip("nothing is old")
	}
	b := m.batch()
	b.Expect = m.past[rapid.IntRange(0, len(m.past)-2).Draw(m.T, "revision")].head.Mark
	m.probe.refuse(b, storage.ErrConflict)
	m.lost = append(m.lost, b)
}

// again repeats a batch that was stored, or one that lost.
func (m *model) again() {
	n := rapid.IntRange(0, len(m.past)+len(m.lost)-1).Draw(m.T, "batch")
	switch {
	case n == 0:
		m.Skip("the empty desk has no batch")
	case n < len(m.past):
		m.probe.wantAgain(m.past[n].batch, m.past[n].head)
	case m.lost[n-len(m.past)].Expect != m.now().head.Mark:
		m.probe.refuse(m.lost[n-len(m.past)], storage.ErrConflict)
	}
}

func (m *model) standing() {
	_, mark, err := m.probe.store.Get(m.Context())
	m.probe.ok("Get", err)
	m.probe.equal("mark", mark, m.now().head.Mark)
	m.scan(storage.Live)
}

func (m *model) scan(scope storage.Scope) {
	head, got := m.probe.scan(scope)
	m.probe.equal("head of Scan", timeless(head), m.now().head)
	m.probe.equal("records of Scan", got, sorted(m.all(func(r storage.Record) bool {
		return scope == storage.All || r.Open
	})))
}

func (m *model) all(match func(storage.Record) bool) []storage.Record {
	var out []storage.Record
	for _, r := range m.now().records {
		if match(r) {
			out = append(out, r)
		}
	}
	return out
}

func (m *model) get() {
	wanted := rapid.SliceOfN(modelKey, 0, 8).Draw(m.T, "keys")
	got, mark, err := m.probe.store.Get(m.Context(), wanted...)
	m.probe.ok("Get", err)
	m.probe.equal("mark of Get", mark, m.now().head.Mark)
	m.probe.equal("records of Get", sorted(got), sorted(m.all(func(r storage.Record) bool {
		return slices.Contains(wanted, r.Key)
	})))
}

// changesSince compares two whole desks. A record that was created closed since and not touched again must be left out.
func (m *model) changesSince() {
	since := rapid.IntRange(0, len(m.past)-1).Draw(m.T, "since")
	old, now := m.past[since], m.now()
	touched, bornClosed := map[storage.Key]int{}, map[storage.Key]bool{}
	for _, r := range m.past[since+1:] {
		for _, p := range r.batch.Puts {
			touched[p.Key]++
			bornClosed[p.Key] = p.Create && !p.Open
		}
		for _, k := range r.batch.Deletes {
			touched[k]++
		}
	}
	c := m.probe.changes(old.head.Mark)
	m.probe.equal("head of Changes", timeless(c.Head), now.head)
	m.probe.equal("records of Changes", c.Records, sorted(m.all(func(r storage.Record) bool {
		return touched[r.Key] > 1 || touched[r.Key] == 1 && !bornClosed[r.Key]
	})))
	// What came and went since may be told as gone or not.
	for k := range old.records {
		if _, exists := now.records[k]; !exists && !slices.Contains(c.Gone, k) {
			m.probe.Fatalf("Changes: a deleted record is not told")
		}
	}
	for _, k := range c.Gone {
		if _, exists := now.records[k]; exists || touched[k] == 0 {
			m.probe.Fatalf("Changes: a record is gone that was not deleted")
		}
	}
}

func (m *model) find() {
	q := storage.Query{
		Kind: rapid.SampledFrom(modelKinds).Draw(m.T, "kind"), Terms: m.terms(),
		OldestFirst: rapid.Bool().Draw(m.T, "oldest first"), Closed: rapid.Bool().Draw(m.T, "closed"),
		Limit: rapid.IntRange(1, 5).Draw(m.T, "limit"), Walk: rapid.IntRange(0, 4).Draw(m.T, "walk"),
	}
	if rapid.Bool().Draw(m.T, "from") {
		q.From = at(m.minute(), closed("")).At
	}
	if rapid.Bool().Draw(m.T, "until") {
		q.Until = at(m.minute(), closed("")).At
	}
	if rapid.Bool().Draw(m.T, "after") {
		q.After = storage.Cursor{At: at(m.minute(), closed("")).At, ID: rapid.SampledFrom(modelIDs).Draw(m.T, "id")}
	}
	page, next := m.probe.page(q)
	listed := func(terms []string) []storage.Record { // as far as the page goes
		list := storage.Query{Kind: q.Kind, Terms: terms, From: q.From, Until: q.Until}
		return m.all(func(r storage.Record) bool {
			return list.Takes(r) && (q.After == storage.Cursor{} || q.Compare(r.Cursor(), q.After) > 0) &&
				(next == storage.Cursor{} || q.Compare(r.Cursor(), next) <= 0)
		})
	}
	want := slices.DeleteFunc(listed(q.Terms), func(r storage.Record) bool { return q.Closed && r.Open })
	slices.SortFunc(want, func(a, b storage.Record) int { return q.Compare(a.Cursor(), b.Cursor()) })
	m.probe.equal("records of Find", page, want)
	if len(page) > q.Limit {
		m.Fatalf("%d records, at most %d", len(page), q.Limit)
	}
	shortest := len(listed(nil))
	for _, t := range q.Terms {
		shortest = min(shortest, len(listed([]string{t})))
	}
	if shortest > q.Entries() {
		m.Fatalf("at least %d entries were looked at, at most %d", shortest, q.Entries())
	}
	if next != (storage.Cursor{}) && q.After != (storage.Cursor{}) && q.Compare(next, q.After) <= 0 {
		m.Fatalf("the next page does not begin after this one")
	}
}

func (m *model) readEvents() {
	now := m.now()
	after := rapid.Uint64Range(0, now.head.Events+2).Draw(m.T, "after")
	limit := rapid.IntRange(1, 5).Draw(m.T, "limit")
	got, err := m.probe.store.Events(m.Context(), after, limit)
	if after < now.trimmed {
		m.probe.wantError("Events", err, storage.ErrBehind)
		return
	}
	m.probe.ok("Events", err)
	rest := now.events[min(after, now.head.Events):]
	m.probe.equal("events", got, rest[:min(limit, len(rest))])
}
