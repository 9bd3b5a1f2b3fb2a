package ledger_test

import (
	"strings"
	"testing"
	"time"

	"github.com/openlines-go/openlines/internal/ledger"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
)

var at = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// read takes events of session 1 of chat 1, with their numbers and times put in, and returns what was broken.
func read(events ...desk.Event) (broken []string, book *ledger.Ledger) {
	book = &ledger.Ledger{}
	for i, e := range events {
		if e.Seq == 0 {
			e.Seq = uint64(i + 1)
		}
		if e.At.IsZero() {
			e.At = at
		}
		if e.Chat == 0 {
			e.Chat = 1
		}
		if e.Session == 0 {
			e.Session = 1
		}
		if e.Line == "" {
			e.Line = "support"
		}
		broken = append(broken, book.Take(e)...)
	}
	return broken, book
}

func event(t desk.EventType, who queue.OperatorID, change ...func(*desk.Event)) desk.Event {
	e := desk.Event{Type: t, Operator: who}
	for _, c := range change {
		c(&e)
	}
	return e
}

func message(n int64) func(*desk.Event)          { return func(e *desk.Event) { e.Message = n } }
func from(id queue.OperatorID) func(*desk.Event) { return func(e *desk.Event) { e.From = id } }
func second(e *desk.Event)                       { e.Session = 2 }
func after(e *desk.Event)                        { e.Session, e.Parent = 2, 1 }
func started(change ...func(*desk.Event)) desk.Event {
	return event(desk.SessionStarted, "", change...)
}
func offered(id queue.OperatorID) desk.Event  { return event(desk.SessionOffered, id) }
func answered(id queue.OperatorID) desk.Event { return event(desk.SessionAnswered, id) }
func waiting(id queue.OperatorID) desk.Event  { return event(desk.SessionWaiting, id) }
func closed(id queue.OperatorID) desk.Event   { return event(desk.SessionClosed, id) }
func finished(id queue.OperatorID) desk.Event { return event(desk.SessionFinished, id) }
func said(n int64) desk.Event                 { return event(desk.MessageReceived, "", message(n)) }

func by(bot desk.BotID) func(*desk.Event) { return func(e *desk.Event) { e.Bot = bot } }
func joins(bot desk.BotID) desk.Event     { return event(desk.BotJoined, "", by(bot)) }

// A feed in order is signed, whoever had the session in it.
func TestLedgerSigns(t *testing.T) {
	t.Parallel()
	broken, book := read(
		started(), joins("faq"), said(1), event(desk.BotLeft, "", by("faq")), event(desk.SessionWaiting, "", by("faq")), offered("ann"), waiting("ann"), offered("bob"), answered("bob"),
		event(desk.SessionJoined, "ann"), event(desk.MessageSent, "ann", message(2)), event(desk.MessageNoted, "ann", message(3)),
		event(desk.MessageArrived, "", message(2)), event(desk.MessageRead, "", message(2)), event(desk.MessageSeen, "", message(1)),
		event(desk.SessionTransferred, "ann", from("bob")), answered("ann"), event(desk.SessionIntercepted, "cid", from("ann")),
		finished("cid"), said(4), event(desk.SessionReopened, "cid"),
		event(desk.SessionMoved, "", from("cid"), func(e *desk.Event) { e.FromLine, e.Line = "support", "sales" }),
		event(desk.SessionOffered, ""), answered("ann"), finished("ann"), closed("ann"), started(after), event(desk.SessionOffered, "ann", second),
		event(desk.SessionClosed, "", second),
	)
	if len(broken) != 0 {
		t.Fatal(broken)
	}
	first, _ := book.Session(1)
	if !first.Closed || first.Owner != "ann" || first.Offers != 4 || first.Endings != 4 || first.Line != "sales" || book.Sessions() != 2 || book.Messages(1) != 4 {
		t.Errorf("%+v", first)
	}
}

// Each promise that a feed can break is told. Invariants I-05, I-06, I-09, I-10, I-11, I-12, I-18, I-36.
func TestLedgerTells(t *testing.T) {
	t.Parallel()
	for name, events := range map[string][]desk.Event{
		"follows event":       {started(), {Seq: 3, Type: desk.SessionMarked}},
		"dated before":        {started(), {At: at.Add(-time.Microsecond), Type: desk.SessionMarked}},
		"while session 1":     {started(), started(after)},
		"1 were given":        {started(), closed(""), started(func(e *desk.Event) { e.Session = 3 })},
		"comes after":         {started(), closed(""), started(second)},
		"no such session":     {started(), event(desk.SessionOffered, "ann", second)},
		"is of chat 1":        {started(), event(desk.SessionMarked, "", func(e *desk.Event) { e.Chat = 2 })},
		"open is 0":           {started(), closed(""), closed("")},
		"after it has":        {started(), closed(""), offered("ann")},
		"message 3 follows":   {started(), said(1), said(3)},
		"message 1 follows":   {started(), said(1), said(1)},
		"message 1, after 2":  {started(), said(1), said(2), event(desk.MessageArrived, "", message(2)), event(desk.MessageArrived, "", message(1))},
		"message 1, after 0":  {started(), said(1), event(desk.MessageRead, "", message(1))},
		"to \"bob\"":          {started(), offered("ann"), offered("bob")},
		"to \"ann\"":          {started(), offered("ann"), answered("ann"), offered("ann")},
		"by \"bob\"":          {started(), offered("ann"), answered("bob")},
		"by \"ann\"":          {started(), offered("ann"), answered("ann"), answered("ann")},
		"from \"ann\"":        {started(), waiting("ann")},
		"from \"bob\"":        {started(), offered("ann"), answered("ann"), event(desk.SessionTransferred, "cid", from("bob"))},
		"from \"\"":           {started(), offered("ann"), event(desk.SessionIntercepted, "bob")},
		"of sales, is":        {started(), event(desk.SessionMoved, "", func(e *desk.Event) { e.FromLine = "sales" })},
		"of \"ann\", is":      {started(), finished("ann")},
		"over true":           {event(desk.SessionStarted, "ann"), finished("ann"), finished("ann")},
		"of \"bob\", is of":   {started(), offered("ann"), event(desk.NormMissed, "bob")},
		"of \"ann\", is of":   {event(desk.SessionStarted, "ann"), event(desk.SessionEscalated, "ann")},
		"over false":          {event(desk.SessionStarted, "ann"), event(desk.SessionReopened, "ann")},
		"to \"cid\"":          {started(), joins("faq"), offered("cid")},
		"by \"faq\"":          {started(), said(1), event(desk.MessageSent, "", by("faq"), message(2))},
		"\"faq\", while \"\"": {started(), joins("faq"), joins("faq")},
		"\"faq\", and \"\"":   {started(), event(desk.BotLeft, "", by("faq"))},
		"who takes part":      {event(desk.SessionStarted, "ann"), event(desk.SessionJoined, "ann")},
		"who takes no part":   {event(desk.SessionStarted, "ann"), event(desk.MessageNoted, "bob", message(1))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			broken, _ := read(events...)
			if !strings.Contains(strings.Join(broken, "\n"), name) {
				t.Errorf("%q is not in %q", name, broken)
			}
			if before, _ := read(events[:len(events)-1]...); len(before) != 0 {
				t.Errorf("broken too early: %q", before)
			}
		})
	}
}
