package desk

import (
	"slices"
	"strings"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/queue"
)

// maxCode is how long the code of a connection's error can be.
const maxCode = 64

// Connect gives an account of a connector to a line (rule 1.1), with what its channel can do. An account that another line had
// moves: there it begins as a new one. What acts of their own set (Since, Inactive, Failed, Data) stays as it is.
type Connect Connection

// Disconnect takes an account from its line. What was said stays, and open sessions go on. It takes the right to connect.
type Disconnect struct{ Channel Channel }

// ActivateConnection switches a connection on, or off without losing it: one that is off takes no messages (rule 1.5), as a
// line that is not active. Operators go on with sessions that are open. It takes the right to connect.
type ActivateConnection struct {
	Channel Channel
	Off     bool
}

// SetConnectionData tells what the account is at the channel, all at once; it counts as configured then. It takes the right to
// connect.
type SetConnectionData struct {
	Channel Channel
	Data    ConnectionData
}

// SetConnectionError tells that a connection does not work, by a code that says why, or that it works again. It is for those
// who look: messages are taken and delivered as before. It takes the right to connect.
type SetConnectionError struct {
	Channel Channel
	Code    string // small letters, digits, - and _; empty: no error
}

// ConnectionData is what an account is at its channel. It is kept for the host, and not looked into.
type ConnectionData struct {
	ID   string `json:"id,omitempty"` // the channel's id of the account
	URL  string `json:"url,omitempty"`
	Chat string `json:"chat,omitempty"` // address that opens a conversation; empty: URL
	Name string `json:"name,omitempty"`
}

// ConnectionStatus tells whether a connection works. The zero value is that of an account that is connected to no line.
type ConnectionStatus struct {
	Line       LineID
	Configured bool   // its data are set, see [SetConnectionData]
	Active     bool   // it was not switched off
	Failed     string // the code of its error; empty: none
	Works      bool   // it is configured and active, and has no error
}

func (c Connect) name() string            { return "connect" }
func (c Disconnect) name() string         { return "disconnect" }
func (c ActivateConnection) name() string { return "activate-connection" }
func (c SetConnectionData) name() string  { return "set-connection-data" }
func (c SetConnectionError) name() string { return "set-connection-error" }

func (c Connect) words() []string            { return []string{data(c)} }
func (c Disconnect) words() []string         { return []string{data(c)} }
func (c ActivateConnection) words() []string { return []string{data(c)} }
func (c SetConnectionData) words() []string  { return []string{data(c)} }
func (c SetConnectionError) words() []string { return []string{data(c)} }

func (c Connect) act(d *Desk, by By) (any, error) {
	if err := d.may(by, MayConnect, c.Line, nil); err != nil {
		return nil, err
	}
	if err := connector.CheckID("Connector", string(c.Connector)); err != nil {
		return nil, err
	}
	if err := connector.CheckID("Account", c.Account); err != nil {
		return nil, err
	}
	l := d.lines.get(c.Line)
	switch {
	case l == nil:
		return nil, ErrNotFound
	case l.Archived:
		return nil, ErrInactive
	}
	others := slices.ContainsFunc(d.accounts[accountKey{c.Line, c.Connector}], func(a string) bool { return a != c.Account })
	if others && !l.ManyAccounts {
		return nil, ErrConnected
	}
	if w := time.Duration(c.Window); w != 0 && (w < MinWindow || w > MaxWindow) {
		return nil, &Invalid{Field: "Window", Problem: "want " + MinWindow.String() + " to " + MaxWindow.String()}
	}
	next := Connection(c)
	next.Since, next.Inactive, next.Failed, next.Data = d.now, false, "", ConnectionData{}
	if before := d.connections.get(connectionKey(c.Connector, c.Account)); before != nil {
		if err := d.may(by, MayConnect, before.Line, nil); err != nil {
			return nil, err // it would be taken from a line that is none of his business
		}
		next.Since = before.Since
		if next.Line != before.Line {
			d.tellOfConnection(before, Event{Type: ConnectionRemoved, Actor: by.Operator, Reason: "moved"})
		} else if next.Inactive, next.Failed, next.Data = before.Inactive, before.Failed, before.Data; next == *before {
			return nil, nil
		}
	}
	d.connections.put(&next)
	return nil, nil
}

// connected returns a connection that the actor may change.
func (d *Desk) connected(c Channel, by By) (*Connection, error) {
	if err := connector.CheckID("Connector", string(c.Connector)); err != nil {
		return nil, err
	}
	if err := connector.CheckID("Account", c.Account); err != nil {
		return nil, err
	}
	line := LineID("")
	conn := d.connections.get(connectionKey(c.Connector, c.Account))
	if conn != nil {
		line = conn.Line
	}
	if err := d.may(by, MayConnect, line, nil); err != nil {
		return nil, err
	}
	if conn == nil {
		return nil, ErrNotConnected
	}
	return conn, nil
}

func (c Disconnect) act(d *Desk, by By) (any, error) {
	conn, err := d.connected(c.Channel, by)
	if err != nil {
		return nil, err
	}
	d.connections.drop(connectionKey(conn.Connector, conn.Account))
	d.tellOfConnection(conn, Event{Type: ConnectionRemoved, Actor: by.Operator})
	return nil, nil
}

// disconnect takes the accounts of a connector that was removed from their lines, as many as one transition touches.
func (d *Desk) disconnect(id connector.ID, actor queue.OperatorID) {
	if d.connectors.rows[id] != nil {
		return // put again meanwhile
	}
	n := 0
	for _, conn := range d.Connections("") {
		if small(conn.Connector) != id {
			continue
		}
		if n++; n > JobStep {
			d.later(job{Kind: disconnectJob, Connector: id, Actor: actor})
			return
		}
		d.connections.drop(connectionKey(conn.Connector, conn.Account))
		d.tellOfConnection(&conn, Event{Type: ConnectionRemoved, Actor: actor})
	}
}

func (c ActivateConnection) act(d *Desk, by By) (any, error) {
	conn, err := d.connected(c.Channel, by)
	if err != nil || conn.Inactive == c.Off {
		return nil, err
	}
	next := *conn
	next.Inactive = c.Off
	d.connections.put(&next)
	event := Event{Type: ConnectionActivated, Actor: by.Operator}
	if c.Off {
		event.Type = ConnectionDeactivated
	}
	d.tellOfConnection(&next, event)
	return nil, nil
}

func (c SetConnectionData) act(d *Desk, by By) (any, error) {
	conn, err := d.connected(c.Channel, by)
	if err != nil {
		return nil, err
	}
	if c.Data == (ConnectionData{}) {
		return nil, &Invalid{Field: "Data", Problem: "empty"}
	}
	for _, f := range []struct {
		field, text string
		limit       int
	}{
		{"Data.ID", c.Data.ID, connector.MaxID}, {"Data.URL", c.Data.URL, connector.MaxURL},
		{"Data.Chat", c.Data.Chat, connector.MaxURL}, {"Data.Name", c.Data.Name, connector.MaxName},
	} {
		if err := checkText(f.field, f.text, f.limit); err != nil {
			return nil, err
		}
	}
	if conn.Data != c.Data {
		next := *conn
		next.Data = c.Data
		d.connections.put(&next)
	}
	return nil, nil
}

func (c SetConnectionError) act(d *Desk, by By) (any, error) {
	conn, err := d.connected(c.Channel, by)
	switch {
	case err != nil:
		return nil, err
	case len(c.Code) > maxCode || strings.Trim(c.Code, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "":
		return nil, &Invalid{Field: "Code", Problem: "want a short word", Limit: maxCode}
	case conn.Failed == c.Code:
		return nil, nil
	}
	next := *conn
	next.Failed = c.Code
	d.connections.put(&next)
	event := Event{Type: ConnectionFailed, Actor: by.Operator, Reason: c.Code}
	if c.Code == "" {
		event.Type = ConnectionRecovered
	}
	d.tellOfConnection(&next, event)
	return nil, nil
}

func (d *Desk) tellOfConnection(c *Connection, e Event) {
	e.Line, e.Connector = c.Line, c.Connector
	d.tell(e)
}

// served returns the connection of an address and its line, if both are in service (rule 1.5).
func (d *Desk) served(a connector.Address) (*Connection, *Line, error) {
	conn := d.connections.get(connectionKey(a.Connector, a.Account))
	if conn == nil {
		return nil, nil, ErrNotConnected
	}
	l := d.lines.get(conn.Line)
	if l == nil || l.Inactive || conn.Inactive {
		return conn, nil, ErrInactive
	}
	return conn, l, nil
}

// Status tells whether an account's connection works.
func (d *Desk) Status(c Channel) ConnectionStatus {
	conn := d.connections.rows[connectionKey(c.Connector, c.Account)]
	if conn == nil {
		return ConnectionStatus{}
	}
	s := ConnectionStatus{Line: conn.Line, Configured: conn.Data != ConnectionData{}, Active: !conn.Inactive, Failed: conn.Failed}
	s.Works = s.Configured && s.Active && s.Failed == ""
	return s
}
