package desk

import (
	"slices"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
)

// Limits of edits.
const (
	MaxEdits  = 10             // of one message by its operator, each of whose versions is kept
	EarlyKept = 24 * time.Hour // an edit or deletion of a message that has not come yet
)

// Edit changes what an operator has written. Its author may, and the host. What the client has not got yet goes out as it
// was written first, and then as edited (decision 14.37).
type Edit struct {
	Chat   session.ChatID
	Number int64 // of the message in its chat
	Text   string
}

// Delete takes back what an operator has written. Its author may, and the host. If nobody has tried to deliver it yet, the
// client never gets it. Where the connector is registered without deletions or edits, they are connector.ErrUnsupported.
type Delete struct {
	Chat   session.ChatID
	Number int64
}

// ClientEdits is an edit of a client's message in its channel. It moves no session. An edit that overtakes its message is
// kept for EarlyKept and counts when that comes; in a chat that does not exist it is ErrNotFound. What says the same as the message
// changes nothing, such as an edit that the channel tells of again.
type ClientEdits struct {
	Address connector.Address
	ID      string // the channel's id of the message
	Said    connector.Text
	Files   []connector.File // in the place of those it had
}

// ClientDeletes is the deletion of a client's message in its channel. It moves no session; one that overtakes its message
// is kept as an edit is.
type ClientDeletes struct {
	Address connector.Address
	ID      string
}

func (c Edit) name() string          { return "edit" }
func (c Delete) name() string        { return "delete" }
func (c ClientEdits) name() string   { return "client-edits" }
func (c ClientDeletes) name() string { return "client-deletes" }

func (c Edit) words() []string   { return []string{data(c)} }
func (c Delete) words() []string { return []string{data(c)} }
func (c ClientEdits) words() []string {
	return []string{aliasKey(c.Address), c.ID, data(c.Said), data(c.Files)}
}
func (c ClientDeletes) words() []string { return []string{aliasKey(c.Address), c.ID} }

// version returns a message's text: 0 as it was written, 1 after the first edit, …
func (m *Message) version(n int) connector.Text {
	if n < len(m.Versions) {
		return m.Versions[n]
	}
	return m.Said
}

// arrivedText is what the client has of a message, as far as it is known: the last version whose edit was not given up.
func (m *Message) arrivedText() connector.Text {
	n := len(m.Versions)
	for n > 0 && slices.Contains(m.Missed, n) {
		n--
	}
	return m.version(n)
}

// editMissed notes that the client does not get an edit, or, if it arrives after all, takes the note away.
func (d *Desk) editMissed(e *Effect, is bool) {
	if e.Kind != DeliveryEdit {
		return
	}
	m := d.messages.get(messageKey(e.Chat, "", e.Message))
	if m == nil || slices.Contains(m.Missed, e.Version) == is {
		return
	}
	next := *m
	if is {
		next.Missed = append(slices.Clip(m.Missed), e.Version)
	} else {
		next.Missed = slices.DeleteFunc(slices.Clone(m.Missed), func(n int) bool { return n == e.Version })
	}
	d.messages.put(&next)
}

// mine returns a message that the actor may change: an operator wrote it here, and it is the actor's and of a session that has not
// closed, or he is the host.
func (d *Desk) mine(chat session.ChatID, number int64, by By) (*Message, error) {
	m := d.messages.get(messageKey(chat, "", number))
	switch {
	case m == nil:
		return nil, ErrNotFound
	case m.By != ByOperator:
		return nil, ErrDenied
	}
	if err := d.permits(by, m.Operator == by.Operator); err != nil {
		return nil, err
	}
	if d.erasures.rows[chat] != nil {
		return nil, ErrOver // it is about to be erased
	}
	if by.Operator != "" && m.Session != 0 {
		s := d.sessions.get(m.Session)
		if goesOn := s != nil && s.Reason == session.Superseded && d.open[chat] != 0; s != nil && !s.Open() && !goesOn {
			return nil, ErrOver // rule 8.15
		}
	}
	return m, nil
}

func (c Edit) act(d *Desk, by By) (any, error) {
	said := connector.CleanText(c.Text, connector.MaxText)
	if said.Text == "" {
		return nil, &Invalid{Field: "Text", Problem: "empty"}
	}
	m, err := d.mine(c.Chat, c.Number, by)
	switch {
	case err != nil:
		return nil, err
	case !m.Deleted.IsZero():
		return nil, ErrOver
	case m.Said == said:
		return nil, nil
	case !m.Hidden && d.info(d.chats.get(c.Chat).Address.Connector).NoEdits:
		return nil, connector.ErrUnsupported
	case len(m.Versions) >= MaxEdits:
		return nil, &Invalid{Field: "Text", Problem: "edited too often", Limit: MaxEdits}
	}
	next := *m
	next.Versions, next.Said, next.Edited = append(slices.Clip(m.Versions), m.Said), said, d.now
	d.messages.put(&next)
	d.revised(&next, MessageEdited, by.Operator)
	if !m.Hidden {
		e := Effect{Kind: DeliveryEdit, Operator: m.Operator, Version: len(next.Versions)}
		if m.Undelivered == OutOfWindow || d.shut(d.chats.get(c.Chat), d.now) {
			e.Dead, e.Reason = d.now, OutOfWindow // as what it changes
		}
		if made := d.effect(e, &next); !made.live() {
			d.editMissed(made, true)
			d.tell(made.event(DeliveryFailed, made.Reason))
		}
	}
	return nil, nil
}

func (c Delete) act(d *Desk, by By) (any, error) {
	m, err := d.mine(c.Chat, c.Number, by)
	if err != nil || !m.Deleted.IsZero() {
		return nil, err
	}
	tried, delivered := false, !m.Hidden && m.Undelivered != OutOfWindow
	if l := d.lanes[chatTerm(c.Chat)]; l != nil {
		for _, id := range slices.Clone(l.ids) {
			e := d.effects.rows[id]
			if e.Message != c.Number || e.Kind == DeliveryRead || e.Kind == DeliveryLog {
				continue
			}
			if e.Attempt > 0 {
				tried = true
				continue
			}
			if e.Kind == Delivery {
				delivered = false
			}
			d.effects.drop(id)
		}
	}
	if delivered && d.info(d.chats.get(c.Chat).Address.Connector).NoDeletes {
		return nil, connector.ErrUnsupported
	}
	next := *m
	next.Deleted = d.now
	if !tried {
		next.blank()
	}
	d.messages.put(&next)
	d.revised(&next, MessageDeleted, by.Operator)
	if delivered {
		d.effect(Effect{Kind: DeliveryDelete, Operator: m.Operator}, &next)
	}
	return nil, nil
}

// blank takes what was said out of a message.
func (m *Message) blank() {
	m.Said, m.Files, m.Versions, m.Missed, m.Around, m.Dialogs = connector.Text{}, nil, nil, nil, nil, nil
	m.Buttons, m.Attachment, m.Fields = nil, nil, nil
}

// settled ends what an effect kept for itself: the text of a message that was deleted while it was on its way.
func (d *Desk) settled(e *Effect) {
	if e.Kind != DeliveryDelete {
		return
	}
	if m := d.messages.get(messageKey(e.Chat, "", e.Message)); m != nil && m.Said != (connector.Text{}) {
		next := *m
		next.blank()
		d.messages.put(&next)
	}
}

func (d *Desk) revised(m *Message, t EventType, actor queue.OperatorID) {
	e := Event{Type: t, Chat: m.Chat, Session: m.Session, Message: m.Number, Operator: m.Operator, Actor: actor}
	if c := d.chats.get(m.Chat); c != nil {
		e.Line = c.Line
	}
	d.tell(e)
}

// theirs returns a client's message by the channel's id, nil if it has not come yet, and its chat.
func (d *Desk) theirs(address connector.Address, id string, by By) (*Message, session.ChatID, error) {
	if by.Operator != "" {
		return nil, 0, ErrDenied
	}
	address = d.thread(address)
	if err := address.Validate(); err != nil {
		return nil, 0, err
	}
	if err := connector.CheckID("ID", id); err != nil {
		return nil, 0, err
	}
	a := d.aliases.get(aliasKey(address))
	if a == nil {
		return nil, 0, ErrNotFound
	}
	m := d.messages.get(messageKey(a.Chat, id, 0))
	if m != nil && m.Early && m.Number > 0 {
		m = d.messages.get(messageKey(a.Chat, "", m.Number))
	}
	return m, a.Chat, nil
}

func (c ClientEdits) act(d *Desk, by By) (any, error) {
	if c.Said.Text == "" && len(c.Files) == 0 {
		return nil, &Invalid{Field: "Text", Problem: "no text and no file"}
	}
	m, chat, err := d.theirs(c.Address, c.ID, by)
	switch {
	case err != nil:
		return nil, err
	case m == nil && d.unasked(chat):
		return nil, ErrNotFound // before he consents nothing of his is kept
	case m == nil:
		m = &Message{Chat: chat, External: c.ID, Early: true, At: d.now}
	case !m.Deleted.IsZero():
		return nil, nil // what was deleted stays so
	case m.Withheld && d.crowded(m):
		return nil, &Invalid{Field: "Text", Problem: "the client has not consented: too much text", Limit: MaxWithheldBytes}
	}
	if said, files := d.clientSaid(m); said == c.Said && slices.Equal(files, c.Files) {
		return nil, nil // the channel tells of the same edit again
	}
	next := *m
	next.Edited = d.now
	if m.Withheld {
		d.reviseWithheld(m, func(h *withheldText) { h.Said, h.Files = c.Said, c.Files })
	} else {
		next.Said, next.Files = c.Said, c.Files
	}
	d.messages.put(&next)
	if next.Early {
		return nil, nil
	}
	d.revised(&next, MessageEdited, "")
	if s := d.sessions.rows[m.Session]; s != nil && s.Open() && !m.Withheld && !m.NoCRM {
		d.track(s, &next)
		d.consider(d.sessions.get(s.ID))
	}
	return nil, nil
}

// clientSaid is what a client's message says now, be it withheld or not.
func (d *Desk) clientSaid(m *Message) (connector.Text, []connector.File) {
	if h := d.withheld.rows[m.Session]; m.Withheld && h != nil {
		for _, t := range h.Messages {
			if t.Record == m.key() {
				return t.Said, t.Files
			}
		}
	}
	return m.Said, m.Files
}

func (c ClientDeletes) act(d *Desk, by By) (any, error) {
	m, chat, err := d.theirs(c.Address, c.ID, by)
	switch {
	case err != nil:
		return nil, err
	case d.info(c.Address.Connector).NoClientDeletes:
		return nil, connector.ErrUnsupported
	case m == nil:
		m = &Message{Chat: chat, External: c.ID, Early: true, At: d.now}
	case !m.Deleted.IsZero():
		return nil, nil
	}
	next := *m
	next.Deleted = d.now
	next.blank()
	d.messages.put(&next)
	if m.Withheld {
		d.reviseWithheld(m, func(h *withheldText) { h.Said, h.Files = connector.Text{}, nil })
	}
	if !next.Early {
		d.unread(m)
		d.revised(&next, MessageDeleted, "")
	}
	return nil, nil
}

// overtaken puts what came before a message into it. Its record is named by its number then: the channel's id of it names
// what came first, which leads to it from now on.
func (m *Message) overtaken(early *Message) {
	m.Overtaken, m.Edited, m.Deleted = true, early.Edited, early.Deleted
	if !m.Deleted.IsZero() {
		m.blank()
	} else if !m.Edited.IsZero() {
		m.Said, m.Files = early.Said, early.Files
	}
}

// leads makes what came before a message lead to it.
func (d *Desk) leads(early, m *Message) {
	next := *early
	next.Number, next.Session = m.Number, m.Session
	next.blank()
	d.messages.put(&next)
}

// earlyTerm is what edits and deletions that have overtaken their message are found by.
const earlyTerm = "early"

// ForgettableEarly is the query for edits and deletions whose message has not come within EarlyKept, oldest first.
func ForgettableEarly(at time.Time) storage.Query {
	return storage.Query{Kind: "message", Terms: []string{earlyTerm}, Until: at.Add(-EarlyKept), OldestFirst: true, Limit: MaxForget}
}
