package main

// lists is what is found, and by whom: rules 11.3x and 3.28.
var lists = []mutation{
	{
		name: "list-without-rights", rule: "11.32: a list shows what the actor may view",
		edits: []edit{{"openlines/desk/filter.go", `f.takes(s) && d.Views(by, s) == nil`, `f.takes(s)`}},
		pkg:   "openlines", run: "Scripts|TestSessions",
	},
	{
		name: "filter-until-is-in", rule: "11.39: days that touch count no session twice",
		edits: []edit{{"openlines/desk/filter.go", `!f.Until.IsZero() && !s.Began.Before(f.Until)`, `!f.Until.IsZero() && s.Began.After(f.Until)`},
			{"openlines/desk/filter.go", `From: f.From, Until: f.Until}`, `From: f.From}`}},
		pkg: "openlines", run: "Scripts|TestSessions",
	},
	{
		name: "list-misses-who-joined", rule: "11.32: what he takes part in is his own",
		edits: []edit{{"openlines/desk/filter.go", `	for _, id := range s.Joined {
		add(true, besideTerm(id))
	}
`, ``}},
		pkg: "openlines", run: "Scripts|TestSessions",
	},
	{
		name: "list-of-singles", rule: "11.39: two filters are one list of what has both",
		edits: []edit{{"openlines/desk/filter.go", `if pairs := pairTerms(channel, terms); len(pairs) > 0 {`, `if pairs := pairTerms(channel, terms); len(pairs) > 99 {`}},
		pkg:   "openlines/desk", run: "TwoFilters",
	},
	{
		name: "list-pairs-without-channel", rule: "11.39: two filters are one list of what has both",
		edits: []edit{{"openlines/desk/filter.go", `slices.Concat(terms, channel, pairTerms(channel, terms))`, `slices.Concat(terms, channel, pairTerms(nil, terms))`}},
		pkg:   "openlines/desk", run: "TwoFilters",
	},
	{
		name: "search-shows-all", rule: "11.32: a chat is found by who may see its session",
		edits: []edit{{"openlines/search.go", `taken[i] = d.Finds(a.by, &chats[i], latest[chats[i].Session])`, `taken[i] = latest != nil || true`}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "search-misses-long-words", rule: "11.39: what a word says beyond its longest term is looked at",
		edits: []edit{{"openlines/search.go", `if wanted.Takes(&chats[i]) {`, `if true {`}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "search-by-case", rule: "11.39: a name is found whatever its case",
		edits: []edit{{"openlines/desk/search.go", `least = min(least, next)`, `least = r`}},
		pkg:   "openlines/desk", run: "Folded|Beginnings",
	},
	{
		name: "metrics-count-spam", rule: "6.10: spam is kept out of averages",
		edits: []edit{{"kpi/figures.go", `if s.Reason == session.Spammed {`, `if false {`}},
		pkg:   "openlines", run: "Scripts|TestMetrics",
	},
	{
		name: "metrics-count-a-vote-twice", rule: "11.41: a rating that replaces another is counted once",
		edits: []edit{{"openlines/desk/tally.go", `was, is := ratings(old), ratings(new)`, `was, is := kpi.Figures{}, ratings(new)`}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "metrics-of-everybody", rule: "11.32: figures are of what the actor may view",
		edits: []edit{{"openlines/desk/tally.go", `	case t.Operator == "" || scope == Denied:
		return false
	}`, `	case t.Operator == "" || scope == Denied:
		return true
	}`}},
		pkg: "openlines", run: "Scripts",
	},
	{
		name: "days-of-utc", rule: "P23: figures are of the days of the line's zone",
		edits: []edit{{"openlines/desk/tally.go", `calendar.Local(t).Format`, `calendar.Local(t).UTC().Format`}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "tallies-stay-in-memory", rule: "11.41: of each line and operator one tally is in memory",
		edits: []edit{{"openlines/desk/tally.go", `past.Past = true`, `past.Past = false`}},
		pkg:   "openlines/desk", run: "Tallies",
	},
	{
		name: "same-terms-of-another-version", rule: "records of another version are listed anew",
		edits: []edit{{"openlines/desk/table.go", `!relist && slices.Equal`, `(relist || true) && slices.Equal`}},
		pkg:   "openlines/desk", run: "AnotherVersion",
	},
	{
		name: "list-never-stops", rule: "11.39: however many filters meet, a page looks at a thousand entries",
		edits: []edit{{"openlines/sessions.go", `looked+max(q.Walk, len(found))`, `looked+len(found)`}},
		pkg:   "openlines", run: "SessionsLook",
	},
	{
		name: "list-cursor-tells", rule: "11.32: where a list stopped names no session that is not shown",
		edits: []edit{{"openlines/sessions.go", `stopped && next != end {`, `stopped && next == end {`}},
		pkg:   "openlines", run: "SessionsStops",
	},
}
