package desk

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/worktime"
)

// NearlyFull is the share, in percent, of the account-wide limit at which an operator is nearly full (rule P8).
const NearlyFull = 80

// nearlyFull is how many sessions an operator has who is. Of a limit below five nobody is nearly full before he is full.
func (d *Desk) nearlyFull() int {
	limit := d.maxSessions()
	if mark := (limit*NearlyFull + 99) / 100; mark < limit {
		return mark
	}
	return math.MaxInt
}

// crossed notes whether an operator was nearly full before what is decided now, if that is about to change.
func (d *Desk) crossed(id queue.OperatorID, before, now int) {
	mark := d.nearlyFull()
	if _, noted := d.wasFull[id]; !noted && (before >= mark) != (now >= mark) {
		d.wasFull[id] = before >= mark
	}
}

// warn tells of operators who have come to be nearly full: once each time that they do (rule P8).
func (d *Desk) warn() {
	for _, id := range sortedKeys(d.wasFull) {
		if !d.wasFull[id] && d.loadOf(id).total >= d.nearlyFull() {
			d.tell(Event{Type: OperatorNearlyFull, Operator: id})
			d.notify(Effect{Notice: NoticeNearlyFull, Operator: id}, nil)
		}
	}
}

// Absence is a session whose operator is not there: he has it, or is asked for it (rule P1).
type Absence struct {
	Session  session.ID
	Line     LineID
	State    session.State
	Operator queue.OperatorID
	Status   worktime.Verdict
	Since    time.Time // since when he is not there; zero: since ever
}

// Absences returns the sessions, not yet over for operators, whose operator is unavailable, by their ids: also in lines that do not
// look at availability, and what stays with him all the same, because the client owes the next message, or he has pinned it. What
// an actor may not see is left out.
func (d *Desk) Absences(by By) ([]Absence, error) {
	if err := d.AllowsAnywhere(by, MayViewSessions); err != nil {
		return nil, err
	}
	var found []Absence
	for id, have := range d.loads { // order does not matter: it is sorted
		o := d.operators.rows[id]
		if o == nil || o.Status == worktime.Available {
			continue
		}
		for n := range have.sessions { // nor here
			if s := d.sessions.rows[n]; !s.over() && d.Views(by, s) == nil {
				found = append(found, Absence{n, s.Line, s.State, id, o.Status, o.Away})
			}
		}
	}
	slices.SortFunc(found, func(a, b Absence) int { return cmp.Compare(a.Session, b.Session) })
	return found, nil
}

// OldestWait returns since when the client of a line has waited who has done so for longest, among those whom nobody has accepted;
// zero: nobody waits. It looks at each open session.
func (d *Desk) OldestWait(line LineID) (since time.Time) {
	for _, s := range d.sessions.rows { // order does not matter: the least counts
		waits := s.State == session.Waiting || s.State == session.Offered
		if s.Line == line && waits && (since.IsZero() || s.Queued.Before(since)) {
			since = s.Queued
		}
	}
	return since
}
