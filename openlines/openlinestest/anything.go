package openlinestest

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/internal/ledger"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/worktime"
)

// Anything does everything that a desk can be asked to do, at random and mostly at the wrong moment: two lines, operators with
// and without rights, a channel and a CRM that fail, settings that change, a program that is started anew, a clock that runs back.
// It does not know what has to come of an act, as [Model] does; it knows what never may. After each act the invariants hold
// (see Check), the feed is one that a bookkeeper signs, no offer was beyond a limit, what was refused has left nothing, and what
// was repeated has done nothing. It calls open once for each history; the flags of package rapid choose how many there are.
func Anything(t *testing.T, open func(testing.TB) storage.Store) {
	t.Helper()
	rapid.Check(t, func(rt *rapid.T) {
		c := newCrowd(rt, open(t))
		acts := c.acts()
		acts[""] = c.verify
		rt.Repeat(acts)
		c.audit(rt)
		c.counted(rt)
	})
}

// crowd is a desk and all who use it.
type crowd struct {
	engine     *openlines.Engine
	store      storage.Store
	config     openlines.Config
	clock      *Clock
	channel    *Connector
	identifier *Identifier
	bot        *Bot
	notifier   *Notifier
	ledger     ledger.Ledger
	lines      map[openlines.LineID]openlines.Line
	maxTotal   int
	names      int // of messages and command ids

	sent      []connector.Inbound
	landed    map[string]openlines.Received // by the channel's id
	repeats   []repetition
	handed    int                        // deliveries that were looked at
	passed    map[string]int64           // the last message that a client got, by address
	seen      uint64                     // events
	forgotten map[connector.Address]bool // of clients who were erased
	latest    time.Time                  // of them
	fresh     []openlines.Event
	revised   uint64 // the revision before the act
	crowded   bool   // the act was several: who is offered the first may have got more by the others
}

// repetition is an act that was done under a command id.
type repetition struct {
	at time.Time
	do func() error
}

var (
	crowdOperators = []queue.OperatorID{"ann", "bob", "cid", "dan"} // dan is in no queue
	crowdService   = openlines.ServiceID("robot")
	chiefs         = openlines.Notify{Roles: []openlines.RoleID{"chief"}, Text: "#OPERATOR# #DIALOG# #CLIENT# #LINE#"}
	crowdLines     = []openlines.LineID{"sales", "support"}
)

func newCrowd(t *rapid.T, store storage.Store) *crowd {
	ctx := t.Context()
	clock := NewClock(monday)
	c := &crowd{
		store: store, clock: clock, channel: &Connector{clock: clock}, identifier: &Identifier{clock: clock},
		notifier: &Notifier{clock: clock}, lines: map[openlines.LineID]openlines.Line{}, landed: map[string]openlines.Received{}, passed: map[string]int64{}, forgotten: map[connector.Address]bool{},
	}
	c.config = openlines.Config{
		Clock: clock, Identifier: c.identifier, Notifier: c.notifier, Connectors: map[connector.ID]connector.Connector{ConnectorID: c.channel, desk.Network: c.channel},
	}
	c.bot = &Bot{clock: clock, engine: func() *openlines.Engine { return c.engine }}
	c.config.Bots = map[openlines.BotID]openlines.Bot{BotID: c.bot}
	c.open(t)
	mustNot(t, c.engine.PutRole(ctx, openlines.Role{ID: "chief", Rights: map[desk.Right]desk.Scope{
		desk.MayJoin: desk.AnyOnes, desk.MayIntercept: desk.AnyOnes,
	}}))
	for i, id := range crowdOperators {
		o := openlines.Operator{ID: id}
		if i >= 2 {
			o.Roles = []openlines.RoleID{"chief"}
		}
		mustNot(t, c.engine.PutOperator(ctx, o))
	}
	mustNot(t, c.engine.PutService(ctx, openlines.Service{ID: crowdService, Roles: []openlines.RoleID{"chief"}}))
	for _, id := range crowdLines {
		c.putLine(t, id)
		mustNot(t, c.engine.PutConnection(ctx, openlines.Connection{
			Line: id, Connector: ConnectorID, Account: string(id), CanStart: id == "sales", TellsRead: id == "support", AsksConsent: id == "sales",
		}))
	}
	c.identifier.Knows("client1", openlines.Identity{Client: "C1", Responsible: "ann"})
	c.identifier.Knows("client2", openlines.Identity{Client: "C2", Responsible: "dan"})
	return c
}

func (c *crowd) open(t *rapid.T) {
	e, err := openlines.Open(t.Context(), c.store, c.config)
	mustNot(t, err)
	t.Cleanup(func() { mustNot(t, e.Close()) })
	c.engine = e
}

// drawLine is a line with any settings.
func drawLine(t *rapid.T, id openlines.LineID) openlines.Line {
	some := func(name string, of ...time.Duration) time.Duration { return rapid.SampledFrom(of).Draw(t, name) }
	members := queue.Operators("ann", "bob", "cid")[:rapid.IntRange(0, 3).Draw(t, "members")]
	if id == "sales" {
		slices.Reverse(members)
	}
	return openlines.Line{
		ID: id,
		Queue: queue.Rules{
			Mode:    rapid.SampledFrom([]queue.Mode{queue.Evenly, queue.Strictly, queue.All, queue.RoundRobin, queue.LeastLoaded}).Draw(t, "mode"),
			Members: members,
			Limit: queue.Limit{
				Max:    rapid.IntRange(0, 2).Draw(t, "limit"),
				Counts: rapid.SampledFrom([]queue.Counting{queue.Unreplied, queue.OwedReplies, queue.OpenOnes}).Draw(t, "counts"),
			},
			OnlyAvailable: rapid.Bool().Draw(t, "only available"),
			Grace:         some("grace", 0, 5*time.Minute),
			PassOnAfter:   some("pass on", 45*time.Second, queue.Never),
			Priority:      rapid.IntRange(0, 1).Draw(t, "priority"),
			Ageing:        some("ageing", 0, time.Minute),
			Sticky:        some("sticky", 0, 10*time.Minute),
		},
		Session: session.Rules{
			AutoCloseAfter: some("auto-close", 0, 4*time.Minute), AutoClosedLife: some("life", 0, 2*time.Minute, session.AtOnce),
			GiveUpAfter: some("give up", 0, 10*time.Minute), CloseDelay: some("delay", 0, time.Minute, session.AtOnce),
			UnansweredAfter: some("unanswered", 0, session.Never), NeglectAfter: some("neglect", 0, 3*time.Minute, session.Never),
		},
		Texts: openlines.Texts{
			Greeting: "hello", Nobody: "nobody", Unanswered: "sorry", Closing: "bye", AutoClose: "time out", GivenUp: "gone",
			Consent: "yes or no?",
		},
		Consent:   rapid.SampledFrom([]openlines.Consent{{}, {Document: "privacy"}, {Document: "privacy", Version: "2"}}).Draw(t, "consent"),
		Form:      openlines.Form{ID: "contacts", KeepInQueue: rapid.Bool().Draw(t, "ignore form")},
		Shown:     openlines.Shown{As: rapid.SampledFrom([]desk.ShownAs{desk.Profile, desk.FromQueue, desk.Hide}).Draw(t, "shown"), Name: "Helpdesk"},
		CRM:       drawCRM(t),
		GreetOnce: rapid.Bool().Draw(t, "greet once"),
		Code:      networkCode(id),
		Bot:       drawBot(t),
		Norms: openlines.Norms{
			First:   openlines.Norm{Within: desk.Within(some("first norm", 0, time.Minute)), Notify: chiefs},
			Further: openlines.Norm{Within: desk.Within(some("further norm", 0, time.Minute)), Notify: chiefs},
		},
		NotifyEmptyQueue: chiefs,
		Escalation:       drawEscalation(t, id),
	}
}

// drawEscalation is a ladder of at most two steps. One leads from sales to support, and none back.
func drawEscalation(t *rapid.T, id openlines.LineID) []openlines.EscalationStep {
	steps := []openlines.EscalationStep{
		{After: desk.Within(50 * time.Second), Notify: chiefs, Priority: 1}, {After: desk.Within(4 * time.Minute), To: "support"},
	}
	if id == "support" {
		steps[1].To = ""
	}
	return steps[:rapid.IntRange(0, 2).Draw(t, "steps")]
}

func (c *crowd) putLine(t *rapid.T, id openlines.LineID) {
	l := drawLine(t, id)
	mustNot(t, c.engine.PutLine(t.Context(), l))
	c.lines[id] = l
}

// answer looks at what came of an act: done, or refused in a way that a caller can use, and then nothing is changed.
func (c *crowd) answer(t *rapid.T, act string, err error) bool {
	if err == nil {
		return true
	}
	if !openlines.Final(err) && !errors.Is(err, openlines.ErrTooMany) {
		t.Fatalf("%s: %v", act, err)
	}
	if now := c.engine.Revision(); now != c.revised {
		t.Fatalf("%s was refused (%v) and left something: revision %d became %d", act, err, c.revised, now)
	}
	return false
}

// unchanged is for acts that are to do nothing.
func (c *crowd) unchanged(t *rapid.T, act string) {
	if now := c.engine.Revision(); now != c.revised {
		t.Fatalf("%s did something: revision %d became %d", act, c.revised, now)
	}
}

// verify is what holds after each act.
func (c *crowd) verify(t *rapid.T) {
	ctx := t.Context()
	mustNot(t, c.engine.Check(ctx))
	c.fresh = c.fresh[:0]
	for {
		some, err := c.engine.Feed(ctx, c.seen, storage.MaxFind)
		mustNot(t, err)
		if len(some) == 0 {
			break
		}
		for _, e := range some {
			for _, broken := range c.ledger.Take(e) {
				t.Fatal(broken)
			}
		}
		c.fresh = append(c.fresh, some...)
		c.seen, c.latest = some[len(some)-1].Seq, some[len(some)-1].At
	}
	c.compare(t)
	c.deliveries(t)
	c.revised, c.crowded = c.engine.Revision(), false
}

// compare holds the engine against the ledger, and offers against limits.
func (c *crowd) compare(t *rapid.T) {
	var all []openlines.Session
	for id := session.ID(1); int(id) <= c.ledger.Sessions(); id++ {
		s, err := c.engine.Session(t.Context(), id)
		mustNot(t, err)
		all = append(all, s)
		was, _ := c.ledger.Session(id)
		over := s.State == session.Closing || s.State == session.AutoClosed
		live := 0
		if was.Asked != "" || was.All {
			live = 1
		}
		switch {
		case was.Closed == s.Open(), s.State.Owned() && was.Owner != s.Owner, was.Asked != s.OfferedTo, was.All != s.ToAll,
			s.Open() && was.Over != over, was.Line != s.Line, was.Chat != s.Chat, s.Open() && !slices.Equal(was.Joined, s.Joined),
			was.WithBot != (s.State == session.Bot), s.Open() && s.State != session.Identifying && was.Bot != s.Bot:
			t.Fatalf("session %d is %+v, the feed tells %+v", id, s, was)
		case was.Offers != was.Endings+live:
			t.Fatalf("session %d: %d offers and %d endings", id, was.Offers, was.Endings)
		case s.Ended.Before(s.Began) && !s.Open(), s.Open() != s.Ended.IsZero(), s.Queued.After(c.latest):
			t.Fatalf("session %d has times that cannot be: %+v", id, s)
		}
	}
	if _, next := c.ledger.Session(session.ID(len(all) + 1)); next || c.crowded {
		return
	}
	for _, e := range c.fresh {
		if e.Type == desk.SessionOffered && e.Operator != "" && e.Reason != "responsible" {
			c.limits(t, all, e.Line, e.Operator)
		}
	}
}

// limits counts what somebody has who was just offered a session: no more than he may (rules 5.2 to 5.5, 5.8). What he was
// offered by name does not count.
func (c *crowd) limits(t *rapid.T, all []openlines.Session, line openlines.LineID, who queue.OperatorID) {
	limit := c.lines[line].Queue.Limit
	n, total := 0, 0
	for _, s := range all {
		if cmp.Or(s.OfferedTo, s.Owner) != who || s.Direct || !s.State.Active() && s.State != session.Offered {
			continue
		}
		total++
		replied := s.State == session.Replied
		free := replied && limit.Counts != queue.OpenOnes || limit.Counts == queue.Unreplied && s.State == session.ClientWaits && s.OwnerReplied
		if s.Line == line && !free {
			n++
		}
	}
	if limit.Max > 0 && n > limit.Max || c.maxTotal > 0 && total > c.maxTotal {
		t.Fatalf("%s was offered a session of %s and has %d of %d there, %d of %d in all", who, line, n, limit.Max, total, c.maxTotal)
	}
}

// deliveries holds what the channel took to what it may take: each delivery once, and a client's messages in their order.
func (c *crowd) deliveries(t *rapid.T) {
	all := c.channel.Delivered()
	for _, d := range all[c.handed:] {
		if d.Kind != connector.New {
			continue
		}
		to := d.To.Account + "/" + d.To.User + "/" + d.To.Chat
		if d.Message <= c.passed[to] {
			t.Fatalf("%s got message %d after %d", to, d.Message, c.passed[to])
		}
		c.passed[to] = d.Message
	}
	c.handed = len(all)
}

// audit reads what is stored in the end: each message that was answered once, where it was answered, and each chat 1, 2, 3, ….
func (c *crowd) audit(t *rapid.T) {
	stored := map[string]openlines.Message{}
	for _, id := range c.ledger.Chats() {
		var page openlines.Page
		next := c.ledger.Messages(id)
		var after time.Time
		for {
			some, cursor, err := c.engine.History(t.Context(), id, page)
			mustNot(t, err)
			for _, m := range some {
				if m.Number != next || !after.IsZero() && !m.At.Before(after) || m.Chat != id {
					t.Fatalf("chat %d has message %d at %s where %d is due, before %s", id, m.Number, m.At, next, after)
				}
				if s, known := c.ledger.Session(m.Session); m.Session != 0 && (!known || s.Chat != id) {
					t.Fatalf("message %d of chat %d is in session %d", m.Number, id, m.Session)
				}
				if _, twice := stored[m.External]; m.External != "" && twice {
					t.Fatalf("a message is stored twice: %d of chat %d", m.Number, id)
				}
				stored[m.External] = m
				next, after = next-1, m.At
			}
			if page.After = cursor; cursor == (openlines.Cursor{}) {
				break
			}
		}
		if next != 0 {
			t.Fatalf("chat %d has no message %d", id, next)
		}
	}
	for external, was := range c.landed {
		if m := stored[external]; m.Number != was.Number || m.Chat != was.Chat {
			t.Fatalf("%s landed as %d of chat %d, is %d of %d", external, was.Number, was.Chat, m.Number, m.Chat)
		}
	}
}

// present are the facts of somebody who is there, or not.
func present(here bool) worktime.Facts { return worktime.Facts{MobileFront: here, ClockedIn: here} }

func (c *crowd) name(kind string) string {
	c.names++
	return fmt.Sprint(kind, c.names)
}
