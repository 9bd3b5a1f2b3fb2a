package main

// gaps are rules that a test once named and did not hold.
var gaps = []mutation{
	{
		name: "rating-is-never-off", rule: "9.1: where rating is off nobody is asked",
		edits: []edit{{"openlines/desk/rating.go", `return !l.Rating.Off && !d.info`, `return !d.info`}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "asked-before-work", rule: "10.6: the responsible person is not asked before his work day begins",
		edits: []edit{{"openlines/desk/identify.go", `worktime.OffDuty, worktime.NotClockedIn, worktime.OnBreak:`, `worktime.OffDuty, worktime.OnBreak:`}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "asked-in-his-break", rule: "10.6: the responsible person is not asked in a break",
		edits: []edit{{"openlines/desk/identify.go", `worktime.OffDuty, worktime.NotClockedIn, worktime.OnBreak:`, `worktime.OffDuty, worktime.NotClockedIn:`}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "greeted-once-more", rule: "7.2: who opens the chat is greeted once in it, where the line says so",
		edits: []edit{{"openlines/desk/visit.go", `chat.Session != 0 && l.GreetOnce || `, ``}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "kept-is-tracked", rule: "10.14: what is kept from the CRM is not looked at",
		edits: []edit{{"openlines/desk/receive.go", `	if !m.NoCRM {
		d.track`, `	if true {
		d.track`}},
		pkg: "openlines", run: "Scripts",
	},
	{
		name: "kept-is-shared", rule: "10.14: what is kept from the CRM does not make the session one for it",
		edits: []edit{{"openlines/desk/receive.go", `		if !m.NoCRM {
			d.share`, `		if true {
			d.share`}},
		pkg: "openlines", run: "Scripts",
	},
	{
		name: "plan-rates", rule: "1.2a: rating can be missing from the plan",
		edits: []edit{{"openlines/desk/line.go", `if p.NoRating && `, `if p.NoRating && false && `}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "intercept-unnamed-denied", rule: "11.36: where a role does not name it, intercepting goes as far as joining",
		edits: []edit{{"openlines/desk/rights.go", `		return r.Rights[MayJoin]`, `		return Denied`}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "canned-unnamed-denied", rule: "11.36: where a role does not name them, canned responses are for members of the queue",
		edits: []edit{{"openlines/desk/rights.go", `	case right == MayUseCanned:
		return OwnOnes`, `	case right == MayUseCanned:
		return Denied`}},
		pkg: "openlines", run: "Scripts",
	},
	{
		name: "denial-is-unnamed", rule: "11.36: a role that names a right as denied denies it",
		edits: []edit{{"openlines/desk/rights.go", `	case named:
		return scope`, `	case named && scope != Denied:
		return scope`}},
		pkg: "openlines", run: "Scripts",
	},
	{
		name: "some-of-a-shift", rule: "14.17: handing over a colleague's shift takes the right to take over all of it",
		edits: []edit{{"openlines/desk/handover.go", `				if err := d.mayHandle(s, by); err != nil {
					return err
				}`, `				_ = s`}},
		pkg: "openlines", run: "Scripts",
	},
	{
		name: "shift-takes-what-came-after", rule: "14.17: what reaches an operator while his shift is handed over stays his where the actor has no right",
		edits: []edit{{"openlines/desk/job.go", ` || actor != id && d.mayHandle(row, By{Operator: actor}) != nil`, ``}},
		pkg:   "openlines", run: "HandOver",
	},
	{
		name: "shift-is-cut-short", rule: "14.17: handing over a shift returns everything, however much it is",
		edits: []edit{{"openlines/desk/job.go", `d.later(job{Kind: handOverJob, Operator: id, Session: after, Actor: actor})`, ``}},
		pkg:   "openlines", run: "HandOver",
	},
}
