package openlines_test

import (
	"strings"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
)

// channels registers a connector with all that can be said of one, and has connections in every state.
func (g *golden) channels() {
	ctx := g.t.Context()
	icon := openlines.Icon{Image: "data:image/svg+xml,", Color: "#fff", Size: "90%", Position: "center"}
	g.do(g.PutConnector(ctx, openlines.ConnectorInfo{
		ID: "quiet", Name: "Quiet", Comment: "says nothing by itself", Icon: icon, Disabled: icon, NoClientDeletes: true, NoEdits: true,
		NoDeletes: true, NoNewsletter: true, NoSystem: true, Group: true,
	}))
	quiet := openlines.Channel{Connector: "quiet", Account: "quiet"}
	g.do(g.Connect(ctx, "support", quiet.Connector, quiet.Account))
	g.says(quiet.Account, "qui", "Hello", func(in *connector.Inbound) { in.Connector, in.Chat = quiet.Connector, "quiet" })
	g.do(g.ClientLeft(ctx, connector.Address{Connector: quiet.Connector, Account: quiet.Account, Chat: "quiet"}))
	g.do(g.SetConnectionData(ctx, quiet, openlines.ConnectionData{
		ID: "q", URL: "https://example.org/q", Chat: "https://example.org/q/chat", Name: "Quiet",
	}))
	g.do(g.SetConnectionError(ctx, quiet, "token-revoked"))
	g.do(g.ActivateConnection(ctx, quiet, false))
	code := strings.Repeat("c", desk.CodeLength)
	g.do(g.PutLine(ctx, openlines.Line{ID: "net", Code: code}))
	_, err := g.JoinNetwork(ctx, code, "acme")
	g.do(err)
	_, err = g.WriteNetwork(ctx, openlines.WriteNetwork{
		Code: code, Account: "acme", User: "nel", Text: "News", Buttons: []connector.Link{{Label: "Read", URL: "https://example.org"}},
		Attachment: []byte(`{"color":"red"}`), NoPreview: true,
	})
	g.do(err)
	g.do(g.PutConnection(ctx, openlines.Connection{Line: "support", Connector: "web", Account: "brief", Window: desk.Within(desk.MinWindow)}))
	g.do(g.As("ann").Send(ctx, g.says("brief", "ear", "Hello").Session, "Yes?")) // who is asked early for a rating
}

// windows has a channel that takes our messages for two hours, one message that comes too late, and in another one an edit that does.
func (g *golden) windows() {
	ctx := g.t.Context()
	g.do(g.PutConnection(ctx, openlines.Connection{Line: "support", Connector: "web", Account: "day", Window: desk.Within(2 * time.Hour)}))
	g.do(g.As("ann").Send(ctx, g.says("day", "win", "Hello").Session, "Yes?"))
	late, err := g.ChatOf(ctx, at("brief", "ear"))
	g.do(err)
	g.do(g.Edit(ctx, late, 3, "Yes!"))
	_, err = g.ClientOpened(ctx, at("day", "opa"), connector.Client{})
	g.do(err)
}
