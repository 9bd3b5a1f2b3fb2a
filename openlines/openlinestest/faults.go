package openlinestest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/storagetest"
)

// FaultOptions tell Faults how much to do. The zero FaultOptions is right for a store in memory.
type FaultOptions struct {
	// Reopen closes a store and opens the same desk again, as after a restart of the process. Nil: only the engine is
	// started anew.
	Reopen func(testing.TB, storage.Store) storage.Store

	Every int // try one point of so many, others for each kind of fault; 0: all
}

// Faults strikes an engine at every point at which it calls its store, with each kind of fault that fits there, while it
// carries out some ninety commands and the deliveries that follow from them. A fault can be survived, or the engine is
// killed by it. Whoever got no answer starts the engine anew and repeats his command under its id. Some commands later the
// answers, every record and the feed have to be those of a run without faults; and what was said to a client has to have
// reached him, for the first time in order.
//
// It calls open once for each fault. What another node does to a commit, [storagetest.Rival], is not part of it.
func Faults(t *testing.T, open func(testing.TB) storage.Store, o FaultOptions) {
	t.Helper()
	clean := newTrial(t, open(t), blow{}, o)
	clean.record()
	for n, b := range blows {
		t.Run(b.String(), func(t *testing.T) {
			t.Parallel()
			points := clean.points(b)
			if len(points) == 0 {
				t.Fatal("there is no such call")
			}
			every := min(max(o.Every, 1), len(points))
			for i := n % every; i < len(points); i += every {
				p := points[i]
				t.Run(fmt.Sprintf("call %d, %s", p.call, clean.steps[p.step].name), func(t *testing.T) {
					b.at = p.call
					newTrial(t, open(t), b, o).strike(clean, p.step)
				})
			}
		})
	}
}

// point is a call of the store.
type point struct {
	step int
	call int // in that step, from 1
}

// points are the calls that a blow can strike.
func (t *trial) points(b blow) (all []point) {
	for i, s := range t.stages {
		for j, m := range s.calls {
			if slices.Contains(b.on, m) {
				all = append(all, point{i, j + 1})
			}
		}
	}
	return all
}

// everlasting is a context that lets an engine decide on the caller's goroutine, so that a run is the same each time.
var everlasting = context.Background()

// blow is a fault and where it strikes.
type blow struct {
	kind      storagetest.Kind
	on        []storagetest.Method
	calls     int  // of Late
	deadly    bool // the engine is killed by it
	contested bool // somebody was faster, and the fault strikes the turn that follows
	at        int  // number of the call
}

func (b blow) String() string {
	name := string(b.kind)
	if b.kind == storagetest.Late {
		name += fmt.Sprint(" by ", b.calls)
	}
	if b.contested {
		name += " in a turn"
	}
	if b.deadly {
		name += " and killed"
	}
	return name
}

var (
	anyCall = []storagetest.Method{
		storagetest.MethodScan, storagetest.MethodChanges, storagetest.MethodCommit, storagetest.MethodGet, storagetest.MethodFind,
	}
	commits = []storagetest.Method{storagetest.MethodCommit}
	looks   = []storagetest.Method{storagetest.MethodChanges}
)

// blows are all that can happen to one call, and to one after a conflict.
var blows = []blow{
	{kind: storagetest.Lost, on: anyCall},
	{kind: storagetest.Conflict, on: commits},
	{kind: storagetest.Full, on: commits},
	{kind: storagetest.Done, on: commits},
	{kind: storagetest.Late, on: commits},
	{kind: storagetest.Late, on: commits, calls: 2},
	{kind: storagetest.Behind, on: looks},
	{kind: storagetest.Rewound, on: looks},

	{kind: storagetest.Lost, on: commits, deadly: true},
	{kind: storagetest.Done, on: commits, deadly: true},
	{kind: storagetest.Late, on: commits, deadly: true, calls: 1},
	{kind: storagetest.Late, on: commits, deadly: true, calls: 2},
	{kind: storagetest.Late, on: commits, deadly: true, calls: 5},

	{kind: storagetest.Lost, on: commits, contested: true},
	{kind: storagetest.Conflict, on: commits, contested: true},
	{kind: storagetest.Full, on: commits, contested: true},
	{kind: storagetest.Done, on: commits, contested: true},
	{kind: storagetest.Late, on: commits, contested: true, calls: 1},
	{kind: storagetest.Behind, on: commits, contested: true},
	{kind: storagetest.Rewound, on: commits, contested: true},
	{kind: storagetest.Done, on: commits, contested: true, deadly: true},
	{kind: storagetest.Late, on: commits, contested: true, deadly: true, calls: 2},
}

// stage is where a run without faults stands after one of its steps.
type stage struct {
	answer  string
	calls   []storagetest.Method // of the store in this step
	batches int                  // stored so far
	said    int                  // deliveries so far
	now     time.Time
	latest  map[string]session.ID
	records []storage.Record
	events  []storage.Event
}

// trial is one run.
type trial struct {
	*worker
	tb        testing.TB
	options   FaultOptions
	blow      blow
	store     storage.Store
	faulty    *storagetest.FaultyStore
	connector *Connector
	steps     []step
	chores    int // number of the first step after them

	calls     []storagetest.Method // of the store in this step, or since the one that is struck
	contested bool                 // the conflict is over
	struck    bool                 // the engine has met something
	dead      bool                 // it was killed
	injected  int                  // faults, before the store was opened anew

	batches []*storage.Batch // stored
	stages  []stage          // of a run without faults
}

// step is something that the engine is made to do.
type step struct {
	name  string
	after time.Duration
	do    func(*trial) (string, error)
}

// steps are the opening, the chores, and some minutes in which what is said is delivered.
func steps() (all []step, chosen int) {
	all = []step{{name: "open", do: func(t *trial) (string, error) { return "", t.open() }}}
	for i, c := range chores() {
		all = append(all, step{c.name, c.after, func(t *trial) (string, error) {
			if t.key != fmt.Sprint("chore ", i) {
				t.key = fmt.Sprint("chore ", i)
				t.insist("look", func() error { return t.look(c) })
			}
			return c.do(t.worker)
		}})
	}
	chosen = len(all)
	for range 12 {
		all = append(all, step{"deliver", time.Minute, func(t *trial) (string, error) {
			_, err := t.engine.Advance(everlasting)
			return "", err
		}})
	}
	return all, chosen
}

func newTrial(tb testing.TB, store storage.Store, b blow, o FaultOptions) *trial {
	clock := NewClock(monday)
	t := &trial{
		worker: &worker{clock: clock, latest: map[string]session.ID{}}, tb: tb, options: o, blow: b, store: store,
		connector: &Connector{clock: clock},
	}
	t.steps, t.chores = steps()
	t.faulty = storagetest.Faulty(store, t.plan)
	return t
}

func (t *trial) plan(op storagetest.Op) storagetest.Fault {
	t.calls = append(t.calls, op.Method)
	switch {
	case len(t.calls) == t.blow.at && t.blow.contested:
		t.contested = true
		return storagetest.Fault{Kind: storagetest.Conflict}
	case len(t.calls) == t.blow.at, t.contested && op.Method != storagetest.MethodChanges && !t.landed():
		t.struck = true
		return storagetest.Fault{Kind: t.blow.kind, Calls: t.blow.calls}
	}
	return storagetest.Fault{}
}

// landed reports whether the fault was injected: a turn that stores nothing meets none, and is followed by a commit.
func (t *trial) landed() bool {
	n := t.injected + t.faulty.Counts()[t.blow.kind]
	if t.blow.contested && t.blow.kind == storagetest.Conflict {
		n-- // of the call before
	}
	return n > 0
}

// mortal is what the engine sees: a store whose answer never comes, because the engine is killed first. It has to believe
// that it would wait for ever, so it is told of damage, after which it asks no more.
type mortal struct {
	*storagetest.FaultyStore
	trial  *trial
	killed bool
}

var errKilled = fmt.Errorf("openlinestest: the engine was killed: %w", storage.ErrCorrupt)

func (m *mortal) Commit(ctx context.Context, b *storage.Batch) (storage.Head, error) {
	if m.killed {
		return storage.Head{}, errKilled
	}
	head, err := m.FaultyStore.Commit(ctx, b)
	if err == nil {
		m.trial.batches = append(m.trial.batches, b)
	}
	return m.answer(head, err)
}

func (m *mortal) Turn(
	ctx context.Context, since storage.Mark, decide func(storage.Changes) (*storage.Batch, error),
) (storage.Head, error) {
	if m.killed {
		return storage.Head{}, errKilled
	}
	return m.answer(m.FaultyStore.Turn(ctx, since, decide))
}

func (m *mortal) answer(head storage.Head, err error) (storage.Head, error) {
	if t := m.trial; t.blow.deadly && !t.dead && t.landed() {
		t.dead, m.killed = true, true
		return storage.Head{}, errKilled
	}
	return head, err
}

func (t *trial) open() (err error) {
	t.engine, err = openlines.Open(everlasting, &mortal{FaultyStore: t.faulty, trial: t}, openlines.Config{
		Clock: t.clock, Connectors: map[connector.ID]connector.Connector{ConnectorID: t.connector},
	})
	return err
}

// restart is what is done after a crash. A batch that is still on its way needs the store to be there when it comes.
func (t *trial) restart() {
	t.tb.Helper()
	if t.engine != nil {
		_ = t.engine.Close()
	}
	if t.options.Reopen != nil && t.blow.kind != storagetest.Late {
		t.injected += t.faulty.Counts()[t.blow.kind]
		t.store = t.options.Reopen(t.tb, t.store)
		t.faulty = storagetest.Faulty(t.store, t.plan)
	}
	t.insist("open", t.open)
	t.check()
}

func (t *trial) check() {
	t.tb.Helper()
	t.insist("check", func() error { return t.engine.Check(everlasting) })
}

// insist repeats what failed because the store did.
func (t *trial) insist(what string, do func() error) {
	t.tb.Helper()
	err := do()
	for try := 0; errors.Is(err, storagetest.ErrInjected) && try < 3; try++ {
		err = do()
	}
	if err != nil {
		t.tb.Fatalf("%s: %v", what, err)
	}
}

// record runs everything without faults.
func (t *trial) record() {
	t.tb.Helper()
	for _, s := range t.steps {
		t.calls = nil
		g := stage{answer: t.take(s)}
		g.calls, g.batches, g.said = t.calls, len(t.batches), len(t.connector.Delivered())
		g.now, g.latest = t.clock.Now(), maps.Clone(t.latest)
		g.records, g.events = t.read()
		t.stages = append(t.stages, g)
	}
	for _, r := range t.stages[len(t.stages)-1].records {
		if r.Kind == "effect" {
			t.tb.Fatal("something is not delivered in the end")
		}
	}
	_ = t.engine.Close()
}

// window is how many steps are taken after the one that was struck, before everything is compared.
const window = 5

// strike puts the store where a run without faults stood before a step, lets the fault happen in that step and compares
// what comes of it: everything while the chores are done, and then what delivering leaves no traces in.
func (t *trial) strike(clean *trial, first int) {
	t.tb.Helper()
	if first > 0 {
		t.resume(clean, clean.stages[first-1])
	}
	last := min(first+window, t.chores-1)
	if first >= t.chores {
		last = len(t.steps) - 1
	}
	t.calls = nil
	for i := first; i <= last; i++ {
		differ(t.tb, t.steps[i].name, clean.stages[i].answer, t.take(t.steps[i]))
	}
	if !t.landed() {
		t.tb.Fatal("the fault did not strike")
	}
	if err := t.faulty.Flush(everlasting); err != nil {
		t.tb.Fatal(err)
	}
	t.restart()
	records, events := t.read()
	_ = t.engine.Close()
	if want := clean.stages[last]; last < t.chores {
		differ(t.tb, "records", want.records, records)
		differ(t.tb, "feed", want.events, events)
	} else {
		differ(t.tb, "records", spoken(want.records), spoken(records))
		differ(t.tb, "said", clean.said(), t.said())
	}
}

func (t *trial) resume(clean *trial, g stage) {
	t.tb.Helper()
	for _, b := range clean.batches[:g.batches] {
		if _, err := t.store.Commit(everlasting, b); err != nil {
			t.tb.Fatal(err)
		}
	}
	t.clock.Set(g.now)
	t.latest = maps.Clone(g.latest)
	t.connector.delivered = clean.connector.Delivered()[:g.said]
	at := t.blow.at
	t.blow.at = 0
	t.insist("open", t.open)
	t.blow.at = at
}

// take takes a step until there is an answer, with the engine started anew each time that there is none.
func (t *trial) take(s step) string {
	t.tb.Helper()
	t.clock.Add(s.after)
	struck := t.struck
	for range 4 {
		answer, err := s.do(t)
		switch {
		case err == nil || openlines.Final(err):
			if t.struck != struck {
				t.check()
			}
			if err != nil {
				return named(err)
			}
			return answer
		case !t.struck:
			t.tb.Fatalf("%s: %v", s.name, err)
		}
		t.restart()
	}
	t.tb.Fatalf("%s: no answer after one fault and four attempts", s.name)
	return ""
}

// read returns what is stored, past all faults.
func (t *trial) read() (records []storage.Record, events []storage.Event) {
	t.tb.Helper()
	head, err := t.store.Scan(everlasting, storage.All, func(r storage.Record) error {
		r.Terms = append([]string{}, r.Terms...) // none is nil or empty
		records = append(records, r)
		return nil
	})
	for err == nil && uint64(len(events)) < head.Events {
		var some []storage.Event
		some, err = t.store.Events(everlasting, uint64(len(events)), storage.MaxFind)
		events = append(events, some...)
	}
	if err != nil {
		t.tb.Fatal(err)
	}
	return records, events
}

// spoken are the records in which an attempt to deliver more or less is not seen, and those of what is not delivered.
func spoken(all []storage.Record) (some []storage.Record) {
	for _, r := range all {
		switch r.Kind {
		case "alias", "chat", "message", "session", "effect":
			some = append(some, r)
		}
	}
	return some
}

func differ[T any](tb testing.TB, what string, want, got T) {
	tb.Helper()
	if !reflect.DeepEqual(want, got) { // which is much faster
		tb.Errorf("%s (-without faults +with one):\n%s", what, cmp.Diff(want, got))
	}
}

// said returns the numbers of the messages that each client got, each once.
func (t *trial) said() map[string][]int64 {
	all := map[string][]int64{}
	for _, m := range t.connector.Delivered() {
		if !slices.Contains(all[m.To.User], m.Message) {
			all[m.To.User] = append(all[m.To.User], m.Message)
		}
	}
	return all
}
