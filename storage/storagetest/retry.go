package storagetest

import (
	"errors"

	"github.com/openlines-go/openlines/storage"
)

func retryRules() []rule {
	return []rule{
		{
			name:  "the same batch again is a success that writes nothing",
			why:   "after a lost answer the engine can only commit the same batch again; a second effect doubles the command",
			check: sameBatchAgain,
		},
		{
			name:  "the same batch again returns the head that it made, also after others moved on",
			why:   "an engine that joins its draft to somebody else's head has skipped what that one wrote",
			check: againAfterOthers,
		},
		{
			name:  "a batch that was stored stays stored, whatever happened to its keys since",
			why:   "a retry must not be judged by the desk of today: its Create is taken, by itself",
			check: againAfterDelete,
		},
		{
			name:  "a first attempt that comes after its retry changes nothing",
			why:   "networks deliver late; an attempt that is still under way may win or lose, but not come second",
			check: lateFirstAttempt,
		},
		{
			name:  "a first attempt that comes after another batch took its place is a conflict for ever",
			why:   "its engine has decided anew long ago; writing it now would bring back a decision that was dropped",
			check: lateLoser,
		},
		{
			name:  "a batch that lost is not found stored",
			why:   "success for a batch that was never written loses its commands",
			check: loserIsNotStored,
		},
		{
			name:  "the last KeptTurns turns are remembered",
			why:   "engines catch up and settle unknown outcomes from them, after minutes if need be",
			check: keptTurns,
			slow:  true,
		},
	}
}

func (p *probe) wantAgain(b *storage.Batch, want storage.Head) {
	p.Helper()
	before := p.dump()
	got, err := p.store.Commit(p.Context(), b)
	p.ok("Commit of a batch that is stored", err)
	p.equal("head that it returned", timeless(got), timeless(want))
	p.equal("desk after it", p.dump(), before)
}

// retried is a batch of everything, decided on a desk that has the record "old".
func (p *probe) retried() *storage.Batch {
	p.Helper()
	p.write(opened("old", "line:a"), opened("kept", "line:a"))
	b := p.batch(create(opened("new", "line:a")), body(`{"v":2}`, closed("kept", "line:b")))
	b.Deletes = keys("old")
	b.Events = []storage.Event{{Seq: 1, Body: []byte(`1`)}, {Seq: 2, Body: []byte(`2`)}, {Seq: 3, Body: []byte(`3`)}}
	b.Trim, b.Due, b.Format = 1, start, 2
	return b
}

func sameBatchAgain(p *probe) {
	b := p.retried()
	made := p.commit(b)
	p.wantAgain(b, made)
	p.wantAgain(b, made)
	copied := *b
	p.wantAgain(&copied, made)
}

func againAfterOthers(p *probe) {
	b := p.retried()
	made := p.commit(b)
	for range 3 {
		next := p.batch(body(`{"v":3}`, opened("kept")))
		next.Events = []storage.Event{{Seq: p.head.Events + 1, Body: []byte(`4`)}}
		next.Due, next.Format = start.AddDate(1, 0, 0), p.head.Format+1
		p.commit(next)
		p.wantAgain(b, made)
	}
	p.equal("record that others wrote", p.get("kept"), records(body(`{"v":3}`, opened("kept"))))
}

func againAfterDelete(p *probe) {
	b := p.retried()
	made := p.commit(b)
	p.erase("new")
	p.wantAgain(b, made)
	p.write(body(`{"v":9}`, create(opened("new"))))
	p.wantAgain(b, made)
	p.equal("record of today", p.get("new"), records(body(`{"v":9}`, opened("new"))))
}

func lateFirstAttempt(p *probe) {
	b := p.retried()
	late := *b
	made := p.commit(b)
	p.write(opened("next"))
	p.erase("new", "kept")
	p.wantAgain(&late, made)
	p.equal("records", p.get("new", "kept"), []storage.Record(nil))
}

func lateLoser(p *probe) {
	late := p.retried()
	p.write(opened("winner"))
	p.refuse(late, storage.ErrConflict)
	for range 3 {
		p.write(opened("next"))
		p.refuse(late, storage.ErrConflict)
	}
}

func loserIsNotStored(p *probe) {
	p.write(opened("a"))
	b, other := p.batch(opened("b")), p.batch(opened("b"))
	p.commit(b)
	p.refuse(other, storage.ErrConflict)
	p.refuse(other, storage.ErrConflict)
	// The same id on another mark is another attempt: the desk's history has it elsewhere, not right after that mark.
	moved := *b
	moved.Expect = storage.Mark{}
	p.refuse(&moved, storage.ErrConflict)
	moved.Expect = storage.Mark{Revision: b.Expect.Revision, Batch: newID()}
	p.refuse(&moved, storage.ErrConflict)
	p.equal("records", p.get("b"), records(opened("b")))
}

func keptTurns(p *probe) {
	first := p.batch(create(opened("first")))
	made := p.commit(first)
	for range storage.KeptTurns - 1 {
		p.write(opened("a"))
	}
	p.wantAgain(first, made)
	_, err := p.store.Changes(p.Context(), made.Mark)
	p.ok("Changes since the first turn", err)
	if _, err = p.store.Changes(p.Context(), storage.Mark{}); err != nil && !errors.Is(err, storage.ErrBehind) {
		p.Fatalf("Changes since before the first turn: %v", err)
	}
}
