package openlines_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/openlinestest"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/worktime"
)

// What a script cannot tell: simultaneous acts, large numbers, and input that has no place in a line of text.

// TestOneOfManyAccepts is rule 3.13: of simultaneous accepts exactly one wins, the others are told that it is taken.
func TestOneOfManyAccepts(t *testing.T) {
	t.Parallel()
	members := queue.Operators("ann", "bob", "cid", "dan", "eva", "fay")
	desk := openlinestest.New(t, openlines.Line{Queue: queue.Rules{Mode: queue.All, Members: members}})
	for round := range 50 {
		s := desk.Says(fmt.Sprintf("client-%d", round), "Hello")
		answers := make([]error, len(members))
		start := make(chan struct{})
		var all sync.WaitGroup
		for i, m := range members {
			all.Go(func() {
				<-start
				answers[i] = desk.As(m.Operator).Answer(t.Context(), s)
			})
		}
		close(start)
		all.Wait()
		winner := slices.Index(answers, nil)
		if winner < 0 {
			t.Fatalf("nobody won: %v", answers)
		}
		desk.WantOwner(s, members[winner].Operator)
		for i, err := range answers {
			if i != winner && !errors.Is(err, openlines.ErrTaken) {
				t.Errorf("%s and %s answered: %v, want ErrTaken", members[winner].Operator, members[i].Operator, err)
			}
		}
	}
}

// TestPassOnBounds is rule 3.17: any time that is more than nothing; zero is the default.
func TestPassOnBounds(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		after time.Duration
		want  time.Duration // 0: refused
	}{
		{-time.Second, 0}, {0, time.Minute}, {45 * time.Second, 45 * time.Second}, {12 * time.Hour, 12 * time.Hour},
		{13 * time.Hour, 13 * time.Hour},
	} {
		desk := openlinestest.New(t, openlines.Line{Queue: queue.Rules{Members: queue.Operators("ann")}})
		err := desk.PutLine(t.Context(), openlines.Line{ID: openlinestest.DefaultLine, Queue: queue.Rules{
			Mode: queue.Strictly, Members: queue.Operators("ann", "bob"), PassOnAfter: test.after,
		}})
		if test.want == 0 {
			if _, refused := errors.AsType[*openlines.Invalid](err); !refused {
				t.Errorf("%v: %v, want it refused", test.after, err)
			}
			continue
		}
		if err := errors.Join(err, desk.PutOperator(t.Context(), openlines.Operator{ID: "bob"})); err != nil {
			t.Fatal(err)
		}
		s := desk.Says("client-77", "Hello")
		desk.Wait(test.want - time.Second)
		desk.WantOffered(s, "ann")
		desk.Wait(time.Second)
		desk.WantOffered(s, "bob")
	}
}

// TestHardLimit is rules 5.8 and 5.9: an operator is given 1000 open sessions over all lines, and the next one waits.
func TestHardLimit(t *testing.T) {
	t.Parallel()
	rules := queue.Rules{Members: queue.Operators("ann"), PassOnAfter: queue.Never}
	desk := openlinestest.Open(t, openlinestest.Setup{
		Lines: []openlines.Line{{ID: "sales", Queue: rules}, {ID: "support", Queue: rules}},
	})
	var last session.ID
	for i := range 1000 {
		last = desk.SaysTo([]openlines.LineID{"sales", "support"}[i%2], fmt.Sprintf("client-%d", i), "Hello")
	}
	desk.WantOffered(last, "ann")
	late := desk.Says("late", "Hello")
	desk.WantWaiting(late)
	desk.Says("client-0", "Are you there?")
	if err := errors.Join(desk.As("ann").Answer(t.Context(), last), desk.As("ann").Finish(t.Context(), last)); err != nil {
		t.Fatal(err)
	}
	desk.WantOffered(late, "ann")
}

// TestImportedHours is rule 7.7: times in either spelling of the reference are read alike.
func TestImportedHours(t *testing.T) {
	t.Parallel()
	for _, r := range []worktime.Reference{{From: "09:00", To: "23:59"}, {From: "9.00", To: "23.59"}, {From: "9", To: "23.59"}} {
		hours, err := r.Hours()
		if err != nil {
			t.Fatal(err)
		}
		desk := openlinestest.New(t, openlines.Line{Hours: hours, Texts: openlines.Texts{OffHours: "We are closed."}})
		desk.Says("first", "Nine o'clock")
		desk.WantSaid("first")
		desk.Wait(15*time.Hour - time.Second)
		desk.Says("second", "One second to midnight")
		desk.WantSaid("second")
		desk.Wait(time.Second)
		desk.Says("third", "Midnight")
		desk.WantSaid("third", "We are closed.")
	}
}

// TestTextPolicy is decision 14.27: malformed ids and impossible counts are refused, everything else is mended and flagged.
// Invariants I-08, I-62.
func TestTextPolicy(t *testing.T) {
	t.Parallel()
	desk := openlinestest.New(t, openlines.Line{Queue: queue.Rules{Members: queue.Operators("ann")}})
	message := func(change func(*connector.Inbound)) connector.Inbound {
		in := connector.Inbound{Connector: openlinestest.ConnectorID, Account: "support", User: "77", ID: "m", Text: "Hello"}
		change(&in)
		return in
	}
	for name, in := range map[string]connector.Inbound{
		"User: empty":             message(func(in *connector.Inbound) { in.User = "" }),
		"ID: 256 bytes":           message(func(in *connector.Inbound) { in.ID = strings.Repeat("x", 256) }),
		"User: control character": message(func(in *connector.Inbound) { in.User = "7\n7" }),
		"Chat: not UTF-8":         message(func(in *connector.Inbound) { in.Chat = "\xff" }),
		"Files: 21 files":         message(func(in *connector.Inbound) { in.Files = make([]connector.File, 21) }),
	} {
		_, err := desk.Receive(t.Context(), in)
		invalid, refused := errors.AsType[*openlines.Invalid](err)
		if !refused || invalid.Field+": "+invalid.Problem != name {
			t.Errorf("%s: %v, want it refused", name, err)
		}
	}
	for name, test := range map[string]struct {
		text string
		want connector.Text
	}{
		"plain":      {"Grüße", connector.Text{Text: "Grüße"}},
		"NUL":        {"a\x00b", connector.Text{Text: "a\uFFFDb", Mended: true}},
		"not UTF-8":  {"a\xffb", connector.Text{Text: "a\uFFFDb", Mended: true}},
		"too long":   {strings.Repeat("x", 64<<10) + "y", connector.Text{Text: strings.Repeat("x", 64<<10), Length: 64<<10 + 1}},
		"cut a rune": {"x" + strings.Repeat("ü", 32<<10), connector.Text{Text: "x" + strings.Repeat("ü", 32<<10-1), Length: 64<<10 + 1}},
	} {
		got, err := desk.Receive(t.Context(), message(func(in *connector.Inbound) { in.ID, in.Text = name, test.text }))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		history, _, err := desk.History(t.Context(), got.Chat, openlines.Page{Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, history[0].Said); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
