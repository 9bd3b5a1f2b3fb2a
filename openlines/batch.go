package openlines

import (
	"context"
	"slices"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines/desk"
)

// MaxReceive is how many elements ReceiveAll, ClientEditedAll, ClientDeletedAll and ReceiptsAll take at once.
const MaxReceive = 1000

// Result is what came of one message of many.
type Result struct {
	Received
	Err error
}

// ClientEdit is an edit of a client's message, as [Engine.ClientEdited] takes it.
type ClientEdit struct {
	Who   connector.Address
	ID    string // the channel's id of the message
	Text  string
	Files []connector.File
}

// ClientDeletion is the deletion of a client's message, as [Engine.ClientDeleted] takes it.
type ClientDeletion struct {
	Who connector.Address
	ID  string
}

// Receipts are what a channel tells of messages that it took, see [desk.Receipts].
type Receipts = desk.Receipts

// Known is what came of one of many [Receipts]: how many of its ids were known.
type Known struct {
	Known int
	Err   error
}

// ReceiveAll takes many messages, such as a channel's backlog or the history of a chat (see [connector.Inbound.Past]), in
// their order and in as few turns as they fit in, and tells of each what Receive would. The error is that of the call; then
// no message was taken.
func (e *Engine) ReceiveAll(ctx context.Context, messages []connector.Inbound) ([]Result, error) {
	return each(ctx, e, messages, receive, func(v any, err error) Result {
		got, _ := v.(Received)
		return Result{got, err}
	})
}

// ClientEditedAll takes many edits as ReceiveAll takes messages, and tells of each what ClientEdited would; nil: it is done.
func (e *Engine) ClientEditedAll(ctx context.Context, edits []ClientEdit) ([]error, error) {
	return each(ctx, e, edits, ClientEdit.command, done)
}

// ClientDeletedAll takes many deletions as ReceiveAll takes messages, and tells of each what ClientDeleted would; nil: it is done.
func (e *Engine) ClientDeletedAll(ctx context.Context, deletions []ClientDeletion) ([]error, error) {
	return each(ctx, e, deletions, ClientDeletion.command, done)
}

// ReceiptsAll takes the receipts of many chats as ReceiveAll takes messages, and tells of each what Arrived or WasRead would.
func (e *Engine) ReceiptsAll(ctx context.Context, receipts []Receipts) ([]Known, error) {
	return each(ctx, e, receipts, takeReceipts, func(v any, err error) Known {
		n, _ := v.(int)
		return Known{n, err}
	})
}

func done(_ any, err error) error { return err }

// receive is the command for a message, and its size.
func receive(in connector.Inbound) (desk.Command, int, error) {
	clean, said, err := in.Clean()
	return desk.Receive{Message: clean, Said: said, NoChat: in.Chat == ""}, len(said.Text) + 4096*len(clean.Files), err
}

func (c ClientEdit) command() (desk.Command, int, error) {
	clean, err := connector.CleanFiles(c.Files)
	said := connector.CleanText(c.Text, connector.MaxText)
	return desk.ClientEdits{Address: c.Who.Normal(), ID: c.ID, Said: said, Files: clean}, len(said.Text) + 4096*len(clean), err
}

func (c ClientDeletion) command() (desk.Command, int, error) {
	return desk.ClientDeletes{Address: c.Who.Normal(), ID: c.ID}, 0, nil
}

func takeReceipts(r Receipts) (desk.Command, int, error) {
	r.Address, r.IDs = r.Address.Normal(), slices.Clone(r.IDs)
	return r, 64 * len(r.IDs), nil
}

// each has a command decided for each of many elements, in their order and in as few turns as they fit in. One that is refused
// holds up no other. Without an error there is a result for each.
func each[E, R any](ctx context.Context, e *Engine, all []E, command func(E) (desk.Command, int, error), result func(any, error) R) ([]R, error) {
	if len(all) > MaxReceive {
		return nil, &Invalid{Field: "messages", Problem: "too many", Limit: MaxReceive}
	}
	results, waiting := make([]R, len(all)), make([]*waiter, len(all))
	for i, v := range all {
		c, size, err := command(v)
		w := &waiter{command: c, size: size}
		if err == nil {
			err = e.enqueue(ctx, w)
		}
		if err != nil {
			results[i] = result(nil, err)
			continue
		}
		waiting[i] = w
	}
	for i, w := range waiting {
		if w != nil {
			err := e.wait(ctx, w)
			results[i] = result(w.result, err)
		}
	}
	return results, nil
}
