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
	DefaultUnanswered = time.Minute      // rule 7.16
	DefaultCloseDelay = 10 * time.Minute // rule 8.3
)

// Values that a duration of the rules takes beside plain ones, where zero means the default.
const (
	Never  time.Duration = math.MaxInt64   // switched off
	AtOnce time.Duration = time.Nanosecond // no delay: below the microsecond to which times are kept
)

// Rules are a line's deadlines for its sessions. The zero value has the reference's defaults.
type Rules struct {
	// UnansweredAfter is when a session without a reply is marked (rule 7.16); 0: DefaultUnanswered; Never: not marked.
	UnansweredAfter time.Duration
	// CloseDelay is how long a finished session can be reopened by a message (rule 8.3); 0: DefaultCloseDelay; AtOnce: it
	// closes when it is finished.
	CloseDelay time.Duration
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
	return errors.Join(problems...)
}

type rulesJSON struct {
	UnansweredAfter duration `json:"unansweredAfter,omitzero"`
	CloseDelay      duration `json:"closeDelay,omitzero"`
}

// MarshalJSON writes durations as "45s", Never as "never".
func (r Rules) MarshalJSON() ([]byte, error) {
	return json.Marshal(rulesJSON{duration(r.UnansweredAfter), duration(r.CloseDelay)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (r *Rules) UnmarshalJSON(data []byte) error {
	var form rulesJSON
	if err := json.Unmarshal(data, &form); err != nil {
		return err
	}
	*r = Rules{time.Duration(form.UnansweredAfter), time.Duration(form.CloseDelay)}
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
