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
		name: "removed-in-part", rule: "all accounts of a removed connector go, however many",
		edits: []edit{{"openlines/desk/connection.go", `			d.later(job{Kind: disconnectJob, Connector: id, Actor: actor})
`, ``}},
		pkg: "openlines", run: "RemovedConnector",
	},
}
