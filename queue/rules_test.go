package queue_test

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/openlines-go/openlines/queue"
)

// The documented form, which programs and files of other versions read.
var documents = []struct {
	json  string
	rules queue.Rules
}{
	{`{}`, queue.Rules{}},
	{
		`{"mode":"strictly","members":[{"operator":"ann"},{"operator":"bob"}],"passOnAfter":"45s",` +
			`"onlyAvailable":true,"limit":{"max":4,"counts":"owed-replies"},"priority":-5}`,
		queue.Rules{
			Mode: queue.Strictly, Members: queue.Operators("ann", "bob"), PassOnAfter: 45 * time.Second,
			OnlyAvailable: true, Limit: queue.Limit{Max: 4, Counts: queue.OwedReplies}, Priority: -5,
		},
	},
	{
		`{"onlyAvailable":true,"grace":"2m0s","ageing":"10m0s"}`,
		queue.Rules{OnlyAvailable: true, Grace: 2 * time.Minute, Ageing: 10 * time.Minute},
	},
	{`{"mode":"evenly","passOnAfter":"never"}`, queue.Rules{Mode: queue.Evenly, PassOnAfter: queue.Never}},
	{
		`{"mode":"least-loaded","members":[{"operator":"ann","weight":2}],"sticky":"720h0m0s"}`,
		queue.Rules{Mode: queue.LeastLoaded, Members: []queue.Member{{Operator: "ann", Weight: 2}}, Sticky: 720 * time.Hour},
	},
	{`{"mode":"round-robin"}`, queue.Rules{Mode: queue.RoundRobin}},
	{`{"mode":"all","passOnAfter":"12h0m0s"}`, queue.Rules{Mode: queue.All, PassOnAfter: 12 * time.Hour}},
	{`{"passOnAfter":"1.5s","limit":{"max":1}}`, queue.Rules{PassOnAfter: 1500 * time.Millisecond, Limit: queue.Limit{Max: 1}}},
	{`{"limit":{"max":0,"counts":"open"}}`, queue.Rules{Limit: queue.Limit{Counts: queue.OpenOnes}}},
	{`{"limit":{"max":2,"counts":"unreplied"}}`, queue.Rules{Limit: queue.Limit{Max: 2, Counts: queue.Unreplied}}},
}

func TestRulesHaveADocumentedForm(t *testing.T) {
	t.Parallel()
	for _, d := range documents {
		written, err := json.Marshal(d.rules)
		if diff := cmp.Diff(d.json, string(written)); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
		read := queue.Rules{Mode: "left over", Limit: queue.Limit{Max: 7}, Priority: 7}
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
		``, `[]`, `"evenly"`, `{"mode":1}`, `{"passOnAfter":45}`, `{"passOnAfter":"45"}`, `{"passOnAfter":"Never"}`,
		`{"passOnAfter":"9999999h"}`, `{"passOnAfter":""}`, `{"passOnAfter":"1e3s"}`, `{"members":["ann"]}`, `{"members":{}}`,
		`{"limit":4}`, `{"limit":{"max":"4"}}`, `{"limit":{"max":1.5}}`, `{"priority":1e400}`, `{"onlyAvailable":"yes"}`, `{} {}`,
		`{"grace":120}`, `{"grace":"2"}`, `{"ageing":"soon"}`, `{"passOnAfter":"0s"}`,
	} {
		before := queue.Rules{Mode: queue.All, Priority: 7}
		r := before
		if err := json.Unmarshal([]byte(text), &r); err == nil {
			t.Errorf("%s is read as %+v", text, r)
		}
		if diff := cmp.Diff(before, r); diff != "" {
			t.Errorf("%s changes the rules (-want +got):\n%s", text, diff)
		}
	}
}

func TestRulesSurviveJSON(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := queue.Rules{
			Mode: modes.Draw(t, "mode"),
			PassOnAfter: rapid.OneOf(
				rapid.Just(queue.Never), rapid.Map(rapid.Int64(), func(d int64) time.Duration { return time.Duration(d) }),
			).Draw(t, "pass on"),
			OnlyAvailable: rapid.Bool().Draw(t, "only available"),
			Grace:         time.Duration(rapid.Int64().Draw(t, "grace")),
			Ageing:        time.Duration(rapid.Int64().Draw(t, "ageing")),
			Sticky:        time.Duration(rapid.Int64().Draw(t, "sticky")),
			Limit: queue.Limit{
				Max:    rapid.Int().Draw(t, "max"),
				Counts: rapid.SampledFrom([]queue.Counting{"", queue.Unreplied, queue.OwedReplies, queue.OpenOnes}).Draw(t, "counts"),
			},
			Priority: rapid.Int().Draw(t, "priority"),
		}
		for _, who := range rapid.SliceOfN(rapid.String(), 0, 5).Draw(t, "members") {
			want.Members = append(want.Members, queue.Member{Operator: id(who)})
		}
		text, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got queue.Rules
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%s (-want +got):\n%s", text, diff)
		}
	})
}

func FuzzRules(f *testing.F) {
	for _, d := range documents {
		f.Add([]byte(d.json))
	}
	for _, text := range []string{`null`, `{"members":[],"limit":{}}`, `{"passOnAfter":"-5s"}`, `{"members":[{"operator":"\ud800"}]}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var want, got queue.Rules
		if json.Unmarshal(data, &want) != nil {
			return
		}
		_ = want.Validate()
		text, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	})
}

func TestValidate(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		rules queue.Rules
		want  []string
	}{
		{"the zero rules are the reference's", queue.Rules{}, nil},
		{"everything at its upper bound", queue.Rules{
			Mode: queue.All, PassOnAfter: queue.Never, Limit: queue.Limit{Max: 1000, Counts: queue.OpenOnes}, Priority: 1_000_000,
			Members: queue.Operators(id(strings.Repeat("x", 255))), Grace: 24 * time.Hour, Ageing: 24 * time.Hour,
		}, nil},
		{"everything at its lower bound", queue.Rules{
			Mode: queue.Strictly, PassOnAfter: time.Millisecond, Limit: queue.Limit{Counts: queue.Unreplied}, Priority: -1_000_000,
			Members: queue.Operators("x"), Grace: 1, Ageing: time.Second,
		}, nil},
		{"rule 3.17: 45 s, 12 h, 13 h", queue.Rules{Mode: queue.Evenly, PassOnAfter: 13 * time.Hour}, nil},
		{"the largest queue", queue.Rules{Members: slices.Repeat(queue.Operators("a"), 200_000)}, nil},
		{"one more", queue.Rules{Members: slices.Repeat(queue.Operators("a"), 200_001)}, []string{"Members: 200001, at most 200000"}},
		{"an offer shorter than anybody can see", queue.Rules{PassOnAfter: time.Millisecond - 1}, []string{
			"PassOnAfter: 999.999µs, want at least 1ms",
		}},
		{"all problems at once", queue.Rules{
			Mode: "random", PassOnAfter: -time.Second, Limit: queue.Limit{Max: 1001, Counts: "all"}, Priority: 1_000_001,
			Members: queue.Operators("ann", ""),
		}, []string{
			"Mode: unknown", "Limit.Counts: unknown", "PassOnAfter: -1s, want at least 1ms", "Limit.Max: 1001, want 0 to 1000",
			"Priority: 1000001, want -1000000 to 1000000", "Members[1].Operator: want 1 to 255 bytes of UTF-8 without control characters",
		}},
		{"a grace or an ageing out of bounds", queue.Rules{Grace: 24*time.Hour + 1, Ageing: 24*time.Hour + 1}, []string{
			"Grace: 24h0m0.000000001s, want 0 to 24h0m0s", "Ageing: 24h0m0.000000001s, want 1s to 24h0m0s",
		}},
		{"a negative grace, an ageing too fast", queue.Rules{Grace: -1, Ageing: time.Second - 1}, []string{
			"Grace: -1ns, want 0 to 24h0m0s", "Ageing: 999.999999ms, want 1s to 24h0m0s",
		}},
		{"the longest memory, the largest weight", queue.Rules{
			Sticky: 87_600 * time.Hour, Members: []queue.Member{{Operator: "ann", Weight: 1000}},
		}, nil},
		{"a memory or a weight out of bounds", queue.Rules{
			Sticky: 87_600*time.Hour + 1, Members: []queue.Member{{Operator: "ann", Weight: 1001}, {Operator: "bob", Weight: -1}},
		}, []string{
			"Sticky: 87600h0m0.000000001s, want 0 to 87600h0m0s", "Members[0].Weight: 1001, want 0 to 1000",
			"Members[1].Weight: -1, want 0 to 1000",
		}},
		{"a negative memory", queue.Rules{Sticky: -1}, []string{"Sticky: -1ns, want 0 to 87600h0m0s"}},
		{"never is no grace", queue.Rules{Grace: queue.Never}, []string{"Grace: 2562047h47m16.854775807s, want 0 to 24h0m0s"}},
		{"below", queue.Rules{
			Limit: queue.Limit{Max: -1}, PassOnAfter: math.MinInt64, Priority: -1_000_001,
			Members: queue.Operators(id(strings.Repeat("x", 256))),
		}, []string{
			"PassOnAfter: -2562047h47m16.854775808s, want at least 1ms", "Limit.Max: -1, want 0 to 1000",
			"Priority: -1000001, want -1000000 to 1000000", "Members[0].Operator: want 1 to 255 bytes of UTF-8 without control characters",
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

// Rules 3.14 and 3.16.
func TestPassOn(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		rules queue.Rules
		after time.Duration
		on    bool
	}{
		{queue.Rules{}, time.Minute, true},
		{queue.Rules{Mode: queue.Strictly}, time.Minute, true},
		{queue.Rules{Mode: queue.Evenly, PassOnAfter: 45 * time.Second}, 45 * time.Second, true},
		{queue.Rules{PassOnAfter: queue.Never}, 0, false},
		{queue.Rules{PassOnAfter: 45*time.Second + 1999}, 45*time.Second + time.Microsecond, true}, // times are kept to it
		{queue.Rules{PassOnAfter: queue.Never - 1}, queue.Never.Truncate(time.Microsecond), true},
		{queue.Rules{Mode: queue.All}, 0, false},
		{queue.Rules{Mode: queue.All, PassOnAfter: 45 * time.Second}, 0, false},
	} {
		if after, on := test.rules.PassOn(); after != test.after || on != test.on {
			t.Errorf("%+v: %v, %v, want %v, %v", test.rules, after, on, test.after, test.on)
		}
	}
}

// Rule 4.20: what an absent member has is lost at once, or after the grace.
func TestLost(t *testing.T) {
	t.Parallel()
	nine := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for grace, want := range map[time.Duration]time.Time{
		0: nine, 2 * time.Minute: nine.Add(2 * time.Minute), 1999: nine.Add(time.Microsecond), // times are kept to it
	} {
		if got := (queue.Rules{Grace: grace}).Lost(nine); !got.Equal(want) {
			t.Errorf("grace %v: lost at %v, want %v", grace, got, want)
		}
	}
}
