package openlines

import (
	"context"
	"slices"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/session"
)

// CreateItem asks the host's CRM to make an item out of a session that the actor has, see [desk.CreateItem] (rule 6.29). Of a
// session that has one, or whose client is known, it makes another. It returns when that is stored; [desk.ItemCreated] in the feed tells
// that it is done.
func (a Actor) CreateItem(ctx context.Context, id session.ID) error {
	return a.act(ctx, desk.CreateItem{Session: id}, 0)
}

// SendFrom writes to the client from an item of the host's CRM that the chat is linked to; the actor has to take part in the
// session already (rule 6.30), and to be one who may read the item, if the host tells (see [ItemReader]). [ErrNotFound]: the chat is
// linked to no such item.
func (a Actor) SendFrom(ctx context.Context, item string, id session.ID, text string, files ...connector.File) error {
	if item == "" {
		return ErrNotFound
	}
	if _, err := a.engine.reads(ctx, a.by.Operator, item); err != nil {
		return err
	}
	c := desk.Send{Session: id, Text: text, Files: slices.Clone(files), Item: item}
	return a.act(ctx, c, len(text)+4096*len(files))
}

// Edit changes what an operator has written: the actor himself, or for the host anybody. What the client has not got yet goes
// out as it was written first, then as edited (decision 14.37).
func (a Actor) Edit(ctx context.Context, id session.ChatID, message int64, text string) error {
	return a.act(ctx, desk.Edit{Chat: id, Number: message, Text: text}, len(text))
}

// Delete takes back what an operator has written. What nobody has tried to deliver yet, the client never gets.
func (a Actor) Delete(ctx context.Context, id session.ChatID, message int64) error {
	return a.act(ctx, desk.Delete{Chat: id, Number: message}, 0)
}

// Seen tells that the actor has read what the client wrote so far. The channel is told, if it knows receipts.
func (a Actor) Seen(ctx context.Context, id session.ChatID) error {
	return a.act(ctx, desk.Seen{Chat: id}, 0)
}

// Mute leaves a chat out of what is unread for the actor, or takes it in again (rule 11.43). Who takes part in its open session may
// mute it; at most [desk.MaxMuted] operators do.
func (a Actor) Mute(ctx context.Context, id session.ChatID, on bool) error {
	return a.act(ctx, desk.Mute{Chat: id, Off: !on}, 0)
}

// ClientEdited tells that a client edited a message in his channel, by the channel's id of it: the text and files are those
// that it has now. One that overtakes its message counts when that comes (decision 14.27 holds as in Receive), but for the first message
// of a chat, which is [ErrNotFound] until that is there.
func (e *Engine) ClientEdited(ctx context.Context, who connector.Address, id, text string, files ...connector.File) error {
	c, size, err := ClientEdit{who, id, text, files}.command()
	if err != nil {
		return err
	}
	return e.act(ctx, c, size)
}

// ChatNamed tells that a channel has given a chat a name, which becomes its title (rule 6.27). [ErrNotFound]: nobody has written
// there. [ErrInactive], [ErrNotConnected]: its line or connection is not in service.
func (e *Engine) ChatNamed(ctx context.Context, who connector.Address, name string) error {
	return e.act(ctx, desk.NameChat{Address: who.Normal(), Name: name}, len(name))
}

// ArrivedAs tells that a message of ours has arrived at a client, by its number ([connector.Outbound.Message]), and what the
// channel calls it: for channels that tell that only later, not with the Receipt of Deliver. Edits and deletions of it name
// these ids from then on. [ErrNotFound]: there is no such message of ours.
func (e *Engine) ArrivedAs(ctx context.Context, who connector.Address, message int64, ids ...string) error {
	if message < 1 {
		return ErrNotFound
	}
	_, err := answered[int](ctx, e.Actor, Receipts{Address: who.Normal(), Message: message, IDs: slices.Clone(ids)}, 64*len(ids))
	return err
}

// ClientDeleted tells that a client deleted a message in his channel. Its text is gone. One that overtakes its message is as in
// [Engine.ClientEdited].
func (e *Engine) ClientDeleted(ctx context.Context, who connector.Address, id string) error {
	return e.act(ctx, desk.ClientDeletes{Address: who.Normal(), ID: id}, 0)
}

// Arrived tells that messages have arrived at a client, by the channel's ids of them, as Deliver's Receipt gave them. It
// answers how many of the ids were known; the others change nothing.
func (e *Engine) Arrived(ctx context.Context, who connector.Address, ids ...string) (known int, err error) {
	return answered[int](ctx, e.Actor, desk.Receipts{Address: who.Normal(), IDs: slices.Clone(ids)}, 64*len(ids))
}

// WasRead tells that a client has read messages, and all before them, by the channel's ids of them. It answers how many of
// the ids were known.
func (e *Engine) WasRead(ctx context.Context, who connector.Address, ids ...string) (known int, err error) {
	return answered[int](ctx, e.Actor, desk.Receipts{Address: who.Normal(), IDs: slices.Clone(ids), Read: true}, 64*len(ids))
}

// ClientRated tells that a client pressed a button to rate his latest conversation (rules 9.3, 9.5). What he writes instead
// comes by Receive.
func (e *Engine) ClientRated(ctx context.Context, who connector.Address, v Vote) error {
	return e.act(ctx, desk.ClientRates{Address: who.Normal(), Vote: v}, 0)
}

// ClientAsksLog tells that a client wants what was said in his latest session; it goes to him as a delivery of kind
// [connector.Transcript], in the language of the session's line (decision 14.31, rule 7.23). [*TooSoon]: he had it less than
// [desk.LogAgain] ago.
func (e *Engine) ClientAsksLog(ctx context.Context, who connector.Address) error {
	return e.act(ctx, desk.ClientAsksLog{Address: who.Normal()}, 0)
}

// Review rates a closed session as its supervisor, by stars, a comment, or both (rule 9.12). It takes the right [desk.MayRate].
func (a Actor) Review(ctx context.Context, r Review) error { return a.act(ctx, r, len(r.Comment)) }

// ClientFilled tells that a client has filled in his line's welcome form, see [desk.ClientFills] (rule 7.25). Only the host may;
// under a command id ([Actor.Once]) it can be told again without harm.
func (a Actor) ClientFilled(ctx context.Context, f ClientFills) (Received, error) {
	f.Address, f.Fields = f.Address.Normal(), slices.Clone(f.Fields)
	return answered[Received](ctx, a, f, 2*desk.MaxFormBytes)
}

// ClientOpened tells that a client opened the chat without having written: he is greeted once a visit (decision 14.30).
func (e *Engine) ClientOpened(ctx context.Context, who connector.Address, c connector.Client) (Opened, error) {
	return answered[Opened](ctx, e.Actor, desk.ClientOpens{Address: who.Normal(), Client: c}, 0)
}
