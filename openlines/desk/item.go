package desk

import (
	"cmp"
	"slices"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
)

// MaxLog is how many messages of a session an [ItemDraft] has; of a longer one it has the last.
const MaxLog = 100

// CreateItem asks the host to make an item of its CRM out of a session, and links the chat to it: of the kind that the line
// makes by itself, else a lead. Only who has the session may, and the host (rule 6.29). Who is to be responsible is the owner; if
// nobody has the session, the first member of the queue who was not dismissed (rule 3.27). While one is being made of the chat it does
// nothing.
type CreateItem struct{ Session session.ID }

func (c CreateItem) name() string    { return "create-item" }
func (c CreateItem) words() []string { return []string{number(c.Session)} }

func (c CreateItem) act(d *Desk, by By) (any, error) {
	s, err := d.session(c.Session)
	switch {
	case err != nil:
		return nil, err
	case !s.Open():
		return nil, ErrOver
	}
	if err := d.permits(by, s.Owner == by.Operator); err != nil {
		return nil, err
	}
	if s.State == session.Consenting || s.Unagreed && d.unasked(s.Chat) {
		return nil, &Invalid{Field: "Session", Problem: "its client has not consented"} // rule 11.5
	}
	if d.asks(AskItem, itemLane(s.Chat), 0) {
		return nil, nil // it is being made
	}
	if len(d.chats.get(s.Chat).Identity.Items) >= MaxItems {
		return nil, &Invalid{Field: "Items", Problem: "full", Limit: MaxItems}
	}
	d.askItem(s)
	return nil, nil
}

// Making is what becomes of an item that the host is asked to make of a session; of several, the last.
type Making struct {
	Item     string           `json:"item,omitempty"`     // the host's id of it; empty: it is not made yet
	InCharge queue.OperatorID `json:"inCharge,omitempty"` // who is to be responsible for it; empty: the line had nobody
	Accepted bool             `json:"accepted,omitempty"` // it is somebody who had accepted the session, not the first of the queue
	GaveUp   int              `json:"gaveUp,omitempty"`   // so many attempts failed, and it is a dead letter
}

// askItem asks the host to make an item of a session.
func (d *Desk) askItem(s *Session) {
	making := Making{InCharge: s.Owner, Accepted: s.Owner != ""}
	if making.InCharge == "" {
		making.InCharge = d.firstMember(s.Line)
	}
	next := *s
	next.Making = &making
	d.sessions.put(&next)
	d.askAbout(&next, Effect{Kind: AskItem, Make: cmp.Or(d.crmOf(s.Line).Create, Lead), Operator: making.InCharge})
}

// firstMember is the first member of a line's queue who is still with the desk; empty: there is none.
func (d *Desk) firstMember(line LineID) queue.OperatorID {
	for _, id := range d.workOf(line).queue.Members() {
		if v := d.whyNot(line, id); v != Unknown && v != Dismissed {
			return id
		}
	}
	return ""
}

// askAbout makes an effect that is about the item of a session. They are done in their order; who the client is, is asked beside.
func (d *Desk) askAbout(s *Session, e Effect) {
	n := d.count(func(c *counters) { c.Effects++ })
	e.ID, e.Lane, e.Chat, e.Session, e.Line = EffectID(n.Effects), itemLane(s.Chat), s.Chat, s.ID, s.Line
	e.Channel, e.Record, e.Began, e.Due = Channel{Account: string(AskItem)}, d.chats.get(s.Chat).Form.Record, d.now, d.now
	d.effects.put(&e)
}

func itemLane(id session.ChatID) string { return "item:" + number(id) }

// ItemVerdict tells why the desk has no item made of a session by itself (decision 14.32), or what becomes of it.
type ItemVerdict string

// The verdicts. The empty one says that nothing is in the way.
const (
	ItemMade        ItemVerdict = "made"
	ItemAsked       ItemVerdict = "asked"                                      // the host is asked to make it
	ItemFailed      ItemVerdict = "failed"                                     // it was asked often enough in vain
	ItemOff         ItemVerdict = "off"                                        // the line makes none (rule 10.2)
	ItemGroup       ItemVerdict = "a group"                                    // rule 10.14
	ItemKept        ItemVerdict = "kept from the CRM"                          // what the client wrote, if anything, is (rule 10.14)
	ItemIdentifying ItemVerdict = "the client is not identified"               // yet
	ItemKnown       ItemVerdict = "the client is known"                        // or his chat is linked to items
	ItemElsewhere   ItemVerdict = "the client is known in another chat of his" // or that is linked to items (rule P4)
	ItemInAnother   ItemVerdict = "one is being made of another chat of his"   // of the client's (rule P4)
	ItemUnreachable ItemVerdict = "the client cannot be reached"               // once he is gone (rule 10.3)
	ItemOver        ItemVerdict = "the session was over before"                // it has closed, and now nothing would be in the way
)

// itemVerdict decides whether an item is to be made of a session (rules 10.2, 10.3, 10.14).
func (d *Desk) itemVerdict(s *Session, chat *Chat) ItemVerdict {
	switch m := s.Making; {
	case m != nil && m.Item != "":
		return ItemMade
	case m != nil && m.GaveUp > 0:
		return ItemFailed
	case m != nil:
		return ItemAsked
	case d.crmOf(s.Line).Create == "":
		return ItemOff
	case chat.Address.Group:
		return ItemGroup
	case !s.Shared:
		return ItemKept
	case d.asks(AskItem, itemLane(s.Chat), 0):
		return ItemAsked // of an earlier session
	case d.asks(AskIdentity, identityLane(s.Chat), 0): // also of the session in whose place this one began
		return ItemIdentifying
	case chat.inCRM():
		return ItemKnown
	case chat.Linked:
		return ItemElsewhere
	case !d.reachable(chat):
		return ItemUnreachable
	}
	return ""
}

// itemFailures counts the attempts to make an item of a session that failed, and tells until when they are repeated.
func (d *Desk) itemFailures(s *Session) (failures int, until time.Time) {
	if s.Making != nil && s.Making.GaveUp > 0 {
		return s.Making.GaveUp, time.Time{}
	}
	if l := d.lanes[itemLane(s.Chat)]; l != nil {
		for _, id := range l.ids {
			if e := d.effects.rows[id]; e.Kind == AskItem && e.Session == s.ID {
				return e.Failures, e.Began.Add(GiveUpAfter)
			}
		}
	}
	return 0, time.Time{}
}

// asks reports whether the host is asked for something, for a session or, with 0, for any.
func (d *Desk) asks(kind EffectKind, in string, id session.ID) bool {
	l := d.lanes[in]
	return l != nil && slices.ContainsFunc(l.ids, func(n EffectID) bool {
		e := d.effects.rows[n]
		return e.Kind == kind && (id == 0 || e.Session == id)
	})
}

// reachable reports whether a client can be reached once he is gone (rule 10.3).
func (d *Desk) reachable(chat *Chat) bool {
	c := d.connections.rows[connectionKey(chat.Address.Connector, chat.Address.Account)]
	return c == nil || !c.Passers || cmp.Or(chat.Phone, chat.Email, chat.Client.Phone, chat.Client.Email) != ""
}

// consider has an item made of an open session if it is to be, and is not being made of another chat of its client.
func (d *Desk) consider(s *Session) {
	d.verify(s)
	s = d.sessions.get(s.ID)
	chat := d.chats.rows[s.Chat]
	if !s.Open() || d.itemVerdict(s, chat) != "" {
		return
	}
	if own := d.clientOf(chat); own == nil || !d.MakesItem(own) {
		d.askItem(s)
	}
}

// MakesItem reports whether the host is about to make an item of a chat of a client.
func (d *Desk) MakesItem(c *Client) bool {
	return slices.ContainsFunc(c.Chats, func(id session.ChatID) bool { return d.asks(AskItem, itemLane(id), 0) })
}

// share notes that the client of a session has written something that is not kept from the CRM, which makes the session one for
// it (rule 10.14): who he is, is asked, if the line does and the session did not begin with it.
func (d *Desk) share(s *Session) {
	chat := d.chats.get(s.Chat)
	if s.Shared || chat.Address.Group {
		return
	}
	next := *s
	next.Shared = true
	d.sessions.put(&next)
	d.attach(&next)
	if d.crmOf(s.Line).Verify {
		d.askBeside(&next)
	}
}

// askBeside asks who the client of a session is that does not wait for the answer, unless somebody is about to be asked.
func (d *Desk) askBeside(s *Session) {
	if l := d.lanes[identityLane(s.Chat)]; l != nil {
		for _, id := range l.ids {
			if e := d.effects.rows[id]; e.Session == s.ID && e.Lease.IsZero() {
				return
			}
		}
	}
	next := *d.sessions.get(s.ID)
	next.Identified = true
	d.sessions.put(&next)
	d.askIdentity(&next, true)
}

// verify asks who the client of a session is if nobody has, in a line that wants to know: it can have moved there.
func (d *Desk) verify(s *Session) {
	if s.Open() && s.Shared && !s.Identified && d.crmOf(s.Line).Verify {
		d.askBeside(s)
	}
}

// ItemDraft is what the host is told to make an item of (decision 14.32).
type ItemDraft struct {
	ID          string // the same at every attempt: the host makes one item of it
	Kind        ItemKind
	Chat        session.ChatID
	Session     session.ID
	Line        LineID
	Address     connector.Address
	Client      connector.Client
	Known       Identity
	Consent     Agreement        // what the client has agreed to last
	Fields      []Field          // of the form that he has filled in last (rule 7.25)
	Responsible queue.OperatorID // empty: the line has nobody
	Stage       string           // the line's, see [CRM]

	// Source is the line's code of where the item comes from. If it is empty the source is one named SourceName, after the line
	// and the connector (rule 10.4).
	Source, SourceName string

	// Messages are those of the session so far, oldest first, the last MaxLog of them; without notes, what is deleted, and what is
	// kept from the CRM.
	Messages []Message
}

// Item makes the draft of an AskItem out of the records that Keys names, and those that Log finds.
func (e Effect) Item(records, log []storage.Record) (ItemDraft, error) {
	c, s, l, err := e.about(records)
	if err != nil {
		return ItemDraft{}, err
	}
	draft := ItemDraft{
		ID: number(e.ID), Kind: cmp.Or(e.Make, Lead), Chat: e.Chat, Session: e.Session, Line: e.Line, Address: c.Address, Client: c.Client,
		Known: c.Identity, Consent: c.Consent, Responsible: e.Operator, Stage: l.CRM.Stage, Source: l.CRM.Source,
		SourceName: cmp.Or(l.Name, string(e.Line)) + ", " + string(c.Address.Connector),
	}
	if s.Making != nil {
		draft.Responsible = s.Making.InCharge // by now
	}
	if draft.Fields, err = fieldsOf(records); err != nil {
		return ItemDraft{}, err
	}
	for _, r := range slices.Backward(log) {
		m, err := DecodeMessage(r)
		if err != nil {
			return ItemDraft{}, err
		}
		if !m.Hidden && !m.NoCRM && !m.Withheld && m.Deleted.IsZero() {
			draft.Messages = append(draft.Messages, m)
		}
	}
	return draft, nil
}

// Log is the query for the messages that an AskItem tells of, newest first.
func (e Effect) Log() storage.Query {
	return storage.Query{Kind: "message", Terms: []string{"session:" + number(e.Session)}, Limit: MaxLog}
}

// about reads the records that Keys names for an effect that is about a session's item.
func (e Effect) about(records []storage.Record) (c Chat, s Session, l Line, err error) {
	for _, r := range records {
		switch {
		case err != nil:
			return c, s, l, err
		case r.Kind == "chat":
			c, err = DecodeChat(r)
		case r.Kind == "session":
			s, err = DecodeSession(r)
		case r.Kind == "line":
			l, err = decode[Line](r, "line")
		}
	}
	if err == nil && c.ID == 0 {
		err = ErrNotFound
	}
	return c, s, l, err
}

// link links a chat and its session to an item that the host has made.
func (d *Desk) link(e *Effect, item string) error {
	if err := connector.CheckID("Item", item); err != nil {
		return err
	}
	d.effects.drop(e.ID)
	chat := *d.chats.get(e.Chat)
	chat.keepMade(item)
	d.chats.put(&chat)
	d.relink(&chat)
	inCharge := e.Operator
	if s := d.sessions.get(e.Session); s != nil {
		next, making := *d.attach(s), Making{InCharge: inCharge}
		if s.Making != nil {
			making = *s.Making
		}
		making.Item, making.GaveUp, inCharge = item, 0, making.InCharge
		next.Making = &making
		d.sessions.put(&next)
	}
	if s := d.sessions.rows[d.open[e.Chat]]; s != nil && s.ID != e.Session && s.Shared { // it was started by hand meanwhile (decision 14.43)
		next := *d.attach(s)
		if s.Making != nil && s.Making.Item == "" {
			making := *s.Making
			making.Item = item
			next.Making = &making
			d.sessions.put(&next)
		}
	}
	d.tell(Event{Type: ItemCreated, Line: e.Line, Chat: e.Chat, Session: e.Session, Operator: inCharge, Reason: string(cmp.Or(e.Make, Lead))})
	return nil
}

// unmade notes that the host was asked in vain to make an item.
func (d *Desk) unmade(e *Effect) {
	for _, s := range []*Session{d.sessions.get(e.Session), d.sessions.rows[d.open[e.Chat]]} { // which can go on with it
		if s != nil && s.Making != nil && s.Making.Item == "" {
			next, making := *s, *s.Making
			making.GaveUp = e.Failures + 1
			next.Making = &making
			d.sessions.put(&next)
		}
	}
}
