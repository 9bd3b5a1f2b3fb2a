package desk

import (
	"errors"

	"github.com/openlines-go/openlines/session"
)

// Scenario says what a line does in a situation.
type Scenario string

// The scenarios. The zero Scenario is SayText.
const (
	SayText    Scenario = "text" // says its text, if there is one
	SayNothing Scenario = "none" // keeps silent, whatever the text is

	// The reference keeps ids for a form and for a bot, and offers neither (rule 7.26); here they are refused.
	ShowForm Scenario = "form"
	RunBot   Scenario = "bot"
)

// Scenarios are those of the situations in which a line can say something of its own (rule 7.26). The zero value says the texts
// that there are.
type Scenarios struct {
	OffHours   Scenario `json:"offHours,omitempty"` // also where the off-hours text tells that nobody is there (rule 7.11)
	Unanswered Scenario `json:"unanswered,omitempty"`
	Closing    Scenario `json:"closing,omitempty"`
	AutoClose  Scenario `json:"autoClose,omitempty"`
}

// validate reports every problem, joined, as *Invalid.
func (s Scenarios) validate() error {
	var problems []error
	for _, f := range []struct {
		field string
		is    Scenario
	}{{"OffHours", s.OffHours}, {"Unanswered", s.Unanswered}, {"Closing", s.Closing}, {"AutoClose", s.AutoClose}} {
		switch f.is {
		case "", SayText, SayNothing:
		case ShowForm, RunBot:
			problems = append(problems, &Invalid{Field: "Scenarios." + f.field, Problem: "nothing here shows a form or runs a bot then"})
		default:
			problems = append(problems, &Invalid{Field: "Scenarios." + f.field, Problem: "want text or none"})
		}
	}
	return errors.Join(problems...)
}

// silences reports whether a text is not said, whatever it is.
func (s Scenarios) silences(kind session.Text) bool {
	switch kind {
	case session.OffHours:
		return s.OffHours == SayNothing
	case session.Unanswered:
		return s.Unanswered == SayNothing
	case session.Farewell:
		return s.Closing == SayNothing
	case session.TimeOut:
		return s.AutoClose == SayNothing
	}
	return false
}
