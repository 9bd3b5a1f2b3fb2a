package session

import "time"

// ID numbers the sessions of a desk: 1, 2, 3, …
type ID int64

// ChatID numbers the chats of a desk: 1, 2, 3, … A chat is the lasting thread of one client.
type ChatID int64

// Reason tells why a session closed.
type Reason string

// The reasons.
const (
	Finished  Reason = "finished"  // by an operator, and the closing delay passed if one had it
	TimedOut  Reason = "timed-out" // the client did not react, and the life of the auto-closed session passed
	Spammed   Reason = "spam"      // by an operator; kept out of averages (rule 6.10)
	Abandoned Reason = "abandoned" // the client left before anyone took it, or never said whether he consents
	Declined  Reason = "declined"  // the client did not consent: nothing of what he wrote is kept (rule 11.5)
	Unserved  Reason = "unserved"  // nobody took it for too long (rule 8.14)
	Archived  Reason = "archived"  // its line was taken out of service (decision 14.15)

	// Untaken is a session that was finished while nobody had it, and nobody had replied in it (rule P8): it is not resolved.
	Untaken Reason = "untaken"
	// Superseded is a session in whose chat another one was started by hand (decision 14.43).
	Superseded Reason = "superseded"
	// Erased is a session whose client was erased while it was open.
	Erased Reason = "erased"
	// Concluded is a session that a bot has ended, and no operator has had (rule 11.21).
	Concluded Reason = "concluded"
)

// Text says which automatic text is due. What it reads is the line's.
type Text string

// The automatic texts.
const (
	Greeting   Text = "greeting"   // on the first message (rule 7.1)
	OffHours   Text = "off-hours"  // the line is closed (rule 7.9)
	Nobody     Text = "nobody"     // no operator is available (rule 7.11)
	Unanswered Text = "unanswered" // no reply in time (rule 7.16)
	Farewell   Text = "closing"    // the operator finished (rule 8.2)
	TimeOut    Text = "auto-close" // the client did not react (rule 8.10)
	GivenUp    Text = "given-up"   // nobody took it for too long (rule 8.14)

	Rate        Text = "rate"         // how was it, to be answered by a word (rule 9.4)
	RateButtons Text = "rate-buttons" // the same where there are buttons (rule 9.3)
	Liked       Text = "liked"        // thanks for praise
	Disliked    Text = "disliked"     // thanks for the opposite

	Consent Text = "consent" // what the client is to agree to, before anything else (rule 11.5)
	Form    Text = "form"    // what a client has entered in a form, for operators (rule 7.25)

	ConsentNotice Text = "consent-notice" // the same where going on is consent (rule 11.6)
)

// Session is the life of one conversation. It is a value: Step returns the next one. All times are UTC; a zero time did
// not happen, or is not planned.
type Session struct {
	State  State     `json:"state"`
	Began  time.Time `json:"began"`
	Queued time.Time `json:"queued"` // since when the client has waited for an operator: his place in the waiting order

	Asked    time.Time `json:"asked,omitzero"`    // first message of the client without a reply; zero: none owed
	Replied  time.Time `json:"replied,omitzero"`  // first reply of any operator
	Accepted time.Time `json:"accepted,omitzero"` // when the present owner took it
	Finished time.Time `json:"finished,omitzero"` // when it was finished last
	Ended    time.Time `json:"ended,omitzero"`

	ConsentBy    time.Time `json:"consentBy,omitzero"`     // deadline: he never said whether he consents
	IdentifyBy   time.Time `json:"identifyBy,omitzero"`    // deadline: routed as unknown (decision 14.21)
	BotUntil     time.Time `json:"botUntil,omitzero"`      // deadline: the bot's time is over (rule 11.17)
	BotBy        time.Time `json:"botBy,omitzero"`         // deadline: the bot has not taken what the client wrote (rule 11.27)
	GiveUpAt     time.Time `json:"giveUpAt,omitzero"`      // deadline: nobody took it for too long (rule 8.14)
	OfferEnds    time.Time `json:"offerEnds,omitzero"`     // deadline: the offer passes on (rule 3.18)
	AnswerBy     time.Time `json:"answerBy,omitzero"`      // deadline: marked unanswered (rule 7.16)
	NormBy       time.Time `json:"normBy,omitzero"`        // deadline: the reply that is owed is overdue (rule 11.8)
	Overdue      bool      `json:"overdue,omitempty"`      // it is, and that was told (rule 11.10)
	Served       bool      `json:"served,omitempty"`       // a reply that was owed was given: later ones have a norm of their own
	EscalateAt   time.Time `json:"escalateAt,omitzero"`    // deadline: the next step of escalation (rule P3)
	EscalateFrom time.Time `json:"escalateFrom,omitzero"`  // from when its steps count
	Escalated    time.Time `json:"escalated,omitzero"`     // when the last one that was taken was due
	AutoCloseAt  time.Time `json:"autoCloseAt,omitzero"`   // deadline: the client has not reacted (rule 8.8)
	RateBy       time.Time `json:"rateBy,omitzero"`        // deadline: the client is asked for a rating while he can be (rule P10)
	NeglectedAt  time.Time `json:"neglectedAt,omitzero"`   // deadline: the owner has done nothing (decision 14.20)
	Pinned       bool      `json:"pinned,omitempty"`       // the owner keeps it (rules 6.20, 6.22)
	CloseAt      time.Time `json:"closeAt,omitzero"`       // deadline: the closing delay ends (rule 8.3)
	Unanswered   bool      `json:"unanswered,omitempty"`   // nobody replied in time
	OffHours     bool      `json:"offHours,omitempty"`     // began while the line was closed
	Apologised   bool      `json:"apologised,omitempty"`   // told in this waiting period, until somebody replies or it comes back, that nobody is there (decision 14.6)
	Excused      bool      `json:"excused,omitempty"`      // told so since somebody has replied last, or it was reopened: one apology is enough (rule 7.20)
	OwnerReplied bool      `json:"ownerReplied,omitempty"` // the present owner has replied at least once

	RepliedBefore bool `json:"repliedBefore,omitempty"` // an operator had, in the session in whose place this one began (decision 14.43)

	WaitedAhead int64    `json:"ahead,omitempty"` // microseconds of Queued that lie before Began
	Reason      Reason   `json:"reason,omitempty"`
	Response    Response `json:"response,omitzero"` // how long he waited for replies
}

// New returns a session that begins at a time with the client's first message. ahead is how long he has waited already.
func New(at time.Time, ahead time.Duration, r Rules) Session {
	ahead = ahead.Truncate(time.Microsecond)
	return Session{State: Waiting, Began: at, WaitedAhead: ahead.Microseconds()}.asked(at, r)
}

// asked is the session when the client's wait for an answer begins.
func (s Session) asked(at time.Time, r Rules) Session {
	s.Queued, s.Asked = at.Add(-time.Duration(s.WaitedAhead)*time.Microsecond), at
	s.GiveUpAt = r.giveUpAt(at)
	return s.awaited(at, r)
}

// awaited begins the time after which a session is marked as unanswered, if no operator has replied in it and it is not marked
// yet (rules 7.16, 7.19).
func (s Session) awaited(at time.Time, r Rules) Session {
	if s.Unanswered {
		return s
	}
	return s.AwaitAnswer(at, r)
}

// Held returns a session that begins at a time with an operator who has it, since he started it or writes first (rule 1.11,
// decision 14.36). Nothing is owed to the client yet.
func Held(at time.Time, r Rules) Session {
	return Session{State: Answered, Began: at, Queued: at, Accepted: at, NeglectedAt: r.neglectedAt(at)}
}

// GoesOnWith returns a session that begins at a time in the place of another one: what the client was owed, he still is, with his
// place in the waiting order; if he was replied to and has not reacted, he is to write next; and what its owner had pinned stays so
// (decision 14.43).
func (s Session) GoesOnWith(before Session, at time.Time, r Rules) Session {
	s.Asked, s.AnswerBy, s.Overdue, s.Served = before.Asked, before.AnswerBy, before.Overdue, before.Served
	s.RepliedBefore, s.Unanswered, s.Escalated, s.Apologised = before.WasReplied(), before.Unanswered, before.Escalated, before.Apologised
	s.Excused = before.Excused
	s.Pinned = before.Pinned && s.State == Answered
	switch {
	case before.State == Bot:
		s.Queued = at
		s = s.awaited(at, r) // the bot has it no more (rule 7.19)
	case !s.Asked.IsZero():
		s.Queued = before.Queued
	case s.State == Answered && s.RepliedBefore:
		s = s.unreacted(at, r)
	}
	return s
}

// AskConsent is the session of an operator while its client is asked for his consent, at most until a deadline: what he wrote is
// withheld, so it does not close for want of a reaction (rule 11.5).
func (s Session) AskConsent(by time.Time) Session {
	s.ConsentBy, s.AutoCloseAt = by, time.Time{}
	return s
}

// ConsentAsked ends that: the client has said whether he consents, or has not in time.
func (s Session) ConsentAsked(at time.Time, r Rules) Session {
	if s.ConsentBy = (time.Time{}); s.State == Replied {
		s = s.unreacted(at, r)
	}
	return s
}

// AwaitConsent holds a session back until the client has said whether he consents, at most until a deadline: his wait for an
// answer begins when he agrees (rule 11.5).
func (s Session) AwaitConsent(by time.Time) Session {
	s.State, s.ConsentBy = Consenting, by
	s.Asked, s.AnswerBy, s.GiveUpAt = time.Time{}, time.Time{}, time.Time{}
	return s
}

// Identify holds a session back until the host has told who the client is, at most until a deadline (decision 14.21).
func (s Session) Identify(by time.Time) Session {
	s.State, s.IdentifyBy, s.GiveUpAt = Identifying, by, time.Time{}
	return s
}

// Entrust gives a session to the line's bot, at most until a deadline. Meanwhile no operator is asked, and nothing runs that
// is about operators (rules 11.15, 11.23) but the norm for the first reply (rule 11.12).
func (s Session) Entrust(until time.Time) Session {
	s.State, s.BotUntil = Bot, until
	s.IdentifyBy, s.AnswerBy, s.GiveUpAt = time.Time{}, time.Time{}, time.Time{}
	return s
}

// handedOver is the session when the bot has it no more: the client waits for an operator from now on (rules 7.19, 11.23).
func (s Session) handedOver(at time.Time, r Rules) Session {
	s.Queued, s.WaitedAhead = at, 0
	s.BotUntil, s.BotBy = time.Time{}, time.Time{}
	s.GiveUpAt = r.giveUpAt(at)
	return s.awaited(at, r)
}

// Step returns the session after an act at a time, or *Refused and the session as it was.
func (s Session) Step(act Act, at time.Time, r Rules) (Session, error) {
	next, allowed := table[s.State][act]
	if !allowed {
		return s, &Refused{State: s.State, Act: act}
	}
	was := s.State
	s.State = next
	if was == Bot && next != Bot && next != Closed {
		s = s.handedOver(at, r)
	}
	switch act {
	case Agree:
		s.ConsentBy = time.Time{}
		return s.asked(at, r), nil
	case Decline:
		return s.end(at, Declined), nil
	case Identify:
		s.IdentifyBy, s.GiveUpAt = time.Time{}, r.giveUpAt(at)
	case Entrust:
		s = s.Entrust(time.Time{}) // whoever entrusts it says until when
	case Offer:
		s.OfferEnds = time.Time{}
	case Accept, Take:
		s = s.released().taken(at, r)
	case PassOn, Skip, Return, Transfer, Move:
		s = s.released()
		if was.Active() || act == Move {
			s.GiveUpAt = r.giveUpAt(at)
		}
		if was.Active() && act != Transfer {
			s.Apologised = false
		}
		if act == Move && !s.Asked.IsZero() && !s.Served { // the time of the line to which it moves counts
			s.AnswerBy = time.Time{}
			s = s.awaited(at, r)
		}
	case ClientWrites:
		s.RateBy = time.Time{}
		if (s.Asked.IsZero() || was == Closing) && was != Consenting { // his wait begins
			s.Asked, s.Queued, s.AutoCloseAt = at, at, time.Time{}
			if next != Bot {
				s = s.awaited(at, r)
			}
			if next.Active() {
				s.NeglectedAt = r.neglectedAt(at)
			}
		}
		if was == Closing || was == AutoClosed {
			s.CloseAt, s.Finished, s.Apologised, s.Excused = time.Time{}, time.Time{}, false, false
		}
	case Reply, Assist:
		if !s.Asked.IsZero() {
			s.Response, s.Served = s.Response.after(at.Sub(s.Asked)), true
		}
		s.Asked, s.AnswerBy, s.Apologised, s.Excused = time.Time{}, time.Time{}, false, false
		s.OwnerReplied = s.OwnerReplied || act == Reply
		if s.Replied.IsZero() {
			s.Replied = at
		}
		s = s.autoCloses(at, r)
	case Finish:
		s.Finished = at
		if next == Closed && s.Replied.IsZero() {
			return s.end(at, Untaken), nil
		} else if next == Closed {
			return s.end(at, Finished), nil
		}
		s.AnswerBy, s.AutoCloseAt, s.NeglectedAt, s.RateBy = time.Time{}, time.Time{}, time.Time{}, time.Time{}
		s.CloseAt = at.Add(r.closeDelay())
	case AutoClose:
		s.Finished = at
		s.AnswerBy, s.AutoCloseAt, s.NeglectedAt, s.RateBy = time.Time{}, time.Time{}, time.Time{}, time.Time{}
		s.CloseAt = at.Add(r.autoClosedLife())
	case Complete:
		if was == AutoClosed {
			return s.end(at, TimedOut), nil
		}
		return s.end(at, Finished), nil
	case Spam:
		return s.end(at, Spammed), nil
	case Abandon:
		return s.end(at, Abandoned), nil
	case GiveUp:
		return s.end(at, Unserved), nil
	case Archive:
		return s.end(at, Archived), nil
	case Supersede:
		return s.end(at, Superseded), nil
	case Erase:
		return s.end(at, Erased), nil
	case Conclude:
		return s.end(at, Concluded), nil
	}
	return s, nil
}

// released is the session when nobody has it any more.
func (s Session) released() Session {
	s.OfferEnds, s.Accepted, s.AutoCloseAt, s.NeglectedAt = time.Time{}, time.Time{}, time.Time{}, time.Time{}
	s.IdentifyBy = time.Time{}
	s.OwnerReplied, s.Pinned = false, false
	return s
}

// taken is the session when an operator has it. If the client was replied to, by whomever, and has not reacted, it closes by itself
// as after a reply of his own (rule 8.8).
func (s Session) taken(at time.Time, r Rules) Session {
	s.Accepted, s.GiveUpAt, s.NeglectedAt = at, time.Time{}, r.neglectedAt(at)
	if s.Asked.IsZero() && s.WasReplied() {
		return s.unreacted(at, r)
	}
	return s
}

// WasReplied reports whether an operator has replied to the client, in the session or in one in whose place it began.
func (s Session) WasReplied() bool { return s.RepliedBefore || !s.Replied.IsZero() }

// unreacted is the session of an operator whose client is to write next: it closes by itself, or its owner is reminded of it.
func (s Session) unreacted(at time.Time, r Rules) Session {
	s.State = Replied
	return s.autoCloses(at, r)
}

// autoCloses plans when a session closes by itself that waits for its client, or else when its owner is reminded of it. While he is
// asked for his consent, it does not close.
func (s Session) autoCloses(at time.Time, r Rules) Session {
	s.AutoCloseAt, s.NeglectedAt = r.autoCloseAt(at), time.Time{}
	switch {
	case s.AutoCloseAt.IsZero(), !s.ConsentBy.IsZero():
		s.AutoCloseAt, s.NeglectedAt = time.Time{}, r.neglectedAt(at)
	case s.Pinned:
		s.AutoCloseAt = s.AutoCloseAt.Add(PinDelay)
	}
	return s
}

func (s Session) end(at time.Time, why Reason) Session {
	s.Ended, s.Reason = at, why
	s.OfferEnds, s.AnswerBy, s.CloseAt, s.RateBy = time.Time{}, time.Time{}, time.Time{}, time.Time{}
	s.AutoCloseAt, s.NeglectedAt, s.IdentifyBy, s.GiveUpAt = time.Time{}, time.Time{}, time.Time{}, time.Time{}
	s.ConsentBy, s.BotUntil, s.BotBy = time.Time{}, time.Time{}, time.Time{}
	return s
}

// MarkUnanswered sets the flag whose deadline passed. It moves no state and stops no walk (rule 7.17).
func (s Session) MarkUnanswered() Session {
	s.Unanswered, s.AnswerBy = true, time.Time{}
	return s
}

// AwaitAnswer begins the time in which an operator is to reply, if none has. It is for a session that is marked as unanswered and
// was moved, too: if it passes, AnswerBy is due once more (decision 14.26).
func (s Session) AwaitAnswer(at time.Time, r Rules) Session {
	if d, on := r.unansweredAfter(); on && !s.Served {
		s.AnswerBy = at.Add(d)
	}
	return s
}

// SwitchOn begins the deadlines that were off when they would have begun, and are on now (decision 14.20). Those that run stay.
func (s Session) SwitchOn(at time.Time, r Rules) Session {
	offered := s.State == Waiting || s.State == Offered
	if offered && s.GiveUpAt.IsZero() {
		s.GiveUpAt = r.giveUpAt(at)
	}
	if (offered || s.State == Answered || s.State == ClientWaits) && !s.Asked.IsZero() && s.AnswerBy.IsZero() {
		s = s.awaited(at, r)
	}
	if s.State == Replied && s.AutoCloseAt.IsZero() && r.AutoCloseAfter > 0 && s.ConsentBy.IsZero() {
		s = s.autoCloses(at, r)
	}
	if s.State.Active() && s.NeglectedAt.IsZero() && s.AutoCloseAt.IsZero() {
		s.NeglectedAt = r.neglectedAt(at)
	}
	return s
}

// Pin keeps the session with its owner, or lets go of it: while it is pinned, auto-close is put off by PinDelay (rule 6.22).
// Pinning what is pinned changes nothing.
func (s Session) Pin(on bool) Session {
	if s.Pinned != on && !s.AutoCloseAt.IsZero() {
		if on {
			s.AutoCloseAt = s.AutoCloseAt.Add(PinDelay)
		} else {
			s.AutoCloseAt = s.AutoCloseAt.Add(-PinDelay)
		}
	}
	s.Pinned = on
	return s
}

// Neglect begins the next time of neglect after one has passed: who has the session is reminded again and again.
func (s Session) Neglect(at time.Time, r Rules) Session {
	s.NeglectedAt = r.neglectedAt(at)
	return s
}

// Timer names a deadline of a session.
type Timer int

// The timers, in the order in which they go off at the same instant.
const (
	NoTimer        Timer = iota
	NormTimer            // Session.NormBy
	AnswerTimer          // Session.AnswerBy
	EscalateTimer        // Session.EscalateAt
	OfferTimer           // Session.OfferEnds
	AutoCloseTimer       // Session.AutoCloseAt
	NeglectTimer         // Session.NeglectedAt
	CompleteTimer        // Session.CloseAt
	IdentifyTimer        // Session.IdentifyBy
	GiveUpTimer          // Session.GiveUpAt
	BotTimer             // Session.BotUntil
	BotCallTimer         // Session.BotBy
	RateTimer            // Session.RateBy
	ConsentTimer         // Session.ConsentBy
)

// Due returns the earliest deadline and which it is; NoTimer if there is none.
func (s Session) Due() (due time.Time, which Timer) {
	for _, d := range [...]struct {
		at    time.Time
		timer Timer
	}{
		{s.NormBy, NormTimer},
		{s.AnswerBy, AnswerTimer},
		{s.EscalateAt, EscalateTimer},
		{s.OfferEnds, OfferTimer},
		{s.AutoCloseAt, AutoCloseTimer},
		{s.NeglectedAt, NeglectTimer},
		{s.CloseAt, CompleteTimer},
		{s.IdentifyBy, IdentifyTimer},
		{s.GiveUpAt, GiveUpTimer},
		{s.BotUntil, BotTimer},
		{s.BotBy, BotCallTimer},
		{s.RateBy, RateTimer},
		{s.ConsentBy, ConsentTimer},
	} {
		if !d.at.IsZero() && (which == NoTimer || d.at.Before(due)) {
			due, which = d.at, d.timer
		}
	}
	return due, which
}
