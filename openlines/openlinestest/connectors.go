package openlinestest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/session"
)

// channels does what concerns connectors and connections.
func (s *script) channels(c command) (known bool, answer string, err error) {
	ctx, by := s.desk.tb.Context(), s.by(c)
	account := openlines.Channel{Connector: ConnectorID, Account: c.word(0)}
	switch c.name {
	case "connect":
		return true, "", s.connect(c)
	case "disconnect":
		return true, "", by.Disconnect(ctx, account)
	case "activate", "deactivate":
		return true, "", by.ActivateConnection(ctx, account, c.name == "activate")
	case "connection-error":
		return true, "", by.SetConnectionError(ctx, account, c.word(1))
	case "connection-data":
		var d openlines.ConnectionData
		for _, k := range c.keys {
			*map[string]*string{"id": &d.ID, "url": &d.URL, "chat": &d.Chat, "name": &d.Name}[k[0]] = k[1]
		}
		return true, "", by.SetConnectionData(ctx, account, d)
	case "status":
		got, err := by.ConnectionStatus(ctx, account)
		return true, fmt.Sprintf("line %q configured=%v active=%v failed=%q works=%v", got.Line, got.Configured, got.Active, got.Failed, got.Works), err
	case "join-network":
		joined, err := s.desk.JoinNetwork(ctx, c.word(0), c.word(1))
		return true, fmt.Sprintf("%s/%s", joined.Connector, joined.Account), err
	case "write-network":
		return s.writeNetwork(c)
	case "arrived-as":
		number, _ := strconv.ParseInt(c.word(1), 10, 64)
		return true, "", s.desk.ArrivedAs(ctx, connector.Address{Connector: ConnectorID, Account: string(s.desk.line), User: c.word(0)}, number, c.words[2:]...)
	case "names":
		return true, "", s.desk.ChatNamed(ctx, connector.Address{Connector: ConnectorID, Account: string(s.desk.line), User: c.word(0)}, c.text(1))
	case "window":
		at, err := by.WindowEnds(ctx, session.ChatID(c.session(0)))
		return true, at.Format(date + " " + stamp), err
	case "put-connector":
		return true, "", s.putConnector(c)
	case "remove-connector":
		return true, "", by.RemoveConnector(ctx, connector.ID(c.word(0)))
	case "connectors":
		all, _, err := by.Connectors(ctx, openlines.Page{})
		var out []string
		for _, i := range all {
			out = append(out, fmt.Sprintf("%s: %s %+v", i.ID, i.Name, i.Icon))
		}
		return true, strings.Join(out, "\n"), err
	case "connections":
		all, _, err := by.Connections(ctx, openlines.LineID(c.word(0)), openlines.Page{})
		var out []string
		for _, conn := range all {
			out = append(out, fmt.Sprintf("%s/%s of %s %+v", conn.Connector, conn.Account, conn.Line, conn.Data))
		}
		return true, strings.Join(out, "\n"), err
	}
	return false, "", nil
}

// writeNetwork writes in the name of a line of the network; attach is how long the attachment is.
func (s *script) writeNetwork(c command) (known bool, answer string, err error) {
	w := openlines.WriteNetwork{Code: c.word(0), Account: c.word(1), User: c.word(2), Text: c.text(3)}
	for _, k := range c.keys {
		switch k[0] {
		case "button":
			label, to, _ := strings.Cut(k[1], "|")
			w.Buttons = append(w.Buttons, connector.Link{Label: label, URL: to})
		case "attach":
			n, _ := strconv.Atoi(k[1])
			w.Attachment = []byte(`"` + strings.Repeat("x", n-2) + `"`)
		case "attachment":
			w.Attachment = []byte(k[1])
		case "user":
			w.User = k[1]
		case "text":
			w.Text = k[1]
		case "no-preview":
			w.NoPreview = true
		}
	}
	got, err := s.by(c).WriteNetwork(s.desk.tb.Context(), w)
	return true, fmt.Sprintf("chat %d message %d", got.Chat, got.Number), err
}

// below is what stands below a message.
func below(m connector.Outbound) string {
	var out strings.Builder
	for _, l := range m.Buttons {
		fmt.Fprintf(&out, " [%s: %s]", l.Label, l.URL)
	}
	if len(m.Attachment) > 0 {
		fmt.Fprintf(&out, " with %d bytes", len(m.Attachment))
	}
	if m.NoPreview {
		out.WriteString(" without preview")
	}
	return out.String()
}

// connect connects an account; what the channel can do are further words.
func (s *script) connect(c command) error {
	can := func(what string) bool { return slices.Contains(c.words[min(2, len(c.words)):], what) }
	return s.by(c).PutConnection(s.desk.tb.Context(), openlines.Connection{
		Line: openlines.LineID(c.word(0)), Connector: ConnectorID, Account: c.word(1),
		Window: desk.Within(c.duration("window")), CanStart: can("can-start"), TellsRead: can("tells-read"), Passers: can("passers"), Buttons: can("buttons"), Signs: can("signs"),
		AsksConsent: can("asks-consent"),
	})
}

// duration is the value of a key; 0 if it is not given.
func (c command) duration(key string) (d time.Duration) {
	for _, k := range c.keys {
		if k[0] == key {
			d = duration(k[1])
		}
	}
	return d
}

func (s *script) putConnector(c command) (err error) {
	i := openlines.ConnectorInfo{ID: connector.ID(c.word(0))}
	for _, k := range c.keys {
		texts := map[string]*string{
			"name": &i.Name, "comment": &i.Comment, "icon": &i.Icon.Image, "color": &i.Icon.Color, "size": &i.Icon.Size,
			"position": &i.Icon.Position, "disabled": &i.Disabled.Image,
		}
		flags := map[string]*bool{
			"no-client-deletes": &i.NoClientDeletes, "no-edits": &i.NoEdits, "no-deletes": &i.NoDeletes,
			"no-newsletter": &i.NoNewsletter, "no-system": &i.NoSystem, "group": &i.Group,
		}
		switch {
		case texts[k[0]] != nil:
			*texts[k[0]] = k[1]
		case flags[k[0]] != nil:
			*flags[k[0]], err = strconv.ParseBool(k[1])
		default:
			err = fmt.Errorf("no such key: %s", k[0])
		}
		if err != nil {
			return err
		}
	}
	return s.by(c).PutConnector(s.desk.tb.Context(), i)
}
