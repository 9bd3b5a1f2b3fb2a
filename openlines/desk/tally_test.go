package desk

import (
	"fmt"
	"testing"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/kpi"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
)

// However many sessions close at once, two tallies change; and of each line and operator one is in memory, the latest.
func TestTalliesAreFew(t *testing.T) {
	t.Parallel()
	d := New()
	batch := func() *storage.Batch {
		t.Helper()
		draft := d.Cut()
		b, err := draft.Batch(storage.BatchID{1}, storage.Mark{}, Format)
		if err != nil {
			t.Fatal(err)
		}
		d.Join(draft, storage.Head{})
		return b
	}
	s := &Session{Line: "support", Owner: "ann", Channel: Channel{Connector: "web"}}
	s.State, s.Reason = session.Closed, session.Finished
	for day := range 3 {
		s.Ended = time.Date(2026, 3, 2+day, 23, 59, 59, 0, time.UTC)
		for range 1000 {
			d.tallyClosed(s, kpi.OfSession(s.Session))
		}
		if b, want := batch(), 2+min(day, 1)*2; len(b.Puts) != want { // those of the day before are past
			t.Errorf("day %d: %d records, want %d", day, len(b.Puts), want)
		}
		if len(d.tallies.rows) != 2 {
			t.Errorf("day %d: %d in memory", day, len(d.tallies.rows))
		}
	}
	last := d.tallies.peek(tallyKey{"2026-03-04", seatKey{line: "support"}})
	if last == nil || last.Cells[0].Figures.Closed[session.Finished] != 1000 {
		t.Errorf("the last day: %+v", last)
	}

	// What comes for an earlier day is put under a key that the store may have, and is not kept.
	s.Ended = s.Ended.AddDate(0, 0, -1)
	d.tallyClosed(s, kpi.Figures{Good: 1})
	for _, p := range batch().Puts {
		if p.Open || !p.Create {
			t.Errorf("a tally of a day that is past: %+v", p)
		}
	}
	if len(d.tallies.rows) != 2 {
		t.Errorf("%d in memory", len(d.tallies.rows))
	}

	// Kinds of channels without end are one, beyond a hundred.
	for i := range 150 {
		s.Channel.Connector = connector.ID(fmt.Sprint("c", i))
		d.tallyClosed(s, kpi.Figures{Bad: 1})
	}
	bad := 0
	cells := d.tallies.peek(tallyKey{d.dayOf("support", s.Ended), seatKey{line: "support"}}).Cells
	for _, c := range cells {
		bad += c.Figures.Bad
	}
	if len(cells) != maxCells+1 || bad != 150 {
		t.Errorf("%d kinds of channels with %d votes", len(cells), bad)
	}
}
