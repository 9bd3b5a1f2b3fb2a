package openlines_test

import (
	"testing"

	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/storage/memory"
	"github.com/openlines-go/openlines/worktime"
)

// What is put belongs to the caller again when the call returns: he may change it, and nothing follows.
func TestWhatIsPutIsOnlyLent(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	e := open(t, memory.New(), openlines.Config{})
	role := openlines.Role{ID: "lead", Rights: map[desk.Right]desk.Scope{desk.MayJoin: desk.AnyOnes}, Lines: []openlines.LineID{"support"}}
	must(t, e.PutRole(ctx, role))
	operator := openlines.Operator{ID: "ann", Roles: []openlines.RoleID{"lead"}, Hours: worktime.Hours{Week: map[string][]string{"mon": {"09:00-18:00"}}}}
	must(t, e.PutOperator(ctx, operator))
	department := openlines.Department{ID: "house", Operators: []queue.OperatorID{"ann"}, Roles: []openlines.RoleID{"lead"}}
	must(t, e.PutDepartment(ctx, department))
	service := openlines.Service{ID: "crm", Roles: []openlines.RoleID{"lead"}}
	must(t, e.PutService(ctx, service))
	settings := openlines.Settings{
		Profiles:         map[string]worktime.Presence{"road": {WorkTime: true}},
		NotifyNearlyFull: openlines.Notify{Operators: []queue.OperatorID{"ann"}, Roles: []openlines.RoleID{"lead"}, Text: "full"},
	}
	must(t, e.PutSettings(ctx, settings))
	line := openlines.Line{
		ID: "support", Queue: queue.Rules{Members: queue.Operators("ann")}, Translations: map[string]openlines.Texts{"de": {Greeting: "Hallo"}},
		Hours:  worktime.Hours{Week: map[string][]string{"mon": {"09:00-18:00"}}, Holidays: []string{"12-25"}},
		Rating: openlines.Rating{Good: []string{"+"}, Bad: []string{"-"}}, Thanks: []string{"thanks"},
		Bot:        openlines.LineBot{ID: "faq", Hours: worktime.Hours{Week: map[string][]string{"mon": {"09:00-18:00"}}}},
		Norms:      openlines.Norms{First: openlines.Norm{Within: desk.Within(60e9), Notify: openlines.Notify{Operators: []queue.OperatorID{"ann"}, Text: "late"}}},
		Escalation: []openlines.EscalationStep{{After: desk.Within(1e12), Notify: openlines.Notify{Operators: []queue.OperatorID{"ann"}, Text: "waits"}}},
	}
	must(t, e.PutLine(ctx, line))
	must(t, e.Check(ctx))

	role.Rights[desk.MayJoin], role.Lines[0] = desk.OwnOnes, "other"
	operator.Roles[0], operator.Hours.Week["mon"][0] = "other", "10:00-11:00"
	department.Operators[0], department.Roles[0], service.Roles[0] = "bob", "other", "other"
	settings.Profiles["road"] = worktime.Presence{}
	settings.NotifyNearlyFull.Operators[0], settings.NotifyNearlyFull.Roles[0] = "bob", "other"
	line.Queue.Members[0].Operator, line.Translations["de"], line.Hours.Week["mon"][0], line.Hours.Holidays[0] = "bob", openlines.Texts{}, "10:00-11:00", "01-01"
	line.Rating.Good[0], line.Rating.Bad[0], line.Thanks[0], line.Bot.Hours.Week["mon"][0] = "x", "y", "z", "10:00-11:00"
	line.Norms.First.Notify.Operators[0], line.Escalation[0].Notify.Operators[0] = "bob", "bob"
	must(t, e.Check(ctx))
}
