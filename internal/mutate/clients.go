package main

// clients is what clients see of operators: rules 11.x.
var clients = []mutation{
	{
		name: "hidden-but-for-the-id", rule: "11.3: clients see nothing of who is hidden, nor his id",
		edits: []edit{{"openlines/desk/shown.go", `		a.Operator = ""
`, ``}},
		pkg: "openlines", run: "Scripts",
	},
	{
		name: "named-as-it-was", rule: "11.3: a text that goes out late names who wrote as the line shows him now",
		edits: []edit{{"openlines/desk/effect.go", `if m.Names != "" && e.Kind == Delivery {`, `if false {`}},
		pkg:   "openlines", run: "Scripts|HiddenInEveryTrace",
	},
	{
		name: "alias-is-passed-over", rule: "11.1: what the queue keeps of a member comes before what the line has for all",
		edits: []edit{{"openlines/desk/shown.go", `a.Name, a.Photo = cmp.Or(a.Name, l.Shown.Name), `, `a.Name, a.Photo = cmp.Or(l.Shown.Name, a.Name), `}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "signed-unasked", rule: "11.2: the name goes before the text where the connection says so",
		edits: []edit{{"openlines/desk/shown.go", `c != nil && c.Signs`, `c != nil`}},
		pkg:   "openlines", run: "Scripts",
	},
}
