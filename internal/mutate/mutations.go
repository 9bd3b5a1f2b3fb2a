package main

const simulate = "Seeds"

var someSeeds = []string{"-sim.seeds", "200"}

// mutations are the bugs. The first four are the ways to get turns at a store wrong.
var mutations = []mutation{
	{
		name: "look-once-decide-anew", rule: "an unknown commit is committed again, never looked for",
		edits: []edit{{"openlines/turn.go",
			`a.head, a.err = e.settle(a.stored, a.err)`,
			`if c, err := e.store.Changes(e.life, a.stored.Expect); err == nil && c.Batch == a.stored.ID {
				a.head, a.err = c.Head, nil
			} else {
				a.err = storage.ErrConflict
			}`}},
		pkg: "openlines/sim", run: simulate, args: []string{"-sim.seeds", "800"}, // few seeds meet it
	},
	{
		name: "believe-absence", rule: "what is decided on absence is written with Create",
		edits: []edit{{"openlines/desk/table.go", `Create: old == nil}`, `Create: false}`}},
		pkg:   "openlines/sim", run: simulate, args: someSeeds,
	},
	{
		name: "show-before-stored", rule: "memory shows only what is stored",
		edits: []edit{
			{"openlines/turn.go", "	dec.draft = e.desk.Cut()\n	return dec", "	dec.draft = e.desk.Cut()\n	e.desk.Join(dec.draft, e.desk.Head())\n	return dec"},
			{"openlines/turn.go", `e.desk.Join(a.draft, a.head)`, `e.desk.Begin(a.head)`},
		},
		pkg: "openlines/sim", run: simulate, args: someSeeds,
	},
	{
		name: "forget-the-mark", rule: "a batch is stored only on the mark it was decided on",
		edits: []edit{{"openlines/turn.go",
			`			a.head, a.err = e.store.Commit(e.life, a.stored)`,
			`				if c, err := e.store.Changes(e.life, e.mark()); err == nil {
					a.stored.Expect = c.Mark
					for i := range a.stored.Events {
						a.stored.Events[i].Seq = c.Events + uint64(i) + 1
					}
				}
				a.head, a.err = e.store.Commit(e.life, a.stored)`}},
		pkg: "openlines/sim", run: simulate, args: someSeeds,
	},
	{
		name: "refuse-on-old-desk", rule: "a refusal holds only on the desk as it is",
		edits: []edit{{"openlines/turn.go", `looks < maxLooks && e.moved(&a)`, `looks < 0 && e.moved(&a)`}},
		pkg:   "openlines", run: "ManyCallers",
	},
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
	}
	tried = append(slices.Clip`, `	_ = again
	tried = append(slices.Clip`}},
		pkg: "openlines", run: "Scripts|Model",
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
		edits: []edit{{"openlines/desk/index.go", `return slots{open: 1}`, `return slots{}`}},
		pkg:   "openlines", run: "Scripts|Model",
	},
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
		name: "writing-is-not-answering", rule: "6.4: a message to a session offered to the writer accepts it",
		edits: []edit{{"openlines/desk/act.go", `	if s, err = d.accept(s, id); err != nil {
		return nil, err
	}
	s = d.must`, `	s = d.must`}},
		pkg: "openlines", run: "Once|Scripts|Model",
	},
	{
		name: "all-at-once", rule: "each deadline fires at its own time",
		edits: []edit{{"openlines/desk/fire.go", `			d.now = due.at
`, `			d.now = at
`}},
		pkg: "openlines", run: "Jump",
	},
	{
		name: "tried-is-forgotten", rule: "everything follows from the records: who was asked",
		edits: []edit{{"openlines/desk/rows.go", "`json:\"tried,omitempty\"`", "`json:\"-\"`"}},
		pkg:   "openlines", run: "Anew",
	},
	{
		name: "poison-spreads", rule: "a command that cannot be stored fails alone",
		edits: []edit{{"openlines/turn.go", `case poisoned(a.err) && len(batch) > 1:`, `case poisoned(a.err) && len(batch) > 1000:`}},
		pkg:   "openlines", run: "Poison",
	},
	{
		name: "refuse-the-repeat", rule: "a command id that was done is answered as done, also when its success forbids it",
		edits: []edit{{"openlines/desk/desk.go", `return nil, d.firstTime(by, err)`, `return nil, err`}},
		pkg:   "openlines", run: "TestCommandIDsAreOnesOwn",
	},
	{
		name: "wish-without-end", rule: "14.28 a channel's own retry-after wins, but not over the end",
		edits: []edit{{"openlines/desk/effect.go",
			`min(wish, GiveUpAfter-time.Microsecond).Truncate(time.Microsecond) + time.Microsecond`,
			`min(wish.Truncate(time.Microsecond)+time.Microsecond, GiveUpAfter)`}},
		pkg: "openlines/openlinestest", run: "TestHostile/channel",
	},
	{
		name: "log-the-panic", rule: "S-18 what a client says is in no log",
		edits: []edit{{"openlines/turn.go", `fmt.Sprintf("%T", r)`, `fmt.Sprint(r)`}},
		pkg:   "openlines", run: "TestNothingIsTold",
	},
}
