package openlinestest

import (
	"cmp"
	"slices"
	"time"

	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
)

// model is a desk with one line, done the dumb way: every question scans everything, nothing is kept twice.
type model struct {
	rules    queue.Rules
	passOn   time.Duration
	now      time.Time
	sessions []*modelSession // by number
	here     map[queue.OperatorID]bool
	away     map[queue.OperatorID]time.Time // since when he is not here
	stamps   map[queue.OperatorID]int       // when he was last asked or replied, as a count
	ticks    int
	last     map[string]server // who had the session before, of each client
	chiefs   bool              // everybody may join and take over what is anybody's
}

type server struct {
	owner queue.OperatorID
	at    time.Time
}

type modelSession struct {
	client    string
	state     session.State
	replied   bool // by the present owner
	owed      bool // a reply, to the client
	served    bool // somebody has replied to him
	sticky    bool // who was last with the client has been asked
	pinned    bool
	silent    bool
	joined    []queue.OperatorID
	owner     queue.OperatorID
	offeredTo queue.OperatorID
	toAll     bool
	tried     []queue.OperatorID
	named     queue.OperatorID // who was asked last, if by name
	queued    time.Time
	offerEnds time.Time
	closeAt   time.Time
	autoClose time.Time
	giveUp    time.Time
}

// Times of the model's line, that differ from all others.
const (
	modelDelay     = 10 * time.Minute
	modelLife      = 11 * time.Minute
	modelAutoClose = 7 * time.Minute
	modelGiveUp    = 33 * time.Minute
)

func (m *model) open(client string) *modelSession {
	for _, s := range m.sessions {
		if s.client == client && s.state != session.Closed {
			return s
		}
	}
	return nil
}

// free tells whether an operator can be asked: rules 4.1, 5.1–5.5.
func (m *model) free(id queue.OperatorID) bool {
	if m.rules.OnlyAvailable && !m.here[id] {
		return false
	}
	return m.rules.Limit.Max == 0 || m.slots(id) < m.rules.Limit.Max
}

func (m *model) slots(id queue.OperatorID) (n int) {
	for _, s := range m.sessions {
		counts := false
		switch {
		case s.state == session.Offered && s.offeredTo == id:
			counts = true
		case s.owner != id || !s.active():
		case m.rules.Limit.Counts == queue.OpenOnes:
			counts = true
		case m.rules.Limit.Counts == queue.OwedReplies:
			counts = s.state != session.Replied
		default:
			counts = !s.replied
		}
		if counts {
			n++
		}
	}
	return n
}

func (m *model) freeOnes() (ids []queue.OperatorID) {
	for _, member := range m.rules.Members {
		if m.free(member.Operator) {
			ids = append(ids, member.Operator)
		}
	}
	return ids
}

// crowded: under a limit, as much is offered to everybody as may be.
func (m *model) crowded() bool {
	if m.rules.Mode != queue.All || m.rules.Limit.Max == 0 {
		return false
	}
	room := 0
	for _, id := range m.freeOnes() {
		room += m.rules.Limit.Max - m.slots(id)
	}
	offered := 0
	for _, s := range m.sessions {
		if s.toAll {
			offered++
		}
	}
	return offered >= max(room, desk.MaxToAll)
}

// choose is rules 3.5, 3.6, 3.9 and 3.21 by scanning the list.
func (m *model) choose(s *modelSession) queue.OperatorID {
	free := m.freeOnes()
	if m.rules.Mode == queue.Strictly {
		start, tried := 0, s.tried
		if s.named != "" && len(free) > 1 { // who was asked by name is not asked next, and has no place in the walk
			free = slices.DeleteFunc(slices.Clone(free), func(id queue.OperatorID) bool { return id == s.named })
		}
		if len(tried) > 0 && tried[len(tried)-1] == s.named {
			tried = tried[:len(tried)-1]
		}
		if len(tried) > 0 {
			last := tried[len(tried)-1]
			start = 1 + slices.IndexFunc(m.rules.Members, func(o queue.Member) bool { return o.Operator == last })
		}
		for i := range m.rules.Members {
			id := m.rules.Members[(start+i)%len(m.rules.Members)].Operator
			if slices.Contains(free, id) {
				if start+i >= len(m.rules.Members) && start > 0 {
					s.tried = nil
				}
				return id
			}
		}
	}
	untried := slices.DeleteFunc(slices.Clone(free), func(id queue.OperatorID) bool { return slices.Contains(s.tried, id) })
	if len(untried) == 0 {
		last := s.tried[len(s.tried)-1] // who has just let it go is not asked again if there is another (rule 3.18)
		if untried = slices.DeleteFunc(slices.Clone(free), func(id queue.OperatorID) bool { return id == last }); len(untried) == 0 {
			untried = free
		}
		s.tried = nil
	}
	return slices.MinFunc(untried, func(a, b queue.OperatorID) int {
		if m.rules.Mode == queue.LeastLoaded {
			if c := cmp.Compare(m.share(a), m.share(b)); c != 0 {
				return c
			}
		}
		return cmp.Compare(m.stamps[a], m.stamps[b])
	})
}

// share is decision 14.38: what a member would have with one session more, for his weight.
func (m *model) share(id queue.OperatorID) float64 {
	n := 1.0
	for _, s := range m.sessions {
		if cmp.Or(s.offeredTo, s.owner) == id && (s.state == session.Offered || s.state.Active()) {
			n++
		}
	}
	i := slices.IndexFunc(m.rules.Members, func(o queue.Member) bool { return o.Operator == id })
	return n / float64(max(1, m.rules.Members[i].Weight))
}

// sticky is rule P14: who was last with the client, if he is asked before the mode decides.
func (m *model) sticky(s *modelSession) queue.OperatorID {
	last, known := m.last[s.client]
	if !known || s.sticky || m.rules.Sticky == 0 || m.now.Sub(last.at) > m.rules.Sticky || slices.Contains(s.tried, last.owner) || !m.free(last.owner) {
		return ""
	}
	return last.owner
}

func (m *model) stamp(id queue.OperatorID) {
	m.ticks++
	m.stamps[id] = m.ticks
}

// settle offers what waits as long as somebody is free, the oldest wait first.
func (m *model) settle() {
	for {
		var next *modelSession
		for _, s := range m.sessions {
			if s.state == session.Waiting && (next == nil || s.queued.Before(next.queued)) {
				next = s
			}
		}
		if next == nil || len(m.freeOnes()) == 0 || m.crowded() {
			break
		}
		next.state = session.Offered
		next.offerEnds = time.Time{}
		if m.rules.Mode == queue.All {
			next.toAll = true
			continue
		}
		if last := m.sticky(next); last != "" {
			next.offeredTo, next.named, next.sticky = last, last, true
		} else {
			next.offeredTo, next.named = m.choose(next), ""
		}
		next.tried = append(next.tried, next.offeredTo)
		next.offerEnds = m.now.Add(m.passOn)
		m.stamp(next.offeredTo)
	}
	for _, s := range m.sessions {
		if s.toAll && len(m.freeOnes()) == 0 {
			m.wait(s)
		}
	}
}

func (m *model) wait(s *modelSession) {
	if s.state != session.Offered {
		s.tried, s.giveUp = nil, m.now.Add(modelGiveUp)
	}
	s.state, s.owner, s.offeredTo, s.toAll, s.silent = session.Waiting, "", "", false, false
	s.offerEnds, s.autoClose, s.replied, s.pinned = time.Time{}, time.Time{}, false, false
}

func (m *model) close(s *modelSession) {
	s.state, s.offeredTo, s.toAll = session.Closed, "", false
	if s.owner != "" {
		m.last[s.client] = server{s.owner, m.now}
	}
	s.offerEnds, s.closeAt, s.autoClose, s.giveUp = time.Time{}, time.Time{}, time.Time{}, time.Time{}
}

// pass lets time pass, one deadline after the other.
func (m *model) pass(to time.Time) {
	for {
		var next *modelSession
		var due time.Time
		for _, s := range m.sessions {
			for _, d := range []time.Time{s.offerEnds, s.autoClose, s.closeAt, s.giveUp, m.lost(s)} {
				if !d.IsZero() && !d.After(to) && (next == nil || d.Before(due)) {
					next, due = s, d
				}
			}
		}
		if next == nil {
			m.now = to
			return
		}
		m.now = due
		if m.graceOver() {
			continue
		}
		for next != nil { // all that is due at the instant comes before anybody is asked
			m.fire(next)
			next = m.due()
		}
		m.settle()
	}
}

// due returns the session of which something is due now, the first by number.
func (m *model) due() *modelSession {
	for _, s := range m.sessions {
		for _, d := range []time.Time{s.offerEnds, s.autoClose, s.closeAt, s.giveUp} {
			if !d.IsZero() && !d.After(m.now) {
				return s
			}
		}
	}
	return nil
}

// fire does what is due in a session now: rules 3.18, 8.3, 8.8, 8.14.
func (m *model) fire(s *modelSession) {
	switch m.now {
	case s.offerEnds:
		m.wait(s)
	case s.autoClose:
		s.state, s.autoClose, s.closeAt = session.AutoClosed, time.Time{}, m.now.Add(modelLife)
	default:
		m.close(s)
	}
}

// lost is when a session goes back because the one who has it is away, zero if he is not or only waits for the client: rules
// 4.13–4.15, 4.20.
func (m *model) lost(s *modelSession) time.Time {
	who := cmp.Or(s.offeredTo, s.owner)
	owes := s.offeredTo != "" || s.state == session.Answered || s.state == session.ClientWaits
	if !owes || m.here[who] || !m.rules.OnlyAvailable || s.pinned && who == s.owner {
		return time.Time{}
	}
	return m.away[who].Add(m.rules.Grace)
}

// graceOver returns what somebody loses now; of several people, the first by name.
func (m *model) graceOver() (any bool) {
	var of queue.OperatorID
	for _, s := range m.sessions {
		if who := cmp.Or(s.offeredTo, s.owner); m.lost(s).Equal(m.now) && (of == "" || who < of) {
			of = who
		}
	}
	for _, s := range m.sessions {
		if of != "" && cmp.Or(s.offeredTo, s.owner) == of && m.lost(s).Equal(m.now) {
			m.wait(s)
		}
	}
	m.settle()
	return of != ""
}

func (m *model) receive(client string) {
	s := m.open(client)
	switch {
	case s == nil:
		s = &modelSession{client: client, state: session.Waiting, queued: m.now, owed: true, giveUp: m.now.Add(modelGiveUp)}
		m.sessions = append(m.sessions, s)
	case s.state == session.Replied, s.state == session.Closing, s.state == session.AutoClosed:
		s.state, s.queued, s.owed, s.closeAt, s.autoClose = session.ClientWaits, m.now, true, time.Time{}, time.Time{}
		if lost := m.lost(s); !lost.IsZero() && !lost.After(m.now) {
			m.wait(s)
		}
	case !s.owed:
		s.owed, s.queued = true, m.now
	}
	m.settle()
}

func (m *model) leave(client string) {
	if s := m.open(client); s != nil && s.owner == "" && !s.served {
		m.close(s)
		m.settle()
	}
}

// report is rules 4.13–4.15.
func (m *model) report(id queue.OperatorID, here bool) {
	if m.here[id] && !here {
		m.away[id] = m.now
	}
	m.here[id] = here
	m.graceOver()
}
