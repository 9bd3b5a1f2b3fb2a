package desk

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/queue"
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

// A filter that asks for what no session can have is refused by the field, and takes what lies at its bounds.
func TestBoundsOfAFilter(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 256)
	early, late := time.Date(0, 12, 31, 23, 0, 0, 0, time.UTC), time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)
	d := New()
	for _, test := range []struct {
		field string
		good  SessionFilter
		bad   []SessionFilter
	}{
		{"Line", SessionFilter{Line: LineID(long[:MaxName])}, []SessionFilter{{Line: LineID(long)}, {Line: "a\n"}}},
		{"Operator", SessionFilter{Operator: queue.OperatorID(long[:MaxName])}, []SessionFilter{{Operator: queue.OperatorID(long)}}},
		{"Connector", SessionFilter{Connector: "web"}, []SessionFilter{{Connector: connector.ID(long)}, {Connector: "\x00"}}},
		{"Account", SessionFilter{Connector: "web", Account: "a"}, []SessionFilter{{Account: "a"}, {Connector: "web", Account: long}}},
		{"Item", SessionFilter{Item: long[:connector.MaxID]}, []SessionFilter{{Item: long}}},
		{"Chat", SessionFilter{Chat: 1}, []SessionFilter{{Chat: -1}}},
		{
			"States", SessionFilter{States: slices.Repeat([]session.State{session.Closed}, MaxStates)},
			[]SessionFilter{{States: slices.Repeat([]session.State{session.Closed}, MaxStates+1)}, {States: []session.State{"gone"}}},
		},
		{"Vote", SessionFilter{Vote: Bad}, []SessionFilter{{Vote: "x"}}},
		{"Stars", SessionFilter{Stars: MaxStars}, []SessionFilter{{Stars: MaxStars + 1}, {Stars: -1}}},
		{"Linked", SessionFilter{Linked: Without}, []SessionFilter{{Linked: "x"}}},
		{"Bot", SessionFilter{Bot: Only}, []SessionFilter{{Bot: "x"}}},
		{"From", SessionFilter{From: late.Add(-1)}, []SessionFilter{{From: late}, {From: early}}},
		{"Until", SessionFilter{Until: late.Add(-1)}, []SessionFilter{{Until: late}, {Until: early}}},
	} {
		if _, err := d.SessionQueries(By{}, test.good); err != nil {
			t.Errorf("%s at its bound: %v", test.field, err)
		}
		for _, bad := range test.bad {
			_, err := d.SessionQueries(By{}, bad)
			if invalid, is := errors.AsType[*Invalid](err); !is || invalid.Field != test.field {
				t.Errorf("%s beyond it, %+v: %v", test.field, bad, err)
			}
		}
	}
}

// Who may view what is his own asks for lists that have nothing but what he has, and for what he is concerned with beside that.
func TestOwnSessionsAreListsOfTheirOwn(t *testing.T) {
	t.Parallel()
	d := New()
	for _, c := range []Command{
		PutOperators{[]Operator{{ID: "ann"}, {ID: "bob"}}}, PutLine{Line{ID: "support", Queue: queue.Rules{Members: queue.Operators("ann")}}},
	} {
		if _, err := d.Do(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), By{}, c); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		filter SessionFilter
		want   [][]string
	}{
		{SessionFilter{}, [][]string{{"line:support", "nobody's"}, {"operator:ann"}, {"beside:ann"}}},
		{SessionFilter{Vote: Bad}, [][]string{{"line:support vote:bad", "nobody's"}, {"operator:ann vote:bad"}, {"vote:bad", "beside:ann"}}},
		{SessionFilter{Operator: "ann"}, [][]string{{"operator:ann"}, {"operator:ann", "beside:ann"}}},
		{SessionFilter{Operator: "bob"}, [][]string{{"operator:bob", "beside:ann"}}},
	} {
		queries, err := d.SessionQueries(By{Operator: "ann"}, test.filter)
		if err != nil {
			t.Fatal(err)
		}
		var got [][]string
		for _, q := range queries {
			got = append(got, q.Terms)
		}
		if !slices.EqualFunc(got, test.want, slices.Equal) {
			t.Errorf("%+v asks for %q, want %q", test.filter, got, test.want)
		}
	}
}
