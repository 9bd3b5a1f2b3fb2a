package sim

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/memory"
	"github.com/openlines-go/openlines/storage/storagetest"
	"github.com/openlines-go/openlines/worktime"
)

// Config is one simulation. The zero values of the sizes mean the defaults.
type Config struct {
	Seed    uint64
	Engines int // at once; 0: 1 to 4, by the seed
	Steps   int // hand-overs between engines; 0: 400
}

// Result tells what a run did. Broken is empty if it kept all promises.
type Result struct {
	Seed       uint64
	Engines    int
	Commands   int // operations begun
	Acked      int // answered with success
	Unknown    int // whose outcome the caller was not told
	Killed     int // engines
	Events     int
	Deliveries int
	Virtual    time.Duration
	Faults     map[storagetest.Kind]int
	Broken     []string
}

// String is one line for a log.
func (r Result) String() string {
	return fmt.Sprintf("seed %d: %d engines, %d commands (%d acked, %d unknown), %d killed, %d events, %d deliveries, %v virtual, faults %v",
		r.Seed, r.Engines, r.Commands, r.Acked, r.Unknown, r.Killed, r.Events, r.Deliveries, r.Virtual.Round(time.Second), r.Faults)
}

// clock is the virtual time, the same for all engines. Nobody waits on it.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time                       { return c.now }
func (c *clock) After(time.Duration) <-chan time.Time { return nil }

// world is one run.
type world struct {
	cfg     Config
	random  *rand.Rand
	clock   *clock
	began   time.Time
	faulty  *storagetest.FaultyStore
	turns   bool // engines may use Turn
	healed  bool
	nodes   []*node
	history history
	result  Result
}

// node is one engine, from its opening to its death.
type node struct {
	thread *thread
	engine *openlines.Engine
}

// Run simulates one seed. A panic of an engine is a broken promise.
func Run(cfg Config) (result Result) {
	w := &world{cfg: cfg, random: rand.New(rand.NewPCG(cfg.Seed, 77)), clock: &clock{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}}
	w.began = w.clock.now
	w.history.init()
	defer func() {
		if r := recover(); r != nil {
			w.broken("panic: %v", r)
		}
		w.result.Seed, w.result.Engines = cfg.Seed, w.cfg.Engines
		w.result.Virtual = w.clock.now.Sub(w.began)
		w.result.Faults = w.faulty.Counts()
		result = w.result
	}()
	if w.cfg.Engines == 0 {
		w.cfg.Engines = 1 + w.random.IntN(4)
	}
	if w.cfg.Steps == 0 {
		w.cfg.Steps = 400
	}
	w.turns = w.random.IntN(2) == 0
	w.faulty = storagetest.Faulty(memory.New(), w.plan())
	w.setUp()
	for range w.cfg.Engines {
		w.nodes = append(w.nodes, w.open())
	}
	for range w.cfg.Steps {
		w.step()
	}
	w.heal()
	w.verify()
	return w.result
}

func (w *world) plan() storagetest.Plan {
	strength := w.random.Float64()
	faults := storagetest.Seeded(w.random.Uint64(), storagetest.Rates{
		Conflict: 0.05 * strength, Done: 0.15 * strength, Lost: 0.05 * strength, Late: 0.15 * strength,
		Behind: 0.05 * strength, Rewound: 0.02 * strength, LateBy: 12,
	})
	return func(op storagetest.Op) storagetest.Fault {
		// Lost reads before anybody is open would only end the run; a lost Get fails the batch, as it should.
		if w.healed || len(w.nodes) < w.cfg.Engines {
			return storagetest.Fault{}
		}
		return faults(op)
	}
}

func (w *world) broken(format string, args ...any) {
	if len(w.result.Broken) < 20 {
		w.result.Broken = append(w.result.Broken, fmt.Sprintf(format, args...))
	}
}

const (
	clients   = 4
	operators = 3
)

func operatorID(n int) queue.OperatorID { return queue.OperatorID(fmt.Sprintf("op%d", n)) }

// setUp makes the desk before anything fails.
func (w *world) setUp() {
	ctx := context.Background()
	e, err := openlines.Open(ctx, w.faulty, openlines.Config{Clock: w.clock})
	w.must(err)
	w.must(e.PutSettings(ctx, openlines.Settings{Presence: worktime.Presence{WorkTime: true}}))
	w.must(e.PutRole(ctx, openlines.Role{ID: "chief", Rights: map[desk.Right]desk.Scope{
		desk.MayJoin: desk.AnyOnes, desk.MayIntercept: desk.AnyOnes,
	}}))
	var members []queue.OperatorID
	for n := range operators {
		members = append(members, operatorID(n))
		w.must(e.PutOperator(ctx, openlines.Operator{ID: operatorID(n), Roles: []openlines.RoleID{"chief"}}))
		w.must(e.Report(ctx, openlines.Report{Operator: operatorID(n), Facts: worktime.Facts{ClockedIn: true}}))
	}
	modes := []queue.Mode{queue.Evenly, queue.Strictly, queue.All, queue.RoundRobin, queue.LeastLoaded}
	w.must(e.PutLine(ctx, openlines.Line{
		ID: "other", Queue: queue.Rules{Mode: modes[w.random.IntN(len(modes))], Members: queue.Operators(members...), Sticky: time.Hour},
		Texts: openlines.Texts{Greeting: "hello", Unanswered: "sorry", Closing: "bye"},
	}))
	w.must(e.PutLine(ctx, openlines.Line{
		ID: "support", UnansweredTo: []openlines.LineID{"", "other"}[w.random.IntN(2)],
		Consent: openlines.Consent{Document: []string{"", "privacy"}[w.random.IntN(2)]},
		Queue: queue.Rules{
			Mode: modes[w.random.IntN(len(modes))], Members: queue.Operators(members...), OnlyAvailable: w.random.IntN(2) == 0,
			Limit: queue.Limit{Max: w.random.IntN(3), Counts: queue.OpenOnes},
		},
		Session: session.Rules{CloseDelay: []time.Duration{0, session.AtOnce}[w.random.IntN(2)]},
		Texts:   openlines.Texts{Greeting: "hello", Unanswered: "sorry", Nobody: "nobody", Closing: "bye", Consent: "yes?"},
		Bot:     openlines.LineBot{ID: []openlines.BotID{"", bot}[w.random.IntN(2)], Always: true, Stays: w.random.IntN(2) == 0},
	}))
	w.must(e.PutConnection(ctx, openlines.Connection{Line: "support", Connector: "web", Account: "main", AsksConsent: w.random.IntN(2) == 0}))
}

// lines are those between which sessions move.
var lines = []openlines.LineID{"support", "other"}

func (w *world) must(err error) {
	if err != nil {
		w.broken("set-up: %v", err)
	}
}

// bot is the line's, in half of the seeds. What it does, nodes do for it; it fails at every fifth message.
const bot openlines.BotID = "faq"

func fickle(_ context.Context, c openlines.BotCall) error {
	if c.Message.Number%5 == 0 {
		return errors.New("sim: the bot is away")
	}
	return nil
}

// open makes a node whose engine is opened as its first operation.
func (w *world) open() *node {
	n := &node{thread: newThread()}
	n.thread.start(func() { w.openEngine(n) })
	return n
}

func (w *world) openEngine(n *node) {
	var store storage.Store
	if w.turns {
		store = &turning{yielding{w.faulty, n.thread}}
	} else {
		store = &yielding{w.faulty, n.thread}
	}
	for !n.thread.dead && n.engine == nil {
		e, err := openlines.Open(context.Background(), store, openlines.Config{
			Clock:      w.clock,
			Connectors: map[connector.ID]connector.Connector{"web": connector.Func(w.history.deliver(w))},
			Bots:       map[openlines.BotID]openlines.Bot{bot: openlines.BotFunc(fickle)},
		})
		if err == nil {
			n.engine = e
		}
	}
}

// step lets time pass, kills somebody now and then, and moves one node on.
func (w *world) step() {
	switch w.random.IntN(40) {
	case 0:
		w.pass(time.Duration(w.random.IntN(900)) * time.Second)
	case 1, 2, 3:
		w.pass(time.Duration(w.random.IntN(60_000_000)) * time.Microsecond)
	case 4:
		w.kill(w.random.IntN(len(w.nodes)))
	default:
		w.pass(time.Duration(w.random.IntN(1_000_000)) * time.Microsecond)
	}
	n := w.nodes[w.random.IntN(len(w.nodes))]
	if !n.thread.busy {
		w.begin(n)
	}
	n.thread.step()
}

func (w *world) pass(d time.Duration) { w.clock.now = w.clock.now.Add(d) }

// kill ends an engine wherever it is, as kill -9 does, and opens another in its place.
func (w *world) kill(i int) {
	n := w.nodes[i]
	if n.thread.busy || n.engine != nil {
		n.thread.dead = true
		n.thread.kill()
		w.result.Killed++
	}
	w.nodes[i] = w.open()
}

// heal stops all faults, lets what is under way end, and lets time pass until nothing is planned.
func (w *world) heal() {
	w.healed = true
	for _, n := range w.nodes {
		for n.thread.busy {
			n.thread.step()
		}
	}
	if err := w.faulty.Flush(context.Background()); err != nil {
		w.broken("late batches: %v", err)
	}
}

// verify opens a last engine, carries everything to its end and holds the run to its promises.
func (w *world) verify() {
	ctx := context.Background()
	for _, n := range w.nodes {
		n.thread.start(func() {
			if err := n.engine.Check(ctx); err != nil {
				w.broken("after healing: %v", err)
			}
		})
		for n.thread.busy {
			n.thread.step()
		}
		n.thread.kill()
	}
	e, err := openlines.Open(ctx, w.faulty, openlines.Config{
		Clock: w.clock, Connectors: map[connector.ID]connector.Connector{"web": connector.Func(w.history.deliver(w))},
	})
	if err != nil {
		w.broken("open after healing: %v", err)
		return
	}
	for n := range operators {
		w.must(e.Report(ctx, openlines.Report{Operator: operatorID(n), Facts: worktime.Facts{ClockedIn: true}}))
	}
	w.settle(ctx, e)
	if err := e.Check(ctx); err != nil {
		w.broken("at the end: %v", err)
	}
	w.history.compare(ctx, w, e)
}

// settle finishes all that is open and lets time pass deadline by deadline until nothing is planned.
func (w *world) settle(ctx context.Context, e *openlines.Engine) {
	for range 1000 {
		if _, err := e.Advance(ctx); err != nil {
			w.broken("advance: %v", err)
			return
		}
		w.endConversations(ctx, e)
		next, err := e.Next(ctx)
		open, _ := e.OpenSessions(ctx)
		switch {
		case err != nil:
			w.broken("next deadline: %v", err)
			return
		case next.IsZero() && open == 0:
			return
		case next.After(w.clock.now):
			w.clock.now = next
		}
	}
	w.broken("there is no end of deadlines")
}

func (w *world) endConversations(ctx context.Context, e *openlines.Engine) {
	for id := session.ID(1); ; id++ {
		s, err := e.Session(ctx, id)
		if err != nil {
			return
		}
		if !s.Open() || s.State == session.Closing {
			continue
		}
		who := s.Owner
		if who == "" {
			who = s.OfferedTo
		}
		if who == "" {
			who = operatorID(0)
		}
		if err := e.As(who).Send(ctx, s.ID, "the end"); err != nil && !errors.Is(err, openlines.ErrNotOffered) && !errors.Is(err, openlines.ErrFull) {
			w.broken("last word in session %d (%s): %v", s.ID, s.State, err)
		}
		if err := e.As(who).Finish(ctx, s.ID); err == nil {
			w.result.Commands++
		}
	}
}
