package openlinestest_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/openlinestest"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage/memory"
	"github.com/openlines-go/openlines/worktime"
)

func TestSilentOperatorLosesTheChat(t *testing.T) {
	t.Parallel()
	desk := openlinestest.New(t, openlines.Line{
		Queue: queue.Rules{Mode: queue.Strictly, Members: queue.Operators("ann", "bob"), PassOnAfter: time.Minute},
		Texts: openlines.Texts{Unanswered: "Sorry for the wait."},
	})

	s := desk.Says("client-77", "Is anybody there?")
	desk.WantOffered(s, "ann")

	desk.Wait(59 * time.Second)
	desk.WantOffered(s, "ann")

	desk.Wait(time.Second)
	desk.WantOffered(s, "bob")
	desk.WantSaid("client-77", "Sorry for the wait.")

	if err := desk.As("bob").Answer(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if err := desk.As("ann").Answer(t.Context(), s); !errors.Is(err, openlines.ErrTaken) {
		t.Errorf("late answer: %v, want ErrTaken", err)
	}
	desk.WantState(s, session.Answered)
	desk.WantSaid("client-77")
}

func TestOperatorsArePresent(t *testing.T) {
	t.Parallel()
	for _, workTime := range []bool{false, true} {
		desk := openlinestest.Open(t, openlinestest.Setup{
			Lines: []openlines.Line{{
				Queue: queue.Rules{Mode: queue.All, Members: queue.Operators("ann", "bob"), OnlyAvailable: true},
			}},
			Settings: openlines.Settings{Presence: worktime.Presence{WorkTime: workTime}},
		})
		desk.Wait(8 * time.Hour)
		s := desk.Says("client-77", "Hello")
		desk.WantOfferedToAll(s)
		x, err := desk.Explain(t.Context(), s)
		if err != nil || x.Free != 2 {
			t.Errorf("work-time management %v: %d free, %v, want 2", workTime, x.Free, err)
		}
	}
}

func TestSeveralLines(t *testing.T) {
	t.Parallel()
	desk := openlinestest.Open(t, openlinestest.Setup{
		Now: time.Date(2027, time.July, 1, 20, 0, 0, 0, time.UTC),
		Lines: []openlines.Line{
			{ID: "sales", Queue: queue.Rules{Members: queue.Operators("ann")}},
			{Queue: queue.Rules{Members: queue.Operators("bob")}},
		},
	})
	desk.WantOffered(desk.Says("client-77", "Hello"), "ann")
	desk.WantOffered(desk.SaysTo(openlinestest.DefaultLine, "client-77", "Hello"), "bob")
	if got, want := desk.Clock.Now().Format(time.DateTime), "2027-07-01 20:00:00"; got != want {
		t.Errorf("the clock stands at %s, want %s", got, want)
	}
}

func TestReopenGoesOn(t *testing.T) {
	t.Parallel()
	line := openlines.Line{Queue: queue.Rules{Mode: queue.Strictly, Members: queue.Operators("ann", "bob")}}
	desk := openlinestest.New(t, line)
	s := desk.Says("client-77", "Hello")
	before := desk.As("ann")
	desk.Reopen()
	if err := before.Answer(t.Context(), s); !errors.Is(err, openlines.ErrClosed) {
		t.Errorf("an actor of the closed engine: %v, want ErrClosed", err)
	}
	desk.Wait(queue.DefaultPassOn)
	desk.WantOffered(s, "bob")
	if again := desk.Says("client-77", "Hello?"); again != s {
		t.Errorf("after reopening a message landed in session %d, want %d", again, s)
	}
}

func TestTwoDesksOnOneStore(t *testing.T) {
	t.Parallel()
	store := memory.New()
	line := openlines.Line{Queue: queue.Rules{Mode: queue.Strictly, Members: queue.Operators("ann", "bob")}}
	one := openlinestest.Open(t, openlinestest.Setup{Store: store, Lines: []openlines.Line{line}})
	two := openlinestest.Open(t, openlinestest.Setup{Store: store})
	s := one.Says("client-77", "Hello")
	if again := two.Says("client-77", "Hello?"); again != s {
		t.Errorf("the other desk opened session %d, want %d", again, s)
	}
	two.WantOffered(s, "ann")
	chat := mustHistory(t, two, 1)
	if diff := cmp.Diff([]string{"Hello?", "Hello"}, chat); diff != "" {
		t.Errorf("history (-want +got):\n%s", diff)
	}
}

func mustHistory(t *testing.T, desk *openlinestest.Desk, chat session.ChatID) (texts []string) {
	t.Helper()
	messages, _, err := desk.History(t.Context(), chat, openlines.Page{})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range messages {
		texts = append(texts, m.Said.Text)
	}
	return texts
}

func TestSetupKeepsConfig(t *testing.T) {
	t.Parallel()
	turns := 0
	var other []string
	config := openlines.Config{
		Connectors: map[connector.ID]connector.Connector{"other": nil, openlinestest.ConnectorID: nil},
		Observer: openlines.Observer{
			Turn:     func(openlines.TurnInfo) { turns++ },
			Delivery: func(d openlines.DeliveryInfo) { other = append(other, string(d.Connector)) },
		},
	}
	desk := openlinestest.Open(t, openlinestest.Setup{
		Config: config,
		Lines:  []openlines.Line{{Texts: openlines.Texts{Greeting: "Welcome!"}}},
	})
	desk.Says("client-77", "Hello")
	desk.WantSaid("client-77", "Welcome!")
	if turns == 0 {
		t.Error("the observer was not told of a turn")
	}
	if diff := cmp.Diff([]string{"test"}, other); diff != "" {
		t.Errorf("deliveries (-want +got):\n%s", diff)
	}
	if config.Connectors[openlinestest.ConnectorID] != nil {
		t.Error("Open changed the map of the caller's Config")
	}
}

// TestWaitStopsAtDeadlines sees that what is due is done at its own time, and delivered then, in one long wait.
func TestWaitStopsAtDeadlines(t *testing.T) {
	t.Parallel()
	desk := openlinestest.New(t, openlines.Line{
		Queue:   queue.Rules{Members: queue.Operators("ann")},
		Session: session.Rules{UnansweredAfter: 90 * time.Second},
		Texts:   openlines.Texts{Unanswered: "Sorry for the wait."},
	})
	desk.Says("client-77", "Hello")
	began := desk.Clock.Now()
	desk.Wait(time.Hour)
	var said []time.Duration
	for _, m := range desk.Connector.Delivered() {
		said = append(said, m.At.Sub(began))
	}
	if diff := cmp.Diff([]time.Duration{90 * time.Second}, said); diff != "" {
		t.Errorf("delivered after (-want +got):\n%s", diff)
	}
	if waited := desk.Clock.Now().Sub(began); waited != time.Hour {
		t.Errorf("Wait moved the clock by %v, want an hour", waited)
	}
}
