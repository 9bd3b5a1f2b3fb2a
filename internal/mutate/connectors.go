package main

// connectors is what is known of channels and of accounts that are connected.
var connectors = []mutation{
	{
		name: "off-is-on", rule: "1.5: a connection that is switched off refuses messages",
		edits: []edit{{"openlines/desk/connection.go", `if l == nil || l.Inactive || conn.Inactive {`, `if l == nil || l.Inactive {`}},
		pkg:   "openlines", run: "Scripts/1.05",
	},
	{
		name: "registered-group-is-none", rule: "1.7: a connector that is registered for groups makes a group of every chat",
		edits: []edit{{"openlines/desk/connectors.go", `a.Group = a.Group || d.info(a.Connector).Group`, `a.Group = a.Group || false`}},
		pkg:   "openlines", run: "Scripts/1.07",
	},
	{
		name: "moved-as-it-was", rule: "14.22: an account that moves begins as a new one",
		edits: []edit{{"openlines/desk/connection.go", `if next.Line != before.Line {
			d.tell`, `if next.Inactive, next.Failed, next.Data = before.Inactive, before.Failed, before.Data; next.Line != before.Line {
			d.tell`}},
		pkg: "openlines", run: "Scripts/1.01",
	},
	{
		name: "broken-works", rule: "1.1: a connection with an error does not work",
		edits: []edit{{"openlines/desk/connection.go", `s.Works = s.Configured && s.Active && s.Failed == ""`, `s.Works = s.Configured && s.Active`}},
		pkg:   "openlines", run: "Scripts/1.01",
	},
	{
		name: "window-never-ends", rule: "9.11: after the window nothing is delivered",
		edits: []edit{{"openlines/desk/window.go", `return !ends.IsZero() && !at.Before(ends)`, `return !ends.IsZero() && at.After(ends)`}},
		pkg:   "openlines", run: "Scripts/9.11",
	},
	{
		name: "tried-after-the-window", rule: "9.11: what was to be tried again is not after the window",
		edits: []edit{{"openlines/deliver.go", `err == nil && e.late(f, found) {`, `err == nil && false {`}},
		pkg:   "openlines", run: "Scripts/9.11",
	},
	{
		name: "group-of-nowhere", rule: "1.7: a group is known by its chat, which is required",
		edits: []edit{{"openlines/desk/receive.go", `in.Group && c.NoChat {`, `in.Group && c.NoChat && false {`}},
		pkg:   "openlines", run: "CapitalLetters",
	},
	{
		name: "there-and-refused", rule: "1.14: what is there is told as there, whatever would be refused since",
		edits: []edit{{"openlines/desk/receive.go", `		known = d.aliases.get(key) // what is refused then puts no row by which the store could tell
`, `		_ = known
`}},
		pkg: "openlines", run: "Scripts/1.14",
	},
	{
		name: "asked-in-vain", rule: "9.11: a question that the client did not get awaits no answer",
		edits: []edit{{"openlines/desk/rating.go", ` || d.shut(chat, d.now)) {
		return false`, `) {
		return false`}},
		pkg: "openlines", run: "Scripts/9.11",
	},
	{
		name: "early-for-good", rule: "P10: once the client writes anything else, the words that rate are ordinary",
		edits: []edit{{"openlines/desk/receive.go", `n.FinishedBy, n.RateEarly = "", false`, `n.FinishedBy = ""`}},
		pkg:   "openlines", run: "Scripts/P10",
	},
	{
		name: "asked-after-the-window", rule: "P10: the client is asked for a rating before the window ends",
		edits: []edit{{"openlines/desk/window.go", `by := ends.Add(-window / rateAhead)`, `by := ends.Add(window / rateAhead)`}},
		pkg:   "openlines", run: "Scripts/P10",
	},
	{
		name: "called-anew", rule: "11.43: what a channel called a message before still names it",
		edits: []edit{{"openlines/desk/receipt.go", `IDs: c.IDs, At: d.now}, true)`, `IDs: c.IDs, At: d.now}, false)`}},
		pkg:   "openlines", run: "Scripts/11.43",
	},
	{
		name: "two-a-week", rule: "11.29: one message a week to a client",
		edits: []edit{{"openlines/desk/network.go", `next.NetworkAt = d.now`, `next.NetworkAt = time.Time{}`}},
		pkg:   "openlines", run: "Scripts/11.28",
	},
	{
		name: "one-code-of-two", rule: "11.28: no two lines have one code",
		edits: []edit{{"openlines/desk/setup.go", `other != nil && other.ID != l.ID {`, `other != nil && false {`}},
		pkg:   "openlines", run: "Scripts/11.28",
	},
	{
		name: "removed-in-part", rule: "all accounts of a removed connector go, however many",
		edits: []edit{{"openlines/desk/connection.go", `			d.later(job{Kind: disconnectJob, Connector: id, Actor: actor})
`, ``}},
		pkg: "openlines", run: "RemovedConnector",
	},
}
