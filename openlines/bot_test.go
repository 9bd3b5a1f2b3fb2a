package openlines_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/openlines/openlinestest"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage/memory"
)

// withBot puts a line whose bot is called faq.
func withBot(t *testing.T, e *openlines.Engine, change func(*openlines.Line)) {
	t.Helper()
	l := openlines.Line{
		ID: "support", Bot: openlines.LineBot{ID: "faq", Always: true}, Queue: queue.Rules{Members: queue.Operators("ann")},
	}
	if change != nil {
		change(&l)
	}
	must(t, e.PutOperator(t.Context(), openlines.Operator{ID: "ann"}))
	must(t, e.PutLine(t.Context(), l))
	must(t, e.Connect(t.Context(), "support", "web", "main"))
}

// Decision 14.44: what the client writes while he is identified the bot is told in its order, once it has the session; if an operator
// was faster, it is told nothing.
func TestBotIsToldWhatCameBeforeIt(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	var told []string
	e := open(t, memory.New(), openlines.Config{
		Clock: &manual{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)},
		Bots: map[openlines.BotID]openlines.Bot{"faq": openlines.BotFunc(func(_ context.Context, c openlines.BotCall) error {
			told = append(told, c.Message.External)
			return nil
		})},
	})
	withBot(t, e, func(l *openlines.Line) { l.CRM.Verify = true })
	for _, m := range []string{"m1", "m2", "m3"} {
		says(t, e, "1", m)
	}
	says(t, e, "2", "n1")
	must(t, e.As("ann").Intercept(ctx, 2))
	isIn(t, e, 1, session.Identifying)
	must(t, e.Check(ctx))
	_, err := e.Advance(ctx)
	must(t, err)
	isIn(t, e, 1, session.Bot)
	if diff := cmp.Diff([]string{"m1", "m2", "m3"}, told); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
	if s, err := e.Session(ctx, 2); err != nil || s.Bot != "" {
		t.Errorf("ann has it, and bot %q, %v", s.Bot, err)
	}
}

// Rule 11.12: what a bot says is no reply: the client's wait for one goes on.
func TestBotIsNoReply(t *testing.T) {
	t.Parallel()
	ctx, d := t.Context(), openlinestest.New(t, openlines.Line{
		Bot: openlines.LineBot{ID: openlinestest.BotID}, Queue: queue.Rules{Members: queue.Operators("ann")},
	})
	asked := d.Clock.Now()
	s := d.Says("77", "hello")
	d.Wait(10 * time.Second)
	must(t, d.AsBot(openlinestest.BotID).Send(ctx, s, "I am only a bot"))
	must(t, d.AsBot(openlinestest.BotID).ToQueue(ctx, s))
	must(t, d.As("ann").Answer(ctx, s))
	row, err := d.Session(ctx, s)
	must(t, err)
	if !row.Asked.Equal(asked) || !row.Replied.IsZero() || !row.Queued.Equal(asked.Add(10*time.Second)) {
		t.Errorf("asked %v, replied %v, waits since %v", row.Asked, row.Replied, row.Queued)
	}
}

// A bot has acts of its own and no others, and nobody else has them. A repeat of one under its id does nothing.
func TestOnlyBotsActAsBots(t *testing.T) {
	t.Parallel()
	ctx, d := t.Context(), openlinestest.New(t, openlines.Line{
		Bot: openlines.LineBot{ID: openlinestest.BotID}, Queue: queue.Rules{Members: queue.Operators("ann")},
	})
	s := d.Says("77", "hello")
	for name, err := range map[string]error{
		"nobody":        d.AsBot("").Send(ctx, s, "x"),
		"another":       d.AsBot("ann").Send(ctx, s, "x"),
		"nobody greets": d.AsBot("").Greet(ctx, s),
	} {
		if !errors.Is(err, openlines.ErrDenied) {
			t.Errorf("%s: %v, want ErrDenied", name, err)
		}
	}
	raw := desk.New()
	for _, c := range []desk.Command{desk.Tick{}, desk.PutLine{Line: openlines.Line{ID: "mine"}}, desk.Spam{Session: 1}} {
		if _, err := raw.Do(time.Now(), desk.By{Bot: "faq"}, c); !errors.Is(err, openlines.ErrDenied) {
			t.Errorf("a bot does %T: %v", c, err)
		}
	}
	for _, by := range []desk.By{{}, {Operator: "ann"}} {
		if _, err := raw.Do(time.Now(), by, desk.BotSend{Session: 1}); !errors.Is(err, openlines.ErrDenied) {
			t.Errorf("%+v acts as a bot: %v", by, err)
		}
	}
	for range 2 {
		must(t, d.AsBot(openlinestest.BotID).Once("a").Send(ctx, s, "once"))
	}
	if err := d.AsBot(openlinestest.BotID).Once("a").Finish(ctx, s); !errors.Is(err, openlines.ErrOnce) {
		t.Errorf("another act under the id: %v", err)
	}
	d.Wait(0)
	if got := d.Connector.Delivered(); len(got) != 1 {
		t.Errorf("%d deliveries, want 1", len(got))
	}
}

// Rules 11.27, decision 14.21, invariant I-58: under Run a bot acts from within its call, and one that hangs loses its session after
// ten seconds, whether it heeds its context or not. Sessions of one slow bot do not wait for one another beyond their time.
func TestBotsUnderRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var e *openlines.Engine
		freed := make(chan struct{})
		handle := func(ctx context.Context, c openlines.BotCall) error {
			switch c.Chat.Address.User {
			case "heeds":
				<-ctx.Done()
				return ctx.Err()
			case "ignores":
				<-freed
			case "acts":
				bot := e.AsBot(c.Bot).Once(c.ID)
				return errors.Join(bot.Send(ctx, c.Session.ID, "So you say"), e.AsBot(c.Bot).ToQueue(ctx, c.Session.ID))
			}
			return nil
		}
		e = open(t, memory.New(), openlines.Config{Bots: map[openlines.BotID]openlines.Bot{"faq": openlines.BotFunc(handle)}})
		withBot(t, e, func(l *openlines.Line) { l.Bot.For = desk.Within(session.Never) })
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- e.Run(ctx) }()
		for i, user := range []string{"heeds", "ignores", "answers", "acts"} {
			says(t, e, user, "m")
			synctest.Wait()
			if user != "acts" {
				isIn(t, e, session.ID(i+1), session.Bot)
			}
		}
		isIn(t, e, 4, session.Offered)
		time.Sleep(desk.BotWithin - time.Second)
		synctest.Wait()
		isIn(t, e, 1, session.Bot)
		isIn(t, e, 2, session.Bot)
		time.Sleep(time.Second + time.Millisecond)
		synctest.Wait()
		isIn(t, e, 1, session.Offered)
		isIn(t, e, 2, session.Offered)
		isIn(t, e, 3, session.Bot)
		close(freed)
		stop()
		must(t, <-ended)
		must(t, e.Check(t.Context()))
	})
}

// Decision 14.20: a session is not stuck with a bot that no node calls, or whose node dies in the call.
func TestBotThatNobodyCalls(t *testing.T) {
	t.Parallel()
	clock := &manual{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	e := open(t, memory.New(), openlines.Config{Clock: clock}) // nobody carries out effects
	withBot(t, e, func(l *openlines.Line) { l.Bot.For = desk.Within(session.Never) })
	says(t, e, "1", "m1")
	clock.now = clock.now.Add(desk.MaxBotWait - time.Second)
	says(t, e, "1", "m2")
	isIn(t, e, 1, session.Bot)
	clock.now = clock.now.Add(time.Second)
	says(t, e, "2", "m1")
	isIn(t, e, 1, session.Offered)
	must(t, e.Check(t.Context()))
}

// Rule 11.20: the reference names a target by one word.
func TestParseTarget(t *testing.T) {
	t.Parallel()
	var got []string
	for _, word := range []string{"ann", "queuesales", "queue", "77", ""} {
		to, line := desk.ParseTarget(word)
		got = append(got, string(to)+"/"+string(line))
	}
	if want := []string{"ann/", "/sales", "/", "77/", "/"}; !slices.Equal(want, got) {
		t.Errorf("%q, want %q", got, want)
	}
}
