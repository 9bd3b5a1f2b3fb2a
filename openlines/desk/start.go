package desk

import (
	"slices"
	"strconv"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
)

// MaxSplit is how many messages a session that is started from a message can take over.
const MaxSplit = 100

// Start begins a session by hand in a chat (rule 1.11), perhaps from a message: that one and all after it belong to the new
// session then (rule 1.12, decision 14.40). One that is open closes as superseded, and who has it has the new one
// (decision 14.43); else, also if it was in its closing delay, it is the actor's. The host's waits in the queue. While the client is
// asked for his consent it is refused. It takes the right to join, and answers the session's id.
type Start struct {
	Chat session.ChatID
	From int64 // number of the message; 0: from none

	// Messages are the ids of the records of the messages from From on. Who looked them up before another message came gets
	// [ErrMoved], and looks again.
	Messages []string
}

// WriteFirst begins a session with a client who has not written, where his channel lets us, within its window (decision 14.36). The session is
// the actor's, who is in the line's queue or may join its sessions; if the chat has had a session, he may join that one. The
// account-wide limit counts. In a session of the chat that goes on it is an ordinary Send. It answers [Received].
type WriteFirst struct {
	To     connector.Address
	Client connector.Client // what is known of him; empty fields leave what was known before
	Text   string
	Files  []connector.File
}

func (c Start) name() string      { return "start" }
func (c WriteFirst) name() string { return "write-first" }

func (c Start) words() []string { return []string{number(c.Chat), strconv.FormatInt(c.From, 10)} }
func (c WriteFirst) words() []string {
	return append(Send{Text: c.Text, Files: c.Files}.words(), aliasKey(c.To.Normal()), data(c.Client))
}

func (c Start) act(d *Desk, by By) (any, error) {
	chat := d.chats.get(c.Chat)
	switch {
	case chat == nil:
		return nil, ErrNotFound
	case d.gone(chat):
		return nil, ErrOver
	}
	before := d.lastSession(chat)
	line := chat.Line
	if c := d.connections.rows[connectionKey(chat.Address.Connector, chat.Address.Account)]; c != nil {
		line = c.Line // the account can be another line's by now (rule 1.1)
	}
	goesOn := before != nil && !before.over()
	if goesOn {
		line = before.Line
	}
	if err := d.may(by, MayJoin, line, before); err != nil {
		return nil, err
	}
	if goesOn && (before.State == session.Consenting || d.withheld.rows[before.ID] != nil) {
		return nil, &Invalid{Field: "Chat", Problem: "the client has not consented"} // rule 11.5
	}
	l := d.lines.get(line)
	if l == nil || l.Inactive {
		return nil, ErrInactive
	}
	if (before == nil || !before.Open()) && len(d.open) >= MaxOpenSessions {
		return nil, ErrTooMany
	}
	moved, err := d.split(c, chat, before)
	if err != nil {
		return nil, err
	}
	life, owner, err := d.succeed(before, by, l)
	if err != nil {
		return nil, err
	}
	s := d.begin(chat.ID, l, life, by, func(n *Session) {
		n.Owner = owner
		if goesOn {
			n.Silent = before.Silent && owner != "" && owner == before.bearer()
			n.Risen, n.Shared, n.Identified, n.InQueue = before.Risen, before.Shared, before.Identified, before.InQueue
			n.Unagreed, n.Making = before.Unagreed, before.Making // who takes charge of an item, is told of as before (rule 10.9)
			n.Priority = d.priority(l, n)
			n.RateAsked, n.RateEarly, n.RateIn = before.RateAsked, before.RateEarly, before.RateIn
			for _, k := range []session.Text{session.Rate, session.RateButtons} {
				if slices.Contains(before.Said, k) {
					n.Said = append(n.Said, k)
				}
			}
		}
		if c.From > 0 {
			n.First = c.From
			waits, _ := d.asksConsent(chat, l)
			n.Unagreed = n.Unagreed || waits // what he wrote then is no consent
		}
	})
	if goesOn && line != chat.Line { // the session had moved; the chat stays where it was (decision 14.23)
		home := *d.chats.get(chat.ID)
		home.Line = chat.Line
		d.chats.put(&home)
	}
	for _, m := range moved {
		next := *m
		next.Session = s.ID
		d.messages.put(&next)
	}
	if owed(moved) && s.Asked.IsZero() {
		d.clientWrites(s)
	}
	if s = d.sessions.get(s.ID); s.Owner != "" {
		d.taken(s, false)
	}
	d.arrive(d.sessions.get(s.ID))
	return s.ID, nil
}

// owed reports whether the client is owed a reply to what he wrote in some messages.
func owed(messages []*Message) bool {
	for _, m := range slices.Backward(messages) {
		if !m.Hidden && !m.Withheld && m.By != BySystem {
			return m.By == ByClient
		}
	}
	return false
}

// split returns the messages that go to the new session.
func (d *Desk) split(c Start, chat *Chat, before *Session) ([]*Message, error) {
	if c.From == 0 {
		return nil, nil
	}
	switch {
	case c.From < 1 || c.From > chat.Messages:
		return nil, ErrNotFound
	case before != nil && c.From < before.First:
		return nil, &Invalid{Field: "From", Problem: "a message before the latest session"}
	case chat.Messages-c.From+1 > MaxSplit:
		return nil, &Invalid{Field: "From", Problem: "too many messages since", Limit: MaxSplit}
	case int64(len(c.Messages)) != chat.Messages-c.From+1:
		return nil, ErrMoved
	}
	moved := d.messages.getAll(c.Messages)
	for _, m := range moved {
		if m == nil || m.Chat != chat.ID || m.Number < c.From {
			return nil, ErrNotFound
		}
	}
	return moved, nil
}

// succeed ends the chat's open session, if there is one, and returns how the next begins and who has it. One in its closing delay
// was done with, and nothing of it goes on.
func (d *Desk) succeed(before *Session, by By, l *Line) (life session.Session, owner queue.OperatorID, err error) {
	if owner = by.Operator; d.serviceOf(by) != nil {
		owner = "" // it waits in the queue, as the host's
	}
	waited := time.Duration(0)
	goesOn := before != nil && !before.over()
	if before != nil && before.Open() && !goesOn {
		d.end(before, session.Complete, before.FinishedBy)
	}
	if goesOn {
		d.end(before, session.Supersede, by.Operator)
		waited = d.now.Sub(before.Queued)
		if before.State.Owned() {
			owner = before.Owner
		}
	}
	if owner != "" {
		if err := d.target(owner); err != nil {
			return life, "", err
		}
		life = session.Held(d.now, l.Session)
	} else {
		life = session.New(d.now, waited, l.Session) // it keeps its age (decision 14.14)
		life.Asked, life.AnswerBy = time.Time{}, time.Time{}
	}
	if goesOn {
		life = life.GoesOnWith(before.Session, d.now, l.Session)
	}
	return life, owner, nil
}

func (c WriteFirst) act(d *Desk, by By) (any, error) {
	id, err := d.actor(by)
	if err != nil {
		return nil, err
	}
	to := d.thread(c.To)
	if err := to.Validate(); err != nil {
		return nil, err
	}
	m, err := Send{Text: c.Text, Files: c.Files}.message(id)
	if err != nil {
		return nil, err
	}
	conn, l, err := d.served(to)
	if err != nil {
		return nil, err
	}
	if err := d.may(by, MayJoin, l.ID, nil); err != nil && !d.isMember(l.ID, id) {
		return nil, err
	}
	known := d.aliases.peek(aliasKey(to))
	if conn.Window != 0 {
		known = d.aliases.get(aliasKey(to)) // who has never written is refused
	}
	chat, err := d.chatFor(known, l, to, c.Client)
	if err != nil {
		return nil, err
	}
	if s := d.lastSession(chat); s != nil {
		if !s.over() {
			return d.answerTo(s, m)
		}
		if err := d.may(by, MayJoin, s.Line, s); err != nil {
			return nil, err // what was said comes with it
		}
		if s.Open() {
			d.end(s, session.Complete, s.FinishedBy) // it was done with
		}
	}
	if !conn.CanStart {
		return nil, &Invalid{Field: "To", Problem: "in this channel the client writes first"}
	}
	if d.shut(chat, d.now) {
		return nil, &Invalid{Field: "To", Problem: "the window of the channel has ended"}
	}
	if err := d.target(id); err != nil {
		return nil, err
	}
	s := d.begin(chat.ID, l, session.Held(d.now, l.Session), by, func(n *Session) { n.Owner = id })
	return d.answerTo(s, m)
}

// lastSession is the last session of a chat, open or not; nil: there was none.
func (d *Desk) lastSession(chat *Chat) *Session {
	if chat.Session == 0 {
		return nil
	}
	return d.sessions.get(chat.Session)
}

// answerTo has an operator write in a session, and tells where his message landed.
func (d *Desk) answerTo(s *Session, m Message) (any, error) {
	written, err := d.sendOrNote(s, m)
	if err != nil {
		return nil, err
	}
	return Received{Session: s.ID, Chat: written.Chat, Number: written.Number}, nil
}

// begin opens a session in a chat that has none open, and puts whoever has it on his clock.
func (d *Desk) begin(id session.ChatID, l *Line, life session.Session, by By, change func(*Session)) *Session {
	chat := *d.chats.get(id)
	if l.Queue.Sticky > 0 {
		d.servedBy(&chat)
	}
	n := d.count(func(c *counters) { c.Sessions++ })
	s := &Session{
		ID: session.ID(n.Sessions), Chat: chat.ID, Line: l.ID, Parent: chat.Session,
		Session: life, Priority: l.Queue.Priority + chat.Priority, First: chat.Messages + 1, Items: chat.Identity.Items,
		Channel: Channel{chat.Address.Connector, chat.Address.Account},
	}
	s.OffHours = !d.workOf(l.ID).calendar.Open(d.now)
	if chat.Greeted {
		s.Said = []session.Text{session.Greeting}
	}
	if change != nil {
		change(s)
	}
	d.timed(s, &Session{})
	if s.NoConsent = s.State == session.Consenting; !s.NoConsent {
		d.tallyBegun(s)
	}
	d.sessions.put(s)
	chat.Session, chat.Open, chat.Line, chat.Greeted = s.ID, true, l.ID, false
	d.chats.put(&chat)
	if a := d.aliases.get(aliasKey(chat.Address)); a != nil {
		live := *a
		live.Open = true
		d.aliases.put(&live)
	}
	started := Event{Type: SessionStarted, Parent: s.Parent, Operator: s.Owner, Actor: by.Operator}
	if s.NoConsent {
		started.Reason = string(session.Consenting)
	}
	event := d.tellOf(s, started)
	switch {
	case s.Owner != "":
		d.stamp(l.ID, s.Owner, event)
	case s.State == session.Waiting:
		d.entered = append(d.entered, s.ID)
	case s.State == session.Bot:
		d.tellOf(s, Event{Type: BotJoined, Bot: s.Bot})
	}
	return s
}

// chatFor returns the chat of an address; a new one is only as new as the store says when it is created.
func (d *Desk) chatFor(known *alias, l *Line, to connector.Address, client connector.Client) (*Chat, error) {
	client = client.Clean()
	if to.Group {
		client = connector.Client{} // who wrote first is not the group
	}
	if known == nil {
		if len(d.open) >= MaxOpenSessions {
			return nil, ErrTooMany
		}
		n := d.count(func(c *counters) { c.Chats++ })
		chat := &Chat{ID: session.ChatID(n.Chats), Line: l.ID, Address: to.Thread(), Client: client, Began: d.now}
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
	if merged := client.Or(chat.Client); merged != chat.Client {
		next := *chat
		next.Client = merged
		d.chats.put(&next)
		return &next, nil
	}
	return chat, nil
}
