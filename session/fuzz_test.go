package session_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlines-go/openlines/internal/corpus"
	"github.com/openlines-go/openlines/session"
)

// Rules that are accepted are written and read again; those that are valid make deadlines that have a form.
func FuzzRules(f *testing.F) {
	seeds, err := corpus.Seeds("json", "session-rules")
	if err != nil || len(seeds) == 0 {
		f.Fatal(len(seeds), err)
	}
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, data []byte) {
		var rules, again session.Rules
		if json.Unmarshal(data, &rules) != nil {
			if rules != (session.Rules{}) {
				t.Errorf("refused, but %+v", rules)
			}
			return
		}
		text, err := json.Marshal(rules)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &again); err != nil || again != rules {
			t.Fatalf("%s: %+v, %v; want %+v", text, again, err, rules)
		}
		if rules.Validate() != nil {
			return
		}
		s := session.New(at, 0, rules)
		for _, act := range []session.Act{session.Offer, session.Accept, session.Reply, session.ClientWrites, session.Finish} {
			if s, err = s.Step(act, at, rules); err != nil {
				t.Fatal(err)
			}
			if _, err := json.Marshal(s); err != nil {
				t.Errorf("after %s: %v", act, err)
			}
			if due, which := s.Due(); which != session.NoTimer && due.Before(at) {
				t.Errorf("after %s due at %v", act, due)
			}
		}
	})
}

// A session that was read moves by acts as any other, whatever it says of itself, and is written and read again.
func FuzzSession(f *testing.F) {
	seeds, err := corpus.Seeds("json", "session record")
	if err != nil || len(seeds) == 0 {
		f.Fatal(len(seeds), err)
	}
	for _, s := range append(seeds, `{"state":"offered","offerEnds":"9999-12-31T23:59:59Z"}`, `{"state":"closing"}`, `{"state":"unknown"}`) {
		f.Add([]byte(s), "accept")
	}
	f.Fuzz(func(t *testing.T, data []byte, act string) {
		var s, again session.Session
		if json.Unmarshal(data, &s) != nil {
			return
		}
		text, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &again); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if diff := cmp.Diff(s, again); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
		s.Due()
		next, err := s.Step(session.Act(act), s.Began, session.Rules{})
		if err != nil && next != s {
			t.Error("a refused act changed the session")
		}
	})
}
