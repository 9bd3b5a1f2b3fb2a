package desk

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
)

// Limits of ratings.
const (
	MaxRateText = 100     // characters of a text with buttons (rule 9.3)
	MaxStars    = 5       // of a supervisor (rule 9.12)
	MaxComment  = 4 << 10 // bytes of a supervisor's comment; longer ones are cut
	MaxAnswers  = 20      // words that rate, of each kind
	maxAnswer   = 64      // bytes of one
)

// Vote is what a client thinks of a conversation (rule 9.3).
type Vote string

// The votes.
const (
	Good Vote = "good"
	Bad  Vote = "bad"
)

// Rating says how clients rate a line's conversations. They are asked when an operator has finished, if there is a text for it
// ([Texts]); the zero Rating understands the answers 1 and 0 in the closing delay (rules 9.1, 9.2, 9.4), or for as long as
// that usually is if there is none; with Within, for that time.
type Rating struct {
	Off            bool     `json:"off,omitempty"`            // nobody is asked
	CloseWhenRated bool     `json:"closeWhenRated,omitempty"` // a rating ends the closing delay (rule 9.6)
	Within         Within   `json:"within,omitzero"`          // of being asked; later ones are ordinary messages (rule 9.7). 0: no limit
	WhileOpen      bool     `json:"whileOpen,omitempty"`      // where there are buttons, also before the end (rule 9.5)
	Good           []string `json:"good,omitempty"`           // answers that praise; none: "1"
	Bad            []string `json:"bad,omitempty"`            // answers that do not; none: "0"
}

func (r *Rating) answers() (good, bad []string) {
	good, bad = r.Good, r.Bad
	if len(good) == 0 {
		good = []string{"1"}
	}
	if len(bad) == 0 {
		bad = []string{"0"}
	}
	return good, bad
}

// understood returns the vote that an answer is: the whole of it, capital letters or not (rule 9.4).
func (r *Rating) understood(text string) (Vote, bool) {
	switch good, bad := r.answers(); {
	case isOneOf(good, text):
		return Good, true
	case isOneOf(bad, text):
		return Bad, true
	}
	return "", false
}

// isOneOf reports whether a text is one of some words, capital letters or not.
func isOneOf(words []string, text string) bool {
	text = strings.TrimSpace(text)
	return slices.ContainsFunc(words, func(w string) bool { return strings.EqualFold(w, text) })
}

// validateRating reports every problem of a line's rating and its texts, as *Invalid.
func (l *Line) validateRating() (problems []error) {
	bad := func(field, problem string, limit int) {
		problems = append(problems, &Invalid{Field: field, Problem: problem, Limit: limit})
	}
	if l.Rating.Within < 0 {
		bad("Rating.Within", "negative", 0)
	}
	praise, blame := l.Rating.answers()
	for field, words := range map[string][]string{"Rating.Good": l.Rating.Good, "Rating.Bad": l.Rating.Bad, "Thanks": l.Thanks} { // order does not matter: all are told
		if len(words) > MaxAnswers {
			bad(field, strconv.Itoa(len(words)), MaxAnswers)
		}
		for _, w := range words {
			if w != strings.TrimSpace(w) || len(w) > maxAnswer || connector.CheckID(field, w) != nil {
				bad(field, "want short words without blanks around them", maxAnswer)
				break
			}
		}
	}
	if slices.ContainsFunc(praise, func(w string) bool {
		return slices.ContainsFunc(blame, func(o string) bool { return strings.EqualFold(w, o) })
	}) {
		bad("Rating", "a word is both good and bad", 0)
	}
	in := func(text string) func(string) bool { return func(w string) bool { return tells(text, w) } }
	for field, t := range l.allTexts() { // order does not matter: all are told
		if t.Rate != "" && !(slices.ContainsFunc(praise, in(t.Rate)) && slices.ContainsFunc(blame, in(t.Rate))) {
			bad(field+"Rate", "does not tell the answers", 0) // rule 9.4
		}
		for name, text := range map[string]string{"RateButtons": t.RateButtons, "Liked": t.Liked, "Disliked": t.Disliked} { // as above
			if utf8.RuneCountInString(text) > MaxRateText {
				bad(field+name, "too long", MaxRateText)
			}
		}
	}
	return problems
}

// tells reports whether a text has an answer in it that stands for itself, capital letters or not: "0180" tells neither 0 nor 1. What
// is written without blanks between words does not stick to anything.
func tells(text, answer string) bool {
	text, answer = strings.ToLower(text), strings.ToLower(answer)
	first, _ := utf8.DecodeRuneInString(answer)
	last, _ := utf8.DecodeLastRuneInString(answer)
	for from := 0; from < len(text) && answer != ""; {
		i := strings.Index(text[from:], answer)
		if i < 0 {
			return false
		}
		i += from
		before, _ := utf8.DecodeLastRuneInString(text[:i])
		after, _ := utf8.DecodeRuneInString(text[i+len(answer):])
		if !sticks(before, first) && !sticks(last, after) {
			return true
		}
		_, size := utf8.DecodeRuneInString(text[i:])
		from = i + size
	}
	return false
}

// unspaced are the scripts that are written without blanks between words, or with words that stick to what they follow.
var unspaced = []*unicode.RangeTable{
	unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar,
}

// sticks reports whether two characters beside each other are of one number or word.
func sticks(a, b rune) bool {
	word := func(r rune) bool { return unicode.IsLetter(r) && !unicode.In(r, unspaced...) }
	return unicode.IsDigit(a) && unicode.IsDigit(b) || word(a) && word(b)
}

func (l *Line) allTexts() map[string]Texts {
	all := map[string]Texts{"Texts.": l.Texts}
	for tag, t := range l.Translations { // order does not matter: a map
		all["Translations."+tag+"."] = t
	}
	return all
}

// ClientRates is a client's rating by a button, of the chat's latest session (rules 9.3, 9.5). One that comes when none is
// taken, or while the session goes on where the channel has no buttons, is ErrOver. A later one replaces an earlier one (rule 9.9).
type ClientRates struct {
	Address connector.Address
	Vote    Vote
}

// Review is a supervisor's rating of a closed session: stars, a comment, or both (rules 9.12–9.14). It takes the right to rate.
type Review struct {
	Session session.ID
	Stars   int // 1 to MaxStars; 0: none
	Comment string
}

func (c ClientRates) name() string { return "client-rates" }
func (c Review) name() string      { return "review" }

func (c ClientRates) words() []string { return []string{aliasKey(c.Address), string(c.Vote)} }
func (c Review) words() []string      { return []string{data(c)} }

// askToRate asks for a rating of what an operator has finished (rules 9.1, 9.2), or what would end unrated (rule P10), and
// reports whether the question is on its way: the window of the channel can have ended (rule 9.11). Who was asked before in the same
// session has his time for it anew (rule 9.7).
func (d *Desk) askToRate(s *Session) bool {
	chat := d.chats.get(s.Chat)
	s = d.sessions.get(s.ID) // something can have been said just now
	if !d.asksToRate(s, chat) {
		if !s.RateAsked.IsZero() { // it is in another line now, or that does not ask any more
			next := *s
			next.RateAsked, next.RateEarly = time.Time{}, false
			d.sessions.put(&next)
		}
		return false
	}
	before := slices.Contains(s.Said, d.rateText(s))
	if !before && (!d.say(s, d.rateText(s)) || d.shut(chat, d.now)) {
		return false
	}
	next := *d.sessions.get(s.ID)
	if next.RateAsked = d.now; !before {
		next.RateIn = s.Line
	}
	d.sessions.put(&next)
	return true
}

// asksToRate reports whether a session's line asks for ratings, in a channel that takes the question.
func (d *Desk) asksToRate(s *Session, chat *Chat) bool {
	l := d.lines.get(s.Line)
	return !l.Rating.Off && !d.info(chat.Address.Connector).NoSystem && l.text(d.rateText(s), chat.language()) != ""
}

// rateText is how a client is asked: with buttons, if his channel has them.
func (d *Desk) rateText(s *Session) session.Text {
	address := d.chats.get(s.Chat).Address
	if c := d.connections.rows[connectionKey(address.Connector, address.Account)]; c != nil && c.Buttons {
		return session.RateButtons
	}
	return session.Rate
}

// takesVote reports whether a rating of a session is taken now, after it was asked for.
func (d *Desk) takesVote(s *Session, l *Line) bool {
	within := time.Duration(l.Rating.Within)
	return !s.RateAsked.IsZero() && (within == 0 || !d.now.After(s.RateAsked.Add(within)))
}

// votesEarly reports whether a rating of a session is taken without being asked for: while it goes on, once an operator has had it,
// also on its way to the next one (rule 9.5); and who has given one can change it until it closes (rule 9.9).
func (d *Desk) votesEarly(s *Session, l *Line) bool {
	if !l.Rating.WhileOpen || l.Rating.Off || d.rateText(s) != session.RateButtons || !s.Open() {
		return false
	}
	if s.over() {
		return s.Vote != ""
	}
	return s.State.Active() || s.WasReplied()
}

// ratedBy takes a client's message as a rating, if it is one: he was asked, and the session is in its closing delay, or it was early, or
// he has his time for it. What he writes otherwise is an ordinary message (rule 9.10).
func (d *Desk) ratedBy(chat *Chat, l *Line, m Message) *Message {
	s := d.sessions.rows[d.open[chat.ID]]
	if s == nil {
		s = d.closedBefore(chat, l, m.Said.Text)
	}
	if s == nil || len(m.Files) > 0 || s.Open() && (s.State != session.Closing && !s.RateEarly || !d.asksToRate(s, chat)) || d.rateText(s) != session.Rate {
		return nil
	}
	told := d.lines.get(cmp.Or(s.RateIn, s.Line)) // whose words he was told, wherever it has moved
	vote, is := told.Rating.understood(m.Said.Text)
	if !is || !d.takesVote(s, told) {
		return nil
	}
	written := d.write(chat.ID, s.ID, m)
	d.tellOf(s, Event{Type: MessageReceived, Message: written.Number})
	d.vote(s, d.lines.get(s.Line), vote)
	return written
}

// closedBefore returns a chat's latest session if its client was asked for a rating and still has the time that the line gives him, or,
// if it gives none and no closing delay to answer in, the usual one; nil: he has not, or the text is no answer.
func (d *Desk) closedBefore(chat *Chat, l *Line, text string) *Session {
	if _, is := l.Rating.understood(text); !is || chat.Session == 0 {
		return nil
	}
	if waits, _ := d.asksConsent(chat, l); waits {
		return nil
	}
	s := d.sessions.get(chat.Session)
	if s == nil || s.Reason != session.Finished || d.lines.get(s.Line).Rating.Off {
		return nil
	}
	atOnce := s.Ended.Equal(s.Finished) && d.now.Sub(s.Ended) <= session.DefaultCloseDelay
	if d.lines.get(cmp.Or(s.RateIn, s.Line)).Rating.Within == 0 && !atOnce {
		return nil
	}
	return s
}

// thankedBy keeps a client's message in a session in its closing delay, if it is a thank-you that does not reopen it (decision
// 14.41).
func (d *Desk) thankedBy(chat *Chat, m Message) *Message {
	s := d.sessions.rows[d.open[chat.ID]]
	if s == nil || s.State != session.Closing || len(m.Files) > 0 || !isOneOf(d.lines.get(s.Line).Thanks, m.Said.Text) {
		return nil
	}
	m.Counts = true
	written := d.write(chat.ID, s.ID, m)
	d.tellOf(s, Event{Type: MessageReceived, Message: written.Number})
	return written
}

// vote keeps a client's vote, thanks him, and closes what waits for it (rules 9.6, 9.8, 9.9).
func (d *Desk) vote(s *Session, l *Line, v Vote) {
	before := d.sessions.get(s.ID)
	next := *before
	next.Vote, next.Voted, next.RateBy = v, d.now, time.Time{}
	d.rated(before, &next)
	d.tellOf(&next, Event{Type: SessionRated, Operator: next.Owner, Reason: string(v)})
	if next.Open() {
		d.say(&next, map[Vote]session.Text{Good: session.Liked, Bad: session.Disliked}[v])
		if s = d.sessions.get(s.ID); s.State == session.Closing && l.Rating.CloseWhenRated {
			d.end(s, session.Complete, s.FinishedBy)
		}
	}
}

func (c ClientRates) act(d *Desk, by By) (any, error) {
	if by.Operator != "" {
		return nil, ErrDenied
	}
	address := d.thread(c.Address)
	if err := address.Validate(); err != nil {
		return nil, err
	}
	if c.Vote != Good && c.Vote != Bad {
		return nil, &Invalid{Field: "Vote", Problem: "want good or bad"}
	}
	a := d.aliases.get(aliasKey(address))
	if a == nil {
		return nil, ErrNotFound
	}
	chat := d.chats.get(a.Chat)
	if chat == nil || chat.Session == 0 {
		return nil, ErrOver
	}
	s := d.sessions.get(chat.Session)
	if s != nil && s.NoConsent && s.Parent != 0 {
		s = d.sessions.get(s.Parent) // the client has none yet but that
	}
	if s == nil {
		return nil, ErrOver
	}
	l := d.lines.get(s.Line)
	asked := (s.over() || s.RateEarly) && s.Reason != session.Spammed && l != nil && d.takesVote(s, l) // what was reopened is asked about anew
	if l == nil || !asked && !d.votesEarly(s, l) {
		return nil, ErrOver
	}
	d.vote(s, l, c.Vote)
	return nil, nil
}

func (c Review) act(d *Desk, by By) (any, error) {
	s, err := d.session(c.Session)
	if err != nil {
		return nil, err
	}
	if err := d.may(by, MayRate, s.Line, s); err != nil {
		return nil, err
	}
	comment := connector.CleanText(c.Comment, MaxComment).Text
	switch {
	case s.Open(), d.erasures.rows[s.Chat] != nil, comment != "" && d.gone(d.chats.get(s.Chat)):
		return nil, ErrOver // not yet, or not any more: of whom was erased there are stars at most
	case c.Stars == 0 && comment == "":
		return nil, &Invalid{Field: "Stars", Problem: "neither stars nor a comment"}
	case c.Stars < 0 || c.Stars > MaxStars:
		return nil, &Invalid{Field: "Stars", Problem: "out of range", Limit: MaxStars}
	}
	review := Reviewed{Stars: c.Stars, Comment: comment, By: by.Operator, At: d.now}
	if s.Review != nil { // what is not given anew stays
		review.Stars, review.Comment = cmp.Or(c.Stars, s.Review.Stars), cmp.Or(comment, s.Review.Comment)
	}
	next := *s
	next.Review = &review
	d.rated(s, &next)
	d.tellOf(&next, Event{Type: SessionReviewed, Operator: next.Owner, Actor: by.Operator, Reason: strconv.Itoa(review.Stars)})
	return nil, nil
}

// Reviewed is what a supervisor thinks of a session.
type Reviewed struct {
	Stars   int              `json:"stars,omitempty"`
	Comment string           `json:"comment,omitempty"`
	By      queue.OperatorID `json:"by,omitempty"` // empty: the host
	At      time.Time        `json:"at"`
}
