package ledger

import (
	"fmt"
	"slices"
	"time"

	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
)

// Ledger is what follows from a feed so far. The zero Ledger has read nothing.
type Ledger struct {
	events   uint64
	at       time.Time
	sessions []*Stand // by number
	chats    map[session.ChatID]*thread
}

// Stand is where a session stands, as far as the feed tells.
type Stand struct {
	Chat    session.ChatID
	Line    desk.LineID
	Owner   queue.OperatorID
	Asked   queue.OperatorID // who is offered it alone
	All     bool             // everybody is
	Joined  []queue.OperatorID
	Bot     desk.BotID // who takes part
	WithBot bool       // and has it
	Over    bool       // for operators: finished or auto-closed
	Closed  bool
	Offers  int // that began
	Endings int // of them
}

// thread is a chat.
type thread struct {
	open, last          session.ID
	consenting          session.ID // whose client has not consented yet
	messages            int64
	arrived, read, seen int64
}

// Session returns where a session stands; false if there is none.
func (l *Ledger) Session(id session.ID) (Stand, bool) {
	if id < 1 || int(id) > len(l.sessions) {
		return Stand{}, false
	}
	return *l.sessions[id-1], true
}

// Sessions returns how many sessions there were.
func (l *Ledger) Sessions() int { return len(l.sessions) }

// Chats returns the numbers of the chats, sorted.
func (l *Ledger) Chats() []session.ChatID {
	var ids []session.ChatID
	for id := range l.chats { // order does not matter: it is sorted
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// Messages returns the number of a chat's last message.
func (l *Ledger) Messages(id session.ChatID) int64 {
	if c := l.chats[id]; c != nil {
		return c.messages
	}
	return 0
}

// Take reads the next event and tells what it contradicts.
func (l *Ledger) Take(e desk.Event) (broken []string) {
	bad := func(format string, args ...any) {
		broken = append(broken, fmt.Sprintf("event %d (%s of session %d): ", e.Seq, e.Type, e.Session)+fmt.Sprintf(format, args...))
	}
	if e.Seq != l.events+1 {
		bad("follows event %d", l.events)
	}
	if e.At.Before(l.at) {
		bad("is dated before the one before it")
	}
	l.events, l.at = e.Seq, e.At
	if e.Chat != 0 {
		l.takeChat(e, bad)
	}
	if e.Type == desk.SessionStarted {
		l.start(e, bad)
		return broken
	}
	if e.Session == 0 || e.Session > session.ID(len(l.sessions)) {
		if e.Session != 0 {
			bad("there is no such session")
		}
		return broken
	}
	l.takeSession(l.sessions[e.Session-1], e, bad)
	return broken
}

func (l *Ledger) start(e desk.Event, bad func(string, ...any)) {
	c := l.chats[e.Chat]
	switch {
	case c == nil:
		bad("has no chat")
		return
	case int(e.Session) != len(l.sessions)+1:
		bad("%d were given", len(l.sessions))
		return
	case c.open != 0:
		bad("starts while session %d is open", c.open)
	case e.Parent != c.last:
		bad("comes after session %d, says %d", c.last, e.Parent)
	}
	c.open, c.last = e.Session, e.Session
	if e.Reason == string(session.Consenting) {
		c.consenting = e.Session
	}
	l.sessions = append(l.sessions, &Stand{Chat: e.Chat, Line: e.Line, Owner: e.Operator})
}

// takeChat holds the numbers of messages and receipts.
func (l *Ledger) takeChat(e desk.Event, bad func(string, ...any)) {
	if l.chats == nil {
		l.chats = map[session.ChatID]*thread{}
	}
	c := l.chats[e.Chat]
	if c == nil {
		c = &thread{}
		l.chats[e.Chat] = c
	}
	forward := func(mark *int64, most int64) {
		if e.Message <= *mark || e.Message > most {
			bad("message %d, after %d, of %d", e.Message, *mark, most)
		}
		*mark = e.Message
	}
	switch e.Type {
	case desk.MessageReceived, desk.MessageSent, desk.MessageNoted, desk.FormFilled, desk.MessageImported:
		if e.Message != c.messages+1 {
			bad("message %d follows %d", e.Message, c.messages)
		}
		c.messages = e.Message
	case desk.ConsentGiven:
		c.consenting = 0
	case desk.MessageArrived:
		forward(&c.arrived, c.messages)
	case desk.MessageRead:
		forward(&c.read, c.arrived)
	case desk.MessageSeen:
		forward(&c.seen, c.messages)
	case desk.MessageEdited, desk.MessageDeleted, desk.Delivered, desk.DeliveryFailed:
		if e.Message < 0 || e.Message > c.messages {
			bad("message %d of %d", e.Message, c.messages)
		}
	case desk.SessionClosed:
		if c.open != e.Session {
			bad("closes, open is %d", c.open)
		}
		c.open = 0
		if c.consenting == e.Session && e.Reason != string(session.Superseded) {
			c.last = e.Parent // there was none
		}
	}
}

// bearer is who has it or is asked for it.
func (s *Stand) bearer() queue.OperatorID {
	if s.Owner != "" {
		return s.Owner
	}
	return s.Asked
}

// endOffer ends what is offered, once: whatever comes of it.
func (s *Stand) endOffer() {
	if s.Asked != "" || s.All {
		s.Endings++
	}
	s.Asked, s.All = "", false
}

func (s *Stand) own(id queue.OperatorID) {
	s.endOffer()
	s.Owner, s.WithBot = id, false
	s.Joined = slices.DeleteFunc(s.Joined, func(o queue.OperatorID) bool { return o == id })
}

// changes are the events that move a session; a closed one has none of them.
var changes = []desk.EventType{
	desk.SessionWaiting, desk.SessionOffered, desk.SessionAnswered, desk.SessionTransferred, desk.SessionMoved, desk.SessionIntercepted,
	desk.BotJoined, desk.BotLeft, desk.SessionJoined, desk.SessionSilenced, desk.SessionPinned, desk.SessionNeglected, desk.SessionReopened, desk.SessionMarked,
	desk.SessionFinished, desk.SessionAutoClosed, desk.SessionClosed, desk.MessageReceived, desk.MessageNoted, desk.ClientLeft,
	desk.NormMissed, desk.SessionEscalated,
}

func (l *Ledger) takeSession(s *Stand, e desk.Event, bad func(string, ...any)) {
	if e.Chat != 0 && e.Chat != s.Chat {
		bad("is of chat %d, not %d", s.Chat, e.Chat)
	}
	if s.Closed && (slices.Contains(changes, e.Type) || e.Type == desk.MessageSent) {
		bad("after it has closed")
	}
	if l.takeBot(s, e, bad) {
		return
	}
	switch e.Type {
	case desk.SessionOffered:
		if s.Owner != "" || s.Asked != "" || s.All || s.WithBot {
			bad("to %q of %d, while %q has it and %q is asked, all %v", e.Operator, e.Members, s.Owner, s.Asked, s.All)
		}
		s.Asked, s.All = e.Operator, e.Operator == ""
		s.Offers++
	case desk.SessionTransferred:
		if e.From != s.bearer() || s.Over {
			bad("from %q, is with %q", e.From, s.bearer())
		}
		s.endOffer()
		s.Owner, s.Asked, s.WithBot = "", e.Operator, false
		s.Offers++
	case desk.SessionAnswered:
		if s.Owner != "" || s.Asked != e.Operator && !s.All {
			bad("by %q, while %q has it and %q is asked, all %v", e.Operator, s.Owner, s.Asked, s.All)
		}
		s.own(e.Operator)
	case desk.SessionIntercepted:
		if e.From != s.bearer() || s.Over || s.Owner == e.Operator {
			bad("from %q, is with %q", e.From, s.bearer())
		}
		s.own(e.Operator)
	case desk.SessionWaiting:
		if e.Operator != s.bearer() || (s.bearer() == "" && !s.All) != s.WithBot || s.Over {
			bad("from %q, is with %q, all %v", e.Operator, s.bearer(), s.All)
		}
		s.endOffer()
		s.Owner, s.WithBot = "", false
	case desk.SessionMoved:
		if e.From != s.bearer() || e.FromLine != s.Line || s.Over {
			bad("from %q of %s, is with %q of %s", e.From, e.FromLine, s.bearer(), s.Line)
		}
		s.endOffer()
		s.Owner, s.Line, s.WithBot = "", e.Line, false
	case desk.SessionClosed:
		if e.Operator != s.Owner {
			bad("of %q, is of %q", e.Operator, s.Owner)
		}
		s.endOffer()
		s.Closed, s.WithBot = true, false
	case desk.SessionFinished, desk.SessionAutoClosed:
		if e.Operator != s.Owner || s.Over {
			bad("of %q, is of %q, over %v", e.Operator, s.Owner, s.Over)
		}
		s.Over = true
	case desk.SessionReopened:
		if e.Operator != s.Owner || !s.Over {
			bad("of %q, is of %q, over %v", e.Operator, s.Owner, s.Over)
		}
		s.Over = false
	case desk.NormMissed, desk.SessionEscalated:
		if e.Operator != s.bearer() || s.Over || e.Type == desk.SessionEscalated && s.Owner != "" {
			bad("of %q, is of %q, over %v", e.Operator, s.bearer(), s.Over)
		}
	case desk.ClientLeft:
		if e.Operator != s.Owner { // empty: it is passed on just now
			bad("of %q, is of %q", e.Operator, s.Owner)
		}
	case desk.SessionPinned, desk.SessionNeglected:
		if e.Operator != s.Owner || s.Owner == "" {
			bad("of %q, is of %q", e.Operator, s.Owner)
		}
	default:
		s.share(e, bad)
	}
}

// takeBot holds what a bot has and does; true: the event is about nothing else.
func (l *Ledger) takeBot(s *Stand, e desk.Event, bad func(string, ...any)) bool {
	switch e.Type {
	case desk.BotJoined:
		if s.bearer() != "" || s.All || s.Bot != "" {
			bad("%q, while %q has it and %q takes part", e.Bot, s.bearer(), s.Bot)
		}
		s.Bot, s.WithBot = e.Bot, true
	case desk.BotLeft:
		if e.Bot == "" || e.Bot != s.Bot {
			bad("%q, and %q takes part", e.Bot, s.Bot)
		}
		s.Bot = ""
	case desk.MessageSent:
		if e.Bot != "" && (e.Bot != s.Bot || s.Owner != "") {
			bad("by %q, while %q has it and %q takes part", e.Bot, s.Owner, s.Bot)
		}
	default:
		return false
	}
	return true
}

// share holds who takes part beside the owner.
func (s *Stand) share(e desk.Event, bad func(string, ...any)) {
	in := slices.Contains(s.Joined, e.Operator)
	switch e.Type {
	case desk.SessionJoined:
		if in || s.Owner == e.Operator {
			bad("by %q, who takes part", e.Operator)
		}
		s.Joined = append(s.Joined, e.Operator)
	case desk.SessionLeft:
		if !in {
			bad("by %q, who takes no part", e.Operator)
		}
		s.Joined = slices.DeleteFunc(s.Joined, func(o queue.OperatorID) bool { return o == e.Operator })
	case desk.MessageNoted:
		if e.Service == "" && !in && s.bearer() != e.Operator {
			bad("by %q, who takes no part", e.Operator)
		}
	}
}
