package desk

import (
	"errors"
	"slices"
	"time"

	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/worktime"
)

// BotID names a bot. The host chooses it; 1 to MaxName bytes.
type BotID string

// MaxBotSaid is how many messages a bot can write in one session, so that two of them that talk to each other fall silent
// (decision 14.35).
const MaxBotSaid = 100

// Times of bots.
const (
	DefaultBot = time.Minute      // with a session (rule 11.17)
	BotWithin  = 10 * time.Second // of one call, then the bot has failed (rule 11.27, decision 14.21)
	MaxBotWait = 30 * time.Second // for a node that calls it at all
)

// LineBot is who takes a line's new sessions before its operators do (rule 11.15). It comes after the client is identified
// (decision 14.44), and whatever the hour (rule 11.24). The zero LineBot is none.
type LineBot struct {
	ID BotID `json:"id,omitempty"` // empty: none
	// Always has the bot take every session; else it takes only the first one of a chat (rule 11.16, decision 14.7).
	Always bool `json:"always,omitempty"`
	// For is how long it has a session, before that goes to the queue (rule 11.17); 0: DefaultBot; session.Never: not by time,
	// unless nobody has written anything for as long as session.Rules.Idle says.
	For Within `json:"for,omitzero"`
	// Stays keeps the bot in the chat to the end of the session. It goes on hearing the client, and does not answer for the
	// operator (rule 11.26). Else it leaves when the session goes to the queue (rule 11.18).
	Stays bool `json:"stays,omitempty"`
	// Hours are those in which the bot takes sessions (rule P12); outside of them they go to the queue at once. Zero: always.
	Hours worktime.Hours `json:"hours,omitzero"`
}

// validate reports every problem, joined, as *Invalid.
func (b LineBot) validate() error {
	problems := within("Bot.Hours", b.Hours.Validate())
	if b.ID != "" {
		problems = append(problems, checkName("Bot.ID", string(b.ID)))
	}
	if d := time.Duration(b.For); d != 0 && d < time.Second {
		problems = append(problems, &Invalid{Field: "Bot.For", Problem: "want 0, or at least 1s"})
	}
	return errors.Join(problems...)
}

// until is when the bot's time with a session ends that something happens in now.
func (b LineBot) until(now time.Time, r session.Rules) time.Time {
	switch d := time.Duration(b.For); d {
	case 0:
		return now.Add(DefaultBot)
	case session.Never:
		return now.Add(r.Idle())
	default:
		return now.Add(d.Truncate(time.Microsecond))
	}
}

// BotCall is what a bot is told: the client has written. The records are as they are when the call begins.
type BotCall struct {
	ID      string // names this call, the same if it comes again: the command id of what the bot does about it
	Bot     BotID
	Chat    Chat
	Session Session // Session.Answers tells whether the bot is to answer
	Message Message // of the client; Message.Number is Session.First when the bot has just joined
}

// Answers reports whether a bot answers the client: it has the session, or it has transferred it and no operator has accepted
// yet (rule 11.20).
func (s *Session) Answers(bot BotID) bool {
	return s.Bot == bot && bot != "" && s.Open() && (s.State == session.Bot || s.BotAttends)
}

// ofBot reports whether a session is a bot's alone.
func (s *Session) ofBot() bool {
	return s.State == session.Bot || s.Bot != "" && !s.Open() && s.Owner == ""
}

// BotCall makes the call of a CallBot out of the records that Keys names.
func (e Effect) BotCall(records []storage.Record) (BotCall, error) {
	c := BotCall{ID: "bot-" + number(e.ID), Bot: e.Bot}
	for _, r := range records {
		var err error
		switch r.Kind {
		case "chat":
			c.Chat, err = DecodeChat(r)
		case "session":
			c.Session, err = DecodeSession(r)
		case "message":
			c.Message, err = DecodeMessage(r)
		}
		if err != nil {
			return c, err
		}
	}
	if c.Chat.ID == 0 || c.Session.ID == 0 || c.Message.Number == 0 {
		return c, ErrNotFound
	}
	return c, nil
}

func botLane(id session.ID) string { return "bot:" + number(id) }

// botJoins reports whether the line's bot takes a session that begins now (rules 11.15, 11.16, P12).
func (d *Desk) botJoins(l *Line, s *Session) bool {
	return l.Bot.ID != "" && (l.Bot.Always || s.Parent == 0) && d.workOf(l.ID).botHours.Open(d.now)
}

// callBot has a session's bot told what the client wrote. While the client is being identified the bot has not joined: it is told
// then, or never.
func (d *Desk) callBot(s *Session, m *Message) {
	if s.Bot == "" {
		return
	}
	due := d.now
	if s.State == session.Identifying {
		due = s.IdentifyBy.Add(time.Minute)
	}
	n := d.count(func(c *counters) { c.Effects++ })
	d.effects.put(&Effect{
		ID: EffectID(n.Effects), Kind: CallBot, Lane: botLane(s.ID), Chat: s.Chat, Session: s.ID, Line: s.Line,
		Channel: Channel{Account: "bot:" + string(s.Bot)}, Bot: s.Bot, Message: m.Number, Record: m.key(), Began: d.now, Due: due,
	})
	d.awaitBot(s, false)
}

// awaitBot sets until when a bot has to have taken what it was told, and puts off the end of a time that has none.
func (d *Desk) awaitBot(s *Session, anew bool) {
	if s.State != session.Bot {
		return
	}
	next := *s
	if d.lanes[botLane(s.ID)] == nil {
		next.BotBy = time.Time{}
	} else if anew || s.BotBy.IsZero() {
		next.BotBy = d.now.Add(MaxBotWait)
	}
	if l := d.lines.get(s.Line); time.Duration(l.Bot.For) == session.Never {
		next.BotUntil = l.Bot.until(d.now, l.Session)
	}
	if !next.BotBy.Equal(s.BotBy) || !next.BotUntil.Equal(s.BotUntil) {
		d.sessions.put(&next)
	}
}

// botCalled starts the time of a bot that is called now.
func (d *Desk) botCalled(e *Effect, at time.Time) {
	if e.Kind != CallBot {
		return
	}
	if s := d.sessions.rows[e.Session]; s != nil && s.State == session.Bot && at.Add(BotWithin).Before(s.BotBy) {
		next := *s
		next.BotBy = at.Add(BotWithin)
		d.sessions.put(&next)
	}
}

// botTook ends a call that came to something.
func (d *Desk) botTook(e *Effect) {
	d.effects.drop(e.ID)
	if s := d.sessions.rows[e.Session]; s != nil {
		d.awaitBot(s, true)
	}
}

// botFailed ends a call that came to nothing: what the bot has goes to the queue at once (rule 11.27), and one that only went on
// answering leaves.
func (d *Desk) botFailed(e *Effect, why string) {
	d.effects.drop(e.ID)
	s := d.sessions.rows[e.Session]
	switch {
	case s == nil:
	case s.State == session.Bot:
		d.toQueue(s, why)
	case s.BotAttends:
		next := *s
		d.dismissBot(&next, why)
		d.sessions.put(&next)
	}
}

// entrust gives a session to its bot once the client is known, or not.
func (d *Desk) entrust(s *Session) {
	l := d.lines.get(s.Line)
	next := d.must(s, session.Entrust, func(n *Session) { n.BotUntil = l.Bot.until(d.now, l.Session) })
	d.tellOf(next, Event{Type: BotJoined, Bot: next.Bot})
	if lane := d.lanes[botLane(s.ID)]; lane != nil {
		for _, id := range slices.Clone(lane.ids) {
			e := *d.effects.rows[id]
			e.Due = d.now
			d.effects.put(&e)
		}
	}
	d.awaitBot(next, true)
}

// toQueue ends the bot's time with a session: now the operators are asked, the responsible person first (rule 11.25).
func (d *Desk) toQueue(s *Session, why string) {
	bot := s.Bot
	next := d.must(s, session.ToQueue, nil)
	d.tellOf(next, Event{Type: SessionWaiting, Bot: bot, Reason: why})
	responsible := queue.OperatorID("")
	if d.lines.get(s.Line).CRM.Verify {
		responsible = d.chats.get(s.Chat).Identity.looksAfter()
	}
	d.enqueue(next, responsible)
}

// botAfter decides what becomes of a session's bot after an act: whether it goes on answering, stays to listen, or leaves
// (rules 11.18, 11.20, 11.26). In a line that it has moved to, that line's rule counts (decision 14.23).
func (d *Desk) botAfter(was session.State, s *Session) {
	switch l := d.lines.rows[s.Line]; {
	case s.Bot == "" || s.State == session.Bot || s.State == session.Identifying:
	case was == session.Identifying: // it had not joined
		s.Bot = ""
		d.hush(s.ID)
	case !s.Open(): // the record tells which bot there was
		s.BotAttends = false
		d.hush(s.ID)
	case s.BotAttends && !s.State.Owned():
	case l != nil && l.Bot.Stays && l.Bot.ID == s.Bot:
		s.BotAttends = false
	default:
		d.dismissBot(s, "")
	}
}

// dismissBot takes the bot out of a session that is about to be put.
func (d *Desk) dismissBot(s *Session, why string) {
	d.tellOf(s, Event{Type: BotLeft, Bot: s.Bot, Reason: why})
	s.Bot, s.BotAttends = "", false
	d.hush(s.ID)
}

// hush drops what a bot has not been told yet. A call under way goes on, and nothing comes of it.
func (d *Desk) hush(id session.ID) {
	if lane := d.lanes[botLane(id)]; lane != nil {
		for _, e := range slices.Clone(lane.ids) {
			if d.effects.rows[e].Lease.IsZero() {
				d.effects.drop(e)
			}
		}
	}
}

// hears reports whether the bot of a call still takes part in its session.
func (d *Desk) hears(e *Effect) bool {
	s := d.sessions.rows[e.Session]
	return s != nil && s.Open() && s.Bot == e.Bot
}
