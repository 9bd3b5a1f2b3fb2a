package openlines

import (
	"context"
	"slices"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/session"
)

// PutConnector registers a connector: how it is shown, and what it can do; see [desk.ConnectorInfo]. Registering it again
// replaces that. Messages are carried by [Config].Connectors, under the same id. It takes the right [desk.MayConnect], in all
// lines.
func (a Actor) PutConnector(ctx context.Context, i ConnectorInfo) error {
	return a.act(ctx, desk.PutConnector{Connector: i}, len(i.Icon.Image)+len(i.Disabled.Image)+len(i.Comment))
}

// RemoveConnector takes a connector out of the register and disconnects its accounts; events tell of each. It takes the right
// [desk.MayConnect], in all lines. [ErrNotFound]: it is not registered.
func (a Actor) RemoveConnector(ctx context.Context, id connector.ID) error {
	return a.act(ctx, desk.RemoveConnector{Connector: id}, 0)
}

// Disconnect takes an account from its line. What was said stays, and open sessions go on. It takes the right
// [desk.MayConnect] there, as the acts below do.
func (a Actor) Disconnect(ctx context.Context, c Channel) error {
	return a.act(ctx, desk.Disconnect{Channel: c}, 0)
}

// ActivateConnection switches a connection on or off: while it is off, clients' messages are [ErrInactive] (rule 1.5).
func (a Actor) ActivateConnection(ctx context.Context, c Channel, on bool) error {
	return a.act(ctx, desk.ActivateConnection{Channel: c, Off: !on}, 0)
}

// SetConnectionData tells what the account is at its channel, all at once; the connection counts as configured then.
func (a Actor) SetConnectionData(ctx context.Context, c Channel, d ConnectionData) error {
	return a.act(ctx, desk.SetConnectionData{Channel: c, Data: d}, 0)
}

// SetConnectionError tells by a code why a connection does not work, see [desk.SetConnectionError]; an empty code ends that.
func (a Actor) SetConnectionError(ctx context.Context, c Channel, code string) error {
	return a.act(ctx, desk.SetConnectionError{Channel: c, Code: code}, 0)
}

// JoinNetwork connects another account to a line by the line's code, see [desk.JoinNetwork] (rule 11.28). It answers the
// connection, the same for each time that the account joins: its clients write there.
func (e *Engine) JoinNetwork(ctx context.Context, code, account string) (Channel, error) {
	return answered[Channel](ctx, e.Actor, desk.JoinNetwork{Code: code, Account: account}, 0)
}

// WriteNetwork writes to a user of an account that has joined a line, in the name of the line, see [desk.WriteNetwork] (rule
// 11.29).
func (a Actor) WriteNetwork(ctx context.Context, w WriteNetwork) (Received, error) {
	w.Buttons, w.Attachment = slices.Clone(w.Buttons), slices.Clone(w.Attachment)
	return answered[Received](ctx, a, w, len(w.Text)+len(w.Attachment)+4096*len(w.Buttons))
}

// WindowEnds returns until when the channel of a chat takes our messages, unless its client writes again (rule 9.11); zero: it
// always does. Who may see the chat may ask.
func (a Actor) WindowEnds(ctx context.Context, id session.ChatID) (at time.Time, err error) {
	c, err := a.Chat(ctx, id)
	if err != nil {
		return at, err
	}
	err = a.look(ctx, func(d *desk.Desk) error {
		at = d.WindowEnds(&c)
		return nil
	})
	return at, err
}

// Connectors returns the connectors that are registered, by id. Who may connect in some line may ask ([desk.MayConnect]).
func (a Actor) Connectors(ctx context.Context, p Page) ([]ConnectorInfo, Cursor, error) {
	ask := func(d *desk.Desk) ([]ConnectorInfo, error) {
		return d.Connectors(), d.AllowsAnywhere(a.by, desk.MayConnect)
	}
	return list(ctx, a, p, ask, func(i ConnectorInfo) string { return string(i.ID) })
}

// ConnectionStatus tells whether an account's connection works; the zero status: it has none. It takes the right
// [desk.MayViewLines] in its line.
func (a Actor) ConnectionStatus(ctx context.Context, c Channel) (ConnectionStatus, error) {
	var s ConnectionStatus
	err := a.look(ctx, func(d *desk.Desk) error {
		found := d.Status(c)
		if err := d.Allows(a.by, desk.MayViewLines, found.Line, nil); err != nil {
			return err
		}
		s = found
		return nil
	})
	return s, err
}
