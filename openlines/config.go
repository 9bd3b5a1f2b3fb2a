package openlines

import (
	"context"
	"log/slog"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
)

// Limits of the engine.
const (
	MaxBatch   = 1024    // commands of one turn
	MaxBytes   = 4 << 20 // bytes that the commands of one turn bring, about; a single one may pass it
	MaxRows    = 2048    // changes of records after which a turn takes no further command or deadline
	MaxWaiting = 8192    // callers waiting for a turn; the next one gets ErrBusy
	MaxCalls   = 64      // deliveries at once, desk.MaxChannel of them for one account of a connector (decision 14.28)

	CallTimeout = 30 * time.Second // of one call of a Connector (decision 14.28)
	lease       = CallTimeout + 15*time.Second
	callGrace   = 500 * time.Millisecond // by which a call has to end after its context has; else it hangs
	closeGrace  = 2 * time.Second        // for deliveries and the turn under way, when the engine closes
	turnGrace   = time.Second            // more for the turn, after its context has ended
)

// The breaker of a channel: after so many failures in a row a node leaves it alone, first for a second, at last for a minute
// at a time, and then tries it with one delivery.
const (
	BreakAfter   = 5
	FirstRest    = time.Second
	LongestRest  = time.Minute
	HealthWithin = 30 * time.Second // in which Run has to do a round to be healthy
)

// MaxLink is how many bytes stand for a session in a text at most, see [Config].
const MaxLink = connector.MaxURL + 100

// The observer gets so long before callers go on without it, and so many calls at once; beyond them it is told nothing.
const (
	observerGrace = time.Second
	MaxObserving  = 256
)

// linkGrace is how long a text waits for Config.Links.
const linkGrace = time.Second

// Poll is how often Run looks what other nodes have stored: when there was work lately, and when not.
const (
	PollBusy = 250 * time.Millisecond
	PollIdle = time.Second
)

// Config is what an engine needs beside a store. The zero Config works: no connectors, the system's clock, no log. It is
// copied; changing it later has no effect.
type Config struct {
	// Connectors carry messages to clients, by kind of channel. Messages to a kind that is missing wait and are tried
	// again: another node may have it.
	Connectors map[connector.ID]connector.Connector

	// Identifier tells who clients are, for lines that ask (desk.CRM). Nil: nobody does, and they are unknown.
	Identifier Identifier

	// Bots take new sessions of lines that name them (desk.LineBot). One that is missing has failed: the session goes to the queue.
	Bots map[BotID]Bot

	// Notifier tells operators what lines want them to be told, such as replies that are overdue (desk.Notify). Nil: this
	// node tells nobody, and there are the events only; give it to every node, or to none.
	Notifier Notifier

	// Links returns what stands for #DIALOG# in automatic texts and in notices, such as the session's number and a link to it (rule
	// 11.9), for the channel that a text goes out by; for a notice to operators that is empty. It is called outside of every lock,
	// concurrently, each time that a text or a notice of a session goes out; what it returns goes out, too, and is stored nowhere.
	// It must be pure and quick. Empty, longer than MaxLink, not text, a panic, or no answer within a second: the number alone, as with
	// nil. While a call hangs it is not called again.
	Links func(id session.ID, to connector.ID) string

	Clock    Clock        // nil: the system's clock, set right by the store's
	Log      *slog.Logger // nil: no log. Ids of the desk, kinds and counts are logged; never texts, names or a channel's ids.
	Observer Observer
}

// Observer is the seam for metrics: functions called after the fact, outside of every lock and turn, concurrently. A nil
// function is not called. They must return quickly; a panic is logged. While one hangs nobody waits for them, and what is told
// beyond MaxObserving calls at once is lost.
type Observer struct {
	Turn     func(TurnInfo)
	Delivery func(DeliveryInfo)
}

// TurnInfo tells of one turn at the store.
type TurnInfo struct {
	Commands  int           // decided in it
	Records   int           // written
	Events    int           // told
	Conflicts int           // times that somebody else was faster
	Unknown   int           // times that the outcome of a commit was not known at first
	Took      time.Duration // from decision to the definite answer, by the engine's clock
	Err       error         // why it was given up; nil: stored
}

// DeliveryInfo tells of one attempt to deliver, and what this node made of it.
type DeliveryInfo struct {
	Connector connector.ID
	Account   string
	Attempt   int
	Took      time.Duration // by the engine's clock
	Err       error         // nil: delivered

	Rests   time.Duration // the channel's breaker opened, or stays open: this node leaves it alone so long
	Resumed bool          // the channel's breaker closed
	Hung    int           // calls of this node that have outlived their context and keep their places
}

// Identifier tells who the client of a new session is, out of the host's CRM. The session waits for the answer as long as its
// line says, from the start of an attempt (decision 14.21); then it is routed as an unknown client's, and a late answer is
// kept with the chat. It is called outside of every lock, concurrently, and must return when ctx ends. The zero Identity says
// that nobody knows him, and leaves what was known; after an error it is asked again later.
type Identifier interface {
	Identify(ctx context.Context, q Question) (Identity, error)
}

// Bot is told what clients write in sessions that it has or takes part in, one message of a session after the other, each at
// least once; what they edit or delete later it reads from the chat's history. It answers by [Engine.AsBot], from within Handle or
// later. It has 10 s; if it fails, panics or is late, the session goes to the queue at once (rule 11.27). It is called outside of
// every lock, concurrently, at most [desk.MaxChannel] times at once by a node, and must return when ctx ends.
type Bot interface {
	Handle(ctx context.Context, c BotCall) error
}

// BotFunc is a Bot that is a function.
type BotFunc func(ctx context.Context, c BotCall) error

// Handle calls the function.
func (f BotFunc) Handle(ctx context.Context, c BotCall) error { return f(ctx, c) }

// Notifier tells operators something, by whatever reaches them. It is called outside of every lock, concurrently, and must
// return when ctx ends; after an error it is called again later, as a delivery is, and those of one session keep their order. The
// same ID is the same notice, however often it comes.
type Notifier interface {
	Notify(ctx context.Context, n Notice) error
}

// ResponsibleChanger is an ItemCreator that can also be told who is responsible from now on for an item that was made of a
// session: who accepts it first, and who accepts a transfer of it by hand (rule 10.9). Telling it again must do no harm.
type ResponsibleChanger interface {
	ItemCreator
	ChangeResponsible(ctx context.Context, c Charge) error
}

// ItemAttacher is an Identifier that is also told which items a chat has been linked to by its answer, such as to note that with
// them. An item that [ItemCreator] has made for the chat it knows already. Telling it again must do no harm; after an error it is
// called again later, as a delivery is, in the order in which items of the chat are made.
type ItemAttacher interface {
	Identifier
	Attach(ctx context.Context, a Attachment) error
}

// ItemReader is an Identifier that knows who may read an item of its CRM. It is asked before an operator does something out of
// an item, and then his rights over the chat do not matter (rule 11.33). A host that has none asks for him in these cases itself.
type ItemReader interface {
	Identifier
	MayRead(ctx context.Context, operator queue.OperatorID, item string) (bool, error)
}

// ItemCreator is an Identifier that can also make an item of its CRM, as [Actor.CreateItem] asks for. The same ID is the same
// item, however often it is asked for. It returns the host's id of the item, 1 to connector.MaxID bytes.
type ItemCreator interface {
	Identifier
	CreateItem(ctx context.Context, d ItemDraft) (id string, err error)
}
