package desk

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
)

// Choice says what a filter does with sessions that have a property.
type Choice string

// The choices.
const (
	Either  Choice = ""        // it takes those with it and those without
	Only    Choice = "only"    // those with it
	Without Choice = "without" // those without it
)

func (c Choice) takes(has bool) bool { return c == Either || has == (c == Only) }

// SessionFilter chooses sessions, open and closed (rule 11.39). The zero filter takes all; each field that is set takes
// fewer, and all have to hold. Undistributed sessions (rule 3.28) are those in the state waiting.
type SessionFilter struct {
	Line      LineID           // of now, or of the end
	Connector connector.ID     // the kind of channel
	Account   string           // of the Connector
	Operator  queue.OperatorID // who has it, or had it at the end
	Chat      session.ChatID
	States    []session.State // any of these (rule 11.40); at most MaxStates
	From      time.Time       // begun at or after; whoever has it now, it began when the conversation did (rule 11.38)
	Until     time.Time       // begun before
	Vote      Vote            // of the client
	Stars     int             // of a supervisor, 1 to MaxStars
	Item      string          // of the host's CRM, to which it is linked (rule 10.16)

	Linked     Choice // to any item
	Reviewed   Choice // by a supervisor
	Unanswered Choice // marked as without a reply in time (rule 7.16)
	Spam       Choice // closed as spam (rule 6.10)
	Bot        Choice // of a bot alone: it has it, or no operator has had it
}

// MaxStates is how many states a filter can name.
const MaxStates = 20

// maxSources is how many queries a list makes for one page. Who may view sessions by more ways than that pays with longer
// searches.
const maxSources = 20

func (f *SessionFilter) validate() error {
	for field, id := range map[string]string{"Line": string(f.Line), "Operator": string(f.Operator)} { // order does not matter: either is malformed
		if id == "" {
			continue
		}
		if err := checkName(field, id); err != nil {
			return err
		}
	}
	for field, id := range map[string]string{"Connector": string(f.Connector), "Account": f.Account, "Item": f.Item} { // as above
		if id == "" {
			continue
		}
		if err := connector.CheckID(field, id); err != nil {
			return err
		}
	}
	bad := func(field, problem string, limit int) error {
		return &Invalid{Field: field, Problem: problem, Limit: limit}
	}
	switch {
	case f.Account != "" && f.Connector == "":
		return bad("Account", "without a connector", 0)
	case f.Chat < 0:
		return bad("Chat", "negative", 0)
	case len(f.States) > MaxStates:
		return bad("States", strconv.Itoa(len(f.States)), MaxStates)
	case f.Vote != "" && f.Vote != Good && f.Vote != Bad:
		return bad("Vote", "want good or bad", 0)
	case f.Stars < 0 || f.Stars > MaxStars:
		return bad("Stars", "out of range", MaxStars)
	}
	for _, s := range f.States {
		if !s.Known() {
			return bad("States", "unknown state", 0)
		}
	}
	for field, c := range map[string]Choice{"Linked": f.Linked, "Reviewed": f.Reviewed, "Unanswered": f.Unanswered, "Spam": f.Spam, "Bot": f.Bot} { // as above
		if c != Either && c != Only && c != Without {
			return bad(field, "want only, without or nothing", 0)
		}
	}
	for field, t := range map[string]time.Time{"From": f.From, "Until": f.Until} { // as above
		if year := t.UTC().Year(); year < 1 || year > 9999 {
			return bad(field, "outside of the years 1 to 9999", 0)
		}
	}
	return nil
}

// takes reports whether the filter takes a session. It looks at everything, also at what the store has looked at: a session
// that an older program has stored has fewer terms, and one that changed meanwhile has others.
func (f *SessionFilter) takes(s *Session) bool {
	switch {
	case f.Line != "" && s.Line != f.Line, f.Connector != "" && s.Channel.Connector != f.Connector,
		f.Account != "" && s.Channel.Account != f.Account, f.Operator != "" && s.Owner != f.Operator,
		f.Chat != 0 && s.Chat != f.Chat, len(f.States) > 0 && !slices.Contains(f.States, s.State),
		!f.From.IsZero() && s.Began.Before(f.From), !f.Until.IsZero() && !s.Began.Before(f.Until),
		f.Vote != "" && s.Vote != f.Vote, f.Stars != 0 && s.stars() != f.Stars,
		f.Item != "" && !slices.Contains(s.Items, f.Item):
		return false
	}
	return f.Linked.takes(len(s.Items) > 0) && f.Reviewed.takes(s.Review != nil) && f.Unanswered.takes(s.Unanswered) && f.Spam.takes(s.Reason == session.Spammed) &&
		f.Bot.takes(s.ofBot())
}

func (s *Session) stars() int {
	if s.Review == nil {
		return 0
	}
	return s.Review.Stars
}

// terms are those that every session has that the filter takes, for the store. Of what is paired, it asks for the pairs: two
// long lists can have nothing in common, and then a store walks one of them to its end.
func (f *SessionFilter) terms() (terms []string) {
	var channel []string
	if f.Account != "" {
		channel = []string{accountTerm(Channel{f.Connector, f.Account})}
	} else if f.Connector != "" {
		channel = []string{connectorTerm(f.Connector)}
	}
	add := func(set bool, term string) {
		if set {
			terms = append(terms, term)
		}
	}
	add(f.Line != "", lineTerm(f.Line))
	add(f.Operator != "", operatorTerm(f.Operator))
	add(f.Vote != "", voteTerm(f.Vote))
	add(f.Stars != 0, starsTerm(f.Stars))
	add(f.Linked == Only, linkedTerm)
	add(f.Reviewed == Only, reviewedTerm)
	add(f.Unanswered == Only, unansweredTerm)
	add(f.Spam == Only, spamTerm)
	add(f.Bot == Only, botTerm)
	if pairs := pairTerms(channel, terms); len(pairs) > 0 {
		terms = pairs
	} else {
		terms = append(terms, channel...)
	}
	add(f.Chat != 0, chatTerm(f.Chat))
	if len(f.States) == 1 {
		add(true, stateTerm(f.States[0]))
	}
	add(f.Item != "", itemTerm(f.Item))
	return terms
}

// pairTerms find what has two of some terms, but of those of the channel one.
func pairTerms(channel, terms []string) (pairs []string) {
	for i, one := range terms {
		for _, other := range slices.Concat(channel, terms[i+1:]) {
			pairs = append(pairs, fit(one+" "+other))
		}
	}
	return pairs
}

func connectorTerm(id connector.ID) string { return fit("connector:" + string(id)) }
func accountTerm(c Channel) string         { return "account:" + connectionKey(c.Connector, c.Account) }

// besideTerm finds the sessions that somebody is concerned with who has them not: he is asked for them, or takes part.
func besideTerm(id queue.OperatorID) string { return "beside:" + string(id) }

func voteTerm(v Vote) string { return "vote:" + string(v) }
func starsTerm(n int) string { return "stars:" + strconv.Itoa(n) }

const (
	linkedTerm     = "linked"
	reviewedTerm   = "reviewed"
	unansweredTerm = "unanswered"
	spamTerm       = "spam"
	botTerm        = "bot"
	nobodysTerm    = "nobody's" // nobody has it or is asked for it alone
)

// fit names a term that no store can keep by its digest.
func fit(term string) string {
	if len(term) <= storage.MaxKey {
		return term
	}
	return "digest:" + digest(term)
}

// sessionTerms are what sessions are found by: what filters ask for, alone and in pairs, and all who are concerned. A pair is
// of him who has it; items, chats and states but the last have few sessions, and nearly all have the last state, so that they
// need no pairs. So have those who are concerned beside him.
func sessionTerms(s *Session) (terms []string) {
	if !s.Open() && s.NoConsent {
		return []string{chatTerm(s.Chat)} // its client has never consented: there was none
	}
	add := func(set bool, term string) {
		if set {
			terms = append(terms, term)
		}
	}
	add(true, lineTerm(s.Line))
	add(s.Owner != "", operatorTerm(s.Owner))
	add(s.Vote != "", voteTerm(s.Vote))
	add(s.stars() != 0, starsTerm(s.stars()))
	add(len(s.Items) > 0, linkedTerm)
	add(s.Review != nil, reviewedTerm)
	add(s.Unanswered, unansweredTerm)
	add(s.Reason == session.Spammed, spamTerm)
	add(s.ofBot(), botTerm)
	var channel []string
	if s.Channel.Connector != "" {
		channel = []string{connectorTerm(s.Channel.Connector), accountTerm(s.Channel)}
	}
	terms = slices.Concat(terms, channel, pairTerms(channel, terms))
	add(true, chatTerm(s.Chat))
	add(true, stateTerm(s.State))
	add(s.OfferedTo != "", besideTerm(s.OfferedTo))
	for _, id := range s.Joined {
		add(true, besideTerm(id))
	}
	add(s.Owner == "" && s.OfferedTo == "", nobodysTerm)
	for _, id := range s.Items {
		add(true, itemTerm(id))
	}
	return terms
}

// SessionQueries returns queries for the store that find, together, each session that a filter takes and an actor may view,
// and others; none if there can be no such session. What they find is to be asked of [Desk.Lists]. It takes the right to view
// sessions, in some scope and line.
func (d *Desk) SessionQueries(by By, f SessionFilter) ([]storage.Query, error) {
	if err := f.validate(); err != nil {
		return nil, err
	}
	sources, err := d.viewed(by, f.Line)
	switch {
	case err != nil:
		return nil, err
	case sources == nil && len(f.States) > 1:
		for _, s := range f.States {
			sources = append(sources, source{term: stateTerm(s)})
		}
	case sources == nil || len(sources) > maxSources:
		sources = []source{{}}
	}
	queries := []storage.Query{}
	for _, s := range sources {
		one := f
		one.Line, one.Operator = cmp.Or(s.line, f.Line), cmp.Or(s.owner, f.Operator)
		if f.Operator != "" && (one.Operator != f.Operator || s.term == nobodysTerm) {
			continue // it is not of him
		}
		q := storage.Query{Kind: "session", Terms: one.terms(), From: f.From, Until: f.Until}
		if s.term != "" {
			q.Terms = append(q.Terms, s.term)
		}
		queries = append(queries, q)
	}
	return queries, nil
}

// source is a part of what an actor may view: sessions of a line, of an owner and with a term, as far as they are set.
type source struct {
	line  LineID
	owner queue.OperatorID
	term  string
}

// Lists reports whether a filter takes a session, which was one (rule 11.5), and an actor may view it (rule 11.32).
func (d *Desk) Lists(by By, f SessionFilter, s *Session) bool {
	return !(s.NoConsent && !s.Open()) && f.takes(s) && d.Views(by, s) == nil
}

// viewed returns where to look: a session that an actor may view, of one line or of all, is in one of the sources, if there are any.
// None: he may view all.
func (d *Desk) viewed(by By, line LineID) (sources []source, err error) {
	if by.Operator == "" {
		return nil, nil
	}
	if err := d.AllowsAnywhere(by, MayViewSessions); err != nil {
		return nil, err
	}
	lines := []LineID{line}
	if line == "" && len(d.lines.rows) > 0 {
		lines = sortedKeys(d.lines.rows)
	}
	whole, colleagues := true, false
	for _, l := range lines {
		scope := d.scope(by.Operator, MayViewSessions, l)
		if scope == AnyOnes {
			sources = append(sources, source{line: l})
			continue
		}
		whole, colleagues = false, colleagues || scope == OfDepartments
		if d.isMember(l, by.Operator) || scope == OfDepartments && d.concernsDepartment(by.Operator, l, nil) {
			sources = append(sources, source{line: l, term: nobodysTerm})
		}
	}
	if whole {
		return nil, nil
	}
	concerned := []queue.OperatorID{by.Operator}
	if colleagues {
		for _, dep := range d.partOf[by.Operator] {
			concerned = append(concerned, d.departments.rows[dep].Operators...)
		}
		slices.Sort(concerned)
		concerned = slices.Compact(concerned)
	}
	for _, id := range concerned {
		sources = append(sources, source{owner: id}, source{term: besideTerm(id)})
	}
	return sources, nil
}
