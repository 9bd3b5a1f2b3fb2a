package worktime_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/openlines-go/openlines/worktime"
)

func TestPresence(t *testing.T) {
	t.Parallel()
	now := utc("2026-05-04 12:00")
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	in := func(d time.Duration) time.Time { return now.Add(d) }
	workTime := worktime.Presence{WorkTime: true}
	explicit := worktime.Presence{Explicit: true}
	const minute = time.Minute
	for _, test := range []struct {
		name     string
		presence worktime.Presence
		facts    worktime.Facts
		want     worktime.Verdict
		until    time.Time
	}{
		{"nothing reported", worktime.Presence{}, worktime.Facts{}, worktime.Offline, time.Time{}},
		{
			"4.6 browser in use", worktime.Presence{},
			worktime.Facts{BrowserUsedAt: ago(10 * minute)}, worktime.Available, in(5 * minute),
		},
		{
			"4.6 the last moment of 15 minutes", worktime.Presence{},
			worktime.Facts{BrowserUsedAt: ago(15*minute - 1)}, worktime.Available, in(1),
		},
		{
			"4.6 at 15 minutes", worktime.Presence{},
			worktime.Facts{BrowserUsedAt: ago(15 * minute)}, worktime.Idle, time.Time{},
		},
		{
			"4.6 another limit", worktime.Presence{Browser: 20 * minute},
			worktime.Facts{BrowserUsedAt: ago(15 * minute)}, worktime.Available, in(5 * minute),
		},
		{
			"4.6 a clock ahead of ours", worktime.Presence{},
			worktime.Facts{BrowserUsedAt: in(minute)}, worktime.Available, in(16 * minute),
		},
		{
			"4.7 as long as the tab is open", worktime.OpenTab(),
			worktime.Facts{BrowserUsedAt: ago(30 * time.Hour)}, worktime.Available, time.Time{},
		},
		{"4.7 no tab is open", worktime.OpenTab(), worktime.Facts{}, worktime.Offline, time.Time{}},
		{
			"4.8 desktop as long as it is open", worktime.Presence{},
			worktime.Facts{DesktopOpen: true, DesktopLocked: true}, worktime.Available, time.Time{},
		},
		{
			"4.8 desktop closed", worktime.Presence{},
			worktime.Facts{DesktopUsedAt: now}, worktime.Offline, time.Time{},
		},
		{
			"4.8 closed, whatever was used last", worktime.OpenTab(),
			worktime.Facts{DesktopUsedAt: now}, worktime.Offline, time.Time{},
		},
		{
			"4.8 10 minutes without input", worktime.OpenTab(),
			worktime.Facts{DesktopOpen: true, DesktopUsedAt: ago(9 * minute)}, worktime.Available, in(minute),
		},
		{
			"4.8 at 10 minutes", worktime.OpenTab(),
			worktime.Facts{DesktopOpen: true, DesktopUsedAt: ago(10 * minute)}, worktime.Idle, time.Time{},
		},
		{
			"4.8 locked", worktime.OpenTab(),
			worktime.Facts{DesktopOpen: true, DesktopUsedAt: now, DesktopLocked: true}, worktime.Idle, time.Time{},
		},
		{
			"4.8 25 minutes in the cloud", worktime.OpenTabCloud(),
			worktime.Facts{DesktopOpen: true, DesktopUsedAt: ago(24 * minute)}, worktime.Available, in(minute),
		},
		{
			"4.8 3 minutes on premise", worktime.OpenTabOnPremise(),
			worktime.Facts{DesktopOpen: true, DesktopUsedAt: ago(2 * minute)}, worktime.Available, in(minute),
		},
		{
			"4.9 mobile in front", worktime.Presence{},
			worktime.Facts{MobileFront: true, MobileHiddenAt: ago(time.Hour)}, worktime.Available, time.Time{},
		},
		{
			"4.9 mobile hidden", worktime.Presence{},
			worktime.Facts{MobileHiddenAt: ago(4 * minute)}, worktime.Available, in(minute),
		},
		{
			"4.9 mobile hidden for 5 minutes", worktime.Presence{},
			worktime.Facts{MobileHiddenAt: ago(5 * minute)}, worktime.Idle, time.Time{},
		},
		{
			"4.9 mobile without a limit", worktime.Presence{Mobile: worktime.Never},
			worktime.Facts{MobileHiddenAt: ago(time.Hour)}, worktime.Available, time.Time{},
		},
		{
			"4.11 any device, the longest counts", worktime.Presence{},
			worktime.Facts{BrowserUsedAt: ago(13 * minute), MobileHiddenAt: ago(minute)}, worktime.Available, in(4 * minute),
		},
		{
			"4.11 one is idle, one is open", worktime.Presence{},
			worktime.Facts{BrowserUsedAt: ago(time.Hour), DesktopOpen: true}, worktime.Available, time.Time{},
		},
		{
			"4.3 dismissed before all", workTime,
			worktime.Facts{Dismissed: true, OnLeave: true, MobileFront: true, ClockedIn: true}, worktime.Dismissed, time.Time{},
		},
		{
			"4.3 on leave", worktime.Presence{},
			worktime.Facts{OnLeave: true, MobileFront: true}, worktime.OnLeave, time.Time{},
		},
		{
			"4.4 the work day decides alone", workTime,
			worktime.Facts{MobileFront: true}, worktime.NotClockedIn, time.Time{},
		},
		{"4.4 without any device", workTime, worktime.Facts{ClockedIn: true}, worktime.Available, time.Time{}},
		{"4.3 on break", workTime, worktime.Facts{ClockedIn: true, OnBreak: true, MobileFront: true}, worktime.OnBreak, time.Time{}},
		{"4.3 on leave, clocked in", workTime, worktime.Facts{ClockedIn: true, OnLeave: true}, worktime.OnLeave, time.Time{}},
		{
			"4.3 without work-time management a break does not matter", worktime.Presence{},
			worktime.Facts{OnBreak: true, MobileFront: true}, worktime.Available, time.Time{},
		},
		{
			"P17 available, and reading a long page", explicit,
			worktime.Facts{Status: worktime.StatusAvailable, BrowserUsedAt: ago(time.Hour)}, worktime.Available, time.Time{},
		},
		{
			"P17 available, but gone", explicit,
			worktime.Facts{Status: worktime.StatusAvailable}, worktime.Offline, time.Time{},
		},
		{
			"P17 available, the phone is in the pocket", explicit,
			worktime.Facts{Status: worktime.StatusAvailable, MobileHiddenAt: ago(5 * minute)}, worktime.Idle, time.Time{},
		},
		{
			"P17 available, at a desktop with a limit", worktime.Presence{Desktop: minute, Explicit: true},
			worktime.Facts{Status: worktime.StatusAvailable, DesktopOpen: true}, worktime.Available, time.Time{},
		},
		{
			"P17 away", explicit,
			worktime.Facts{Status: worktime.StatusAway, MobileFront: true}, worktime.Away, time.Time{},
		},
		{
			"P17 do not disturb, in the work day too", worktime.Presence{Explicit: true, WorkTime: true},
			worktime.Facts{Status: worktime.StatusDoNotDisturb, ClockedIn: true}, worktime.Away, time.Time{},
		},
		{
			"P17 a word that we do not know", explicit,
			worktime.Facts{Status: "lunch", MobileFront: true}, worktime.Available, time.Time{},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, until := test.presence.Available(test.facts, now)
			if got != test.want || !until.Equal(test.until) {
				t.Errorf("%v until %v, want %v until %v", got, until, test.want, test.until)
			}
		})
	}
}

// rule 4.10
func TestStatusChangesNothingUnlessItIsMadeTo(t *testing.T) {
	t.Parallel()
	now := utc("2026-05-04 12:00")
	for _, facts := range []worktime.Facts{
		{}, {MobileFront: true}, {BrowserUsedAt: now}, {BrowserUsedAt: now.Add(-time.Hour)}, {ClockedIn: true},
	} {
		for _, presence := range []worktime.Presence{{}, {WorkTime: true}, worktime.OpenTab()} {
			want, wantUntil := presence.Available(facts, now)
			for _, status := range []worktime.Status{worktime.StatusAvailable, worktime.StatusAway, worktime.StatusDoNotDisturb} {
				facts.Status = status
				got, until := presence.Available(facts, now)
				if got != want || !until.Equal(wantUntil) {
					t.Errorf("%+v, %+v: %v until %v, want %v until %v", presence, facts, got, until, want, wantUntil)
				}
			}
		}
	}
}

// The time that comes with available is exact: available just before, and not
// at it; without one, available for good.
func TestAvailableUntil(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		now := utc("2026-05-04 12:00")
		past := rapid.Custom(func(t *rapid.T) time.Time {
			if rapid.Bool().Draw(t, "never") {
				return time.Time{}
			}
			return now.Add(-time.Duration(rapid.Int64Range(0, int64(30*time.Minute)).Draw(t, "ago")))
		})
		limit := rapid.SampledFrom([]time.Duration{0, time.Second, 10 * time.Minute, worktime.Never})
		p := worktime.Presence{
			Browser: limit.Draw(t, "browser"), Mobile: limit.Draw(t, "mobile"), Desktop: limit.Draw(t, "desktop"),
			WorkTime: rapid.IntRange(0, 4).Draw(t, "work time") == 0, Explicit: rapid.Bool().Draw(t, "explicit"),
		}
		f := worktime.Facts{
			BrowserUsedAt: past.Draw(t, "used"), MobileHiddenAt: past.Draw(t, "hidden"), DesktopUsedAt: past.Draw(t, "input"),
			DesktopOpen: rapid.Bool().Draw(t, "open"), DesktopLocked: rapid.Bool().Draw(t, "locked"),
			ClockedIn: rapid.Bool().Draw(t, "clocked in"), OnBreak: rapid.Bool().Draw(t, "break"),
			Status: rapid.SampledFrom([]worktime.Status{"", worktime.StatusAvailable, worktime.StatusAway}).Draw(t, "status"),
		}
		verdict, until := p.Available(f, now)
		is := func(at time.Time) worktime.Verdict {
			verdict, _ := p.Available(f, at)
			return verdict
		}
		switch {
		case verdict != worktime.Available:
			if !until.IsZero() || is(now.Add(time.Hour)) != verdict {
				t.Fatalf("%v until %v, later %v", verdict, until, is(now.Add(time.Hour)))
			}
		case until.IsZero():
			if later := is(now.AddDate(10, 0, 0)); later != worktime.Available {
				t.Fatalf("available for good, but later %v", later)
			}
		case is(until.Add(-1)) != worktime.Available || is(until) != worktime.Idle:
			t.Fatalf("available until %v, then %v, before %v", until, is(until), is(until.Add(-1)))
		}
	})
}

func TestPresenceJSON(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		presence worktime.Presence
		want     string
	}{
		{worktime.Presence{}, `{}`},
		{worktime.OpenTab(), `{"browser":"never","desktop":"10m0s"}`},
		{worktime.Presence{Mobile: 90 * time.Second, WorkTime: true, Explicit: true}, `{"mobile":"1m30s","workTime":true,"explicit":true}`},
	} {
		data, err := json.Marshal(test.presence)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, string(data)); diff != "" {
			t.Errorf("encoded (-want +got):\n%s", diff)
		}
		got := worktime.Presence{Browser: 1}
		if err := json.Unmarshal(data, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.presence, got); diff != "" {
			t.Errorf("decoded (-want +got):\n%s", diff)
		}
	}
}

func TestPresenceZeroDurationIsTheDefault(t *testing.T) {
	t.Parallel()
	got := worktime.OpenTab()
	if err := json.Unmarshal([]byte(`{"browser":"0s"}`), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(worktime.Presence{}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPresenceRefuses(t *testing.T) {
	t.Parallel()
	const limit = " is not a duration like 15m, nor never"
	for _, test := range []struct{ data, want string }{
		{`{"browser":"soon","mobile":"-5m"}`, "browser: \"soon\"" + limit + "\nmobile: \"-5m\"" + limit},
		{`{"browser":"15"}`, "browser: \"15\"" + limit},
		{`{"browser":15}`, "presence: cannot unmarshal number into Go struct field presenceJSON.browser of type string"},
		{`{"tablet":"5m"}`, "presence: unknown field \"tablet\""},
	} {
		p := worktime.OpenTab()
		if diff := cmp.Diff(test.want, invalid(t, json.Unmarshal([]byte(test.data), &p))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.data, diff)
		}
		if diff := cmp.Diff(worktime.OpenTab(), p); diff != "" {
			t.Errorf("%s has changed it:\n%s", test.data, diff)
		}
	}
	p := worktime.Presence{Browser: -1, Mobile: -time.Minute, Desktop: -time.Hour}
	want := "browser: -1ns is negative\nmobile: -1m0s is negative\ndesktop: -1h0m0s is negative"
	if diff := cmp.Diff(want, invalid(t, p.Validate())); diff != "" {
		t.Errorf("Validate (-want +got):\n%s", diff)
	}
	if err := worktime.OpenTab().Validate(); err != nil {
		t.Error(err)
	}
}

func TestFactsJSON(t *testing.T) {
	t.Parallel()
	at := utc("2026-05-04 12:00")
	for _, test := range []struct {
		facts worktime.Facts
		want  string
	}{
		{worktime.Facts{}, `{}`},
		{
			worktime.Facts{
				BrowserUsedAt: at, MobileFront: true, MobileHiddenAt: at, DesktopOpen: true, DesktopUsedAt: at, DesktopLocked: true,
				ClockedIn: true, OnBreak: true, OnLeave: true, Dismissed: true, Status: worktime.StatusDoNotDisturb,
			},
			`{"browserUsedAt":"2026-05-04T12:00:00Z","mobileFront":true,"mobileHiddenAt":"2026-05-04T12:00:00Z",` +
				`"desktopOpen":true,"desktopUsedAt":"2026-05-04T12:00:00Z","desktopLocked":true,` +
				`"clockedIn":true,"onBreak":true,"onLeave":true,"dismissed":true,"status":"do-not-disturb"}`,
		},
	} {
		data, err := json.Marshal(test.facts)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, string(data)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		var got worktime.Facts
		if err := json.Unmarshal(data, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.facts, got); diff != "" {
			t.Errorf("decoded (-want +got):\n%s", diff)
		}
	}
}

func TestVerdictReadsAsWords(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff("not clocked in", fmt.Sprint(worktime.NotClockedIn)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Rule P13: an operator has hours of his own, in his own zone.
func TestOnDuty(t *testing.T) {
	t.Parallel()
	berlin := mustCalendar(t, worktime.Hours{
		Zone: "Europe/Berlin", Week: map[string][]string{"mon-fri": {"09:00-17:00"}}, Holidays: []string{"2026-05-05"},
	}) // in May two hours ahead of UTC
	never := mustCalendar(t, worktime.Hours{Week: everyDay()})
	always := mustCalendar(t, worktime.Hours{Zone: "Europe/Berlin"})
	here := worktime.Facts{MobileFront: true}
	tab := func(at string) worktime.Facts { return worktime.Facts{BrowserUsedAt: utc(at)} }
	for _, test := range []struct {
		name  string
		duty  *worktime.Calendar
		facts worktime.Facts
		at    string
		want  worktime.Verdict
		until string
	}{
		{"none: always", nil, here, "2026-05-04 03:00", worktime.Available, ""},
		{"always", always, here, "2026-05-04 03:00", worktime.Available, ""},
		{"never", never, here, "2026-05-04 12:00", worktime.OffDuty, ""},
		{"before", berlin, here, "2026-05-04 06:59", worktime.OffDuty, "2026-05-04 07:00"},
		{"from the first second", berlin, here, "2026-05-04 07:00", worktime.Available, "2026-05-04 15:00"},
		{"to the last, and over a holiday", berlin, here, "2026-05-04 15:00", worktime.OffDuty, "2026-05-06 07:00"},
		{"the tab ends first", berlin, tab("2026-05-04 14:40"), "2026-05-04 14:50", worktime.Available, "2026-05-04 14:55"},
		{"the hours end first", berlin, tab("2026-05-04 14:50"), "2026-05-04 14:55", worktime.Available, "2026-05-04 15:00"},
		{"not here, though on duty", berlin, worktime.Facts{}, "2026-05-04 12:00", worktime.Offline, "2026-05-04 15:00"},
		{"off duty, and not here", berlin, worktime.Facts{}, "2026-05-04 16:00", worktime.OffDuty, "2026-05-06 07:00"},
		{"on leave all the same", berlin, worktime.Facts{OnLeave: true}, "2026-05-04 16:00", worktime.OnLeave, ""},
		{"dismissed all the same", berlin, worktime.Facts{Dismissed: true}, "2026-05-04 12:00", worktime.Dismissed, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			verdict, until := worktime.Presence{}.OnDuty(test.duty, test.facts, utc(test.at))
			want := time.Time{}
			if test.until != "" {
				want = utc(test.until)
			}
			if verdict != test.want || !until.Equal(want) {
				t.Errorf("%v until %v, want %v until %v", verdict, until, test.want, want)
			}
		})
	}
}

// The verdict is the same until its time, and another one then.
func TestOnDutyUntil(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawScene(t, 10*24*time.Hour)
		now := s.instant(t, "now")
		f := worktime.Facts{MobileFront: rapid.Bool().Draw(t, "front")}
		if rapid.Bool().Draw(t, "tab") {
			f.BrowserUsedAt = now.Add(-time.Duration(rapid.Int64Range(0, int64(20*time.Minute)).Draw(t, "ago")))
		}
		var p worktime.Presence
		verdict, until := p.OnDuty(s.calendar, f, now)
		is := func(at time.Time) worktime.Verdict {
			verdict, _ := p.OnDuty(s.calendar, f, at)
			return verdict
		}
		off := verdict == worktime.OffDuty
		if off == s.calendar.Open(now) {
			t.Fatalf("open %v, and %v", !off, verdict)
		}
		if until.IsZero() {
			until = now.AddDate(1, 0, 0)
		} else if is(until) == verdict {
			t.Fatalf("%v until %v, and then as well", verdict, until)
		}
		if before := is(until.Add(-1)); before != verdict || !until.After(now) {
			t.Fatalf("%v until %v, but %v before", verdict, until, before)
		}
	})
}
