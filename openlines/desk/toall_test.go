package desk_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
)

// Decision 14.4: what is offered to everybody takes no place, so much is offered, but no more than MaxToAll for one free place; as
// soon as one of them is accepted and nobody has room left, all others wait again, in their order.
func TestOfferedToEverybodyUnderALimit(t *testing.T) {
	t.Parallel()
	nine, d := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), desk.New()
	do := func(by queue.OperatorID, commands ...desk.Command) {
		t.Helper()
		for _, c := range commands {
			if _, err := d.Do(nine, desk.By{Operator: by}, c); err != nil {
				t.Fatalf("%T: %v", c, err)
			}
		}
	}
	waiting := func(want int) {
		t.Helper()
		if _, _, all := d.Waiting("support", nil, 1); all != want {
			t.Errorf("%d wait, want %d", all, want)
		}
		if found := d.Check(); len(found) > 0 {
			t.Error(found)
		}
	}
	do("", desk.PutOperators{Operators: []desk.Operator{{ID: "ann"}}}, desk.PutLine{Line: desk.Line{ID: "support", Queue: queue.Rules{
		Mode: queue.All, Members: queue.Operators("ann"), Limit: queue.Limit{Max: 1, Counts: queue.OpenOnes},
	}}}, desk.Connect{Line: "support", Connector: "web", Account: "main"})
	for n := range desk.MaxToAll + 10 {
		clean, said, err := (connector.Inbound{Connector: "web", Account: "main", User: fmt.Sprint(n), ID: "m", Text: "Hello"}).Clean()
		if err != nil {
			t.Fatal(err)
		}
		do("", desk.Receive{Message: clean, Said: said})
	}
	waiting(10)
	do("ann", desk.Answer{Session: 3})
	waiting(desk.MaxToAll + 9)
	do("ann", desk.Finish{Session: 3})
	waiting(9)
}
