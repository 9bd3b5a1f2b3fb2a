package desk

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/storage"
)

// A record that another version of this program has stored under other terms is listed anew when it is written, and a store
// is not told that its terms are the same.
func TestRecordsOfAnotherVersionAreListedAnew(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	d := New()
	do := func(by queue.OperatorID, c Command) {
		t.Helper()
		if _, err := d.Do(now, By{Operator: by}, c); err != nil {
			t.Fatal(err)
		}
	}
	do("", PutOperators{[]Operator{{ID: "ann"}}})
	do("", PutLine{Line{ID: "support", Queue: queue.Rules{Members: queue.Operators("ann")}}})
	do("", Connect{Line: "support", Connector: "web", Account: "main"})
	in, said, err := connector.Inbound{Connector: "web", Account: "main", User: "77", ID: "m", Text: "?"}.Clean()
	if err != nil {
		t.Fatal(err)
	}
	do("", Receive{Message: in, Said: said})
	do("ann", Answer{1})
	records, err := d.Records()
	if err != nil {
		t.Fatal(err)
	}
	d = New()
	for _, r := range records {
		r.Terms = slices.DeleteFunc(r.Terms, func(term string) bool { return strings.HasPrefix(term, "account:") })
		if err := d.LoadRecord(r); r.Open && err != nil {
			t.Fatal(err)
		}
	}
	for _, same := range []bool{false, true} {
		do("ann", Silence{Session: 1, Off: same})
		draft := d.Cut()
		b, err := draft.Batch(storage.BatchID{1}, storage.Mark{}, Format)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(b.Puts, func(p storage.Put) bool { return p.Kind == "session" })
		if i < 0 || b.Puts[i].Same != same || !slices.Contains(b.Puts[i].Terms, accountTerm(Channel{"web", "main"})) {
			t.Errorf("the session is put as %+v, want it to be the same: %v", b.Puts, same)
		}
		d.Join(draft, storage.Head{})
	}
}
