package worktime

import (
	"errors"
	"time"
	"unicode"
	"unicode/utf8"
)

// MaxStatus is how many bytes a [Status] has at most.
const MaxStatus = 255

// Facts is what a host has reported about one operator. It is plain data,
// stored and sent as JSON; the zero Facts is an operator who is employed, not
// at work and has no device open. Which facts matter is up to [Presence].
type Facts struct {
	// BrowserUsedAt is the last use of an open browser tab. Zero: no tab is open.
	BrowserUsedAt time.Time `json:"browserUsedAt,omitzero"`

	// MobileFront is set while the mobile app is in front.
	MobileFront bool `json:"mobileFront,omitzero"`

	// MobileHiddenAt is when the mobile app was put in the background. Zero: it
	// is not there. It does not matter while MobileFront is set.
	MobileHiddenAt time.Time `json:"mobileHiddenAt,omitzero"`

	// DesktopOpen is set while the desktop app runs on a computer that is on.
	DesktopOpen bool `json:"desktopOpen,omitzero"`

	// DesktopUsedAt is the last input at that computer, for a Presence that
	// limits it.
	DesktopUsedAt time.Time `json:"desktopUsedAt,omitzero"`

	// DesktopLocked is set while its screen is locked.
	DesktopLocked bool `json:"desktopLocked,omitzero"`

	// ClockedIn is set from the start of the work day to its end.
	ClockedIn bool `json:"clockedIn,omitzero"`

	// OnBreak is set during a break of the work day.
	OnBreak bool `json:"onBreak,omitzero"`

	// OnLeave is set on holiday, sick leave and other absences.
	OnLeave bool `json:"onLeave,omitzero"`

	// Dismissed is set once the operator has left the company.
	Dismissed bool `json:"dismissed,omitzero"`

	// Status is the operator's own word.
	Status Status `json:"status,omitzero"`
}

// Validate reports times outside of the years 1 to 9999, which have no JSON
// form that every store can keep, and a status that is longer than [MaxStatus],
// no UTF-8 or has control characters: each as an [*Invalid], all joined.
func (f Facts) Validate() error {
	var found problems
	for _, t := range []struct {
		field string
		value time.Time
	}{{"BrowserUsedAt", f.BrowserUsedAt}, {"MobileHiddenAt", f.MobileHiddenAt}, {"DesktopUsedAt", f.DesktopUsedAt}} {
		if !inCalendar(t.value) {
			found.add(t.field, "is not in the years 1 to 9999")
		}
	}
	switch {
	case len(f.Status) > MaxStatus:
		found.add("Status", "%d bytes are more than %d", len(f.Status), MaxStatus)
	case !utf8.ValidString(string(f.Status)):
		found.add("Status", "is not UTF-8")
	default:
		for _, r := range f.Status {
			if unicode.IsControl(r) {
				found.add("Status", "has a control character")
				break
			}
		}
	}
	return errors.Join(found...)
}

var (
	firstInstant = time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
	lastInstant  = time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC)
)

// inCalendar compares instants: the year of a time far outside wraps around.
func inCalendar(t time.Time) bool { return !t.Before(firstInstant) && !t.After(lastInstant) }

// Status is an operator's own word. It is shown to others, and changes
// availability only where [Presence] has Explicit set (rule 4.10). Zero means
// that nothing was said. Values other than the named ones are kept and count as
// zero.
type Status string

// The statuses that a Presence with Explicit set looks at.
const (
	StatusAvailable    Status = "available"
	StatusAway         Status = "away"
	StatusDoNotDisturb Status = "do-not-disturb"
)
