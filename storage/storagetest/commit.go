package storagetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/openlines-go/openlines/storage"
)

func commitRules() []rule {
	return []rule{
		{
			name:  "a new desk is empty and stands at the zero mark",
			why:   "the first engine commits on the zero mark; anything else there is somebody else's desk",
			check: emptyDesk,
		},
		{
			name:  "a commit moves the revision on by one",
			why:   "engines tell from the revision whether they missed a turn",
			check: revisionByOne,
		},
		{
			name:  "the head says what the last commit said",
			why:   "other nodes learn the next deadline, the end of the feed and the format from the head alone",
			check: headOfLastCommit,
		},
		{
			name:  "a batch may be empty of records and events",
			why:   "a turn can move only the deadline",
			check: emptyBatch,
		},
		{
			name:  "a batch may have MaxPuts puts and then as many deletes",
			why:   "retention and first loads come in batches as large as the contract lets them be",
			check: fullBatch,
		},
		{
			name:  "a put replaces the record",
			why:   "a record is the current truth; half an old version is a lie",
			check: putReplaces,
		},
		{
			name:  "a put that keeps its promise Same writes the body",
			why:   "Same spares the indexes, not the record",
			check: sameWritesBody,
		},
		{
			name:  "a delete removes the record everywhere, a delete of nothing is ignored",
			why:   "erasing a client must leave no trace in any list, and may be repeated",
			check: deleteEverywhere,
		},
		{
			name:  "a key is free again after its delete",
			why:   "uniqueness is about what exists, not about what once did",
			check: createAfterDelete,
		},
		{
			name:  "of those who commit at once one wins each revision, and no revision is lost",
			why:   "two winners overwrite each other's decision: two operators get one client",
			check: oneWinner,
		},
		{
			name:  "a cancelled call returns an error and harms nothing",
			why:   "callers give up all the time; the desk must go on",
			check: cancelledCall,
		},
	}
}

func emptyDesk(p *probe) {
	p.equal("new desk", p.dump(), desk{})
	p.wantChanges(storage.Mark{}, nil)
	_, mark, err := p.store.Get(p.Context(), key("a"))
	p.ok("Get", err)
	p.equal("mark of Get", mark, storage.Mark{})
}

func revisionByOne(p *probe) {
	for want := range uint64(5) {
		p.equal("revision", p.write(opened("a")).Revision, want+1)
		_, mark, err := p.store.Get(p.Context())
		p.ok("Get", err)
		p.equal("mark of Get", mark, p.head.Mark)
	}
}

func headOfLastCommit(p *probe) {
	want := func(head storage.Head) {
		p.Helper()
		p.equal("head that Commit returned", timeless(p.head), head)
		scanned, _ := p.scan(storage.Live)
		p.equal("head that Scan returned", timeless(scanned), head)
		p.equal("head that Changes returned", timeless(p.changes(storage.Mark{}).Head), head)
	}
	b := p.batch()
	b.Due, b.Format = start, 3
	b.Events = []storage.Event{{Seq: 1, Body: []byte(`1`)}, {Seq: 2, Body: []byte(`2`)}}
	p.commit(b)
	want(storage.Head{Mark: storage.Mark{Revision: 1, Batch: b.ID}, Events: 2, Due: start, Format: 3})

	b = p.batch()
	b.Due, b.Format = time.Time{}, 4
	p.commit(b)
	want(storage.Head{Mark: storage.Mark{Revision: 2, Batch: b.ID}, Events: 2, Format: 4})
}

func timeless(h storage.Head) storage.Head {
	h.Now = time.Time{}
	return h
}

func emptyBatch(p *probe) {
	p.write(opened("a"))
	before := p.head.Mark
	p.write()
	p.wantChanges(before, nil)
	p.equal("records", p.get("a"), records(opened("a")))
}

func fullBatch(p *probe) {
	b := p.batch()
	var names []string
	for i := range storage.MaxPuts {
		name := fmt.Sprintf("%05d", i)
		names = append(names, name)
		b.Puts = append(b.Puts, create(opened(name, "all")))
		b.Events = append(b.Events, storage.Event{Seq: uint64(i + 1), Body: []byte(`{}`)})
	}
	p.commit(b)
	_, all := p.scan(storage.Live)
	p.equal("ids", ids(all), names)
	p.equal("ids by Get", ids(p.get(names...)), names)
	p.equal("number of the last event", p.head.Events, uint64(storage.MaxPuts))
	p.erase(names...)
	_, all = p.scan(storage.All)
	p.equal("ids after their delete", ids(all), []string(nil))
}

func putReplaces(p *probe) {
	p.write(opened("a", "line:a", "client:7"))
	put := body(`{"v":2}`, closed("a", "line:b"))
	p.write(put)
	p.equal("record", p.get("a"), records(put))
	_, live := p.scan(storage.Live)
	p.equal("live records", live, []storage.Record(nil))
	p.write(body(`{"v":3}`, closed("a")))
	p.equal("record", p.get("a"), records(body(`{"v":3}`, closed("a"))))
	for _, term := range []string{"line:a", "line:b", "client:7"} {
		p.wantFound(storage.Query{Kind: kind, Terms: []string{term}, Limit: 1})
	}
}

func sameWritesBody(p *probe) {
	p.write(opened("a", "line:a", "client:7"), closed("b", "line:a"))
	a, b := body(`{"v":2}`, opened("a", "line:a", "client:7")), body(`{"v":2}`, closed("b", "line:a"))
	before := p.head.Mark
	p.write(same(a), same(b))
	p.equal("records", p.get("a", "b"), records(a, b))
	p.equal("found", sorted(p.find(storage.Query{Kind: kind, Terms: []string{"line:a"}, Limit: 10})), records(a, b))
	p.wantFound(storage.Query{Kind: kind, Terms: []string{"client:7"}, Limit: 10}, "a")
	_, live := p.scan(storage.Live)
	p.equal("live records", live, records(a))
	p.wantChanges(before, []storage.Put{a, b})
}

func deleteEverywhere(p *probe) {
	p.write(opened("a", "line:a"), opened("b", "line:a"))
	other := opened("a", "line:a")
	other.Kind = "chat"
	p.write(other)
	p.erase("a", "never there")
	p.equal("records", p.get("a", "b"), records(opened("b", "line:a")))
	p.wantFound(storage.Query{Kind: kind, Terms: []string{"line:a"}, Limit: 10}, "b")
	p.wantFound(storage.Query{Kind: kind, Limit: 10}, "b")
	p.wantFound(storage.Query{Kind: "chat", Terms: []string{"line:a"}, Limit: 10}, "a")
	_, live := p.scan(storage.Live)
	p.equal("live records", live, records(other, opened("b", "line:a")))
	p.erase("a")
}

func createAfterDelete(p *probe) {
	p.write(create(opened("a", "line:a")))
	p.erase("a")
	again := at(7, body(`{"v":2}`, opened("a", "line:b")))
	p.write(create(again))
	p.equal("record", p.get("a"), records(again))
	p.wantFound(storage.Query{Kind: kind, Terms: []string{"line:a"}, Limit: 10})
	p.wantFound(storage.Query{Kind: kind, Terms: []string{"line:b"}, From: again.At, Limit: 10}, "a")
	p.wantFound(storage.Query{Kind: kind, Limit: 10}, "a")

	p.write(at(7, opened("a", "line:c")))
	p.erase("a")
	for i, term := range []string{"line:a", "line:b", "line:c"} {
		p.write(create(at(i, opened("a", term))))
		p.wantFound(storage.Query{Kind: kind, Terms: []string{term}, Limit: 10}, "a")
		p.wantFound(storage.Query{Kind: kind, Until: again.At, Limit: 10}, "a")
		p.erase("a")
	}
}

func oneWinner(p *probe) {
	const writers, turns = 16, 8
	wins := make([][]storage.Mark, writers)
	failed := make([]error, writers)
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() { wins[w], failed[w] = compete(p.Context(), p.store, fmt.Sprint(w), turns) })
	}
	all.Wait()
	p.ok("concurrent commits", errors.Join(failed...))

	winner := map[uint64]storage.BatchID{}
	for _, marks := range wins {
		for _, m := range marks {
			if other, taken := winner[m.Revision]; taken && other != m.Batch {
				p.Fatalf("two batches won revision %d", m.Revision)
			}
			winner[m.Revision] = m.Batch
		}
	}
	head, written := p.scan(storage.All)
	p.equal("revision", head.Revision, uint64(writers*turns))
	p.equal("number of winners", len(winner), writers*turns)
	p.equal("number of records", len(written), writers*turns)
	p.equal("number of events", len(p.events(0, storage.MaxFind)), writers*turns)
}

// compete commits turns batches, catching up after each conflict.
func compete(ctx context.Context, s storage.Store, name string, turns int) ([]storage.Mark, error) {
	var wins []storage.Mark
	var head storage.Head
	for len(wins) < turns {
		b := &storage.Batch{
			ID: newID(), Expect: head.Mark, Puts: []storage.Put{create(opened(fmt.Sprint(name, "-", len(wins))))},
			Events: []storage.Event{{Seq: head.Events + 1, Body: []byte(`{}`)}},
		}
		made, err := s.Commit(ctx, b)
		switch {
		case err == nil && made.Mark != storage.Mark{Revision: head.Revision + 1, Batch: b.ID}:
			return nil, fmt.Errorf("a commit on revision %d made revision %d", head.Revision, made.Revision)
		case err == nil:
			head, wins = made, append(wins, made.Mark)
		case errors.Is(err, storage.ErrConflict):
			c, err := s.Changes(ctx, head.Mark)
			if err != nil {
				return nil, err
			}
			head = c.Head
		default:
			return nil, err
		}
	}
	return wins, nil
}

func cancelledCall(p *probe) {
	p.write(opened("a"))
	over, cancel := context.WithCancel(p.Context())
	cancel()
	b := p.batch(opened("b"))
	_, commit := p.store.Commit(over, b)
	_, scan := p.store.Scan(over, storage.All, func(storage.Record) error { return nil })
	_, changes := p.store.Changes(over, storage.Mark{})
	_, _, get := p.store.Get(over, key("a"))
	_, _, find := p.store.Find(over, storage.Query{Kind: kind, Limit: 1})
	_, events := p.store.Events(over, 0, 1)
	for method, err := range map[string]error{
		"Commit": commit, "Scan": scan, "Changes": changes, "Get": get, "Find": find, "Events": events,
	} {
		if err == nil {
			p.Fatalf("%s with a cancelled context: no error", method)
		}
	}
	p.commit(b)
	p.write(opened("c"))
	p.equal("ids", ids(p.get("a", "b", "c")), []string{"a", "b", "c"})
}
