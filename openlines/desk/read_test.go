package desk

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/worktime"
)

// Every problem of a document is told at once, by the path of its key.
func TestReadLine(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		`{"id":"a"}`:       nil,
		"\n{\"id\":\"a\"}": nil,
		`{"id":"a","queue":{"passOnAfter":"never","grace":"1m30s","limit":{"max":3}},"rating":null}`: nil,
		`{"id":"a","queue":{"passOnAfer":"45s"}}`:                                                    {"queue.passOnAfer: no such key"},
		`{"ID":"a"}`:                            {"ID: no such key", "id: empty"},
		`{"id":"a","id":"b"}`:                   {"id: twice"},
		`{"id":"a"} {}`:                         {"document: not JSON, at byte 12"},
		`{"id":"a",`:                            {"document: not JSON, at byte 10"},
		``:                                      {"document: not JSON, at byte 0"},
		`[]`:                                    {": want an object", "id: empty"},
		`{"id":"a","queue":{"passOnAfter":45}}`: {`queue.passOnAfter: want a duration, such as "45s"`},
		`{"id":"a","queue":{"passOnAfter":"at-once"}}`: {`queue.passOnAfter: want a duration, such as "45s"`},
		`{"id":"a","queue":{"passOnAfter":"0s","grace":"0s"},"session":{"closeDelay":"0s","autoCloseAfter":"0s","neglectAfter":"0h"}}`: { // scenario 115
			`queue.passOnAfter: want more than 0, "never", or nothing for the default`,
			`session.closeDelay: want more than 0, "never", "at-once", or nothing for the default`,
			`session.neglectAfter: want more than 0, "never", "at-once", or nothing for the default`,
		},
		`{"id":"a","bot":{"id":"x","for":"0s"},"consent":{"within":"0s"},"crm":{"within":"0m"},"rating":{"within":"0s"}}`: {
			"bot.for: want more than 0, or nothing for the default", "consent.within: want more than 0, or nothing for the default",
			"crm.within: want more than 0, or nothing for the default",
		},
		`{"id":"a","crm":{"within":"3"}}`:                          {`crm.within: time: missing unit in duration "3"`},
		`{"id":"a","hours":{"week":{"mon":["9-18"]},"zon":"UTC"}}`: {`hours."zon": is not a field of hours`},
		`{"id":7,"inactive":"no","queue":{"priority":1.5,"members":[{"operator":"ann"},{"operater":"bob"}],"limit":[]}}`: {
			"id: want text", "inactive: want true or false", "queue.priority: want a whole number", "queue.members[1].operater: no such key",
			"queue.limit: want an object", "id: empty", "queue.members[1].operator: want 1 to 255 bytes of UTF-8 without control characters",
		},
		`{"id":"a","translations":{"de":{"greting":"Hallo"}},"texts":{"greeting":"#NAME#"},"crm":{"within":"1h"},"session":{"closeDelay":"never","x":1}}`: {
			"translations.de.greting: no such key", "session.x: no such key", "crm.within: want 100ms to 30s",
			"session.closeDelay: want a delay: a finished session has to close", "texts.greeting: an unknown word between number signs",
		},
	} {
		l, err := ReadLine(strings.NewReader(text))
		if got := problemsOf(err); !slices.Equal(got, want) {
			t.Errorf("%s (-want +got):\n%s", text, cmp.Diff(want, got))
		}
		if err != nil && !reflect.DeepEqual(l, Line{}) {
			t.Errorf("%s: refused, and a line is there", text)
		}
	}
	if _, err := ReadLine(strings.NewReader(strings.Repeat(" ", MaxDocument+1))); len(problemsOf(err)) != 1 {
		t.Errorf("a document that is too long: %v", err)
	}
	if _, err := ReadLine(strings.NewReader(`{` + strings.Repeat(`"x":1,`, 1000) + `"id":"a"}`)); len(problemsOf(err)) != maxProblems {
		t.Errorf("%d problems, want the first %d", len(problemsOf(err)), maxProblems)
	}
	_, err := ReadSettings(strings.NewReader(`{"maxSessions":-1,"presence":{"browser":"-1s"},"plan":{"maxLines":-1},"profiles":{"road":{"mobil":"5m"}}}`))
	want := []string{`presence.browser: "-1s" is not a duration like 15m, nor never`, `profiles.road.presence: unknown field "mobil"`, "plan.maxLines: negative", "maxSessions: -1"}
	if diff := cmp.Diff(want, problemsOf(err)); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
}

func problemsOf(err error) (all []string) {
	if joined, is := err.(interface{ Unwrap() []error }); is {
		for _, e := range joined.Unwrap() {
			all = append(all, problemsOf(e)...)
		}
	} else if invalid, is := err.(*Invalid); is {
		all = append(all, invalid.Field+": "+invalid.Problem)
	} else if err != nil {
		all = append(all, err.Error())
	}
	return all
}

// Every field has its key: a line and settings in which each has a value are read as they were written.
func TestReadEveryField(t *testing.T) {
	t.Parallel()
	var l Line
	var s Settings
	for _, v := range []any{&l, &s} {
		fill(reflect.ValueOf(v).Elem())
	}
	l.Hours = worktime.Hours{Zone: "Europe/Berlin", Week: map[string][]string{"mon": {"09:00-18:00"}}, Holidays: []string{"12-25"}, Dates: map[string][]string{"2026-12-31": {}}}
	l.Bot.Hours = l.Hours
	text, again := data(l), Line{}
	if err := read(strings.NewReader(text), &again, func() error { return nil }); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(l, again); diff != "" {
		t.Errorf("%s (-want +got):\n%s", text, diff)
	}
	var same Settings
	if err := read(strings.NewReader(data(s)), &same, func() error { return nil }); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(s, same); diff != "" {
		t.Errorf("%s (-want +got):\n%s", data(s), diff)
	}
	for _, length := range durations(reflect.TypeFor[Line](), "") {
		if !strings.Contains(text, `"`+length+`":"`) {
			t.Errorf("the duration %s is not text", length)
		}
	}
}

// durations are the keys of a type's fields that are durations.
func durations(t reflect.Type, key string) (found []string) {
	switch {
	case t == reflect.TypeFor[time.Duration](), t == reflect.TypeFor[Within]():
		return []string{key}
	case t.Kind() == reflect.Struct && t != reflect.TypeFor[time.Time]():
		for _, f := range reflect.VisibleFields(t) {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if name == "" {
				name = keys(f.Name)
			}
			found = append(found, durations(f.Type, name)...)
		}
	}
	return found
}

var anyLine = rapid.Custom(func(t *rapid.T) Line {
	length := func(of ...time.Duration) time.Duration {
		return rapid.SampledFrom(append(of, 0, time.Second, 90*time.Minute)).Draw(t, "duration")
	}
	flag := func() bool { return rapid.Bool().Draw(t, "flag") }
	text := func() string {
		return rapid.SampledFrom([]string{"", "Hello, #CLIENT#!", "Grüße \"<&>\"\n", "\u2028"}).Draw(t, "text")
	}
	texts := func() Texts { return Texts{Greeting: text(), Nobody: text(), Closing: text()} }
	l := Line{
		ID: "support", Name: text(), Inactive: flag(), ManyAccounts: flag(), GreetOnce: flag(), Texts: texts(), OffHoursTo: LineID(rapid.SampledFrom([]string{"", "night"}).Draw(t, "to")),
		Queue: queue.Rules{
			Mode:        rapid.SampledFrom([]queue.Mode{"", queue.Strictly, queue.All}).Draw(t, "mode"),
			Members:     rapid.SampledFrom([][]queue.Member{nil, queue.Operators("ann", "bob"), queue.Departments("house")}).Draw(t, "members"),
			PassOnAfter: length(queue.Never), OnlyAvailable: flag(), Grace: length(), Priority: rapid.IntRange(-5, 5).Draw(t, "priority"), Ageing: length(),
			Limit: queue.Limit{Max: rapid.IntRange(0, 5).Draw(t, "limit"), Counts: queue.OpenOnes},
		},
		Session: session.Rules{UnansweredAfter: length(session.Never), CloseDelay: length(session.AtOnce), AutoCloseAfter: length(), NeglectAfter: length(session.Never)},
		CRM:     CRM{Verify: flag(), Within: Within(rapid.SampledFrom([]time.Duration{0, time.Second}).Draw(t, "within"))},
		Rating:  Rating{Off: flag(), Within: Within(length()), Good: rapid.SampledFrom([][]string{nil, {"+", "1"}}).Draw(t, "good")},
		Version: uint64(rapid.IntRange(0, 9).Draw(t, "version")),
	}
	if flag() {
		l.Translations = map[string]Texts{"de": texts(), "pt-br": {}}
	}
	if flag() {
		l.Hours = worktime.Hours{Zone: "Europe/Berlin", Week: map[string][]string{"mon-fri": {"22:00-06:00"}, "sat": {}}, Holidays: []string{"12-25"}}
	}
	return l
})

// What was written is read as it was, however it is set out.
func TestReadIsTheInverseOfWriting(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := anyLine.Draw(t, "line")
		text, err := json.MarshalIndent(want, "", rapid.SampledFrom([]string{"", "\t"}).Draw(t, "indent"))
		if err != nil {
			t.Fatal(err)
		}
		got, err := ReadLine(strings.NewReader(string(text)))
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Fatalf("%s: %v (-want +got):\n%s", text, err, diff)
		}
	})
}
