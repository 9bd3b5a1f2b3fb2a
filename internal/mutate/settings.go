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

// people is whose chats are one client's, and how he is forgotten: rules P4 and P21.
var people = []mutation{
	{
		name: "known-by-two-chats", rule: "P4: chats of which the host says so are of one client",
		edits: []edit{{"openlines/desk/identify.go", `		d.knownAs(e.Chat, who.Client)
`, ``}},
		pkg: "openlines", run: "Scripts",
	},
	{
		name: "vip-waits", rule: "P21: a client's priority is added to that of his sessions",
		edits: []edit{{"openlines/desk/start.go", `l.Queue.Priority + chat.Priority`, `l.Queue.Priority`}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "vip-waits-elsewhere", rule: "P21: also in the line to which they move",
		edits: []edit{{"openlines/desk/handover.go", `p := l.Queue.Priority + d.chats.get(s.Chat).Priority`, `p := l.Queue.Priority`}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "erased-but-versions", rule: "P4: what is erased is gone with all that was written before",
		edits: []edit{{"openlines/desk/erase.go", `Written: m.Written, Hidden: m.Hidden,`, `Written: m.Written, Hidden: m.Hidden, Versions: m.Versions,`}},
		pkg:   "openlines", run: "TestErase",
	},
	{
		name: "erased-but-found", rule: "P4: an address leads nowhere after its client is erased",
		edits: []edit{{"openlines/desk/erase.go", `		d.aliases.drop(addresses[i])
`, `		_ = addresses[i]
`}},
		pkg: "openlines", run: "Scripts",
	},
	{
		name: "erased-by-half", rule: "P4: what was cut short is gone on with",
		edits: []edit{{"openlines/run.go", `	if err := e.erase(ctx); err != nil {
		return err
	}
`, ``}},
		pkg: "openlines", run: "TestErase",
	},
}
