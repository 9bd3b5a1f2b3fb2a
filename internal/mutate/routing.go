package main

// routing is who is asked: rules 2.x, 3.x, 5.x.
var routing = []mutation{
	{
		name: "walk-stands-still", rule: "3.9: strictly goes on after the one asked last",
		edits: []edit{{"queue/queue.go", `last+1); next >= 0`, `last); next >= 0`}},
		pkg:   "openlines", run: "Scripts|Model",
	},
	{
		name: "evenly-without-clock", rule: "3.8: an offer restarts the clock of mode evenly",
		edits: []edit{{"openlines/desk/route.go", `	d.stamp(s.Line, id, d.tellOf(s, e))`, `	d.tellOf(s, e)`}},
		pkg:   "openlines", run: "Scripts|Model",
	},
	{
		name: "round-never-ends", rule: "3.21: when all were asked, the next round begins",
		edits: []edit{{"openlines/desk/route.go", `	if again {
		tried = nil
	}`, `	_ = again`}},
		pkg: "openlines", run: "Scripts|Model",
	},
	{
		name: "load-of-one-line", rule: "14.38: the least loaded is so over all lines",
		edits: []edit{{"openlines/desk/index.go", `line != s.Line && w != nil && w.queue.Mode() == queue.LeastLoaded`, `line != s.Line && w == nil`}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "replies-go-round", rule: "P7: in mode round-robin a reply puts nobody behind",
		edits: []edit{{"openlines/desk/act.go", `l.Queue.Mode != queue.RoundRobin`, `l != nil`}},
		pkg:   "openlines", run: "Scripts|Model",
	},
	{
		name: "sticky-for-ever", rule: "P14: who was last with a client is remembered for as long as the line says",
		edits: []edit{{"openlines/desk/route.go", `d.now.Sub(chat.ServedAt) > sticky`, `d.now.Before(chat.ServedAt)`}},
		pkg:   "openlines", run: "Scripts|Model",
	},
	{
		name: "sticky-again", rule: "P14: who was last with the client is asked first once a session",
		edits: []edit{{"openlines/desk/route.go", `if s.Sticky || sticky == 0`, `if sticky == 0`}},
		pkg:   "openlines", run: "Scripts|Model",
	},
	{
		name: "taken-twice", rule: "3.13: of two who accept, the second finds it taken",
		edits: []edit{{"openlines/desk/act.go", `	case s.State.Owned():
		return nil, ErrTaken
`, ``}},
		pkg: "openlines", run: "OneOf|Scripts|Model",
	},
	{
		name: "limit-plus-one", rule: "5.5: no offer to an operator who is at his limit",
		edits: []edit{{"openlines/desk/index.go", `n.count(l.Queue.Limit.Counts) >= l.Queue.Limit.Max`, `n.count(l.Queue.Limit.Counts) > l.Queue.Limit.Max`}},
		pkg:   "openlines", run: "Scripts|Model",
	},
	{
		name: "replied-takes-no-slot", rule: "5.4: counting open ones, a slot is freed only at closing",
		edits: []edit{{"openlines/desk/index.go", `		t.owed = 0`, `		t.owed, t.open = 0, 0`}},
		pkg:   "openlines", run: "Scripts|Model",
	},
	{
		name: "ageing-as-saved", rule: "14.14: those who wait are put in order when the ageing changes",
		edits: []edit{{"openlines/desk/index.go", `if ageing(old) != ageing(new) {`, `if false {`}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "newest-first", rule: "3.25: who has waited longest is served first",
		edits: []edit{{"queue/place.go", `p.Since.Before(o.Since)`, `o.Since.Before(p.Since)`}},
		pkg:   "openlines", run: "Scripts|Model",
	},
	{
		name: "listed-twice", rule: "2.4: who is listed twice has one place",
		edits: []edit{{"queue/queue.go", `twice := q.place[m.Operator]; !twice && m`, `twice := q.place[m.Operator]; (!twice || true) && m`}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "no-sub-departments", rule: "2.5: sub-departments are included unless the line says otherwise",
		edits: []edit{{"openlines/desk/department.go", `d.people(m.Department, !l.Queue.DirectOnly,`, `d.people(m.Department, l.Queue.DirectOnly,`}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "departments-as-saved", rule: "2.3: who joins a department joins the queue",
		edits: []edit{{"openlines/desk/department.go", `	for line := range d.byParts { // order does not matter: lines are marked
		d.stale[line] = true
	}
`, ``}},
		pkg: "openlines", run: "Scripts",
	},
	{
		name: "all-is-passed-on", rule: "3.14: what is offered to everybody is passed on to nobody",
		edits: []edit{{"queue/rules.go", `case r.Mode == All || r.PassOnAfter == Never:`, `case r.PassOnAfter == Never:`}},
		pkg:   "queue", run: "PassOn",
	},
	{
		name: "asked-twice-running", rule: "3.18: who has let it run out is not asked again while another is free",
		edits: []edit{{"queue/queue.go", `q.without(1, q.places(tried[len(tried)-1:])); another >= 0`, `q.best[1]; another >= 0`}},
		pkg:   "openlines", run: "Scripts/3.18",
	},
	{
		name: "room-for-all", rule: "14.4: what is offered to everybody takes no place",
		edits: []edit{{"openlines/desk/index.go", `max(w.room, MaxToAll)`, `w.room`}},
		pkg:   "openlines", run: "Scripts/3.11",
	},
	{
		name: "unseen-is-taken", rule: "3.15: who is not available does not see what is offered to everybody",
		edits: []edit{{"openlines/desk/act.go", `if d.whyNot(s.Line, id) != Free {`, `if false {`}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "skip-keeps-asking", rule: "3.19: who skips is not asked again at once",
		edits: []edit{{"openlines/desk/act.go", `	d.requeue(s, session.Skip, id)`, `	d.requeue(s, session.Skip, id)
	d.sessions.rows[s.ID].Tried = nil`}},
		pkg: "openlines", run: "Scripts",
	},
	{
		name: "nobody-is-served", rule: "3.24: what waits is offered the moment somebody can take it",
		edits: []edit{{"openlines/desk/index.go", `	w.room += room - w.rooms[id]
	w.rooms[id] = room
	d.stain(line)`, `	w.room += room - w.rooms[id]
	w.rooms[id] = room`}},
		pkg: "openlines", run: "Scripts|Model",
	},
	{
		name: "account-limit-plus-one", rule: "5.9: at the account-wide limit nobody is asked for more",
		edits: []edit{{"openlines/desk/index.go", `case have.total >= d.maxSessions():`, `case have.total > d.maxSessions():`}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "limit-of-all-lines", rule: "5.7: the limit counts the sessions of its own line",
		edits: []edit{{"openlines/desk/index.go", `n != nil && l.Queue.Limit.Max > 0 && n.count(l.Queue.Limit.Counts) >= l.Queue.Limit.Max`, `n != nil && l.Queue.Limit.Max > 0 && max(n.count(l.Queue.Limit.Counts), have.total) >= l.Queue.Limit.Max`}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "closing-takes-a-slot", rule: "8.4: in its closing delay a session counts for no limit",
		edits: []edit{{"openlines/desk/index.go", `return slots{} // waiting, closing, closed`, `if s.State == session.Closing {
		return slots{open: 1}
	}
	return slots{}`}},
		pkg: "openlines", run: "Scripts|Model",
	},
}

// availability is rules 4.x, and who is responsible.
var availability = []mutation{
	{
		name: "replied-is-released", rule: "4.15: what waits for the client stays with an absent operator",
		edits: []edit{{"openlines/desk/available.go", `(s.State == session.Replied || !d.checks(s.Line))`, `!d.checks(s.Line)`}},
		pkg:   "openlines", run: "Scripts|Model",
	},
	{
		name: "absent-owner-keeps", rule: "4.15: the client writes and the owner is away: back to the queue",
		edits: []edit{{"openlines/desk/receive.go", `&& d.absent(next)`, `&& false`}},
		pkg:   "openlines", run: "Scripts|Model",
	},
	{
		name: "grace-restarts", rule: "4.20: one absence has one grace, whatever its reasons",
		edits: []edit{{"openlines/desk/available.go", `(before == nil || before.Status == worktime.Available)`, `true`}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "grace-of-one-line", rule: "4.20: when one line's grace is over, the next one's is waited for",
		edits: []edit{{"openlines/desk/available.go", `	if !next.IsZero() {
		d.releaseAt`, `	if !next.IsZero() && ends.Equal(o.Away) {
		d.releaseAt`}},
		pkg: "openlines", run: "Scripts",
	},
	{
		name: "written-in-grace-is-kept", rule: "4.20: who writes within the grace is back in the queue when it is over",
		edits: []edit{{"openlines/desk/available.go", `		return d.releaseAt(s.bearer(), lost)`, `		return false`}},
		pkg:   "openlines", run: "Scripts|Model",
	},
	{
		name: "duty-begins-unseen", rule: "P13: what waits is offered when an operator's hours begin",
		edits: []edit{{"worktime/presence.go", `		next, _ := duty.NextOpen(at)
		return OffDuty, next`, `		return OffDuty, time.Time{}`}},
		pkg: "openlines", run: "Scripts|Shift",
	},
	{
		name: "profile-of-nobody", rule: "4.6: a group has its own idea of presence",
		edits: []edit{{"openlines/desk/available.go", `known && profile != ""`, `known && profile == ""`}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "removed-keeps-offer", rule: "4.18: who is removed from the queue loses what is offered to him",
		edits: []edit{{"openlines/desk/setup.go", `!s.ToAll && !member && (!s.Direct`, `!s.ToAll && !member && (false`}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "dismissed-keeps", rule: "4.17: all sessions of a dismissed operator return",
		edits: []edit{{"openlines/desk/available.go", `if o.Status != worktime.Dismissed && (s.State == session.Replied`, `if (s.State == session.Replied`}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "pin-is-forgotten", rule: "4.16: a pinned session stays with an absent owner",
		edits: []edit{{"openlines/desk/available.go", `return s.Pinned && o != nil`, `return false && o != nil`}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "returned-owner-is-skipped", rule: "8.6: on reopening the owner is looked at",
		edits: []edit{{"openlines/desk/receive.go", `if next.State.Owned() && d.absent(next) && !d.keeps(next) {`, `if s.State != session.Closing && next.State.Owned() && d.absent(next) && !d.keeps(next) {`}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "responsible-on-leave", rule: "5.11, 10.6: who is responsible is not asked while he is on leave",
		edits: []edit{{"openlines/desk/identify.go", `case worktime.OnLeave, worktime.OffDuty, worktime.NotClockedIn, worktime.OnBreak:`, `case worktime.OffDuty, worktime.NotClockedIn, worktime.OnBreak:`}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "identify-for-ever", rule: "14.21: who is not recognised in time is routed as unknown",
		edits: []edit{{"openlines/desk/identify.go", `if by := at.Add(l.CRM.within()); by.Before(s.IdentifyBy) {`, `if by := at.Add(l.CRM.within()); s.IdentifyBy.Before(by) {`}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "neglect-forgets-the-pin", rule: "4.16: a pinned session stays with an absent owner, however little happens in it",
		edits: []edit{{"openlines/desk/fire.go", `&& d.checks(s.Line) && !d.keeps(s) {`, `&& d.checks(s.Line) {`}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "handed-over-to-himself", rule: "14.17: a shift goes to others first",
		edits: []edit{{"openlines/desk/job.go", `!slices.Contains(next.Tried, id)`, `false`}},
		pkg:   "openlines", run: "Scripts/14.17|Model",
	},
	{
		name: "taken-over-takes-no-slot", rule: "5.2: what an operator has taken over and not replied to counts as unreplied",
		edits: []edit{{"openlines/desk/index.go", `	if s.OwnerReplied {`, `	if s.OwnerReplied || s.State == session.Replied {`}},
		pkg:   "openlines", run: "Scripts/5.02|Model",
	},
	{
		name: "assigned-to-the-absent", rule: "4.14: what is assigned to somebody who is away is only offered",
		edits: []edit{{"openlines/desk/handover.go", `if assign && !d.absent(next) {`, `if assign {`}},
		pkg:   "openlines", run: "Scripts/6.14|Model",
	},
	{
		name: "one-hop", rule: "14.26: in each line the time for an answer begins anew",
		edits: []edit{{"openlines/desk/handover.go", `if n.Unanswered && l.UnansweredTo != "" {`, `if false {`}},
		pkg:   "openlines", run: "Scripts/14.26",
	},
	{
		name: "moved-into-a-closed-line", rule: "14.26: whichever way a session comes to a closed line, it moves on",
		edits: []edit{{"openlines/desk/handover.go", `	d.arrive(d.sessions.get(s.ID))
	return nil`, `	return nil`}},
		pkg: "openlines", run: "Scripts/14.26",
	},
	{
		name: "moves-from-who-was-named", rule: "14.26: what is offered to one who was named stays with him",
		edits: []edit{{"openlines/desk/receive.go", ` || s.Direct && !s.OfferEnds.IsZero() {`, ` {`}},
		pkg:   "openlines", run: "Scripts/14.26",
	},
	{
		name: "sinks-when-moved", rule: "P3: a move keeps by what a session has risen",
		edits: []edit{{"openlines/desk/handover.go", `if s.Risen > 0 {`, `if false {`}},
		pkg:   "openlines", run: "Scripts/P3",
	},
	{
		name: "last-in-this-chat-only", rule: "P14: who was last with a client is known in all his chats",
		edits: []edit{{"openlines/desk/start.go", `if l.Queue.Sticky > 0 {`, `if false {`}},
		pkg:   "openlines", run: "Scripts/P4",
	},
	{
		name: "settings-take-from-the-absent", rule: "4.14: other settings take nothing from who is away",
		edits: []edit{{"openlines/desk/setup.go", `(s.Pinned || !since.IsZero()) && d.forsaken`, `d.forsaken`}},
		pkg:   "openlines", run: "Scripts/4.1",
	},
	{
		name: "offered-where-nothing-is", rule: "14.33: nothing is offered in a line that is not active",
		edits: []edit{{"openlines/desk/handover.go", `if d.lines.get(s.Line).Inactive {`, `if false {`}},
		pkg:   "openlines", run: "Scripts/14.33",
	},
	{
		name: "time-of-the-old-line", rule: "14.26: in the line to which it was moved that one's time counts",
		edits: []edit{{"session/session.go", `			s.AnswerBy = time.Time{}
			s = s.awaited(at, r)
`, ``}},
		pkg: "openlines", run: "Scripts/14.26",
	},
	{
		name: "short-limits-do-not-count", rule: "4.6: reports before a short limit count",
		edits: []edit{{"openlines/desk/setup.go", `min(PresenceStep, before.Sub(now)/2)`, `PresenceStep`}},
		pkg:   "openlines", run: "Scripts/4.06",
	},
	{
		name: "told-of-twice", rule: "2.10: a session that moves as it comes is told of once",
		edits: []edit{{"openlines/desk/route.go", `if !slices.Contains(d.entered[:i], id) {`, `if i >= 0 {`}},
		pkg:   "openlines", run: "Scripts/2.10",
	},
	{
		name: "back-in-a-closed-line", rule: "14.26: what comes back to a closed line moves on",
		edits: []edit{{"openlines/desk/route.go", `	d.entered = append(d.entered, s.ID)
	d.arrive(next)
`, `	d.entered = append(d.entered, s.ID)
	_ = next
`}},
		pkg: "openlines", run: "Scripts/14.26",
	},
	{
		name: "named-is-not-escalated", rule: "P3: a step of escalation moves from who was named, too",
		edits: []edit{{"openlines/desk/escalate.go", `next.State == session.Offered)`, `next.State == session.Offered && !next.Direct)`}},
		pkg:   "openlines", run: "Scripts/P3",
	},
	{
		name: "each-report-is-stored", rule: "4.6: a report that says nothing new is not stored",
		edits: []edit{{"openlines/desk/setup.go", `		return until.Equal(before)
`, `		return false
`}},
		pkg: "openlines", run: "SaysNothingNew",
	},
	{
		name: "mark-moves-nothing-later", rule: "14.26: what was marked while somebody had it moves when it comes back",
		edits: []edit{{"openlines/desk/handover.go", `s.Unanswered && s.AnswerBy.IsZero() && !s.Served && d.moveOn(s, l.UnansweredTo) || `, ``}},
		pkg:   "openlines", run: "Scripts/14.26",
	},
}
