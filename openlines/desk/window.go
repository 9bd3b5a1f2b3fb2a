package desk

import (
	"slices"
	"time"

	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
)

// Limits of Connection.Window.
const (
	MinWindow = time.Minute
	MaxWindow = 30 * 24 * time.Hour
)

// rateAhead is the part of a window before whose end the client is asked for a rating: the last hour of a day.
const rateAhead = 24

// WindowEnds returns when the channel of a chat stops taking our messages, unless the client writes again (rule 9.11); zero if
// it does not stop. A client who has not written has no window, and its end lies in the past.
func (d *Desk) WindowEnds(c *Chat) time.Time {
	conn := d.connections.rows[connectionKey(c.Address.Connector, c.Address.Account)]
	if conn == nil || conn.Window == 0 {
		return time.Time{}
	}
	return c.Wrote.Add(time.Duration(conn.Window).Truncate(time.Microsecond))
}

// shut reports whether the channel of a chat takes nothing of ours at a time.
func (d *Desk) shut(c *Chat, at time.Time) bool {
	ends := d.WindowEnds(c)
	return !ends.IsZero() && !at.Before(ends)
}

// Late reports whether a delivery is not to be tried at a time, because the window of its channel has ended. The records are
// those that Keys names.
func (d *Desk) Late(e Effect, records []storage.Record, at time.Time) bool {
	for _, r := range records {
		if c, err := DecodeChat(r); err == nil && e.Kind == Delivery {
			return d.shut(&c, at)
		}
	}
	return false
}

// wrote notes that the client of a chat has written: the window of his channel begins anew.
func (d *Desk) wrote(c *Chat) *Chat {
	next := *c
	next.Wrote = d.now
	d.chats.put(&next)
	return &next
}

// undelivered marks a message that the client does not get, or, without a reason, takes the mark away.
func (d *Desk) undelivered(m *Message, reason string) {
	if m == nil || m.Undelivered == reason {
		return
	}
	next := *m
	next.Undelivered = reason
	d.messages.put(&next)
}

// unsaid takes back that an automatic text was said which its client does not get, or, when it was retried, says it after all. It looks
// up the session, which can be over, and that which goes on with it.
func (d *Desk) unsaid(m *Message, after bool) {
	if m == nil || m.Kind == "" {
		return
	}
	if chat := d.chats.get(m.Chat); m.Kind == session.ConsentNotice && !after && !chat.ToldOf.At.After(m.At) {
		next := *chat
		next.ToldOf = Agreement{At: m.At} // he does not know what going on would agree to
		d.chats.put(&next)
	}
	s := d.sessions.get(m.Session)
	if s == nil {
		return
	}
	d.sessions.put(s.unsaid(m, after, d.now))
	if now := d.sessions.rows[d.open[m.Chat]]; s.Reason == session.Superseded && now != nil && now.Parent == s.ID {
		d.sessions.put(now.unsaid(m, after, d.now))
	}
}

// unsaid is the session when an automatic text of it was not said, or was after all.
func (s *Session) unsaid(m *Message, after bool, at time.Time) *Session {
	next := *s
	if isNotice(m.Kind) {
		if !s.Asked.IsZero() && !s.Asked.After(m.At) { // of the present wait
			next.Apologised, next.Excused = after && !s.State.Owned(), after
		}
		return &next
	}
	next.Said = slices.DeleteFunc(slices.Clone(s.Said), func(k session.Text) bool { return k == m.Kind })
	if after {
		next.Said = append(next.Said, m.Kind)
	}
	if m.Kind == session.Rate || m.Kind == session.RateButtons {
		if next.RateAsked, next.RateEarly = (time.Time{}), false; after {
			next.RateAsked = at
		}
	}
	return &next
}

// rateBefore plans to ask for a rating while the channel still takes the question: the operator has replied, and if the
// client does not write any more, a finish after the window would come too late (rule P10).
func (d *Desk) rateBefore(s *Session) {
	chat := d.chats.get(s.Chat)
	ends := d.WindowEnds(chat)
	if !d.now.Before(ends) || !s.RateAsked.IsZero() || s.Vote != "" || !s.Served || !d.asksToRate(s, chat) {
		return // where nothing ends, or all is late, the question comes with the finish; who has had no answer is not asked early
	}
	window := ends.Sub(chat.Wrote)
	by := ends.Add(-window / rateAhead)
	if late := d.now.Add(ends.Sub(d.now) / 2); by.Before(late) {
		by = late
	}
	next := *s
	if next.RateBy = by.Truncate(time.Microsecond); next.RateBy.After(d.now) {
		d.sessions.put(&next)
	}
}

// rateEarly asks for a rating while the session goes on, if the client has the operator's reply and has not written since.
// Then the words that rate are taken before the finish, until he writes anything else.
func (d *Desk) rateEarly(s *Session) {
	next := *s
	next.RateBy = time.Time{}
	d.sessions.put(&next)
	if s.State != session.Replied || s.Vote != "" || !d.askToRate(&next) {
		return
	}
	asked := *d.sessions.get(s.ID)
	asked.RateEarly = true
	d.sessions.put(&asked)
}
