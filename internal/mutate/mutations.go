package main

const simulate = "Seeds"

var someSeeds = []string{"-sim.seeds", "200"}

// mutations are the bugs. The first four are the ways to get turns at a store wrong.
var mutations = []mutation{
	{
		name: "look-once-decide-anew", rule: "an unknown commit is committed again, never looked for",
		edits: []edit{{"openlines/turn.go",
			`head, batchErr = e.settle(stored, batchErr)`,
			`if c, err := e.store.Changes(e.life, stored.Expect); err == nil && c.Batch == stored.ID {
				head, batchErr = c.Head, nil
			} else {
				batchErr = storage.ErrConflict
			}`}},
		pkg: "openlines/sim", run: simulate, args: someSeeds,
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
			{"openlines/turn.go", `e.desk.Join(dec.draft, head)`, `e.desk.Begin(head)`},
		},
		pkg: "openlines/sim", run: simulate, args: someSeeds,
	},
	{
		name: "forget-the-mark", rule: "a batch is stored only on the mark it was decided on",
		edits: []edit{{"openlines/turn.go",
			`				head, batchErr = e.store.Commit(e.life, stored)`,
			`				if c, err := e.store.Changes(e.life, e.mark()); err == nil {
					stored.Expect = c.Mark
					for i := range stored.Events {
						stored.Events[i].Seq = c.Events + uint64(i) + 1
					}
				}
				head, batchErr = e.store.Commit(e.life, stored)`}},
		pkg: "openlines/sim", run: simulate, args: someSeeds,
	},
}
