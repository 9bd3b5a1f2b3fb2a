package openlinestest

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/memory"
	"github.com/openlines-go/openlines/worktime"
)

// SameAsMemory sends so many messages of clients through an engine on a store and through one in memory, with operators who
// answer, skip, finish, leave and come back, by the same seed and clock. In the middle the engine is closed, and the store
// is opened anew with reopen. In the end every record and the feed have to be the same; it returns the feed.
//
// The text of every message is "help", the line is "support", the operators are Ann, Bob, Cid and Dan, and a message comes
// every 1.5 seconds from Monday, 2 March 2026, 09:00 UTC on.
func SameAsMemory(
	t testing.TB, open func(testing.TB) storage.Store, reopen func(testing.TB, storage.Store) storage.Store, messages int,
) []openlines.Event {
	t.Helper()
	want := drive(t, memory.New(), func(_ testing.TB, s storage.Store) storage.Store { return s }, messages)
	got := drive(t, open(t), reopen, messages)
	wantSame(t, "records", want.records, got.records)
	wantSame(t, "feed", want.events, got.events)
	started := 0
	feed := make([]openlines.Event, len(want.events))
	for i, e := range want.events {
		var err error
		if feed[i], err = desk.DecodeEvent(e); err != nil {
			t.Fatal(err)
		}
		if feed[i].Type == desk.SessionStarted {
			started++
		}
	}
	if started < messages/20 || len(feed) < 3*messages/2 {
		t.Errorf("only %d sessions and %d events: the test shows little", started, len(feed))
	}
	t.Logf("%d messages, %d turns, %d sessions, %d events, %d records", messages, got.turns, started, len(feed), len(got.records))
	return feed
}

// wantSame tells the first difference of two long lists.
func wantSame[T any](t testing.TB, what string, want, got []T) {
	t.Helper()
	for i := range min(len(want), len(got)) {
		if !reflect.DeepEqual(want[i], got[i]) {
			t.Errorf("%s, number %d (-memory +store):\n%s", what, i+1, cmp.Diff(want[i], got[i]))
			return
		}
	}
	if len(want) != len(got) {
		t.Errorf("%s: %d, in memory %d", what, len(got), len(want))
	}
}

// traffic is what came of a drive.
type traffic struct {
	turns   int
	records []storage.Record
	events  []storage.Event
}

func drive(t testing.TB, store storage.Store, reopen func(testing.TB, storage.Store) storage.Store, messages int) (all traffic) {
	t.Helper()
	clock := NewClock(monday)
	config := openlines.Config{
		Clock: clock, Connectors: map[connector.ID]connector.Connector{ConnectorID: &Connector{clock: clock}},
		Observer: openlines.Observer{Turn: func(openlines.TurnInfo) { all.turns++ }},
	}
	d := &driver{tb: t, random: rand.New(rand.NewPCG(1, 2))}
	d.open(store, config)
	d.furnish()
	for i := range messages {
		if i == messages/2 {
			d.close()
			store = reopen(t, store)
			d.open(store, config)
		}
		clock.Add(1500 * time.Millisecond)
		d.message(i)
		if i%200 == 0 || i == messages-1 {
			_, err := d.engine.Advance(everlasting)
			d.must(err)
		}
	}
	d.must(d.engine.Check(everlasting))
	d.close()
	reader := &trial{tb: t, store: store}
	all.records, all.events = reader.read()
	return all
}

// driver plays clients and operators.
type driver struct {
	tb     testing.TB
	random *rand.Rand
	engine *openlines.Engine
}

func (d *driver) must(err error) {
	d.tb.Helper()
	if err != nil {
		d.tb.Fatal(err)
	}
}

func (d *driver) open(store storage.Store, c openlines.Config) {
	d.tb.Helper()
	var err error
	d.engine, err = openlines.Open(everlasting, store, c)
	d.must(err)
}

func (d *driver) close() {
	d.tb.Helper()
	d.must(d.engine.Close())
}

func (d *driver) furnish() {
	d.tb.Helper()
	d.must(d.engine.PutSettings(everlasting, openlines.Settings{Presence: worktime.Presence{WorkTime: true}}))
	ids := []queue.OperatorID{"ann", "bob", "cid", "dan"}
	for i, name := range []string{"Ann", "Bob", "Cid", "Dan"} {
		d.must(d.engine.PutOperator(everlasting, openlines.Operator{ID: ids[i], Name: name}))
		d.report(ids[i], true)
	}
	d.must(d.engine.PutLine(everlasting, openlines.Line{
		ID: "support",
		Queue: queue.Rules{
			Members: queue.Operators(ids...), PassOnAfter: 5 * time.Minute, OnlyAvailable: true, Limit: queue.Limit{Max: 20},
		},
		Session: session.Rules{CloseDelay: time.Minute},
	}))
	d.must(d.engine.Connect(everlasting, "support", ConnectorID, "support"))
}

func (d *driver) report(id queue.OperatorID, here bool) {
	d.tb.Helper()
	d.must(d.engine.Report(everlasting, openlines.Report{Operator: id, Facts: worktime.Facts{ClockedIn: here}}))
}

// message is one of a client, and what an operator does about it.
func (d *driver) message(i int) {
	d.tb.Helper()
	got, err := d.engine.Receive(everlasting, connector.Inbound{
		Connector: ConnectorID, Account: "support", User: fmt.Sprint("client", d.random.IntN(300)), ID: fmt.Sprint(i), Text: "help",
	})
	d.must(err)
	dice := d.random.IntN(100)
	if dice < 2 {
		d.report([]queue.OperatorID{"bob", "cid", "dan"}[i%3], dice == 0)
		return
	}
	s, err := d.engine.Session(everlasting, got.Session)
	d.must(err)
	switch who := d.engine.As(s.Owner); {
	case s.OfferedTo != "" && dice < 6:
		d.must(d.engine.As(s.OfferedTo).Skip(everlasting, s.ID))
	case s.OfferedTo != "" && dice < 60:
		d.must(d.engine.As(s.OfferedTo).Send(everlasting, s.ID, "done"))
	case s.Owner != "" && dice < 10:
		d.must(who.Send(everlasting, s.ID, "done"))
	case s.Owner != "" && dice < 60:
		d.must(who.Finish(everlasting, s.ID))
	}
}
