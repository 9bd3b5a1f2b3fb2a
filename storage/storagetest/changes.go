package storagetest

import (
	"math"

	"github.com/openlines-go/openlines/storage"
)

func changesRules() []rule {
	return []rule{
		{
			name:  "nothing happened, nothing told",
			why:   "nodes poll all day",
			check: changesNothing,
		},
		{
			name:  "Changes tells each record once, by its newest version",
			why:   "an engine that catches up applies the list as it is; an old version after a new one undoes it",
			check: changesNewest,
		},
		{
			name:  "Changes since any kept mark leads to the head",
			why:   "nodes fall behind by different amounts and must all arrive at the same desk",
			check: changesSinceEach,
		},
		{
			name:  "a record that was created closed and not touched again is left out",
			why:   "cold messages are most of what is written; no other node needs them to go on",
			check: changesBornClosed,
		},
		{
			name:  "a record that was created closed and touched again is told",
			why:   "who fetched the first version in between holds an old truth",
			check: changesBornClosedTouched,
		},
		{
			name:  "a record that was closed is told as closed",
			why:   "the other nodes hold it open: left out, it stays open there for ever",
			check: changesClosings,
		},
		{
			name:  "a record that was re-opened is told as open",
			why:   "no other node has it in memory",
			check: changesReopened,
		},
		{
			name:  "a record that was deleted is gone, and not among the records",
			why:   "the other nodes hold it still",
			check: changesDeleted,
		},
		{
			name:  "a record that was deleted and created again is told, and not gone",
			why:   "a key in both lists is lost or kept by the order of applying them",
			check: changesRecreated,
		},
		{
			name:  "ErrRewound tells that a mark is not in this desk's history",
			why:   "after a restored backup an engine holds turns that never were; going on would mix two histories",
			check: changesRewound,
		},
	}
}

func changesNothing(p *probe) {
	p.wantChanges(storage.Mark{}, nil)
	b := p.batch(opened("a"), closed("b"))
	b.Due, b.Format = start, 2
	b.Events = []storage.Event{{Seq: 1, Body: []byte(`{}`)}}
	p.commit(b)
	for range 3 {
		p.wantChanges(p.head.Mark, nil)
		p.equal("head of Changes", timeless(p.changes(p.head.Mark).Head), timeless(p.head))
	}
}

func changesNewest(p *probe) {
	p.write(opened("a"), opened("b"))
	since := p.head.Mark
	p.write(body(`{"v":2}`, opened("a")), opened("c", "line:a"))
	p.write(body(`{"v":3}`, opened("a", "line:a")))
	p.write(body(`{"v":4}`, opened("c")))
	p.wantChanges(since, []storage.Put{body(`{"v":3}`, opened("a", "line:a")), body(`{"v":4}`, opened("c"))})
}

func changesSinceEach(p *probe) {
	marks := []storage.Mark{{}}
	for _, id := range []string{"a", "b", "c", "d", "e"} {
		marks = append(marks, p.write(opened(id)).Mark)
	}
	all := []storage.Put{opened("a"), opened("b"), opened("c"), opened("d"), opened("e")}
	for i, mark := range marks {
		p.wantChanges(mark, all[i:])
	}
}

func changesBornClosed(p *probe) {
	p.write(opened("a"))
	since := p.head.Mark
	p.write(create(closed("m1")), opened("a"), create(closed("m2")))
	p.write(create(closed("m3")))
	p.wantChanges(since, []storage.Put{opened("a")})
	p.equal("ids", ids(p.get("m1", "m2", "m3")), []string{"m1", "m2", "m3"})
}

func changesBornClosedTouched(p *probe) {
	since := p.head.Mark
	p.write(create(closed("edited")), create(closed("opened")), create(closed("rewritten")), create(closed("left")))
	between := p.head.Mark
	touched := []storage.Put{body(`{"v":2}`, closed("edited")), opened("opened"), closed("rewritten")}
	p.write(touched[0], touched[1], same(touched[2]))
	p.wantChanges(since, touched)
	p.wantChanges(between, touched)
}

func changesClosings(p *probe) {
	p.write(opened("a"), opened("b"))
	since := p.head.Mark
	p.write(body(`{"v":2}`, closed("a")))
	p.write(opened("c"))
	p.write(closed("c"))
	p.wantChanges(since, []storage.Put{body(`{"v":2}`, closed("a")), closed("c")})
}

func changesReopened(p *probe) {
	p.write(closed("a"), create(closed("b")), opened("c"))
	since := p.head.Mark
	p.write(opened("a"), opened("b"), closed("c"))
	p.write(opened("c"))
	p.wantChanges(since, []storage.Put{opened("a"), opened("b"), opened("c")})
}

func changesDeleted(p *probe) {
	p.write(opened("a"), closed("b"), opened("c"))
	since := p.head.Mark
	p.write(body(`{"v":2}`, opened("a")))
	p.erase("a")
	p.erase("b")
	p.write(opened("d"))
	p.wantChanges(since, []storage.Put{opened("d")}, "a", "b")
}

func changesRecreated(p *probe) {
	p.write(opened("a"), opened("b"), closed("c"))
	since := p.head.Mark
	p.erase("a", "b", "c")
	between := p.head.Mark
	again := at(3, body(`{"v":2}`, opened("a", "line:a")))
	p.write(create(again), create(opened("c")))
	p.wantChanges(since, []storage.Put{again, opened("c")}, "b")
	p.wantChanges(between, []storage.Put{again, opened("c")})

	p.write(create(closed("b")))
	c := p.changes(since)
	told := len(c.Gone)
	for _, r := range c.Records {
		if r.ID == "b" {
			told++
			p.equal("record that was created again, closed", r, closed("b").Record)
		}
	}
	p.equal("times that a record is told which was deleted and created again, closed", told, 1)

	p.erase("a", "c")
	c = p.changes(since)
	p.equal("records", ids(sorted(append([]storage.Record(nil), c.Records...))), onlyTold(c, "b"))
}

// onlyTold is id if c tells its record, and nothing if c says that it is gone.
func onlyTold(c storage.Changes, id string) []string {
	for _, k := range c.Gone {
		if k.ID == id {
			return nil
		}
	}
	return []string{id}
}

func changesRewound(p *probe) {
	rewound := func(since storage.Mark) {
		p.Helper()
		_, err := p.store.Changes(p.Context(), since)
		p.wantError("Changes", err, storage.ErrRewound)
	}
	rewound(storage.Mark{Revision: 1, Batch: newID()})
	rewound(storage.Mark{Batch: newID()})
	first := p.write(opened("a"))
	p.write(opened("b"))
	rewound(storage.Mark{Revision: p.head.Revision, Batch: newID()})
	rewound(storage.Mark{Revision: p.head.Revision, Batch: first.Batch})
	rewound(storage.Mark{Revision: first.Revision, Batch: p.head.Batch})
	rewound(storage.Mark{Revision: p.head.Revision + 1, Batch: newID()})
	rewound(storage.Mark{Revision: p.head.Revision + 1, Batch: p.head.Batch})
	rewound(storage.Mark{Revision: math.MaxUint64, Batch: p.head.Batch})
	rewound(storage.Mark{Batch: newID()})
	p.wantChanges(first.Mark, []storage.Put{opened("b")})
}
