package desk

import (
	"strconv"
	"strings"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/session"
)

// Limits of what is kept of a connector for those who show it.
const (
	MaxIcon = 32 << 10 // bytes of an icon's image, such as an SVG in a data address
	maxLook = 255      // bytes of an icon's colour, size and position
)

// ConnectorInfo registers a kind of channel: how it is shown, and what it can do. A connector that is not registered can be
// connected too; it can do what the zero value says, which has the reference product's defaults.
type ConnectorInfo struct {
	ID       connector.ID `json:"id"` // small letters, digits and _, at most MaxName; capital letters become small
	Name     string       `json:"name"`
	Comment  string       `json:"comment,omitempty"`
	Icon     Icon         `json:"icon"`
	Disabled Icon         `json:"disabled,omitzero"` // what is shown while the connector is off; the zero Icon: the other one

	NoClientDeletes bool `json:"noClientDeletes,omitempty"` // what clients wrote stays: their deletions are refused
	NoEdits         bool `json:"noEdits,omitempty"`         // what operators wrote to clients cannot be edited
	NoDeletes       bool `json:"noDeletes,omitempty"`       // nor be deleted, once somebody has tried to deliver it
	NoNewsletter    bool `json:"noNewsletter,omitempty"`    // not to be used for mailings; kept for the host
	NoSystem        bool `json:"noSystem,omitempty"`        // automatic texts are kept in the chat, and clients get none but the question for consent, which they wait for

	// Group says that every chat of the channel is a group's, as if each address said so (connector.Address.Group, rule 1.7).
	// Where it is false, addresses say it. What changes it begins new chats: a group is another chat than its members have.
	Group bool `json:"group,omitempty"`
}

// Icon is how a connector is shown. It is kept and not looked into.
type Icon struct {
	Image    string `json:"image,omitempty"` // at most MaxIcon bytes
	Color    string `json:"color,omitempty"`
	Size     string `json:"size,omitempty"`
	Position string `json:"position,omitempty"`
}

// PutConnector registers a connector, or replaces what is registered of it. It takes the right to connect, in all lines.
type PutConnector struct{ Connector ConnectorInfo }

// RemoveConnector takes a connector out of the register. Its accounts are disconnected as by [Disconnect], and sessions that
// are open stay. It takes the right to connect, in all lines.
type RemoveConnector struct{ Connector connector.ID }

func (c PutConnector) name() string    { return "put-connector" }
func (c RemoveConnector) name() string { return "remove-connector" }

func (c PutConnector) words() []string    { return []string{data(c.Connector)} }
func (c RemoveConnector) words() []string { return []string{string(c.Connector)} }

// Validate reports the first malformed field as *Invalid.
func (i *ConnectorInfo) Validate() error {
	if err := checkName("Connector.ID", string(i.ID)); err != nil {
		return err
	}
	switch id := string(i.ID); {
	case strings.Contains(id, "."):
		return &Invalid{Field: "Connector.ID", Problem: "a dot"}
	case strings.Trim(string(small(i.ID)), "abcdefghijklmnopqrstuvwxyz0123456789_") != "":
		return &Invalid{Field: "Connector.ID", Problem: "want letters, digits and _"}
	case i.Name == "":
		return &Invalid{Field: "Connector.Name", Problem: "empty"}
	case i.Icon.Image == "":
		return &Invalid{Field: "Connector.Icon.Image", Problem: "empty"}
	}
	for _, f := range []struct {
		field, text string
		limit       int
	}{
		{"Name", i.Name, connector.MaxName}, {"Comment", i.Comment, MaxComment},
		{"Icon.Image", i.Icon.Image, MaxIcon}, {"Icon.Color", i.Icon.Color, maxLook},
		{"Icon.Size", i.Icon.Size, maxLook}, {"Icon.Position", i.Icon.Position, maxLook},
		{"Disabled.Image", i.Disabled.Image, MaxIcon}, {"Disabled.Color", i.Disabled.Color, maxLook},
		{"Disabled.Size", i.Disabled.Size, maxLook}, {"Disabled.Position", i.Disabled.Position, maxLook},
	} {
		if err := checkText("Connector."+f.field, f.text, f.limit); err != nil {
			return err
		}
	}
	return nil
}

func small(id connector.ID) connector.ID { return connector.ID(strings.ToLower(string(id))) }

// checkText refuses a text that is too long or would not be the same when it is read again.
func checkText(field, text string, limit int) error {
	switch clean := connector.CleanText(text, limit); {
	case len(text) > limit:
		return &Invalid{Field: field, Problem: strconv.Itoa(len(text)) + " bytes", Limit: limit}
	case clean.Mended:
		return &Invalid{Field: field, Problem: "NUL or not UTF-8"}
	}
	return nil
}

func (c PutConnector) act(d *Desk, by By) (any, error) {
	if err := d.may(by, MayConnect, "", nil); err != nil {
		return nil, err
	}
	next := c.Connector
	if err := next.Validate(); err != nil {
		return nil, err
	}
	next.ID = small(next.ID)
	if before := d.connectors.get(next.ID); before == nil || *before != next {
		d.connectors.put(&next)
	}
	return nil, nil
}

func (c RemoveConnector) act(d *Desk, by By) (any, error) {
	if err := d.may(by, MayConnect, "", nil); err != nil {
		return nil, err
	}
	id := small(c.Connector)
	if d.connectors.get(id) == nil {
		return nil, ErrNotFound
	}
	d.connectors.drop(id)
	d.tell(Event{Type: ConnectorRemoved, Connector: id, Actor: by.Operator})
	d.disconnect(id, by.Operator)
	return nil, nil
}

// info is what a connector can do.
func (d *Desk) info(id connector.ID) ConnectorInfo {
	if i := d.connectors.rows[small(id)]; i != nil {
		return *i
	}
	return ConnectorInfo{}
}

// thread is an address as the desk knows its chat: of a group, if the connector is registered so.
func (d *Desk) thread(a connector.Address) connector.Address {
	a = a.Normal()
	a.Group = a.Group || d.info(a.Connector).Group
	return a
}

// chatAt returns the chat of an address, for what the host tells of a client.
func (d *Desk) chatAt(a connector.Address, by By) (session.ChatID, error) {
	if by.Operator != "" {
		return 0, ErrDenied
	}
	a = d.thread(a)
	if err := a.Validate(); err != nil {
		return 0, err
	}
	known := d.aliases.get(aliasKey(a))
	if known == nil {
		return 0, ErrNotFound
	}
	return known.Chat, nil
}

// Connectors returns the connectors that are registered, by id.
func (d *Desk) Connectors() []ConnectorInfo {
	var all []ConnectorInfo
	for _, id := range sortedKeys(d.connectors.rows) {
		all = append(all, *d.connectors.rows[id])
	}
	return all
}
