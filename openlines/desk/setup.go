package desk

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/worktime"
)

// MaxOperators is how many operators one command can put.
const MaxOperators = 1000

// PutLine creates a line or replaces its settings. Sessions that are open keep the deadlines that have begun;
// those that were off begin when they are switched on.
//
// A Version that is not zero is that of the settings on which the change was made: if somebody was faster, it is [*Conflict].
// Version zero replaces whatever is there. Settings that are there already stay, whatever the version, so that putting them
// can be repeated.
//
// It takes the right to edit lines (rule 2.8), as connecting an account takes that to connect, and the rest that to edit
// the desk's settings.
type PutLine struct{ Line Line }

// PutOperators creates operators or replaces their settings. A new one is available from his first report on; lines that do
// not look at availability ask him at once.
type PutOperators struct{ Operators []Operator }

// PutSettings replaces the settings of the desk; their Version is as that of a line, see [PutLine].
type PutSettings struct{ Settings Settings }

// Report tells the facts of an operator's availability (rules 4.3–4.11). It replaces what was reported before. Version
// orders reports that may overtake one another: one that is not newer than the last changes nothing; 0 is always taken.
//
// An operator may report of himself; that he is on leave or dismissed only the host can say.
//
// A report without a version that moves the end of his availability by no more than [PresenceStep] is not stored.
type Report struct {
	Operator queue.OperatorID
	Facts    worktime.Facts
	Version  uint64
}

// PresenceStep is how much "available until" has to move to be worth storing; less, if it is near.
const PresenceStep = time.Minute

func (c PutLine) name() string      { return "put-line" }
func (c PutOperators) name() string { return "put-operators" }
func (c PutSettings) name() string  { return "put-settings" }
func (c Report) name() string       { return "report" }

func (c PutLine) words() []string      { return []string{data(c.Line)} }
func (c PutOperators) words() []string { return []string{data(c.Operators)} }
func (c PutSettings) words() []string  { return []string{data(c.Settings)} }
func (c Report) words() []string {
	return []string{string(c.Operator), data(c.Facts), strconv.FormatUint(c.Version, 10)}
}

// data returns the JSON form of plain configuration data, which cannot fail.
func data(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}

func (c PutLine) act(d *Desk, by By) (any, error) {
	l := c.Line.plain()
	if err := d.may(by, MayEditLines, l.ID, nil); err != nil {
		return nil, err
	}
	l.Archived = false
	if l.Name == "" {
		l.Name = string(l.ID) // rule 1.3
	}
	if err := l.Validate(); err != nil {
		return nil, err
	}
	before := d.lines.get(l.ID)
	if before != nil && d.asBefore(&l, before) {
		return nil, nil
	}
	if d.isNamed(&l) {
		return nil, &Invalid{Field: "External", Problem: "another line has it"}
	}
	if err := l.edited(before, d.now, by); err != nil {
		return nil, err
	}
	if err := d.plan().allows(&l, before, d.linesInService()); err != nil {
		return nil, err
	}
	if other := d.coded(l.Code); l.Code != "" && other != nil && other.ID != l.ID {
		return nil, &Invalid{Field: "Code", Problem: "another line has it"}
	}
	if err := d.leadsBack(&l); err != nil {
		return nil, err
	}
	if err := d.mayShare(by, &l, before); err != nil {
		return nil, err
	}
	first := min(len(l.Queue.Members), rosterPart)
	d.putRosters(l.ID, l.Queue.Members[first:])
	l.Queue.Members = slices.Clone(l.Queue.Members[:first])
	d.lines.put(&l)
	d.freshen()
	if before != nil {
		since := time.Time{}
		if before.Queue.OnlyAvailable != l.Queue.OnlyAvailable || before.Queue.Grace != l.Queue.Grace {
			since = d.now
		}
		d.reviewed(l.ID, since)
	}
	return nil, nil
}

// asBefore reports whether a line's settings are those that are stored.
func (d *Desk) asBefore(l, before *Line) bool {
	was := *before
	was.Queue.Members = d.entriesOf(before)
	was.Version, was.Created, was.Changed, was.ChangedBy = l.Version, l.Created, l.Changed, l.ChangedBy
	return reflect.DeepEqual(was, *l)
}

// isNamed reports whether another line has a line's external id.
func (d *Desk) isNamed(l *Line) bool {
	if l.External == "" {
		return false
	}
	for _, other := range d.lines.rows { // order does not matter: one is enough
		if other.External == l.External && other.ID != l.ID {
			return true
		}
	}
	return false
}

// edited makes a line the next version after before, which is nil for a new one.
func (l *Line) edited(before *Line, at time.Time, by By) error {
	stored := uint64(0)
	if l.Created = at; before != nil {
		stored, l.Created = before.Version, before.Created
	}
	if l.Version != 0 && l.Version != stored {
		return &Conflict{Version: stored}
	}
	l.Version, l.Changed, l.ChangedBy = stored+1, at, by.Operator
	return nil
}

// leadsBack refuses a line from which sessions would move in a circle (decision 14.26).
func (d *Desk) leadsBack(l *Line) error {
	switch {
	case d.reaches(l.OffHoursTo, l.ID):
		return &Invalid{Field: "OffHoursTo", Problem: "leads back to the line"}
	case d.reaches(l.UnansweredTo, l.ID):
		return &Invalid{Field: "UnansweredTo", Problem: "leads back to the line"}
	}
	for i, step := range l.Escalation {
		if d.reaches(step.To, l.ID) {
			return &Invalid{Field: fmt.Sprintf("Escalation[%d].To", i), Problem: "leads back to the line"}
		}
	}
	return nil
}

// reaches reports whether sessions of a line can come to another, by one move or several.
func (d *Desk) reaches(from, to LineID) bool {
	seen := map[LineID]bool{}
	for ahead := []LineID{from}; len(ahead) > 0; {
		id := ahead[0]
		ahead = ahead[1:]
		if id == to {
			return true
		}
		if l := d.lines.rows[id]; l != nil && !seen[id] {
			seen[id] = true
			ahead = append(ahead, l.OffHoursTo, l.UnansweredTo)
			for _, step := range l.Escalation {
				ahead = append(ahead, step.To)
			}
		}
	}
	return false
}

func (d *Desk) plan() Plan {
	if s := d.settings.rows["desk"]; s != nil {
		return s.Plan
	}
	return Plan{}
}

func (d *Desk) linesInService() (n int) {
	for _, l := range d.lines.rows { // order does not matter: a count
		if !l.Archived {
			n++
		}
	}
	return n
}

// reviewed returns to the queue what a line's new settings do not allow: offers to those who are not members any more (what
// they have accepted stays, rule 4.18, but for what they had pinned and are away from, rule 6.22), offers to everybody in another
// mode, or to one member where everybody is to be asked, and, if the line looks at availability in another way since a time, what those have who are not available (rules 4.13,
// 4.14). Else who was away already when he got something keeps it. Deadlines that are on now begin where they have not.
func (d *Desk) reviewed(line LineID, since time.Time) {
	l, q := d.lines.rows[line], d.workOf(line).queue
	if began := d.jobs.rows[(&job{Kind: reviewJob, Line: line}).key()]; began != nil && since.IsZero() {
		since = began.Ends
	}
	n := 0
	for _, id := range d.sessionsOf(line) {
		s := d.sessions.rows[id]
		if n >= JobStep {
			d.later(job{Kind: reviewJob, Line: line, Ends: since})
			return
		}
		_, member := q.Place(s.OfferedTo)
		switch {
		case s.State == session.Offered && !s.ToAll && !member && (!s.Direct || s.InQueue),
			s.ToAll && l.Queue.Mode != queue.All, s.State == session.Offered && !s.ToAll && !s.Direct && l.Queue.Mode == queue.All:
			d.requeue(s, session.Return, "")
			n++
		case (s.Pinned || !since.IsZero()) && d.forsaken(s) && d.letGo(s):
			n++
		case d.switchOn(s, l):
			n++
		}
	}
}

// switchOn begins the deadlines of a session that its line has switched on since they would have begun, and reports whether there
// were any.
func (d *Desk) switchOn(s *Session, l *Line) bool {
	next := *s
	next.Session = s.SwitchOn(d.now, l.Session)
	if s.State == session.Offered && s.OfferEnds.IsZero() && s.OfferedTo != "" {
		if after, on := l.Queue.PassOn(); on {
			next.OfferEnds = d.now.Add(after)
		}
	}
	if next.Session == s.Session {
		return false
	}
	d.sessions.put(&next)
	return true
}

// sessionsOf returns the numbers of a line's sessions that are in memory. Only these are sorted: a job asks for them at each of
// its steps.
func (d *Desk) sessionsOf(line LineID) []session.ID {
	var found []session.ID
	for id, s := range d.sessions.rows { // order does not matter: it is sorted
		if s.Line == line {
			found = append(found, id)
		}
	}
	slices.Sort(found)
	return found
}

func (c PutOperators) act(d *Desk, by By) (any, error) {
	if err := d.may(by, MayEditSettings, "", nil); err != nil {
		return nil, err
	}
	if len(c.Operators) > MaxOperators {
		return nil, &Invalid{Field: "Operators", Problem: strconv.Itoa(len(c.Operators)), Limit: MaxOperators}
	}
	changed := 0
	for _, o := range c.Operators {
		if err := d.checkOperator(&o); err != nil {
			return nil, err
		}
		before := d.operators.get(o.ID)
		if before == nil {
			d.operators.put(d.newcomer(o))
			continue
		}
		if reflect.DeepEqual(before.Operator, o) {
			continue
		}
		next := *before
		next.Operator = o
		d.operators.put(&next)
		if status, until := d.verdictOn(&next); status == next.Status && until.Equal(next.Until) {
			continue
		}
		if changed++; changed > JobStep/10 { // each may release sessions
			d.later(job{Kind: presenceJob})
			continue
		}
		again := next
		d.available(&again)
	}
	return nil, nil
}

// newcomer is the record of an operator of whom nothing was reported yet.
func (d *Desk) newcomer(o Operator) *operator {
	next := operator{Operator: o, Since: d.now}
	if calendar, err := o.Hours.Calendar(); err == nil {
		next.Status, next.Until = d.presence(o.Profile).OnDuty(calendar, next.Facts, d.now)
	}
	return &next
}

// checkOperator refuses bad settings of an operator, and cleans his name.
func (d *Desk) checkOperator(o *Operator) error {
	if err := checkName("Operator.ID", string(o.ID)); err != nil {
		return err
	}
	if d.services.get(ServiceID(o.ID)) != nil {
		return &Invalid{Field: "Operator.ID", Problem: "is a service's"}
	}
	if err := checkRoles("Operator.Roles", o.Roles); err != nil {
		return err
	}
	if err := checkShown("Operator.Photo", o.Photo, connector.MaxURL); err != nil {
		return err
	}
	o.Name, o.Hours = connector.CleanText(o.Name, connector.MaxName).Text, plainHours(o.Hours)
	if len(o.Roles) == 0 {
		o.Roles = nil
	}
	if problems := within("Operator.Hours", o.Hours.Validate()); len(problems) > 0 {
		return errors.Join(problems...)
	}
	if n := len(data(o.Hours)); n > MaxDuty {
		return &Invalid{Field: "Operator.Hours", Problem: strconv.Itoa(n) + " bytes", Limit: MaxDuty}
	}
	if s := d.settings.rows["desk"]; o.Profile != "" {
		if s == nil {
			return &Invalid{Field: "Operator.Profile", Problem: "no such profile"}
		}
		if _, known := s.Profiles[o.Profile]; !known {
			return &Invalid{Field: "Operator.Profile", Problem: "no such profile"}
		}
	}
	return nil
}

func (c PutSettings) act(d *Desk, by By) (any, error) {
	if err := d.may(by, MayEditSettings, "", nil); err != nil {
		return nil, err
	}
	s := c.Settings.plain()
	if err := s.Validate(); err != nil {
		return nil, err
	}
	if err := d.keepsProfiles(s.Profiles); err != nil {
		return nil, err
	}
	before := Settings{Since: d.now}
	if stored := d.settings.get("desk"); stored != nil {
		before = *stored
	}
	given := s.Version
	s.Since, s.Version = before.Since, before.Version
	switch {
	case before.Version > 0 && reflect.DeepEqual(s, before.plain()):
		return nil, nil
	case given != 0 && given != before.Version:
		return nil, &Conflict{Version: before.Version}
	}
	s.Version++
	d.settings.put(&s)
	d.reconsider("")
	return nil, nil
}

// keepsProfiles refuses profiles without one that an operator has.
func (d *Desk) keepsProfiles(profiles map[string]worktime.Presence) error {
	before := d.settings.get("desk")
	if before == nil {
		return nil
	}
	for _, name := range sortedKeys(before.Profiles) {
		if _, kept := profiles[name]; !kept && d.inUse(name) {
			return &Invalid{Field: "Profiles", Problem: "an operator has the profile " + name + ", which is missing"}
		}
	}
	return nil
}

// inUse reports whether an operator has a profile of presence.
func (d *Desk) inUse(profile string) bool {
	for _, o := range d.operators.rows { // order does not matter: one is enough
		if o.Profile == profile {
			return true
		}
	}
	return false
}

func (c Report) act(d *Desk, by By) (any, error) {
	if by.Operator != "" {
		if _, err := d.actor(by); err != nil || by.Operator != c.Operator {
			return nil, ErrDenied
		}
	}
	before := d.operators.get(c.Operator)
	if before == nil {
		return nil, ErrNotFound
	}
	if bad, ok := errors.AsType[*worktime.Invalid](c.Facts.Validate()); ok {
		return nil, &Invalid{Field: "Facts." + bad.Field, Problem: bad.Problem}
	}
	if c.Version != 0 && c.Version <= before.Version {
		return nil, nil
	}
	next := *before
	next.Facts, next.Version = clean(c.Facts), max(c.Version, before.Version)
	if by.Operator != "" {
		next.Facts.OnLeave, next.Facts.Dismissed = before.Facts.OnLeave, before.Facts.Dismissed
	}
	status, until := d.verdictOn(&next)
	if c.Version == 0 && status == before.Status && sameButTimes(next.Facts, before.Facts) && near(until, before.Until, d.now) {
		return nil, nil
	}
	d.available(&next)
	return nil, nil
}

func clean(f worktime.Facts) worktime.Facts {
	for _, t := range []*time.Time{&f.BrowserUsedAt, &f.MobileHiddenAt, &f.DesktopUsedAt} {
		*t = t.UTC().Truncate(time.Microsecond)
	}
	return f
}

func sameButTimes(a, b worktime.Facts) bool {
	same := a.BrowserUsedAt.IsZero() == b.BrowserUsedAt.IsZero() &&
		a.MobileHiddenAt.IsZero() == b.MobileHiddenAt.IsZero() && a.DesktopUsedAt.IsZero() == b.DesktopUsedAt.IsZero()
	a.BrowserUsedAt, a.MobileHiddenAt, a.DesktopUsedAt = b.BrowserUsedAt, b.MobileHiddenAt, b.DesktopUsedAt
	return same && a == b
}

// near reports whether "available until" moves so little, by PresenceStep and by half of what is left, that it need not be stored.
func near(until, before, now time.Time) bool {
	if until.IsZero() || before.IsZero() {
		return until.Equal(before)
	}
	return until.Sub(before).Abs() <= min(PresenceStep, before.Sub(now)/2)
}
