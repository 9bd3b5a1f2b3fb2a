package desk_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
)

// Who resumes while another node is at it finds what is overdue, and nothing to resume.
func TestOneOutageIsResumedOnce(t *testing.T) {
	t.Parallel()
	d, at := desk.New(), time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	do := func(c desk.Command) {
		t.Helper()
		if _, err := d.Do(at, desk.By{}, c); err != nil {
			t.Fatal(err)
		}
	}
	do(desk.PutOperators{Operators: []desk.Operator{{ID: "ann"}}})
	do(desk.PutLine{Line: desk.Line{ID: "l", Queue: queue.Rules{Members: queue.Operators("ann")}}})
	do(desk.Connect{Line: "l", Connector: "web", Account: "main"})
	for i := range 500 {
		clean, said, err := connector.Inbound{Connector: "web", Account: "main", User: strconv.Itoa(i), ID: "m", Text: "?"}.Clean()
		if err != nil {
			t.Fatal(err)
		}
		do(desk.Receive{Message: clean, Said: said})
	}
	at = at.Add(3 * time.Hour)
	do(desk.Resume{})
	if overdue := d.Overdue(); !overdue.Before(at) {
		t.Fatalf("all is done by %v: nothing is left for the other node", overdue)
	}
	at = at.Add(time.Second)
	do(desk.Resume{})
	resumed := 0
	for _, e := range d.Cut().Events() {
		if e.Type == desk.DeskResumed {
			resumed++
		}
	}
	if resumed != 1 {
		t.Errorf("resumed %d times", resumed)
	}
}
