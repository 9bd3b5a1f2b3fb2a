package desk

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/worktime"
)

// LineID names a line. The host chooses it; 1 to MaxName bytes.
type LineID string

// Limits of what a host names and sets.
const (
	MaxName     = 120     // bytes of a line's or an operator's id: both fit into one record key
	MaxDuty     = 4 << 10 // bytes of an operator's hours as JSON: they are in a record that changes with his presence
	MaxProfiles = 100     // of presence
)

// Line is one open channel: its queue, deadlines, hours and texts. It is data: it prints, compares, and has a JSON form.
// The zero value of every field is the reference product's default.
type Line struct {
	ID       LineID `json:"id"`
	Name     string `json:"name,omitempty"`
	Inactive bool   `json:"inactive,omitempty"` // refuses messages; nothing new is offered (decisions 14.16, 14.33)
	Archived bool   `json:"archived,omitempty"` // set by the desk, see [ArchiveLine]; putting the line again takes it back
	Version  uint64 `json:"version,omitempty"`  // set by the desk: 1, 2, 3, … with each change; see [PutLine]

	// Created and Changed tell when the line was put first and changed last, and ChangedBy who did, empty for the host. The desk
	// sets them.
	Created   time.Time        `json:"created,omitzero"`
	Changed   time.Time        `json:"changed,omitzero"`
	ChangedBy queue.OperatorID `json:"changedBy,omitempty"`

	// External is the line's id in a system of the host's, by which [LineFilter] finds it; no other line has it.
	External string `json:"external,omitempty"`
	// Kept for the host's screens, without an effect here: a category of the host's, whether the line is a temporary one, and
	// whether operators are to be asked if they mean it when they finish.
	Category     string `json:"category,omitempty"`
	Temporary    bool   `json:"temporary,omitempty"`
	ConfirmClose bool   `json:"confirmClose,omitempty"`

	Queue   queue.Rules    `json:"queue,omitzero"`
	Session session.Rules  `json:"session,omitzero"`
	Hours   worktime.Hours `json:"hours,omitzero"` // zero: always open (rule 7.5)
	Texts   Texts          `json:"texts,omitzero"`

	Rating Rating `json:"rating,omitzero"`

	// Translations are the texts in other languages, by tag in lower case ("de", "pt-br"). What a language leaves empty is said
	// in its base, then in Language, then as Texts has it.
	Translations map[string]Texts `json:"translations,omitempty"`

	// OffHoursTo and UnansweredTo are lines to which a session that nobody has moves when it comes off-hours, or is not
	// answered in time; it keeps its age (decision 14.26). Empty: it stays. Lines that lead back to where they began are refused.
	OffHoursTo   LineID `json:"offHoursTo,omitempty"`
	UnansweredTo LineID `json:"unansweredTo,omitempty"`

	// Language is a tag in lower case (rule 7.23): that in which clients are spoken to who tell none, or one that the line does not
	// speak, and that of what is sent to all beside the texts, such as transcripts. Empty: as Texts has it, and the client's own.
	Language string `json:"language,omitempty"`

	// WatchTyping lets operators see what clients are typing, where the channel tells it (rule 7.22).
	WatchTyping bool `json:"watchTyping,omitempty"`

	// Canned names the list of canned responses that the line uses (rule 7.21): lines that name the same share it. Empty: a list
	// that is named as the line is.
	Canned string `json:"canned,omitempty"`

	CRM CRM     `json:"crm,omitzero"`
	Bot LineBot `json:"bot,omitzero"` // takes new sessions first (rule 11.15)

	// Title is what clients see in the place of the name, as #LINE# and in the head of a live chat (rule 1.3); at most MaxTextRule
	// bytes.
	Title string `json:"title,omitempty"`
	// Form is the welcome form of the line's live chat (rule 7.24).
	Form Form `json:"form,omitzero"`
	// Scenarios say what is done in four situations beside routing (rule 7.26).
	Scenarios Scenarios `json:"scenarios,omitzero"`

	// Consent is what clients have to agree to (rule 11.4).
	Consent Consent `json:"consent,omitzero"`

	// Shown is what clients see of the line's operators (rule 11.1).
	Shown Shown `json:"shown,omitzero"`

	// Norms are how long replies may take, and who is told of those that take longer (rules 11.8, 11.9).
	Norms Norms `json:"norms,omitzero"`
	// NotifyEmptyQueue is who is told of each session that comes to wait in the line while its queue has no members (rule 2.10).
	NotifyEmptyQueue Notify `json:"notifyEmptyQueue,omitzero"`

	// Escalation is what is done step by step about a session that nobody accepts (rule P3); at most MaxSteps.
	Escalation []EscalationStep `json:"escalation,omitempty"`

	// Code is what other accounts join the line by, CodeLength letters and digits that nobody guesses (rule 11.28); no other line
	// has it. Empty: nobody joins.
	Code string `json:"code,omitempty"`

	// ManyAccounts lets several accounts of one connector be connected to the line (decision 14.22).
	ManyAccounts bool `json:"manyAccounts,omitempty"`
	// Thanks are words that do not reopen a session in its closing delay, if they are the whole message, capital letters or not
	// (decision 14.41): "thank you". At most MaxAnswers.
	Thanks []string `json:"thanks,omitempty"`
	// GreetOnce greets in the first session of a chat only (rule 7.2).
	GreetOnce bool `json:"greetOnce,omitempty"`
	// ApologiseTwice says the unanswered text even if the client was told already that nobody is there (rule 7.20).
	ApologiseTwice bool `json:"apologiseTwice,omitempty"`
}

// Operator is somebody who talks to clients.
type Operator struct {
	ID    queue.OperatorID `json:"id"`
	Name  string           `json:"name,omitempty"`
	Photo string           `json:"photo,omitempty"` // address of his picture, see [Shown]; at most connector.MaxURL bytes
	Roles []RoleID         `json:"roles,omitempty"` // none, nor by a department: what he has himself, see [Right]
	// Hours are his own, in a zone of his own: outside of them he is unavailable to lines that look at availability, so that
	// one line can have operators of several zones (rule P13). Zero: he is on duty always. At most MaxDuty bytes of JSON.
	Hours worktime.Hours `json:"hours,omitzero"`
	// Profile names one of Settings.Profiles, by which his presence is judged; empty: Settings.Presence.
	Profile string `json:"profile,omitempty"`
}

// Settings are those of the whole desk. The zero value has the reference's defaults.
type Settings struct {
	Presence worktime.Presence `json:"presence,omitzero"`
	// Profiles are ideas of presence for groups of operators, by name (rules 4.6 to 4.9): who works in an old browser, who
	// is on the road. At most MaxProfiles. One that an operator has cannot be taken away.
	Profiles map[string]worktime.Presence `json:"profiles,omitempty"`
	// MaxSessions is how many open sessions one operator can have over all lines (rule 5.8); 0: DefaultMaxSessions.
	MaxSessions int  `json:"maxSessions,omitempty"`
	Plan        Plan `json:"plan,omitzero"`
	// NotifyNearlyFull is who is told of each operator who comes to have NearlyFull percent of MaxSessions, if that is at least 5
	// (rule P8). #DIALOG#, #CLIENT# and #LINE# stand for nothing in its text.
	NotifyNearlyFull Notify `json:"notifyNearlyFull,omitzero"`

	Since   time.Time `json:"since,omitzero"`    // set by the desk
	Version uint64    `json:"version,omitempty"` // set by the desk: 1, 2, 3, … with each change; see [PutSettings]
}

// Plan is what the host's plan allows (decision 14.34). The zero Plan allows everything but what NetworkFree does.
type Plan struct {
	MaxLines int  `json:"maxLines,omitempty"` // that are not archived (rule 1.2); 0: no limit
	NoAll    bool `json:"noAll,omitempty"`    // no line offers to everybody (rule 3.2)
	NoHours  bool `json:"noHours,omitempty"`  // no line has working hours (rule 1.2a)
	NoRoles  bool `json:"noRoles,omitempty"`  // no roles but the default one (rule 11.35)
	NoRating bool `json:"noRating,omitempty"` // no line asks for ratings (rule 1.2a)

	// NetworkFree lifts the limit of one message a week to a client in the network (rule 11.29), which holds without it.
	NetworkFree bool `json:"networkFree,omitempty"`
}

// allows refuses all that the plan does not have, joined, as *Invalid; before is the line as it was, nil for a new one.
func (p Plan) allows(l, before *Line, lines int) error {
	isNew := before == nil || before.Archived
	rates := l.Rating.WhileOpen
	for _, t := range l.allTexts() { // order does not matter: one is enough
		rates = rates || !l.Rating.Off && (t.Rate != "" || t.RateButtons != "")
	}
	var problems []error
	bad := func(field, problem string, limit int) {
		problems = append(problems, &Invalid{Field: field, Problem: "not in the plan" + problem, Limit: limit})
	}
	if p.MaxLines > 0 && isNew && lines >= p.MaxLines {
		bad("Line", ": another line", p.MaxLines)
	}
	if p.NoAll && l.Queue.Mode == queue.All {
		bad("Queue.Mode", "", 0)
	}
	if p.NoRating && rates {
		bad("Rating", "", 0)
	}
	if p.NoHours && len(l.Hours.Week)+len(l.Hours.Dates)+len(l.Hours.Holidays) > 0 {
		bad("Hours", "", 0)
	}
	return errors.Join(problems...)
}

// DefaultMaxSessions is the account-wide limit of an operator (rule 5.8, decision 14.4).
const DefaultMaxSessions = 1000

// Clone returns a copy that shares no memory with the line.
func (l Line) Clone() Line {
	l.Queue.Members = slices.Clone(l.Queue.Members)
	l.Hours, l.Translations = clonedHours(l.Hours), maps.Clone(l.Translations)
	l.Bot.Hours = clonedHours(l.Bot.Hours)
	l.Rating.Good, l.Rating.Bad = slices.Clone(l.Rating.Good), slices.Clone(l.Rating.Bad)
	l.CRM.AttachTo, l.Thanks = slices.Clone(l.CRM.AttachTo), slices.Clone(l.Thanks)
	l.Escalation = slices.Clone(l.Escalation)
	for _, n := range l.notifies() {
		n.to.Operators, n.to.Roles = slices.Clone(n.to.Operators), slices.Clone(n.to.Roles)
	}
	return l.plain()
}

// plain has nothing in the place of empty lists: a record leaves them out, so they are gone when it is read again.
func (l Line) plain() Line {
	if len(l.Queue.Members) == 0 {
		l.Queue.Members = nil
	}
	if len(l.Translations) == 0 {
		l.Translations = nil
	}
	if len(l.CRM.AttachTo) == 0 {
		l.CRM.AttachTo = nil
	}
	if len(l.Thanks) == 0 {
		l.Thanks = nil
	}
	if len(l.Rating.Good) == 0 {
		l.Rating.Good = nil
	}
	if len(l.Rating.Bad) == 0 {
		l.Rating.Bad = nil
	}
	l.Hours, l.Bot.Hours = plainHours(l.Hours), plainHours(l.Bot.Hours)
	l.Escalation = l.plainEscalation()
	for _, n := range l.notifies() {
		*n.to = n.to.plain()
	}
	return l
}

func plainHours(h worktime.Hours) worktime.Hours {
	if len(h.Week) == 0 {
		h.Week = nil
	}
	if len(h.Dates) == 0 {
		h.Dates = nil
	}
	if len(h.Holidays) == 0 {
		h.Holidays = nil
	}
	return h
}

// Clone returns a copy that shares no memory with the operator.
func (o Operator) Clone() Operator {
	o.Hours, o.Roles = plainHours(clonedHours(o.Hours)), slices.Clone(o.Roles)
	return o
}

// Clone returns a copy that shares no memory with the settings.
func (s Settings) Clone() Settings {
	s.Profiles = maps.Clone(s.Profiles)
	s.NotifyNearlyFull.Operators = slices.Clone(s.NotifyNearlyFull.Operators)
	s.NotifyNearlyFull.Roles = slices.Clone(s.NotifyNearlyFull.Roles)
	return s
}

// plain has nothing in the place of an empty list.
func (s Settings) plain() Settings {
	if len(s.Profiles) == 0 {
		s.Profiles = nil
	}
	s.NotifyNearlyFull = s.NotifyNearlyFull.plain()
	return s
}

// Validate reports every problem of the settings, joined, as *Invalid.
func (s *Settings) Validate() error {
	var problems []error
	bad := func(field, problem string, limit int) {
		problems = append(problems, &Invalid{Field: field, Problem: problem, Limit: limit})
	}
	problems = append(problems, within("Presence", s.Presence.Validate())...)
	if s.Plan.MaxLines < 0 {
		bad("Plan.MaxLines", "negative", 0)
	}
	problems = append(problems, s.NotifyNearlyFull.validate("NotifyNearlyFull")...)
	if len(s.Profiles) > MaxProfiles {
		bad("Profiles", strconv.Itoa(len(s.Profiles)), MaxProfiles)
		return errors.Join(problems...)
	}
	for _, name := range sortedKeys(s.Profiles) {
		if err := checkName("Profiles", name); err != nil {
			problems = append(problems, err)
		}
		problems = append(problems, within("Profiles."+name, s.Profiles[name].Validate())...)
	}
	if s.MaxSessions < 0 || s.MaxSessions > MaxOpenSessions {
		bad("MaxSessions", strconv.Itoa(s.MaxSessions), MaxOpenSessions)
	}
	return errors.Join(problems...)
}

func clonedHours(h worktime.Hours) worktime.Hours {
	h.Week, h.Dates, h.Holidays = cloned(h.Week), cloned(h.Dates), slices.Clone(h.Holidays)
	return h
}

func cloned(lists map[string][]string) map[string][]string {
	lists = maps.Clone(lists)
	for day, list := range lists { // order does not matter: each list is copied
		lists[day] = slices.Clone(list)
	}
	return lists
}

// within are the problems that a part of a line or of settings reports, joined, each as *Invalid of a field below the part's.
func within(part string, err error) (problems []error) {
	if joined, is := err.(interface{ Unwrap() []error }); is {
		for _, e := range joined.Unwrap() {
			problems = append(problems, within(part, e)...)
		}
		return problems
	}
	if err == nil {
		return nil
	}
	field, problem, of := strings.Cut(err.Error(), ": ")
	if is, hours := errors.AsType[*worktime.Invalid](err); hours {
		field, problem, of = is.Field, is.Problem, is.Field != ""
	}
	if !of {
		return []error{&Invalid{Field: part, Problem: err.Error()}}
	}
	return []error{&Invalid{Field: part + "." + field, Problem: problem}}
}

// Validate reports every problem of the line, joined, as *Invalid.
func (l *Line) Validate() error {
	problems := []error{checkName("ID", string(l.ID)), l.CRM.validate(), l.Shown.validate(), l.Bot.validate(), l.validateConsent(), l.Form.validate(), l.Scenarios.validate()}
	for _, part := range []struct {
		field string
		err   error
	}{{"Queue", l.Queue.Validate()}, {"Session", l.Session.Validate()}, {"Hours", l.Hours.Validate()}} {
		problems = append(problems, within(part.field, part.err)...)
	}
	for field, to := range map[string]LineID{"OffHoursTo": l.OffHoursTo, "UnansweredTo": l.UnansweredTo, "Canned": LineID(l.Canned)} { // order does not matter: all are told
		if to != "" {
			problems = append(problems, checkName(field, string(to)))
		}
	}
	if l.Language != "" && (connector.CheckID("Language", l.Language) != nil || l.Language != strings.ToLower(l.Language)) {
		problems = append(problems, &Invalid{Field: "Language", Problem: "want a language tag in lower case, such as de or pt-br"})
	}
	for _, m := range l.Queue.Members {
		if len(m.Operator) > MaxName || len(m.Department) > MaxName {
			problems = append(problems, &Invalid{Field: "Queue.Members", Problem: "id too long", Limit: MaxName})
			break
		}
	}
	problems = append(problems, checkShown("Title", l.Title, MaxTextRule))
	if len(l.Name) > MaxTextRule {
		problems = append(problems, &Invalid{Field: "Name", Problem: strconv.Itoa(len(l.Name)) + " bytes", Limit: MaxTextRule})
	} else if connector.CleanText(l.Name, MaxTextRule).Mended {
		problems = append(problems, &Invalid{Field: "Name", Problem: "NUL or not UTF-8"})
	}
	if l.Code != "" {
		problems = append(problems, checkCode(l.Code))
	}
	for field, id := range map[string]string{"External": l.External, "Category": l.Category} { // order does not matter: all are told
		if id != "" {
			problems = append(problems, checkName(field, id))
		}
	}
	problems = append(problems, l.validateTexts()...)
	problems = append(problems, l.validateRating()...)
	problems = append(problems, l.validateNorms()...)
	problems = append(problems, l.validateEscalation()...)
	return errors.Join(problems...)
}

func checkName(field, id string) error {
	if len(id) > MaxName {
		return &Invalid{Field: field, Problem: fmt.Sprintf("%d bytes", len(id)), Limit: MaxName}
	}
	return connector.CheckID(field, id)
}
