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
}
