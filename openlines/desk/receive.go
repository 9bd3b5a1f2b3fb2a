package desk

import (
	"errors"
	"slices"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/worktime"
)

// MaxOpenSessions is how many sessions of a desk can be open at a time.
const MaxOpenSessions = 1_000_000

// Receive is a client's message, after [connector.Inbound.Clean]. It answers [Received].
type Receive struct {
	Message connector.Inbound
	Said    connector.Text
	NoChat  bool // the channel named none: it is the user's, which that of a group is not
}

// Received tells where a message landed (rule 1.14).
type Received struct {
	Session   session.ID // 0: in none, see [connector.Inbound.Past]
	Chat      session.ChatID
	Number    int64 // of the message in the chat
	Duplicate bool  // it was there already; the answer is that of the first time
	Conflict  bool  // a duplicate with another text: the first stays
	Revision  uint64
}

// repeated is the answer to a message that is there. With what was edited meanwhile a repeat can differ and be right.
func (m *Message) repeated(said connector.Text) Received {
	same := m.Said == said || m.Withheld || m.Early || !m.Edited.IsZero() || !m.Deleted.IsZero()
	return Received{Session: m.Session, Chat: m.Chat, Number: m.Number, Duplicate: true, Conflict: !same}
}

func (c Receive) name() string    { return "receive" }
func (c Receive) words() []string { return []string{aliasKey(c.Message.Address()), c.Message.ID} }

// act is the order of decisions for one message of a client, so far: connection, redelivery, line, session, texts; the
// queue follows when the command is settled.
func (c Receive) act(d *Desk, by By) (any, error) {
	if by.Operator != "" {
		return nil, ErrDenied
	}
	in := c.Message
	if in.Group = d.thread(in.Address()).Group; in.Group && c.NoChat {
		return nil, &Invalid{Field: "Chat", Problem: "empty"} // the register tells that it is a group
	}
	_, l, err := d.served(in.Address())
	if errors.Is(err, ErrNotConnected) {
		return nil, err
	}
	key := aliasKey(in.Address())
	known := d.aliases.peek(key)
	if known == nil && l != nil && l.Consent.Document != "" && (in.Past || in.Automatic) {
		known = d.aliases.get(key) // what is refused then puts no row by which the store could tell
	}
	var early *Message // an edit of it that came first
	if known != nil {
		if early = d.messages.peek(messageKey(known.Chat, in.ID, 0)); early != nil && early.Number > 0 {
			return early.repeated(c.Said), nil
		}
	}
	if err != nil {
		return d.refuseNew(key, in.ID, c.Said, ErrInactive)
	}
	chat, err := d.chatFor(known, l, in.Address(), d.beforeConsent(known, l, in.Address(), in.Client))
	if err != nil {
		return nil, err
	}
	m := Message{
		By: ByClient, Said: c.Said, Files: in.Files, External: in.ID, Written: in.At.UTC().Truncate(time.Microsecond), NoCRM: in.NoCRM,
	}
	if in.Group {
		m.From = in.User
	}
	past := in.Past
	if in.Operator != "" {
		o := d.operators.get(queue.OperatorID(in.Operator))
		if o == nil {
			return nil, &Invalid{Field: "Operator", Problem: "unknown"}
		}
		m.By, m.Operator = ByOperator, o.ID
		past = past || o.Status == worktime.Dismissed // he can have no session, and answers nobody any more
	}
	if early != nil {
		m.overtaken(early)
	}
	if m.By == ByClient && !past {
		chat = d.wrote(chat)
	}
	var written *Message
	switch {
	case m.By == ByClient && (past || in.Automatic) && d.unasked(chat.ID): // rule 11.5
		return d.refuseNew(key, in.ID, c.Said, &Invalid{Field: "Text", Problem: "the client has not consented, and is not asked by this message"})
	case past:
		written = d.keep(chat, m)
	case in.Operator != "":
		written = d.onBehalf(chat, l, m)
	case d.withholdsAll(chat, l):
		return d.refuseNew(key, in.ID, c.Said, &Invalid{Field: "Text", Problem: "the client has not consented: too many messages", Limit: MaxWithheld})
	case in.Automatic && !d.goesOn(chat.ID):
		written = d.keep(chat, m) // decision 14.35: it neither greets nor reopens
	default:
		if !in.Automatic { // a machine agrees to nothing
			chat = d.wentOn(chat, l, in.Client)
		}
		written = d.hear(chat, l, m, in)
	}
	if early != nil {
		d.leads(early, written)
	}
	return Received{Session: written.Session, Chat: written.Chat, Number: written.Number}, nil
}

// goesOn reports whether a session of a chat is open and not over for operators.
func (d *Desk) goesOn(id session.ChatID) bool {
	s := d.sessions.rows[d.open[id]]
	return s != nil && !s.over()
}

// hear takes a client's message: it opens a session or goes on with the one that is open.
//
// An automatic message is not put to a bot: two machines would never stop (decision 14.35).
func (d *Desk) hear(chat *Chat, l *Line, m Message, in connector.Inbound) *Message {
	id, open := d.open[chat.ID]
	waits, told := d.asksConsent(chat, l)
	lifted := false
	if h := d.withheld.rows[id]; open && h != nil {
		if waits {
			return d.withhold(d.sessions.get(id), m, in.Client, *h)
		}
		chat, lifted = d.goAhead(d.sessions.get(id), chat, ""), true // he is not asked any more
	}
	if s := d.sessions.rows[id]; open && d.mustAsk(chat, l) {
		if written := d.ratedBy(chat, l, m); written != nil {
			return written // a word that was asked for
		}
		if !s.over() { // an operator has begun it
			next := *s
			next.Unagreed, next.Session = true, s.AskConsent(d.now.Add(l.Consent.within()))
			d.sessions.put(&next)
			return d.askConsent(&next, l, chat, m, in)
		}
		d.end(s, session.Complete, s.FinishedBy) // and was done with it
		chat, open = d.chats.get(chat.ID), false
	}
	if written := d.ratedBy(chat, l, m); written != nil {
		return written
	}
	if written := d.thankedBy(chat, m); written != nil {
		return written
	}
	if open { // begun by an operator: he is told with his first message, and going on is consent
		failed := chat.ToldOf.Document == "" && !chat.ToldOf.At.IsZero() // the notice did not reach him
		told = told && (lifted || failed || chat.HeardAt < d.sessions.get(id).First)
		if !m.NoCRM {
			d.share(d.sessions.get(id))
		}
	} else {
		id = d.begin(chat.ID, l, session.New(d.now, in.Waited, l.Session), By{}, func(s *Session) {
			if waits {
				s.Items, s.Session = nil, s.AwaitConsent(d.now.Add(l.Consent.within()))
			} else {
				d.engage(s, l, chat, m.NoCRM)
			}
		}).ID
	}
	s := d.sessions.get(id)
	if s.State == session.Consenting {
		return d.askConsent(s, l, chat, m, in)
	}
	m.Counts = true
	written := d.write(chat.ID, id, m)
	d.tellOf(s, Event{Type: MessageReceived, Message: written.Number})
	if open {
		d.clientWrites(d.sessions.get(id))
	}
	if told {
		d.tellOfConsent(s, l, session.ConsentNotice)
	}
	d.spread(id, written, in.Automatic)
	d.askWhomFormNames(d.sessions.get(id))
	d.sayOnArrival(id, !open && !chat.Greeted)
	return written
}

// spread has the session's bot and the CRM know what the client wrote.
func (d *Desk) spread(id session.ID, m *Message, automatic bool) {
	if !automatic {
		d.callBot(d.sessions.get(id), m)
	}
	if !m.NoCRM {
		d.track(d.sessions.get(id), m)
		d.consider(d.sessions.get(id))
	}
}

// engage takes the first step of a session that begins: the host is asked who the client is, or the bot takes it, if its line
// says so.
func (d *Desk) engage(s *Session, l *Line, chat *Chat, noCRM bool) {
	if d.botJoins(l, s) {
		s.Bot = l.Bot.ID
	}
	s.Shared = !noCRM && !chat.Address.Group
	if !s.Shared {
		s.Items = nil
	}
	switch {
	case l.CRM.Verify && s.Shared:
		s.Items, s.Session = nil, d.identify(s) // what is attached, the answer tells
	case s.Bot != "":
		s.Session = s.Session.Entrust(l.Bot.until(d.now, l.Session))
	}
}

// keep stores a message of the past: in the chat's open session if there is one, and moves nothing.
func (d *Desk) keep(chat *Chat, m Message) *Message {
	id := d.open[chat.ID]
	written := d.write(chat.ID, id, m)
	d.tell(Event{Type: MessageImported, Line: chat.Line, Chat: chat.ID, Session: id, Message: written.Number, Operator: m.Operator})
	return written
}

// onBehalf stores what an operator wrote in the channel itself (rule 1.16). It is done, so no limit refuses it: a session
// that nobody has is his, and in another's he has helped.
func (d *Desk) onBehalf(chat *Chat, l *Line, m Message) *Message {
	id, open := d.open[chat.ID]
	if !open {
		s := d.begin(chat.ID, l, session.Held(d.now, l.Session), By{Operator: m.Operator}, func(n *Session) { n.Owner = m.Operator })
		return d.reply(s, session.Reply, m)
	}
	s := d.sessions.get(id)
	switch s.State {
	case session.Closing, session.AutoClosed:
		return d.keep(chat, m) // a last word
	case session.Consenting:
		return d.keep(chat, m) // nobody has it before the client consents
	}
	act := session.Assist
	if !s.State.Owned() {
		accepted, err := d.accept(s, m.Operator) // writing is accepting (rule 6.4)
		if err != nil {
			accepted, _ = d.takeOver(s, m.Operator) // in every such state: the table has it
		}
		s = accepted
	}
	if s.Owner == m.Operator {
		act = session.Reply
	}
	return d.reply(s, act, m)
}

// refuseNew refuses a message, unless it is there already: that answer stays the same. What this rests on is looked up.
func (d *Desk) refuseNew(key, external string, said connector.Text, why error) (any, error) {
	if known := d.aliases.get(key); known != nil {
		if m := d.messages.get(messageKey(known.Chat, external, 0)); m != nil && m.Number > 0 {
			return m.repeated(said), nil
		}
	}
	return nil, why
}

// clientWrites moves an open session after a message of the client: it reopens what is closing (rule 8.5) and goes back to
// the queue if the owner is not there (rules 4.14, 4.15, 8.6), at once or after the line's grace (rule 4.20).
func (d *Desk) clientWrites(s *Session) {
	next := d.must(s, session.ClientWrites, func(n *Session) { n.FinishedBy, n.RateEarly = "", false }) // what was finished is not any more
	if s.State == session.Closing || s.State == session.AutoClosed {
		d.tellOf(next, Event{Type: SessionReopened, Operator: next.Owner})
	}
	if next.State.Owned() && d.absent(next) && !d.keeps(next) {
		d.letGo(next)
	}
}

// sayOnArrival says the greeting (rules 7.1, 7.2) and, once in a waiting period, that the line is closed (rule 7.9), in
// this order (rule 7.4).
func (d *Desk) sayOnArrival(id session.ID, began bool) {
	s := d.sessions.get(id)
	if began && (s.Parent == 0 || !d.lines.get(s.Line).GreetOnce) {
		d.say(s, session.Greeting)
	}
	d.arrive(d.sessions.get(id))
	if s = d.sessions.get(id); s.State == session.Waiting && !slices.Contains(d.entered, id) && !d.offerable(s.Line) {
		d.excuse(s, session.Nobody) // it could not be told before
	}
}

// moveOn moves a session that nobody has to another line by a line's own rule, if that is in service (decision 14.26). What is
// offered to one who was named stays with him until that ends, if it does.
func (d *Desk) moveOn(s *Session, to LineID) bool {
	if to == "" || s.State != session.Waiting && s.State != session.Offered || s.Direct && !s.OfferEnds.IsZero() {
		return false
	}
	return d.moveTo(s, to, By{}) == nil
}

// write stores a message as the chat's next one.
func (d *Desk) write(chat session.ChatID, id session.ID, m Message) *Message {
	c := *d.chats.get(chat)
	c.Messages++
	if earliest := c.Last.Add(time.Microsecond); d.now.Before(earliest) {
		c.Last = earliest
	} else {
		c.Last = d.now
	}
	m.Chat, m.Number, m.Session, m.At = c.ID, c.Messages, id, c.Last
	if m.By == ByClient {
		c.Heard, c.HeardAt = m.key(), m.Number
	}
	m.Counts = m.Counts && m.Deleted.IsZero() // its deletion can have overtaken it
	if m.Counts {
		c.Unseen++
	}
	d.chats.put(&c)
	d.messages.put(&m)
	return &m
}
