package desk

import (
	"math"
	"time"

	"github.com/openlines-go/openlines/kpi"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/worktime"
)

const noLimit = math.MaxInt

// Fire does what is due in the order of time and id, each transition at its own time, until the batch has more than rows
// changes, and reports how many it did and whether more are due. A backlog is thus folded in chunks. What is due at the same
// instant comes together: who else is there, or gone, counts before anybody is asked.
func (d *Desk) Fire(at time.Time, rows int) (n int, more bool) {
	if at.Before(d.now) {
		at = d.now
	}
	for ; len(d.j.log) <= rows; n++ {
		k, due, any := d.deadlines.Min()
		if !any || due.at.After(at) {
			d.now = at
			return n, false
		}
		if due.at.After(d.now) {
			d.now = due.at
		}
		d.fire(k)
		if next, due, any := d.deadlines.Min(); any && next.job == "" && !due.at.After(d.now) && len(d.j.log) <= rows {
			continue
		}
		d.settle()
	}
	_, due, any := d.deadlines.Min()
	return n, any && !due.at.After(at)
}

// Next returns the desk's next deadline or the time when an effect is to be tried; zero if there is none.
func (d *Desk) Next() time.Time { return d.NextIf(nil) }

// NextIf is Next for a node that leaves channels alone: it tries nothing in one before the time that rests returns.
func (d *Desk) NextIf(rests func(Channel) time.Time) time.Time {
	_, due, _ := d.deadlines.Min()
	effect := d.nextEffect(rests)
	if due.at.IsZero() || !effect.IsZero() && effect.Before(due.at) {
		return effect
	}
	return due.at
}

func (d *Desk) fire(k deadlineKey) {
	if k.job != "" {
		d.goOn(k.job)
		return
	}
	if k.operator != "" {
		o := *d.operators.rows[k.operator]
		d.available(&o)
		return
	}
	s := d.sessions.rows[k.session]
	_, which := s.Due()
	if d.spare(s, which) {
		return
	}
	switch which {
	case session.NormTimer:
		d.missed(s)
	case session.AnswerTimer:
		d.markUnanswered(s)
	case session.EscalateTimer:
		d.escalate(s)
	case session.OfferTimer:
		d.requeue(s, session.PassOn, "")
	case session.AutoCloseTimer:
		next := d.must(s, session.AutoClose, nil)
		d.tellOf(next, Event{Type: SessionAutoClosed, Operator: next.Owner, CloseAt: next.CloseAt})
		d.say(next, session.TimeOut)
	case session.NeglectTimer:
		d.neglect(s)
	case session.CompleteTimer:
		d.end(s, session.Complete, s.FinishedBy)
	case session.IdentifyTimer:
		d.unidentified(s, "timed out")
	case session.BotTimer:
		d.toQueue(s, "timed out") // rule 11.17
	case session.BotCallTimer:
		d.toQueue(s, "failed")
	case session.RateTimer:
		d.rateEarly(s)
	case session.ConsentTimer:
		if s.State == session.Consenting {
			d.end(s, session.Abandon, "")
		} else {
			d.unconsented(s)
		}
	case session.GiveUpTimer:
		d.say(s, session.GivenUp)
		d.end(d.sessions.rows[s.ID], session.GiveUp, "")
	}
}

// markUnanswered flags a session without a reply in time and says so once (rules 7.16–7.18), unless the client was told
// already that nobody is there (rule 7.20). What is marked already, in a line that it came from, only moves on (decision 14.26).
func (d *Desk) markUnanswered(s *Session) {
	next := *s
	next.Session = s.MarkUnanswered()
	d.sessions.put(&next)
	if !s.Unanswered {
		d.tellOf(s, Event{Type: SessionMarked, Operator: s.bearer()})
		if l := d.lines.get(s.Line); !s.Excused || l.ApologiseTwice {
			d.say(&next, session.Unanswered)
		}
	}
	d.moveOn(d.sessions.get(s.ID), d.lines.get(s.Line).UnansweredTo)
}

// neglect reminds of a session with whose owner nothing has happened for long; if he is not there, it goes back to the
// queue (decision 14.20), unless he has pinned it (rule 4.16).
func (d *Desk) neglect(s *Session) {
	next := *s
	next.Session = s.Neglect(d.now, d.lines.get(s.Line).Session)
	d.sessions.put(&next)
	d.tellOf(&next, Event{Type: SessionNeglected, Operator: next.Owner})
	if o := d.operators.rows[next.Owner]; s.State != session.Replied && (o == nil || o.Status != worktime.Available) && d.checks(s.Line) && !d.keeps(s) {
		d.letGo(&next)
	}
}

// end closes a session for good: always with a reason, and with an actor if somebody did it (decision 14.1).
func (d *Desk) end(s *Session, act session.Act, actor queue.OperatorID) {
	d.dropWithheld(s)
	next := d.must(s, act, func(n *Session) {
		n.OfferedTo, n.Direct, n.ToAll, n.FinishedBy, n.Day = "", false, false, actor, d.dayOf(n.Line, n.Ended)
	})
	d.tallyClosed(next, kpi.OfSession(next.Session).Plus(ratings(next)))
	closed := Event{Type: SessionClosed, Operator: next.Owner, Actor: actor, Parent: next.Parent, Reason: string(next.Reason)}
	if act == session.Conclude {
		closed.Bot = next.Bot
	}
	d.tellOf(next, closed)
	c := *d.chats.get(s.Chat)
	c.Open, c.Form.Responsible = false, ""
	if next.Owner != "" {
		c.Server, c.ServedAt, c.ServedIn = next.Owner, d.now, 0
	}
	if s.State == session.Consenting && act != session.Supersede {
		c.Session = s.Parent // there was no session
	}
	d.chats.put(&c)
	if a := d.aliases.get(aliasKey(c.Address)); a != nil {
		shut := *a
		shut.Open = false
		d.aliases.put(&shut)
	}
}

// dropWithheld drops what is withheld of a client who has not consented: nothing of it is kept, nor are its files needed.
func (d *Desk) dropWithheld(s *Session) {
	h := d.withheld.rows[s.ID]
	if h == nil {
		return
	}
	for _, m := range h.Messages {
		if len(m.Files) > 0 {
			d.tellOf(s, Event{Type: FilesReleased, Message: m.Number})
		}
	}
	d.withheld.drop(s.ID)
}
