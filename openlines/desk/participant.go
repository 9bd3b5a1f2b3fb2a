package desk

import (
	"slices"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/worktime"
)

// MaxJoined is how many operators can take part in a session beside the one who has it.
const MaxJoined = 50

// Join adds the actor to a session that another has; he reads and writes, the other keeps it (rule 6.16). While nobody has it he
// reads, and writes for his colleagues. Who is asked for it alone takes part already. It takes the right to join.
type Join struct{ Session session.ID }

// Invite adds a colleague to a session, who needs no right for it (rule 6.17). Who has the session may, and the host.
type Invite struct {
	Session  session.ID
	Operator queue.OperatorID
}

// Leave takes the actor out of a session that he has joined. Who has a session does not leave it: he transfers or finishes it.
type Leave struct{ Session session.ID }

// Silence switches the silent mode of a session: what operators write is for one another, and the client does not get it
// (rule 6.24), until it changes hands. Who has it may, who takes part, and the host; what nobody has, or is asked for alone, has no
// such mode.
type Silence struct {
	Session session.ID
	Off     bool
}

// Rename gives a chat a title, for operators (rule 6.27); an empty one takes it away. Who takes part in its latest session may,
// and who may join that.
type Rename struct {
	Chat  session.ChatID
	Title string // at most connector.MaxName bytes, else cut
}

// NameChat is the name that a channel has given to a chat; it becomes its title. Its connection and line have to be in service.
type NameChat struct {
	Address connector.Address
	Name    string // at most connector.MaxName bytes, else cut
}

// PinAll pins every session that the actor has, or lets go of all (rule 6.23). It answers the ids of those that changed.
type PinAll struct{ Off bool }

func (c Join) name() string     { return "join" }
func (c Invite) name() string   { return "invite" }
func (c Leave) name() string    { return "leave" }
func (c Silence) name() string  { return "silence" }
func (c Rename) name() string   { return "rename" }
func (c NameChat) name() string { return "name-chat" }
func (c PinAll) name() string   { return "pin-all" }

func (c Join) words() []string     { return []string{number(c.Session)} }
func (c Invite) words() []string   { return []string{number(c.Session), string(c.Operator)} }
func (c Leave) words() []string    { return []string{number(c.Session)} }
func (c Silence) words() []string  { return []string{data(c)} }
func (c Rename) words() []string   { return []string{data(c)} }
func (c NameChat) words() []string { return []string{data(c)} }
func (c PinAll) words() []string   { return []string{data(c)} }

// takesPart reports whether an operator has a session, is asked for it, or has joined it.
func (s *Session) takesPart(id queue.OperatorID) bool {
	return s.bearer() == id || slices.Contains(s.Joined, id)
}

// ongoing returns a session that is not over for operators, and in which there is something for them to do: its client has consented.
func (d *Desk) ongoing(id session.ID) (*Session, error) {
	s, err := d.session(id)
	switch {
	case err != nil:
		return nil, err
	case s.over():
		return nil, ErrOver
	case s.State == session.Consenting:
		return nil, &Invalid{Field: "Session", Problem: "its client has not consented"} // rule 11.5
	}
	return s, nil
}

func (c Join) act(d *Desk, by By) (any, error) {
	id, err := d.actor(by)
	if err != nil {
		return nil, err
	}
	s, err := d.ongoing(c.Session)
	if err != nil {
		return nil, err
	}
	if err := d.may(by, MayJoin, s.Line, s); err != nil {
		return nil, err
	}
	return nil, d.join(s, id, by)
}

func (c Invite) act(d *Desk, by By) (any, error) {
	s, err := d.ongoing(c.Session)
	if err != nil {
		return nil, err
	}
	if err := d.permits(by, s.Owner == by.Operator); err != nil {
		return nil, err
	}
	switch o := d.operators.get(c.Operator); {
	case o == nil:
		return nil, ErrNotFound
	case o.Status == worktime.Dismissed:
		return nil, &Invalid{Field: "Operator", Problem: "dismissed"} // rule 6.15
	}
	return nil, d.join(s, c.Operator, by)
}

func (d *Desk) join(s *Session, id queue.OperatorID, by By) error {
	switch {
	case s.bearer() == id, slices.Contains(s.Joined, id):
		return nil
	case len(s.Joined) >= MaxJoined:
		return &Invalid{Field: "Joined", Problem: "full", Limit: MaxJoined}
	}
	next := *s
	next.Joined = append(slices.Clip(s.Joined), id)
	d.sessions.put(&next)
	d.tellOf(&next, Event{Type: SessionJoined, Operator: id, Actor: by.Operator})
	return nil
}

func (c Leave) act(d *Desk, by By) (any, error) {
	id, err := d.actor(by)
	if err != nil {
		return nil, err
	}
	s, err := d.session(c.Session)
	switch {
	case err != nil:
		return nil, err
	case s.Owner == id && s.State.Active():
		return nil, &Invalid{Field: "Session", Problem: "its owner transfers or finishes it"}
	case !slices.Contains(s.Joined, id):
		return nil, nil
	}
	d.part(s, id, by)
	return nil, nil
}

// part takes somebody who has joined a session out of it.
func (d *Desk) part(s *Session, id queue.OperatorID, by By) {
	next := *s
	next.Joined = slices.DeleteFunc(slices.Clone(s.Joined), func(o queue.OperatorID) bool { return o == id })
	d.sessions.put(&next)
	d.tellOf(&next, Event{Type: SessionLeft, Operator: id, Actor: by.Operator})
}

func (c Silence) act(d *Desk, by By) (any, error) {
	s, err := d.ongoing(c.Session)
	if err != nil {
		return nil, err
	}
	if err := d.permits(by, s.takesPart(by.Operator)); err != nil {
		return nil, err
	}
	switch {
	case s.Silent != c.Off:
		return nil, nil
	case s.bearer() == "":
		return nil, &Invalid{Field: "Session", Problem: "nobody has it, or is asked for it alone"}
	}
	next := *s
	next.Silent = !c.Off
	d.sessions.put(&next)
	d.tellOf(&next, Event{Type: SessionSilenced, Operator: next.Owner, Actor: by.Operator, Reason: off(c.Off)})
	return nil, nil
}

// speakUp ends silent mode when a session changes hands: who has it next has not switched it on, and is to be heard.
func (d *Desk) speakUp(s *Session) *Session {
	if !s.Silent {
		return s
	}
	next := *s
	next.Silent = false
	d.sessions.put(&next)
	d.tellOf(&next, Event{Type: SessionSilenced, Operator: next.Owner, Reason: off(true)})
	return &next
}

// off is the reason of an event that takes something back.
func off(is bool) string {
	if is {
		return "off"
	}
	return ""
}

func (c Rename) act(d *Desk, by By) (any, error) {
	chat := d.chats.get(c.Chat)
	switch {
	case chat == nil:
		return nil, ErrNotFound
	case d.gone(chat):
		return nil, ErrOver
	}
	if err := d.mayRename(chat, by); err != nil {
		return nil, err
	}
	d.rename(chat, c.Title, by)
	return nil, nil
}

// mayRename decides by the chat's latest session, in whichever line that is.
func (d *Desk) mayRename(chat *Chat, by By) error {
	s, line := d.lastSession(chat), chat.Line
	if s != nil {
		line = s.Line
		if _, err := d.actor(by); err == nil && s.Open() && s.takesPart(by.Operator) {
			return nil
		}
	}
	return d.may(by, MayJoin, line, s)
}

func (d *Desk) rename(chat *Chat, title string, by By) {
	next := *chat
	if next.Title = connector.CleanText(title, connector.MaxName).Text; next.Title == chat.Title {
		return
	}
	d.chats.put(&next)
	d.tell(Event{Type: ChatRenamed, Line: chat.Line, Chat: chat.ID, Session: chat.Session, Actor: by.Operator})
}

func (c NameChat) act(d *Desk, by By) (any, error) {
	if by.Operator != "" {
		return nil, ErrDenied
	}
	address := d.thread(c.Address)
	if err := address.Validate(); err != nil {
		return nil, err
	}
	if c.Name == "" {
		return nil, &Invalid{Field: "Name", Problem: "empty"}
	}
	if _, _, err := d.served(address); err != nil {
		return nil, err
	}
	a := d.aliases.get(aliasKey(address))
	if a == nil {
		return nil, ErrNotFound
	}
	if d.unasked(a.Chat) {
		return nil, &Invalid{Field: "Name", Problem: "the client has not consented"} // rule 11.5
	}
	d.rename(d.chats.get(a.Chat), c.Name, by)
	return nil, nil
}

func (c PinAll) act(d *Desk, by By) (any, error) {
	id, err := d.actor(by)
	if err != nil {
		return nil, err
	}
	changed := []session.ID{}
	for _, n := range d.Load(id) { // no more than the account-wide limit
		if s := d.sessions.rows[n]; s.State.Active() && s.Pinned == c.Off {
			d.pin(s, c.Off, id)
			changed = append(changed, n)
		}
	}
	return changed, nil
}

// pin sets or takes away the pin of a session's owner.
func (d *Desk) pin(s *Session, away bool, owner queue.OperatorID) {
	next := *s
	next.Session = s.Session.Pin(!away)
	next.InQueue = !away && d.isMember(s.Line, owner)
	d.sessions.put(&next)
	d.tellOf(&next, Event{Type: SessionPinned, Operator: owner, Actor: owner, Reason: off(away)})
	if away && d.forsaken(&next) {
		d.letGo(&next) // who is away has nothing to keep it by any more
	}
}
