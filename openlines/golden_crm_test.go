package openlines_test

import (
	"context"
	"errors"
	"time"

	"github.com/openlines-go/openlines/connector"

	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
)

// goldenClients are known to the CRM beside ida.
var goldenClients = map[string]openlines.Identity{
	"ivy": {Client: "crm-8", Found: []openlines.Item{
		{ID: "deal-3", Kind: desk.Deal, Responsible: "bob", Began: time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)},
		{ID: "lead-4", Kind: desk.Lead, Closed: true},
	}},
}

// crm is a line that does all that a line can with the host's CRM.
func (g *golden) crm() {
	ctx := g.t.Context()
	g.do(g.PutLine(ctx, openlines.Line{
		ID: "leads", Queue: queue.Rules{Members: queue.Operators("ann"), PassOnAfter: queue.Never},
		CRM: openlines.CRM{
			Verify: true, Create: desk.Lead, Source: "WEB", Stage: "NEW", AttachTo: []desk.ItemKind{desk.Deal, desk.Lead},
		},
	}))
	g.do(g.PutConnection(ctx, openlines.Connection{Line: "leads", Connector: "web", Account: "leads", Passers: true}))
	g.says("leads", "ivy", "Hello")
	reachable := func(in *connector.Inbound) { in.Client.Email = "i@example.org" }
	ike := g.says("leads", "ike", "Hello, +49 30 1234567 or ike@example.org", reachable)
	g.says("leads", "ian", "Hello", reachable)
	g.says("leads", "isa", "A secret", func(in *connector.Inbound) { in.NoCRM = true })
	g.says("leads", "isa", "Hello")
	g.later(0)
	g.do(g.As("ann").Answer(ctx, ike.Session))
	g.do(g.PutLine(ctx, openlines.Line{ID: "keeps", CRM: openlines.CRM{KeepResponsible: true, NoTracker: true}}))
}

// goldenKnows is what the CRM knows of others than ida. It is away when it is asked for isa.
func goldenKnows(user string) (openlines.Identity, error) {
	if user == "isa" {
		return openlines.Identity{}, errors.New("away")
	}
	return goldenClients[user], nil
}

// CreateItem makes none of ian.
func (g *golden) CreateItem(_ context.Context, d openlines.ItemDraft) (string, error) {
	if d.Address.User == "ian" {
		return "", &connector.Failure{Permanent: true, Err: errors.New("no")}
	}
	return "lead-" + d.ID, nil
}

// Attach is away.
func (g *golden) Attach(context.Context, openlines.Attachment) error { return errors.New("away") }
