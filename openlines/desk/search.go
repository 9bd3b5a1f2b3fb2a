package desk

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/storage"
)

// Chats are found by what their records say of the client, and by nothing that is kept elsewhere: a client who is erased in
// the record is found no more. A store finds whole terms only, so the beginnings of words are terms, of some lengths; what a
// word says beyond the longest one is looked at in the record.
//
// That is personal data in an index of the host's own store. Hashing it would hide nothing: two letters are guessed.

// MaxSearch is how many bytes a text that is searched for can have.
const MaxSearch = connector.MaxName

// index names the words of a kind, and how long the beginnings are that are terms, in letters. The first is the least that
// can be searched for.
type index struct {
	name    string
	lengths []int
}

var (
	byName  = index{"name:", []int{2, 3, 5, 8}} // of each of the first maxNames words of the client's name and the chat's title
	byPhone = index{"phone:", []int{3, 5, 7, 9, 11}}
	byEmail = index{"email:", []int{3, 5, 8, 12, 16}}
	byCode  = index{"code:", []int{1, 3, 5, 8, 12}} // of what follows connector and line, which have to be given whole
)

const maxNames = 6

// terms are those under which a word is listed.
func (x index) terms(word string) (terms []string) {
	letters := []rune(word)
	for _, n := range x.lengths {
		if n <= len(letters) {
			terms = append(terms, x.term(letters[:n]))
		}
	}
	return terms
}

// longest is the term under which the words that begin with one are listed; false if it is too short.
func (x index) longest(word string) (term string, ok bool) {
	letters := []rune(word)
	for _, n := range x.lengths {
		if n <= len(letters) {
			term, ok = x.term(letters[:n]), true
		}
	}
	return term, ok
}

func (x index) term(letters []rune) string { return fit(x.name + string(letters)) }

// folded makes capital and small letters one, in every script, and accents stay.
func folded(text string) string {
	return strings.Map(func(r rune) rune {
		if r < 'a' { // which is the least of its own
			return r
		}
		least := r
		for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
			least = min(least, next)
		}
		return least
	}, text)
}

// namesIn are the words of a name that are long enough to be found.
func namesIn(text string) []string {
	words := strings.FieldsFunc(folded(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) })
	return slices.DeleteFunc(words, func(w string) bool { return utf8.RuneCountInString(w) < byName.lengths[0] })
}

func (c *Chat) names() []string {
	words := namesIn(c.Client.Name + " " + c.Title)
	return words[:min(len(words), maxNames)]
}

func digitsIn(text string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, text)
}

// phones and emails are those that the channel tells and that he wrote in a text (rule 10.12).
func (c *Chat) phones() []string { return []string{digitsIn(c.Client.Phone), digitsIn(c.Phone)} }
func (c *Chat) emails() []string { return []string{folded(c.Client.Email), folded(c.Email)} }

// UserCode names a chat in print, as the reference product does: connector|line|chat|user (decision 14.22). Two accounts of a
// connector on one line can give the same.
func (c *Chat) UserCode() string {
	return strings.Join([]string{string(c.Address.Connector), string(c.Line), c.Address.Chat, c.Address.User}, "|")
}

// split cuts a user code behind the line.
func split(code string) (channel, rest string, ok bool) {
	connector, rest, ok := strings.Cut(code, "|")
	if !ok {
		return "", "", false
	}
	line, rest, ok := strings.Cut(rest, "|")
	return connector + "|" + line, rest, ok
}

// inChannel is the index of the codes of one connector and line.
func (x index) inChannel(channel string) index {
	return index{x.name + digest(channel) + ":", x.lengths}
}

// searchTerms are what a chat is found by.
func searchTerms(c *Chat) (terms []string) {
	for _, word := range c.names() {
		terms = append(terms, byName.terms(word)...)
	}
	for _, phone := range c.phones() {
		terms = append(terms, byPhone.terms(phone)...)
	}
	for _, email := range c.emails() {
		terms = append(terms, byEmail.terms(email)...)
	}
	if channel, rest, ok := split(c.UserCode()); ok {
		terms = append(terms, byCode.inChannel(channel).terms(rest)...)
	}
	return terms
}

// ChatSearch is a text that is searched for, and all that it can mean.
type ChatSearch struct {
	queries []storage.Query
	takes   []func(*Chat) bool
}

// Queries are those that find, together, each chat that is meant, and others.
func (s ChatSearch) Queries() []storage.Query { return s.queries }

// SearchChats reads what is searched for: a user code or its beginning, from the chat's first letter on, if there are two
// bars in it; an e-mail or its beginning, if there is an @; a phone from its first digit on, if there are three digits and no
// letter; else words with which words of the client's name or the chat's title begin, all of them. What is too short is
// *Invalid.
func SearchChats(text string) (s ChatSearch, err error) {
	if len(text) > MaxSearch {
		return s, &Invalid{Field: "Text", Problem: strconv.Itoa(len(text)) + " bytes", Limit: MaxSearch}
	}
	text = strings.TrimSpace(connector.CleanText(text, MaxSearch).Text)
	add := func(takes func(*Chat) bool, terms ...string) {
		s.takes = append(s.takes, takes)
		s.queries = append(s.queries, storage.Query{Kind: "chat", Terms: terms})
	}
	code := strings.TrimPrefix(text, "imol|")
	if channel, rest, is := split(code); is {
		if term, ok := byCode.inChannel(channel).longest(rest); ok {
			add(func(c *Chat) bool { return strings.HasPrefix(c.UserCode(), code) }, term)
		}
	} else if email := folded(text); strings.Contains(email, "@") {
		if term, ok := byEmail.longest(email); ok {
			add(func(c *Chat) bool { return anyBegins(c.emails(), email) }, term)
		}
	} else {
		phone := digitsIn(text)
		if term, ok := byPhone.longest(phone); ok && !strings.ContainsFunc(text, unicode.IsLetter) {
			add(func(c *Chat) bool { return anyBegins(c.phones(), phone) }, term)
		}
		if words := namesIn(text); len(words) > 0 && len(words) <= maxNames {
			var terms []string
			for _, w := range words {
				term, _ := byName.longest(w)
				terms = append(terms, term)
			}
			add(func(c *Chat) bool { return c.isNamed(words) }, terms...)
		}
	}
	if len(s.queries) == 0 {
		return s, &Invalid{Field: "Text", Problem: "too short to be searched for, or too many words"}
	}
	return s, nil
}

// isNamed reports whether each word is the beginning of one of the chat's names.
func (c *Chat) isNamed(words []string) bool {
	names := c.names()
	for _, w := range words {
		if !anyBegins(names, w) {
			return false
		}
	}
	return true
}

func anyBegins(words []string, with string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, with) })
}

// Takes reports whether a chat is meant.
func (s ChatSearch) Takes(c *Chat) bool {
	return slices.ContainsFunc(s.takes, func(takes func(*Chat) bool) bool { return takes(c) })
}

// Finds reports whether an actor may be shown a chat: who may see its latest session may, which is nil if it has had none.
func (d *Desk) Finds(by By, c *Chat, latest *Session) bool {
	if latest == nil {
		latest = &Session{Chat: c.ID, Line: c.Line}
	}
	return by.Operator == "" || d.Views(by, latest) == nil
}
