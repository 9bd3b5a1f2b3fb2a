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
		edits: []edit{{"openlines/desk/effect.go", `if len(m.Around) > 0 && e.Kind == Delivery {`, `if false {`}},
		pkg:   "openlines", run: "Scripts|HiddenInEveryTrace",
	},
	{
		name: "number-without-link", rule: "11.9: the session's number goes out with its link",
		edits: []edit{{"openlines/desk/text.go", `			b.WriteString(dialog)`, `			b.WriteString(strings.Fields(dialog)[0])`}},
		pkg:   "openlines", run: "Scripts/11.09",
	},
	{
		name: "notice-without-link", rule: "11.9: a notice has the session's number with its link",
		edits: []edit{{"openlines/desk/notice.go", `				b.WriteString(dialog)`, `				b.WriteString(number(e.Session))`}},
		pkg:   "openlines", run: "Scripts/11.09",
	},
	{
		name: "any-link", rule: "11.9: what is too long or malformed is no link",
		edits: []edit{{"openlines/host.go", `len(link) > MaxLink || `, ``}},
		pkg:   "openlines", run: "Links",
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
	{
		name: "begins-without-consent", rule: "11.5: in a live chat nothing begins before the client has accepted",
		edits: []edit{{"openlines/desk/consent.go", `waits = c != nil && c.AsksConsent && `, `waits = false && c.AsksConsent && `}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "written-before-consent", rule: "11.5: what the client wrote is in no message before he accepts",
		edits: []edit{{"openlines/desk/consent.go", `m.Said, m.Files, m.Withheld = connector.Text{}, nil, true`, `m.Withheld = true`}},
		pkg:   "openlines", run: "Consent",
	},
	{
		name: "another-version-is-the-same", rule: "11.7: a new version of the document is asked for anew",
		edits: []edit{{"openlines/desk/consent.go", `return a.Document == c.Document && a.Version == c.Version }`, `return a.Document == c.Document }`}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "form-names-nobody", rule: "7.25: whom a form names is asked first",
		edits: []edit{{"openlines/desk/form.go", `if s.OfferedTo == who || !d.fits(s, who) {`, `if true {`}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "form-is-shown-again", rule: "7.24: a form is shown to who has not filled it in",
		edits: []edit{{"openlines/desk/visit.go", `!d.mustAsk(chat, l) && chat.Form.Form != l.Form.ID {`, `!d.mustAsk(chat, l) {`}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "name-before-consent", rule: "11.5: before he consents, nothing that a client tells of himself is kept",
		edits: []edit{{"openlines/desk/consent.go", `if waits, _ := d.asksConsent(chat, l); waits {`, `if waits, _ := d.asksConsent(chat, l); waits && false {`}},
		pkg:   "openlines", run: "Consent",
	},
	{
		name: "consent-of-a-chat", rule: "11.7: a client is asked once, in whichever of his chats",
		edits: []edit{{"openlines/desk/client.go", `	for _, a := range from.Agreed {
		next.agree(a)
	}
`, ``}},
		pkg: "openlines", run: "Consent",
	},
	{
		name: "reserved-is-taken", rule: "7.26: a form in the place of a text is refused",
		edits: []edit{{"openlines/desk/scenario.go", `problems = append(problems, &Invalid{Field: "Scenarios." + f.field, Problem: "nothing here shows a form or runs a bot then"})`, ``}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "declined-counts", rule: "11.5: a client who declines had no session: the next one is his first",
		edits: []edit{{"openlines/desk/fire.go", `if s.State == session.Consenting && act != session.Supersede {`, `if false {`}},
		pkg:   "openlines", run: "Scripts",
	},
	{
		name: "machine-before-consent", rule: "11.5: what a machine sends before he consents is not kept",
		edits: []edit{{"openlines/desk/receive.go", `(past || in.Automatic) && d.unasked(chat.ID)`, `past && d.unasked(chat.ID)`}},
		pkg:   "openlines", run: "Scripts/11.05",
	},
	{
		name: "past-before-consent", rule: "11.5: nor what lies in the past",
		edits: []edit{{"openlines/desk/receive.go", `(past || in.Automatic) && d.unasked(chat.ID)`, `in.Automatic && d.unasked(chat.ID)`}},
		pkg:   "openlines", run: "Scripts/11.05",
	},
	{
		name: "started-over-his-head", rule: "11.5: nobody starts a session while the client is asked",
		edits: []edit{{"openlines/desk/start.go", `if goesOn && (before.State == session.Consenting || d.withheld.rows[before.ID] != nil) {`, `if false {`}},
		pkg:   "openlines", run: "Scripts/11.05",
	},
	{
		name: "form-before-consent", rule: "11.5: no form is shown before he consents",
		edits: []edit{{"openlines/desk/visit.go", `!d.mustAsk(chat, l) && chat.Form.Form`, `chat.Form.Form`}},
		pkg:   "openlines", run: "Scripts/11.0",
	},
	{
		name: "form-takes-from-who-was-named", rule: "7.25: a form takes nothing from whom somebody has named",
		edits: []edit{{"openlines/desk/form.go", ` || s.AskedAs == ByTransfer && s.Direct`, ``}},
		pkg:   "openlines", run: "Scripts/7.25",
	},
	{
		name: "comment-after-erasing", rule: "P4: no comment is kept of whom was erased",
		edits: []edit{{"openlines/desk/rating.go", `, comment != "" && d.gone(d.chats.get(s.Chat)):`, `:`}},
		pkg:   "openlines", run: "Scripts/P4",
	},
	{
		name: "saved-over-is-kept", rule: "P4: a response that was saved over another one is erased",
		edits: []edit{{"openlines/desk/canned.go", `before.At, cmp.Or(chat, before.Chat)`, `before.At, before.Chat`}},
		pkg:   "openlines", run: "TestErase",
	},
	{
		name: "form-names-in-the-next", rule: "7.25: what a form named in a session is no matter of a later one",
		edits: []edit{{"openlines/desk/fire.go", `c.Open, c.Form.Responsible = false, ""`, `c.Open = false`}},
		pkg:   "openlines", run: "Scripts/7.25",
	},
	{
		name: "no-is-not-heard", rule: "11.5: and asked again after his no",
		edits: []edit{{"openlines/desk/consent.go", ` || s.Unagreed || chat.HeardAt < s.First`, ` || chat.HeardAt < s.First`}},
		pkg:   "openlines", run: "Consent",
	},
	{
		name: "over-the-head-of-a-live-chat", rule: "11.5: where an operator has begun, the client is asked, too",
		edits: []edit{{"openlines/desk/receive.go", `open && d.mustAsk(chat, l) {`, `open && false {`}},
		pkg:   "openlines", run: "Consent",
	},
	{
		name: "withheld-for-ever", rule: "11.4: a line that asks no more lets go of what is withheld",
		edits: []edit{{"openlines/desk/receive.go", `		if waits {
			return d.withhold`, `		if true {
			return d.withhold`}},
		pkg: "openlines", run: "Scripts/11.04",
	},
	{
		name: "name-of-the-chat-before", rule: "11.5: no name of a chat is kept before its client consents",
		edits: []edit{{"openlines/desk/participant.go", `if d.unasked(a.Chat) {`, `if false {`}},
		pkg:   "openlines", run: "Scripts/11.05",
	},
	{
		name: "colleagues-before", rule: "11.5: operators have nothing to do before he consents",
		edits: []edit{{"openlines/desk/participant.go", `	case s.State == session.Consenting:
`, `	case false:
`}},
		pkg: "openlines", run: "Scripts/11.05",
	},
	{
		name: "no-time-for-consent", rule: "11.5: also with an operator he has Consent.Within",
		edits: []edit{{"session/session.go", `s.ConsentBy, s.AutoCloseAt = by, time.Time{}`, `s.AutoCloseAt = time.Time{}`}},
		pkg:   "openlines", run: "Scripts/11.05",
	},
	{
		name: "closes-while-he-is-asked", rule: "8.11: nothing closes while he is asked",
		edits: []edit{{"session/session.go", `s.ConsentBy, s.AutoCloseAt = by, time.Time{}`, `s.ConsentBy = by`}},
		pkg:   "openlines", run: "Scripts/11.05",
	},
	{
		name: "unread-twice", rule: "11.43: what somebody has joined and is asked for counts once",
		edits: []edit{{"openlines/desk/unread.go", `slices.Compact(his)`, `his`}},
		pkg:   "openlines", run: "Scripts/11.43",
	},
	{
		name: "spam-is-rated", rule: "9.5: nor spam",
		edits: []edit{{"openlines/desk/rating.go", `s.Reason != session.Spammed && l`, `l`}},
		pkg:   "openlines", run: "Scripts/9.05",
	},
	{
		name: "log-of-what-never-arrived", rule: "14.31: the log has what the client has seen",
		edits: []edit{{"openlines/desk/transcript.go", ` || m.Undelivered != ""`, ``}},
		pkg:   "openlines", run: "Scripts/14.31",
	},
	{
		name: "list-of-others", rule: "P18: a list is shared by who may use it there",
		edits: []edit{{"openlines/desk/setup.go", `if err := d.mayShare(by, &l, before); err != nil {`, `if err := error(nil); err != nil {`}},
		pkg:   "openlines", run: "Scripts/P18",
	},
	{
		name: "form-through-a-closed-line", rule: "7.25: whom a form names is asked where the session is",
		edits: []edit{{"openlines/desk/form.go", `		s = d.back(s, session.Return, "")
`, `		d.requeue(s, session.Return, "")
		s = d.sessions.get(s.ID)
`}},
		pkg: "openlines", run: "Scripts/7.25",
	},
	{
		name: "form-counts-at-the-hand-over", rule: "7.25: however long a bot has had the session",
		edits: []edit{{"openlines/desk/form.go", `if s.Began.Sub(form.At) > FormCounts {`, `if d.now.Sub(form.At) > FormCounts {`}},
		pkg:   "openlines", run: "Scripts/7.25",
	},
	{
		name: "form-names-for-ever", rule: "7.25: whom a form names is asked within FormCounts",
		edits: []edit{{"openlines/desk/form.go", `if s.Began.Sub(form.At) > FormCounts {`, `if false {`}},
		pkg:   "openlines", run: "Scripts/7.25",
	},
	{
		name: "item-after-no", rule: "11.5: no item is made of who has not consented",
		edits: []edit{{"openlines/desk/item.go", ` || s.Unagreed && d.unasked(s.Chat) {`, ` {`}},
		pkg:   "openlines", run: "Scripts/11.05",
	},
	{
		name: "agrees-to-what-is-older", rule: "11.7: who has agreed since agrees to nothing older",
		edits: []edit{{"openlines/desk/consent.go", ` || d.agreedSince(chat, l) {`, ` {`}},
		pkg:   "openlines", run: "Scripts/11.07",
	},
	{
		name: "reopened-is-rated", rule: "9.5: what goes on is not rated because it was asked about before",
		edits: []edit{{"openlines/desk/rating.go", `asked := (s.over() || s.RateEarly) && s.Reason`, `asked := s.Reason`}},
		pkg:   "openlines", run: "Scripts/9.05",
	},
	{
		name: "full-for-ever", rule: "11.4: who has written all is let go, too",
		edits: []edit{{"openlines/desk/consent.go", `return waits && h != nil && (len`, `return (waits || !waits) && h != nil && (len`}},
		pkg:   "openlines", run: "Scripts/11.04",
	},
	{
		name: "let-go-untold", rule: "11.6: who is not asked any more is told",
		edits: []edit{{"openlines/desk/receive.go", `told && (lifted || failed || chat`, `told && (lifted && !lifted || failed || chat`}},
		pkg:   "openlines", run: "Scripts/11.06",
	},
	{
		name: "consent-of-another", rule: "11.7: who is split off has agreed to what he has agreed to himself",
		edits: []edit{{"openlines/desk/client.go", `chat.inCRM(), nil, nil
`, `chat.inCRM(), own.Agreed, own.Agreed
`}},
		pkg: "openlines", run: "Scripts/P4",
	},
	{
		name: "started-from-consent", rule: "11.7: what is started from a message asks for the document",
		edits: []edit{{"openlines/desk/start.go", `n.Unagreed = n.Unagreed || waits`, `_ = waits`}},
		pkg:   "openlines", run: "Scripts/11.0",
	},
	{
		name: "rating-is-withheld", rule: "9.4: a rating is taken before consent",
		edits: []edit{{"openlines/desk/receive.go", `			return written // a word that was asked for
`, `			_ = written // a word that was asked for
`}},
		pkg: "openlines", run: "Scripts/9.04",
	},
	{
		name: "list-by-name", rule: "P18: nor by its name",
		edits: []edit{{"openlines/desk/canned.go", `	if before != nil && cmp.Or(before.Canned`, `	if l.Canned == "" || before != nil && cmp.Or(before.Canned`}},
		pkg:   "openlines", run: "Scripts/P18",
	},
}
