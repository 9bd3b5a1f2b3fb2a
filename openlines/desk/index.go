package desk

import (
	"reflect"
	"slices"
	"time"

	"github.com/openlines-go/openlines/internal/pqueue"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/worktime"
)

// deadlineKey names the row that has a deadline: a session, an operator or a job.
type deadlineKey struct {
	session  session.ID
	operator queue.OperatorID
	job      string
}

type deadline struct {
	at  time.Time
	key deadlineKey
}

// before orders deadlines by time, then jobs before operators before sessions, then by id.
func (a deadline) before(b deadline) bool {
	if !a.at.Equal(b.at) {
		return a.at.Before(b.at)
	}
	if a.key.session != b.key.session {
		return a.key.session < b.key.session
	}
	if a.key.operator != b.key.operator {
		return a.key.operator < b.key.operator
	}
	return a.key.job < b.key.job
}

// work is what a line has to do.
type work struct {
	queue     *queue.Queue
	calendar  *worktime.Calendar
	botHours  *worktime.Calendar                     // of the line's bot
	waiting   *pqueue.Queue[session.ID, queue.Place] // offered to nobody
	everybody *pqueue.Queue[session.ID, queue.Place] // offered to all
	rooms     map[queue.OperatorID]int               // how many more sessions a free member can have by the line's limit
	room      int                                    // the sum of rooms
}

func (d *Desk) workOf(id LineID) *work {
	w := d.work[id]
	if w == nil {
		w = &work{
			queue:     queue.New("", nil),
			waiting:   pqueue.New[session.ID](queue.Place.Before),
			everybody: pqueue.New[session.ID](queue.Place.Before),
			rooms:     map[queue.OperatorID]int{},
		}
		d.work[id] = w
	}
	return w
}

// load is what an operator has.
type load struct {
	sessions map[session.ID]bool // held or offered to him
	joined   map[session.ID]bool // in which he takes part beside the owner
	total    int                 // those that count for the account-wide limit
	slots    map[LineID]*slots
}

// slots counts an operator's sessions of one line for each way of counting.
type slots struct{ unreplied, owed, open int }

// takes is the one table of which state takes a slot by which way of counting (rules 5.2–5.4, decisions 14.4, 14.24). An
// offer to everybody takes none until it is accepted.
func takes(s *Session) slots {
	if !s.State.Active() && s.State != session.Offered {
		return slots{} // waiting, closing, closed
	}
	t := slots{unreplied: 1, owed: 1, open: 1}
	if s.OwnerReplied { // a reply of another one, before he took it over or beside him, is not his
		t.unreplied = 0
	}
	if s.State == session.Replied {
		t.owed = 0
	}
	return t
}

func (s slots) count(by queue.Counting) int {
	switch by {
	case queue.OwedReplies:
		return s.owed
	case queue.OpenOnes:
		return s.open
	}
	return s.unreplied
}

func (d *Desk) loadOf(id queue.OperatorID) *load {
	l := d.loads[id]
	if l == nil {
		l = &load{sessions: map[session.ID]bool{}, joined: map[session.ID]bool{}, slots: map[LineID]*slots{}}
		d.loads[id] = l
	}
	return l
}

// bearer is whose load an open session is: the owner, or the one who is asked.
func (s *Session) bearer() queue.OperatorID {
	switch {
	case s.State == session.Offered:
		return s.OfferedTo
	case s.State.Owned():
		return s.Owner
	}
	return ""
}

func (d *Desk) place(s *Session) queue.Place {
	p := queue.Place{Priority: s.Priority, Since: s.Queued, ID: int64(s.ID)}
	if l := d.lines.rows[s.Line]; l != nil {
		p.Ageing = l.Queue.Ageing
	}
	return p
}

// reorder puts those who wait in a line in the order of its new settings.
func (d *Desk) reorder(id LineID) {
	w := d.workOf(id)
	for _, order := range []**pqueue.Queue[session.ID, queue.Place]{&w.waiting, &w.everybody} {
		anew := pqueue.New[session.ID](queue.Place.Before)
		for _, s := range (*order).Keys() {
			anew.Set(s, d.place(d.sessions.rows[s]))
		}
		*order = anew
	}
}

func (d *Desk) indexSession(old, new *Session) {
	if old != nil {
		d.bear(old, -1)
		for _, j := range old.Joined {
			delete(d.loadOf(j).joined, old.ID)
		}
	}
	if new != nil {
		d.bear(new, 1)
		for _, j := range new.Joined {
			if new.Open() {
				d.loadOf(j).joined[new.ID] = true
			}
		}
	}
	id := session.ID(0)
	var due time.Time
	if old != nil {
		id = old.ID
		w := d.workOf(old.Line)
		w.waiting.Remove(id)
		w.everybody.Remove(id)
		d.stain(old.Line)
		if d.open[old.Chat] == id {
			delete(d.open, old.Chat)
		}
	}
	if new != nil && new.Open() {
		id = new.ID
		w := d.workOf(new.Line)
		if new.State == session.Waiting {
			w.waiting.Set(id, d.place(new))
		}
		if new.ToAll {
			w.everybody.Set(id, d.place(new))
		}
		d.open[new.Chat] = id
		due, _ = new.Due()
		d.stain(new.Line)
	}
	d.setDeadline(deadlineKey{session: id}, due)
}

func (d *Desk) bear(s *Session, sign int) {
	id := s.bearer()
	if id == "" {
		return
	}
	l, t := d.loadOf(id), takes(s)
	if sign > 0 {
		l.sessions[s.ID] = true
	} else {
		delete(l.sessions, s.ID)
	}
	n := l.slots[s.Line]
	if n == nil {
		n = &slots{}
		l.slots[s.Line] = n
	}
	n.unreplied += sign * t.unreplied
	n.owed += sign * t.owed
	n.open += sign * t.open
	before := l.total
	l.total += sign * t.open
	if *n == (slots{}) {
		delete(l.slots, s.Line)
	}
	d.crossed(id, before, l.total)
	limit := d.maxSessions()
	if (before < limit) != (l.total < limit) {
		d.refreshOperator(id)
		return
	}
	d.refresh(s.Line, id)
	if before == l.total {
		return
	}
	for _, line := range d.serves[id] {
		if w := d.work[line]; line != s.Line && w != nil && w.queue.Mode() == queue.LeastLoaded {
			d.refresh(line, id)
		}
	}
}

func (d *Desk) setDeadline(k deadlineKey, at time.Time) {
	if at.IsZero() {
		d.deadlines.Remove(k)
	} else {
		d.deadlines.Set(k, deadline{at, k})
	}
}

func (d *Desk) indexOperator(old, new *operator) {
	id, due := queue.OperatorID(""), time.Time{}
	if old != nil {
		id = old.ID
	}
	if new != nil {
		id, due = new.ID, new.Until
	}
	d.setDeadline(deadlineKey{operator: id}, due)
	d.compileDuty(old, new)
	d.refreshOperator(id)
}

// compileDuty keeps the calendar of an operator who has hours of his own. Hours that cannot be compiled here, because the
// zone database is older than the one where they were set, are always, as a line's.
func (d *Desk) compileDuty(old, new *operator) {
	switch {
	case new == nil && old != nil:
		delete(d.duties, old.ID)
	case new == nil || old != nil && reflect.DeepEqual(old.Hours, new.Hours):
	case len(new.Hours.Week) == 0 && len(new.Hours.Holidays) == 0 && len(new.Hours.Dates) == 0:
		delete(d.duties, new.ID)
	default:
		d.duties[new.ID], _ = new.Hours.Calendar()
	}
}

func (d *Desk) indexSeat(old, new *seat) {
	if new != nil {
		d.refresh(new.Line, new.Operator)
	} else if old != nil {
		d.refresh(old.Line, old.Operator)
	}
}

func (d *Desk) indexSettings(_, _ *Settings) {
	for id := range d.work { // order does not matter: each line is set by itself
		d.refreshLine(id)
	}
}

func (d *Desk) indexLine(old, new *Line) {
	id := LineID("")
	if old != nil {
		id = old.ID
	}
	if new != nil {
		id = new.ID
		d.compileHours(new)
	}
	if ageing(old) != ageing(new) {
		d.reorder(id)
	}
	if old == nil || new == nil || old.Queue.Mode != new.Queue.Mode || old.Queue.DirectOnly != new.Queue.DirectOnly ||
		!slices.Equal(old.Queue.Members, new.Queue.Members) {
		d.stale[id] = true
		return
	}
	d.refreshLine(id)
}

func ageing(l *Line) time.Duration {
	if l == nil {
		return 0
	}
	return l.Queue.Ageing
}

func (d *Desk) indexRoster(old, new *roster) {
	if new != nil {
		d.stale[new.Line] = true
	} else if old != nil {
		d.stale[old.Line] = true
	}
}

// freshen builds the queues of lines whose members have changed. It comes before anything looks at a queue: before a
// command is settled, and before a turn, a load or a catch-up is over.
func (d *Desk) freshen() {
	for id := range d.stale { // order does not matter: each line is built by itself
		w := d.workOf(id)
		for _, m := range w.queue.Members() {
			d.serve(m, id, false)
		}
		mode, members := queue.Mode(""), []queue.Member(nil)
		if l := d.lines.rows[id]; l != nil {
			mode, members = l.Queue.Mode, d.expanded(l)
		}
		w.queue = queue.New(mode, members)
		w.rooms, w.room = map[queue.OperatorID]int{}, 0
		for _, m := range w.queue.Members() {
			d.serve(m, id, true)
		}
		delete(d.stale, id)
		d.refreshLine(id)
	}
}

// compileHours keeps the calendar of a line. Hours are validated before they become a row, so compiling cannot fail; if a
// record was damaged, the line counts as always open.
func (d *Desk) compileHours(l *Line) {
	d.workOf(l.ID).calendar, _ = l.Hours.Calendar()
	d.workOf(l.ID).botHours, _ = l.Bot.Hours.Calendar()
}

// serve notes that a member has joined a line's queue, or left it.
func (d *Desk) serve(id queue.OperatorID, line LineID, joined bool) {
	lines := slices.Clone(d.serves[id])
	i, _ := slices.BinarySearch(lines, line)
	if joined {
		d.serves[id] = slices.Insert(lines, i, line)
	} else {
		d.serves[id] = slices.Delete(lines, i, i+1)
	}
}

func (d *Desk) indexConnection(old, new *Connection) {
	if old != nil {
		k := accountKey{old.Line, old.Connector}
		left := slices.DeleteFunc(slices.Clone(d.accounts[k]), func(a string) bool { return a == old.Account })
		if d.accounts[k] = left; len(left) == 0 {
			delete(d.accounts, k)
		}
	}
	if new != nil {
		k := accountKey{new.Line, new.Connector}
		i, _ := slices.BinarySearch(d.accounts[k], new.Account)
		d.accounts[k] = slices.Insert(slices.Clone(d.accounts[k]), i, new.Account)
	}
}

func (d *Desk) refreshLine(id LineID) {
	for _, m := range d.workOf(id).queue.Members() {
		d.refresh(id, m)
	}
	d.stain(id)
}

func (d *Desk) refreshOperator(id queue.OperatorID) {
	for _, line := range d.serves[id] {
		d.refresh(line, id)
	}
}

// refresh sets a member's free bit and stamp in a line's queue, and how many more sessions he can have.
func (d *Desk) refresh(line LineID, id queue.OperatorID) {
	w := d.work[line]
	if w == nil {
		return
	}
	if _, member := w.queue.Place(id); !member {
		return
	}
	stamp := uint64(0)
	if s := d.seats.rows[seatKey{line, id}]; s != nil {
		stamp = s.Stamp
	}
	free := d.whyNot(line, id) == Free
	w.queue.Set(id, free, stamp, d.total(id))
	room := 0
	if free {
		room = d.room(line, id)
	}
	w.room += room - w.rooms[id]
	w.rooms[id] = room
	d.stain(line)
}

// total is how many open sessions an operator has, over all lines.
func (d *Desk) total(id queue.OperatorID) int {
	if l := d.loads[id]; l != nil {
		return l.total
	}
	return 0
}

// room is how many more sessions a free member can have by the line's limit; 0 if there is none.
func (d *Desk) room(line LineID, id queue.OperatorID) int {
	limit := d.lines.rows[line].Queue.Limit
	if limit.Max == 0 {
		return 0
	}
	if l := d.loads[id]; l != nil && l.slots[line] != nil {
		return limit.Max - l.slots[line].count(limit.Counts)
	}
	return limit.Max
}

// MaxToAll is how many sessions a line whose members have a limit offers to everybody, or as many as there is room for, if that is
// more: else a long queue would be offered whole for one free place, and taken back whole.
const MaxToAll = 50

// offerable tells whether a line can offer a session now: somebody is free, and no more than MaxToAll are offered to everybody under
// a limit.
func (d *Desk) offerable(line LineID) bool {
	w, l := d.workOf(line), d.lines.rows[line]
	if w.queue.Free() == 0 || l == nil {
		return false
	}
	return l.Queue.Mode != queue.All || l.Queue.Limit.Max == 0 || w.everybody.Len() < max(w.room, MaxToAll)
}

// stain notes that a line's queue has to be looked at before the command is over.
func (d *Desk) stain(id LineID) {
	if i, known := slices.BinarySearch(d.dirty, id); !known {
		d.dirty = slices.Insert(d.dirty, i, id)
	}
}

func (d *Desk) maxSessions() int {
	if s := d.settings.rows["desk"]; s != nil && s.MaxSessions > 0 {
		return s.MaxSessions
	}
	return DefaultMaxSessions
}

// Verdict says whether an operator can be asked for a line's session now, and why not. Beside the words here it can be one
// of worktime's, such as "on leave".
type Verdict string

// The verdicts on a member of a queue.
const (
	Free      Verdict = "free"
	Unknown   Verdict = "not an operator"
	Inactive  Verdict = "line not active"
	AtLimit   Verdict = "at the line's limit"       // rule 5.5
	AtMaximum Verdict = "at the account-wide limit" // rule 5.9
	NotMember Verdict = "not in the queue"          // of the line; whyNot does not ask that
	Dismissed         = Verdict(worktime.Dismissed)
)

// whyNot decides whether an operator can be asked for a session of a line (rules 4.1–4.5, 5.1–5.9).
func (d *Desk) whyNot(line LineID, id queue.OperatorID) Verdict {
	l, o := d.lines.rows[line], d.operators.rows[id]
	switch {
	case o == nil:
		return Unknown
	case o.Status == worktime.Dismissed:
		return Dismissed
	case l == nil || l.Inactive:
		return Inactive
	case l.Queue.OnlyAvailable && o.Status != worktime.Available:
		return Verdict(o.Status)
	}
	return d.full(line, id)
}

// full decides whether an operator has all that the limits let him have; Free if not (rules 5.5, 5.9).
func (d *Desk) full(line LineID, id queue.OperatorID) Verdict {
	have, l := d.loads[id], d.lines.rows[line]
	switch {
	case have == nil || l == nil:
		return Free
	case have.total >= d.maxSessions():
		return AtMaximum
	}
	if n := have.slots[line]; n != nil && l.Queue.Limit.Max > 0 && n.count(l.Queue.Limit.Counts) >= l.Queue.Limit.Max {
		return AtLimit
	}
	return Free
}
