package storagetest

import (
	"errors"
	"fmt"
	"sync"

	"github.com/openlines-go/openlines/storage"
)

func turnRules() []rule {
	return []rule{
		{
			name:   "a turn decides on what happened since, and is committed",
			why:    "the engine that lost a race catches up and decides in one go",
			check:  turnDecides,
			turner: true,
		},
		{
			name:   "a turn without a batch writes nothing",
			why:    "what the loser wanted may be done already",
			check:  turnWithoutBatch,
			turner: true,
		},
		{
			name:   "an error of decide ends the turn and is returned as it is",
			why:    "the desk goes back to the others at once",
			check:  turnOfError,
			turner: true,
		},
		{
			name:   "a turn refuses what Commit refuses",
			why:    "there is one way to write, with one set of rules",
			check:  turnRefuses,
			turner: true,
		},
		{
			name:   "those who take turns at once never meet a conflict",
			why:    "Turn is for those who lost too often; it must not lose",
			check:  turnsInTurn,
			turner: true,
		},
	}
}

func (p *probe) turn(since storage.Mark, decide func(storage.Changes) (*storage.Batch, error)) (storage.Head, error) {
	return p.store.(storage.Turner).Turn(p.Context(), since, decide)
}

func turnDecides(p *probe) {
	since := p.head.Mark
	p.write(opened("a"))
	var b *storage.Batch
	head, err := p.turn(since, func(c storage.Changes) (*storage.Batch, error) {
		p.equal("mark of the changes", c.Mark, p.head.Mark)
		p.equal("records of the changes", c.Records, records(opened("a")))
		b = p.batch(opened("b"))
		return b, nil
	})
	p.ok("Turn", err)
	p.equal("mark that Turn returned", head.Mark, storage.Mark{Revision: 2, Batch: b.ID})
	p.head = head
	p.equal("ids", ids(p.get("a", "b")), []string{"a", "b"})
	p.wantAgain(b, head)
	p.write(opened("c"))
}

func turnWithoutBatch(p *probe) {
	p.write(opened("a"))
	before := p.dump()
	head, err := p.turn(p.head.Mark, func(storage.Changes) (*storage.Batch, error) { return nil, nil })
	p.ok("Turn", err)
	p.equal("head that Turn returned", timeless(head), timeless(p.head))
	p.equal("desk", p.dump(), before)
	p.write(opened("b"))
}

func turnOfError(p *probe) {
	p.write(opened("a"))
	before := p.dump()
	stop := errors.New("stop")
	_, err := p.turn(p.head.Mark, func(storage.Changes) (*storage.Batch, error) { return p.batch(opened("b")), stop })
	if err != stop { //nolint:errorlint // as it is, not wrapped
		p.Fatalf("Turn: error %v, want that of decide", err)
	}
	p.equal("desk", p.dump(), before)
	p.write(opened("b"))
}

func turnRefuses(p *probe) {
	b := p.batch(opened("a", "line:a"))
	b.Format = 1
	p.commit(b)
	old, older := p.batch(opened("b")), p.batch(opened("b"))
	old.Format = 0
	malformed := p.batch(opened(""))
	older.Expect = storage.Mark{}
	gap := p.batch(opened("b"))
	gap.Events = []storage.Event{numbered(2)}
	before := p.dump()
	for _, c := range []struct {
		batch *storage.Batch
		want  error
	}{
		{old, storage.ErrFormat},
		{older, storage.ErrConflict},
		{malformed, storage.ErrInvalid},
		{gap, storage.ErrInvalid},
	} {
		_, err := p.turn(p.head.Mark, func(storage.Changes) (*storage.Batch, error) { return c.batch, nil })
		p.wantError("Turn", err, c.want)
		p.equal("desk", p.dump(), before)
	}
	_, err := p.turn(p.head.Mark, func(storage.Changes) (*storage.Batch, error) {
		return p.batch(create(opened("a"))), nil
	})
	if _, ok := errors.AsType[*storage.ExistsError](err); !ok {
		p.Fatalf("Turn: error %v, want *storage.ExistsError", err)
	}
	p.equal("desk", p.dump(), before)

	_, err = p.turn(storage.Mark{Revision: 9, Batch: newID()}, func(storage.Changes) (*storage.Batch, error) {
		return p.batch(opened("b")), nil
	})
	p.wantError("Turn since a mark of another history", err, storage.ErrRewound)
	p.equal("desk", p.dump(), before)
	p.write(opened("b"))
}

func turnsInTurn(p *probe) {
	const writers, turns = 8, 10
	failed := make([]error, writers)
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			var since storage.Mark
			for i := range turns {
				id := fmt.Sprint(w, "-", i)
				head, err := p.turn(since, func(c storage.Changes) (*storage.Batch, error) {
					b := &storage.Batch{ID: newID(), Expect: c.Mark, Puts: []storage.Put{create(opened(id))}}
					b.Events = []storage.Event{numbered(c.Events + 1)}
					return b, nil
				})
				if err != nil {
					failed[w] = fmt.Errorf("turn: %w", err)
					return
				}
				since = head.Mark
			}
		})
	}
	all.Wait()
	p.ok("concurrent turns", errors.Join(failed...))
	head, records := p.scan(storage.All)
	p.equal("revision", head.Revision, uint64(writers*turns))
	p.equal("number of records", len(records), writers*turns)
}
