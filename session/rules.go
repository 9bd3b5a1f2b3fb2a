package session

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"
)

// Defaults of the rules.
const (
	DefaultUnanswered = time.Minute        // rule 7.16
	DefaultCloseDelay = 10 * time.Minute   // rule 8.3
	DefaultLife       = 24 * time.Hour     // of an auto-closed session (rule 8.12)
	DefaultNeglect    = 24 * time.Hour     // decision 14.20
	PinDelay          = 7 * 24 * time.Hour // by which a pin puts auto-close off (rule 6.22)
)

// Values that a duration of the rules takes beside plain ones, where zero means the default.
const (
	Never  time.Duration = math.MaxInt64   // switched off
	AtOnce time.Duration = time.Nanosecond // no delay: below the microsecond to which times are kept
)

// Rules are a line's deadlines for its sessions. The zero value has the reference's defaults.
//
// In JSON the keys are the names of the fields, in the manner of "closeDelay", and durations are text: "45s", "never", "at-once".
type Rules struct {
	// UnansweredAfter is when a session without a reply is marked (rule 7.16); 0: DefaultUnanswered; Never: not marked.
	UnansweredAfter time.Duration
	// CloseDelay is how long a finished session can be reopened by a message (rule 8.3); 0: DefaultCloseDelay; AtOnce: it
	// closes when it is finished.
	CloseDelay time.Duration
	// AutoCloseAfter is when a session closes by itself because the client does not react to a reply (rule 8.8); 0: never.
	AutoCloseAfter time.Duration
	// AutoClosedLife is how long an auto-closed session goes on when the client writes (rule 8.12); 0: DefaultLife; AtOnce:
	// not at all.
	AutoClosedLife time.Duration
	// NeglectAfter is when an operator who has a session, and no other deadline, is reminded of it (decision 14.20), again
	// and again; 0: DefaultNeglect; Never: not.
	NeglectAfter time.Duration
	// GiveUpAfter is when a session that nobody takes closes by itself, counted from its beginning or its return to the queue
	// (rule 8.14); 0: never.
	GiveUpAfter time.Duration
}

func (r Rules) giveUpAt(at time.Time) time.Time {
	if r.GiveUpAfter == 0 {
		return time.Time{}
	}
	return at.Add(r.GiveUpAfter.Truncate(time.Microsecond))
}

func (r Rules) autoCloseAt(at time.Time) time.Time {
	if r.AutoCloseAfter == 0 {
		return time.Time{}
	}
	return at.Add(r.AutoCloseAfter.Truncate(time.Microsecond))
}

// Idle is NeglectAfter as it counts: how long nothing may happen to a session of a bot whose time never ends; DefaultNeglect if
// reminders are switched off.
func (r Rules) Idle() time.Duration {
	if r.NeglectAfter == 0 || r.NeglectAfter == Never {
		return DefaultNeglect
	}
	return r.NeglectAfter.Truncate(time.Microsecond)
}

func (r Rules) neglectedAt(at time.Time) time.Time {
	switch r.NeglectAfter {
	case Never:
		return time.Time{}
	case 0:
		return at.Add(DefaultNeglect)
	}
	return at.Add(r.NeglectAfter.Truncate(time.Microsecond))
}

func (r Rules) autoClosedLife() time.Duration {
	if r.AutoClosedLife == 0 {
		return DefaultLife
	}
	return r.AutoClosedLife.Truncate(time.Microsecond)
}

func (r Rules) unansweredAfter() (time.Duration, bool) {
	switch r.UnansweredAfter {
	case Never:
		return 0, false
	case 0:
		return DefaultUnanswered, true
	}
	return r.UnansweredAfter.Truncate(time.Microsecond), true
}

func (r Rules) closeDelay() time.Duration {
	if r.CloseDelay == 0 {
		return DefaultCloseDelay
	}
	return r.CloseDelay.Truncate(time.Microsecond)
}

// Validate reports every problem of the rules, joined; each begins with the field.
func (r Rules) Validate() error {
	var problems []error
	if r.UnansweredAfter < 0 {
		problems = append(problems, fmt.Errorf("UnansweredAfter: %v, want more than 0", r.UnansweredAfter))
	}
	if r.CloseDelay < 0 || r.CloseDelay == Never {
		problems = append(problems, fmt.Errorf("CloseDelay: want a delay: a finished session has to close"))
	}
	if r.AutoCloseAfter < 0 || r.AutoCloseAfter == Never {
		problems = append(problems, fmt.Errorf("AutoCloseAfter: want 0 for never, or a time"))
	}
	if r.AutoClosedLife < 0 || r.AutoClosedLife == Never {
		problems = append(problems, fmt.Errorf("AutoClosedLife: want a time: an auto-closed session has to end"))
	}
	if r.NeglectAfter != 0 && r.NeglectAfter < time.Second {
		problems = append(problems, fmt.Errorf("NeglectAfter: %v, want at least 1s", r.NeglectAfter))
	}
	if r.GiveUpAfter != 0 && r.GiveUpAfter < time.Second || r.GiveUpAfter == Never {
		problems = append(problems, fmt.Errorf("GiveUpAfter: want 0 for never, or at least 1s"))
	}
	return errors.Join(problems...)
}

type rulesJSON struct {
	UnansweredAfter some     `json:"unansweredAfter,omitzero"`
	CloseDelay      some     `json:"closeDelay,omitzero"`
	AutoCloseAfter  duration `json:"autoCloseAfter,omitzero"`
	AutoClosedLife  some     `json:"autoClosedLife,omitzero"`
	NeglectAfter    some     `json:"neglectAfter,omitzero"`
	GiveUpAfter     duration `json:"giveUpAfter,omitzero"`
}

// MarshalJSON writes durations as "45s", Never as "never", AtOnce as "at-once".
func (r Rules) MarshalJSON() ([]byte, error) {
	return json.Marshal(rulesJSON{
		some(r.UnansweredAfter), some(r.CloseDelay), duration(r.AutoCloseAfter), some(r.AutoClosedLife),
		some(r.NeglectAfter), duration(r.GiveUpAfter),
	})
}

// UnmarshalJSON reads what MarshalJSON writes, and "1ns" as AtOnce. Where no time stands for the default it refuses "0s", which says
// something else.
func (r *Rules) UnmarshalJSON(data []byte) error {
	var form rulesJSON
	if err := json.Unmarshal(data, &form); err != nil {
		return err
	}
	*r = Rules{
		time.Duration(form.UnansweredAfter), time.Duration(form.CloseDelay), time.Duration(form.AutoCloseAfter),
		time.Duration(form.AutoClosedLife), time.Duration(form.NeglectAfter),
		time.Duration(form.GiveUpAfter),
	}
	return nil
}

// duration is a time.Duration that is text in JSON.
type duration time.Duration

func (d duration) MarshalText() ([]byte, error) {
	switch time.Duration(d) {
	case Never:
		return []byte("never"), nil
	case AtOnce:
		return []byte("at-once"), nil
	}
	return []byte(time.Duration(d).String()), nil
}

func (d *duration) UnmarshalText(text []byte) error {
	switch string(text) {
	case "never":
		*d = duration(Never)
		return nil
	case "at-once":
		*d = duration(AtOnce)
		return nil
	}
	v, err := time.ParseDuration(string(text))
	*d = duration(v)
	return err
}

// some is a duration that is more than none: a rule that is left out has its default.
type some time.Duration

func (d some) MarshalText() ([]byte, error) { return duration(d).MarshalText() }

func (d *some) UnmarshalText(text []byte) error {
	var v duration
	if err := v.UnmarshalText(text); err != nil {
		return err
	}
	if v == 0 {
		return errors.New(`want more than 0, "never", "at-once", or nothing for the default`)
	}
	*d = some(v)
	return nil
}
