package storagetest

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"reflect"
	"slices"
	"strings"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/openlines-go/openlines/storage"
)

// reporter is what a rule needs of a *testing.T. The tests of this package have another one, so that a red rule can be
// wanted.
type reporter interface {
	Helper()
	Fatalf(format string, args ...any)
	Context() context.Context
}

// probe is one store under one rule, with the steps that rules are written in. A step that goes wrong ends the rule.
type probe struct {
	reporter
	rule  rule
	store storage.Store
	head  storage.Head // that the last commit made
	again func(storage.Store) storage.Store
}

// Fatalf ends the rule; it says what the rule is good for.
func (p *probe) Fatalf(format string, args ...any) {
	p.Helper()
	p.reporter.Fatalf(format+"\n\trule: %s\n\twhy:  %s", append(args, p.rule.name, p.rule.why)...)
}

func (p *probe) ok(act string, err error) {
	p.Helper()
	if err != nil {
		p.Fatalf("%s: %v", act, err)
	}
}

func (p *probe) wantError(act string, err, want error) {
	p.Helper()
	if !errors.Is(err, want) {
		p.Fatalf("%s: error %v, want %v", act, err, want)
	}
}

// also runs steps under a name of their own, which a failure then tells.
func (p *probe) also(name string, steps func()) {
	p.Helper()
	outer := p.rule.name
	p.rule.name += ": " + name
	steps()
	p.rule.name = outer
}

// equal compares what a store gave with what it should have given; nil and empty are one.
func (p *probe) equal(what string, got, want any) {
	p.Helper()
	if reflect.DeepEqual(want, got) {
		return // most are, and cmp takes its time to find out
	}
	if diff := gocmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		p.Fatalf("%s (-want +got):\n%s", what, diff)
	}
}

// batch prepares what the next turn writes, on the mark of the last commit.
func (p *probe) batch(puts ...storage.Put) *storage.Batch {
	return &storage.Batch{ID: newID(), Expect: p.head.Mark, Puts: puts, Due: p.head.Due, Format: p.head.Format}
}

func newID() (id storage.BatchID) {
	_, _ = rand.Read(id[:]) // never fails
	return id
}

// commit stores b, which must succeed, and moves the probe on.
func (p *probe) commit(b *storage.Batch) storage.Head {
	p.Helper()
	head, err := p.store.Commit(p.Context(), b)
	p.ok("Commit", err)
	p.equal("mark that Commit returned", head.Mark, storage.Mark{Revision: b.Expect.Revision + 1, Batch: b.ID})
	p.head = head
	return head
}

func (p *probe) write(puts ...storage.Put) storage.Head {
	p.Helper()
	return p.commit(p.batch(puts...))
}

func (p *probe) erase(ids ...string) storage.Head {
	p.Helper()
	b := p.batch()
	b.Deletes = keys(ids...)
	return p.commit(b)
}

// refuse commits b, which must fail with want and leave nothing behind.
func (p *probe) refuse(b *storage.Batch, want error) {
	p.Helper()
	before := p.dump()
	_, err := p.store.Commit(p.Context(), b)
	p.wantError("Commit", err, want)
	p.equal("desk after a refused batch", p.dump(), before)
}

// collide commits b, which must fail because a key that it creates is taken, and leave nothing behind.
func (p *probe) collide(b *storage.Batch) {
	p.Helper()
	before := p.dump()
	_, err := p.store.Commit(p.Context(), b)
	exists, ok := errors.AsType[*storage.ExistsError](err)
	if !ok {
		p.Fatalf("Commit: error %v, want *storage.ExistsError", err)
	}
	if !slices.ContainsFunc(b.Puts, func(put storage.Put) bool { return put.Create && put.Key == exists.Key }) {
		p.Fatalf("Commit: the error names %q, which the batch does not create", exists.Key)
	}
	p.equal("desk after a refused batch", p.dump(), before)
}

// desk is all that a store shows of itself.
type desk struct {
	Head    storage.Head
	Records []storage.Record
	Live    []storage.Record
	Found   []storage.Record // by kind
	Trimmed uint64
	Events  []storage.Event
}

func (p *probe) dump() desk {
	p.Helper()
	var d desk
	d.Head, d.Records = p.scan(storage.All)
	d.Head.Now = time.Time{}
	_, d.Live = p.scan(storage.Live)
	d.Found = p.find(storage.Query{Kind: kind, Limit: storage.MaxFind})
	for {
		events, err := p.store.Events(p.Context(), d.Trimmed, storage.MaxFind)
		if errors.Is(err, storage.ErrBehind) && d.Trimmed < d.Head.Events {
			d.Trimmed++
			continue
		}
		p.ok("Events", err)
		d.Events = events
		return d
	}
}

func (p *probe) scan(scope storage.Scope) (storage.Head, []storage.Record) {
	p.Helper()
	var records []storage.Record
	head, err := p.store.Scan(p.Context(), scope, func(r storage.Record) error {
		records = append(records, r)
		return nil
	})
	p.ok("Scan", err)
	return head, records
}

// get reads records of the common kind, in the order of their ids.
func (p *probe) get(ids ...string) []storage.Record {
	p.Helper()
	records, _, err := p.store.Get(p.Context(), keys(ids...)...)
	p.ok("Get", err)
	return sorted(records)
}

// only is the one record that there must be.
func (p *probe) only(records []storage.Record) storage.Record {
	p.Helper()
	if len(records) != 1 {
		p.Fatalf("%d records, want one", len(records))
	}
	return records[0]
}

func (p *probe) find(q storage.Query) []storage.Record {
	p.Helper()
	records, _ := p.page(q)
	return records
}

func (p *probe) page(q storage.Query) ([]storage.Record, storage.Cursor) {
	p.Helper()
	records, next, err := p.store.Find(p.Context(), q)
	p.ok("Find", err)
	return records, next
}

func (p *probe) wantFound(q storage.Query, want ...string) {
	p.Helper()
	p.equal("ids found", ids(p.find(q)), want)
}

func (p *probe) events(after uint64, limit int) []storage.Event {
	p.Helper()
	events, err := p.store.Events(p.Context(), after, limit)
	p.ok("Events", err)
	return events
}

// changes reads what happened since; the records come in key order.
func (p *probe) changes(since storage.Mark) storage.Changes {
	p.Helper()
	c, err := p.store.Changes(p.Context(), since)
	p.ok("Changes", err)
	c.Records = sorted(c.Records)
	slices.SortFunc(c.Gone, compareKeys)
	return c
}

// wantChanges wants exactly these records, by their newest version, and these ids gone.
func (p *probe) wantChanges(since storage.Mark, written []storage.Put, gone ...string) {
	p.Helper()
	c := p.changes(since)
	p.equal("mark of Changes", c.Mark, p.head.Mark)
	p.equal("records of Changes", c.Records, sorted(records(written...)))
	p.equal("keys gone in Changes", c.Gone, keys(gone...))
}

// kind is that of all records whose rule does not care.
const kind = "session"

// start is when the records began whose rule does not care.
var start = time.Date(2026, 3, 2, 9, 0, 0, 123_456_000, time.UTC)

func opened(id string, terms ...string) storage.Put {
	p := closed(id, terms...)
	p.Open = true
	return p
}

func closed(id string, terms ...string) storage.Put {
	slices.Sort(terms)
	return storage.Put{Record: storage.Record{
		Key: storage.Key{Kind: kind, ID: id}, At: start, Terms: terms, Body: []byte(`{"v":1}`),
	}}
}

func at(minutes int, p storage.Put) storage.Put {
	p.At = start.Add(time.Duration(minutes) * time.Minute)
	return p
}

func body(text string, p storage.Put) storage.Put {
	p.Body = []byte(text)
	return p
}

func create(p storage.Put) storage.Put {
	p.Create = true
	return p
}

func same(p storage.Put) storage.Put {
	p.Same = true
	return p
}

func key(id string) storage.Key { return storage.Key{Kind: kind, ID: id} }

func keys(ids ...string) []storage.Key {
	var out []storage.Key
	for _, id := range ids {
		out = append(out, key(id))
	}
	return out
}

func ids(records []storage.Record) []string {
	var out []string
	for _, r := range records {
		out = append(out, r.ID)
	}
	return out
}

func records(puts ...storage.Put) []storage.Record {
	var out []storage.Record
	for _, p := range puts {
		out = append(out, p.Record)
	}
	return out
}

func sorted(records []storage.Record) []storage.Record {
	slices.SortFunc(records, func(a, b storage.Record) int { return compareKeys(a.Key, b.Key) })
	return records
}

func compareKeys(a, b storage.Key) int {
	return cmp.Or(strings.Compare(a.Kind, b.Kind), strings.Compare(a.ID, b.ID))
}
