package session_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/openlines-go/openlines/session"
)

func TestRulesHaveADocumentedForm(t *testing.T) {
	t.Parallel()
	for _, d := range []struct {
		json  string
		rules session.Rules
	}{
		{`{}`, session.Rules{}},
		{`{"unansweredAfter":"45s","closeDelay":"1h30m0s"}`, session.Rules{UnansweredAfter: 45 * time.Second, CloseDelay: 90 * time.Minute}},
		{`{"unansweredAfter":"never"}`, session.Rules{UnansweredAfter: session.Never}},
		{`{"neglectAfter":"2h0m0s","giveUpAfter":"48h0m0s"}`, session.Rules{NeglectAfter: 2 * time.Hour, GiveUpAfter: 48 * time.Hour}},
		{`{"closeDelay":"at-once"}`, session.Rules{CloseDelay: session.AtOnce}},
	} {
		written, err := json.Marshal(d.rules)
		if diff := cmp.Diff(d.json, string(written)); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
		read := session.Rules{UnansweredAfter: 1, CloseDelay: 1}
		if err := json.Unmarshal([]byte(d.json), &read); err != nil {
			t.Errorf("%s: %v", d.json, err)
		}
		if diff := cmp.Diff(d.rules, read); diff != "" {
			t.Errorf("%s (-want +got):\n%s", d.json, diff)
		}
	}
}

func TestMalformedRulesAreRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`[]`, `"45s"`, `{"closeDelay":600}`, `{"closeDelay":"10"}`, `{"unansweredAfter":"NEVER"}`, `{"unansweredAfter":""}`,
		`{"unansweredAfter":"9999999h"}`, `{"closeDelay":true}`, `{"closeDelay":"0s"}`, `{"unansweredAfter":"0s"}`, `{"autoClosedLife":"0m"}`,
		`{"neglectAfter":"-0s"}`,
	} {
		before := session.Rules{UnansweredAfter: 1, CloseDelay: 1}
		r := before
		if err := json.Unmarshal([]byte(text), &r); err == nil || r != before {
			t.Errorf("%s: %+v, %v", text, r, err)
		}
	}
}

func TestRulesSurviveJSON(t *testing.T) {
	t.Parallel()
	duration := rapid.OneOf(
		rapid.SampledFrom([]time.Duration{session.Never, session.AtOnce, math.MinInt64}),
		rapid.Map(rapid.Int64(), func(d int64) time.Duration { return time.Duration(d) }),
	)
	rapid.Check(t, func(t *rapid.T) {
		want := session.Rules{UnansweredAfter: duration.Draw(t, "unanswered"), CloseDelay: duration.Draw(t, "delay")}
		text, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got session.Rules
		if err := json.Unmarshal(text, &got); err != nil || got != want {
			t.Fatalf("%s: %+v, %v; want %+v", text, got, err, want)
		}
	})
}

func TestValidate(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		rules session.Rules
		want  []string
	}{
		{"the zero rules are the reference's", session.Rules{}, nil},
		{"no mark, no delay", session.Rules{UnansweredAfter: session.Never, CloseDelay: session.AtOnce}, nil},
		{"short and long", session.Rules{UnansweredAfter: time.Microsecond, CloseDelay: 1000 * time.Hour}, nil},
		{"all problems at once", session.Rules{UnansweredAfter: -time.Second, CloseDelay: -1}, []string{
			"UnansweredAfter: -1s, want more than 0", "CloseDelay: want a delay: a finished session has to close",
		}},
		{"rule 8.3: a session that never closes", session.Rules{CloseDelay: session.Never}, []string{
			"CloseDelay: want a delay: a finished session has to close",
		}},
		{"the least", session.Rules{NeglectAfter: time.Second, GiveUpAfter: time.Second, AutoCloseAfter: 1, AutoClosedLife: session.AtOnce}, nil},
		{"below the least", session.Rules{NeglectAfter: time.Second - 1, GiveUpAfter: time.Second - 1, AutoCloseAfter: -1, AutoClosedLife: -1}, []string{
			"AutoCloseAfter: want 0 for never, or a time", "AutoClosedLife: want a time: an auto-closed session has to end",
			"NeglectAfter: 999.999999ms, want at least 1s", "GiveUpAfter: want 0 for never, or at least 1s",
		}},
		{"never", session.Rules{UnansweredAfter: session.Never, NeglectAfter: session.Never, GiveUpAfter: session.Never, AutoCloseAfter: session.Never, AutoClosedLife: session.Never}, []string{
			"AutoCloseAfter: want 0 for never, or a time", "AutoClosedLife: want a time: an auto-closed session has to end",
			"GiveUpAfter: want 0 for never, or at least 1s",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			if err := test.rules.Validate(); err != nil {
				got = strings.Split(err.Error(), "\n")
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// The record as programs of other versions read it: what did not happen is left out.
func TestSessionHasADocumentedForm(t *testing.T) {
	t.Parallel()
	s := session.New(nine, 90*time.Second, session.Rules{})
	s.OffHours, s.Apologised = true, true
	started := `{"state":"waiting","began":"2026-03-02T09:00:00Z","queued":"2026-03-02T08:58:30Z","asked":"2026-03-02T09:00:00Z",` +
		`"answerBy":"2026-03-02T09:01:00Z","offHours":true,"apologised":true,"ahead":90000000}`
	s = mustBeWritten(t, s, started)
	s = mustPlay(t, s, session.Rules{}, []step{offer(1), {2, session.Accept, nil}, {3, session.Reply, nil}, {4, session.Finish, nil}})
	s = mustBeWritten(t, s, `{"state":"closing","began":"2026-03-02T09:00:00Z","queued":"2026-03-02T08:58:30Z",`+
		`"replied":"2026-03-02T09:00:03Z","accepted":"2026-03-02T09:00:02Z","finished":"2026-03-02T09:00:04Z",`+
		`"served":true,"closeAt":"2026-03-02T09:10:04Z","offHours":true,"ownerReplied":true,"ahead":90000000,"response":{"n":1,"first":3000000,"sum":3000000,"longest":3000000}}`)
	s = mustPlay(t, s.MarkUnanswered(), session.Rules{}, []step{{604, session.Complete, nil}})
	mustBeWritten(t, s, `{"state":"closed","began":"2026-03-02T09:00:00Z","queued":"2026-03-02T08:58:30Z",`+
		`"replied":"2026-03-02T09:00:03Z","accepted":"2026-03-02T09:00:02Z","finished":"2026-03-02T09:00:04Z",`+
		`"ended":"2026-03-02T09:10:04Z","served":true,"unanswered":true,"offHours":true,"ownerReplied":true,"ahead":90000000,"reason":"finished",`+
		`"response":{"n":1,"first":3000000,"sum":3000000,"longest":3000000}}`)
}

func mustBeWritten(tb testing.TB, s session.Session, want string) (read session.Session) {
	tb.Helper()
	got, err := json.Marshal(s)
	if diff := cmp.Diff(want, string(got)); diff != "" || err != nil {
		tb.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if err := json.Unmarshal(got, &read); err != nil {
		tb.Fatal(err)
	}
	if diff := cmp.Diff(s, read); diff != "" {
		tb.Errorf("read again (-want +got):\n%s", diff)
	}
	return read
}
