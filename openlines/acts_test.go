package openlines_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage/memory"
)

// ReceiveAll answers for each element what Receive would, in their order and in one turn.
func TestReceiveAll(t *testing.T) {
	t.Parallel()
	turns := 0
	var guard sync.Mutex
	e := open(t, memory.New(), openlines.Config{Observer: openlines.Observer{Turn: func(openlines.TurnInfo) {
		guard.Lock()
		defer guard.Unlock()
		turns++
	}}})
	furnish(t, e, openlines.Line{})
	in := func(account, user, id, text string) connector.Inbound {
		return connector.Inbound{Connector: "web", Account: account, User: user, ID: id, Text: text}
	}
	guard.Lock()
	before := turns
	guard.Unlock()
	got, err := e.ReceiveAll(t.Context(), []connector.Inbound{
		in("main", "1", "a", "first"), in("main", "2", "a", "of another"), in("main", "1", "b", ""), in("main", "1", "c", "second"),
		in("nowhere", "1", "d", "lost"), in("main", "1", "a", "first again"),
	})
	must(t, err)
	guard.Lock()
	if turns-before > 2 { // one to store; another if records were fetched first
		t.Errorf("%d turns", turns-before)
	}
	guard.Unlock()
	type stand struct {
		Session   session.ID
		Number    int64
		Duplicate bool
		Invalid   bool
		Err       error
	}
	var is []stand
	for _, r := range got {
		_, invalid := errors.AsType[*openlines.Invalid](r.Err)
		s := stand{r.Session, r.Number, r.Duplicate, invalid, nil}
		if errors.Is(r.Err, openlines.ErrNotConnected) {
			s.Err = openlines.ErrNotConnected
		}
		is = append(is, s)
	}
	want := []stand{
		{Session: 1, Number: 1}, {Session: 2, Number: 1}, {Invalid: true}, {Session: 1, Number: 2},
		{Err: openlines.ErrNotConnected}, {Session: 1, Number: 1, Duplicate: true},
	}
	if diff := cmp.Diff(want, is, cmp.Comparer(func(a, b error) bool { return a == b })); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, err := e.ReceiveAll(t.Context(), make([]connector.Inbound, openlines.MaxReceive+1)); err == nil {
		t.Error("too many messages are taken")
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	got, err = e.ReceiveAll(cancelled, []connector.Inbound{in("main", "1", "z", "late")})
	if err != nil || !errors.Is(got[0].Err, context.Canceled) {
		t.Errorf("%v, %v", got, err)
	}
}

// A history is imported without waking anybody: rule 1.17.
func TestHistoryIsImported(t *testing.T) {
	t.Parallel()
	e := open(t, memory.New(), openlines.Config{})
	furnish(t, e, openlines.Line{Texts: openlines.Texts{Greeting: "Hello!"}})
	var past []connector.Inbound
	for i := range 500 {
		in := connector.Inbound{Connector: "web", Account: "main", User: fmt.Sprint(i % 7), ID: fmt.Sprint(i), Text: "then", Past: true}
		if i%3 == 0 {
			in.Operator = "ann"
		}
		past = append(past, in)
	}
	got, err := e.ReceiveAll(t.Context(), past)
	must(t, err)
	for i, r := range got {
		if r.Err != nil || r.Session != 0 || r.Number != int64(i/7+1) {
			t.Fatalf("message %d: %+v", i, r)
		}
	}
	if n, err := e.OpenSessions(t.Context()); n != 0 || err != nil {
		t.Errorf("%d sessions, %v", n, err)
	}
	if next, err := e.Advance(t.Context()); !next.IsZero() || err != nil {
		t.Errorf("there is something to do at %v, %v", next, err)
	}
	got, err = e.ReceiveAll(t.Context(), past[:10])
	must(t, err)
	for i, r := range got {
		if r.Err != nil || !r.Duplicate {
			t.Errorf("again, message %d: %+v", i, r)
		}
	}
}

// Acts that answer something answer the same under the same command id, on another engine, too.
func TestOnceAnswersAlike(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	store := memory.New()
	a, b := open(t, store, openlines.Config{}), open(t, store, openlines.Config{})
	furnish(t, a, openlines.Line{Queue: queue.Rules{Mode: queue.Strictly}})
	must(t, a.PutConnection(ctx, openlines.Connection{Connector: "web", Account: "main", Line: "support", CanStart: true}))
	who := connector.Address{Connector: "web", Account: "main", User: "77"}
	for name, act := range map[string]func(openlines.Actor) (any, error){
		"write first": func(by openlines.Actor) (any, error) {
			got, err := by.WriteFirst(ctx, openlines.WriteFirst{To: who, Text: "Good morning"})
			got.Duplicate, got.Revision = false, 0
			return got, err
		},
		"pin all": func(by openlines.Actor) (any, error) { return by.PinAll(ctx) },
		"start":   func(by openlines.Actor) (any, error) { return by.Start(ctx, 1) },
		"skip":    func(by openlines.Actor) (any, error) { return nil, by.Skip(ctx, says(t, a, "78", "m").Session) },
	} {
		if name != "write first" {
			if _, err := a.As("ann").WriteFirst(ctx, openlines.WriteFirst{To: who, Text: "Good morning"}); err != nil {
				t.Fatal(err)
			}
		}
		first, err := act(a.As("ann").Once(name))
		must(t, err)
		again, err := act(b.As("ann").Once(name))
		must(t, err)
		if diff := cmp.Diff(first, again); diff != "" {
			t.Errorf("%s (-first +again):\n%s", name, diff)
		}
		if err := b.As("ann").Once(name).Finish(ctx, 1); !errors.Is(err, openlines.ErrOnce) {
			t.Errorf("%s: its id for another act: %v", name, err)
		}
	}
}

// Starting from a message while others are written: every message is in the session that its number says (rule 1.12).
func TestStartFromAMessageWhileClientsWrite(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	store := memory.New()
	a, b := open(t, store, openlines.Config{}), open(t, store, openlines.Config{})
	furnish(t, a, openlines.Line{Queue: queue.Rules{Mode: queue.Strictly}})
	says(t, a, "77", "first")
	must(t, a.As("ann").Answer(ctx, 1))
	var all sync.WaitGroup
	all.Go(func() {
		for i := range 40 {
			says(t, b, "77", fmt.Sprint("m", i))
		}
	})
	for range 5 {
		c, err := a.Chat(ctx, 1)
		must(t, err)
		if _, err := a.As("ann").StartFrom(ctx, 1, c.Messages); err != nil && !errors.Is(err, openlines.ErrBusy) {
			if _, before := errors.AsType[*openlines.Invalid](err); !before {
				t.Error(err)
			}
		}
	}
	all.Wait()
	must(t, a.Check(ctx))
	messages, _, err := a.History(ctx, 1, openlines.Page{Limit: 100})
	must(t, err)
	for _, m := range messages {
		s, err := a.Session(ctx, m.Session)
		must(t, err)
		if m.Number < s.First {
			t.Errorf("message %d is in session %d, which begins with %d", m.Number, s.ID, s.First)
		}
		if next, err := a.Session(ctx, m.Session+1); err == nil && m.Number >= next.First {
			t.Errorf("message %d is in session %d, the next begins with %d", m.Number, s.ID, next.First)
		}
	}
}

// No more than MaxJoined take part, and a chat has no more items than MaxItems.
func TestBoundsOfASession(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	e := open(t, memory.New(), openlines.Config{})
	furnish(t, e, openlines.Line{Queue: queue.Rules{Mode: queue.Strictly}})
	id := says(t, e, "77", "m").Session
	must(t, e.As("ann").Answer(ctx, id))
	for i := range desk.MaxJoined + 1 {
		colleague := queue.OperatorID(fmt.Sprint("c", i))
		must(t, e.PutOperator(ctx, openlines.Operator{ID: colleague}))
		err := e.As("ann").Invite(ctx, id, colleague)
		if _, invalid := errors.AsType[*openlines.Invalid](err); (err != nil) != (i == desk.MaxJoined) || err != nil && !invalid {
			t.Errorf("colleague %d: %v", i, err)
		}
	}
	for i := range desk.MaxEdits + 1 {
		if i == 0 {
			must(t, e.As("ann").Send(ctx, id, "v0"))
			continue
		}
		must(t, e.As("ann").Edit(ctx, 1, 2, fmt.Sprint("v", i)))
	}
	if _, invalid := errors.AsType[*openlines.Invalid](e.As("ann").Edit(ctx, 1, 2, "once more")); !invalid {
		t.Error("a message is edited without end")
	}
	if _, err := e.Arrived(ctx, connector.Address{Connector: "web", Account: "main", User: "77"}, make([]string, desk.MaxReceipts+1)...); err == nil {
		t.Error("receipts without end are taken")
	}
}

// However many records an act needs, they are fetched in a few rounds.
func TestActsThatNeedManyRecords(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	store := memory.New()
	e := open(t, store, openlines.Config{Connectors: map[connector.ID]connector.Connector{"web": connector.Func(
		func(_ context.Context, m connector.Outbound) (connector.Receipt, error) {
			return connector.Receipt{ID: "c" + m.ID}, nil
		},
	)}})
	furnish(t, e, openlines.Line{Queue: queue.Rules{Mode: queue.Strictly}})
	id := says(t, e, "77", "m").Session
	var ids []string
	for i := range desk.MaxReceipts {
		must(t, e.As("ann").Send(ctx, id, fmt.Sprint(i)))
		ids = append(ids, fmt.Sprint("c", i+1))
	}
	if _, err := e.Advance(ctx); err != nil {
		t.Fatal(err)
	}
	fresh := open(t, store, openlines.Config{}) // nothing cold is in its memory
	known, err := fresh.WasRead(ctx, connector.Address{Connector: "web", Account: "main", User: "77"}, ids...)
	if known != len(ids) || err != nil {
		t.Errorf("%d of %d are known, %v", known, len(ids), err)
	}
	c, err := fresh.Chat(ctx, 1)
	if c.ReadTo != c.Messages || err != nil {
		t.Errorf("read to %d of %d, %v", c.ReadTo, c.Messages, err)
	}
	_, err = fresh.As("ann").StartFrom(ctx, 1, c.Messages-desk.MaxSplit)
	if refusal, invalid := errors.AsType[*openlines.Invalid](err); !invalid || refusal.Limit != desk.MaxSplit {
		t.Errorf("more than MaxSplit messages are moved: %v", err)
	}
	second, err := fresh.As("ann").StartFrom(ctx, 1, c.Messages-desk.MaxSplit+1)
	must(t, err)
	messages, _, err := fresh.History(ctx, 1, openlines.Page{Limit: desk.MaxSplit + 1})
	must(t, err)
	for i, m := range messages {
		if want := map[bool]session.ID{true: second, false: id}[i < desk.MaxSplit]; m.Session != want {
			t.Errorf("message %d is in session %d, want %d", m.Number, m.Session, want)
		}
	}
}
