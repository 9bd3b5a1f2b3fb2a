package main

// settings is how lines and the desk are set up: rules 2.8 and 14.19.
var settings = []mutation{
	{
		name: "last-writer-wins", rule: "2.8: a change of a line names the version on which it was made",
		edits: []edit{{"openlines/desk/setup.go", `if l.Version != 0 && l.Version != stored {`, `if l.Version > stored {`}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "last-settings-win", rule: "2.8: so does a change of the desk's settings",
		edits: []edit{{"openlines/desk/setup.go", `case given != 0 && given != before.Version:`, `case given > before.Version:`}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "recommended-forgets", rule: "14.19, P1: the recommended line looks at availability",
		edits: []edit{{"openlines/desk/recommended.go", `OnlyAvailable: true, `, ``}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "recommended-fills-up", rule: "14.19, P8: the recommended line closes what nobody goes on with",
		edits: []edit{{"openlines/desk/recommended.go", `session.Rules{AutoCloseAfter: RecommendedAutoClose}`, `session.Rules{AutoCloseAfter: 20 * RecommendedAutoClose}`}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "unknown-keys-pass", rule: "2.8: a key that is no field is refused",
		edits: []edit{{"openlines/desk/read.go", `		case t == nil:
			d.bad(below(path, key), "no such key")
			continue`, `		case t == nil:
			continue`}},
		pkg: "openlines/desk", run: "Read",
	},
}
