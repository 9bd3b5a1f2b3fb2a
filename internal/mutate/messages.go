package main

// messages is what is said, edited, read and delivered.
var messages = []mutation{
	{
		name: "small-macros", rule: "7.23: a word between number signs that is no macro is refused, not sent as it is",
		edits: []edit{{"openlines/desk/text.go", `} else if isWord(name) {`, `} else if isWord(name) && strings.ToUpper(name) == name {`}},
		pkg:   "openlines", run: "Scripts/7.23",
	},
	{
		name: "rates-beyond-the-plan", rule: "14.34: ratings are not in the plan in any language",
		edits: []edit{{"openlines/desk/line.go", `range l.allTexts() { // order does not matter: one is enough`, `range []Texts{l.Texts} {`}},
		pkg:   "openlines", run: "Scripts/14.34",
	},
	{
		name: "presses-no-button", rule: "9.5: a session that goes on is rated by a button only",
		edits: []edit{{"openlines/desk/rating.go", ` || d.rateText(s) != session.RateButtons ||`, ` ||`}},
		pkg:   "openlines", run: "Scripts/9.05",
	},
	{
		name: "inactive-hears", rule: "1.5: a line that is not active refuses messages",
		edits: []edit{{"openlines/desk/connection.go", `if l == nil || l.Inactive || conn.Inactive {`, `if l == nil || conn.Inactive {`}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "group-of-one", rule: "1.7: a group is one chat, whoever writes in it",
		edits: []edit{{"openlines/desk/rows.go", `a = a.Thread()
`, `a = a.Normal()
`}},
		pkg: "openlines", run: "Scripts",
	},
	{
		name: "past-opens", rule: "1.17: a message of the past opens no session",
		edits: []edit{{"openlines/desk/receive.go", `case past:
`, `case past && false:
`}},
		pkg: "openlines", run: "Scripts",
	},
	{
		name: "on-behalf-of-nobody", rule: "1.16: a session that nobody has belongs to whom a message is written on behalf of",
		edits: []edit{{"openlines/desk/receive.go", `	if !s.State.Owned() {
		accepted,`, `	if false {
		accepted,`}},
		pkg: "openlines", run: "Scripts",
	},
	{
		name: "only-the-last-version", rule: "14.37: what is edited before it is delivered goes out as it was first",
		edits: []edit{{"openlines/desk/revise.go", `next.Versions, next.Said, next.Edited = append(slices.Clip(m.Versions), m.Said), said, d.now`, `next.Said, next.Edited = said, d.now`}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "early-edit-is-lost", rule: "14.27: an edit that has overtaken its message counts when that comes",
		edits: []edit{{"openlines/desk/receive.go", `	if early != nil {
		m.overtaken(early)`, `	if false {
		m.overtaken(early)`}},
		pkg: "openlines", run: "Scripts",
	},
	{
		name: "unread-again", rule: "11.43: what was read is not unread by a late receipt",
		edits: []edit{
			{"openlines/desk/receipt.go", `chat.ReadTo = max(chat.ReadTo, last)`, `chat.ReadTo = last`},
			{"openlines/desk/receipt.go", `read && chat.ReadTo < last`, `read && chat.ReadTo != last`},
		},
		pkg: "openlines", run: "Scripts|AnythingGoes",
	},
	{
		name: "second-overtakes", rule: "of a chat one delivery is under way at a time, in its order",
		edits: []edit{
			{"openlines/desk/effect.go", `	for _, follower := range l.ids[1:min(2, len(l.ids))] {
		d.unready(d.effects.rows[follower])
	}
`, ``},
			{"openlines/desk/effect.go", `	head := d.effects.rows[l.ids[0]]
	if head == nil {`, `	head := d.effects.rows[l.ids[len(l.ids)-1]]
	if head == nil {`},
		},
		pkg: "openlines", run: "Scripts|I43",
	},
}

// boundary is how the engine deals with channels, logs and lists.
var boundary = []mutation{
	{
		name: "wish-without-end", rule: "14.28 a channel's own retry-after wins, but not over the end",
		edits: []edit{{"openlines/desk/effect.go",
			`min(wish, GiveUpAfter-time.Microsecond).Truncate(time.Microsecond) + time.Microsecond`,
			`min(wish.Truncate(time.Microsecond)+time.Microsecond, GiveUpAfter)`}},
		pkg: "openlines/openlinestest", run: "TestHostile/channel",
	},
	{
		name: "log-the-panic", rule: "S-18 what a client says is in no log",
		edits: []edit{{"openlines/host.go", `_ = recover() // nil if it was runtime.Goexit
				e.log.Error("openlines: host code panicked", "what", who,`, `e.log.Error("openlines: host code panicked", "what", who, "panic", recover(),`}},
		pkg: "openlines", run: "TestNothingIsTold",
	},
	{
		name: "no-dead-letter", rule: "14.28: what can never be delivered is a dead letter, and its lane goes on",
		edits: []edit{{"openlines/desk/effect.go", `case c.Permanent:
		d.bury(e, Permanent)
		return
`, `case c.Permanent && false:
		d.bury(e, Permanent)
		return
`}},
		pkg: "openlines", run: "DeadLetter|Scripts",
	},
	{
		name: "breaker-never-opens", rule: "14.28: a channel that is away is left alone for a while",
		edits: []edit{{"openlines/deliver.go", `return b.open() && (b.probing ||`, `return false && (b.probing ||`}},
		pkg:   "openlines", run: "Breaker|DeadChannel",
	},
	{
		name: "page-cursor-repeats", rule: "a page begins behind the cursor, so that nothing is told twice",
		edits: []edit{{"openlines/list.go", `		if found {
			from++
		}
`, `		_ = found
`}},
		pkg: "openlines", run: "ReadPageByPage",
	},
	{
		name: "thanks-reopen", rule: "14.41: words of thanks do not reopen a session in its closing delay",
		edits: []edit{{"openlines/desk/rating.go", `!isOneOf(d.lines.get(s.Line).Thanks, m.Said.Text)`, `isOneOf(d.lines.get(s.Line).Thanks, m.Said.Text)`}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "rated-is-asked", rule: "9.6: who has rated is not asked again",
		edits: []edit{{"openlines/desk/act.go", `	case next.Vote == "":
		d.askToRate`, `	case true:
		d.askToRate`}},
		pkg: "openlines", run: "Scripts/9.06",
	},
	{
		name: "no-vote-on-its-way", rule: "9.5: who is passed on can rate what he has had",
		edits: []edit{{"openlines/desk/rating.go", `s.State.Active() || s.WasReplied()`, `s.State.Active()`}},
		pkg:   "openlines", run: "Scripts/9.05",
	},
	{
		name: "said-into-the-wall", rule: "9.11: what the window keeps from the client was not said",
		edits: []edit{{"openlines/desk/text.go", `!isNotice(kind) && !d.shut(chat, d.now) {`, `!isNotice(kind) {`}},
		pkg:   "openlines", run: "Scripts/9.11",
	},
	{
		name: "excused-into-the-wall", rule: "P9: who could not be told is told when he writes again",
		edits: []edit{{"openlines/desk/receive.go", `		d.excuse(s, session.Nobody) // it could not be told before
`, `		_ = s
`}},
		pkg: "openlines", run: "Scripts/9.11",
	},
	{
		name: "asked-once-for-good", rule: "9.7: the time for a rating begins with the finish that counts",
		edits: []edit{{"openlines/desk/rating.go", `if !before && (!d.say(s, d.rateText(s))`, `if (!d.say(s, d.rateText(s))`}},
		pkg:   "openlines", run: "Scripts/9.07",
	},
	{
		name: "one-document-forgotten", rule: "11.7: a client is asked once for each document",
		edits: []edit{{"openlines/desk/consent.go", `own == nil && chat.Consent.Document != ""`, `false && chat.Consent.Document != ""`}},
		pkg:   "openlines", run: "Scripts/11.07",
	},
	{
		name: "one-version-forgotten", rule: "11.7: and for each version",
		edits: []edit{{"openlines/desk/client.go", `	c.Agreed = slices.DeleteFunc(slices.Clone(c.Agreed), to.same)
`, `	c.Agreed = slices.DeleteFunc(slices.Clone(c.Agreed), func(a Agreement) bool { return a.Document == to.Document })
`}},
		pkg: "openlines", run: "Scripts/11.07",
	},
	{
		name: "deaf-after-the-delay", rule: "9.7: within his time a client answers with a word also after the close",
		edits: []edit{{"openlines/desk/rating.go", `Rating.Within == 0 && !atOnce`, `Rating.Within >= 0 && !atOnce`}},
		pkg:   "openlines", run: "Scripts/9.07",
	},
	{
		name: "written-first-is-a-reply", rule: "7.16: who was written to first waits for his first reply",
		edits: []edit{{"session/session.go", `on && !s.Served {`, `on && !s.WasReplied() {`}},
		pkg:   "openlines", run: "Scripts/7.16",
	},
	{
		name: "failed-and-said", rule: "9.11: what failed on its way was not said",
		edits: []edit{{"openlines/desk/dead.go", `		d.unsaid(m, false)
`, ``}},
		pkg: "openlines", run: "Scripts/9.11",
	},
	{
		name: "retried-and-not-said", rule: "9.11: what is retried and arrives was said",
		edits: []edit{{"openlines/desk/receipt.go", `		d.unsaid(m, true)
`, ``}},
		pkg: "openlines", run: "Scripts/9.11",
	},
	{
		name: "thanks-for-later", rule: "14.35: thanks that do not reach the client are not kept for later",
		edits: []edit{{"openlines/desk/text.go", `now && shut ||`, `false && now ||`}},
		pkg:   "openlines", run: "Scripts/9.08",
	},
	{
		name: "other-words", rule: "9.4: the words count that the client was told",
		edits: []edit{{"openlines/desk/rating.go", `told := d.lines.get(cmp.Or(s.RateIn, s.Line))`, `told := d.lines.get(s.Line)`}},
		pkg:   "openlines", run: "Scripts/9.04",
	},
	{
		name: "asked-elsewhere", rule: "9.1: a line that asks for no rating takes none",
		edits: []edit{{"openlines/desk/rating.go", ` || !d.asksToRate(s, chat)) || d.rateText`, `) || d.rateText`}},
		pkg:   "openlines", run: "Scripts/9.04",
	},
	{
		name: "told-in-vain", rule: "11.6: who did not get the notice is told again",
		edits: []edit{{"openlines/desk/receive.go", `(lifted || failed ||`, `(lifted || failed && false ||`}},
		pkg:   "openlines", run: "Scripts/11.06",
	},
	{
		name: "goes-on-unaware", rule: "11.6: going on agrees to nothing if the notice did not arrive",
		edits: []edit{{"openlines/desk/window.go", `next.ToldOf = Agreement{At: m.At}`, `_ = next.ToldOf`}},
		pkg:   "openlines", run: "Scripts/11.06",
	},
	{
		name: "failed-after-the-close", rule: "9.11: a question that fails after the close was not put",
		edits: []edit{{"openlines/desk/window.go", `	d.sessions.put(s.unsaid(m, after, d.now))
	if now`, `	if s.Open() {
		d.sessions.put(s.unsaid(m, after, d.now))
	}
	if now`}},
		pkg: "openlines", run: "Scripts/9.11",
	},
	{
		name: "failed-and-superseded", rule: "14.43: nor in the session that was started in its place",
		edits: []edit{{"openlines/desk/window.go", `s.Reason == session.Superseded && now != nil && now.Parent`, `false && now != nil && now.Parent`}},
		pkg:   "openlines", run: "Scripts/9.11",
	},
	{
		name: "notice-of-another-wait", rule: "14.6: a notice that arrives late is not that of the next wait",
		edits: []edit{{"openlines/desk/window.go", `if !s.Asked.IsZero() && !s.Asked.After(m.At) {`, `if true {`}},
		pkg:   "openlines", run: "Scripts/7.11",
	},
	{
		name: "goodbye-twice", rule: "14.35: nothing is said twice",
		edits: []edit{{"openlines/desk/rating.go", `	s = d.sessions.get(s.ID) // something can have been said just now
`, ``}},
		pkg: "openlines", run: "Scripts/9.04",
	},
	{
		name: "sorry-and-nobody", rule: "7.20: one apology is enough, whichever comes first",
		edits: []edit{{"openlines/desk/handover.go", `if s.Apologised || sorry ||`, `if s.Apologised || sorry && false ||`}},
		pkg:   "openlines", run: "Scripts/7.20",
	},
	{
		name: "asked-and-not-heard", rule: "9.4: who is asked with a finish that closes at once can answer",
		edits: []edit{{"openlines/desk/rating.go", `		s = d.closedBefore(chat, l, m.Said.Text)
`, ``}},
		pkg: "openlines", run: "Scripts/9.04",
	},
	{
		name: "word-for-ever", rule: "8.7: later the word begins a new session",
		edits: []edit{{"openlines/desk/rating.go", `s.Ended.Equal(s.Finished) && d.now.Sub(s.Ended) <= session.DefaultCloseDelay`, `s.Ended.Equal(s.Finished)`}},
		pkg:   "openlines", run: "Scripts/9.04",
	},
	{
		name: "nobody-asks-and-it-counts", rule: "9.5: where nobody is asked nothing is taken",
		edits: []edit{{"openlines/desk/rating.go", `!l.Rating.WhileOpen || l.Rating.Off ||`, `!l.Rating.WhileOpen ||`}},
		pkg:   "openlines", run: "Scripts/9.06",
	},
}
