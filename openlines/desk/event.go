package desk

import (
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
)

// EventType says what happened.
type EventType string

// The events of the feed.
const (
	MessageReceived    EventType = "message-received" // a client's message is stored
	MessageSent        EventType = "message-sent"     // an operator's or an automatic text is stored, on its way to the client
	SessionStarted     EventType = "session-started"
	BotJoined          EventType = "bot-joined"      // Bot has the session
	BotLeft            EventType = "bot-left"        // Bot takes no part in the session any more
	SessionWaiting     EventType = "session-waiting" // offered to nobody; Reason tells why it came back
	SessionOffered     EventType = "session-offered" // to Operator, or to Members at once; Reason: why him, see [AskedAs]
	SessionAnswered    EventType = "session-answered"
	SessionTransferred EventType = "session-transferred" // From one operator to Operator, who has not accepted yet
	SessionMoved       EventType = "session-moved"       // from FromLine to Line, whose queue it enters
	SessionIntercepted EventType = "session-intercepted" // Operator took it From another, or from the queue
	SessionJoined      EventType = "session-joined"      // Operator takes part, too
	SessionLeft        EventType = "session-left"        // Operator does not take part any more
	SessionSilenced    EventType = "session-silenced"    // what operators write is for one another; Reason "off": not any more
	ChatRenamed        EventType = "chat-renamed"
	ChatMuted          EventType = "chat-muted"        // by Operator, for himself; Reason "off": not any more
	ClientIdentified   EventType = "client-identified" // or not: Reason is known, unknown, late, timed out or failed
	FormFilled         EventType = "form-filled"       // by the client; Message is its summary
	ConsentGiven       EventType = "consent-given"     // by the client; Reason is accepted, went on, or lifted: he is not asked any more
	SessionRated       EventType = "session-rated"     // by the client; Reason is his vote
	SessionReviewed    EventType = "session-reviewed"  // by a supervisor; Reason is his stars
	ClientsMerged      EventType = "clients-merged"    // the chat's client turned out to be another's; Reason is "known" or "by hand"
	ClientSplit        EventType = "client-split"      // the chat's client is one of his own again
	ClientErased       EventType = "client-erased"     // nothing personal is left of the chat
	FilesReleased      EventType = "files-released"    // the message's files are not needed any more
	ItemCreated        EventType = "item-created"      // in the host's CRM, and the chat is linked to it
	ItemCharged        EventType = "item-charged"      // Operator is responsible for it in the host's CRM
	MessageEdited      EventType = "message-edited"
	MessageDeleted     EventType = "message-deleted"
	MessageArrived     EventType = "message-arrived"      // at the client, with all before it
	MessageRead        EventType = "message-read"         // by the client, with all before it
	MessageSeen        EventType = "message-seen"         // by operators, with all before it
	MessageNoted       EventType = "message-noted"        // an operator's message that the client does not get is stored
	MessageImported    EventType = "message-imported"     // a message of the past is stored
	QueueEmpty         EventType = "queue-empty"          // a session waits in a line whose queue has no members (rule 2.10)
	NormMissed         EventType = "norm-missed"          // a reply is overdue (rule 11.8); Operator has the session or is asked, Reason is a NoticeKind
	SessionEscalated   EventType = "session-escalated"    // nobody has accepted it: a Step of its line's escalation is taken (rule P3); Operator is asked
	OperatorNearlyFull EventType = "operator-nearly-full" // Operator has come to NearlyFull percent of the account-wide limit (rule P8)
	DeskResumed        EventType = "desk-resumed"         // after an outage, whose length Reason tells
	LineArchived       EventType = "line-archived"
	SessionPinned      EventType = "session-pinned"    // Reason "off": let go
	SessionNeglected   EventType = "session-neglected" // Operator has it, and nothing has happened for long
	SessionReopened    EventType = "session-reopened"
	SessionMarked      EventType = "session-unanswered"
	SessionFinished    EventType = "session-finished"    // the closing delay begins
	SessionAutoClosed  EventType = "session-auto-closed" // the client did not react; its life begins
	SessionClosed      EventType = "session-closed"      // Reason tells why
	ClientLeft         EventType = "client-left"         // while an operator has the session, or it is passed on
	AvailabilitySet    EventType = "availability"        // of Operator; Reason is the verdict
	Delivered          EventType = "delivered"
	DeliveryFailed     EventType = "delivery-failed"  // given up, Reason tells why; it is a dead letter now
	DeliveryRetried    EventType = "delivery-retried" // a dead letter is on its way again
	DeliveryDropped    EventType = "delivery-dropped" // a dead letter is gone, by hand or because it was kept long enough

	ConnectorRemoved      EventType = "connector-removed"  // out of the register; a connection-removed tells of each account
	ConnectionRemoved     EventType = "connection-removed" // an account of Connector from Line; Reason "moved": to another, "archived": with the line
	ConnectionActivated   EventType = "connection-activated"
	ConnectionDeactivated EventType = "connection-deactivated" // it takes no messages any more
	ConnectionFailed      EventType = "connection-failed"      // Reason is the host's code
	ConnectionRecovered   EventType = "connection-recovered"
)

// Event is one line of the feed: ids, enums, numbers and times, never text, names or a channel's ids. Seq is dense, from 1.
type Event struct {
	Seq      uint64           `json:"seq"`
	Type     EventType        `json:"type"`
	At       time.Time        `json:"at"`
	Line     LineID           `json:"line,omitempty"`
	Chat     session.ChatID   `json:"chat,omitempty"`
	Session  session.ID       `json:"session,omitempty"`
	Parent   session.ID       `json:"parent,omitempty"`
	Message  int64            `json:"message,omitempty"` // its number in the chat
	Text     session.Text     `json:"text,omitempty"`    // which automatic text it is
	Operator queue.OperatorID `json:"operator,omitempty"`
	Actor    queue.OperatorID `json:"actor,omitempty"`    // who did it; empty: the host, the client, a service or a deadline
	Service  ServiceID        `json:"service,omitempty"`  // who did it, if it was a service
	Bot      BotID            `json:"bot,omitempty"`      // who did it, or who had the session
	Reason   string           `json:"reason,omitempty"`   // session.Act, session.Reason or a verdict
	From     queue.OperatorID `json:"from,omitempty"`     // who had it before
	FromLine LineID           `json:"fromLine,omitempty"` // where it was before
	RunnerUp queue.OperatorID `json:"runnerUp,omitempty"`
	Free     int              `json:"free,omitempty"`    // members who could have been asked
	Members  int              `json:"members,omitempty"` // members asked at once
	Attempt  int              `json:"attempt,omitempty"`
	Step     int              `json:"step,omitempty"`   // of escalation: 1, 2, …
	CloseAt  time.Time        `json:"closeAt,omitzero"` // when a finished session closes if nobody writes (rule 1.13)

	Connector connector.ID `json:"connector,omitempty"` // whose account it is about
}

// indexCounters sees to it that a program whose clock is behind, or was set back, goes on at the time of the last event: nothing
// is dated before what was.
func (d *Desk) indexCounters(_, new *counters) {
	if new != nil && d.now.Before(new.Told) {
		d.now, d.then = new.Told, new.Told
	}
}

// tell adds an event to the feed and returns its number.
func (d *Desk) tell(e Event) uint64 {
	e.Seq = d.head.Events + uint64(len(d.events)) + 1
	e.At = d.now
	if s := d.services.rows[ServiceID(e.Actor)]; s != nil {
		e.Actor, e.Service = "", s.ID
	}
	if last := d.counters.peek("desk"); last == nil || last.Told.Before(d.now) {
		d.count(func(c *counters) { c.Told = d.now })
	}
	d.events = append(d.events, e)
	return e.Seq
}

func (d *Desk) tellOf(s *Session, e Event) uint64 {
	e.Line, e.Chat, e.Session = s.Line, s.Chat, s.ID
	return d.tell(e)
}
