package main

// norms is how long replies may take, and who is told: rules 11.8 to 11.12.
var norms = []mutation{
	{
		name: "told-again-and-again", rule: "11.10: one alert for one reply that is overdue",
		edits: []edit{{"session/norm.go", `case s.Overdue, s.Asked.Equal(was.Asked) && was.State != Closing && !moved:`,
			`case s.Asked.Equal(was.Asked) && was.State != Closing && !moved && !s.Overdue:`}},
		pkg: "openlines", run: "Scripts/11",
	},
	{
		name: "accepting-is-a-reply", rule: "14.8: accepting does not stop the clock of a norm",
		edits: []edit{{"session/norm.go", `case s.Asked.IsZero() || !s.State.Open()`, `case s.Asked.IsZero() || s.State == Answered || !s.State.Open()`}},
		pkg:   "openlines", run: "Scripts/11",
	},
	{
		name: "one-norm-for-all", rule: "11.8: later replies have a norm of their own",
		edits: []edit{{"session/norm.go", `	if s.Served {
		within`, `	if s.Served && false {
		within`}},
		pkg: "openlines", run: "Scripts/11",
	},
	{
		name: "notice-to-one-role-of-departments", rule: "11.9: whoever has a role is told, also by a department",
		edits: []edit{{"openlines/desk/notice.go", `if has(o.Roles) || slices`, `if has(o.Roles) || false && slices`}},
		pkg:   "openlines", run: "Scripts/11",
	},
}

// supervision is what is done about those who wait for long: rules P1, P3 and P8.
var supervision = []mutation{
	{
		name: "step-taken-again", rule: "P3: each step of escalation once in a wait",
		edits: []edit{{"session/escalate.go", `	case !was.waits():
		s.EscalateFrom = time.Time{}`, `	case !was.waits():
		s.EscalateFrom, s.Escalated = time.Time{}, time.Time{}`}},
		pkg: "openlines", run: "Scripts/P3",
	},
	{
		name: "served-and-escalated", rule: "P3: whoever was served has not waited since his first message",
		edits: []edit{{"session/escalate.go", `	case s.Asked.IsZero():
		return at
`, ``}},
		pkg: "openlines", run: "Scripts/P3",
	},
	{
		name: "escalation-in-a-circle", rule: "14.26: lines that lead back are refused",
		edits: []edit{{"openlines/desk/setup.go", `				ahead = append(ahead, step.To)
`, `				_ = step
`}},
		pkg: "openlines", run: "Scripts/P3",
	},
	{
		name: "warned-at-each-change", rule: "P8: once each time that an operator comes near the limit",
		edits: []edit{{"openlines/desk/supervise.go", `if !d.wasFull[id] && d.loadOf`, `if d.loadOf`}},
		pkg:   "openlines", run: "Scripts/P8",
	},
	{
		name: "warned-when-it-is-too-late", rule: "P8: at 80 percent, rounded up",
		edits: []edit{{"openlines/desk/supervise.go", `(limit*NearlyFull + 99) / 100`, `limit*NearlyFull/100`}},
		pkg:   "openlines", run: "Scripts/P8",
	},
	{
		name: "oldest-is-youngest", rule: "P3: the oldest wait of a line",
		edits: []edit{{"openlines/desk/supervise.go", `s.Queued.Before(since)`, `s.Queued.After(since)`}},
		pkg:   "openlines", run: "Scripts/P1-",
	},
	{
		name: "away-to-everybody", rule: "P1: what an actor may not see is left out",
		edits: []edit{{"openlines/desk/supervise.go", `!s.over() && d.Views(by, s) == nil`, `!s.over()`}},
		pkg:   "openlines", run: "Scripts/P1-",
	},
}
