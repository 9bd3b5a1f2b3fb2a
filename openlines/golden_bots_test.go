package openlines_test

import (
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/worktime"
)

// bots has a line with a bot that nobody here runs: a session that it has, one that it has transferred and still attends, and one
// that it has ended.
func (g *golden) bots() {
	ctx, bot := g.t.Context(), g.AsBot("faq")
	hours := worktime.Hours{
		Zone: "UTC", Week: map[string][]string{"mon-sun": {"00:00-24:00"}}, Holidays: []string{"12-25"},
		Dates: map[string][]string{"2026-12-31": {"09:00-12:00"}},
	}
	g.do(g.PutLine(ctx, openlines.Line{
		ID: "bots", Queue: queue.Rules{Members: queue.Operators("eve"), PassOnAfter: queue.Never}, Session: session.Rules{UnansweredAfter: session.Never},
		Bot: openlines.LineBot{ID: "faq", Always: true, For: desk.Within(session.Never), Stays: true, Hours: hours},
	}))
	g.do(g.Connect(ctx, "bots", "web", "bots"))
	g.do(bot.Finish(ctx, g.says("bots", "bea", "Hello").Session))
	attended := g.says("bots", "ben", "Hello").Session
	g.do(bot.Send(ctx, attended, "Somebody will be with you."))
	g.do(bot.Transfer(ctx, openlines.BotTransfer{Session: attended, To: "eve"}))
	g.says("bots", "bob", "Hello")
}
