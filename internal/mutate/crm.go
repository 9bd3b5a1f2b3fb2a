package main

// crm is what the desk does with the host's CRM: rules 10.x.
var crm = []mutation{
	{
		name: "lead-before-deal", rule: "10.8: an open deal decides who is responsible, then a lead",
		edits: []edit{{"openlines/desk/items.go", `itemKinds = []ItemKind{Deal, Lead, Contact, Company, ""}`, `itemKinds = []ItemKind{Lead, Deal, Contact, Company, ""}`}},
		pkg:   "openlines", run: "Scripts/10.08",
	},
	{
		name: "oldest-deal-first", rule: "10.8: the newest of several decides",
		edits: []edit{{"openlines/desk/items.go", `o.Began.Compare(i.Began)`, `i.Began.Compare(o.Began)`}},
		pkg:   "openlines", run: "Scripts/10.08",
	},
	{
		name: "attached-to-closed", rule: "10.15: nothing is attached to what is closed",
		edits: []edit{{"openlines/desk/items.go", `		if f.over() || len(attach)`, `		if len(attach)`}},
		pkg:   "openlines", run: "Scripts/10.08",
	},
}
