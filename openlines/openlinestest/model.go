package openlinestest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/worktime"
)

// Model drives an engine on a store, and a desk that is done the dumb way, with the same acts at random: clients write and leave,
// operators answer, write, skip, finish, pass on, take over, join, pin, come and go, time passes. After each act both have to say
// the same of every session, and the invariants have to hold. It calls open once for each history; the flags of package rapid
// choose how many there are.
func Model(t *testing.T, open func(testing.TB) storage.Store) {
	t.Helper()
	rapid.Check(t, func(rt *rapid.T) {
		m := newMatch(rt, open(t))
		rt.Repeat(map[string]func(*rapid.T){
			"receive": m.receive,
			"answer": m.act("answer", m.dumb.answer, func(a openlines.Actor, id session.ID) error {
				return a.Answer(rt.Context(), id)
			}),
			"send": m.act("send", m.dumb.send, func(a openlines.Actor, id session.ID) error {
				return a.Send(rt.Context(), id, "!")
			}),
			"skip": m.act("skip", m.dumb.skip, func(a openlines.Actor, id session.ID) error {
				return a.Skip(rt.Context(), id)
			}),
			"finish": m.act("finish", m.dumb.finish, func(a openlines.Actor, id session.ID) error {
				return a.Finish(rt.Context(), id)
			}),
			"accept and close": m.act("accept and close", m.dumb.acceptAndClose, func(a openlines.Actor, id session.ID) error {
				return a.AcceptAndClose(rt.Context(), id)
			}),
			"spam": m.act("spam", m.dumb.spam, func(a openlines.Actor, id session.ID) error {
				return a.Spam(rt.Context(), id)
			}),
			"note": m.act("note", m.dumb.note, func(a openlines.Actor, id session.ID) error {
				return a.Note(rt.Context(), id, "psst")
			}),
			"join": m.act("join", m.dumb.join, func(a openlines.Actor, id session.ID) error {
				return a.Join(rt.Context(), id)
			}),
			"part": m.act("part", m.dumb.part, func(a openlines.Actor, id session.ID) error {
				return a.Leave(rt.Context(), id)
			}),
			"intercept": m.act("intercept", m.dumb.intercept, func(a openlines.Actor, id session.ID) error {
				return a.Intercept(rt.Context(), id)
			}),
			"invite": m.invite, "transfer": m.transfer, "pin": m.pin, "silence": m.silence, "hand over": m.handOver,
			"leave":  m.leave,
			"report": m.report,
			"wait":   m.wait,
			"":       m.compare,
		})
	})
}

// match is an engine and a model that are driven together.
type match struct {
	engine   *openlines.Engine
	dumb     *model
	clock    *Clock
	messages int
}

const modelLine openlines.LineID = "support"

func newMatch(t *rapid.T, store storage.Store) *match {
	ctx := t.Context()
	rules := queue.Rules{
		Mode:    rapid.SampledFrom([]queue.Mode{queue.Evenly, queue.Strictly, queue.All, queue.RoundRobin, queue.LeastLoaded}).Draw(t, "mode"),
		Members: queue.Operators("ann", "bob", "cid")[:rapid.IntRange(1, 3).Draw(t, "members")],
		Limit: queue.Limit{
			Max:    rapid.IntRange(0, 2).Draw(t, "limit"),
			Counts: rapid.SampledFrom([]queue.Counting{queue.Unreplied, queue.OwedReplies, queue.OpenOnes}).Draw(t, "counts"),
		},
		OnlyAvailable: rapid.Bool().Draw(t, "only available"),
		Grace:         rapid.SampledFrom([]time.Duration{0, 45 * time.Second, 5 * time.Minute}).Draw(t, "grace"),
		PassOnAfter:   45 * time.Second,
		Sticky:        rapid.SampledFrom([]time.Duration{0, 2 * time.Minute, queue.MaxSticky}).Draw(t, "sticky"),
	}
	for i := range rules.Members {
		rules.Members[i].Weight = rapid.IntRange(0, 2).Draw(t, "weight")
	}
	clock := NewClock(monday)
	e, err := openlines.Open(ctx, store, openlines.Config{Clock: clock})
	mustNot(t, err)
	t.Cleanup(func() { mustNot(t, e.Close()) })
	mustNot(t, e.PutSettings(ctx, openlines.Settings{Presence: worktime.Presence{WorkTime: true}}))
	chiefs := rapid.Bool().Draw(t, "chiefs")
	mustNot(t, e.PutRole(ctx, openlines.Role{ID: "chief", Rights: map[desk.Right]desk.Scope{
		desk.MayJoin: desk.AnyOnes, desk.MayIntercept: desk.AnyOnes,
	}}))
	for _, o := range rules.Members {
		person := openlines.Operator{ID: o.Operator}
		if chiefs {
			person.Roles = []openlines.RoleID{"chief"}
		}
		mustNot(t, e.PutOperator(ctx, person))
	}
	mustNot(t, e.PutLine(ctx, openlines.Line{
		ID: modelLine, Queue: rules, Session: session.Rules{
			UnansweredAfter: session.Never, NeglectAfter: session.Never, CloseDelay: modelDelay,
			AutoCloseAfter: modelAutoClose, AutoClosedLife: modelLife, GiveUpAfter: modelGiveUp,
		},
	}))
	mustNot(t, e.Connect(ctx, modelLine, ConnectorID, string(modelLine)))
	return &match{engine: e, clock: clock, dumb: &model{
		rules: rules, passOn: rules.PassOnAfter, now: monday, chiefs: chiefs,
		here: map[queue.OperatorID]bool{}, away: map[queue.OperatorID]time.Time{}, stamps: map[queue.OperatorID]int{}, last: map[string]server{},
	}}
}

func (m *match) operator(t *rapid.T) queue.OperatorID {
	return rapid.SampledFrom(m.dumb.rules.Members).Draw(t, "operator").Operator
}

func drawClient(t *rapid.T) string {
	return fmt.Sprintf("client%d", rapid.IntRange(1, 4).Draw(t, "client"))
}

func (m *match) receive(t *rapid.T) {
	who := drawClient(t)
	m.messages++
	m.dumb.receive(who)
	got, err := m.engine.Receive(t.Context(), connector.Inbound{
		Connector: ConnectorID, Account: string(modelLine), User: who, ID: fmt.Sprint(m.messages), Text: "?",
	})
	mustNot(t, err)
	if s := m.dumb.sessions[got.Session-1]; s.client != who {
		t.Fatalf("session %d is of %s, not of %s", got.Session, s.client, who)
	}
}

// act is an operator's act on one of the last sessions.
func (m *match) act(
	name string, dumb func(*modelSession, queue.OperatorID) error, engine func(openlines.Actor, session.ID) error,
) func(*rapid.T) {
	return func(t *rapid.T) {
		if len(m.dumb.sessions) == 0 {
			t.Skip("no session yet")
		}
		n := rapid.IntRange(max(0, len(m.dumb.sessions)-5), len(m.dumb.sessions)-1).Draw(t, "session")
		who := m.operator(t)
		if name == "intercept" {
			m.present(t, who)
		}
		want, got := dumb(m.dumb.sessions[n], who), engine(m.engine.As(who), session.ID(n+1))
		if !same(got, want) {
			t.Fatalf("%s of session %d by %s: %v, want %v", name, n+1, who, got, want)
		}
	}
}

// present leaves acts alone by which somebody who is away would get something anew: the model only knows what is lost by going.
func (m *match) present(t *rapid.T, who queue.OperatorID) {
	if m.dumb.rules.OnlyAvailable && !m.dumb.here[who] {
		t.Skip("he is away")
	}
}

// same reports whether an error is the one that the model wants.
func same(got, want error) bool {
	if want != errInvalid {
		return errors.Is(got, want)
	}
	_, invalid := errors.AsType[*openlines.Invalid](got)
	_, refused := errors.AsType[*openlines.Refused](got)
	return invalid || refused
}

func (m *match) transfer(t *rapid.T) {
	to, assign := m.operator(t), rapid.Bool().Draw(t, "assign")
	m.present(t, to)
	m.act("transfer", func(s *modelSession, id queue.OperatorID) error {
		return m.dumb.transfer(s, id, to, assign)
	}, func(a openlines.Actor, id session.ID) error {
		return a.Transfer(t.Context(), openlines.Transfer{Session: id, To: to, Assign: assign})
	})(t)
}

func (m *match) invite(t *rapid.T) {
	whom := m.operator(t)
	m.act("invite", func(s *modelSession, id queue.OperatorID) error {
		return m.dumb.invite(s, id, whom)
	}, func(a openlines.Actor, id session.ID) error {
		return a.Invite(t.Context(), id, whom)
	})(t)
}

func (m *match) pin(t *rapid.T) {
	on := rapid.Bool().Draw(t, "on")
	for _, o := range m.dumb.rules.Members {
		m.present(t, o.Operator)
	}
	m.act("pin", func(s *modelSession, id queue.OperatorID) error {
		return m.dumb.pin(s, id, on)
	}, func(a openlines.Actor, id session.ID) error {
		if on {
			return a.Pin(t.Context(), id)
		}
		return a.Unpin(t.Context(), id)
	})(t)
}

func (m *match) silence(t *rapid.T) {
	on := rapid.Bool().Draw(t, "on")
	m.act("silence", func(s *modelSession, id queue.OperatorID) error {
		return m.dumb.silence(s, id, on)
	}, func(a openlines.Actor, id session.ID) error {
		return a.Silence(t.Context(), id, on)
	})(t)
}

func (m *match) handOver(t *rapid.T) {
	who := m.operator(t)
	m.dumb.handOver(who)
	mustNot(t, m.engine.As(who).HandOver(t.Context(), who))
}

func (m *match) leave(t *rapid.T) {
	who := drawClient(t)
	m.dumb.leave(who)
	err := m.engine.ClientLeft(t.Context(), connector.Address{Connector: ConnectorID, Account: string(modelLine), User: who})
	if err != nil && !errors.Is(err, openlines.ErrNotFound) {
		t.Fatal(err)
	}
}

func (m *match) report(t *rapid.T) {
	who, here := m.operator(t), rapid.Bool().Draw(t, "here")
	m.dumb.report(who, here)
	mustNot(t, m.engine.Report(t.Context(), openlines.Report{Operator: who, Facts: worktime.Facts{ClockedIn: here}}))
}

func (m *match) wait(t *rapid.T) {
	m.clock.Add(time.Duration(rapid.IntRange(1, 800).Draw(t, "seconds")) * time.Second)
	m.dumb.pass(m.clock.Now())
	_, err := m.engine.Advance(t.Context())
	mustNot(t, err)
}

// stand is what both sides say of a session.
type stand struct {
	State     session.State
	Owner     queue.OperatorID
	OfferedTo queue.OperatorID
	ToAll     bool
	OfferEnds time.Time
	CloseAt   time.Time
	AutoClose time.Time
	GiveUp    time.Time
	Pinned    bool
	Silent    bool
	Joined    string
}

func (m *match) compare(t *rapid.T) {
	for n, s := range m.dumb.sessions {
		got, err := m.engine.Session(t.Context(), session.ID(n+1))
		mustNot(t, err)
		want := stand{s.state, s.owner, s.offeredTo, s.toAll, s.offerEnds, s.closeAt, s.autoClose, s.giveUp, s.pinned, s.silent, fmt.Sprint(s.joined)}
		is := stand{
			got.State, got.Owner, got.OfferedTo, got.ToAll, got.OfferEnds, got.CloseAt, got.AutoCloseAt, got.GiveUpAt,
			got.Pinned, got.Silent, fmt.Sprint(got.Joined),
		}
		if diff := cmp.Diff(want, is); diff != "" {
			t.Fatalf("session %d (-model +engine):\n%s", n+1, diff)
		}
	}
	mustNot(t, m.engine.Check(t.Context()))
}

func mustNot(t rapid.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
