package desk

import (
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/session"
)

// Limits of consent.
const (
	DefaultConsent   = 24 * time.Hour
	MinConsent       = time.Minute         // of Consent.Within
	MaxConsent       = 30 * 24 * time.Hour // of Consent.Within
	MaxWithheld      = 20                  // messages that a client can write before he has said whether he consents
	MaxWithheldBytes = 64 << 10            // of text in them, beyond which no further one is taken
)

// Consent is the document to which a line's clients have to agree before anything of theirs is used (rule 11.4). The zero
// Consent asks for nothing. What it says is in [Texts].
//
// Where the channel asks ([Connection.AsksConsent]) what the client wrote is withheld until he accepts; if he declines, nothing of
// it is kept and there was no session (rule 11.5). A session that an operator had begun stays his; the client is asked in it, and again
// after each no, until he accepts.
//
// Elsewhere, and in groups, he is told, and going on is consent (rule 11.6). He is asked once for each document and version, in
// whichever of his chats (rule 11.7). What he tells of himself before, as a name or a phone that come with a message, is kept no more
// than what he writes: but for his language, in which he is asked.
type Consent struct {
	Document string `json:"document,omitempty"` // the host's id of it
	Version  string `json:"version,omitempty"`  // another one is asked for anew
	// Within is how long he can take to accept or decline; 0: DefaultConsent. Then his session closes as abandoned, or what is withheld
	// in an operator's is dropped.
	Within Within `json:"within,omitzero"`
}

// Agreement is a document of which a client was told, or to which he has agreed, and when.
type Agreement struct {
	Document string    `json:"document,omitempty"`
	Version  string    `json:"version,omitempty"`
	At       time.Time `json:"at,omitzero"`
}

// on reports whether the agreement is about a document.
func (a Agreement) on(c Consent) bool { return a.Document == c.Document && a.Version == c.Version }

func (a Agreement) same(b Agreement) bool { return a.Document == b.Document && a.Version == b.Version }

func (c Consent) within() time.Duration {
	if c.Within == 0 {
		return DefaultConsent
	}
	return time.Duration(c.Within).Truncate(time.Microsecond)
}

// validateConsent reports every problem of a line's consent, joined, as *Invalid.
func (l *Line) validateConsent() error {
	c := l.Consent
	if c.Document == "" {
		if c != (Consent{}) {
			return &Invalid{Field: "Consent.Document", Problem: "empty"}
		}
		return nil
	}
	problems := []error{connector.CheckID("Consent.Document", c.Document)}
	if c.Version != "" {
		problems = append(problems, connector.CheckID("Consent.Version", c.Version))
	}
	if d := time.Duration(c.Within); d != 0 && (d < MinConsent || d > MaxConsent) {
		problems = append(problems, &Invalid{Field: "Consent.Within", Problem: "want " + MinConsent.String() + " to " + MaxConsent.String()})
	}
	if l.Texts.Consent == "" {
		problems = append(problems, &Invalid{Field: "Texts.Consent", Problem: "empty: clients have to be told what they agree to"})
	}
	return errors.Join(problems...)
}

// withheld is what a client has written who has not said yet whether he consents. It is in no message, and gone if he does not.
type withheld struct {
	Session  session.ID     `json:"session"`
	Since    time.Time      `json:"since"`
	Of       Agreement      `json:"of"`                // the document that he was shown
	Greeted  bool           `json:"greeted,omitempty"` // before he wrote (decision 14.30)
	NoCRM    bool           `json:"noCRM,omitempty"`   // all of it is kept from the CRM (rule 1.16)
	Messages []withheldText `json:"messages"`

	Client connector.Client `json:"client,omitzero"` // what he told of himself
}

// withheldText is what belongs into a message.
type withheldText struct {
	Record string           `json:"record"` // id of the message's record
	Number int64            `json:"number"`
	Said   connector.Text   `json:"said"`
	Files  []connector.File `json:"files,omitempty"`
}

// ClientConsents is a client's word on the document of his line, by a button (rule 11.5). Accepting again changes nothing; what
// comes when nobody asks is ErrOver.
type ClientConsents struct {
	Address connector.Address
	Accepts bool
}

func (c ClientConsents) name() string { return "client-consents" }
func (c ClientConsents) words() []string {
	return []string{aliasKey(c.Address), strconv.FormatBool(c.Accepts)}
}

// asksConsent reports whether a client waits to be asked by his channel before his session begins, and whether he has to be
// told of a line's document instead. Whom no automatic text reaches is not told, and his going on agrees to nothing.
func (d *Desk) asksConsent(chat *Chat, l *Line) (waits, told bool) {
	if l.Consent.Document == "" || chat.Consent.on(l.Consent) {
		return false, false
	}
	if own := d.clientOf(chat); own != nil && slices.ContainsFunc(own.Agreed, func(a Agreement) bool { return a.on(l.Consent) }) {
		return false, false
	}
	c := d.connections.rows[connectionKey(chat.Address.Connector, chat.Address.Account)]
	waits = c != nil && c.AsksConsent && !chat.Address.Group
	return waits, !waits && !chat.ToldOf.on(l.Consent) && !d.info(chat.Address.Connector).NoSystem
}

// beforeConsent is what is kept of what a client tells of himself at an address: before he consents, where he is asked, his
// language alone.
func (d *Desk) beforeConsent(known *alias, l *Line, address connector.Address, client connector.Client) connector.Client {
	if l.Consent.Document == "" {
		return client
	}
	chat := &Chat{Address: address}
	if known != nil {
		if chat = d.chats.get(known.Chat); chat == nil {
			return client
		}
	}
	if waits, _ := d.asksConsent(chat, l); waits {
		return connector.Client{Language: client.Language}
	}
	return client
}

// mustAsk reports whether a client has to be asked before anything of what he writes is kept: where he is asked, at the beginning of a
// session, or with his first message in one that an operator has begun, until he consents. A document that is new while a session
// goes on is for the next one.
func (d *Desk) mustAsk(chat *Chat, l *Line) bool {
	if waits, _ := d.asksConsent(chat, l); !waits {
		return false
	}
	s := d.sessions.rows[d.open[chat.ID]]
	return s == nil || s.State == session.Consenting || s.Unagreed || chat.HeardAt < s.First
}

// unasked is mustAsk for what does not ask him.
func (d *Desk) unasked(id session.ChatID) bool {
	chat := d.chats.get(id)
	if chat == nil {
		return false
	}
	c := d.connections.rows[connectionKey(chat.Address.Connector, chat.Address.Account)]
	if c == nil {
		return false
	}
	return d.mustAsk(chat, d.lines.get(c.Line))
}

// wentOn takes a client's message as his consent, if he was told of a document that he has not agreed to yet (decision 14.9), and
// keeps what he tells of himself with it.
func (d *Desk) wentOn(chat *Chat, l *Line, client connector.Client) *Chat {
	if chat.ToldOf.Document == "" || chat.ToldOf.same(chat.Consent) || d.agreedSince(chat, l) {
		return chat
	}
	next := *d.agreed(chat, chat.ToldOf, "went on")
	if !next.Address.Group {
		next.Client = client.Clean().Or(next.Client)
	}
	d.chats.put(&next)
	return &next
}

// agreedSince reports whether a client has agreed to a line's document, in a chat of his, since he was told of one in this one.
func (d *Desk) agreedSince(chat *Chat, l *Line) bool {
	own := d.clientOf(chat)
	return own != nil && slices.ContainsFunc(own.Agreed, func(a Agreement) bool {
		return a.on(l.Consent) && !a.At.Before(chat.ToldOf.At)
	})
}

// agreed keeps what a client has consented to.
func (d *Desk) agreed(chat *Chat, to Agreement, how string) *Chat {
	own := d.clientOf(chat)
	if own == nil && chat.Consent.Document != "" && !chat.Consent.same(to) && !chat.Address.Group {
		own = d.ownClient(chat) // who remembers what he has agreed to before
		chat = d.chats.get(chat.ID)
	}
	next := *chat
	next.Consent = Agreement{Document: to.Document, Version: to.Version, At: d.now}
	d.chats.put(&next)
	if own != nil {
		with := *own
		with.agree(next.Consent)
		d.clients.put(&with)
	}
	d.tell(Event{Type: ConsentGiven, Line: chat.Line, Chat: chat.ID, Session: d.open[chat.ID], Reason: how})
	return &next
}

// tellOfConsent tells a client of a line's document. It is said however much was said today: what follows rests on it.
func (d *Desk) tellOfConsent(s *Session, l *Line, kind session.Text) {
	chat := d.chats.get(s.Chat)
	d.mayStillSay(chat)
	d.utter(s, l, kind, l.text(kind, chat.language()))
	if kind == session.ConsentNotice {
		next := *d.chats.get(s.Chat)
		next.ToldOf = Agreement{Document: l.Consent.Document, Version: l.Consent.Version, At: d.now}
		d.chats.put(&next)
	}
}

// withholdsAll reports whether a chat's client has written all that is withheld before he says whether he consents.
func (d *Desk) withholdsAll(chat *Chat, l *Line) bool {
	h := d.withheld.rows[d.open[chat.ID]]
	waits, _ := d.asksConsent(chat, l)
	return waits && h != nil && (len(h.Messages) >= MaxWithheld || h.size("") >= MaxWithheldBytes)
}

// size is how many bytes of text are withheld, beside those of a record.
func (h *withheld) size(beside string) (n int) {
	for _, m := range h.Messages {
		if m.Record != beside {
			n += len(m.Said.Text)
		}
	}
	return n
}

// askConsent withholds a client's first message, and asks him.
func (d *Desk) askConsent(s *Session, l *Line, chat *Chat, m Message, in connector.Inbound) *Message {
	of := Agreement{Document: l.Consent.Document, Version: l.Consent.Version, At: d.now}
	written := d.withhold(s, m, in.Client, withheld{Session: s.ID, Since: d.now, Of: of, Greeted: chat.Greeted, NoCRM: m.NoCRM})
	d.tellOfConsent(s, l, session.Consent)
	return written
}

// withhold stores a message without what it says, which is withheld.
func (d *Desk) withhold(s *Session, m Message, client connector.Client, h withheld) *Message {
	h.Client = client.Clean().Or(h.Client)
	text := withheldText{Said: m.Said, Files: m.Files}
	m.Said, m.Files, m.Withheld = connector.Text{}, nil, true
	written := d.write(s.Chat, s.ID, m)
	text.Record, text.Number = written.key(), written.Number
	h.Messages, h.NoCRM = append(slices.Clip(h.Messages), text), h.NoCRM && m.NoCRM
	d.withheld.put(&h)
	d.tellOf(s, Event{Type: MessageReceived, Message: written.Number, Reason: "withheld"})
	return written
}

// reviseWithheld changes what is withheld of a message, or drops it; what is not withheld any more stays gone.
func (d *Desk) reviseWithheld(m *Message, change func(*withheldText)) {
	h := d.withheld.rows[m.Session]
	if h == nil {
		return
	}
	next := *h
	next.Messages = slices.Clone(h.Messages)
	for i := range next.Messages {
		if next.Messages[i].Record == m.key() {
			change(&next.Messages[i])
		}
	}
	d.withheld.put(&next)
}

// crowded reports whether so much is withheld beside a message that it can be changed no more.
func (d *Desk) crowded(m *Message) bool {
	h := d.withheld.rows[m.Session]
	return h != nil && h.size(m.key()) >= MaxWithheldBytes
}

func (c ClientConsents) act(d *Desk, by By) (any, error) {
	id, err := d.chatAt(c.Address, by)
	if err != nil {
		return nil, err
	}
	chat := d.chats.get(id)
	s := d.sessions.rows[d.open[id]]
	switch {
	case chat == nil:
		return nil, ErrNotFound
	case s != nil && d.withheld.rows[s.ID] != nil && c.Accepts:
		d.goAhead(s, chat, "accepted")
	case s != nil && s.State == session.Consenting:
		greeted := d.withheld.rows[s.ID].Greeted
		d.end(s, session.Decline, "")
		next := *d.chats.get(chat.ID)
		next.Greeted = greeted
		d.chats.put(&next)
	case s != nil && d.withheld.rows[s.ID] != nil:
		d.unconsented(s)
	case !c.Accepts || chat.Consent.Document == "":
		return nil, ErrOver
	}
	return nil, nil
}

// goAhead goes on with a session of whose client something is withheld: he consents, in the way that how tells, or is not asked any more.
func (d *Desk) goAhead(s *Session, chat *Chat, how string) *Chat {
	if s.State == session.Consenting {
		d.agree(s, chat, how)
	} else {
		d.agreeLate(s, chat, how)
	}
	return d.chats.get(chat.ID)
}

// unconsented drops what is withheld of a client who does not consent, or has not said so in time, in a session that an operator has
// begun: it stays his.
func (d *Desk) unconsented(s *Session) {
	d.dropWithheld(s)
	next := *s
	next.Session = s.ConsentAsked(d.now, d.lines.get(s.Line).Session)
	d.sessions.put(&next)
}

// disclose keeps what was withheld of a client, and returns it, but for what he has deleted.
func (d *Desk) disclose(s *Session, chat *Chat, how string) (written []*Message) {
	h := d.withheld.rows[s.ID]
	var keys []string
	for _, m := range h.Messages {
		keys = append(keys, m.Record)
	}
	rows := d.messages.getAll(keys)
	accepted := *chat
	if how != "" {
		accepted = *d.agreed(chat, h.Of, how)
	} else {
		d.tellOf(s, Event{Type: ConsentGiven, Reason: "lifted"})
	}
	accepted.Client = h.Client.Or(accepted.Client)
	accepted.ToldOf = Agreement{} // going on is consent to what he was told last, and that is older
	for i, m := range rows {
		if m == nil {
			continue
		}
		next := *m
		next.Said, next.Files, next.Withheld = h.Messages[i].Said, h.Messages[i].Files, false
		if next.Counts = next.Deleted.IsZero(); next.Counts {
			accepted.Unseen++
			written = append(written, &next)
		}
		d.messages.put(&next)
	}
	d.chats.put(&accepted)
	d.withheld.drop(s.ID)
	return written
}

// agreeLate goes on with the session of a client who consents after an operator has begun it.
func (d *Desk) agreeLate(s *Session, chat *Chat, how string) {
	noCRM := d.withheld.rows[s.ID].NoCRM
	written := d.disclose(s, chat, how)
	next := *d.sessions.get(s.ID)
	next.Unagreed, next.Session = false, next.ConsentAsked(d.now, d.lines.get(s.Line).Session)
	d.sessions.put(&next)
	if len(written) == 0 {
		return
	}
	if !noCRM {
		d.share(d.sessions.get(s.ID))
	}
	d.clientWrites(d.sessions.get(s.ID))
	for _, m := range written {
		d.spread(s.ID, m, false)
	}
	d.arrive(d.sessions.get(s.ID))
}

// agree begins the conversation of a client who consents, with what was withheld.
func (d *Desk) agree(s *Session, chat *Chat, how string) {
	h := d.withheld.rows[s.ID]
	written := d.disclose(s, chat, how)
	l := d.lines.get(s.Line)
	next := d.must(s, session.Agree, func(n *Session) {
		n.OffHours, n.NoConsent = !d.workOf(l.ID).calendar.Open(d.now), false
		n.Items = chat.Identity.Items
		d.engage(n, l, chat, h.NoCRM)
		d.tallyBegun(n)
	})
	switch next.State {
	case session.Waiting:
		d.entered = append(d.entered, s.ID)
	case session.Bot:
		d.tellOf(next, Event{Type: BotJoined, Bot: next.Bot})
	}
	for _, m := range written {
		d.spread(s.ID, m, false)
	}
	d.askWhomFormNames(d.sessions.get(s.ID))
	d.sayOnArrival(s.ID, !h.Greeted)
}
