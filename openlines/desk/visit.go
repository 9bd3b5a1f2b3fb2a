package desk

import (
	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/session"
)

// ClientOpens tells that a client opened the chat, in a web page say, without having written (decision 14.30): he is greeted
// once a visit, in no session; his first message opens one and is not greeted again. A visit ends when he leaves. It
// answers [Opened], where the greeting is if there is one.
type ClientOpens struct {
	Address connector.Address
	Client  connector.Client
}

// ClientLeaves tells that the client hung up or closed the page. A session that nobody has taken yet closes as abandoned
// (decision 14.39); one that somebody has, or in which somebody has replied, stays.
type ClientLeaves struct{ Address connector.Address }

// Opened is what a chat that a client opens shows him.
type Opened struct {
	Received
	Title      string // of the line (rule 1.3)
	Form       string // id of the welcome form; empty: none, he has filled it in, or he has to consent first (rules 7.24, 11.5)
	FormAtOnce bool   // it is shown now, else with a delay
}

func (c ClientOpens) name() string  { return "client-opens" }
func (c ClientLeaves) name() string { return "client-leaves" }

func (c ClientOpens) words() []string  { return []string{aliasKey(c.Address), data(c.Client)} }
func (c ClientLeaves) words() []string { return []string{aliasKey(c.Address)} }

func (c ClientOpens) act(d *Desk, by By) (any, error) {
	if by.Operator != "" {
		return nil, ErrDenied
	}
	address := d.thread(c.Address)
	if err := address.Validate(); err != nil {
		return nil, err
	}
	_, l, err := d.served(address)
	if err != nil {
		return nil, err
	}
	known := d.aliases.peek(aliasKey(address))
	chat, err := d.chatFor(known, l, address, d.beforeConsent(known, l, address, c.Client))
	if err != nil {
		return nil, err
	}
	got := Opened{Received: Received{Chat: chat.ID}, Title: l.shownName()}
	if !d.mustAsk(chat, l) && chat.Form.Form != l.Form.ID {
		got.Form, got.FormAtOnce = l.Form.ID, l.Form.AtOnce
	}
	if _, open := d.open[chat.ID]; open || chat.Greeted {
		return got, nil
	}
	next := *chat
	next.Greeted = true
	d.chats.put(&next)
	words := l.text(session.Greeting, next.language())
	if words == "" || chat.Session != 0 && l.GreetOnce || !d.mayStillSay(&next) {
		return got, nil
	}
	m := d.write(chat.ID, 0, Message{By: BySystem, Kind: session.Greeting, Said: d.filled(words, l, &next, nil)})
	d.tell(Event{Type: MessageSent, Line: l.ID, Chat: chat.ID, Message: m.Number, Text: session.Greeting})
	d.deliver(m)
	got.Number = m.Number
	return got, nil
}

func (c ClientLeaves) act(d *Desk, by By) (any, error) {
	in, err := d.chatAt(c.Address, by)
	if err != nil {
		return nil, err
	}
	id, open := d.open[in]
	if !open {
		if chat := d.chats.get(in); chat != nil && (chat.Greeted || chat.Form.Responsible != "") {
			next := *chat
			next.Greeted, next.Form.Responsible = false, ""
			d.chats.put(&next)
		}
		return nil, nil
	}
	s := d.sessions.get(id)
	if s.State.Owned() || s.WasReplied() {
		d.tellOf(s, Event{Type: ClientLeft, Operator: s.Owner})
		return nil, nil
	}
	d.end(s, session.Abandon, "")
	return nil, nil
}
