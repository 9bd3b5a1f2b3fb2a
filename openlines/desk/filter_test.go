package desk

import (
	"slices"
	"testing"

	"github.com/openlines-go/openlines/session"
)

// Whatever two filters have to hold, a store is asked for one list that has nothing but sessions of both: two that many have
// can have nothing in common, and it would walk one of them to its end (rule 11.39).
func TestTwoFiltersAreOneList(t *testing.T) {
	t.Parallel()
	s := &Session{
		ID: 1, Line: "a", Owner: "bob", Channel: Channel{"web", "main"}, Vote: Bad, Review: &Reviewed{Stars: 2}, Items: []string{"deal"},
		Session: session.Session{State: session.Closed, Reason: session.Spammed, Unanswered: true},
	}
	ofBot := *s
	ofBot.Owner, ofBot.Bot = "", "b"
	filters := []func(*SessionFilter){
		func(f *SessionFilter) { f.Line = "a" }, func(f *SessionFilter) { f.Operator = "bob" },
		func(f *SessionFilter) { f.Connector = "web" }, func(f *SessionFilter) { f.Connector, f.Account = "web", "main" },
		func(f *SessionFilter) { f.Vote = Bad }, func(f *SessionFilter) { f.Stars = 2 }, func(f *SessionFilter) { f.Linked = Only },
		func(f *SessionFilter) { f.Reviewed = Only }, func(f *SessionFilter) { f.Unanswered = Only }, func(f *SessionFilter) { f.Spam = Only },
		func(f *SessionFilter) { f.Bot = Only },
	}
	d := New()
	for i, one := range filters {
		for j, other := range filters {
			var f SessionFilter
			one(&f)
			other(&f)
			queries, err := d.SessionQueries(By{}, f)
			if err != nil || len(queries) != 1 || len(queries[0].Terms) != 1 {
				t.Fatalf("%+v asks for %+v, %v", f, queries, err)
			}
			has := s
			if f.Bot == Only {
				has = &ofBot
			}
			if f.Bot == Only && f.Operator != "" {
				continue // nobody has had it
			}
			if !f.takes(has) || !slices.Contains(sessionTerms(has), queries[0].Terms[0]) {
				t.Errorf("filters %d and %d ask for %q, of %q", i, j, queries[0].Terms, sessionTerms(has))
			}
		}
	}
	f := SessionFilter{Line: "a", Operator: "bob", Vote: Bad}
	if want := []string{"line:a operator:bob", "line:a vote:bad", "operator:bob vote:bad"}; !slices.Equal(f.terms(), want) {
		t.Errorf("three filters ask for %q, want %q", f.terms(), want)
	}
}
