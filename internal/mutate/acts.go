package main

// sessions is how a session goes on and ends: rules 1.x and 8.x.
var sessions = []mutation{
	{
		name: "closes-at-once", rule: "8.3: a finished session closes after a delay",
		edits: []edit{{"session/session.go", `s.CloseAt = at.Add(r.closeDelay())`, `s.CloseAt = at`}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "reopened-closes", rule: "8.5: a message in the delay reopens the session for good",
		edits: []edit{{"session/session.go", `s.CloseAt, s.Finished, s.Apologised, s.Excused = time.Time{}, time.Time{}, false, false`, `s.Finished, s.Apologised, s.Excused = time.Time{}, false, false`}},
		pkg:   "openlines", run: "Scripts|Model",
	},
	{
		name: "auto-close-by-default", rule: "8.9: auto-close is off unless it is set",
		edits: []edit{{"session/rules.go", `if r.AutoCloseAfter == 0 {
		return time.Time{}
	}
	return at.Add(r.AutoCloseAfter.Truncate(time.Microsecond))`, `if r.AutoCloseAfter == 0 {
		return at.Add(time.Hour)
	}
	return at.Add(r.AutoCloseAfter.Truncate(time.Microsecond))`}},
		pkg: "openlines", run: "Scripts",
	},
	{
		name: "closes-on-who-waits", rule: "8.11: auto-close never happens while the client waits",
		edits: []edit{{"session/session.go", `s.Asked, s.Queued, s.AutoCloseAt = at, at, time.Time{}`, `s.Asked, s.Queued = at, at`}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "no-life-after-auto-close", rule: "8.12: within its life a message goes on with an auto-closed session",
		edits: []edit{{"session/session.go", `s.CloseAt = at.Add(r.autoClosedLife())`, `s.CloseAt = at`}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "pin-puts-nothing-off", rule: "6.22, 8.13: a pin puts auto-close off by seven days",
		edits: []edit{{"session/session.go", `		if on {
			s.AutoCloseAt = s.AutoCloseAt.Add(PinDelay)`, `		if on {
			s.AutoCloseAt = s.AutoCloseAt.Add(0)`}},
		pkg: "openlines", run: "Scripts",
	},
	{
		name: "given-up-in-silence", rule: "8.14: what nobody takes for too long does not die in silence",
		edits: []edit{{"openlines/desk/fire.go", `		d.say(s, session.GivenUp)
`, ``}},
		pkg: "openlines", run: "Scripts",
	},
	{
		name: "outage-spares-nobody", rule: "14.31: what takes something from a client is put off after an outage",
		edits: []edit{{"openlines/desk/resume.go", `case which == session.AutoCloseTimer:`, `case which == session.AutoCloseTimer && false:`}},
		pkg:   "openlines", run: "Outage",
	},
	{
		name: "no-session-before", rule: "1.9: a new session knows the one before it",
		edits: []edit{{"openlines/desk/start.go", `Parent: chat.Session,`, `Parent: 0,`}},
		pkg:   "openlines", run: "Scripts",
	},
}

// acts is what operators and hosts do: rules 6.x, rights and settings.
var acts = []mutation{
	{
		name: "writing-is-not-answering", rule: "6.4: a message to a session offered to the writer accepts it",
		edits: []edit{{"openlines/desk/act.go", `		if s, err = d.accept(s, m.Operator); err != nil {`, `		if s.Owner != m.Operator {
			return nil, ErrNotOffered
		} else if s, err = d.accept(s, m.Operator); err != nil {`}},
		pkg: "openlines", run: "Once|Scripts|Model",
	},
	{
		name: "own-is-any", rule: "6.26: a right over ones own goes no further",
		edits: []edit{{"openlines/desk/rights.go", `return s.Owner == "" && s.OfferedTo == "" && d.isMember(s.Line, id)`, `return d.isMember(s.Line, id)`}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "department-is-any", rule: "6.26: a right over ones department goes no further",
		edits: []edit{{"openlines/desk/rights.go", `if d.concernsDepartment(by.Operator, line, s) {`, `if d.concernsDepartment(by.Operator, line, s) || true {`}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "anybody-edits-lines", rule: "2.8: changing a line takes a right",
		edits: []edit{{"openlines/desk/setup.go", `if err := d.may(by, MayEditLines, l.ID, nil); err != nil {`, `if err := d.may(by, MayEditLines, l.ID, nil); err != nil && false {`}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "join-takes-over", rule: "6.16: whoever joins, the owner keeps the session",
		edits: []edit{{"openlines/desk/participant.go", `next.Joined = append(slices.Clip(s.Joined), id)
`, `next.Joined = append(slices.Clip(s.Joined), id)
	next.Owner = id
`}},
		pkg: "openlines", run: "Scripts",
	},
	{
		name: "help-answers-nothing", rule: "6.16: a participant who replies has answered the client",
		edits: []edit{{"session/state.go", `	ClientWaits: {
		ClientWrites: ClientWaits, Reply: Replied, Assist: Replied`, `	ClientWaits: {
		ClientWrites: ClientWaits, Reply: Replied, Assist: ClientWaits`}},
		pkg: "openlines", run: "Scripts",
	},
	{
		name: "silence-is-heard", rule: "6.24: in silent mode the client gets nothing",
		edits: []edit{{"openlines/desk/act.go", `if s.Silent || m.Hidden {`, `if m.Hidden {`}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "superseded-owner-loses", rule: "14.43: who has the session that is open has the new one",
		edits: []edit{{"openlines/desk/start.go", `if before.State.Owned() {
			owner = before.Owner`, `if false {
			owner = before.Owner`}},
		pkg: "openlines", run: "Scripts",
	},
	{
		name: "border-one-off", rule: "1.12: a session started from a message begins with it",
		edits: []edit{{"openlines/desk/start.go", `n.First = c.From
`, `n.First = c.From + 1
`}},
		pkg: "openlines", run: "Scripts",
	},
	{
		name: "writes-first-anywhere", rule: "14.36: an operator writes first where the channel lets him",
		edits: []edit{{"openlines/desk/start.go", `if !conn.CanStart {`, `if false {`}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "intercept-over-the-limit", rule: "5.12: an intercept minds the account-wide limit",
		edits: []edit{{"openlines/desk/handover.go", `if s.bearer() != id { // what he is asked for counts already`, `if false {`}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "dismissed-is-given", rule: "6.15: nothing is transferred to a dismissed operator",
		edits: []edit{{"openlines/desk/handover.go", `case o.Status == worktime.Dismissed:`, `case o.Status == worktime.Dismissed && false:`}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "two-targets", rule: "6.13: a transfer has exactly one target",
		edits: []edit{{"openlines/desk/handover.go", `if (c.To == "") == (c.Line == "") {`, `if c.To == "" && c.Line == "" {`}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "transfer-without-end", rule: "6.14: who does not accept a transfer in time loses it",
		edits: []edit{{"openlines/desk/handover.go", `		n.OfferEnds, n.InQueue = d.directEnds(l, to), d.isMember(l.ID, to)
	})
	if err`, `		_ = l
	})
	if err`}},
		pkg: "openlines", run: "Scripts",
	},
	{
		name: "anybody-pins", rule: "6.20: only the owner pins",
		edits: []edit{{"openlines/desk/handover.go", `	case s.Owner != id:
		return nil, ErrDenied
	case s.Pinned`, `	case s.Pinned`}},
		pkg: "openlines", run: "Scripts",
	},
	{
		name: "spam-says-goodbye", rule: "6.9: spam says no text",
		edits: []edit{{"openlines/desk/handover.go", `	d.end(s, session.Spam, by.Operator)`, `	next := *s
	d.say(&next, session.Farewell)
	d.end(&next, session.Spam, by.Operator)`}},
		pkg: "openlines", run: "Scripts",
	},
	{
		name: "anybody-finishes", rule: "6.6: an operator finishes his own sessions only",
		edits: []edit{{"openlines/desk/handover.go", `func (d *Desk) mayHandle(s *Session, by By) error {
`, `func (d *Desk) mayHandle(s *Session, by By) error {
	if s.State.Owned() {
		return nil
	}
`}},
		pkg: "openlines", run: "Scripts",
	},
	{
		name: "archive-keeps-owned", rule: "14.15: the open sessions of an archived line close",
		edits: []edit{{"openlines/desk/archive.go", `if !s.Open() {`, `if !s.Open() || s.State.Owned() {`}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "plan-plus-one", rule: "14.34: what is not in the plan is refused",
		edits: []edit{{"openlines/desk/line.go", `isNew && lines >= p.MaxLines`, `isNew && lines > p.MaxLines`}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "two-accounts", rule: "1.1: a line has one account of a connector",
		edits: []edit{{"openlines/desk/connection.go", `if others && !l.ManyAccounts {`, `if others && !l.ManyAccounts && false {`}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "accepted-is-told-twice", rule: "7.20: accepting in silence brings no second apology",
		edits: []edit{{"session/session.go", `s.Accepted, s.GiveUpAt, s.NeglectedAt = at,`, `s.Apologised, s.Accepted, s.GiveUpAt, s.NeglectedAt = false, at,`}},
		pkg:   "openlines", run: "Scripts/7.20",
	},
	{
		name: "started-is-never-marked", rule: "7.16: a session that was started by hand is marked when its client waits",
		edits: []edit{{"session/session.go", `			if next != Bot {
				s = s.awaited(at, r)
			}
`, ``}},
		pkg: "openlines", run: "Scripts/7.16",
	},
	{
		name: "untaken-cannot-be-finished", rule: "P8: what nobody has accepted is finished by who may",
		edits: []edit{{"openlines/desk/act.go", `	if s.Owner == "" {
		return nil, d.finishUntaken(s, by)`, `	if s.Owner == "" && by.Operator != "" {
		return nil, ErrDenied`}},
		pkg: "openlines", run: "Scripts/P8",
	},
	{
		name: "anybody-finishes-what-waits", rule: "P8: who may only take what is offered does not finish it",
		edits: []edit{{"openlines/desk/act.go", `if scope != AnyOnes &&`, `if false &&`}},
		pkg:   "openlines", run: "Scripts|Model",
	},
	{
		name: "pin-outlives-the-queue", rule: "6.22: the pin of who was taken out of the queue holds no more",
		edits: []edit{{"openlines/desk/available.go", ` && (!s.InQueue || d.isMember(s.Line, s.Owner))`, ``}},
		pkg:   "openlines", run: "Scripts/6.22",
	},
	{
		name: "named-outlives-the-queue", rule: "4.18: who is taken out of the queue loses what he was asked for by name",
		edits: []edit{{"openlines/desk/setup.go", `(!s.Direct || s.InQueue)`, `!s.Direct`}},
		pkg:   "openlines", run: "Scripts/4.18",
	},
	{
		name: "one-alone-of-everybody", rule: "3.11: a line that asks everybody asks everybody for what waits",
		edits: []edit{{"openlines/desk/setup.go", `!s.Direct && l.Queue.Mode == queue.All:`, `!s.Direct && false:`}},
		pkg:   "openlines", run: "Scripts/3.11",
	},
	{
		name: "one-shift-after-the-other", rule: "3.5: several shifts that begin at one instant begin together",
		edits: []edit{{"openlines/desk/fire.go", `any && next.job == "" &&`, `any && next.job == "" && false &&`}},
		pkg:   "openlines", run: "Scripts/3.05",
	},
	{
		name: "walk-from-the-named", rule: "3.10: who was asked by name has no place in the walk",
		edits: []edit{{"openlines/desk/route.go", `q.Mode() != queue.Strictly || s.AskedAs == ByMode`, `true || s.AskedAs == ByMode`}},
		pkg:   "openlines", run: "Scripts/3.10",
	},
	{
		name: "handed-over-in-the-walk", rule: "14.17: nor has who hands over his shift",
		edits: []edit{{"openlines/desk/job.go", `append(slices.Clip(next.Tried), id), AsLast`, `append(slices.Clip(next.Tried), id), next.AskedAs`}},
		pkg:   "openlines", run: "Scripts/3.10",
	},
	{
		name: "asked-anew-for-a-start", rule: "14.43: what is started in the place of another one was asked about already",
		edits: []edit{{"openlines/desk/start.go", `n.RateAsked, n.RateEarly, n.RateIn = before.RateAsked, before.RateEarly, before.RateIn`, `_ = before.RateAsked`}},
		pkg:   "openlines", run: "Scripts/P10",
	},
	{
		name: "rated-and-asked", rule: "P10: who has rated is not asked early",
		edits: []edit{
			{"openlines/desk/window.go", `!s.RateAsked.IsZero() || s.Vote != "" || `, `!s.RateAsked.IsZero() || `},
			{"openlines/desk/window.go", `s.State != session.Replied || s.Vote != "" ||`, `s.State != session.Replied ||`},
			{"openlines/desk/rating.go", `next.Vote, next.Voted, next.RateBy = v, d.now, time.Time{}`, `next.Vote, next.Voted = v, d.now`},
		},
		pkg: "openlines", run: "Scripts/P10",
	},
	{
		name: "two-apologies", rule: "7.20: one apology is enough until somebody replies",
		edits: []edit{{"openlines/desk/fire.go", `!s.Excused || l.ApologiseTwice`, `!s.Apologised || l.ApologiseTwice`}},
		pkg:   "openlines", run: "Scripts/7.20",
	},
	{
		name: "hangs-for-ever", rule: "14.20: a deadline that is switched on begins where it has not",
		edits: []edit{{"openlines/desk/setup.go", `	if next.Session == s.Session {
		return false`, `	if true {
		return false`}},
		pkg: "openlines", run: "Scripts/14.20",
	},
	{
		name: "put-off-by-settings", rule: "14.20: a deadline that runs, runs on",
		edits: []edit{{"session/session.go", `if s.State.Active() && s.NeglectedAt.IsZero() && s.AutoCloseAt.IsZero() {`, `if s.State.Active() && s.AutoCloseAt.IsZero() {`}},
		pkg:   "openlines", run: "Scripts/14.20",
	},
	{
		name: "unpinned-by-a-start", rule: "14.43: what is started in the place of a pinned session is pinned",
		edits: []edit{{"session/session.go", `s.Pinned = before.Pinned && s.State == Answered`, `s.Pinned = false`}},
		pkg:   "openlines", run: "Scripts/14.43",
	},
	{
		name: "silent-for-who-starts", rule: "6.24: who starts another session in its place has not switched silent mode on",
		edits: []edit{{"openlines/desk/start.go", `before.Silent && owner != "" && owner == before.bearer()`, `before.Silent`}},
		pkg:   "openlines", run: "Scripts/6.24",
	},
	{
		name: "word-after-the-reply", rule: "9.10: what the client says to a further message of the operator is no rating",
		edits: []edit{{"openlines/desk/act.go", `s.RateEarly && d.rateText(s) == session.RateButtons`, `s.RateEarly`}},
		pkg:   "openlines", run: "Scripts/P10",
	},
	{
		name: "writes-and-takes-over", rule: "6.4: writing in the channel is accepting",
		edits: []edit{{"openlines/desk/receive.go", `accepted, err := d.accept(s, m.Operator)`, `accepted, err := d.takeOver(s, m.Operator)`}},
		pkg:   "openlines", run: "Scripts/10.09",
	},
	{
		name: "taken-over-uncharged", rule: "10.9: who was named and takes the session over looks after the client",
		edits: []edit{{"openlines/desk/handover.go", `d.taken(next, s.transferredTo(id))`, `d.taken(next, false)`}},
		pkg:   "openlines", run: "Scripts/10.09",
	},
	{
		name: "closing-goes-on", rule: "1.11: nothing of a session in its closing delay goes on in what is started",
		edits: []edit{{"openlines/desk/start.go", `	goesOn := before != nil && !before.over()
	if before`, `	goesOn := before != nil && before.Open()
	if before`}},
		pkg: "openlines", run: "Scripts/1.11",
	},
	{
		name: "silent-for-the-next", rule: "6.24: silent mode ends when a session changes hands",
		edits: []edit{{"openlines/desk/participant.go", `	next.Silent = false
`, ``}},
		pkg: "openlines", run: "Scripts/6.24|Model",
	},
	{
		name: "unpinned-stays", rule: "6.22: what somebody unpins who is away goes back",
		edits: []edit{{"openlines/desk/participant.go", `if away && d.forsaken(&next) {`, `if false {`}},
		pkg:   "openlines", run: "Scripts/6.22",
	},
	{
		name: "too-late-is-a-reply", rule: "9.11: a reply that comes too late is none",
		edits: []edit{{"openlines/desk/act.go", `act = "" // it`, `_ = "" // it`}},
		pkg:   "openlines", run: "Scripts/9.11",
	},
	{
		name: "early-question-is-lost", rule: "P10: what is passed on meanwhile is asked about later",
		edits: []edit{{"openlines/desk/charge.go", `s = d.sessions.get(s.ID); s.State == session.Replied`, `s = d.sessions.get(s.ID); false`}},
		pkg:   "openlines", run: "Scripts/P10",
	},
	{
		name: "asking-puts-off-reminders", rule: "14.20: a client who keeps asking puts off no reminder",
		edits: []edit{{"session/session.go", `			if next.Active() {
				s.NeglectedAt = r.neglectedAt(at)
			}
		}
`, `		}
		if next.Active() {
			s.NeglectedAt = r.neglectedAt(at)
		}
`}},
		pkg: "openlines", run: "Scripts/14.20",
	},
	{
		name: "wait-of-long-ago", rule: "14.14: a client waits since he wrote again",
		edits: []edit{{"session/session.go", `s.Asked, s.Queued, s.AutoCloseAt = at, at, time.Time{}`, `s.Asked, s.AutoCloseAt = at, time.Time{}`}},
		pkg:   "openlines", run: "Scripts/14.14|Model",
	},
	{
		name: "started-loses-its-age", rule: "14.14: what takes the place of another keeps its place",
		edits: []edit{{"session/session.go", `	case !s.Asked.IsZero():
		s.Queued = before.Queued
`, `	case !s.Asked.IsZero():
`}},
		pkg: "openlines", run: "Scripts/14.14",
	},
	{
		name: "started-from-knows-nothing", rule: "1.12: a session that is started from a message knows that its client waits",
		edits: []edit{{"openlines/desk/start.go", `if owed(moved) && s.Asked.IsZero() {`, `if false {`}},
		pkg:   "openlines", run: "Scripts/1.12",
	},
	{
		name: "writes-first-to-anybody", rule: "14.36: who writes first may join the last session of the chat",
		edits: []edit{{"openlines/desk/start.go", `		if err := d.may(by, MayJoin, s.Line, s); err != nil {
			return nil, err // what`, `		if err := error(nil); err != nil {
			return nil, err // what`}},
		pkg: "openlines", run: "Scripts/14.36",
	},
	{
		name: "edit-too-late", rule: "9.11: an edit can come too late for the window",
		edits: []edit{{"openlines/desk/revise.go", ` || d.shut(d.chats.get(c.Chat), d.now) {`, ` {`}},
		pkg:   "openlines", run: "Scripts/9.11",
	},
	{
		name: "item-finished-once", rule: "P16: all sessions of an item are finished under one command id",
		edits: []edit{{"openlines/items.go", `if a.by.Once != "" {`, `if false {`}},
		pkg:   "openlines", run: "FinishItemOnce",
	},
	{
		name: "untaken-is-resolved", rule: "P8: what nobody had is not resolved",
		edits: []edit{{"session/session.go", `if next == Closed && s.Replied.IsZero() {`, `if false {`}},
		pkg:   "openlines", run: "Scripts/11.41|Scripts/P8",
	},
	{
		name: "accepted-for-ever", rule: "8.8: what was replied to closes by itself though somebody else accepts it",
		edits: []edit{{"session/session.go", `if s.Asked.IsZero() && s.WasReplied() {`, `if false {`}},
		pkg:   "openlines", run: "Scripts/8.08|Model",
	},
	{
		name: "served-is-abandoned", rule: "14.39: who was replied to does not abandon what he waits for",
		edits: []edit{{"openlines/desk/visit.go", `s.State.Owned() || s.WasReplied()`, `s.State.Owned()`}},
		pkg:   "openlines", run: "Scripts/14.39|Model",
	},
	{
		name: "started-is-answered", rule: "14.43: what is started where the client is to write next waits for him",
		edits: []edit{{"session/session.go", `	case s.State == Answered && s.RepliedBefore:
`, `	case false:
`}},
		pkg: "openlines", run: "Scripts/14.43",
	},
	{
		name: "started-loses-the-mark", rule: "14.43: and keeps the mark",
		edits: []edit{{"session/session.go", `s.RepliedBefore, s.Unanswered, s.Escalated, s.Apologised = before.WasReplied(), before.Unanswered,`, `s.RepliedBefore, s.Escalated, s.Apologised = before.WasReplied(),`}},
		pkg:   "openlines", run: "Scripts/14.43",
	},
	{
		name: "started-forgets-the-reply", rule: "14.26: what was replied to before does not move on",
		edits: []edit{{"session/session.go", `s.RepliedBefore || !s.Replied.IsZero()`, `!s.Replied.IsZero()`}},
		pkg:   "openlines", run: "Scripts/14.43",
	},
	{
		name: "closed-is-edited", rule: "8.15: what has closed is edited by nobody but the host",
		edits: []edit{{"openlines/desk/revise.go", `s != nil && !s.Open() && !goesOn {`, `goesOn && s.Open() {`}},
		pkg:   "openlines", run: "Scripts/8.15",
	},
	{
		name: "superseded-is-closed", rule: "14.43: what goes on in another session can be edited",
		edits: []edit{{"openlines/desk/revise.go", `s.Reason == session.Superseded && d.open[chat] != 0;`, `false;`}},
		pkg:   "openlines", run: "Scripts/14.43",
	},
	{
		name: "closes-though-asked", rule: "8.11: nothing closes while the client is asked, whatever the operator does",
		edits: []edit{{"session/session.go", `case s.AutoCloseAt.IsZero(), !s.ConsentBy.IsZero():`, `case s.AutoCloseAt.IsZero():`}},
		pkg:   "openlines", run: "Scripts/11.05",
	},
	{
		name: "pin-counts-not-after", rule: "6.22: a pin puts off each auto-close",
		edits: []edit{{"session/session.go", `	case s.Pinned:
		s.AutoCloseAt = s.AutoCloseAt.Add(PinDelay)
`, ``}},
		pkg: "openlines", run: "Scripts/6.22|Scripts/11.05|Model",
	},
	{
		name: "finish-cuts-consent-short", rule: "11.5: a finish leaves the client his time",
		edits: []edit{{"openlines/desk/act.go", `n.CloseAt.Before(n.ConsentBy)`, `false`}},
		pkg:   "openlines", run: "Scripts/11.05",
	},
}
