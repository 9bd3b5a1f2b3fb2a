package main

const simulate = "Seeds"

var someSeeds = []string{"-sim.seeds", "200"}

// turns are ways to get turns at a store wrong. The first four are the classic ones.
var turns = []mutation{
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
		name: "back-in-time", rule: "invariant I-36: a program whose clock is behind dates nothing before what was",
		edits: []edit{{"openlines/desk/desk.go", `return c.Since }, index: d.indexCounters,`, `return c.Since },`}},
		pkg:   "openlines", run: "ClockSetBack",
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
		name: "poison-spreads", rule: "a command that cannot be stored fails alone",
		edits: []edit{{"openlines/turn.go", `case poisoned(a.err) && len(batch) > 1:`, `case poisoned(a.err) && len(batch) > 1000:`}},
		pkg:   "openlines", run: "Poison",
	},
	{
		name: "refuse-the-repeat", rule: "a command id that was done is answered as done, also when its success forbids it",
		edits: []edit{{"openlines/desk/desk.go", `d.onces.prove(by.key()) // what was done under the id may be why it is refused now`, `_ = by`}},
		pkg:   "openlines", run: "TestCommandIDsAreOnesOwn",
	},
	{
		name: "tried-is-forgotten", rule: "everything follows from the records: who was asked",
		edits: []edit{{"openlines/desk/rows.go", "`json:\"tried,omitempty\"`", "`json:\"-\"`"}},
		pkg:   "openlines", run: "Anew",
	},
	{
		name: "all-at-once", rule: "each deadline fires at its own time",
		edits: []edit{{"openlines/desk/fire.go", `			d.now = due.at
`, `			d.now = at
`}},
		pkg: "openlines", run: "Jump",
	},
}
