package desk

import (
	"maps"
	"slices"

	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
)

// violations takes what Check finds.
type violations = func(invariant, format string, args ...any)

// checkChat holds a chat against its alias, its numbers against one another, and them all against the counters.
func (d *Desk) checkChat(c *Chat, bad violations) {
	if c.Open {
		if a := d.aliases.rows[aliasKey(c.Address)]; a == nil || !a.Open || a.Chat != c.ID {
			bad("one open session", "the address of chat %d does not lead to it", c.ID)
		}
		if d.open[c.ID] != c.Session {
			bad("one open session", "chat %d is open, its session %d is not", c.ID, c.Session)
		}
	}
	if unseen := c.HeardAt - c.SeenTo; unseen < 0 || int64(c.Unseen) > unseen || c.HeardAt > c.Messages || c.ReadTo > c.CameTo || c.CameTo > c.Messages {
		bad("numbers in order", "chat %d of %d: heard %d, seen %d, unseen %d, arrived %d, read %d", c.ID, c.Messages, c.HeardAt, c.SeenTo, c.Unseen, c.CameTo, c.ReadTo)
	}
	given := counters{}
	if last := d.counters.rows["desk"]; last != nil {
		given = *last
	}
	if int64(c.ID) > given.Chats || int64(c.Session) > given.Sessions {
		bad("numbers in order", "chat %d has session %d, %d and %d were given", c.ID, c.Session, given.Chats, given.Sessions)
	}
}

// checkPeople recomputes whose load a session is, who has joined it, whose queue somebody is in, and his departments.
func (d *Desk) checkPeople(bad violations) {
	has, joined := map[queue.OperatorID][]session.ID{}, map[queue.OperatorID][]session.ID{}
	for _, id := range sortedKeys(d.sessions.rows) {
		s := d.sessions.rows[id]
		if b := s.bearer(); b != "" {
			has[b] = append(has[b], id)
		}
		for _, j := range s.Joined {
			if s.Open() {
				joined[j] = append(joined[j], id)
			}
		}
	}
	for _, id := range sortedKeys(d.loads) {
		l := d.loads[id]
		if !slices.Equal(slices.Sorted(maps.Keys(l.sessions)), has[id]) || !slices.Equal(slices.Sorted(maps.Keys(l.joined)), joined[id]) {
			bad("indexes are true", "somebody counts %d sessions and %d joined, has %d and %d",
				len(l.sessions), len(l.joined), len(has[id]), len(joined[id]))
		}
		delete(has, id)
		delete(joined, id)
	}
	if len(has)+len(joined) > 0 {
		bad("indexes are true", "%d operators have no load", len(has)+len(joined))
	}
	serves := map[queue.OperatorID][]LineID{}
	for _, line := range sortedKeys(d.work) {
		for _, m := range d.work[line].queue.Members() {
			serves[m] = append(serves[m], line)
		}
	}
	if !equalLists(serves, d.serves) {
		bad("indexes are true", "who is in which queue")
	}
	partOf, below := map[queue.OperatorID][]queue.DepartmentID{}, map[queue.DepartmentID][]queue.DepartmentID{}
	for _, id := range sortedKeys(d.departments.rows) {
		p := d.departments.rows[id]
		below[p.Parent] = append(below[p.Parent], id)
		for _, o := range p.Operators {
			if !slices.Contains(partOf[o], id) {
				partOf[o] = append(partOf[o], id)
			}
		}
	}
	if !equalLists(partOf, d.partOf) || !equalLists(below, d.below) {
		bad("indexes are true", "who is in which department")
	}
}

// checkAccounts recomputes the accounts of each line. An archived one has none, once that is done.
func (d *Desk) checkAccounts(bad violations) {
	accounts := map[accountKey][]string{}
	for _, key := range sortedKeys(d.connections.rows) {
		c := d.connections.rows[key]
		k := accountKey{c.Line, c.Connector}
		accounts[k] = append(accounts[k], c.Account)
		if l := d.lines.rows[c.Line]; l == nil || l.Archived && d.jobs.rows[(&job{Kind: archiveJob, Line: c.Line}).key()] == nil {
			bad("nothing is stuck", "an account is connected to a line that is not in service")
		}
	}
	for k := range accounts { // order does not matter: each list is sorted
		slices.Sort(accounts[k])
	}
	if !equalLists(accounts, d.accounts) {
		bad("indexes are true", "which account is connected to which line")
	}
}

// equalLists compares two indexes; an empty list is as good as none.
func equalLists[K, V comparable](want, have map[K][]V) bool {
	full := func(lists map[K][]V) map[K][]V {
		lists = maps.Clone(lists)
		maps.DeleteFunc(lists, func(_ K, list []V) bool { return len(list) == 0 })
		return lists
	}
	return maps.EqualFunc(full(want), full(have), slices.Equal)
}

// checkEffects holds the lanes against the effects: each live one is in its lane, in order, and the heads alone are ready.
// Whoever waits to be identified has somebody who asks.
func (d *Desk) checkEffects(bad violations) {
	lanes, leased := map[string][]EffectID{}, map[string][]EffectID{}
	asks := map[session.ID]bool{}
	for _, id := range sortedKeys(d.effects.rows) {
		e := d.effects.rows[id]
		if !e.live() {
			continue
		}
		lanes[e.Lane] = append(lanes[e.Lane], id)
		if !e.Lease.IsZero() {
			leased[e.Lane] = append(leased[e.Lane], id)
		}
		switch e.Kind {
		case AskIdentity:
			asks[e.Session] = true
		case CallBot:
			if e.Lease.IsZero() && !d.hears(e) {
				bad("lanes in order", "effect %d is for a bot that has left session %d", id, e.Session)
			}
		}
	}
	ready := map[EffectID]Channel{}
	for _, c := range d.channels {
		for _, id := range d.ready[c].Keys() {
			ready[id] = c
		}
	}
	if len(lanes) != len(d.lanes) || len(ready) != len(d.lanes) {
		bad("lanes in order", "%d lanes, want %d, with %d ready", len(d.lanes), len(lanes), len(ready))
	}
	for _, name := range sortedKeys(d.lanes) {
		l := d.lanes[name]
		if !slices.Equal(l.ids, lanes[name]) || !slices.Equal(slices.Sorted(slices.Values(l.leased)), leased[name]) {
			bad("lanes in order", "lane of %d effects with %d leased, want %d with %d", len(l.ids), len(l.leased), len(lanes[name]), len(leased[name]))
			continue
		}
		head := d.effects.rows[l.ids[0]]
		if c, is := ready[head.ID]; !is || c != head.Channel {
			bad("lanes in order", "effect %d is the first of its lane, and not ready", head.ID)
		}
	}
	for _, id := range sortedKeys(d.sessions.rows) {
		if s := d.sessions.rows[id]; s.State == session.Identifying && !asks[id] {
			bad("nothing is stuck", "nobody asks who the client of session %d is", id)
		} else if s.State == session.Bot && s.BotBy.IsZero() != (d.lanes[botLane(id)] == nil) {
			bad("nothing is stuck", "the bot of session %d is told something, by %v", id, s.BotBy)
		}
	}
}
