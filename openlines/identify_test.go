package openlines_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/openlines/openlinestest"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage/memory"
	"github.com/openlines-go/openlines/worktime"
)

type identifier func(context.Context, openlines.Question) (openlines.Identity, error)

func (f identifier) Identify(ctx context.Context, q openlines.Question) (openlines.Identity, error) {
	return f(ctx, q)
}

func asks(t *testing.T, e *openlines.Engine) {
	t.Helper()
	must(t, e.PutRole(t.Context(), openlines.Role{ID: "lead", Rights: map[desk.Right]desk.Scope{desk.MayIntercept: desk.AnyOnes}}))
	must(t, e.PutOperator(t.Context(), openlines.Operator{ID: "ann"}, openlines.Operator{ID: "sam", Roles: []openlines.RoleID{"lead"}}))
	must(t, e.PutLine(t.Context(), openlines.Line{ID: "other"}))
	must(t, e.PutLine(t.Context(), openlines.Line{
		ID: "support", CRM: openlines.CRM{Verify: true}, Queue: queue.Rules{Mode: queue.Strictly, Members: queue.Operators("ann")},
	}))
	must(t, e.Connect(t.Context(), "support", "web", "main"))
}

func isIn(t *testing.T, e *openlines.Engine, id session.ID, want session.State) {
	t.Helper()
	if s, err := e.Session(t.Context(), id); err != nil || s.State != want {
		t.Errorf("session %d is %s, %v; want %s", id, s.State, err, want)
	}
}

// Decision 14.21: who nobody asks about is routed after 30 s; until then his session can be taken, moved and left.
func TestIdentifyingEndsByItself(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	clock := &manual{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	e := open(t, memory.New(), openlines.Config{Clock: clock}) // nobody carries out effects
	asks(t, e)
	for _, user := range []string{"1", "2", "3", "4"} {
		isIn(t, e, says(t, e, user, "m").Session, session.Identifying)
	}
	must(t, e.As("sam").Intercept(ctx, 2))
	isIn(t, e, 2, session.Answered)
	must(t, e.Transfer(ctx, openlines.Transfer{Session: 3, Line: "other"}))
	isIn(t, e, 3, session.Waiting)
	must(t, e.ClientLeft(ctx, connector.Address{Connector: "web", Account: "main", User: "4"}))
	isIn(t, e, 4, session.Closed)
	says(t, e, "1", "m2")
	isIn(t, e, 1, session.Identifying)
	clock.now = clock.now.Add(desk.MaxIdentify - time.Second)
	says(t, e, "5", "m")
	isIn(t, e, 1, session.Identifying)
	clock.now = clock.now.Add(time.Second)
	says(t, e, "5", "m2")
	isIn(t, e, 1, session.Offered)
}

// Decision 14.21 under Run: a CRM that hangs keeps nobody waiting longer than the line says, and its late answer is kept.
func TestHangingCRM(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := open(t, memory.New(), openlines.Config{Identifier: identifier(func(ctx context.Context, q openlines.Question) (openlines.Identity, error) {
			switch q.Address.User {
			case "1":
				time.Sleep(10 * time.Second)
			case "2":
				<-ctx.Done()
				return openlines.Identity{}, ctx.Err()
			case "3":
				panic("CRM")
			case "4":
				return openlines.Identity{Client: "c", Items: make([]string, desk.MaxItems+1)}, nil
			}
			return openlines.Identity{Client: "client of " + q.Address.User}, nil
		})})
		asks(t, e)
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- e.Run(ctx) }()
		for _, user := range []string{"1", "2", "3", "4"} {
			says(t, e, user, "m")
		}
		synctest.Wait()
		isIn(t, e, 1, session.Identifying)
		isIn(t, e, 3, session.Offered)
		isIn(t, e, 4, session.Offered)
		time.Sleep(desk.DefaultIdentify - time.Millisecond)
		synctest.Wait()
		isIn(t, e, 1, session.Identifying)
		time.Sleep(2 * time.Millisecond)
		synctest.Wait()
		isIn(t, e, 1, session.Offered)
		isIn(t, e, 2, session.Offered)
		time.Sleep(8 * time.Second)
		synctest.Wait()
		if c, err := e.Chat(ctx, 1); err != nil || c.Identity.Client != "client of 1" {
			t.Errorf("the late answer: %+v, %v", c.Identity, err)
		}
		stop()
		must(t, <-ended)
		must(t, e.Check(t.Context()))
	})
}

// Rule 10.6: the work day of the responsible person counts, also if it is that of his own hours.
func TestResponsibleOffDutyIsNotAsked(t *testing.T) {
	t.Parallel()
	ctx, d := t.Context(), openlinestest.New(t, openlines.Line{
		CRM: openlines.CRM{Verify: true}, Queue: queue.Rules{Members: queue.Operators("ann"), OnlyAvailable: true},
	})
	must(t, d.PutOperator(ctx, openlines.Operator{ID: "eve", Hours: worktime.Hours{Week: map[string][]string{"tue": {"09:00-17:00"}}}}))
	must(t, d.Report(ctx, openlines.Report{Operator: "eve", Facts: worktime.Facts{MobileFront: true, ClockedIn: true}}))
	for _, user := range []string{"1", "2"} {
		d.Identifier.Knows(user, openlines.Identity{Client: user, Responsible: "eve"})
	}
	s := d.Says("1", "hello")
	d.Wait(0)
	d.WantOffered(s, "ann")
	d.Wait(24 * time.Hour) // Tuesday
	s = d.Says("2", "hello")
	d.Wait(0)
	d.WantOffered(s, "eve")
}

// Decision 14.21: a session is not kept waiting by the question about an earlier one of its chat, which failed.
func TestQuestionOfAnEarlierSessionIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	ctx, d := t.Context(), openlinestest.New(t, openlines.Line{
		CRM: openlines.CRM{Verify: true}, Queue: queue.Rules{Members: queue.Operators("ann")},
	})
	d.Identifier.Fail(7)
	s := d.Says("77", "hello")
	d.Wait(90 * time.Second) // the next attempt is half a minute away
	must(t, d.Spam(ctx, s))
	d.Identifier.Fail(0)
	must(t, d.PutOperator(ctx, openlines.Operator{ID: "eve"}))
	d.Identifier.Knows("77", openlines.Identity{Client: "c", Responsible: "eve"})
	s = d.Says("77", "again")
	d.Wait(0)
	d.WantOffered(s, "eve")
}

// Rule 6.29: an item that could not be made yet is made, though the client is asked about anew meanwhile.
func TestItemOutlivesTheNextQuestion(t *testing.T) {
	t.Parallel()
	ctx, d := t.Context(), openlinestest.New(t, openlines.Line{
		CRM: openlines.CRM{Verify: true}, Queue: queue.Rules{Members: queue.Operators("ann")},
	})
	s := d.Says("77", "hello")
	d.Wait(0)
	d.Identifier.Fail(3)
	must(t, d.CreateItem(ctx, s))
	d.Wait(time.Second)
	must(t, d.Spam(ctx, s))
	d.Says("77", "again")
	d.Wait(time.Minute)
	if n := told(t, d.Engine, desk.ItemCreated); n != 1 {
		t.Errorf("%d items were made, want the one that was asked for", n)
	}
}

// makes is a CRM that makes items, and cannot be told who is responsible for them.
type makes struct{ identifier }

func (makes) CreateItem(context.Context, openlines.ItemDraft) (string, error) { return "lead-1", nil }

// Rule 10.9: a host that cannot be told who is responsible is told nothing: no dead letter is made of it, and nothing has failed.
func TestChargeOfCRMWithoutIt(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	e := open(t, memory.New(), openlines.Config{Identifier: makes{func(context.Context, openlines.Question) (openlines.Identity, error) {
		return openlines.Identity{}, nil
	}}})
	must(t, e.PutOperator(ctx, openlines.Operator{ID: "ann"}, openlines.Operator{ID: "bob"}))
	must(t, e.PutLine(ctx, openlines.Line{
		ID: "support", CRM: openlines.CRM{Create: desk.Lead}, Queue: queue.Rules{Mode: queue.Strictly, Members: queue.Operators("ann")},
	}))
	must(t, e.Connect(ctx, "support", "web", "main"))
	got := says(t, e, "77", "m")
	_, err := e.Advance(ctx)
	must(t, err)
	must(t, e.Transfer(ctx, openlines.Transfer{Session: got.Session, To: "bob", Assign: true}))
	_, err = e.Advance(ctx)
	must(t, err)
	s, err := e.Session(ctx, got.Session)
	must(t, err)
	if s.Making == nil || s.Making.Item != "lead-1" || s.Making.InCharge != "bob" {
		t.Errorf("made: %+v", s.Making)
	}
	letters, _, err := e.DeadLetters(ctx, openlines.Channel{}, openlines.Page{})
	must(t, err)
	charged, failed := told(t, e, desk.ItemCharged), told(t, e, desk.DeliveryFailed)
	if len(letters) != 0 || charged != 0 || failed != 0 {
		t.Errorf("%d dead letters, %d charges, %d deliveries failed, want none", len(letters), charged, failed)
	}
}

// Decision 14.21: an answer that is on its way when its session closes routes no other one of the chat, which has a question of its own.
func TestAnswerInFlightRoutesNoOtherSession(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	var e *openlines.Engine
	in := connector.Inbound{Connector: "web", Account: "main", User: "77", ID: "m1", Text: "Hello"}
	asked := 0
	e = open(t, memory.New(), openlines.Config{
		Clock: &manual{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)},
		Identifier: identifier(func(_ context.Context, q openlines.Question) (openlines.Identity, error) {
			if asked++; asked > 1 {
				return openlines.Identity{Client: "c7", Responsible: "bob"}, nil
			}
			if err := e.Spam(ctx, q.Session); err != nil {
				return openlines.Identity{}, err
			}
			in.ID = "m2"
			_, err := e.Receive(ctx, in)
			return openlines.Identity{}, err
		}),
	})
	must(t, errors.Join(
		e.PutOperator(ctx, openlines.Operator{ID: "ann"}, openlines.Operator{ID: "bob"}),
		e.PutLine(ctx, openlines.Line{ID: "support", Queue: queue.Rules{Members: queue.Operators("ann")}, CRM: openlines.CRM{Verify: true}}),
		e.Connect(ctx, "support", "web", "main"),
	))
	_, err := e.Receive(ctx, in)
	must(t, err)
	for range 3 {
		_, err := e.Advance(ctx)
		must(t, err)
	}
	s, err := e.Session(ctx, 2)
	must(t, err)
	if s.OfferedTo != "bob" {
		t.Errorf("session 2 is %s, offered to %q, want bob", s.State, s.OfferedTo)
	}
	must(t, e.Check(ctx))
}
