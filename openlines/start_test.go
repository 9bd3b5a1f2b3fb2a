package openlines_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/openlines/openlinestest"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
)

// twoLines is a desk of support, which clients of the kit write to, and other; ann and bob are in the queue of support.
func twoLines(t *testing.T) *openlinestest.Desk {
	t.Helper()
	return openlinestest.Open(t, openlinestest.Setup{Lines: []openlines.Line{
		{ID: "support", Queue: queue.Rules{Mode: queue.Strictly, Members: queue.Operators("ann", "bob")}}, {ID: "other"},
	}})
}

func mustSession(t *testing.T, d *openlinestest.Desk, id session.ID) openlines.Session {
	t.Helper()
	s, err := d.Session(t.Context(), id)
	must(t, err)
	return s
}

// Rule 1.12: as many messages as a session can take over at all are taken over, though none of them is in memory.
func TestStartFromTheOldestMessageAllowed(t *testing.T) {
	t.Parallel()
	d := twoLines(t)
	s := d.Says("77", "hello")
	for i := range desk.MaxSplit {
		d.Says("77", strconv.Itoa(i))
	}
	chat := mustSession(t, d, s).Chat
	next, err := d.StartFrom(t.Context(), chat, 2)
	must(t, err)
	messages, _, err := d.History(t.Context(), chat, openlines.Page{Limit: 2 * desk.MaxSplit})
	must(t, err)
	for _, m := range messages {
		if want := map[bool]session.ID{true: s, false: next}[m.Number == 1]; m.Session != want {
			t.Errorf("message %d is in session %d, want %d", m.Number, m.Session, want)
		}
	}
}

// Rule 6.24: while a session is silent, writing first to its client is a note, too: he gets nothing.
func TestWriteFirstInASilentSession(t *testing.T) {
	t.Parallel()
	d := twoLines(t)
	s := d.Says("77", "hello")
	ann := d.As("ann")
	must(t, ann.Answer(t.Context(), s))
	must(t, ann.Silence(t.Context(), s, true))
	got, err := ann.WriteFirst(t.Context(), openlines.WriteFirst{To: client("77"), Text: "he is not to know"})
	must(t, err)
	d.WantSaid("77")
	messages, _, err := d.History(t.Context(), got.Chat, openlines.Page{Limit: 1})
	must(t, err)
	if m := messages[0]; !m.Hidden || got.Session != s || got.Number != m.Number {
		t.Errorf("%+v, hidden %v", got, m.Hidden)
	}
}

// Decision 14.43: a session that takes the place of another goes on with what the client waits for, for the line that it had
// moved to (decision 14.23), where he keeps his age (decision 14.14).
func TestStartGoesOnWithWhatWasOpen(t *testing.T) {
	t.Parallel()
	ctx, d := t.Context(), twoLines(t)
	s := d.Says("77", "hello")
	must(t, d.As("ann").Transfer(ctx, openlines.Transfer{Session: s, Line: "other"}))
	before := mustSession(t, d, s)
	d.Wait(30 * time.Second)
	id, err := d.Start(ctx, before.Chat)
	must(t, err)
	after := mustSession(t, d, id)
	if after.Line != "other" || !after.Queued.Equal(before.Queued) || !after.Asked.Equal(before.Asked) ||
		!after.AnswerBy.Equal(before.AnswerBy) || after.AnswerBy.IsZero() {
		t.Errorf("it went on as\n%+v, it was\n%+v", after, before)
	}
	if c, err := d.Chat(ctx, before.Chat); err != nil || c.Line != "support" {
		t.Errorf("the chat is in line %q, %v; want support", c.Line, err)
	}
}
