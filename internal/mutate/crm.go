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
	{
		name: "lead-of-passer", rule: "10.3: who cannot be reached once he is gone is no lead",
		edits: []edit{{"openlines/desk/item.go", `return c == nil || !c.Passers ||`, `return c == nil || c.Passers ||`}},
		pkg:   "openlines", run: "Scripts/10.02",
	},
	{
		name: "second-lead", rule: "10.13: who is linked to an item gets no second one",
		edits: []edit{{"openlines/desk/client.go", `return c.Identity.Client != "" || len(c.Identity.Items) > 0`, `return c.Identity.Client != ""`}},
		pkg:   "openlines", run: "Scripts/10.02",
	},
	{
		name: "kept-is-told", rule: "10.14: what is kept from the CRM makes nothing",
		edits: []edit{{"openlines/desk/item.go", `	case !s.Shared:
		return ItemKept
`, ``}},
		pkg: "openlines", run: "Scripts/10.02",
	},
	{
		name: "charge-by-anybody", rule: "10.9: only a transfer by hand changes who is responsible",
		edits: []edit{{"openlines/desk/charge.go", `m.Accepted && (!byHand || d.crmOf(s.Line).KeepResponsible)`, `m.Accepted && d.crmOf(s.Line).KeepResponsible`}},
		pkg:   "openlines", run: "Scripts/10.09",
	},
	{
		name: "attached-again", rule: "10.16: the host is told of what a chat was not linked to before",
		edits: []edit{{"openlines/desk/identify.go", `return slices.Contains(known, id) })`, `return slices.Contains(known[:0], id) })`}},
		pkg:   "openlines", run: "Scripts/10.16",
	},
	{
		name: "last-number-sticks", rule: "10.12: the first number sticks",
		edits: []edit{{"openlines/desk/items.go", `	if phone == "" {
		chat.Phone`, `	if connector.FindPhone(m.Said.Text) != "" {
		chat.Phone`}},
		pkg: "openlines", run: "Scripts/10.10",
	},
	{
		name: "all-chats-of-item", rule: "10.17: the chats of an item are the active ones",
		edits: []edit{{"openlines/items.go", `desk.ChatsOf(item, !all)`, `desk.ChatsOf(item, false)`}},
		pkg:   "openlines", run: "Scripts/10.17",
	},
	{
		name: "anybody-reads-item", rule: "11.33: who may not read an item may not read its chats",
		edits: []edit{{"openlines/items.go", `if err == nil && !may {`, `if err == nil && !may && false {`}},
		pkg:   "openlines", run: "Scripts/10.17",
	},
	{
		name: "notes-are-told", rule: "14.32: what colleagues write for one another is not told to the CRM",
		edits: []edit{{"openlines/desk/item.go", `if !m.Hidden && !m.NoCRM`, `if !m.NoCRM`}},
		pkg:   "openlines", run: "Scripts/10.02",
	},
	{
		name: "lead-in-each-chat", rule: "P4: of a client who writes in two chats one lead is made",
		edits: []edit{{"openlines/desk/item.go", `	case chat.Linked:
		return ItemElsewhere
`, ``}},
		pkg: "openlines", run: "Scripts/P4",
	},
	{
		name: "late-and-in-vain", rule: "10.5: who waits is put to the responsible person of whom the host tells late",
		edits: []edit{{"openlines/desk/identify.go", `	case s != nil && s.State == session.Waiting:
		d.askLate(s, who.looksAfter())
`, ``}},
		pkg: "openlines", run: "Scripts/10.05",
	},
	{
		name: "chained-to-another", rule: "P4: whoever is taken out of several merges leaves nobody with the wrong person",
		edits: []edit{{"openlines/desk/client.go", `		d.follow(from, into.Key)
	default:`, `	default:`}},
		pkg: "openlines", run: "Scripts/P4",
	},
	{
		name: "somebody-else-is-served", rule: "P14: of who is somebody else it is not known who was last with him",
		edits: []edit{{"openlines/desk/client.go", `			chat = d.unserved(chat,`, `			_ = append([]*Chat{chat},`}, {"openlines/desk/client.go", `return o == id })))
		}`, `return o == id }))...)
		}`}},
		pkg: "openlines", run: "Scripts/P14",
	},
	{
		name: "moved-by-hand-without-lead", rule: "14.32: of a client with a record, too, one is made where his session is moved to",
		edits: []edit{{"openlines/desk/handover.go", `		d.consider(d.sessions.get(s.ID))
		return nil`, `		return nil`}},
		pkg: "openlines", run: "Scripts/14.32",
	},
	{
		name: "outage-holds-all", rule: "14.21: a new session waits for its own attempt only",
		edits: []edit{{"openlines/desk/identify.go", `e.Kind == CallBot || e.Channel == newClients`, `e.Kind == CallBot`}},
		pkg:   "openlines", run: "Scripts/14.21",
	},
	{
		name: "retries-hold-all", rule: "14.21: what has failed is asked again beside what is new",
		edits: []edit{{"openlines/desk/effect.go", `			next.Channel = identities
`, `			next.Channel = newClients
`}, {"openlines/desk/identify.go", `e.Kind == CallBot || e.Channel == newClients`, `e.Kind == CallBot`}},
		pkg: "openlines", run: "Scripts/14.21",
	},
	{
		name: "merged-for-ever", rule: "P4: who was merged by mistake and split off is again whom the host knows him as",
		edits: []edit{{"openlines/desk/client.go", `if known == "" || !slices.Contains(own.From, key) ||`, `if true || known == "" ||`}},
		pkg:   "openlines", run: "Scripts/P4",
	},
	{
		name: "others-merged-for-ever", rule: "P4: so are those from whom somebody was split off",
		edits: []edit{{"openlines/desk/client.go", `c.Identity.Client != "" && slices.Contains(kept.From, key) {`, `false && slices.Contains(kept.From, key) {`}},
		pkg:   "openlines", run: "Scripts/P4",
	},
	{
		name: "served-by-another-person", rule: "P14: who was split off is not put to who was last with somebody else",
		edits: []edit{{"openlines/desk/client.go", `	if chat.ServedIn != 0 {
		return forget(chat)
	}
`, ``}},
		pkg: "openlines", run: "Scripts/P14",
	},
	{
		name: "renamed-and-forgotten", rule: "P4: who is known under another id goes there with all that is known of him",
		edits: []edit{{"openlines/desk/client.go", `			was = *own // all that is known of him goes with him
`, `			_ = was
`}},
		pkg: "openlines", run: "Scripts/P14",
	},
	{
		name: "moved-without-lead", rule: "10.2: what moves to a line that makes items has one made",
		edits: []edit{{"openlines/desk/handover.go", `		d.consider(next)
`, `		d.verify(next)
`}},
		pkg: "openlines", run: "Scripts/10.02",
	},
	{
		name: "numbers-unheard", rule: "10.10: what the client wrote before is looked for once the line asks",
		edits: []edit{{"openlines/desk/items.go", `if crm.NoTracker || !s.Shared {`, `if !crm.Verify || crm.NoTracker || !s.Shared {`}},
		pkg:   "openlines", run: "Scripts/10.02",
	},
	{
		name: "edits-untracked", rule: "10.10: what he adds to a message is looked for, too",
		edits: []edit{{"openlines/desk/revise.go", `		d.track(s, &next)
`, ``}},
		pkg: "openlines", run: "Scripts/10.02",
	},
	{
		name: "lead-of-another-unsaid", rule: "14.32: that an item is being made of another chat of the client is told",
		edits: []edit{{"openlines/question.go", `if err == nil && x.Item == "" {`, `if err == nil && x.Item == "" && false {`}},
		pkg:   "openlines", run: "ItemOfAnother",
	},
	{
		name: "dismissed-is-responsible", rule: "3.27: who was dismissed is responsible for nothing",
		edits: []edit{{"openlines/desk/item.go", `v != Unknown && v != Dismissed`, `v != Unknown`}},
		pkg:   "openlines", run: "Scripts/3.27",
	},
	{
		name: "form-is-a-hand", rule: "10.9: whom a form names was not given the session by hand",
		edits: []edit{{"openlines/desk/act.go", `s.Direct && s.AskedAs == ByTransfer`, `s.Direct`}},
		pkg:   "openlines", run: "Scripts/10.09",
	},
	{
		name: "lead-of-a-known-client", rule: "10.2: who moves to a line that asks is asked about first",
		edits: []edit{{"openlines/desk/item.go", `	d.verify(s)
	s = d.sessions.get(s.ID)
`, ``}},
		pkg: "openlines", run: "Scripts/10.02",
	},
	{
		name: "answer-for-who-is-gone", rule: "14.43: what the host tells is for the session that goes on",
		edits: []edit{{"openlines/desk/identify.go", `s != nil && !s.Open() && now != nil`, `false && now != nil`}},
		pkg:   "openlines", run: "Scripts/14.43",
	},
	{
		name: "form-item-is-lost", rule: "10.16: what a form brought stays linked",
		edits: []edit{{"openlines/desk/items.go", `if !slices.Contains(c.Made, item) &&`, `if false &&`}},
		pkg:   "openlines", run: "Scripts/10.16",
	},
	{
		name: "two-leads-at-once", rule: "6.29: one item of a chat is made at a time",
		edits: []edit{{"openlines/desk/item.go", `	if d.asks(AskItem, itemLane(s.Chat), 0) {
		return nil, nil`, `	if false {
		return nil, nil`}},
		pkg: "openlines", run: "Scripts/6.29",
	},
	{
		name: "linked-for-ever", rule: "P4: who has nothing in the CRM any more gets another lead",
		edits: []edit{{"openlines/desk/client.go", `next.Linked = slices.ContainsFunc(d.chats.getAll(own.Chats), (*Chat).inCRM); next.Linked`, `next.Linked = own.Linked || c.inCRM(); next.Linked`}},
		pkg:   "openlines", run: "Scripts/P4",
	},
	{
		name: "split-from-whom-is-known", rule: "P4: a chat is split from whom the host knows",
		edits: []edit{{"openlines/desk/client.go", `own.Known == "" || !known(chat) ||`, `true || !known(chat) ||`}},
		pkg:   "openlines", run: "Scripts/P4",
	},
	{
		name: "charge-ends-with-a-start", rule: "10.9: who is responsible follows what takes the place of a session",
		edits: []edit{{"openlines/desk/start.go", `n.Unagreed, n.Making = before.Unagreed, before.Making`, `n.Unagreed = before.Unagreed`}},
		pkg:   "openlines", run: "Scripts/10.09",
	},
	{
		name: "made-for-who-is-gone", rule: "10.9: the item that is made meanwhile is that of the session that goes on",
		edits: []edit{{"openlines/desk/item.go", `if s.Making != nil && s.Making.Item == "" {
			making := *s.Making
			making.Item = item`, `if false {
			making := *s.Making
			making.Item = item`}},
		pkg: "openlines", run: "Scripts/10.09",
	},
	{
		name: "lead-before-the-answer", rule: "10.2: no lead is made before the host has answered",
		edits: []edit{{"openlines/desk/item.go", `d.asks(AskIdentity, identityLane(s.Chat), 0)`, `d.asks(AskIdentity, identityLane(s.Chat), s.ID)`}},
		pkg:   "openlines", run: "Scripts/14.43",
	},
	{
		name: "answer-routes-another", rule: "14.21: an answer routes the session that was asked about",
		edits: []edit{{"openlines/desk/identify.go", `	waits := s != nil && s.State == session.Identifying
	if now`, `	waits := s != nil && d.sessions.rows[d.open[e.Chat]] != nil && d.sessions.rows[d.open[e.Chat]].State == session.Identifying
	if now`}},
		pkg: "openlines", run: "InFlight",
	},
	{
		name: "kept-is-linked", rule: "10.14: no session that is kept from the CRM is linked",
		edits: []edit{{"openlines/desk/identify.go", `now != nil && now.Shared {`, `now != nil {`}},
		pkg:   "openlines", run: "Scripts/10.14",
	},
}
