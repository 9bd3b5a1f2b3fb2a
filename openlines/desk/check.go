package desk

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
)

// Violation is a broken invariant: a defect of this library or a damaged store.
type Violation struct {
	Invariant string // its name in ARCHITECTURE.md
	What      string // ids and numbers only
}

// Check verifies the invariants over the live state. An empty answer is what everybody expects.
func (d *Desk) Check() (found []Violation) {
	bad := func(invariant, format string, args ...any) {
		found = append(found, Violation{invariant, fmt.Sprintf(format, args...)})
	}
	defer func() {
		if recover() != nil { // records of a damaged store that lead nowhere
			bad("everything follows from the records", "the records contradict one another")
		}
	}()
	openIn := map[session.ChatID]session.ID{}
	for _, id := range sortedKeys(d.sessions.rows) {
		s := d.sessions.rows[id]
		if !s.Open() {
			continue
		}
		if other, twice := openIn[s.Chat]; twice {
			bad("one open session", "chat %d has sessions %d and %d", s.Chat, other, id)
		}
		openIn[s.Chat] = id
		d.checkSession(s, bad)
	}
	for chat, id := range d.open { // order does not matter: every entry is checked
		if openIn[chat] != id {
			bad("indexes are true", "chat %d leads to session %d", chat, id)
		}
	}
	for _, id := range sortedKeys(d.chats.rows) {
		d.checkChat(d.chats.rows[id], bad)
	}
	for _, line := range sortedKeys(d.work) {
		d.checkLine(line, bad)
	}
	d.checkPeople(bad)
	d.checkAccounts(bad)
	d.checkEffects(bad)
	if err := d.checkReload(); err != nil {
		bad("everything follows from the records", "%v", err)
	}
	return found
}

func (d *Desk) checkSession(s *Session, bad func(invariant, format string, args ...any)) {
	if s.State.Owned() != (s.Owner != "") {
		bad("one owner", "session %d is %s, owner %q", s.ID, s.State, s.Owner)
	}
	asked := s.OfferedTo != "" || s.ToAll
	if (s.State == session.Offered) != asked || s.OfferedTo != "" && s.ToAll || s.Direct && s.OfferedTo == "" {
		bad("one offer", "session %d is %s, offered to %q, all %v", s.ID, s.State, s.OfferedTo, s.ToAll)
	}
	for i, j := range s.Joined {
		if j == s.Owner && s.State.Owned() || slices.Contains(s.Joined[:i], j) {
			bad("one owner", "session %d: its owner has joined it, or somebody has twice", s.ID)
		}
	}
	if c := d.chats.rows[s.Chat]; c == nil || !c.Open || c.Session != s.ID {
		bad("one open session", "the chat of session %d does not know it", s.ID)
	}
	if l := d.lines.rows[s.Line]; l == nil || l.Archived && d.jobs.rows[(&job{Kind: archiveJob, Line: s.Line}).key()] == nil {
		bad("nothing is stuck", "session %d is of a line that is not in service", s.ID)
	}
	if due, which := s.Due(); which != session.NoTimer && due.Before(d.now) {
		bad("no lost deadline", "session %d was due at %s", s.ID, due.Format(time.RFC3339))
	}
	if s.State == session.Bot && s.Bot == "" || s.BotAttends && (s.Bot == "" || s.State.Owned()) {
		bad("one owner", "session %d is %s, bot %q answers: %v", s.ID, s.State, s.Bot, s.BotAttends)
	}
	if withholds := d.withheld.rows[s.ID] != nil; withholds != (s.State == session.Consenting) && !(withholds && s.Unagreed) {
		bad("nothing is stuck", "session %d is %s, and something of it is withheld or not", s.ID, s.State)
	}
	if s.State == session.Consenting && s.ConsentBy.IsZero() || s.State == session.Identifying && s.IdentifyBy.IsZero() || s.State == session.Bot && s.BotUntil.IsZero() ||
		(s.State == session.Closing || s.State == session.AutoClosed) && s.CloseAt.IsZero() {
		bad("nothing is stuck", "session %d is %s without an end", s.ID, s.State)
	}
}

func (d *Desk) checkLine(line LineID, bad func(invariant, format string, args ...any)) {
	w := d.work[line]
	if w.waiting.Len() > 0 && d.offerable(line) && d.jobs.rows[(&job{Kind: settleJob, Line: line}).key()] == nil {
		bad("nobody waits while somebody is free", "line has %d waiting, %d free", w.waiting.Len(), w.queue.Free())
	}
	free, room := 0, 0
	for _, m := range w.queue.Members() {
		is := d.whyNot(line, m) == Free
		if is {
			free++
			room += d.room(line, m)
		}
		if w.queue.IsFree(m) != is {
			bad("indexes are true", "member of a line: free %v, want %v", !is, is)
		}
		if load := d.total(m); w.queue.Mode() == queue.LeastLoaded && w.queue.Load(m) != load {
			bad("indexes are true", "member of a line: %d sessions, want %d", w.queue.Load(m), load)
		}
		d.checkLimit(line, m, bad)
	}
	if free != w.queue.Free() || room != w.room {
		bad("indexes are true", "line counts %d free with room for %d, has %d with %d", w.queue.Free(), w.room, free, room)
	}
}

func (d *Desk) checkLimit(line LineID, id queue.OperatorID, bad func(invariant, format string, args ...any)) {
	var count slots
	total := 0
	have := d.loads[id]
	if have == nil {
		return
	}
	for s := range have.sessions { // order does not matter: a sum
		row := d.sessions.rows[s]
		t := takes(row)
		total += t.open
		if row.Line == line {
			count = slots{count.unreplied + t.unreplied, count.owed + t.owed, count.open + t.open}
		}
	}
	kept := slots{}
	if n := have.slots[line]; n != nil {
		kept = *n
	}
	if kept != count || have.total != total {
		bad("indexes are true", "load of an operator: %v of %d, want %v of %d", kept, have.total, count, total)
	}
}

// checkReload loads the records into an empty desk and compares: the first invariant.
func (d *Desk) checkReload() error {
	records, err := d.Records()
	if err != nil {
		return err
	}
	other := New()
	var live []storage.Record
	for _, r := range records {
		if !r.Open {
			continue
		}
		live = append(live, r)
		if err := other.LoadRecord(r); err != nil {
			return err
		}
	}
	other.Begin(d.head)
	other.now = d.now
	return d.same(other, live)
}

func (d *Desk) same(other *Desk, live []storage.Record) error {
	again, err := other.Records()
	if err != nil {
		return err
	}
	if !slices.EqualFunc(live, again, func(a, b storage.Record) bool {
		return a.Key == b.Key && a.Open == b.Open && bytes.Equal(a.Body, b.Body) && slices.Equal(a.Terms, b.Terms)
	}) {
		return fmt.Errorf("%d records became %d", len(live), len(again))
	}
	if !d.Next().Equal(other.Next()) {
		return fmt.Errorf("next deadline %v, reloaded %v", d.Next(), other.Next())
	}
	if !slices.Equal(d.deadlines.Keys(), other.deadlines.Keys()) {
		return fmt.Errorf("other deadlines")
	}
	for _, c := range d.channels {
		if !slices.Equal(d.ready[c].Keys(), other.readyIn(c).Keys()) {
			return fmt.Errorf("other deliveries")
		}
	}
	for line, w := range d.work { // order does not matter: every line is compared
		o := other.workOf(line)
		if !slices.Equal(w.waiting.Keys(), o.waiting.Keys()) || !slices.Equal(w.everybody.Keys(), o.everybody.Keys()) {
			return fmt.Errorf("line waits in another order")
		}
		if !slices.Equal(nextTen(w.queue), nextTen(o.queue)) {
			return fmt.Errorf("line chooses others")
		}
	}
	return nil
}

// nextTen are the choices for a session that nobody accepts.
func nextTen(q *queue.Queue) []queue.OperatorID {
	var tried []queue.OperatorID
	for range 10 {
		id, again, ok := q.Next(tried)
		if !ok {
			break
		}
		if again {
			tried = nil
		}
		tried = append(tried, id)
	}
	return tried
}
