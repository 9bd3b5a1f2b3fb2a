package main

// bots are what takes sessions before operators do: rules 11.15 to 11.27.
var bots = []mutation{
	{
		name: "bot-takes-all", rule: "11.16: a bot takes the first session of a chat only",
		edits: []edit{{"openlines/desk/bot.go", `(l.Bot.Always || s.Parent == 0)`, `(l.Bot.Always || s.Parent >= 0)`}},
		pkg:   "openlines", run: "Scripts/11.16",
	},
	{
		name: "bot-by-night-and-day", rule: "P12: a bot has hours of its own",
		edits: []edit{{"openlines/desk/bot.go", ` && d.workOf(l.ID).botHours.Open(d.now)`, ``}},
		pkg:   "openlines", run: "Scripts/P12",
	},
	{
		name: "bot-hurries-operators", rule: "11.23: while the bot has a session the unanswered mark does not run",
		edits: []edit{{"session/session.go", `s.IdentifyBy, s.AnswerBy, s.GiveUpAt = time.Time{}, time.Time{}, time.Time{}
	return s`, `s.IdentifyBy, s.GiveUpAt = time.Time{}, time.Time{}
	return s`}},
		pkg: "openlines", run: "Scripts/11.15",
	},
	{
		name: "bot-time-is-waiting", rule: "7.19: the client waits for an operator from the hand-over on",
		edits: []edit{{"session/session.go", `s.Queued, s.WaitedAhead = at, 0
`, ``}},
		pkg: "openlines", run: "Scripts/11.15",
	},
	{
		name: "transfer-silences-bot", rule: "11.20: a bot answers until an operator has accepted",
		edits: []edit{{"openlines/desk/bot.go", `case s.BotAttends && !s.State.Owned():`, `case s.BotAttends && s.State == session.Bot:`}},
		pkg:   "openlines", run: "Scripts/11.20",
	},
	{
		name: "bot-answers-for-operator", rule: "11.26: a bot that stays does not answer for the operator",
		edits: []edit{{"openlines/desk/bot.go", `(s.State == session.Bot || s.BotAttends)`, `(s.State == session.Bot || s.Bot != "")`}},
		pkg:   "openlines", run: "Scripts/11.26",
	},
	{
		name: "bot-forgets-responsible", rule: "11.25: the responsible person counts at the hand-over",
		edits: []edit{{"openlines/desk/bot.go", `responsible = d.chats.get(s.Chat).Identity.looksAfter()`, `_ = d.chats.get(s.Chat)`}},
		pkg:   "openlines", run: "Scripts/11.25",
	},
	{
		name: "bot-fails-and-keeps", rule: "11.27: what a failing bot has goes to the queue at once",
		edits: []edit{{"openlines/desk/bot.go", `	case s.State == session.Bot:
		d.toQueue(s, why)
	case`, `	case`}},
		pkg: "openlines", run: "Scripts/11.27",
	},
	{
		name: "bot-never-late", rule: "14.21: a bot that does not respond in ten seconds has failed",
		edits: []edit{{"openlines/desk/bot.go", `next.BotBy = at.Add(BotWithin)`, `next.BotBy = at.Add(time.Hour)`}},
		pkg:   "openlines", run: "Scripts/11.27",
	},
	{
		name: "anybody-is-a-bot", rule: "11.20: the acts of bots are theirs alone",
		edits: []edit{{"openlines/desk/desk.go", `forBots != (by.Bot != "")`, `forBots && by.Bot == ""`}},
		pkg:   "openlines", run: "OnlyBots",
	},
	{
		name: "bots-never-silent", rule: "14.35: two bots that talk to each other fall silent",
		edits: []edit{{"openlines/desk/botact.go", `if s.BotSaid >= MaxBotSaid {`, `if s.BotSaid > 10*MaxBotSaid {`}},
		pkg:   "openlines", run: "TwoBots",
	},
}
