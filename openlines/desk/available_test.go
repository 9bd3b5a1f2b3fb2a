package desk_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/worktime"
)

// Records of before there was a grace do not say since when an operator is away: it counts as long ago (rule 4.20).
func TestAwaySinceEver(t *testing.T) {
	t.Parallel()
	nine := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	line := desk.Line{ID: "support", Queue: queue.Rules{
		Members: queue.Operators("ann"), OnlyAvailable: true, Grace: time.Hour, PassOnAfter: queue.Never,
	}}
	says := func(id string) desk.Receive {
		in := connector.Inbound{Connector: "webchat", Account: "shop", User: "77", ID: id, Text: "Hello"}
		clean, said, err := in.Clean()
		if err != nil {
			t.Fatal(err)
		}
		return desk.Receive{Message: clean, Said: said}
	}
	do := func(d *desk.Desk, by queue.OperatorID, commands ...desk.Command) {
		t.Helper()
		for _, c := range commands {
			if _, err := d.Do(nine, desk.By{Operator: by}, c); err != nil {
				t.Fatalf("%T: %v", c, err)
			}
		}
	}
	d := desk.New()
	do(d, "", desk.PutOperators{Operators: []desk.Operator{{ID: "ann"}}}, desk.PutLine{Line: line},
		desk.Connect{Line: "support", Connector: "webchat", Account: "shop"},
		desk.Report{Operator: "ann", Facts: worktime.Facts{MobileFront: true}}, says("m1"))
	do(d, "ann", desk.Send{Session: 1, Text: "Hello"})
	do(d, "", desk.Report{Operator: "ann"})

	records, err := d.Records()
	if err != nil {
		t.Fatal(err)
	}
	old, mended := desk.New(), false
	for _, r := range records {
		if cut := bytes.Index(r.Body, []byte(`,"away"`)); r.Kind == "operator" && cut > 0 {
			r.Body, mended = append(r.Body[:cut:cut], '}'), true
		}
		if err := old.LoadRecord(r); err != nil {
			t.Fatal(err)
		}
	}
	if !mended {
		t.Fatal("no record says since when an operator is away")
	}
	for want, d := range map[session.State]*desk.Desk{session.ClientWaits: d, session.Waiting: old} {
		do(d, "", says("m2"))
		if s, _ := d.Session(1); s.State != want {
			t.Errorf("the client wrote again and the session is %s, want %s", s.State, want)
		}
		if found := d.Check(); len(found) > 0 {
			t.Error(found)
		}
	}
}
