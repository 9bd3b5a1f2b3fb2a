package openlines_test

import (
	"bytes"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
)

// clients is what clients see of operators.
func (g *golden) clients() {
	ctx := g.t.Context()
	g.do(g.PutOperator(ctx, openlines.Operator{ID: "fay", Name: "Fay", Photo: "https://example.org/fay.png"}))
	g.do(g.PutLine(ctx, openlines.Line{
		ID: "shop", Queue: queue.Rules{Members: queue.Operators("fay")},
		Shown: openlines.Shown{As: desk.FromQueue, Name: "The shop", Avatar: "https://example.org/shop.png"},
		Texts: openlines.Texts{Closing: "Yours, #OPERATOR#, in #DIALOG#."},
	}))
	g.do(g.PutConnection(ctx, openlines.Connection{Line: "shop", Connector: "web", Account: "shop", Signs: true}))
	told := g.says("shop", "tim", "Hello").Session
	g.do(g.As("fay").Send(ctx, told, "Yes?"))
	g.do(g.As("fay").Finish(ctx, told))
	again := g.says("shop", "tom", "Hello")
	g.do(g.As("fay").Send(ctx, again.Session, "Yes?"))
	_, err := g.Start(ctx, again.Chat)
	g.do(err)
	g.consents()
	g.forms()
}

// consents are clients who are asked for their consent, who have given it, and who have not said yet.
func (g *golden) consents() {
	ctx := g.t.Context()
	g.do(g.PutLine(ctx, openlines.Line{
		ID: "privacy", ManyAccounts: true, Consent: openlines.Consent{Document: "privacy", Version: "v1", Within: desk.Within(time.Hour)},
		Texts: openlines.Texts{Consent: "Do you agree?", ConsentNotice: "By writing on you agree."},
		Queue: queue.Rules{Members: queue.Operators("fay"), PassOnAfter: queue.Never}, Session: session.Rules{UnansweredAfter: session.Never},
	}))
	g.do(g.PutConnection(ctx, openlines.Connection{Line: "privacy", Connector: "web", Account: "privacy", AsksConsent: true, CanStart: true}))
	_, err := g.As("fay").WriteFirst(ctx, openlines.WriteFirst{To: at("privacy", "uma"), Text: "Good day."})
	g.do(err)
	g.says("privacy", "uma", "Who are you?")
	g.says("privacy", "dee", "No, thank you")
	g.do(g.ClientConsented(ctx, at("privacy", "dee"), false))
	_, err = g.ClientOpened(ctx, at("privacy", "hal"), connector.Client{})
	g.do(err)
	g.says("privacy", "hal", "What \x00 for?", func(in *connector.Inbound) {
		in.Files, in.NoCRM = []connector.File{{ID: "f2", Name: "b.png", Type: "image/png", Size: 7, URL: "https://example.org/b.png"}}, true
		in.Client = connector.Client{
			Name: "Hal", Language: "en", Phone: "+49 30 7", Email: "hal@example.org", Gender: "male", Picture: "https://example.org/hal.png",
			Profile: "https://example.org/hal",
		}
	})
	yes := g.says("privacy", "yes", "Yes, of course")
	g.do(g.ClientConsented(ctx, at("privacy", "yes"), true))
	g.do(g.PutClient(ctx, openlines.PutClient{Chat: yes.Chat, Priority: 1}))
	g.do(g.PutConnection(ctx, openlines.Connection{Line: "privacy", Connector: "web", Account: "letters"}))
	g.says("letters", "mes", "Hello")
	g.says("letters", "mes", "I go on")
}

// forms are a line with a form, and one who has filled it in.
func (g *golden) forms() {
	ctx := g.t.Context()
	g.do(g.PutLine(ctx, openlines.Line{
		ID: "form", Title: "Forms", Form: openlines.Form{ID: "contacts", AtOnce: true}, CRM: openlines.CRM{Verify: true},
		Scenarios: openlines.Scenarios{OffHours: desk.SayNothing, Unanswered: desk.SayNothing, Closing: desk.SayText, AutoClose: desk.SayNothing},
	}))
	g.do(g.PutLine(ctx, openlines.Line{ID: "form2", Form: openlines.Form{ID: "contacts", KeepInQueue: true}}))
	g.do(g.Connect(ctx, "form", "web", "form"))
	_, err := g.ClientFilled(ctx, openlines.ClientFills{
		Address: at("form", "fil"), Form: "contacts", Fields: []openlines.Field{{Name: "Name", Value: "Fil"}}, Responsible: "fay",
	})
	g.do(err)
}

// cut makes a withheld text one that was cut, which is too large to be driven.
func (g *golden) cut(b *storage.Batch) {
	_, err := g.store.Scan(g.t.Context(), storage.All, func(r storage.Record) error {
		if r.Kind == "withheld" {
			r.Body = bytes.Replace(r.Body, []byte(`"mended":true`), []byte(`"mended":true,"length":70000`), 1)
			b.Puts = append(b.Puts, storage.Put{Record: r, Same: true})
		}
		return nil
	})
	g.do(err)
}
