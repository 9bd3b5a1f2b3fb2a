package desk

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
)

func TestFoldedMakesEveryCaseOne(t *testing.T) {
	t.Parallel()
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !(r >= 0xd800 && r < 0xe000) && folded(string(r)) != folded(string(unicode.SimpleFold(r))) {
			t.Fatalf("%U and %U", r, unicode.SimpleFold(r))
		}
	}
}

// Whatever a chat is called, its beginnings find it: the terms of the search are terms of the chat, and what it finds is what was
// meant. Terms fit a record, with all that there can be besides.
func TestChatsAreFoundByTheirBeginnings(t *testing.T) {
	t.Parallel()
	letter := rapid.SampledFrom([]rune("aAbßſKk\u212Aéü王ω Σς-.'|@0189"))
	word := rapid.StringOfN(letter, 0, 20, -1)
	rapid.Check(t, func(t *rapid.T) {
		c := &Chat{
			Line: LineID(word.Draw(t, "line")), Title: word.Draw(t, "title"),
			Address: connector.Address{Connector: connector.ID(word.Draw(t, "connector")), Chat: word.Draw(t, "chat"), User: word.Draw(t, "user")},
			Client:  connector.Client{Name: word.Draw(t, "name"), Phone: word.Draw(t, "phone"), Email: word.Draw(t, "email")},
			Phone:   word.Draw(t, "written phone"), Email: word.Draw(t, "written email"),
		}
		terms := chatTerms(c)
		for _, text := range []string{c.Client.Name, c.Client.Phone, c.Client.Email, c.Phone, c.Email, c.UserCode(), c.Title, word.Draw(t, "other")} {
			letters := []rune(text)
			text = string(letters[:rapid.IntRange(0, len(letters)).Draw(t, "letters")])
			s, err := SearchChats(text)
			if err != nil {
				continue
			}
			listed := slices.ContainsFunc(s.Queries(), func(q storage.Query) bool {
				return !slices.ContainsFunc(q.Terms, func(term string) bool { return !slices.Contains(terms, term) })
			})
			if s.Takes(c) && !listed {
				t.Fatalf("%q means %+v, whose terms are %q, and asks for %+v", text, c, terms, s.Queries())
			}
			if code := c.UserCode(); strings.Count(text, "|") >= 2 && s.Takes(c) != strings.HasPrefix(code, strings.TrimSpace(text)) && !strings.HasPrefix(text, "imol|") {
				t.Fatalf("%q takes %q: %v", text, code, s.Takes(c))
			}
		}
	})
}

// The terms of records that have everything are as many as a store takes.
func TestTermsFitARecord(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("\U0001F600a", 100)
	chat := &Chat{
		ID: 1, Line: LineID(long[:MaxName]), Open: true, Title: strings.Repeat("abcdefgh0 ", 20),
		Address: connector.Address{Connector: connector.ID(long[:255]), Chat: long[:255], User: long[:255]},
		Client:  connector.Client{Name: strings.Repeat("王小明李四王五老 ", 9), Phone: strings.Repeat("1234567890", 3), Email: long},
		Phone:   strings.Repeat("2345678901", 3), Email: "a" + long,
	}
	s := &Session{
		ID: 1, Line: LineID(long[:MaxName]), Owner: "owner", Channel: Channel{connector.ID(long[:255]), long[:255]}, Vote: Good,
		Review: &Reviewed{Stars: 5}, Session: session.Session{State: session.Closed, Reason: session.Spammed, Unanswered: true},
	}
	for i := range MaxItems {
		id := fmt.Sprint("item", i)
		chat.Identity.Items, s.Items = append(chat.Identity.Items, id), append(s.Items, id)
	}
	for i := range MaxJoined {
		s.Joined = append(s.Joined, queue.OperatorID(fmt.Sprint("o", i)))
	}
	d := New()
	for _, encode := range []func() (storage.Record, error){
		func() (storage.Record, error) { return d.chats.encode(chat) }, func() (storage.Record, error) { return d.Encode(s) },
	} {
		r, err := encode()
		if err == nil {
			r.At = session.Session{}.Began
			err = r.Validate()
		}
		if err != nil || len(r.Terms) > storage.MaxTerms-16 {
			t.Errorf("%s: %d terms, of at most %d with room for more: %v", r.Kind, len(r.Terms), storage.MaxTerms, err)
		}
	}
}
