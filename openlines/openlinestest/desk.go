package openlinestest

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/memory"
	"github.com/openlines-go/openlines/worktime"
)

// DefaultLine is the id of a line that has none.
const DefaultLine openlines.LineID = "support"

// monday is when desks begin that are not told when.
var monday = time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)

// Desk is an engine under test. It embeds the engine, so that its acts and questions are there too. Its methods are for
// the goroutine of the test; the engine, Clock and Connector may be used by others meanwhile.
type Desk struct {
	*openlines.Engine
	Clock      *Clock
	Connector  *Connector
	Identifier *Identifier // unless Setup.Config has one
	Bot        *Bot        // called BotID
	Notifier   *Notifier   // unless Setup.Config has one

	tb     testing.TB
	store  storage.Store
	config openlines.Config
	line   openlines.LineID // the clients of Says write to it
	sender string           // begins the ids of messages, so that desks on one store do not repeat one another's
	sent   int
	links  string         // begins the links to sessions; empty: there are none
	heard  map[string]int // how many deliveries to a client WantSaid has dealt with
}

// Setup tells Open what desk to make. The zero Setup is an empty desk.
type Setup struct {
	// Lines are put and connected, each by an account that is called as the line. Every operator in their queues is put
	// and reported present: the mobile app in front, clocked in. The first line is the one that Says writes to.
	Lines []openlines.Line

	Settings openlines.Settings // put if they are not zero
	Store    storage.Store      // nil: a new one in memory; not closed in the end
	Now      time.Time          // zero: Monday, 2 March 2026, 09:00 UTC

	// Config is the engine's. Its Clock, the connector called ConnectorID and the bot called BotID are replaced by those of the
	// Desk.
	Config openlines.Config
}

// New returns a desk of one line at Monday, 2 March 2026, 09:00 UTC. The line is called "support" if it has no id; every
// operator in its queue is put and present; the line is connected. The clock stands still until [Desk.Wait].
//
// The desk is closed when the test ends. If it breaks an invariant then, the test fails.
func New(tb testing.TB, line openlines.Line) *Desk {
	tb.Helper()
	return Open(tb, Setup{Lines: []openlines.Line{line}})
}

// Open returns a desk as Setup says. It is closed and checked when the test ends, as with New.
func Open(tb testing.TB, s Setup) *Desk {
	tb.Helper()
	if s.Now.IsZero() {
		s.Now = monday
	}
	if s.Store == nil {
		s.Store = memory.New()
	}
	clock := NewClock(s.Now)
	d := &Desk{
		Clock: clock, Connector: &Connector{clock: clock}, Identifier: &Identifier{clock: clock}, Notifier: &Notifier{clock: clock},
		tb: tb, store: s.Store, config: s.Config, line: DefaultLine, sender: rand.Text(), heard: map[string]int{},
	}
	d.config.Clock = clock
	if d.config.Identifier == nil {
		d.config.Identifier = d.Identifier
	}
	if d.config.Notifier == nil {
		d.config.Notifier = d.Notifier
	}
	if d.config.Links == nil {
		d.config.Links = d.link
	}
	d.config.Connectors = map[connector.ID]connector.Connector{desk.Network: d.Connector}
	maps.Copy(d.config.Connectors, s.Config.Connectors)
	d.config.Connectors[ConnectorID] = d.Connector
	d.Bot = &Bot{clock: clock, engine: func() *openlines.Engine { return d.Engine }}
	d.config.Bots = map[openlines.BotID]openlines.Bot{}
	maps.Copy(d.config.Bots, s.Config.Bots)
	d.config.Bots[BotID] = d.Bot
	d.open()
	tb.Cleanup(d.close)
	if !reflect.ValueOf(s.Settings).IsZero() {
		d.must("put settings", d.PutSettings(tb.Context(), s.Settings))
	}
	for i, l := range s.Lines {
		l.ID = cmp.Or(l.ID, DefaultLine)
		if i == 0 {
			d.line = l.ID
		}
		d.put(l)
	}
	return d
}

func (d *Desk) open() {
	d.tb.Helper()
	engine, err := openlines.Open(d.tb.Context(), d.store, d.config)
	d.must("open", err)
	d.Engine = engine
}

func (d *Desk) put(l openlines.Line) {
	d.tb.Helper()
	ctx := d.tb.Context()
	for some := range slices.Chunk(l.Queue.Members, desk.MaxOperators) {
		operators := make([]openlines.Operator, len(some))
		for i, m := range some {
			operators[i] = openlines.Operator{ID: m.Operator, Name: string(m.Operator)}
		}
		d.must("put operators", d.PutOperator(ctx, operators...))
	}
	present := worktime.Facts{MobileFront: true, ClockedIn: true}
	for _, m := range l.Queue.Members {
		d.must("report", d.Report(ctx, openlines.Report{Operator: m.Operator, Facts: present}))
	}
	d.must("put line", d.PutLine(ctx, l))
	d.must("connect", d.Connect(ctx, l.ID, ConnectorID, string(l.ID)))
}

// close is the cleanup. The test's own context has ended by then.
func (d *Desk) close() {
	d.tb.Helper()
	d.Connector.Unblock()
	err := d.Check(context.Background())
	if err != nil && !errors.Is(err, openlines.ErrClosed) {
		d.tb.Errorf("the desk is not sound: %v", err)
	}
	if err := d.Engine.Close(); err != nil {
		d.tb.Errorf("close: %v", err)
	}
}

func (d *Desk) must(act string, err error) {
	d.tb.Helper()
	if err != nil {
		d.tb.Fatalf("%s: %v", act, err)
	}
}

// Reopen closes the engine and opens another on the same store, as a restart of the program does. Actors made before
// belong to the closed one.
func (d *Desk) Reopen() {
	d.tb.Helper()
	d.must("close", d.Engine.Close())
	d.open()
}

// Says lets a client write to the first line and returns the session that his message landed in.
func (d *Desk) Says(client, text string) session.ID {
	d.tb.Helper()
	return d.SaysTo(d.line, client, text)
}

// SaysTo lets a client write to a line that Open has put.
func (d *Desk) SaysTo(line openlines.LineID, client, text string) session.ID {
	d.tb.Helper()
	d.sent++
	got, err := d.Receive(d.tb.Context(), connector.Inbound{
		Connector: ConnectorID, Account: string(line), User: client, Text: text,
		ID: d.sender + "-" + strconv.Itoa(d.sent), At: d.Clock.Now(),
	})
	d.must(client+" says", err)
	return got.Session
}

// Wait lets time pass: the clock goes from one thing that is due to the next, each is done at its own time, and what is
// said is delivered. Wait(0) does what is due now.
func (d *Desk) Wait(duration time.Duration) {
	d.tb.Helper()
	end := d.Clock.Now().Add(duration)
	for {
		now := d.Clock.Now()
		next, err := d.Advance(d.tb.Context())
		d.must("advance", err)
		if now.Equal(end) {
			return
		}
		if next.IsZero() || next.After(end) {
			next = end
		}
		if !next.After(now) {
			d.tb.Fatalf("advance at %s left undone what was due at %s", now.Format(stamp), next.Format(stamp))
		}
		d.Clock.Set(next)
	}
}

const stamp = "15:04:05.999999"
