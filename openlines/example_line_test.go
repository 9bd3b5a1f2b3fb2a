package openlines_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
)

// byPager tells operators by a pager.
type byPager struct{}

func (byPager) Notify(_ context.Context, n openlines.Notice) error {
	fmt.Println(n.Kind, n.To, n.Text)
	return nil
}

// Who leads is told when a client has waited too long for the first reply.
func ExampleNotifier() {
	ctx, clock := context.Background(), &manual{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	late := openlines.Notify{Operators: []queue.OperatorID{"bob"}, Text: "#OPERATOR# is late"}
	e := furnished(ctx, openlines.Config{Clock: clock, Notifier: byPager{}}, openlines.Line{
		Norms: openlines.Norms{First: openlines.Norm{Within: openlines.Within(40 * time.Second), Notify: late}},
	})
	hello(ctx, e)
	clock.now = clock.now.Add(40 * time.Second)
	for range 2 { // it is decided, then told
		if _, err := e.Advance(ctx); err != nil {
			log.Fatal(err)
		}
	}
	// Output:
	// first-norm [bob] ann is late
}

// Where the channel can ask, nothing of what a client writes is used before he has agreed.
func ExampleEngine_ClientConsented() {
	ctx := context.Background()
	e := furnished(ctx, openlines.Config{Connectors: map[connector.ID]connector.Connector{"web": connector.Print(os.Stdout)}}, openlines.Line{
		Consent: openlines.Consent{Document: "privacy", Version: "2026-01"}, Texts: openlines.Texts{Consent: "Do you agree?"},
	})
	err := e.PutConnection(ctx, openlines.Connection{Line: "support", Connector: "web", Account: "main", AsksConsent: true})
	if err != nil {
		log.Fatal(err)
	}
	got := hello(ctx, e)
	if _, err := e.Advance(ctx); err != nil {
		log.Fatal(err)
	}
	fmt.Println(e.Explain(ctx, got.Session))
	err = e.ClientConsented(ctx, connector.Address{Connector: "web", Account: "main", User: "77"}, true) // he pressed the button
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(e.Explain(ctx, got.Session))
	// Output:
	// to 77 | Do you agree?
	// the client is asked for his consent; ann: free; bob: free <nil>
	// offered to ann: first of 2 in order; bob: next after 1m0s <nil>
}

// What a visitor tells in the welcome form is there for whoever answers him.
func ExampleEngine_ClientFilled() {
	ctx := context.Background()
	e := furnished(ctx, openlines.Config{}, openlines.Line{Form: openlines.Form{ID: "contacts"}})
	who := connector.Address{Connector: "web", Account: "main", User: "77"}
	opened, err := e.ClientOpened(ctx, who, connector.Client{})
	if err != nil {
		log.Fatal(err)
	}
	_, err = e.ClientFilled(ctx, openlines.ClientFills{
		Address: who, Form: opened.Form, Fields: []openlines.Field{{Name: "Name", Value: "Ida"}, {Name: "Topic", Value: "Delivery"}},
	})
	if err != nil {
		log.Fatal(err)
	}
	got := hello(ctx, e)
	history, _, err := e.As("ann").History(ctx, got.Chat, openlines.Page{})
	for _, m := range history {
		fmt.Printf("%s: %q\n", m.By, m.Said.Text)
	}
	fmt.Println(err)
	// Output:
	// client: "Hello?"
	// system: "Name: Ida\nTopic: Delivery"
	// <nil>
}

// A host begins with the roles of the reference product.
func ExampleStandardRoles() {
	ctx := context.Background()
	e := furnished(ctx, openlines.Config{}, openlines.Line{})
	if err := e.PutRole(ctx, openlines.StandardRoles()...); err != nil {
		log.Fatal(err)
	}
	got := hello(ctx, e) // Ann is asked
	for _, role := range []openlines.RoleID{"manager", "chief-executive"} {
		if err := e.PutOperator(ctx, openlines.Operator{ID: "eve", Roles: []openlines.RoleID{role}}); err != nil {
			log.Fatal(err)
		}
		_, err := e.As("eve").Session(ctx, got.Session)
		fmt.Println(role, err)
	}
	// Output:
	// manager openlines: not allowed: it takes the right view-sessions
	// chief-executive <nil>
}

// A client comes back to who was last with him, even where another would be next.
func ExampleExplanation() {
	ctx := context.Background()
	e := furnished(ctx, openlines.Config{}, openlines.Line{})
	l, err := e.Line(ctx, "support")
	if err != nil {
		log.Fatal(err)
	}
	l.Queue.Sticky, l.Session.CloseDelay = 30*24*time.Hour, session.AtOnce
	if err := e.PutLine(ctx, l); err != nil {
		log.Fatal(err)
	}
	first := hello(ctx, e).Session
	for _, err := range []error{
		e.As("ann").Transfer(ctx, openlines.Transfer{Session: first, To: "bob", Assign: true}), e.As("bob").Finish(ctx, first),
	} {
		if err != nil {
			log.Fatal(err)
		}
	}
	again, err := e.Receive(ctx, connector.Inbound{Connector: "web", Account: "main", User: "77", ID: "m2", Text: "One more thing"})
	if err != nil {
		log.Fatal(err)
	}
	for _, id := range []session.ID{first, again.Session} {
		fmt.Println(e.Explain(ctx, id))
	}
	// Output:
	// closed: finished by bob <nil>
	// offered to bob: last with the client; ann: next after 1m0s <nil>
}
