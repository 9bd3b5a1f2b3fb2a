package openlines_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/openlines/openlinestest"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage/memory"
)

// What a client said of conversations, who he was, and what the day was like.
func ExampleActor_Sessions() {
	ctx := context.Background()
	clock := openlinestest.NewClock(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	e, err := openlines.Open(ctx, memory.New(), openlines.Config{Clock: clock})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = e.Close() }()
	report := func(err error) {
		if err != nil {
			fmt.Println(err)
		}
	}
	report(e.PutOperator(ctx, openlines.Operator{ID: "ann"}))
	report(e.PutLine(ctx, openlines.Line{
		ID: "support", Queue: queue.Rules{Members: queue.Operators("ann")}, Session: session.Rules{CloseDelay: session.AtOnce},
		Texts: openlines.Texts{RateButtons: "How was it?"}, Rating: openlines.Rating{WhileOpen: true},
	}))
	report(e.PutConnection(ctx, openlines.Connection{Line: "support", Connector: "web", Account: "main", Buttons: true}))
	for i, name := range []string{"Kim Larsen", "Lea Weber", "Kimberly Jones"} {
		client := connector.Address{Connector: "web", Account: "main", User: fmt.Sprint(i)}
		got, err := e.Receive(ctx, connector.Inbound{
			Connector: "web", Account: "main", User: client.User, ID: "1", Text: "Hello?", Client: connector.Client{Name: name},
		})
		report(err)
		clock.Add(time.Minute)
		report(e.As("ann").Send(ctx, got.Session, "Yes?"))
		report(e.ClientRated(ctx, client, []openlines.Vote{desk.Good, desk.Good, desk.Bad}[i]))
		report(e.As("ann").Finish(ctx, got.Session))
	}

	list, err := e.As("ann").Sessions(ctx, openlines.SessionFilter{Vote: desk.Bad, States: []session.State{session.Closed}}, openlines.Page{})
	report(err)
	for _, s := range list.Sessions {
		fmt.Println(s.Began.Format("15:04"), list.Chats[s.Chat].Client.Name, s.Owner, s.Reason)
	}
	found, err := e.As("ann").SearchChats(ctx, "kim", openlines.Page{})
	report(err)
	for _, c := range found.Chats {
		fmt.Println(c.UserCode(), c.Client.Name)
	}
	today := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	m, err := e.Metrics(ctx, today, today.AddDate(0, 0, 1), openlines.MetricsFilter{Line: "support"})
	report(err)
	fmt.Println(m.Begun, "begun,", m.Answered, "answered after", m.First.Mean(), m.Satisfied().Part, "of", m.Satisfied().Of, "satisfied")
	// Output:
	// 09:02 Kimberly Jones ann finished
	// web|support|2|2 Kimberly Jones
	// web|support|0|0 Kim Larsen
	// 3 begun, 3 answered after 1m0s 2 of 3 satisfied
}

// Who is in a line's queue, by which entry, and why he cannot be asked.
func ExampleActor_Queue() {
	ctx := context.Background()
	e := furnished(ctx, openlines.Config{}, openlines.Line{})
	for _, err := range []error{
		e.PutDepartment(ctx, openlines.Department{ID: "sales", Operators: []queue.OperatorID{"bob", "cid"}}),
		e.PutLine(ctx, openlines.Line{ID: "support", Queue: queue.Rules{Members: append(queue.Operators("ann"), queue.Departments("sales")...)}}),
	} {
		if err != nil {
			log.Fatal(err)
		}
	}
	members, _, err := e.Queue(ctx, "support", openlines.Page{})
	if err != nil {
		log.Fatal(err)
	}
	for _, m := range members {
		fmt.Printf("%s %q: %s, %d sessions\n", m.Operator, m.Department, m.Verdict, m.Sessions)
	}
	// Output:
	// ann "": free, 0 sessions
	// bob "sales": free, 0 sessions
	// cid "sales": not an operator, 0 sessions
}
