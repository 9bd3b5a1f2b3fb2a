package storagetest

import (
	"fmt"
	"math"

	"github.com/openlines-go/openlines/storage"
)

func eventRules() []rule {
	return []rule{
		{
			name:  "Events gives numbers greater than after, in order, without a gap",
			why:   "a reader keeps the last number as its place and goes on from there",
			check: eventsAfter,
		},
		{
			name:  "Events gives no more than limit, and the next read goes on",
			why:   "a feed of years is read in pieces",
			check: eventsLimit,
		},
		{
			name:  "ErrBehind tells that events were trimmed",
			why:   "a reader that is given the rest in silence has lost events and does not know",
			check: eventsTrimmed,
		},
		{
			name:  "a trim forgets what there is and no more",
			why:   "retention says a number once and may say it again",
			check: trimClamped,
		},
	}
}

// feed commits a batch of n events, the number of each as its body.
func (p *probe) feed(n int, trim uint64) {
	p.Helper()
	b := p.batch()
	for i := range n {
		b.Events = append(b.Events, numbered(p.head.Events+uint64(i)+1))
	}
	b.Trim = trim
	p.commit(b)
}

func numbered(n uint64) storage.Event { return storage.Event{Seq: n, Body: fmt.Append(nil, n)} }

func (p *probe) wantEvents(after uint64, limit int, first, last uint64) {
	p.Helper()
	var want []storage.Event
	for n := first; n <= last; n++ {
		want = append(want, numbered(n))
	}
	p.equal(fmt.Sprintf("events after %d", after), p.events(after, limit), want)
}

func (p *probe) wantBehind(after uint64) {
	p.Helper()
	_, err := p.store.Events(p.Context(), after, 10)
	p.wantError(fmt.Sprintf("events after %d", after), err, storage.ErrBehind)
}

func eventsAfter(p *probe) {
	p.feed(3, 0)
	p.feed(0, 0)
	p.feed(9, 0)
	p.equal("number of the last event", p.head.Events, uint64(12))
	p.wantEvents(0, 100, 1, 12)
	p.wantEvents(2, 100, 3, 12)
	p.wantEvents(11, 100, 12, 12)
	p.wantEvents(12, 100, 1, 0)
	p.wantEvents(13, 100, 1, 0)
	p.wantEvents(math.MaxUint64, 100, 1, 0)
}

func eventsLimit(p *probe) {
	p.feed(storage.MaxFind+5, 0)
	p.wantEvents(0, 1, 1, 1)
	p.wantEvents(1, 2, 2, 3)
	p.wantEvents(0, storage.MaxFind, 1, storage.MaxFind)
	p.wantEvents(storage.MaxFind, storage.MaxFind, storage.MaxFind+1, storage.MaxFind+5)
}

func eventsTrimmed(p *probe) {
	p.feed(10, 0)
	p.feed(2, 4)
	p.wantBehind(0)
	p.wantBehind(3)
	p.wantEvents(4, 100, 5, 12)
	p.wantEvents(6, 2, 7, 8)
	p.equal("number of the last event", p.head.Events, uint64(12))
	p.feed(0, 12)
	p.wantBehind(11)
	p.wantEvents(12, 100, 1, 0)
	p.feed(1, 0)
	p.wantBehind(11)
	p.wantEvents(12, 100, 13, 13)
}

func trimClamped(p *probe) {
	p.feed(5, 3)
	p.feed(0, 2)
	p.wantBehind(2)
	p.wantEvents(3, 100, 4, 5)
	p.feed(2, math.MaxUint64)
	p.equal("number of the last event", p.head.Events, uint64(7))
	p.wantBehind(6)
	p.wantEvents(7, 100, 1, 0)
	p.feed(1, 0)
	p.wantEvents(7, 100, 8, 8)
}
