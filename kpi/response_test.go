package kpi_test

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/openlines-go/openlines/kpi"
	"github.com/openlines-go/openlines/worktime"
)

func at(clock string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", "2026-03-02 "+clock) // a Monday
	if err != nil {
		panic(err)
	}
	return t
}

func client(clock string) kpi.Message    { return kpi.Message{At: at(clock), From: kpi.Client} }
func operator(clock string) kpi.Message  { return kpi.Message{At: at(clock), From: kpi.Operator} }
func automatic(clock string) kpi.Message { return kpi.Message{At: at(clock), From: kpi.Automatic} }

func TestExchanges(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		timeline []kpi.Message
		want     []kpi.Exchange
	}{
		{"nothing was said", nil, nil},
		{
			"11.8 the first reply has a norm of its own, later ones another",
			[]kpi.Message{client("10:00"), operator("10:02"), client("10:05"), operator("10:06")},
			[]kpi.Exchange{{at("10:00"), at("10:02"), true}, {at("10:05"), at("10:06"), false}},
		},
		{
			"11.11 the clock starts at the first of several messages",
			[]kpi.Message{client("10:00"), client("10:01"), client("10:04"), operator("10:05")},
			[]kpi.Exchange{{at("10:00"), at("10:05"), true}},
		},
		{
			"11.12 automatic texts and bots do not stop the clock",
			[]kpi.Message{client("10:00"), automatic("10:00"), {At: at("10:01"), From: "bot"}, operator("10:03")},
			[]kpi.Exchange{{at("10:00"), at("10:03"), true}},
		},
		{
			"11.12 nor do they start it",
			[]kpi.Message{automatic("09:59"), client("10:00")},
			[]kpi.Exchange{{Asked: at("10:00"), Initial: true}},
		},
		{
			"what an operator writes unasked is no reply",
			[]kpi.Message{operator("09:00"), client("10:00"), operator("10:01"), operator("10:09")},
			[]kpi.Exchange{{at("10:00"), at("10:01"), true}},
		},
		{
			"a clock that runs backwards stands still",
			[]kpi.Message{client("10:00"), operator("09:00"), client("10:02"), operator("10:03")},
			[]kpi.Exchange{{at("10:00"), at("10:00"), true}, {at("10:02"), at("10:03"), false}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, kpi.Exchanges(tt.timeline)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

var threeExchanges = []kpi.Message{
	client("09:50"), automatic("09:50"), operator("10:04"),
	client("11:00"), client("11:01"), operator("11:01"),
	client("12:00"), operator("12:03"),
	client("13:00"),
}

// Rule 11.14: the columns, once in elapsed and once in working time, as computed by hand (scenario 159).
func TestResponses(t *testing.T) {
	t.Parallel()
	fromTen, err := worktime.Hours{Week: map[string][]string{"mon-fri": {"10:00-18:00"}}}.Calendar()
	if err != nil {
		t.Fatal(err)
	}
	want := kpi.Times{
		Replies: 3, Initial: 14 * time.Minute, Total: 18 * time.Minute, Average: 6 * time.Minute, Maximum: 14 * time.Minute,
	}
	if diff := cmp.Diff(want, kpi.Responses(kpi.Exchanges(threeExchanges), nil)); diff != "" {
		t.Errorf("elapsed (-want +got)\n%s", diff)
	}
	want = kpi.Times{
		Replies: 3, Initial: 4 * time.Minute, Total: 8 * time.Minute, Average: 160 * time.Second, Maximum: 4 * time.Minute,
	}
	if diff := cmp.Diff(want, kpi.Responses(kpi.Exchanges(threeExchanges), fromTen)); diff != "" {
		t.Errorf("working time (-want +got)\n%s", diff)
	}
}

func TestResponsesOfHostileExchanges(t *testing.T) {
	t.Parallel()
	if got := kpi.Responses(nil, nil); got != (kpi.Times{}) {
		t.Errorf("of none: %+v", got)
	}
	before := kpi.Exchange{Asked: at("10:00"), Replied: at("09:00"), Initial: true}
	if got := kpi.Responses([]kpi.Exchange{before}, nil); got != (kpi.Times{Replies: 1}) {
		t.Errorf("a reply before the question: %+v, want nothing but its count", got)
	}
	ages := kpi.Exchange{Asked: time.Date(1, 1, 1, 0, 0, 1, 0, time.UTC), Replied: time.Date(9000, 1, 1, 0, 0, 0, 0, time.UTC)}
	got := kpi.Responses([]kpi.Exchange{ages, ages}, nil)
	want := kpi.Times{Replies: 2, Total: math.MaxInt64, Average: math.MaxInt64, Maximum: math.MaxInt64}
	if got != want {
		t.Errorf("centuries: %+v, want %+v", got, want)
	}
}

func TestNorms(t *testing.T) {
	t.Parallel()
	fromTen, err := worktime.Hours{Week: map[string][]string{"mon-fri": {"10:00-18:00"}}}.Calendar()
	if err != nil {
		t.Fatal(err)
	}
	never, err := worktime.Hours{Week: map[string][]string{"mon-sun": {}}}.Calendar()
	if err != nil {
		t.Fatal(err)
	}
	both := kpi.Norms{Initial: 2 * time.Minute, Further: 5 * time.Minute}
	talk := []kpi.Message{client("10:00"), automatic("10:01"), operator("10:03"), client("11:00"), client("11:01"), client("11:04")}
	tests := []struct {
		name     string
		norms    kpi.Norms
		hours    *worktime.Calendar
		timeline []kpi.Message
		now      string
		want     int
	}{
		{"11.8 a first reply in time", both, nil, []kpi.Message{client("10:00"), operator("10:01")}, "10:30", 0},
		{"11.8 before the limit nothing is overdue", both, nil, talk[:1], "10:01", 0},
		{"11.10 at the limit it is", both, nil, talk[:2], "10:02", 1},
		{"11.10 it stays one alert once the reply came", both, nil, talk[:3], "10:30", 1},
		{"a reply at the limit is too late", both, nil, []kpi.Message{client("10:00"), operator("10:02")}, "10:30", 1},
		{"11.11 the later limit counts from the first message", both, nil, talk, "11:05", 2},
		{"11.11 and not a moment sooner", both, nil, talk, "11:04", 1},
		{"11.8 zero is off", kpi.Norms{Further: 5 * time.Minute}, nil, talk, "18:00", 1},
		{"less than zero is off, too", kpi.Norms{Initial: -1, Further: -1}, nil, talk, "18:00", 0},
		{"working time only", both, fromTen, []kpi.Message{client("09:30")}, "10:01", 0},
		{"from the hour of opening", both, fromTen, []kpi.Message{client("09:30")}, "10:02", 1},
		{"never open, never overdue", both, never, talk, "18:00", 0},
		{"what is to come is not overdue yet", both, nil, talk, "10:01", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			late := tt.norms.Overdue(kpi.Exchanges(tt.timeline), tt.hours, at(tt.now))
			if len(late) != tt.want {
				t.Errorf("%d overdue, want %d: %v", len(late), tt.want, late)
			}
		})
	}
}

func TestDeadline(t *testing.T) {
	t.Parallel()
	n := kpi.Norms{Initial: 2 * time.Minute, Further: 5 * time.Minute}
	for _, tt := range []struct {
		e    kpi.Exchange
		want time.Time
	}{
		{kpi.Exchange{Asked: at("10:00"), Initial: true}, at("10:02")},
		{kpi.Exchange{Asked: at("10:00")}, at("10:05")},
	} {
		if got, on := n.Deadline(tt.e, nil); !on || !got.Equal(tt.want) {
			t.Errorf("%v: %v %v, want %v", tt.e, got, on, tt.want)
		}
	}
	if _, on := (kpi.Norms{}).Deadline(kpi.Exchange{Asked: at("10:00")}, nil); on {
		t.Error("a norm of zero has a deadline")
	}
}

// A second at a time, somebody with a stopwatch: the dumb recomputation of the folds.
func TestFoldsEqualAStopwatch(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		parties := rapid.SampledFrom([]kpi.Party{kpi.Client, kpi.Operator, kpi.Automatic})
		gaps := rapid.SliceOfN(rapid.IntRange(0, 40), 0, 12).Draw(t, "gaps")
		norms := kpi.Norms{
			Initial: time.Duration(rapid.IntRange(0, 60).Draw(t, "initial")) * time.Second,
			Further: time.Duration(rapid.IntRange(0, 60).Draw(t, "further")) * time.Second,
		}
		start, second := at("10:00"), 0
		var timeline []kpi.Message
		for _, gap := range gaps {
			second += gap
			timeline = append(timeline, kpi.Message{At: start.Add(time.Duration(second) * time.Second), From: parties.Draw(t, "from")})
		}
		end := second + rapid.IntRange(0, 90).Draw(t, "after")
		times, alerts := stopwatch(timeline, norms, start, end)
		exchanges := kpi.Exchanges(timeline)
		if diff := cmp.Diff(times, kpi.Responses(exchanges, nil)); diff != "" {
			t.Fatalf("(-want +got)\n%s", diff)
		}
		late := norms.Overdue(exchanges, nil, start.Add(time.Duration(end)*time.Second))
		if len(late) != alerts {
			t.Fatalf("%d overdue, want %d", len(late), alerts)
		}
	})
}

// stopwatch watches the conversation second by second: the norm first, then the messages of that second.
func stopwatch(timeline []kpi.Message, n kpi.Norms, start time.Time, end int) (times kpi.Times, alerts int) {
	running, alerted, answered, limit := -1, false, 0, n.Initial
	for second := 0; second <= end; second++ {
		now := start.Add(time.Duration(second) * time.Second)
		ring := func() {
			if running >= 0 && !alerted && limit > 0 && time.Duration(running)*time.Second >= limit {
				alerts, alerted = alerts+1, true
			}
		}
		ring()
		for len(timeline) > 0 && timeline[0].At.Equal(now) {
			switch m := timeline[0]; {
			case m.From == kpi.Client && running < 0:
				running, alerted = 0, false
			case m.From == kpi.Operator && running >= 0:
				took := time.Duration(running) * time.Second
				if answered == 0 {
					times.Initial = took
				}
				times.Total += took
				times.Maximum = max(times.Maximum, took)
				answered++
				running, limit = -1, n.Further
			}
			timeline = timeline[1:]
		}
		if running >= 0 {
			running++
		}
	}
	if times.Replies = answered; answered > 0 {
		times.Average = times.Total / time.Duration(answered)
	}
	return times, alerts
}
