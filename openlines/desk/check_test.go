package desk

import (
	"slices"
	"testing"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
)

var nine = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func (d *Desk) mustDo(t *testing.T, by queue.OperatorID, commands ...Command) {
	t.Helper()
	for _, c := range commands {
		_, err := d.Do(nine, By{Operator: by}, c)
		if miss, is := err.(*Miss); is { // there is no store: nothing else is there
			if err = d.Pin(miss.Keys, nil); err == nil {
				_, err = d.Do(nine, By{Operator: by}, c)
			}
		}
		if err != nil {
			t.Fatalf("%T: %v", c, err)
		}
	}
}

// busy is a desk that has something of everything: session 1 is ann's, bob has joined it, 2 is bob's; 3 and 6 are offered, 4 is
// identifying, 5 closing, and 7 waits.
func busy(t *testing.T) *Desk {
	t.Helper()
	d := New()
	says := func(user, account string) Receive {
		in := connector.Inbound{Connector: "web", Account: account, User: user, ID: user, Text: "Hello"}
		clean, said, err := in.Clean()
		if err != nil {
			t.Fatal(err)
		}
		return Receive{Message: clean, Said: said}
	}
	limit := queue.Limit{Max: 2, Counts: queue.OpenOnes}
	d.mustDo(t, "",
		PutOperators{Operators: []Operator{{ID: "ann"}, {ID: "bob"}}},
		PutDepartments{Departments: []Department{{ID: "sales", Operators: []queue.OperatorID{"ann"}}, {ID: "web", Parent: "sales"}}},
		PutLine{Line: Line{
			ID: "support", Queue: queue.Rules{Members: queue.Operators("ann", "bob"), Limit: limit},
			Texts: Texts{Greeting: "Hello"},
		}},
		PutLine{Line: Line{ID: "sales", Queue: queue.Rules{Members: queue.Operators("cid")}, CRM: CRM{Verify: true}}},
		Connect{Line: "support", Connector: "web", Account: "main"},
		Connect{Line: "sales", Connector: "web", Account: "other"},
		says("c1", "main"))
	d.mustDo(t, "ann", Send{Session: 1, Text: "Hi"}, Invite{Session: 1, Operator: "bob"})
	d.mustDo(t, "", says("c2", "main"), says("c3", "main"), says("c4", "other"), says("c5", "main"), says("c6", "main"), says("c7", "main"))
	d.mustDo(t, "bob", Send{Session: 2, Text: "Hi"}, Send{Session: 5, Text: "Hi"}, Finish{Session: 5})
	if found := d.Check(); len(found) != 0 {
		t.Fatal(found)
	}
	return d
}

// Check finds each thing that can be wrong with the live state: what is spoilt here by hand, behind the back of the index
// functions, is told under the invariant that it breaks. Invariants I-06, I-10, I-15, I-19, I-23.
func TestCheckFinds(t *testing.T) {
	t.Parallel()
	someone := func(d *Desk, state session.State) *Session {
		for _, id := range sortedKeys(d.sessions.rows) {
			if d.sessions.rows[id].State == state {
				return d.sessions.rows[id]
			}
		}
		panic("no session is " + state)
	}
	head := func(d *Desk) *lane { return d.lanes[sortedKeys(d.lanes)[0]] }
	for name, c := range map[string]struct {
		invariant string
		spoil     func(*Desk)
	}{
		"owner of none":        {"one owner", func(d *Desk) { someone(d, session.Replied).Owner = "" }},
		"owner of what waits":  {"one owner", func(d *Desk) { someone(d, session.Offered).Owner = "bob" }},
		"owner joined":         {"one owner", func(d *Desk) { d.sessions.rows[1].Joined = []queue.OperatorID{"ann"} }},
		"bot beside an owner":  {"one owner", func(d *Desk) { s := someone(d, session.Replied); s.Bot, s.BotAttends = "faq", true }},
		"bot that is none":     {"one owner", func(d *Desk) { someone(d, session.Offered).BotAttends = true }},
		"withheld of nobody":   {"nothing is stuck", func(d *Desk) { d.withheld.rows[1] = &withheld{Session: 1} }},
		"joined twice":         {"one owner", func(d *Desk) { d.sessions.rows[1].Joined = []queue.OperatorID{"bob", "bob"} }},
		"offered to two":       {"one offer", func(d *Desk) { someone(d, session.Offered).ToAll = true }},
		"offered to nobody":    {"one offer", func(d *Desk) { someone(d, session.Offered).OfferedTo = "" }},
		"direct, to nobody":    {"one offer", func(d *Desk) { d.sessions.rows[1].Direct = true }},
		"two of a chat":        {"one open session", func(d *Desk) { d.sessions.rows[2].Chat = 1 }},
		"chat of another":      {"one open session", func(d *Desk) { d.chats.rows[1].Session = 2 }},
		"chat is not open":     {"one open session", func(d *Desk) { d.chats.rows[1].Open = false }},
		"address leads astray": {"one open session", func(d *Desk) { d.aliases.rows[aliasKey(d.chats.rows[1].Address)].Chat = 2 }},
		"address is not open":  {"one open session", func(d *Desk) { d.aliases.rows[aliasKey(d.chats.rows[1].Address)].Open = false }},
		"open index":           {"indexes are true", func(d *Desk) { d.open[1] = 2 }},
		"open index of none":   {"indexes are true", func(d *Desk) { d.open[77] = 2 }},
		"offer without a time": {"everything follows from the records", func(d *Desk) { d.deadlines.Remove(deadlineKey{session: someone(d, session.Offered).ID}) }},
		"deadline of long ago": {"no lost deadline", func(d *Desk) { someone(d, session.Offered).OfferEnds = nine.Add(-time.Second) }},
		"closing for ever":     {"nothing is stuck", func(d *Desk) { someone(d, session.Closing).CloseAt = time.Time{} }},
		"identifying for ever": {"nothing is stuck", func(d *Desk) { someone(d, session.Identifying).IdentifyBy = time.Time{} }},
		"nobody asks": {"nothing is stuck", func(d *Desk) {
			for _, e := range d.effects.rows {
				if e.Kind == AskIdentity {
					e.Kind = DeliveryRead
				}
			}
		}},
		"archived, goes on":  {"nothing is stuck", func(d *Desk) { d.lines.rows["support"].Archived = true }},
		"no such line":       {"nothing is stuck", func(d *Desk) { delete(d.lines.rows, "sales") }},
		"somebody is free":   {"nobody waits while somebody is free", func(d *Desk) { d.lines.rows["support"].Queue.Limit.Max = 9; d.refreshLine("support") }},
		"free by mistake":    {"indexes are true", func(d *Desk) { d.work["support"].queue.Set("ann", true, 0, 0) }},
		"room by mistake":    {"indexes are true", func(d *Desk) { d.work["support"].room++ }},
		"slots":              {"indexes are true", func(d *Desk) { d.loads["ann"].slots["support"].open++ }},
		"total":              {"indexes are true", func(d *Desk) { d.loads["ann"].total-- }},
		"load of a stranger": {"indexes are true", func(d *Desk) { d.loadOf("cid").sessions[3] = true }},
		"joined, by index":   {"indexes are true", func(d *Desk) { d.loadOf("ann").joined[2] = true }},
		"joined, not by it":  {"indexes are true", func(d *Desk) { delete(d.loadOf("bob").joined, 1) }},
		"serves":             {"indexes are true", func(d *Desk) { d.serves["ann"] = nil }},
		"department":         {"indexes are true", func(d *Desk) { d.partOf["bob"] = []queue.DepartmentID{"sales"} }},
		"sub-department":     {"indexes are true", func(d *Desk) { delete(d.below, "sales") }},
		"account":            {"indexes are true", func(d *Desk) { d.accounts[accountKey{"support", "web"}] = []string{"other"} }},
		"lane of nothing":    {"lanes in order", func(d *Desk) { d.lanes["chat:77"] = &lane{ids: []EffectID{77}} }},
		"lane in disorder":   {"lanes in order", func(d *Desk) { slices.Reverse(head(d).ids) }},
		"effect in no lane":  {"lanes in order", func(d *Desk) { head(d).ids = head(d).ids[:1] }},
		"lease of nothing":   {"lanes in order", func(d *Desk) { head(d).leased = head(d).ids[:1] }},
		"head is not ready":  {"lanes in order", func(d *Desk) { d.unready(d.effects.rows[head(d).ids[0]]) }},
		"follower is ready": {"lanes in order", func(d *Desk) {
			d.readyIn(Channel{"web", "main"}).Set(head(d).ids[1], readiness{nine, head(d).ids[1]})
		}},
		"seen too far":         {"numbers in order", func(d *Desk) { d.chats.rows[1].SeenTo = 3 }},
		"heard too far":        {"numbers in order", func(d *Desk) { d.chats.rows[1].HeardAt = 99 }},
		"read, not arrived":    {"numbers in order", func(d *Desk) { d.chats.rows[1].ReadTo = 1 }},
		"arrived, not said":    {"numbers in order", func(d *Desk) { d.chats.rows[1].CameTo = 99 }},
		"number never given":   {"numbers in order", func(d *Desk) { d.counters.rows["desk"].Sessions = 2 }},
		"waits in other order": {"everything follows from the records", func(d *Desk) { d.work["support"].waiting.Set(1, queue.Place{}) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := busy(t)
			c.spoil(d)
			found := d.Check()
			if !slices.ContainsFunc(found, func(v Violation) bool { return v.Invariant == c.invariant }) {
				t.Errorf("found %v, want %q", found, c.invariant)
			}
		})
	}
}

// What is stored under a kind of its own and is damaged is told as well, and without a panic.
func TestCheckSurvivesDamage(t *testing.T) {
	t.Parallel()
	d := busy(t)
	d.sessions.rows[1] = nil
	if found := d.Check(); len(found) == 0 || found[len(found)-1].What != "the records contradict one another" {
		t.Error(found)
	}
	if err := New().LoadRecord(storage.Record{Key: storage.Key{Kind: "session", ID: "1"}, Body: []byte(`{"id":2}`)}); err == nil {
		t.Error("a record under another's id is taken")
	}
}
