package desk

import (
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/session"
)

// MaxOpenSessions is how many sessions of a desk can be open at a time.
const MaxOpenSessions = 1_000_000

// Receive is a client's message, after [connector.Inbound.Clean]. It answers [Received].
type Receive struct {
	Message connector.Inbound
	Said    connector.Text
}

// Received tells where a message landed (rule 1.14).
type Received struct {
	Session   session.ID
	Chat      session.ChatID
	Number    int64 // of the message in the chat
	Duplicate bool  // it was there already; the answer is that of the first time
	Revision  uint64
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
	conn := d.connections.get(connectionKey(in.Connector, in.Account))
	if conn == nil {
		return nil, ErrNotConnected
	}
	key := aliasKey(in.Address())
	known := d.aliases.peek(key)
	if known != nil {
		if m := d.messages.peek(messageKey(known.Chat, in.ID, 0)); m != nil {
			return Received{Session: m.Session, Chat: m.Chat, Number: m.Number, Duplicate: true}, nil
		}
	}
	l := d.lines.get(conn.Line)
	if l == nil || l.Inactive {
		return d.refuseNew(key, in.ID)
	}
	chat, err := d.chatFor(known, l, in)
	if err != nil {
		return nil, err
	}
	id, open := d.open[chat.ID]
	if !open {
		id = d.start(chat, l, in.Waited)
	}
	m := d.write(id, Message{
		By: ByClient, Said: c.Said, Files: in.Files, External: in.ID, Written: in.At.UTC().Truncate(time.Microsecond),
	})
	d.tellOf(d.sessions.get(id), Event{Type: MessageReceived, Message: m.Number})
	if open {
		d.clientWrites(d.sessions.get(id))
	}
	d.sayOnArrival(id, !open)
	return Received{Session: id, Chat: chat.ID, Number: m.Number}, nil
}

// refuseNew refuses a message to a line that is not active, unless it is there already: that answer stays the same. What
// this rests on is looked up.
func (d *Desk) refuseNew(key, external string) (any, error) {
	if known := d.aliases.get(key); known != nil {
		if m := d.messages.get(messageKey(known.Chat, external, 0)); m != nil {
			return Received{Session: m.Session, Chat: m.Chat, Number: m.Number, Duplicate: true}, nil
		}
	}
	return nil, ErrInactive
}

// chatFor returns the chat of an address; a new one is only as new as the store says when it is created.
func (d *Desk) chatFor(known *alias, l *Line, in connector.Inbound) (*Chat, error) {
	if known == nil {
		if len(d.open) >= MaxOpenSessions {
			return nil, ErrTooMany
		}
		n := d.count(func(c *counters) { c.Chats++ })
		chat := &Chat{
			ID: session.ChatID(n.Chats), Line: l.ID, Address: in.Address(), Client: in.Client, Began: d.now,
		}
		d.aliases.put(&alias{Address: chat.Address, Chat: chat.ID, Began: d.now})
		d.chats.put(chat)
		return chat, nil
	}
	chat := d.chats.get(known.Chat)
	if chat == nil {
		return nil, ErrNotFound
	}
	if !chat.Open && len(d.open) >= MaxOpenSessions {
		return nil, ErrTooMany
	}
	if client := merged(chat.Client, in.Client); client != chat.Client {
		next := *chat
		next.Client = client
		d.chats.put(&next)
		return &next, nil
	}
	return chat, nil
}

func merged(known, told connector.Client) connector.Client {
	if told.Name != "" {
		known.Name = told.Name
	}
	if told.Language != "" {
		known.Language = told.Language
	}
	return known
}

// start opens a session in a chat that has none (rule 8.7). The chat's address is live from now on.
func (d *Desk) start(chat *Chat, l *Line, waited time.Duration) session.ID {
	n := d.count(func(c *counters) { c.Sessions++ })
	s := &Session{
		ID: session.ID(n.Sessions), Chat: chat.ID, Line: l.ID, Parent: chat.Session,
		Session: session.New(d.now, waited, l.Session), Priority: l.Queue.Priority, First: chat.Messages + 1,
	}
	s.OffHours = !d.workOf(l.ID).calendar.Open(d.now)
	d.sessions.put(s)
	d.entered = append(d.entered, s.ID)
	c := *chat
	c.Session, c.Open, c.Line = s.ID, true, l.ID
	d.chats.put(&c)
	a := *d.aliases.get(aliasKey(c.Address))
	a.Open = true
	d.aliases.put(&a)
	d.tellOf(s, Event{Type: SessionStarted, Parent: s.Parent})
	return s.ID
}

// clientWrites moves an open session after a message of the client: it reopens what is closing (rule 8.5) and goes back to
// the queue if the owner is not there (rules 4.14, 4.15, 8.6), at once or after the line's grace (rule 4.20).
func (d *Desk) clientWrites(s *Session) {
	next := d.must(s, session.ClientWrites, nil)
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
	l := d.lines.get(s.Line)
	if began && (s.Parent == 0 || !l.GreetOnce) {
		d.say(s, session.Greeting)
	}
	if s.State.Owned() || s.Apologised || d.workOf(s.Line).calendar.Open(d.now) {
		return
	}
	if d.say(s, session.OffHours) {
		next := *d.sessions.get(id)
		next.Apologised = true
		d.sessions.put(&next)
	}
}

// write stores a message as the chat's next one.
func (d *Desk) write(id session.ID, m Message) *Message {
	s := d.sessions.get(id)
	c := *d.chats.get(s.Chat)
	c.Messages++
	if earliest := c.Last.Add(time.Microsecond); d.now.Before(earliest) {
		c.Last = earliest
	} else {
		c.Last = d.now
	}
	m.Chat, m.Number, m.Session, m.At = c.ID, c.Messages, id, c.Last
	d.chats.put(&c)
	d.messages.put(&m)
	return &m
}

// say sends an automatic text; false if the line does not say it.
func (d *Desk) say(s *Session, t session.Text) bool {
	words := d.lines.get(s.Line).text(t)
	if words == "" {
		return false
	}
	m := d.write(s.ID, Message{By: BySystem, Kind: t, Said: connector.Text{Text: words}})
	d.tellOf(s, Event{Type: MessageSent, Message: m.Number, Text: t})
	d.deliver(m)
	return true
}
