package desk

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/session"
)

// Limits of automatic texts.
const (
	MaxTextRule     = 8 << 10   // bytes of one text of a line
	MaxTexts        = 256 << 10 // bytes of all texts of a line, in all languages
	MaxTranslations = 100       // languages of a line beside its own
	MaxSaidADay     = 5         // automatic texts in one chat (decision 14.35), so that two machines that greet each other fall silent
)

// Texts are the automatic texts of a line. An empty text is not said.
//
// Words between number signs are replaced when a text is said: #OPERATOR# is the name of who has or is asked for the session, as the
// line shows it, #DIALOG# its number, or what the host has stand for it when the text goes out (openlines.Config), #CLIENT# the client's name, #LINE# the line's title or name, #POSITION# the client's place among those who wait,
// #WAIT# for how many minutes the first of them has waited, #OPENS# when the line opens next, in its zone. What is not known
// is left empty; what is put in is not read again. Other words between number signs are refused: a letter with letters, digits and _
// behind it, so #Operator# is, and #1# is text.
type Texts struct {
	Greeting   string `json:"greeting,omitempty"`   // on the first message (rule 7.1)
	OffHours   string `json:"offHours,omitempty"`   // the line is closed, once in a waiting period (rule 7.9)
	Nobody     string `json:"nobody,omitempty"`     // nobody can take it now (rule 3.26); empty: OffHours, if only available ones are asked (rule 7.11)
	Unanswered string `json:"unanswered,omitempty"` // no reply in time, once a session (rules 7.16, 7.18)
	Closing    string `json:"closing,omitempty"`    // the operator finished (rule 8.2)
	AutoClose  string `json:"autoClose,omitempty"`  // the client did not react (rule 8.10)
	GivenUp    string `json:"givenUp,omitempty"`    // nobody took it for too long, and it closes (rule 8.14)

	// How was it? Rate has to tell the answers that count (rule 9.4); RateButtons is said where the channel has buttons. Those
	// with buttons, and the thanks, are at most MaxRateText characters (rule 9.3).
	Rate        string `json:"rate,omitempty"`
	RateButtons string `json:"rateButtons,omitempty"`
	Liked       string `json:"liked,omitempty"`
	Disliked    string `json:"disliked,omitempty"`

	// What clients are told of the line's document (rules 11.5, 11.6), before the greeting: Consent where they accept or
	// decline, ConsentNotice where going on is consent; empty: Consent.
	Consent       string `json:"consent,omitempty"`
	ConsentNotice string `json:"consentNotice,omitempty"`
}

// textFields are all texts of a line, in the order of Texts.
var textFields = []struct {
	kind  session.Text
	field string
	of    func(*Texts) string
}{
	{session.Greeting, "Greeting", func(t *Texts) string { return t.Greeting }},
	{session.OffHours, "OffHours", func(t *Texts) string { return t.OffHours }},
	{session.Nobody, "Nobody", func(t *Texts) string { return t.Nobody }},
	{session.Unanswered, "Unanswered", func(t *Texts) string { return t.Unanswered }},
	{session.Farewell, "Closing", func(t *Texts) string { return t.Closing }},
	{session.TimeOut, "AutoClose", func(t *Texts) string { return t.AutoClose }},
	{session.GivenUp, "GivenUp", func(t *Texts) string { return t.GivenUp }},
	{session.Rate, "Rate", func(t *Texts) string { return t.Rate }},
	{session.RateButtons, "RateButtons", func(t *Texts) string { return t.RateButtons }},
	{session.Liked, "Liked", func(t *Texts) string { return t.Liked }},
	{session.Disliked, "Disliked", func(t *Texts) string { return t.Disliked }},
	{session.Consent, "Consent", func(t *Texts) string { return t.Consent }},
	{session.ConsentNotice, "ConsentNotice", func(t *Texts) string { return t.ConsentNotice }},
}

// of returns a text by what it is for.
func (t *Texts) of(kind session.Text) string {
	for _, f := range textFields {
		if f.kind == kind {
			return f.of(t)
		}
	}
	return ""
}

// text returns the words of an automatic text in a client's language, else in its base ("de" for "de-AT"), else in the line's, else
// as the line's texts have it; empty if the line does not say it.
func (l *Line) text(kind session.Text, language string) string {
	if l.Scenarios.silences(kind) {
		return ""
	}
	words := l.inLanguage(kind, language)
	if words == "" && kind == session.Nobody && l.Queue.OnlyAvailable && !l.Scenarios.silences(session.OffHours) {
		return l.inLanguage(session.OffHours, language) // rule 7.11
	}
	if words == "" && kind == session.ConsentNotice {
		return l.inLanguage(session.Consent, language)
	}
	return words
}

func (l *Line) inLanguage(kind session.Text, language string) string {
	for _, tag := range []string{strings.ToLower(language), l.Language} {
		for ; tag != ""; tag = tag[:max(strings.LastIndexByte(tag, '-'), 0)] {
			if t, known := l.Translations[tag]; known && t.of(kind) != "" {
				return t.of(kind)
			}
		}
	}
	return l.Texts.of(kind)
}

// validateTexts reports every problem of the texts, as *Invalid.
func (l *Line) validateTexts() (problems []error) {
	bad := func(field, problem string, limit int) {
		problems = append(problems, &Invalid{Field: field, Problem: problem, Limit: limit})
	}
	if len(l.Translations) > MaxTranslations {
		bad("Translations", strconv.Itoa(len(l.Translations)), MaxTranslations)
		return problems
	}
	total := 0
	check := func(field string, t Texts) {
		for _, f := range textFields {
			words := f.of(&t)
			total += len(words)
			switch {
			case len(words) > MaxTextRule:
				bad(field+f.field, strconv.Itoa(len(words))+" bytes", MaxTextRule)
			case connector.CleanText(words, MaxTextRule).Mended:
				bad(field+f.field, "NUL or not UTF-8", 0)
			case unknownMacro(words, macros):
				bad(field+f.field, "an unknown word between number signs", 0)
			}
		}
	}
	check("Texts.", l.Texts)
	for _, tag := range slices.Sorted(maps.Keys(l.Translations)) {
		if err := connector.CheckID("Translations", tag); err != nil || tag != strings.ToLower(tag) {
			bad("Translations", "want language tags in lower case, such as de or pt-br", 0)
		}
		check("Translations.", l.Translations[tag])
	}
	if total > MaxTexts {
		bad("Texts", strconv.Itoa(total)+" bytes in all", MaxTexts)
	}
	return problems
}

// say sends an automatic text in a session; false if the line does not say it, or it would be too much: one of a kind in a
// session, but for notices, which come once in a waiting period (decisions 14.6, 14.35).
func (d *Desk) say(s *Session, kind session.Text) bool {
	l, chat := d.lines.get(s.Line), d.chats.get(s.Chat)
	words := l.text(kind, chat.language())
	shut := d.shut(chat, d.now)
	now := kind == session.Liked || kind == session.Disliked || kind == session.Greeting // they answer what the client does, and mean nothing later
	if words == "" || !isNotice(kind) && slices.Contains(s.Said, kind) || now && shut || !shut && !d.mayStillSay(chat) {
		return false
	}
	d.utter(s, l, kind, words)
	return true
}

// isNotice reports whether a text tells that nobody is there: one is said in each waiting period, not in each session.
func isNotice(kind session.Text) bool { return kind == session.OffHours || kind == session.Nobody }

// utter sends an automatic text in a session.
func (d *Desk) utter(s *Session, l *Line, kind session.Text, words string) {
	chat := d.chats.get(s.Chat)
	said := Message{By: BySystem, Kind: kind, Said: d.filled(words, l, chat, s)}
	if around, dialogs := d.around(words, l, chat, s); len(around) > 1 && (s.bearer() != "" || len(dialogs) > 0) {
		said.Names, said.Around, said.Dialogs = s.bearer(), around, dialogs
	}
	m := d.write(s.Chat, s.ID, said)
	if !isNotice(kind) && !d.shut(chat, d.now) { // else he has not got it
		next := *d.sessions.get(s.ID)
		next.Said = append(slices.Clip(next.Said), kind)
		d.sessions.put(&next)
	}
	d.tellOf(s, Event{Type: MessageSent, Message: m.Number, Text: kind})
	d.deliver(m)
}

// mayStillSay counts the automatic texts of a chat in a day of UTC.
func (d *Desk) mayStillSay(chat *Chat) bool {
	next := *chat
	if day := d.now.Unix() / (24 * 60 * 60); day != next.SaidOn {
		next.SaidOn, next.SaidThen = day, 0
	}
	if next.SaidThen >= MaxSaidADay {
		return false
	}
	next.SaidThen++
	d.chats.put(&next)
	return true
}

// filled puts what is known into a text for a client, in one pass. s is nil outside of a session.
func (d *Desk) filled(words string, l *Line, chat *Chat, s *Session) connector.Text {
	name, dialog := "", ""
	if s != nil {
		name, dialog = d.Shown(l.ID, s.bearer()).Name, number(s.ID)
	}
	around, dialogs := d.around(words, l, chat, s)
	return joined(around, dialogs, name, dialog)
}

// joined is a text with the operator's name and the session in their places.
func joined(around []string, dialogs []int, name, dialog string) connector.Text {
	var b strings.Builder
	for i, part := range around {
		switch {
		case i == 0:
		case slices.Contains(dialogs, i):
			b.WriteString(dialog)
		default:
			b.WriteString(name)
		}
		b.WriteString(part)
	}
	return connector.CleanText(b.String(), connector.MaxText)
}

// around puts what is known into a text, but for the operator's name and the session: it returns what stands before, between and
// after their places, and which parts come after the session's.
func (d *Desk) around(words string, l *Line, chat *Chat, s *Session) (parts []string, dialogs []int) {
	parts = []string{""}
	size := 0
	for size <= connector.MaxText { // what lies beyond is cut anyway
		before, name, after, found := nextMacro(words)
		part, placed := before, name == "OPERATOR" || name == "DIALOG" && s != nil
		if found && !placed {
			part += d.value(name, l, chat, s)
		}
		parts[len(parts)-1] += part
		if size += len(part); !found {
			break
		}
		if name == "DIALOG" && placed {
			dialogs = append(dialogs, len(parts))
		}
		if placed {
			parts = append(parts, "")
		}
		words = after
	}
	return parts, dialogs
}

// value is what a macro stands for, but for the operator's name and the session; empty if it is not known.
func (d *Desk) value(name string, l *Line, chat *Chat, s *Session) string {
	switch name {
	case "CLIENT":
		return chat.Client.Name
	case "LINE":
		return l.shownName()
	case "OPENS":
		return d.opens(l)
	}
	if s == nil {
		return ""
	}
	switch name {
	case "POSITION":
		if s.State == session.Waiting {
			return strconv.Itoa(d.workOf(s.Line).waiting.Rank(s.ID))
		}
	case "WAIT":
		if _, first, waits := d.workOf(s.Line).waiting.Min(); waits {
			return strconv.FormatInt(int64((max(d.now.Sub(first.Since), 0)+time.Minute-1)/time.Minute), 10)
		}
	}
	return ""
}

// shownName is what clients see of a line's name (rule 1.3).
func (l *Line) shownName() string { return cmp.Or(l.Title, l.Name) }

// opens is when a line that is closed opens next, as its own clocks show it.
func (d *Desk) opens(l *Line) string {
	calendar := d.workOf(l.ID).calendar
	if calendar.Open(d.now) {
		return ""
	}
	at, ever := calendar.NextOpen(d.now)
	zone, err := time.LoadLocation(l.Hours.Zone)
	if !ever || err != nil {
		return ""
	}
	return at.In(zone).Format("2006-01-02 15:04")
}

var macros = []string{"OPERATOR", "DIALOG", "CLIENT", "LINE", "POSITION", "WAIT", "OPENS"}

// nextMacro cuts a text at the first macro that is known.
func nextMacro(text string) (before, name, after string, found bool) {
	for from := 0; ; {
		i := strings.IndexByte(text[from:], '#')
		if i < 0 {
			return text, "", "", false
		}
		i += from
		j := strings.IndexByte(text[i+1:], '#')
		if j < 0 {
			return text, "", "", false
		}
		if name = text[i+1 : i+1+j]; slices.Contains(macros, name) {
			return text[:i], name, text[i+j+2:], true
		}
		from = i + 1
	}
}

// unknownMacro reports whether a text has a word between number signs that is none of the macros it may have.
func unknownMacro(text string, known []string) bool {
	for {
		i := strings.IndexByte(text, '#')
		if i < 0 {
			return false
		}
		text = text[i+1:]
		j := strings.IndexByte(text, '#')
		if j < 1 {
			continue
		}
		if name := text[:j]; slices.Contains(known, name) {
			text = text[j+1:]
		} else if isWord(name) {
			return true
		}
	}
}

// isWord reports whether a text is a letter with letters, digits and _ behind it.
func isWord(text string) bool {
	for i, r := range text {
		if !unicode.IsLetter(r) && (i == 0 || r != '_' && !unicode.IsDigit(r)) {
			return false
		}
	}
	return text != ""
}
