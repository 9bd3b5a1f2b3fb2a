package openlines_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/openlines/openlinestest"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage/memory"
)

// sequenceLine asks ann, then bob, a minute each.
func sequenceLine() openlines.Line {
	return openlines.Line{Queue: queue.Rules{Mode: queue.Strictly, Members: queue.Operators("ann", "bob"), PassOnAfter: time.Minute}}
}

func written(user, id, text string) connector.Inbound {
	return connector.Inbound{Connector: openlinestest.ConnectorID, Account: "support", User: user, ID: id, Text: text}
}

// The same words may come a thousand times; the same id once.
func TestSameTextAndSameID(t *testing.T) {
	t.Parallel()
	d := openlinestest.New(t, sequenceLine())
	for i := range 1000 {
		got, err := d.Receive(t.Context(), written("77", "m"+strconv.Itoa(i), "Hello"))
		if err != nil || got.Duplicate || got.Number != int64(i+1) {
			t.Fatalf("%+v, %v", got, err)
		}
	}
	before := d.Revision()
	for range 1000 {
		got, err := d.Receive(t.Context(), written("77", "m7", "Hello"))
		if err != nil || !got.Duplicate || got.Number != 8 {
			t.Fatalf("%+v, %v", got, err)
		}
	}
	if d.Revision() != before {
		t.Error("a redelivery changed something")
	}
}

// Ten first messages of one chat at once, each to two engines: one session, ten messages, each answered alike (album,
// redelivery on two nodes). Invariants I-02, I-05, I-06.
func TestFirstMessagesAtOnce(t *testing.T) {
	t.Parallel()
	store := memory.New()
	one := openlinestest.Open(t, openlinestest.Setup{Store: store, Lines: []openlines.Line{sequenceLine()}})
	two := openlinestest.Open(t, openlinestest.Setup{Store: store})
	for chat := range 20 {
		user := "client-" + strconv.Itoa(chat)
		var group sync.WaitGroup
		var answers [2][10]openlines.Received
		for node, e := range []*openlinestest.Desk{one, two} {
			for i := range 10 {
				group.Go(func() {
					got, err := e.Receive(t.Context(), written(user, strconv.Itoa(i), "photo"))
					if err != nil {
						t.Error(err)
					}
					answers[node][i] = got
				})
			}
		}
		group.Wait()
		numbers := map[int64]bool{}
		for i, a := range answers[0] {
			b := answers[1][i]
			if a.Session != answers[0][0].Session || a.Session != b.Session || a.Number != b.Number || a.Duplicate == b.Duplicate {
				t.Errorf("%+v and %+v", a, b)
			}
			numbers[a.Number] = true
		}
		if len(numbers) != 10 {
			t.Errorf("%d numbers of ten messages", len(numbers))
		}
	}
	if n, err := one.AtLeast(two.Revision()).OpenSessions(t.Context()); n != 20 || err != nil {
		t.Errorf("%d sessions of 20 chats, %v", n, err)
	}
}

// Messages stand in the order in which they came; what the channel says of their times is shown and decides nothing.
// Invariant I-05.
func TestOrderIsThatOfArrival(t *testing.T) {
	t.Parallel()
	d := openlinestest.New(t, sequenceLine())
	for i, minutes := range []time.Duration{2, 1, 3, 1, 1} {
		in := written("77", strconv.Itoa(i), strconv.Itoa(i))
		in.At = d.Clock.Now().Add(minutes * time.Minute)
		if _, err := d.Receive(t.Context(), in); err != nil {
			t.Fatal(err)
		}
	}
	found, _, err := d.History(t.Context(), 1, openlines.Page{})
	if err != nil || len(found) != 5 {
		t.Fatal(len(found), err)
	}
	for i, m := range found {
		if want := 4 - i; m.Said.Text != strconv.Itoa(want) || m.Number != int64(want+1) {
			t.Errorf("message %d is %q", m.Number, m.Said.Text)
		}
	}
}

// The first body of an id is the message, while its session is open, after it has closed and after a restart. Invariant I-03.
func TestRedeliveryWins(t *testing.T) {
	t.Parallel()
	d := openlinestest.New(t, sequenceLine())
	first, err := d.Receive(t.Context(), written("77", "m1", "one"))
	if err != nil {
		t.Fatal(err)
	}
	again := func(when string) {
		t.Helper()
		before := d.Revision()
		got, err := d.Receive(t.Context(), written("77", "m1", "another"))
		want := first
		want.Duplicate, want.Conflict, want.Revision = true, true, got.Revision
		if diff := cmp.Diff(want, got); err != nil || diff != "" || d.Revision() != before {
			t.Errorf("%s: %v (-want +got):\n%s", when, err, diff)
		}
		found, _, err := d.History(t.Context(), first.Chat, openlines.Page{})
		if err != nil || len(found) != 1 || found[0].Said.Text != "one" {
			t.Errorf("%s: %v, %v", when, found, err)
		}
	}
	again("open")
	if err := errors.Join(d.As("ann").Answer(t.Context(), 1), d.As("ann").Finish(t.Context(), 1)); err != nil {
		t.Fatal(err)
	}
	d.Wait(time.Hour)
	again("closed")
	d.Reopen()
	again("after a restart")
}

// What is due at an instant happens before what comes at it: the offer has passed on, the session is closed. A microsecond
// earlier it has not. Invariants I-07, I-31.
func TestAtTheVeryMicrosecond(t *testing.T) {
	t.Parallel()
	for _, early := range []time.Duration{0, time.Microsecond} {
		d := openlinestest.New(t, sequenceLine())
		s := d.Says("77", "Hello")
		d.Clock.Add(time.Minute - early)
		if err := d.As("ann").Answer(t.Context(), s); early == 0 != errors.Is(err, openlines.ErrNotOffered) {
			t.Errorf("answer %v before it passes on: %v", early, err)
		}
		d = openlinestest.New(t, sequenceLine())
		s = d.Says("77", "Hello")
		if err := errors.Join(d.As("ann").Answer(t.Context(), s), d.As("ann").Finish(t.Context(), s)); err != nil {
			t.Fatal(err)
		}
		d.Clock.Add(session.DefaultCloseDelay - early)
		if next := d.Says("77", "One more thing"); early == 0 != (next != s) {
			t.Errorf("a message %v before the end: session %d after %d", early, next, s)
		}
	}
}

// Acts that come late, twice or from others are refused by name, and the session stays where it is. Invariant I-11.
func TestActsThatComeTooLate(t *testing.T) {
	t.Parallel()
	d := openlinestest.New(t, sequenceLine())
	ctx := t.Context()
	ann, bob := d.As("ann"), d.As("bob")
	s := d.Says("77", "Hello")
	is := func(what string, err, want error) {
		t.Helper()
		if !errors.Is(err, want) || want == nil && err != nil {
			t.Errorf("%s: %v, want %v", what, err, want)
		}
	}
	is("bob answers ann's offer", bob.Answer(ctx, s), openlines.ErrNotOffered)
	is("bob skips it", bob.Skip(ctx, s), openlines.ErrNotOffered)
	d.Wait(time.Minute)
	is("ann answers too late", ann.Answer(ctx, s), openlines.ErrNotOffered)
	is("ann writes too late", ann.Send(ctx, s, "Hello"), openlines.ErrNotOffered)
	is("bob answers", bob.Answer(ctx, s), nil)
	is("bob answers twice", bob.Answer(ctx, s), nil)
	is("bob skips what he has", bob.Skip(ctx, s), openlines.ErrNotOffered)
	is("ann answers what bob has", ann.Answer(ctx, s), openlines.ErrTaken)
	is("ann finishes it", ann.Finish(ctx, s), openlines.ErrDenied)
	is("nobody answers", d.As("nobody").Answer(ctx, s), openlines.ErrNotFound)
	is("bob leaves", d.Report(ctx, openlines.Report{Operator: "bob"}), nil)
	is("bob finishes from afar", bob.Finish(ctx, s), nil)
	is("bob finishes twice", bob.Finish(ctx, s), openlines.ErrOver)
	is("bob writes after it", bob.Send(ctx, s, "x"), openlines.ErrOver)
	d.Wait(time.Hour)
	d.WantState(s, session.Closed)
	is("finish when closed", d.Finish(ctx, s), openlines.ErrOver)
	is("answer when closed", ann.Answer(ctx, s), openlines.ErrOver)
	is("spam when closed", d.Spam(ctx, s), openlines.ErrOver)
}

func TestTransfersToNowhere(t *testing.T) {
	t.Parallel()
	d := openlinestest.New(t, sequenceLine())
	ctx := t.Context()
	s := d.Says("77", "Hello")
	ann := d.As("ann")
	if err := errors.Join(ann.Answer(ctx, s), d.PutSettings(ctx, openlines.Settings{MaxSessions: 1}), d.As("bob").Answer(ctx, d.Says("78", "Hi"))); err != nil {
		t.Fatal(err)
	}
	for want, to := range map[error]openlines.Transfer{
		openlines.ErrNotFound: {Session: s, To: "nobody"}, openlines.ErrFull: {Session: s, To: "bob"}, openlines.ErrDenied: {Session: s + 1, To: "ann"},
	} {
		if err := ann.Transfer(ctx, to); !errors.Is(err, want) {
			t.Errorf("%+v: %v, want %v", to, err, want)
		}
	}
	for _, to := range []openlines.Transfer{{Session: s, To: "ann"}, {Session: s}, {Session: s, To: "bob", Line: "support"}, {Session: s, Line: "support"}} {
		if invalid, ok := errors.AsType[*openlines.Invalid](ann.Transfer(ctx, to)); !ok || invalid.Field != "To" && invalid.Field != "Line" {
			t.Errorf("%+v: %v", to, invalid)
		}
	}
	if err := ann.Transfer(ctx, openlines.Transfer{Session: s, Line: "nowhere"}); !errors.Is(err, openlines.ErrNotFound) {
		t.Error(err)
	}
	d.WantOwner(s, "ann")
}

// Invariant I-20: each transfer is from the one who has it, and of any number no session comes out with two owners or none.
func TestTransfersInARing(t *testing.T) {
	t.Parallel()
	d := openlinestest.New(t, sequenceLine())
	s := d.Says("77", "Hello")
	if err := d.As("ann").Answer(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	for i := range 100 {
		from, to := queue.OperatorID("ann"), queue.OperatorID("bob")
		if i%2 == 1 {
			from, to = to, from
		}
		if err := d.As(from).Transfer(t.Context(), openlines.Transfer{Session: s, To: to}); err != nil {
			t.Fatal(err)
		}
		d.WantOffered(s, to)
		if err := d.As(to).Answer(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		d.WantOwner(s, to)
	}
}

// The client goes, the operator finishes and the host calls it spam at once: it ends once.
func TestEndsFromBothSides(t *testing.T) {
	t.Parallel()
	d := openlinestest.New(t, sequenceLine())
	ctx := t.Context()
	for i := range 50 {
		user := strconv.Itoa(i)
		s := d.Says(user, "Hello")
		var group sync.WaitGroup
		for _, end := range []func() error{
			func() error {
				return d.ClientLeft(ctx, connector.Address{Connector: openlinestest.ConnectorID, Account: "support", User: user})
			},
			func() error { return d.As("ann").AcceptAndClose(ctx, s) },
			func() error { return d.Spam(ctx, s) },
		} {
			group.Go(func() {
				if err := end(); err != nil && !openlines.Final(err) {
					t.Error(err)
				}
			})
		}
		group.Wait()
		d.WantState(s, session.Closed)
	}
	events, err := d.Feed(ctx, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	ended := map[session.ID]int{}
	for _, e := range events {
		if e.Type == desk.SessionClosed {
			ended[e.Session]++
		}
	}
	for s, n := range ended {
		if n != 1 || len(ended) != 50 {
			t.Errorf("session %d ended %d times, of %d sessions", s, n, len(ended))
		}
	}
}

// A limit that goes down takes nothing away, and one that goes up and down in one instant lets nobody through.
// Invariants I-14, I-16.
func TestLimitsOfAnInstant(t *testing.T) {
	t.Parallel()
	l := sequenceLine()
	l.ID, l.Queue.Members = openlinestest.DefaultLine, queue.Operators("ann")
	l.Queue.Limit = queue.Limit{Max: 2, Counts: queue.OpenOnes}
	d := openlinestest.New(t, l)
	one, two, three := d.Says("1", "Hello"), d.Says("2", "Hello"), d.Says("3", "Hello")
	put := func(limit int) {
		t.Helper()
		l.Queue.Limit.Max = limit
		if err := d.PutLine(t.Context(), l); err != nil {
			t.Fatal(err)
		}
	}
	put(1)
	d.WantOffered(one, "ann")
	d.WantOffered(two, "ann")
	d.WantWaiting(three)
	for _, limit := range []int{2, 1, 2, 1} {
		put(limit)
	}
	d.WantWaiting(three)
	put(3)
	d.WantOffered(three, "ann")
}

// Who is asked and declines, a thousand times: each time the next one is asked, and no turn goes round by itself.
func TestEverybodySkipsForEver(t *testing.T) {
	t.Parallel()
	d := openlinestest.New(t, sequenceLine())
	s := d.Says("77", "Hello")
	before, err := d.Feed(t.Context(), 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 1000 {
		who := []queue.OperatorID{"ann", "bob"}[i%2]
		if err := d.As(who).Skip(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	d.WantOffered(s, "ann")
	after, err := d.Feed(t.Context(), uint64(len(before)), 1000)
	if err != nil || len(after) != 1000 || after[999].Seq != uint64(len(before)+1000) || after[999].Type != desk.SessionOffered {
		t.Errorf("%d events, %v", len(after), err)
	}
}

// Invariant I-65: what waits is served by the new queue.
func TestQueueIsSwappedWhileAThousandWait(t *testing.T) {
	t.Parallel()
	l := openlines.Line{ID: openlinestest.DefaultLine, Queue: queue.Rules{Members: queue.Operators("ann"), OnlyAvailable: true}}
	d := openlinestest.New(t, l)
	ctx := t.Context()
	if err := errors.Join(d.Report(ctx, openlines.Report{Operator: "ann"}), d.PutOperator(ctx, openlines.Operator{ID: "bob"})); err != nil {
		t.Fatal(err)
	}
	for i := range 1000 {
		d.Says(strconv.Itoa(i), "Hello")
	}
	waiting := func(want int) {
		t.Helper()
		d.Wait(time.Second)
		if _, _, n, err := d.Waiting(ctx, l.ID, openlines.Page{Limit: 1}); n != want || err != nil {
			t.Errorf("%d wait, %v; want %d", n, err, want)
		}
	}
	waiting(1000)
	l.Queue.Members, l.Queue.OnlyAvailable, l.Queue.Limit.Max = queue.Operators("bob"), false, 3
	if err := d.PutLine(ctx, l); err != nil {
		t.Fatal(err)
	}
	waiting(997)
	l.Queue.Members = nil
	if err := d.PutLine(ctx, l); err != nil {
		t.Fatal(err)
	}
	waiting(1000)
}

// Invariant I-13: another act under a used id is refused.
func TestCommandIDsAreOnesOwn(t *testing.T) {
	t.Parallel()
	d := openlinestest.New(t, sequenceLine())
	one, two := d.Says("77", "Hello"), d.Says("78", "Hello")
	for _, again := range []string{"first", "repeated"} {
		if err := d.As("ann").Once("k").Answer(t.Context(), one); err != nil {
			t.Error(again, err)
		}
	}
	if err := d.As("ann").Once("k").Answer(t.Context(), two); !errors.Is(err, openlines.ErrOnce) {
		t.Errorf("%v, want ErrOnce", err)
	}
	for _, again := range []string{"first", "repeated, though a skipped session cannot be skipped again"} {
		if err := d.As("ann").Once("skip").Skip(t.Context(), two); err != nil {
			t.Error(again, err)
		}
	}
	if err := d.As("bob").Once("k").Answer(t.Context(), two); err != nil {
		t.Errorf("another's id: %v", err)
	}
	d.Reopen()
	for _, again := range []string{"first", "repeated", "repeated"} {
		if err := d.As("bob").Once("end").Finish(t.Context(), two); err != nil {
			t.Error(again, err)
		}
	}
	if err := d.As("bob").Once("end too").Finish(t.Context(), two); !errors.Is(err, openlines.ErrOver) {
		t.Errorf("%v, want ErrOver", err)
	}
	if err := d.As("ann").Once("k").Skip(t.Context(), one); !errors.Is(err, openlines.ErrOnce) {
		t.Errorf("%v, want ErrOnce", err)
	}
}

// A host keeps what it gave, and may change it: nothing that was accepted changes with it.
func TestHostChangesWhatItGave(t *testing.T) {
	t.Parallel()
	d := openlinestest.New(t, sequenceLine())
	ctx := t.Context()
	in := written("77", "m1", "Hello")
	in.Files = []connector.File{{ID: "mine"}}
	got, err := d.Receive(ctx, in)
	if err != nil {
		t.Fatal(err)
	}
	in.Files[0].ID = "changed"
	files := []connector.File{{ID: "his"}}
	if err := d.As("ann").Send(ctx, got.Session, "", files...); err != nil {
		t.Fatal(err)
	}
	files[0].ID = "changed"
	people := []queue.OperatorID{"ann"}
	if err := d.PutDepartment(ctx, openlines.Department{ID: "all", Operators: people}); err != nil {
		t.Fatal(err)
	}
	people[0] = "changed"
	d.Wait(0)
	for _, m := range d.Connector.Delivered() {
		m.Files[0].ID = "changed by the channel"
	}
	found, _, err := d.History(ctx, got.Chat, openlines.Page{})
	if err != nil || len(found) != 2 || found[0].Files[0].ID != "his" || found[1].Files[0].ID != "mine" {
		t.Errorf("%+v, %v", found, err)
	}
}

// A connector that asks, writes and closes while it is called: no lock is held, and the engine ends as it should.
func TestConnectorMisbehaves(t *testing.T) {
	t.Parallel()
	var e *openlines.Engine
	called := make(chan error, 10)
	hostile := connector.Func(func(ctx context.Context, m connector.Outbound) (connector.Receipt, error) {
		_, asked := e.Session(ctx, 1)
		_, wrote := e.Receive(ctx, connector.Inbound{Connector: "hostile", Account: "main", User: m.To.User, ID: "echo", Text: m.Text})
		err := errors.Join(asked, wrote)
		if _, closed := e.Advance(ctx); closed != nil {
			err = errors.Join(err, closed)
		}
		err = errors.Join(err, e.Close())
		called <- err
		panic(fmt.Sprint("text: ", m.Text))
	})
	e, err := openlines.Open(t.Context(), memory.New(), openlines.Config{Connectors: map[connector.ID]connector.Connector{"hostile": hostile}})
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	if err := errors.Join(
		e.PutOperator(ctx, openlines.Operator{ID: "ann"}),
		e.PutLine(ctx, openlines.Line{ID: "support", Queue: queue.Rules{Members: queue.Operators("ann")}, Texts: openlines.Texts{Greeting: "Hello"}}),
		e.Connect(ctx, "support", "hostile", "main"),
	); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Receive(ctx, connector.Inbound{Connector: "hostile", Account: "main", User: "77", ID: "m1", Text: "Hi"}); err != nil {
		t.Fatal(err)
	}
	_, err = e.Advance(ctx)
	if !errors.Is(err, openlines.ErrClosed) {
		t.Errorf("advance: %v, want ErrClosed", err)
	}
	if err := <-called; err != nil {
		t.Errorf("the connector's own calls: %v", err)
	}
}
