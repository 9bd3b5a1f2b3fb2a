package desk

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/worktime"
)

// Each setting of a line that has bounds is taken at them, and refused one step beyond, by its own name and for nothing else.
func TestBoundsOfALine(t *testing.T) {
	t.Parallel()
	long := func(n int) string { return strings.Repeat("x", n) }
	words := func(n int) (all []string) {
		for i := range n {
			all = append(all, fmt.Sprint("word", i))
		}
		return all
	}
	ids := func(n int) (all []queue.OperatorID) {
		for i := range n {
			all = append(all, queue.OperatorID(fmt.Sprint("o", i)))
		}
		return all
	}
	roles := func(n int) (all []RoleID) {
		for i := range n {
			all = append(all, RoleID(fmt.Sprint("r", i)))
		}
		return all
	}
	languages := func(n int) map[string]Texts {
		all := map[string]Texts{}
		for i := range n {
			all[fmt.Sprint("l", i)] = Texts{}
		}
		return all
	}
	steps := func(after ...time.Duration) func(*Line) {
		return func(l *Line) {
			for _, a := range after {
				l.Escalation = append(l.Escalation, EscalationStep{After: Within(a)})
			}
		}
	}
	within := func(of func(*Line) *Within, d time.Duration) func(*Line) { return func(l *Line) { *of(l) = Within(d) } }
	crm := func(l *Line) *Within { return &l.CRM.Within }
	bot := func(l *Line) *Within { l.Bot.ID = "faq"; return &l.Bot.For }
	consent := func(l *Line) *Within {
		l.Consent.Document, l.Texts.Consent = "d", "agree?"
		return &l.Consent.Within
	}
	first := func(l *Line) *Within { return &l.Norms.First.Within }
	further := func(l *Line) *Within { return &l.Norms.Further.Within }
	hour := time.Hour
	for _, test := range []struct {
		field        string
		good, beyond func(*Line)
	}{
		{"ID", func(l *Line) { l.ID = LineID(long(MaxName)) }, func(l *Line) { l.ID = LineID(long(MaxName + 1)) }},
		{"Title", func(l *Line) { l.Title = long(MaxTextRule) }, func(l *Line) { l.Title = long(MaxTextRule + 1) }},
		{"Escalation", steps(1*hour, 2*hour, 3*hour, 4*hour, 5*hour), steps(1*hour, 2*hour, 3*hour, 4*hour, 5*hour, 6*hour)},
		{"Escalation[0].After", steps(MinNorm), steps(MinNorm - 1)},
		{"Escalation[0].After", steps(MaxNorm), steps(MaxNorm + 1)},
		{"Escalation[1].After", steps(hour, hour+1), steps(hour, hour)},
		{
			"Escalation[0].Priority", func(l *Line) { l.Escalation = []EscalationStep{{After: Within(hour), Priority: queue.MaxPriority}} },
			func(l *Line) { l.Escalation = []EscalationStep{{After: Within(hour), Priority: queue.MaxPriority + 1}} },
		},
		{"Norms.First.Within", within(first, MinNorm), within(first, MinNorm-1)},
		{"Norms.First.Within", within(first, MaxNorm), within(first, MaxNorm+1)},
		{"Norms.Further.Within", within(further, MinNorm), within(further, MinNorm-1)},
		{"Norms.Further.Within", within(further, MaxNorm), within(further, MaxNorm+1)},
		{"CRM.Within", within(crm, MinIdentify), within(crm, MinIdentify-1)},
		{"CRM.Within", within(crm, MaxIdentify), within(crm, MaxIdentify+1)},
		{"Bot.For", within(bot, time.Duration(session.Never)), within(bot, -1)},
		{"Consent.Within", within(consent, MinConsent), within(consent, MinConsent-1)},
		{"Consent.Within", within(consent, MaxConsent), within(consent, MaxConsent+1)},
		{"Rating.Within", func(l *Line) { l.Rating.Within = 0 }, func(l *Line) { l.Rating.Within = -1 }},
		{"Rating.Good", func(l *Line) { l.Rating.Good = words(MaxAnswers) }, func(l *Line) { l.Rating.Good = words(MaxAnswers + 1) }},
		{"Rating.Bad", func(l *Line) { l.Rating.Bad = []string{long(maxAnswer)} }, func(l *Line) { l.Rating.Bad = []string{long(maxAnswer + 1)} }},
		{"Rating", func(l *Line) { l.Rating.Good, l.Rating.Bad = []string{"yes"}, []string{"no"} }, func(l *Line) { l.Rating.Good, l.Rating.Bad = []string{"yes"}, []string{"YES"} }},
		{"Thanks", func(l *Line) { l.Thanks = words(MaxAnswers) }, func(l *Line) { l.Thanks = words(MaxAnswers + 1) }},
		{"Thanks", func(l *Line) { l.Thanks = []string{"thank you"} }, func(l *Line) { l.Thanks = []string{" thank you"} }},
		{"Texts.RateButtons", func(l *Line) { l.Texts.RateButtons = long(MaxRateText) }, func(l *Line) { l.Texts.RateButtons = long(MaxRateText + 1) }},
		{"Texts.Liked", func(l *Line) { l.Texts.Liked = strings.Repeat("ü", MaxRateText) }, func(l *Line) { l.Texts.Liked = strings.Repeat("ü", MaxRateText+1) }},
		{"Texts.Greeting", func(l *Line) { l.Texts.Greeting = long(MaxTextRule) }, func(l *Line) { l.Texts.Greeting = long(MaxTextRule + 1) }},
		{"Texts.OffHours", func(l *Line) { l.Texts.OffHours = "#OPENS#" }, func(l *Line) { l.Texts.OffHours = "#CLOSES#" }},
		{"Translations", func(l *Line) { l.Translations = languages(MaxTranslations) }, func(l *Line) { l.Translations = languages(MaxTranslations + 1) }},
		{"Translations", func(l *Line) { l.Translations = map[string]Texts{"pt-br": {}} }, func(l *Line) { l.Translations = map[string]Texts{"pt-BR": {}} }},
		{
			"NotifyEmptyQueue.Operators", func(l *Line) { l.NotifyEmptyQueue = Notify{Operators: ids(MaxNotify), Text: "!"} },
			func(l *Line) { l.NotifyEmptyQueue = Notify{Operators: ids(MaxNotify + 1), Text: "!"} },
		},
		{
			"NotifyEmptyQueue.Roles", func(l *Line) { l.NotifyEmptyQueue = Notify{Roles: roles(MaxRoles), Text: "!"} },
			func(l *Line) { l.NotifyEmptyQueue = Notify{Roles: roles(MaxRoles + 1), Text: "!"} },
		},
		{
			"NotifyEmptyQueue.Text", func(l *Line) { l.NotifyEmptyQueue = Notify{Operators: ids(1), Text: long(MaxTextRule)} },
			func(l *Line) { l.NotifyEmptyQueue = Notify{Operators: ids(1), Text: long(MaxTextRule + 1)} },
		},
		{"CRM.Create", func(l *Line) { l.CRM.Create = Deal }, func(l *Line) { l.CRM.Create = Contact }},
		{"CRM.Source", func(l *Line) { l.CRM.Create, l.CRM.Source = Lead, long(connector.MaxID) }, func(l *Line) { l.CRM.Create, l.CRM.Source = Lead, long(connector.MaxID+1) }},
		{"Code", func(l *Line) { l.Code = strings.Repeat("a", CodeLength) }, func(l *Line) { l.Code = strings.Repeat("a", CodeLength-1) }},
		{"Hours.zone", func(l *Line) { l.Hours = worktime.Hours{Zone: "Asia/Tokyo"} }, func(l *Line) { l.Hours = worktime.Hours{Zone: "Nowhere/At-all"} }},
		{"Shown.As", func(l *Line) { l.Shown.As = FromQueue }, func(l *Line) { l.Shown.As = "x" }},
	} {
		l := Line{ID: "support"}
		if test.good(&l); l.Validate() != nil {
			t.Errorf("%s, at its bound: %v", test.field, l.Validate())
		}
		l = Line{ID: "support"}
		test.beyond(&l)
		if problems := problemsOf(l.Validate()); len(problems) != 1 || !strings.HasPrefix(problems[0], test.field+": ") {
			t.Errorf("%s, beyond it: %q", test.field, problems)
		}
	}
}
