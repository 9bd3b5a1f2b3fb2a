package worktime

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"math"
	"time"
)

// Never is the limit of a [Presence] by which a device that is open counts for
// as long as it is.
const Never time.Duration = math.MaxInt64

const (
	defaultBrowser = 15 * time.Minute // rule 4.6
	defaultMobile  = 5 * time.Minute  // rule 4.9
)

// Presence is the policy by which [Facts] make an operator available. The zero
// Presence is that of the newest documentation of the reference product. Its
// JSON form has durations such as "15m" and "never"; what is zero is left out.
//
// Facts about devices hold up to their limit and not at it: 15 minutes after
// the last use to the second, the operator is not available any more.
type Presence struct {
	// Browser is how long an open browser tab counts after its last use (rule
	// 4.6). Zero means 15 minutes, Never as long as the tab is open (rule 4.7).
	Browser time.Duration

	// Mobile is how long the mobile app counts after it was put in the
	// background (rule 4.9). Zero means 5 minutes.
	Mobile time.Duration

	// Desktop is how long the open desktop app counts after its last use. With
	// a limit, a locked screen does not count at all. Zero, like Never, means
	// that it counts as long as it is open, locked or not (rule 4.8).
	Desktop time.Duration

	// WorkTime is set where work-time management is on: the work day decides
	// alone, and devices do not matter (rules 4.3 and 4.4).
	WorkTime bool

	// Explicit makes the operator's own word count beside what is detected.
	// Off, as in the reference product, a status changes nothing (rule 4.10).
	// On, away and do not disturb make unavailable, and available lifts the
	// limits of Browser and Desktop, so that who reads a long page stays.
	Explicit bool
}

// OpenTab is the policy of older documentation (rules 4.7 and 4.8): a browser
// counts while a tab is open, and the desktop app until 10 minutes without
// input, since a running app says less about a person than an open tab did.
func OpenTab() Presence {
	return Presence{Browser: Never, Desktop: 10 * time.Minute}
}

// OpenTabCloud is [OpenTab] with 25 minutes for the desktop app, the figure
// documented for the cloud product (rule 4.8), where reports come seldom.
func OpenTabCloud() Presence {
	return Presence{Browser: Never, Desktop: 25 * time.Minute}
}

// OpenTabOnPremise is [OpenTab] with 3 minutes for the desktop app, the figure
// documented for installations of one's own (rule 4.8), where reports are near.
func OpenTabOnPremise() Presence {
	return Presence{Browser: Never, Desktop: 3 * time.Minute}
}

// Validate reports every negative limit, each as an [*Invalid], all joined.
func (p Presence) Validate() error {
	var found problems
	for _, limit := range []struct {
		field string
		value time.Duration
	}{{"browser", p.Browser}, {"mobile", p.Mobile}, {"desktop", p.Desktop}} {
		if limit.value < 0 {
			found.add(limit.field, "%v is negative", limit.value)
		}
	}
	return errors.Join(found...)
}

// Verdict says whether an operator is available, and if not, for which reason.
// Of several reasons it is the first in the order of the constants.
type Verdict string

// The verdicts.
const (
	Available    Verdict = "available"
	Dismissed    Verdict = "dismissed"      // rule 4.3; holds with the availability check off, too (rule 4.5)
	OnLeave      Verdict = "on leave"       // rule 4.3
	OffDuty      Verdict = "off duty"       // outside of his own hours, see Presence.OnDuty
	Away         Verdict = "away"           // by a status that counts, see Presence.Explicit
	NotClockedIn Verdict = "not clocked in" // work-time management is on (rule 4.3)
	OnBreak      Verdict = "on break"       // work-time management is on (rule 4.3)
	Idle         Verdict = "idle"           // a device is open, but not in use (rules 4.6 to 4.9)
	Offline      Verdict = "offline"        // no device is open
)

// String returns the words for a person to read.
func (v Verdict) String() string { return string(v) }

// Available decides at an instant, as is done before each assignment (rule
// 4.12). One device is enough (rule 4.11). If the verdict is [Available], the
// time, in UTC, is when it ends by itself unless something new is reported;
// zero means that it does not. Otherwise the time is zero, since only a new
// report can make an operator available.
func (p Presence) Available(f Facts, at time.Time) (Verdict, time.Time) {
	switch {
	case f.Dismissed:
		return Dismissed, time.Time{}
	case f.OnLeave:
		return OnLeave, time.Time{}
	case p.Explicit && (f.Status == StatusAway || f.Status == StatusDoNotDisturb):
		return Away, time.Time{}
	case p.WorkTime && !f.ClockedIn:
		return NotClockedIn, time.Time{}
	case p.WorkTime && f.OnBreak:
		return OnBreak, time.Time{}
	case p.WorkTime:
		return Available, time.Time{}
	}
	return p.detected(f, at)
}

// OnDuty is [Presence.Available] for an operator with hours of his own, in a
// zone of his own: outside of them he is off duty, whatever his devices say. A
// nil duty is always. The time is when the verdict ends by itself, for another
// reason or none: his hours begin or end, or what was reported is over.
func (p Presence) OnDuty(duty *Calendar, f Facts, at time.Time) (Verdict, time.Time) {
	verdict, until := p.Available(f, at)
	if duty == nil || verdict == Dismissed || verdict == OnLeave {
		return verdict, until
	}
	if !duty.Open(at) {
		next, _ := duty.NextOpen(at)
		return OffDuty, next
	}
	if end, ends := duty.NextClose(at); ends && (until.IsZero() || end.Before(until)) {
		until = end
	}
	return verdict, until
}

// detected looks at the devices and takes the one that counts longest.
func (p Presence) detected(f Facts, at time.Time) (Verdict, time.Time) {
	browser, mobile, desktop := cmp.Or(p.Browser, defaultBrowser), cmp.Or(p.Mobile, defaultMobile), cmp.Or(p.Desktop, Never)
	if p.Explicit && f.Status == StatusAvailable {
		browser, desktop = Never, Never
	}
	locked := f.DesktopLocked && desktop != Never
	if f.MobileFront || !f.BrowserUsedAt.IsZero() && browser == Never ||
		!f.MobileHiddenAt.IsZero() && mobile == Never || f.DesktopOpen && desktop == Never {
		return Available, time.Time{}
	}
	var until time.Time
	count := func(open bool, used time.Time, limit time.Duration) {
		if end := used.Add(limit); open && end.After(until) {
			until = end
		}
	}
	count(!f.BrowserUsedAt.IsZero(), f.BrowserUsedAt, browser)
	count(!f.MobileHiddenAt.IsZero(), f.MobileHiddenAt, mobile)
	count(f.DesktopOpen && !locked, f.DesktopUsedAt, desktop)
	switch {
	case at.Before(until) && !inCalendar(until):
		return Available, time.Time{} // nobody will see it end
	case at.Before(until):
		return Available, wall(until)
	case f.BrowserUsedAt.IsZero() && f.MobileHiddenAt.IsZero() && !f.DesktopOpen:
		return Offline, time.Time{}
	}
	return Idle, time.Time{}
}

// presenceJSON is Presence with durations as text.
type presenceJSON struct {
	Browser  string `json:"browser,omitempty"`
	Mobile   string `json:"mobile,omitempty"`
	Desktop  string `json:"desktop,omitempty"`
	WorkTime bool   `json:"workTime,omitempty"`
	Explicit bool   `json:"explicit,omitempty"`
}

// MarshalJSON writes {"browser": "15m0s", "desktop": "never", "workTime": true}.
func (p Presence) MarshalJSON() ([]byte, error) {
	return json.Marshal(presenceJSON{
		limitText(p.Browser), limitText(p.Mobile), limitText(p.Desktop), p.WorkTime, p.Explicit,
	})
}

// UnmarshalJSON reads what MarshalJSON writes. It refuses what
// [Presence.Validate] refuses, and fields that it does not know. On error p is unchanged.
func (p *Presence) UnmarshalJSON(data []byte) error {
	if isNull(data) {
		return nil
	}
	var text presenceJSON
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&text); err != nil {
		return &Invalid{"presence", jsonProblem(err)}
	}
	read := Presence{WorkTime: text.WorkTime, Explicit: text.Explicit}
	var found problems
	for _, limit := range []struct {
		field, text string
		into        *time.Duration
	}{
		{"browser", text.Browser, &read.Browser},
		{"mobile", text.Mobile, &read.Mobile},
		{"desktop", text.Desktop, &read.Desktop},
	} {
		switch limit.text {
		case "":
			continue
		case "never":
			*limit.into = Never
			continue
		}
		d, err := time.ParseDuration(limit.text)
		if err != nil || d < 0 {
			found.add(limit.field, "%s is not a duration like 15m, nor never", quote(limit.text))
		}
		*limit.into = d
	}
	if len(found) > 0 {
		return errors.Join(found...)
	}
	*p = read
	return nil
}

func limitText(limit time.Duration) string {
	switch limit {
	case 0:
		return ""
	case Never:
		return "never"
	}
	return limit.String()
}
