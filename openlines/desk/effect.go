package desk

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/internal/pqueue"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
)

// EffectID numbers the effects of a desk: 1, 2, 3, …
type EffectID int64

// EffectKind says what is to be done outside.
type EffectKind string

// The kinds of effects: a message on its way to its connector, what was done to it since, that operators have read, the
// question who a client is, an item to be made, what a bot is told, and what operators are.
const (
	Delivery       EffectKind = "delivery"
	DeliveryEdit   EffectKind = "edit"
	DeliveryDelete EffectKind = "delete"
	DeliveryRead   EffectKind = "read"
	DeliveryLog    EffectKind = "transcript" // what was said in a session, for the client (decision 14.31)
	AskIdentity    EffectKind = "identity"
	AskItem        EffectKind = "item"
	TellCharge     EffectKind = "charge" // who is responsible for an item now
	TellAttached   EffectKind = "attach" // which items a chat is linked to from now on
	CallBot        EffectKind = "bot"
	TellNotice     EffectKind = "notice"
)

// Effect is something to be done outside the desk, at least once. It is a record until its outcome is known. Effects of a
// lane are done in the order of their ids, one at a time; here a lane is a chat. One that was given up is a dead letter: a
// record that is in no lane, until somebody retries or drops it.
type Effect struct {
	ID      EffectID       `json:"id"`
	Kind    EffectKind     `json:"kind"`
	Lane    string         `json:"lane"`
	Chat    session.ChatID `json:"chat"`
	Session session.ID     `json:"session"`
	Line    LineID         `json:"line"`
	Channel
	Message  int64            `json:"message,omitempty"` // its number in the chat
	Record   string           `json:"record,omitempty"`  // id of its record, if it is not named by its number
	Make     ItemKind         `json:"make,omitempty"`    // what an AskItem is to make
	Items    []string         `json:"items,omitempty"`   // of a TellAttached
	Beside   bool             `json:"beside,omitempty"`  // an AskIdentity for whose answer no session waits
	Version  int              `json:"version,omitempty"` // which text of it: 0 as it was written, 1 after the first edit, …
	Operator queue.OperatorID `json:"operator,omitempty"`
	Bot      BotID            `json:"bot,omitempty"`
	Notice   NoticeKind       `json:"notice,omitempty"` // of a TellNotice: what it is about
	Step     int              `json:"step,omitempty"`   // of escalation
	Began    time.Time        `json:"began"`
	Attempt  int              `json:"attempt,omitempty"` // grows with each lease: it tells an outcome of this one from others
	Failures int              `json:"failures,omitempty"`
	Due      time.Time        `json:"due"` // not to be tried before
	Node     string           `json:"node,omitempty"`
	Lease    time.Time        `json:"lease,omitzero"` // until then Node has it

	Dead    time.Time `json:"dead,omitzero"`    // given up then; zero: it is live
	Reason  string    `json:"reason,omitempty"` // why: Permanent, Expired or OutOfWindow
	Revived time.Time `json:"revived,omitzero"` // when a dead letter was retried by hand
}

// Channel is one account of a connector, as far as deliveries go: each has room for so many at once.
type Channel struct {
	Connector connector.ID `json:"connector"`
	Account   string       `json:"account"`
}

func (c Channel) compare(o Channel) int {
	return cmp.Or(cmp.Compare(c.Connector, o.Connector), cmp.Compare(c.Account, o.Account))
}

// Limits of deliveries (decision 14.28).
const (
	FirstRetry  = time.Second
	LongestWait = 5 * time.Minute
	GiveUpAfter = 24 * time.Hour // of failures; then the next one is the last
	MaxClaim    = 64             // effects leased at once
	MaxChannel  = 8              // of them for one channel
)

// Why a delivery was given up.
const (
	Permanent = "permanent" // the channel said that trying again cannot help
	Expired   = "expired"   // it failed for GiveUpAfter

	OutOfWindow = "window" // the channel takes nothing until the client writes again (rule 9.11)

	NoSystem    = "no-system"   // the connector takes no automatic texts; they are no dead letters
	Unsupported = "unsupported" // the channel has no edits, deletions or receipts; it is no dead letter
)

type readiness struct {
	at time.Time
	id EffectID
}

func (r readiness) before(o readiness) bool {
	if !r.at.Equal(o.at) {
		return r.at.Before(o.at)
	}
	return r.id < o.id
}

// lane is the live effects of one lane, oldest first.
type lane struct {
	ids    []EffectID
	leased []EffectID // those of them that a node has: one, but for a lease that ran out, or a dead letter retried meanwhile
}

func (l *lane) set(id EffectID, leased bool) {
	if i, known := slices.BinarySearch(l.ids, id); !known {
		l.ids = slices.Insert(l.ids, i, id)
	}
	l.leased = slices.DeleteFunc(l.leased, func(o EffectID) bool { return o == id })
	if leased {
		l.leased = append(l.leased, id)
	}
}

func (l *lane) remove(id EffectID) {
	if i, known := slices.BinarySearch(l.ids, id); known {
		l.ids = slices.Delete(l.ids, i, i+1)
	}
	l.leased = slices.DeleteFunc(l.leased, func(o EffectID) bool { return o == id })
}

func (d *Desk) indexEffect(old, new *Effect) {
	if old != nil && !old.live() {
		old = nil
	}
	if new != nil && !new.live() {
		new = nil
	}
	if old != nil && new != nil && old.Channel != new.Channel {
		d.unready(old)
	}
	switch {
	case new != nil:
		l := d.lanes[new.Lane]
		if l == nil {
			l = &lane{}
			d.lanes[new.Lane] = l
		}
		l.set(new.ID, !new.Lease.IsZero())
		d.lead(l)
	case old != nil:
		l := d.lanes[old.Lane]
		l.remove(old.ID)
		d.unready(old)
		if len(l.ids) == 0 {
			delete(d.lanes, old.Lane)
			return
		}
		d.lead(l)
	}
}

// lead makes the head of a lane, and nobody else of it, ready for when it may be tried: not while a node has any effect of
// the lane, which can be a younger one if the head is a dead letter that was retried.
func (d *Desk) lead(l *lane) {
	for _, follower := range l.ids[1:min(2, len(l.ids))] {
		d.unready(d.effects.rows[follower])
	}
	head := d.effects.rows[l.ids[0]]
	if head == nil {
		return
	}
	at := head.Due
	for _, id := range l.leased {
		if e := d.effects.rows[id]; e != nil && e.Lease.After(at) {
			at = e.Lease
		}
	}
	d.readyIn(head.Channel).Set(head.ID, readiness{at, head.ID})
}

// readyIn is the heads of lanes of one channel, in the order in which they are due.
func (d *Desk) readyIn(c Channel) *pqueue.Queue[EffectID, readiness] {
	q := d.ready[c]
	if q == nil {
		q = pqueue.New[EffectID](readiness.before)
		d.ready[c] = q
		i, _ := slices.BinarySearchFunc(d.channels, c, Channel.compare)
		d.channels = slices.Insert(d.channels, i, c)
	}
	return q
}

func (d *Desk) unready(e *Effect) {
	if e != nil {
		d.readyIn(e.Channel).Remove(e.ID)
	}
}

// nextEffect returns when the next effect is to be tried; zero if there is none. A channel is not tried before rests says.
func (d *Desk) nextEffect(rests func(Channel) time.Time) (at time.Time) {
	for _, c := range d.channels {
		_, r, any := d.ready[c].Min()
		if !any {
			continue
		}
		if rests != nil {
			if until := rests(c); until.After(r.at) {
				r.at = until
			}
		}
		if at.IsZero() || r.at.Before(at) {
			at = r.at
		}
	}
	return at
}

// deliver makes the effect that carries a message to the client.
func (d *Desk) deliver(m *Message) {
	e := Effect{Kind: Delivery, Operator: m.Operator}
	switch chat := d.chats.get(m.Chat); {
	case m.Kind != "" && m.Kind != session.Consent && d.info(chat.Address.Connector).NoSystem:
		d.undelivered(m, NoSystem)
		return
	case d.shut(chat, d.now):
		d.undelivered(m, OutOfWindow)
		e.Dead, e.Reason = d.now, OutOfWindow // it is not even tried
		d.tell(d.effect(e, m).event(DeliveryFailed, OutOfWindow))
		return
	}
	d.effect(e, m)
}

// effect makes an effect that is about a message, in the lane of its chat.
func (d *Desk) effect(e Effect, m *Message) *Effect {
	n := d.count(func(c *counters) { c.Effects++ })
	c := d.chats.get(m.Chat)
	e.ID, e.Lane, e.Chat, e.Session, e.Message = EffectID(n.Effects), chatTerm(m.Chat), m.Chat, m.Session, m.Number
	e.Channel, e.Began, e.Due = Channel{c.Address.Connector, c.Address.Account}, d.now, d.now
	e.Line = cmp.Or(e.Line, c.Line)
	if m.Session != 0 && e.Kind != DeliveryRead {
		if s := d.sessions.get(m.Session); s != nil {
			e.Line = s.Line // it can have moved, and be over
		}
	}
	d.effects.put(&e)
	return &e
}

// Claim leases up to limit effects that are ready to a node, in the order in which they are due, and returns them. room is
// how many more the node can begin in a channel, at most MaxChannel. They are to be carried out once the draft is joined.
func (d *Desk) Claim(at time.Time, node string, limit int, room func(Channel) int, lease time.Duration) []Effect {
	heads, left := pqueue.New[Channel](readiness.before), map[Channel]int{}
	look := func(c Channel) {
		if _, r, any := d.ready[c].Min(); any && left[c] > 0 && !r.at.After(at) {
			heads.Set(c, r)
		} else {
			heads.Remove(c)
		}
	}
	for _, c := range d.channels {
		if _, r, any := d.ready[c].Min(); any && !r.at.After(at) {
			left[c] = min(room(c), MaxChannel)
			look(c)
		}
	}
	var claimed []Effect
	for len(claimed) < min(limit, MaxClaim) {
		c, r, any := heads.Min()
		if !any {
			break
		}
		e := *d.effects.rows[r.id]
		e.Node, e.Lease = node, at.Add(lease)
		e.Attempt++
		d.effects.put(&e)
		d.asked(&e, at)
		d.botCalled(&e, at)
		claimed = append(claimed, e)
		left[c]--
		look(c)
	}
	return claimed
}

// Outcome is what came of an attempt at an effect. A success counts from any attempt, a failure only from the present one.
type Outcome struct {
	Effect    EffectID
	Attempt   int
	Failed    bool
	Permanent bool          // trying again cannot help
	After     time.Duration // the channel asks to wait this long; 0: the usual pause
	Released  bool          // not tried: the node gives it back

	Unknown     bool      // there is no such bot
	Late        bool      // not tried, or not to be tried again: the window of the channel has ended
	Unsupported bool      // the channel does not have that; no dead letter is made of it
	IDs         []string  // a success: the channel's ids of the message, which can be kept
	Identity    *Identity // the answer to AskIdentity
	Attaches    bool      // with it: this host is told of the items that the chat is linked to by it
	Item        string    // the answer to AskItem
}

func (c Outcome) name() string { return "outcome" }
func (c Outcome) words() []string {
	return []string{data(c)}
}

func (c Outcome) act(d *Desk, by By) (any, error) {
	if by.Operator != "" {
		return nil, ErrDenied
	}
	if c.Failed || c.Released {
		e := d.effects.peek(c.Effect)
		if e == nil || !e.live() || e.Attempt != c.Attempt || e.Lease.IsZero() {
			return nil, nil // known already, or an attempt that was given up long ago
		}
		d.failed(e, c)
		return nil, nil
	}
	e := d.effects.get(c.Effect) // a late success can be that of a dead letter
	switch {
	case e == nil:
		return nil, nil
	case e.Kind == AskIdentity:
		return nil, d.learn(e, c.Identity, c.Attaches)
	case e.Kind == AskItem:
		return nil, d.link(e, c.Item)
	case e.Kind == TellCharge:
		d.charged(e)
		return nil, nil
	case e.Kind == CallBot:
		d.botTook(e)
		return nil, nil
	case e.Kind == TellNotice, e.Kind == TellAttached:
		d.effects.drop(e.ID)
		return nil, nil
	}
	d.effects.drop(e.ID)
	d.tell(e.event(Delivered, ""))
	d.arrived(e, c.IDs)
	return nil, nil
}

// failed puts off or gives up an effect whose present attempt came to nothing.
func (d *Desk) failed(e *Effect, c Outcome) {
	if e.Kind == AskIdentity && !c.Released {
		if s := d.sessions.rows[e.Session]; s != nil && s.State == session.Identifying {
			d.unidentified(s, "failed")
		}
		if c.Permanent || c.Unsupported || d.now.Sub(e.Began) >= GiveUpAfter {
			d.effects.drop(e.ID)
			if s := d.sessions.rows[e.Session]; s != nil {
				d.consider(s) // he stays unknown
			}
			return
		}
	}
	if e.Kind == CallBot && (!c.Released || !d.hears(e)) {
		why := "failed"
		if c.Unknown {
			why = "unknown"
		}
		d.botFailed(e, why)
		return
	}
	since := e.Began
	if e.Revived.After(since) {
		since = e.Revived
	}
	switch {
	case c.Released:
	case c.Unsupported:
		d.effects.drop(e.ID)
		if e.Kind == TellNotice || e.Kind == TellCharge || e.Kind == TellAttached {
			return // this host does not want to know
		}
		d.tell(e.event(DeliveryFailed, Unsupported))
		d.settled(e)
		d.editMissed(e, true)
		return
	case c.Late:
		d.bury(e, OutOfWindow)
		return
	case c.Permanent:
		d.bury(e, Permanent)
		return
	case d.now.Sub(since) >= GiveUpAfter:
		d.bury(e, Expired)
		return
	}
	next := *e
	next.Node, next.Lease = "", time.Time{}
	if !c.Released {
		next.Failures++
		next.Due = d.now.Add(pause(&next, c.After))
		if e.Kind == AskIdentity {
			next.Channel = identities
		}
	}
	d.effects.put(&next)
}

func (e *Effect) event(t EventType, reason string) Event {
	return Event{
		Type: t, Line: e.Line, Chat: e.Chat, Session: e.Session, Message: e.Message, Operator: e.Operator,
		Attempt: e.Attempt, Reason: reason,
	}
}

// pause is how long to wait after an attempt: 1 s, doubling, at most 5 min, ±20 % spread by the effect's id; the channel's
// own wish wins.
func pause(e *Effect, wish time.Duration) time.Duration {
	if wish > 0 {
		return min(wish, GiveUpAfter-time.Microsecond).Truncate(time.Microsecond) + time.Microsecond
	}
	wait := LongestWait
	if e.Failures < 10 {
		wait = min(FirstRetry<<max(e.Failures-1, 0), LongestWait)
	}
	spread := uint64(e.ID)*0x9E3779B97F4A7C15 + uint64(e.Failures)*0xBF58476D1CE4E5B9
	share := int64(spread>>33%401) - 200 // thousandths
	return (wait + wait*time.Duration(share)/1000).Truncate(time.Microsecond)
}

// Keys names the records that carrying out the effect needs.
func (e Effect) Keys() []storage.Key {
	keys := []storage.Key{{Kind: "chat", ID: number(e.Chat)}}
	if e.Record != "" && (e.Kind == AskIdentity || e.Kind == AskItem) {
		keys = append(keys, storage.Key{Kind: "message", ID: e.Record}) // a form
	}
	switch e.Kind {
	case AskIdentity, TellNotice, DeliveryLog:
		return keys
	case AskItem, TellCharge, TellAttached:
		return append(keys, SessionKey(e.Session), storage.Key{Kind: "line", ID: string(e.Line)})
	}
	if e.Kind == CallBot {
		keys = append(keys, SessionKey(e.Session))
	}
	keys = append(keys, storage.Key{Kind: "message", ID: cmp.Or(e.Record, messageKey(e.Chat, "", e.Message))})
	if e.Kind == DeliveryEdit || e.Kind == DeliveryDelete {
		keys = append(keys, storage.Key{Kind: "receipt", ID: (&receipt{Chat: e.Chat, Number: e.Message}).key()})
	}
	return keys
}

// Outbound makes the message to deliver out of the records that Keys names. shown tells what the client sees of an operator
// and whether his name goes before the text, as [Desk.ShownIn] does; dialog what stands for #DIALOG# in it.
func (e Effect) Outbound(
	records []storage.Record, shown func(queue.OperatorID) (a connector.Author, signs bool), dialog func(session.ID) string,
) (connector.Outbound, error) {
	var c Chat
	var m Message
	var was receipt
	for _, r := range records {
		into := map[string]any{"chat": &c, "message": &m, "receipt": &was}[r.Kind]
		if into == nil {
			continue
		}
		if err := json.Unmarshal(r.Body, into); err != nil {
			return connector.Outbound{}, fmt.Errorf("desk: read %s record: %w", r.Kind, err)
		}
	}
	if c.ID == 0 || m.Number == 0 {
		return connector.Outbound{}, fmt.Errorf("desk: read message %d of a chat: %w", e.Message, ErrNotFound)
	}
	author, signs := shown(m.Operator)
	out := connector.Outbound{ID: number(e.ID), To: c.Address, Message: m.Number, Author: author, Refs: was.IDs}
	switch e.Kind {
	case DeliveryEdit:
		out.Kind, out.Text = connector.Edited, m.version(e.Version).Text
	case DeliveryDelete:
		out.Kind = connector.Deleted
	case DeliveryRead:
		out.Kind, out.Refs, out.Author = connector.Read, []string{m.External}, connector.Author{}
	default:
		out.Text, out.Files = m.version(e.Version).Text, m.Files
		out.Buttons, out.Attachment, out.NoPreview = m.Buttons, m.Attachment, m.NoPreview
	}
	if len(m.Around) > 0 && e.Kind == Delivery {
		named, _ := shown(m.Names)
		out.Text = m.naming(named.Name, dialog)
	}
	if signs && author.Name != "" && out.Text != "" {
		out.Text = author.Name + ": " + out.Text
	}
	says := e.Kind == Delivery || e.Kind == DeliveryEdit
	if says && out.Text == "" && len(out.Files) == 0 { // a dead letter that was deleted, and is retried
		return out, &connector.Failure{Permanent: true, Err: fmt.Errorf("desk: message %d is deleted", e.Message)}
	}
	return out, nil
}
