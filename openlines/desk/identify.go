package desk

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/worktime"
)

// Limits of identifying.
const (
	DefaultIdentify = 3 * time.Second        // decision 14.21
	MinIdentify     = 100 * time.Millisecond // of CRM.Within
	MaxIdentify     = 30 * time.Second       // of CRM.Within, and how long a session waits for a node that asks at all
	MaxItems        = 20                     // items of an Identity, of a chat and of a session
)

// CRM says what a line does with what the host knows of its clients. The zero CRM asks for nothing (rule 10.1).
type CRM struct {
	// Verify asks the host who a client is, before his session is offered to anybody (decision 14.21).
	Verify bool `json:"verify,omitempty"`
	// Within is how long he waits for the answer, from the start of an attempt; 0: DefaultIdentify. Then he is routed as
	// unknown. A late answer is kept, and routes nothing any more.
	Within Within `json:"within,omitzero"`
	// KeepInQueue does not offer a session to the responsible person that the answer names (rule 10.5).
	KeepInQueue bool `json:"keepInQueue,omitempty"`
	// Create is what is made of a client whom the host does not know and who can be reached again: a Lead, a Deal, or nothing by
	// itself (rules 10.2, 10.3). Without Verify nobody is asked about, and who is not linked to an item is not known.
	Create ItemKind `json:"create,omitempty"`
	// Source is the host's code of where such items come from; empty: a source named after the line and the connector (rule
	// 10.4). Stage is its code of where they begin. Each is at most connector.MaxID bytes.
	Source string `json:"source,omitempty"`
	Stage  string `json:"stage,omitempty"`
	// KeepResponsible leaves an item that was made of a session with who first accepted that; else who accepts a transfer of it by
	// hand becomes responsible (rule 10.9).
	KeepResponsible bool `json:"keepResponsible,omitempty"`
	// NoTracker does not look for phone numbers and e-mail addresses in what clients write, to ask anew who they are (rules 10.10,
	// 10.11). Without Verify nobody looks either.
	NoTracker bool `json:"noTracker,omitempty"`
	// AttachTo are the kinds of items that chats are linked to (decision 14.32); none: all.
	AttachTo []ItemKind `json:"attachTo,omitempty"`
}

// Within is a duration that is text in JSON, such as "3s", or "never" for session.Never.
type Within time.Duration

// MarshalText writes it as time.Duration does, but for "never".
func (w Within) MarshalText() ([]byte, error) {
	if time.Duration(w) == session.Never {
		return []byte("never"), nil
	}
	return []byte(time.Duration(w).String()), nil
}

// UnmarshalText reads what time.ParseDuration reads, and "never".
func (w *Within) UnmarshalText(text []byte) error {
	if string(text) == "never" {
		*w = Within(session.Never)
		return nil
	}
	d, err := time.ParseDuration(string(text))
	*w = Within(d)
	return err
}

func (c CRM) within() time.Duration {
	if c.Within == 0 {
		return DefaultIdentify
	}
	return time.Duration(c.Within).Truncate(time.Microsecond)
}

// validate reports every problem, joined, as *Invalid.
func (c CRM) validate() error {
	var problems []error
	if d := time.Duration(c.Within); d != 0 && (d < MinIdentify || d > MaxIdentify) {
		problems = append(problems, &Invalid{Field: "CRM.Within", Problem: "want " + MinIdentify.String() + " to " + MaxIdentify.String()})
	}
	if c.Create != "" && c.Create != Lead && c.Create != Deal {
		problems = append(problems, &Invalid{Field: "CRM.Create", Problem: "want a lead, a deal or nothing"})
	}
	for field, code := range map[string]string{"CRM.Source": c.Source, "CRM.Stage": c.Stage} { // order does not matter: all are told
		if code != "" {
			problems = append(problems, connector.CheckID(field, code))
		}
	}
	if len(c.AttachTo) > len(itemKinds) {
		problems = append(problems, &Invalid{Field: "CRM.AttachTo", Problem: strconv.Itoa(len(c.AttachTo)), Limit: len(itemKinds)})
	}
	for _, kind := range c.AttachTo {
		if err := kind.check("CRM.AttachTo"); err != nil {
			problems = append(problems, err)
			break
		}
	}
	return errors.Join(problems...)
}

// Identity is what a host knows of a client. The zero Identity is an unknown one.
type Identity struct {
	Client      string           `json:"client,omitempty"`      // the host's id of him
	Responsible queue.OperatorID `json:"responsible,omitempty"` // who looks after him, in the queue or not; empty: as Found tells
	Items       []string         `json:"items,omitempty"`       // the host's ids of what belongs to him, and what his chat is linked to

	// Found is what belongs to him, if the host tells more of it than ids: who is responsible for it, and that it is closed (rules
	// 10.8, 10.15). A chat is linked to what is open of it, too. Items and Found together are at most MaxItems.
	Found []Item `json:"found,omitempty"`
}

// Clone returns a copy that shares no memory with the identity.
func (i Identity) Clone() Identity {
	i.Items, i.Found = append([]string(nil), i.Items...), append([]Item(nil), i.Found...)
	return i
}

// Validate reports the first malformed field as *Invalid.
func (i *Identity) Validate() error {
	if n := len(i.Items) + len(i.Found); n > MaxItems {
		return &Invalid{Field: "Identity.Items", Problem: strconv.Itoa(n), Limit: MaxItems}
	}
	if i.Client != "" {
		if err := connector.CheckID("Identity.Client", i.Client); err != nil {
			return err
		}
	}
	if i.Responsible != "" {
		if err := checkName("Identity.Responsible", string(i.Responsible)); err != nil {
			return err
		}
	}
	for _, item := range i.Items {
		if err := connector.CheckID("Identity.Items", item); err != nil {
			return err
		}
	}
	for n := range i.Found {
		if err := i.Found[n].validate(); err != nil {
			return err
		}
	}
	return nil
}

// Question asks who a client is.
type Question struct {
	Chat    session.ChatID
	Session session.ID
	Line    LineID
	Address connector.Address
	Client  connector.Client // what his channel tells of him
	Known   Identity         // what was known before
	Consent Agreement        // what he has agreed to last
	Fields  []Field          // of the form that he has filled in last (rule 7.25)

	// Phone and Email are the first that he has written in the chat (rule 10.12), a number as [connector.FindPhone] gives it, or
	// else what his channel tells. Empty: none is known.
	Phone, Email string
}

// UserCode is the client's address as the reference product prints it, "connector|line|chat|user" (decision 14.22): the line is
// that of the question. A CRM that keeps it with its items recognises who comes again by the same channel (rule 10.13).
func (q Question) UserCode() string { return userCode(q.Address, q.Line) }

func userCode(a connector.Address, line LineID) string {
	return strings.Join([]string{string(a.Connector), string(line), a.Chat, a.User}, "|")
}

// Question makes the question of an AskIdentity out of the records that Keys names.
func (e Effect) Question(records []storage.Record) (Question, error) {
	fields, err := fieldsOf(records)
	if err != nil {
		return Question{}, err
	}
	for _, r := range records {
		if r.Kind == "chat" {
			c, err := DecodeChat(r)
			return Question{
				Chat: e.Chat, Session: e.Session, Line: e.Line, Address: c.Address, Client: c.Client, Known: c.Identity,
				Consent: c.Consent, Phone: cmp.Or(c.Phone, c.Client.Phone), Email: cmp.Or(c.Email, c.Client.Email),
				Fields: fields,
			}, err
		}
	}
	return Question{}, fmt.Errorf("desk: read a chat: %w", ErrNotFound)
}

// identify asks the host who the client of a new session is, and holds the session back meanwhile. The answer is the chat's:
// a question about an earlier session of it that failed is not waited for.
func (d *Desk) identify(s *Session) session.Session {
	if l := d.lanes[identityLane(s.Chat)]; l != nil {
		for _, id := range slices.Clone(l.ids) {
			if e := d.effects.rows[id]; e.Kind == AskIdentity && e.Lease.IsZero() {
				d.effects.drop(id)
			}
		}
	}
	s.Identified = true
	d.askIdentity(s, false)
	return s.Session.Identify(d.now.Add(MaxIdentify))
}

func identityLane(id session.ChatID) string { return "identity:" + number(id) }

// Where questions who somebody is go: those for whose answers sessions wait have a channel of their own, which no failure closes
// (decision 14.21). Once one has failed, it goes with the others.
var newClients, identities = Channel{Account: "who"}, Channel{Account: string(AskIdentity)}

// Hurries reports whether somebody waits for an effect, so that it is tried whatever came of others in its channel.
func (e Effect) Hurries() bool { return e.Kind == CallBot || e.Channel == newClients }

// askIdentity asks the host who the client of a session is.
func (d *Desk) askIdentity(s *Session, beside bool) {
	n, channel := d.count(func(c *counters) { c.Effects++ }), newClients
	if beside {
		channel = identities
	}
	d.effects.put(&Effect{
		ID: EffectID(n.Effects), Kind: AskIdentity, Lane: identityLane(s.Chat), Chat: s.Chat, Session: s.ID, Line: s.Line, Beside: beside,
		Channel: channel, Record: d.chats.get(s.Chat).Form.Record, Began: d.now, Due: d.now,
	})
}

// asked starts the time of a session whose client somebody asks for now.
func (d *Desk) asked(e *Effect, at time.Time) {
	s, l := d.sessions.rows[e.Session], d.lines.rows[e.Line]
	if e.Kind != AskIdentity || s == nil || l == nil || s.State != session.Identifying {
		return
	}
	if by := at.Add(l.CRM.within()); by.Before(s.IdentifyBy) {
		next := *s
		next.IdentifyBy = by
		d.sessions.put(&next)
	}
}

// learn keeps what the host knows of a client, and routes his session if it waits for that. Who does not know him, and names
// no items either, takes nothing away that is known, such as items made of his earlier sessions. With attaches, the host is told
// of what the chat is linked to now, and was not before.
func (d *Desk) learn(e *Effect, who *Identity, attaches bool) error {
	if who == nil {
		who = &Identity{}
	}
	if err := who.Validate(); err != nil {
		return err
	}
	d.effects.drop(e.ID)
	s := d.sessions.get(e.Session)
	waits := s != nil && s.State == session.Identifying
	if now := d.sessions.rows[d.open[e.Chat]]; s != nil && !s.Open() && now != nil && now.Shared {
		s = now // it was started by hand meanwhile (decision 14.43)
	}
	var fresh []string
	if who.Client != "" || len(who.Items)+len(who.Found) > 0 {
		chat := *d.chats.get(e.Chat)
		made := slices.Clone(chat.Made)
		if s != nil && s.Making != nil && s.Making.Item != "" {
			made = append(made, s.Making.Item)
		}
		known := append(slices.Clip(chat.Identity.Items), made...)
		chat.Identity = who.linked(d.crmOf(e.Line).AttachTo, made)
		chat.Made = slices.DeleteFunc(slices.Clone(chat.Made), func(id string) bool {
			return slices.ContainsFunc(who.Found, func(f Item) bool { return f.ID == id && f.over() })
		})
		fresh = slices.DeleteFunc(slices.Clone(chat.Identity.Items), func(id string) bool { return slices.Contains(known, id) })
		d.chats.put(&chat)
		d.relink(&chat)
		d.knownAs(e.Chat, who.Client)
	}
	event := Event{Type: ClientIdentified, Line: e.Line, Chat: e.Chat, Session: e.Session, Reason: "known"}
	switch {
	case who.Client == "":
		event.Reason = "unknown"
	case !waits && !e.Beside:
		event.Reason = "late"
	}
	d.tell(event)
	if s != nil {
		if attaches && len(fresh) > 0 {
			d.askAbout(s, Effect{Kind: TellAttached, Items: fresh})
		}
		d.consider(d.attach(s))
		s = d.sessions.get(s.ID)
	}
	switch {
	case waits:
		d.routeKnown(s, who.looksAfter())
	case s != nil && s.State == session.Waiting:
		d.askLate(s, who.looksAfter())
	}
	return nil
}

// askLate offers a session that still waits, as nobody could be asked, to the responsible person of whom the host tells only now
// (rule 10.5). What somebody is asked for, or has, is not routed anew (decision 14.21).
func (d *Desk) askLate(s *Session, responsible queue.OperatorID) {
	if !d.crmOf(s.Line).KeepInQueue && !slices.Contains(s.Tried, responsible) && d.fits(s, responsible) {
		d.offerTo(s, responsible)
	}
}

// unidentified routes a session whose client was not recognised, or not in time, as that of an unknown one.
func (d *Desk) unidentified(s *Session, why string) {
	d.tellOf(s, Event{Type: ClientIdentified, Reason: why})
	d.routeKnown(d.attach(s), "")
}

// routeKnown ends identifying: the bot takes the session if there is one, else it is offered to the responsible person if he can
// serve it, else it waits in the queue (rules 10.5–10.7).
func (d *Desk) routeKnown(s *Session, responsible queue.OperatorID) {
	if s.Bot != "" {
		d.entrust(s) // decision 14.44
		return
	}
	d.enqueue(d.must(s, session.Identify, nil), responsible)
}

// enqueue offers a session that waits from now on to the responsible person, or leaves it to the queue.
func (d *Desk) enqueue(next *Session, responsible queue.OperatorID) {
	l := d.lines.get(next.Line)
	if l.CRM.KeepInQueue {
		responsible = ""
	}
	if named := d.namedByForm(next); d.fits(next, named) {
		responsible = named
	}
	if d.fits(next, responsible) {
		d.offerTo(next, responsible)
		return
	}
	d.entered = append(d.entered, next.ID)
	d.arrive(next)
}

// offerTo offers a session that waits to the responsible person, be he in the queue or not.
func (d *Desk) offerTo(s *Session, responsible queue.OperatorID) {
	d.must(s, session.Offer, func(n *Session) {
		n.OfferedTo, n.AskedAs, n.Direct, n.Tried = responsible, AsResponsible, true, []queue.OperatorID{responsible}
		n.OfferEnds, n.InQueue = d.directEnds(d.lines.get(s.Line), responsible), d.isMember(s.Line, responsible)
	})
	event := d.tellOf(s, Event{Type: SessionOffered, Operator: responsible, Reason: string(AsResponsible)})
	d.stamp(s.Line, responsible, event)
}

// fits reports whether the responsible person can be asked: neither the line's limit counts nor his presence, but the
// account-wide limit, dismissal, and, where the line looks at availability, leave and the work day (rules 5.11, 10.6).
func (d *Desk) fits(s *Session, id queue.OperatorID) bool {
	l := d.lines.rows[s.Line]
	if id == "" || l == nil || l.Inactive || d.target(id) != nil {
		return false
	}
	if !l.Queue.OnlyAvailable {
		return true
	}
	switch d.operators.rows[id].Status {
	case worktime.OnLeave, worktime.OffDuty, worktime.NotClockedIn, worktime.OnBreak:
		return false
	}
	return true
}

// directEnds is when an offer to one who was named ends, in every mode (rule 6.14); zero: it does not. One to who is away, in a
// line that looks at that, always ends: nobody else would take it from him.
func (d *Desk) directEnds(l *Line, id queue.OperatorID) time.Time {
	if after, on := l.Queue.PassOn(); on {
		return d.now.Add(after)
	} else if l.Queue.Mode == queue.All || l.Queue.OnlyAvailable && d.operators.rows[id].Status != worktime.Available {
		return d.now.Add(queue.DefaultPassOn)
	}
	return time.Time{}
}
