package main

// views is who sees what: rules 11.30 to 11.36, and what is counted and kept for operators.
var views = []mutation{
	{
		name: "queue-sees-all", rule: "11.32: what a colleague is asked for is not shown",
		edits: []edit{{"openlines/desk/view.go", `s.ToAll && d.isMember(s.Line, id)`, `d.isMember(s.Line, id)`}},
		pkg:   "openlines", run: "Scripts/11.3",
	},
	{
		name: "blind-when-asked", rule: "11.34: who is asked sees the session, whatever his role denies",
		edits: []edit{{"openlines/desk/view.go", `(s.takesPart(id) || `, `(s.Owner == id || `}},
		pkg:   "openlines", run: "Scripts/11.3",
	},
	{
		name: "history-of-strangers", rule: "11.31: history is read by a right of its own",
		edits: []edit{{"openlines/desk/view.go", `d.viewsBy(by, MayReadHistory, s)`, `d.viewsBy(by, MayViewSessions, s)`}},
		pkg:   "openlines", run: "Scripts/11.3",
	},
	{
		name: "load-of-everybody", rule: "11.32: what a colleague has is not listed",
		edits: []edit{{"openlines/desk/view.go", `case by.Operator == id, scope == AnyOnes`, `case by.Operator == id, scope != Denied`}},
		pkg:   "openlines", run: "Scripts/11.3",
	},
	{
		name: "joins-twice", rule: "11.42: who takes part is not told that he may join",
		edits: []edit{{"openlines/desk/view.go", `!s.over() && !s.takesPart(id) && len`, `!s.over() && !s.takesPart(id+"!") && len`}},
		pkg:   "openlines", run: "Scripts/11.42",
	},
	{
		name: "muted-is-unread", rule: "11.43: a muted chat is not counted as unread",
		edits: []edit{{"openlines/desk/unread.go", `|| chat.MutedBy(id) {`, `{`}},
		pkg:   "openlines", run: "Scripts/11.43",
	},
	{
		name: "seen-is-unread", rule: "11.43: what was seen is not unread",
		edits: []edit{{"openlines/desk/receipt.go", `next.SeenTo, next.Unseen = chat.HeardAt, 0`, `next.SeenTo = chat.HeardAt`}},
		pkg:   "openlines", run: "Scripts/11.43",
	},
	{
		name: "queue-to-anybody", rule: "11.34: who is in a queue is told to who may view the line",
		edits: []edit{{"openlines/people.go", `d.Allows(a.by, desk.MayViewLines, line, nil); err != nil`, `d.Allows(a.by, desk.MayViewLines, line, nil); err != nil && false`}},
		pkg:   "openlines", run: "People",
	},
	{
		name: "zero-is-the-default", rule: "3.17: no time is refused, not taken as the default",
		edits: []edit{{"queue/rules.go", `	if v == 0 {
		return errors.New(` + "`want more than 0", `	if false {
		return errors.New(` + "`want more than 0"}},
		pkg: "queue", run: "Malformed",
	},
	{
		name: "begun-in-two-lines", rule: "14.23: reports follow a session that moves",
		edits: []edit{{"openlines/desk/handover.go", `		d.tallyMoved(s)
`, ``}},
		pkg: "openlines", run: "Scripts/11.41",
	},
	{
		name: "another-day", rule: "11.41: a rating goes to the day on which its session ended where its line was then",
		edits: []edit{{"openlines/desk/tally.go", `cmp.Or(s.Day, d.dayOf(s.Line, s.Ended))`, `d.dayOf(s.Line, s.Ended)`}},
		pkg:   "openlines", run: "Scripts/11.41",
	},
	{
		name: "renamed-by-the-old-line", rule: "6.27: a chat is renamed by the rights in the line where its session is",
		edits: []edit{{"openlines/desk/participant.go", `		line = s.Line
		if _, err := d.actor`, `		if _, err := d.actor`}},
		pkg: "openlines", run: "Scripts/6.27",
	},
	{
		name: "deleted-is-unread", rule: "11.43: what the client has deleted is not unread",
		edits: []edit{{"openlines/desk/revise.go", `		d.unread(m)
`, ``}},
		pkg: "openlines", run: "Scripts/11.43",
	},
	{
		name: "withheld-is-seen", rule: "11.5: what is withheld nobody has seen",
		edits: []edit{{"openlines/desk/receipt.go", `s != nil && d.withheld.rows[s.ID] != nil`, `s != nil && s.State == session.Consenting`}},
		pkg:   "openlines", run: "Scripts/11.43",
	},
	{
		name: "log-of-late-edits", rule: "14.31: the log has what the client has",
		edits: []edit{{"openlines/desk/transcript.go", `m.arrivedText().Text`, `m.Said.Text`}},
		pkg:   "openlines", run: "Scripts/14.31",
	},
	{
		name: "says-who-has-written", rule: "P20: who may not see a client is not told whether there is one",
		edits: []edit{{"openlines/history.go", `denied != nil {`, `denied != nil && false {`}},
		pkg:   "openlines", run: "Scripts/11.43",
	},
	{
		name: "reads-all-at-once", rule: "a chat is read in flat memory",
		edits: []edit{{"openlines/history.go", `			for _, m := range page {
				if !yield(m, nil) {`, `			all = append(all, page...)
			for _, m := range all[len(all)-len(page):] {
				if !yield(m, nil) {`}, {"openlines/history.go", `		q.OldestFirst = true
`, `		q.OldestFirst = true
		var all []Message
`}},
		pkg: "openlines", run: "LongChat",
	},
	{
		name: "saves-what-is-not-read", rule: "7.21: what somebody may not read, he does not keep as a canned response",
		edits: []edit{{"openlines/desk/canned.go", `	if err := d.Reads(by, s); err != nil {`, `	if err := d.Reads(by, s); err != nil && false {`}},
		pkg:   "openlines", run: "Scripts/7.21",
	},
	{
		name: "cans-for-ever", rule: "P4: what was saved of an erased client's chat is gone",
		edits: []edit{{"openlines/desk/canned.go", `	if c.Chat != 0 {`, `	if c.Chat < 0 {`}},
		pkg:   "openlines", run: "TestErase|Scripts/P4-erase",
	},
	{
		name: "everybody-cans", rule: "11.36: canned responses take a right of their own",
		edits: []edit{{"openlines/desk/canned.go", `d.may(by, MayUseCanned, line, nil)`, `d.may(by, MayViewSessions, line, nil)`}},
		pkg:   "openlines", run: "Scripts/7.21",
	},
	{
		name: "list-without-end", rule: "7.21: a list of canned responses has a bound",
		edits: []edit{{"openlines/desk/canned.go", `kept++; kept > MaxCanned {`, `kept++; kept > 2*MaxCanned {`}},
		pkg:   "openlines", run: "CannedList",
	},
	{
		name: "nobody-shares", rule: "7.21: lines can share a list of canned responses",
		edits: []edit{{"openlines/desk/canned.go", `return cmp.Or(l.Canned, string(l.ID)), nil`, `return cmp.Or(string(l.ID), l.Canned), nil`}},
		pkg:   "openlines", run: "Scripts/7.21",
	},
	{
		name: "log-at-any-time", rule: "14.31: the log of a session is sent once in ten minutes",
		edits: []edit{{"openlines/desk/transcript.go", `d.now.Sub(s.LogAsked) < LogAgain:`, `d.now.Sub(s.LogAsked) < LogAgain/2:`}},
		pkg:   "openlines", run: "Scripts/14.31",
	},
	{
		name: "notes-in-the-log", rule: "14.31: what operators write for one another is in no transcript",
		edits: []edit{{"openlines/desk/transcript.go", `if m.Hidden || m.Early`, `if m.Early`}},
		pkg:   "openlines", run: "Scripts/14.31",
	},
	{
		name: "log-of-everything", rule: "14.31: a transcript has a bound",
		edits: []edit{{"openlines/desk/transcript.go", `l.bytes+size > MaxTranscriptBytes`, `l.bytes > 2*MaxTranscriptBytes`}},
		pkg:   "openlines/desk", run: "LogIsBounded",
	},
	{
		name: "log-in-the-clients-language", rule: "7.23: the log is in the language of the line",
		edits: []edit{{"openlines/desk/transcript.go", `cmp.Or(language, c.language())`, `cmp.Or(c.language(), language)`}},
		pkg:   "openlines", run: "Scripts/14.31",
	},
	{
		name: "service-without-a-role", rule: "P15: a service has the rights of its roles and no others",
		edits: []edit{{"openlines/desk/service.go", `		return s.Roles, true`, `		return s.Roles, len(s.Roles) > 0`}},
		pkg:   "openlines", run: "Scripts/P15",
	},
	{
		name: "service-owns", rule: "P15: a service has no session",
		edits: []edit{{"openlines/desk/start.go", `d.serviceOf(by) != nil {
		owner = ""`, `false {
		owner = ""`}},
		pkg: "openlines", run: "Scripts/P15",
	},
	{
		name: "service-is-an-operator", rule: "14.25: events tell services and operators apart",
		edits: []edit{{"openlines/desk/event.go", `e.Actor, e.Service = "", s.ID`, `e.Service = s.ID`}},
		pkg:   "openlines", run: "Scripts/P15",
	},
	{
		name: "service-writes-anywhere", rule: "P15: a service writes where it may join",
		edits: []edit{{"openlines/desk/service.go", `	if err := d.may(by, MayJoin, s.Line, s); err != nil {`, `	if err := d.may(by, MayJoin, s.Line, s); err != nil && false {`}},
		pkg:   "openlines", run: "Scripts/P15",
	},
	{
		name: "everybody-reads-drafts", rule: "7.22: who has the session sees what its client is typing, and nobody else",
		edits: []edit{{"openlines/typing.go", `(me == draft.Operator || !s.Writes(me))`, `me == draft.Operator`}},
		pkg:   "openlines", run: "Typ",
	},
	{
		name: "drafts-of-any-line", rule: "7.22: drafts are told where the line wants to know",
		edits: []edit{{"openlines/desk/typing.go", ` || !d.lines.rows[s.Line].WatchTyping {`, ` {`}},
		pkg:   "openlines", run: "Typ",
	},
	{
		name: "drafts-pile-up", rule: "7.22: who is slow gets the latest draft",
		edits: []edit{{"openlines/typing.go", `		if i < 0 {`, `		if i < 0 || true {`}},
		pkg:   "openlines", run: "Typ",
	},
	{
		name: "any-item-opens", rule: "11.33: an item opens the history of the chats that are linked to it",
		edits: []edit{{"openlines/history.go", `case !slices.Contains(c.Identity.Items, item):`, `case !slices.Contains(c.Identity.Items, item) && false:`}},
		pkg:   "openlines", run: "Scripts/11.33",
	},
}
