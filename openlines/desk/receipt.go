package desk

import (
	"slices"
	"strconv"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/session"
)

// MaxReceipts is how many ids one Receipts can have.
const MaxReceipts = 100

// Receipts tells that messages have arrived at the client, or that he has read them, by the channel's ids of them. A receipt
// never takes back what a better one has said, and one of a message that is not known changes nothing. Where the channel
// does not tell what is read ([Connection.TellsRead]), what has arrived counts as read. It answers how many ids were known.
type Receipts struct {
	Address connector.Address
	IDs     []string
	Read    bool

	// Message is the number of our message that the channel calls by IDs, at most connector.MaxRefs, from now on; with it all
	// of them are known, and a message that is not there is ErrNotFound. 0: what the ids mean is known already.
	Message int64
}

// Seen tells that an operator has read what the client wrote so far; the channel is told, once for each last message. Who
// takes part in the chat's open session may, and the host.
type Seen struct{ Chat session.ChatID }

func (c Receipts) name() string { return "receipts" }
func (c Seen) name() string     { return "seen" }

func (c Receipts) words() []string { return []string{data(c)} }
func (c Seen) words() []string     { return []string{number(c.Chat)} }

// receipt is what the channel said of one of our messages.
type receipt struct {
	Chat   session.ChatID `json:"chat"`
	Number int64          `json:"number"`
	IDs    []string       `json:"ids"`
	At     time.Time      `json:"at"`
}

func (r *receipt) key() string {
	return strconv.FormatInt(int64(r.Chat), 10) + "." + strconv.FormatInt(r.Number, 10)
}

// sent leads from a channel's id to our message.
type sent struct {
	Chat   session.ChatID `json:"chat"`
	ID     string         `json:"id"`
	Number int64          `json:"number"`
	At     time.Time      `json:"at"`
}

func sentKey(chat session.ChatID, id string) string {
	return strconv.FormatInt(int64(chat), 10) + "." + digest(id)
}

// arrived keeps what the channel calls a message that it took.
func (d *Desk) arrived(e *Effect, ids []string) {
	d.settled(e)
	d.editMissed(e, false)
	if e.Kind == Delivery && (!e.live() || !e.Revived.IsZero()) { // it was given up
		m := d.messages.get(messageKey(e.Chat, "", e.Message))
		d.undelivered(m, "")
		d.unsaid(m, true)
	}
	if e.Kind != Delivery || len(ids) == 0 {
		return
	}
	d.called(&receipt{Chat: e.Chat, Number: e.Message, IDs: ids, At: d.now}, false)
}

// called keeps what the channel calls a message, in the place of what it called it before, or beside that.
func (d *Desk) called(r *receipt, beside bool) {
	if before := d.receipts.peek(r.key()); before != nil {
		r.At = before.At
		if beside {
			r.IDs = slices.Concat(before.IDs, slices.DeleteFunc(slices.Clone(r.IDs), func(id string) bool { return slices.Contains(before.IDs, id) }))
			r.IDs = r.IDs[:min(len(r.IDs), connector.MaxRefs)]
		}
	}
	d.receipts.put(r)
	for _, id := range r.IDs {
		s := &sent{Chat: r.Chat, ID: id, Number: r.Number, At: d.now}
		if before := d.sents.peek(sentKey(r.Chat, id)); before != nil {
			s.At = before.At
		}
		d.sents.put(s)
	}
}

// find returns how many of the ids are known, and the last message that they mean.
func (c Receipts) find(d *Desk, chat session.ChatID) (known int, last int64, err error) {
	if c.Message != 0 {
		m := d.messages.get(messageKey(chat, "", c.Message))
		switch {
		case len(c.IDs) > connector.MaxRefs:
			return 0, 0, &Invalid{Field: "IDs", Problem: strconv.Itoa(len(c.IDs)), Limit: connector.MaxRefs}
		case m == nil || m.By == ByClient || m.Hidden:
			return 0, 0, ErrNotFound
		case len(c.IDs) > 0:
			d.called(&receipt{Chat: chat, Number: c.Message, IDs: c.IDs, At: d.now}, true)
		}
		return len(c.IDs), c.Message, nil
	}
	keys := make([]string, len(c.IDs))
	for i, id := range c.IDs {
		keys[i] = sentKey(chat, id)
	}
	for _, s := range d.sents.getAll(keys) {
		if s != nil {
			known++
			last = max(last, s.Number)
		}
	}
	return known, last, nil
}

func (c Receipts) act(d *Desk, by By) (any, error) {
	if by.Operator != "" {
		return nil, ErrDenied
	}
	address := d.thread(c.Address)
	if err := address.Validate(); err != nil {
		return nil, err
	}
	if len(c.IDs) > MaxReceipts {
		return nil, &Invalid{Field: "IDs", Problem: strconv.Itoa(len(c.IDs)), Limit: MaxReceipts}
	}
	for _, id := range c.IDs {
		if err := connector.CheckID("IDs", id); err != nil {
			return nil, err
		}
	}
	a := d.aliases.get(aliasKey(address))
	if a == nil {
		return nil, ErrNotFound
	}
	known, last, err := c.find(d, a.Chat)
	if err != nil {
		return nil, err
	}
	chat := *d.chats.get(a.Chat)
	conn := d.connections.get(connectionKey(address.Connector, address.Account))
	read := c.Read || conn == nil || !conn.TellsRead
	came, seen := chat.CameTo < last, read && chat.ReadTo < last
	chat.CameTo = max(chat.CameTo, last)
	if read {
		chat.ReadTo = max(chat.ReadTo, last)
	}
	if came || seen {
		d.chats.put(&chat)
	}
	if came {
		d.tell(Event{Type: MessageArrived, Line: chat.Line, Chat: chat.ID, Session: chat.Session, Message: last})
	}
	if seen {
		d.tell(Event{Type: MessageRead, Line: chat.Line, Chat: chat.ID, Session: chat.Session, Message: last})
	}
	return known, nil
}

func (c Seen) act(d *Desk, by By) (any, error) {
	chat := d.chats.get(c.Chat)
	if chat == nil {
		return nil, ErrNotFound
	}
	s := d.sessions.rows[d.open[c.Chat]]
	if err := d.permits(by, s != nil && s.takesPart(by.Operator)); err != nil {
		return nil, err
	}
	if chat.SeenTo >= chat.HeardAt || d.gone(chat) || s != nil && d.withheld.rows[s.ID] != nil {
		return nil, nil // what is withheld, nobody has seen
	}
	next := *chat
	next.SeenTo, next.Unseen = chat.HeardAt, 0
	d.chats.put(&next)
	m := &Message{Chat: chat.ID, Number: chat.HeardAt, Session: chat.Session}
	d.effect(Effect{Kind: DeliveryRead, Record: chat.Heard}, m)
	d.tell(Event{Type: MessageSeen, Line: chat.Line, Chat: chat.ID, Session: chat.Session, Message: chat.HeardAt, Actor: by.Operator})
	return nil, nil
}
