package desk

import (
	"strconv"
	"strings"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
)

// Limits of forms.
const (
	MaxFields    = 50      // of one form
	MaxFormBytes = 8 << 10 // of their names and values
)

// FormCounts is how long whom a form names is asked first for a session that begins after it was filled in.
const FormCounts = time.Hour

// Form is the welcome form of a line's live chat, which asks for contacts (rule 7.24). The host has it and shows it; the desk
// says which, see [Opened], and takes what comes of it, see [ClientFills]. The zero Form is none.
type Form struct {
	ID          string `json:"id,omitempty"`          // the host's id of it
	AtOnce      bool   `json:"atOnce,omitempty"`      // it is shown when the chat is opened; else with a delay, which the host chooses
	KeepInQueue bool   `json:"keepInQueue,omitempty"` // the responsible person that it names is ignored (rule 7.25)
}

func (f Form) validate() error {
	if f.ID != "" {
		return connector.CheckID("Form.ID", f.ID)
	}
	if f != (Form{}) {
		return &Invalid{Field: "Form.ID", Problem: "empty"}
	}
	return nil
}

// Filled is the form that a client has filled in last.
type Filled struct {
	Form        string           `json:"form,omitempty"`
	Record      string           `json:"record,omitempty"`      // id of the message's record that has the fields
	Responsible queue.OperatorID `json:"responsible,omitempty"` // who is to be asked first; empty: nobody any more
	At          time.Time        `json:"at,omitzero"`           // when it was filled in
}

// Field is one entry of a form.
type Field struct {
	Name  string `json:"name,omitempty"`
	Value string `json:"value,omitempty"`
}

// ClientFills tells that a client has filled in his line's form (rule 7.25). A summary is stored in the chat, for operators; the
// fields go to the host's CRM with the next question about him and with an item that is made of him; whom the form names is
// asked first for his session, also if it is offered to another one but by hand, or for the next one if that begins within
// FormCounts and before he leaves, unless the line ignores that. A session that somebody has stays with him. Who is being asked for
// his consent is refused. It answers [Received].
type ClientFills struct {
	Address     connector.Address
	Client      connector.Client // contacts that it asks for; empty fields leave what is known
	Form        string
	Fields      []Field          // at most MaxFields and MaxFormBytes
	Responsible queue.OperatorID // empty: nobody
	Item        string           // the host's id of the item that it has made of the form; empty: none
}

func (c ClientFills) name() string    { return "client-fills" }
func (c ClientFills) words() []string { return []string{data(c)} }

// clean refuses what is malformed, and mends texts.
func (c ClientFills) clean() ([]Field, error) {
	if err := connector.CheckID("Form", c.Form); err != nil {
		return nil, err
	}
	if c.Responsible != "" {
		if err := checkName("Responsible", string(c.Responsible)); err != nil {
			return nil, err
		}
	}
	if c.Item != "" {
		if err := connector.CheckID("Item", c.Item); err != nil {
			return nil, err
		}
	}
	if len(c.Fields) == 0 || len(c.Fields) > MaxFields {
		return nil, &Invalid{Field: "Fields", Problem: strconv.Itoa(len(c.Fields)), Limit: MaxFields}
	}
	size := 0
	fields := make([]Field, len(c.Fields))
	for i, f := range c.Fields {
		if size += len(f.Name) + len(f.Value); size > MaxFormBytes {
			return nil, &Invalid{Field: "Fields", Problem: "too long", Limit: MaxFormBytes}
		}
		fields[i] = Field{connector.CleanText(f.Name, MaxFormBytes).Text, connector.CleanText(f.Value, MaxFormBytes).Text}
	}
	return fields, nil
}

func (c ClientFills) act(d *Desk, by By) (any, error) {
	if by.Operator != "" {
		return nil, ErrDenied
	}
	address := d.thread(c.Address)
	if err := address.Validate(); err != nil {
		return nil, err
	}
	fields, err := c.clean()
	if err != nil {
		return nil, err
	}
	_, l, err := d.served(address)
	if err != nil {
		return nil, err
	}
	if c.Form != l.Form.ID {
		return nil, &Invalid{Field: "Form", Problem: "is not the line's"}
	}
	chat, err := d.chatFor(d.aliases.peek(aliasKey(address)), l, address, c.Client)
	if err != nil {
		return nil, err
	}
	id := d.open[chat.ID]
	if d.withheld.rows[id] != nil || d.mustAsk(chat, l) {
		return nil, &Invalid{Field: "Form", Problem: "the client has not consented"}
	}
	var lines []string
	for _, f := range fields {
		lines = append(lines, f.Name+": "+f.Value)
	}
	said := connector.CleanText(strings.Join(lines, "\n"), connector.MaxText)
	m := d.write(chat.ID, id, Message{By: BySystem, Kind: session.Form, Said: said, Hidden: true, Fields: fields})
	d.tell(Event{Type: FormFilled, Line: l.ID, Chat: chat.ID, Session: id, Message: m.Number, Text: session.Form})
	next := *d.chats.get(chat.ID)
	next.Form = Filled{Form: c.Form, Record: m.key(), At: d.now}
	if !l.Form.KeepInQueue {
		next.Form.Responsible = c.Responsible
	}
	if c.Item != "" {
		next.keepMade(c.Item)
	}
	d.chats.put(&next)
	d.relink(&next)
	if s := d.sessions.rows[id]; s != nil {
		if c.Item != "" && s.Shared {
			s = d.attach(s)
		}
		d.askWhomFormNames(s)
		d.consider(d.sessions.get(id))
	}
	return Received{Session: id, Chat: chat.ID, Number: m.Number}, nil
}

// fieldsOf are the fields of the form that is among the records of an effect.
func fieldsOf(records []storage.Record) ([]Field, error) {
	for _, r := range records {
		if r.Kind == "message" {
			m, err := DecodeMessage(r)
			return m.Fields, err
		}
	}
	return nil, nil
}

// namedByForm is whom the form of a session's client names, once.
func (d *Desk) namedByForm(s *Session) queue.OperatorID {
	chat := d.chats.get(s.Chat)
	form := chat.Form
	if form.Responsible != "" {
		next := *chat
		next.Form.Responsible = ""
		d.chats.put(&next)
	}
	if s.Began.Sub(form.At) > FormCounts {
		return ""
	}
	return form.Responsible
}

// askWhomFormNames offers a session that waits, or is offered to another one but by hand, to whom the client's form names, if he can
// serve it.
func (d *Desk) askWhomFormNames(s *Session) {
	if s.State != session.Waiting && s.State != session.Offered || s.AskedAs == ByTransfer && s.Direct {
		return
	}
	who := d.namedByForm(s)
	if s.OfferedTo == who || !d.fits(s, who) {
		return
	}
	if s.State == session.Offered {
		s = d.back(s, session.Return, "")
	}
	d.offerTo(s, who)
}
