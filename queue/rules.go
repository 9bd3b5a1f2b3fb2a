package queue

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// OperatorID names an operator. The host chooses it; 1 to 255 bytes.
type OperatorID string

// DepartmentID names a department, whose people the host pushes. 1 to 255 bytes.
type DepartmentID string

// Mode is how a line chooses among its members (rule 3.1).
type Mode string

// The modes. The zero Mode is Evenly, the reference's default. Evenly gives the fastest answer, not equal shares (rule 3.4):
// who replies quickly is asked more often. RoundRobin and LeastLoaded balance (rule P7).
const (
	Evenly      Mode = "evenly"       // whoever was asked or replied longest ago (rules 3.3–3.8)
	Strictly    Mode = "strictly"     // in the order of the list, each session from the top (rules 3.9–3.10)
	All         Mode = "all"          // everybody at once, the first to accept has it (rules 3.11–3.15); with a limit, of a long queue the first only
	RoundRobin  Mode = "round-robin"  // whoever was asked longest ago: one after the other, however fast they reply
	LeastLoaded Mode = "least-loaded" // whoever has the fewest open sessions, over all lines, for his weight; of equals whoever was asked or replied longest ago (decision 14.38)
)

// Counting says which sessions of an operator count towards his limit (rules 5.2–5.4, decision 14.10). Closing and closed
// ones never do; an offered one always does.
type Counting string

// The three ways of counting, named by what counts. The zero Counting is Unreplied.
const (
	Unreplied   Counting = "unreplied"    // those he has not replied to yet: a slot is freed at his first reply
	OwedReplies Counting = "owed-replies" // those that wait for his reply: freed at each reply, taken when the client writes
	OpenOnes    Counting = "open"         // all that are open: freed only at closing
)

// Limits and defaults of the rules.
const (
	DefaultPassOn = time.Minute        // rule 3.16
	MinPassOn     = time.Millisecond   // of Rules.PassOnAfter: an offer that ends as it begins would go round for ever
	MaxMembers    = 200_000            // entries of a queue
	MaxShown      = 255                // bytes of what is shown of a member
	MaxLimit      = 1000               // of Limit.Max, the account-wide limit of rule 5.8
	MaxPriority   = 1_000_000          // of Rules.Priority, either sign
	MaxGrace      = 24 * time.Hour     // of Rules.Grace: after a day nobody takes it for a reconnect any more
	MinAgeing     = time.Second        // of Rules.Ageing
	MaxAgeing     = 24 * time.Hour     // of Rules.Ageing
	MaxWeight     = 1000               // of Member.Weight
	MaxSticky     = 87_600 * time.Hour // of Rules.Sticky: ten years, for always
)

// Never switches a duration of the rules off, where zero means the default.
const Never time.Duration = math.MaxInt64

// Rules say how a line distributes its sessions. The zero value has the reference's defaults and no members.
//
// In JSON the keys are the names of the fields, in the manner of "passOnAfter", those of a member and of the limit among them, and
// durations are text: "45s", "never".
type Rules struct {
	Mode    Mode
	Members []Member

	// PassOnAfter is how long an offer lasts before it goes to the next member (rule 3.16); 0: DefaultPassOn; Never: it
	// stays. It has no meaning in mode All (rule 3.14).
	PassOnAfter time.Duration

	// OnlyAvailable restricts routing to operators who are available (rule 4.1). Off, only dismissed ones are left out.
	OnlyAvailable bool

	// Grace is how long a member can be away before what he is offered or owes goes back to the queue: a reconnect costs
	// nothing (rule 4.20). He is offered nothing new meanwhile. 0: none. It has a meaning with OnlyAvailable only, and none
	// for who is dismissed.
	Grace time.Duration

	Limit Limit

	// Sticky is how long a client is remembered by who was last with him: his next session is put first to the operator who
	// had the one before, if that ended no longer ago, and he can be asked as any member of this queue (rule P14). Else, and
	// when he does not accept in time, the mode decides. 0: off. It has no meaning in mode All.
	Sticky time.Duration

	// DirectOnly leaves the people of sub-departments out of the departments listed (decision 14.5).
	DirectOnly bool

	// Priority orders the waiting sessions of several lines and levels; higher first, then the oldest (decision 14.14).
	Priority int

	// Ageing is the wait for which a session of this line gains one level of priority, so that no wait is without end beside
	// lines that come first (decision 14.14). 0: waiting changes no priority.
	Ageing time.Duration
}

// Limit is the number of sessions of this line that an operator is given at a time (rule 5.1); 0: no limit. It holds
// whether or not OnlyAvailable is set (rule 5.5a).
type Limit struct {
	Max    int      `json:"max"`
	Counts Counting `json:"counts,omitempty"`
}

// Member is an entry of a queue. The order of the entries is the order of mode Strictly and breaks ties in Evenly.
//
// A department stands for its people, in its order, then those of its sub-departments by their ids; who joins or leaves it
// joins or leaves the queue (rules 2.1–2.3).
type Member struct {
	Operator   OperatorID   `json:"operator,omitempty"` // one of Operator and Department
	Department DepartmentID `json:"department,omitempty"`

	// Weight is the share of the sessions that he, or each of the department's people, has in mode LeastLoaded: who has weight
	// 2 is given a second session before somebody of weight 1 is given his second. 0: 1; at most MaxWeight. Other modes do not
	// look at it.
	Weight int `json:"weight,omitempty"`

	// What clients are to see of an operator in this line, kept for the host (rule 2.9); at most MaxShown bytes each.
	Name     string `json:"name,omitempty"`
	Position string `json:"position,omitempty"`
	Avatar   string `json:"avatar,omitempty"` // an address or an id of the host's
}

// Departments returns the entries for departments in this order.
func Departments(ids ...DepartmentID) []Member {
	members := make([]Member, len(ids))
	for i, id := range ids {
		members[i] = Member{Department: id}
	}
	return members
}

// Operators returns the entries for operators in this order.
func Operators(ids ...OperatorID) []Member {
	members := make([]Member, len(ids))
	for i, id := range ids {
		members[i] = Member{Operator: id}
	}
	return members
}

// PassOn returns how long an offer lasts; false if it never passes on by itself.
func (r Rules) PassOn() (time.Duration, bool) {
	switch {
	case r.Mode == All || r.PassOnAfter == Never:
		return 0, false
	case r.PassOnAfter == 0:
		return DefaultPassOn, true
	}
	return r.PassOnAfter.Truncate(time.Microsecond), true
}

// Lost reports when the sessions of a member who is away since then go back to the queue: at once, or after the grace.
func (r Rules) Lost(away time.Time) time.Time { return away.Add(r.Grace.Truncate(time.Microsecond)) }

// maxProblems bounds what Validate tells of a long list of bad members.
const maxProblems = 100

// Validate reports every problem of the rules, joined; each begins with the field.
func (r Rules) Validate() error {
	var problems []error
	bad := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	switch r.Mode {
	case "", Evenly, Strictly, All, RoundRobin, LeastLoaded:
	default:
		bad("Mode: unknown")
	}
	switch r.Limit.Counts {
	case "", Unreplied, OwedReplies, OpenOnes:
	default:
		bad("Limit.Counts: unknown")
	}
	if r.PassOnAfter != 0 && r.PassOnAfter < MinPassOn {
		bad("PassOnAfter: %v, want at least %v", r.PassOnAfter, MinPassOn)
	}
	if r.Limit.Max < 0 || r.Limit.Max > MaxLimit {
		bad("Limit.Max: %d, want 0 to %d", r.Limit.Max, MaxLimit)
	}
	if r.Priority < -MaxPriority || r.Priority > MaxPriority {
		bad("Priority: %d, want -%d to %d", r.Priority, MaxPriority, MaxPriority)
	}
	if r.Grace < 0 || r.Grace > MaxGrace {
		bad("Grace: %v, want 0 to %v", r.Grace, MaxGrace)
	}
	if r.Ageing != 0 && (r.Ageing < MinAgeing || r.Ageing > MaxAgeing) {
		bad("Ageing: %v, want %v to %v", r.Ageing, MinAgeing, MaxAgeing)
	}
	if r.Sticky < 0 || r.Sticky > MaxSticky {
		bad("Sticky: %v, want 0 to %v", r.Sticky, MaxSticky)
	}
	if len(r.Members) > MaxMembers {
		bad("Members: %d, at most %d", len(r.Members), MaxMembers)
	}
	for i, m := range r.Members {
		field, id := "Operator", string(m.Operator)
		if m.Department != "" {
			field, id = "Department", string(m.Department)
		}
		if m.Operator != "" && m.Department != "" {
			bad("Members[%d]: want an operator or a department, not both", i)
		} else if id == "" || len(id) > 255 || !utf8.ValidString(id) || strings.ContainsFunc(id, unicode.IsControl) {
			bad("Members[%d].%s: want 1 to 255 bytes of UTF-8 without control characters", i, field)
		}
		if m.Weight < 0 || m.Weight > MaxWeight {
			bad("Members[%d].Weight: %d, want 0 to %d", i, m.Weight, MaxWeight)
		}
		for _, shown := range []string{m.Name, m.Position, m.Avatar} {
			if len(shown) > MaxShown || !utf8.ValidString(shown) || strings.ContainsRune(shown, 0) {
				bad("Members[%d]: want at most %d bytes of UTF-8 to be shown", i, MaxShown)
				break
			}
		}
		if len(problems) > maxProblems {
			break
		}
	}
	return errors.Join(problems...)
}

type rulesJSON struct {
	Mode          Mode     `json:"mode,omitempty"`
	Members       []Member `json:"members,omitempty"`
	PassOnAfter   passOn   `json:"passOnAfter,omitzero"`
	OnlyAvailable bool     `json:"onlyAvailable,omitempty"`
	Grace         duration `json:"grace,omitzero"`
	Sticky        duration `json:"sticky,omitzero"`
	DirectOnly    bool     `json:"directOnly,omitempty"`
	Limit         *Limit   `json:"limit,omitempty"`
	Priority      int      `json:"priority,omitempty"`
	Ageing        duration `json:"ageing,omitzero"`
}

// MarshalJSON writes the documented form; durations as "45s", Never as "never".
func (r Rules) MarshalJSON() ([]byte, error) {
	form := rulesJSON{
		Mode: r.Mode, Members: r.Members, PassOnAfter: passOn(r.PassOnAfter),
		OnlyAvailable: r.OnlyAvailable, Grace: duration(r.Grace), Sticky: duration(r.Sticky), DirectOnly: r.DirectOnly,
		Priority: r.Priority, Ageing: duration(r.Ageing),
	}
	if r.Limit != (Limit{}) {
		form.Limit = &r.Limit
	}
	return json.Marshal(form)
}

// UnmarshalJSON reads the documented form. It refuses "0s" for PassOnAfter, whose default is not that.
func (r *Rules) UnmarshalJSON(data []byte) error {
	var form rulesJSON
	if err := json.Unmarshal(data, &form); err != nil {
		return err
	}
	if len(form.Members) == 0 {
		form.Members = nil // as it is written
	}
	*r = Rules{
		Mode: form.Mode, Members: form.Members, PassOnAfter: time.Duration(form.PassOnAfter),
		OnlyAvailable: form.OnlyAvailable, Grace: time.Duration(form.Grace), Sticky: time.Duration(form.Sticky),
		DirectOnly: form.DirectOnly, Priority: form.Priority, Ageing: time.Duration(form.Ageing),
	}
	if form.Limit != nil {
		r.Limit = *form.Limit
	}
	return nil
}

// duration is a time.Duration that is text in JSON.
type duration time.Duration

func (d duration) MarshalText() ([]byte, error) {
	if time.Duration(d) == Never {
		return []byte("never"), nil
	}
	return []byte(time.Duration(d).String()), nil
}

func (d *duration) UnmarshalText(text []byte) error {
	if string(text) == "never" {
		*d = duration(Never)
		return nil
	}
	v, err := time.ParseDuration(string(text))
	*d = duration(v)
	return err
}

// passOn is a duration that is more than none (scenario 115).
type passOn time.Duration

func (d passOn) MarshalText() ([]byte, error) { return duration(d).MarshalText() }

func (d *passOn) UnmarshalText(text []byte) error {
	var v duration
	if err := v.UnmarshalText(text); err != nil {
		return err
	}
	if v == 0 {
		return errors.New(`want more than 0, "never", or nothing for the default`)
	}
	*d = passOn(v)
	return nil
}
