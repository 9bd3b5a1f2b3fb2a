package connector

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// Outbound is one message on its way to a client. ID is the same for every attempt, so that a channel which knows it can
// drop the second one: delivery is at least once.
type Outbound struct {
	ID      string // stable, unique within the desk
	Kind    Kind
	To      Address
	Message int64 // number of the message in its chat, 1, 2, 3, …
	Text    string
	Files   []File
	Author  Author

	Buttons    []Link // below a message in the name of a line of the network
	Attachment []byte // of such a message, JSON that the channel understands; nil: none
	NoPreview  bool   // links in the text are not shown as pictures

	// Refs are the channel's ids of the message that Kind is about: those of the Receipt that Deliver gave for it, or, for
	// Read, that of the client's message. Empty: the channel gave none.
	Refs []string

	// Of a Transcript: what was said, oldest first, in which language the client is to get it (a tag such as "de"; empty: nobody
	// knows), and whether there was more before that, for which there is no room.
	Log      []LogLine
	LogCut   bool
	Language string
}

// LogLine is one message of a transcript, as the client has seen it.
type LogLine struct {
	At     time.Time
	Client bool   // the client wrote it
	From   string // in a group: the channel's id of who did
	Author Author // else who did, as Author of Outbound
	Text   string
	Files  []File
}

// Kind says what an Outbound does. The zero Kind is a new message.
type Kind string

// The kinds. A channel that knows no edits, deletions, receipts or transcripts answers [ErrUnsupported].
const (
	New     Kind = ""
	Edited  Kind = "edit"   // the message of Refs reads Text now
	Deleted Kind = "delete" // the message of Refs is taken back
	Read    Kind = "read"   // operators have read what the client wrote, up to Refs

	Transcript Kind = "transcript" // the client has asked for what was said: Log, in the form that the channel gives it
)

// ErrUnsupported is what Deliver returns for a Kind that the channel does not have: it is not tried again, and no dead
// letter is made of it.
var ErrUnsupported = errors.New("connector: the channel does not have that")

// Author tells who wrote an outgoing message. The zero Author is the system: a greeting, a closing text.
type Author struct {
	Operator string // id of the operator, if it was one and the line does not hide him
	Name     string // the name to show, as the line's rules allow
	Position string // his position, if the line's queue keeps one to show
	Photo    string // address of a picture to show, or an id of the host's
}

// Receipt is what a channel answers to a message that it took.
type Receipt struct {
	ID   string   // the channel's id of the message, if it gives one
	More []string // further ids, if the channel made several messages of it; at most MaxRefs in all are kept
}

// MaxRefs is how many ids of a channel are kept for one message.
const MaxRefs = 20

// IDs returns all ids of the receipt that can be kept.
func (r Receipt) IDs() []string {
	var ids []string
	for _, id := range append([]string{r.ID}, r.More...) {
		if CheckID("ID", id) == nil && len(ids) < MaxRefs {
			ids = append(ids, id)
		}
	}
	return ids
}

// Connector carries messages to one kind of channel. A host implements it; the engine calls it after the message is
// stored, outside every lock, concurrently for different chats, in order within a chat.
//
// Deliver must return when ctx ends. A nil error means that the channel took the message; any other is tried again with
// growing pauses. A panic counts as an error.
type Connector interface {
	Deliver(ctx context.Context, m Outbound) (Receipt, error)
}

// Failure is an error of Deliver that tells more: Permanent, that trying again cannot help; RetryAfter, how long the
// channel asks to wait. Any other error is tried again after the usual pause.
type Failure struct {
	Permanent  bool
	RetryAfter time.Duration
	Err        error
}

// Error tells the cause.
func (f *Failure) Error() string { return fmt.Sprintf("connector: not delivered: %v", f.Err) }

// Unwrap returns the cause.
func (f *Failure) Unwrap() error { return f.Err }

// Func is a function that serves as a Connector.
type Func func(ctx context.Context, m Outbound) (Receipt, error)

// Deliver calls f.
func (f Func) Deliver(ctx context.Context, m Outbound) (Receipt, error) { return f(ctx, m) }

// Print returns a Connector that writes each message to w as "to USER | TEXT", further lines indented, in one Write; what is
// for a group has the group's id in the place of the user's, and what is no new message its kind in front of the text. It is
// for examples and first steps; w must be safe for concurrent use if the engine runs, as os.Stdout is.
func Print(w io.Writer) Connector {
	return Func(func(_ context.Context, m Outbound) (Receipt, error) {
		text := m.Text
		if m.Kind != New {
			text = strings.TrimSpace("(" + string(m.Kind) + ") " + text)
		}
		_, err := fmt.Fprintf(w, "to %s | %s\n", cmp.Or(m.To.User, m.To.Chat), strings.ReplaceAll(text, "\n", "\n    | "))
		return Receipt{}, err
	})
}
