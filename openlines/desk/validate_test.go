package desk

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/worktime"
)

// A line and settings tell every problem at once, each by the field that has it.
func TestEveryProblemIsTold(t *testing.T) {
	t.Parallel()
	monday := worktime.Hours{Zone: "Nowhere", Week: map[string][]string{"mon": {"9"}}}
	agreed := Consent{Document: "a\n", Version: "1\n", Within: Within(time.Second)}
	for name, c := range map[string]struct {
		fault func(*Line)
		want  []string
	}{
		"none":    {func(*Line) {}, nil},
		"queue":   {func(l *Line) { l.Queue = queue.Rules{Mode: "x", PassOnAfter: -1, Priority: queue.MaxPriority + 1} }, []string{"Queue.Mode", "Queue.PassOnAfter", "Queue.Priority"}},
		"session": {func(l *Line) { l.Session = session.Rules{CloseDelay: -1, NeglectAfter: 1} }, []string{"Session.CloseDelay", "Session.NeglectAfter"}},
		"hours":   {func(l *Line) { l.Hours = monday }, []string{`Hours.week["mon"][0]`, "Hours.zone"}},
		"bot":     {func(l *Line) { l.Bot = LineBot{ID: "\n", For: 1, Hours: monday} }, []string{"Bot.For", `Bot.Hours.week["mon"][0]`, "Bot.Hours.zone", "Bot.ID"}},
		"crm": {func(l *Line) {
			l.CRM = CRM{Within: 1, Create: "x", Source: "\n", Stage: "\n", AttachTo: []ItemKind{"x", "y", "x", "y", "x", "y"}}
		}, []string{"CRM.AttachTo", "CRM.AttachTo", "CRM.Create", "CRM.Source", "CRM.Stage", "CRM.Within"}},
		"consent": {func(l *Line) { l.Consent = agreed }, []string{"Consent.Document", "Consent.Version", "Consent.Within", "Texts.Consent"}},
		"shown":   {func(l *Line) { l.Shown = Shown{As: "x", Name: "\x00", Avatar: "\x00"} }, []string{"Shown.As", "Shown.Avatar", "Shown.Name"}},
		"many": {func(l *Line) {
			l.ID, l.Queue.Grace, l.Bot.For, l.Consent, l.Shown.As, l.Title, l.Code = "", -1, 1, agreed, "x", "\x00", "a b"
		}, []string{"Bot.For", "Code", "Consent.Document", "Consent.Version", "Consent.Within", "ID", "Queue.Grace", "Shown.As", "Texts.Consent", "Title"}},
	} {
		l := Line{ID: "support"}
		c.fault(&l)
		var fields []string
		for _, problem := range problemsOf(l.Validate()) {
			field, is, _ := strings.Cut(problem, ": ")
			if fields = append(fields, field); is == "" || strings.Contains(is, "\n") || strings.Contains(is, "openlines: ") || strings.Contains(is, "worktime: ") {
				t.Errorf("%s: %q is not one problem", name, problem)
			}
		}
		slices.Sort(fields)
		if diff := cmp.Diff(c.want, fields); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	bad := worktime.Presence{Browser: -1, Mobile: -1}
	s := Settings{Presence: bad, Profiles: map[string]worktime.Presence{"road": bad}, MaxSessions: -1}
	want := []string{
		"Presence.browser: -1ns is negative", "Presence.mobile: -1ns is negative", "Profiles.road.browser: -1ns is negative",
		"Profiles.road.mobile: -1ns is negative", "MaxSessions: -1",
	}
	if diff := cmp.Diff(want, problemsOf(s.Validate())); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
}

// Decision 14.34: all that is not in the plan is told at once; a rating is asked for in any language, or taken unasked.
func TestPlanTellsAll(t *testing.T) {
	t.Parallel()
	p := Plan{MaxLines: 1, NoAll: true, NoHours: true, NoRating: true}
	asks := Texts{Rate: "1 or 0?"}
	for name, c := range map[string]struct {
		line Line
		want []string
	}{
		"nothing": {Line{}, nil},
		"all": {
			Line{Queue: queue.Rules{Mode: queue.All}, Texts: asks, Hours: worktime.Hours{Holidays: []string{"12-25"}}},
			[]string{"Queue.Mode: not in the plan", "Rating: not in the plan", "Hours: not in the plan"},
		},
		"translated": {Line{Translations: map[string]Texts{"de": {RateButtons: "?"}}}, []string{"Rating: not in the plan"}},
		"unasked":    {Line{Rating: Rating{WhileOpen: true}}, []string{"Rating: not in the plan"}},
		"not asked":  {Line{Rating: Rating{Off: true}, Texts: asks}, nil},
	} {
		if diff := cmp.Diff(c.want, problemsOf(p.allows(&c.line, &Line{}, 1))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if got := problemsOf(p.allows(&Line{Texts: asks}, nil, 1)); len(got) != 2 {
		t.Errorf("another line that asks: %q", got)
	}
}
