package openlines_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/storage/memory"
)

// exampleDesk is a desk of one line whose clock is set by hand.
func exampleDesk(clock *manual) *openlines.Engine {
	ctx := context.Background()
	desk, err := openlines.Open(ctx, memory.New(), openlines.Config{Clock: clock})
	if err == nil {
		err = errors.Join(
			desk.PutOperator(ctx, openlines.Operator{ID: "ann"}, openlines.Operator{ID: "bob"}),
			desk.PutLine(ctx, openlines.Line{
				ID:    "support",
				Queue: queue.Rules{Mode: queue.Strictly, Members: queue.Operators("ann", "bob"), PassOnAfter: time.Minute},
			}),
			desk.Connect(ctx, "support", "web", "main"),
		)
	}
	if err != nil {
		log.Fatal(err)
	}
	return desk
}

func ExampleEngine_Advance() {
	ctx := context.Background()
	clock := &manual{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	desk := exampleDesk(clock)

	got, err := desk.Receive(ctx, connector.Inbound{Connector: "web", Account: "main", User: "77", ID: "m1", Text: "Hello?"})
	if err != nil {
		log.Fatal(err)
	}
	clock.now = clock.now.Add(time.Minute) // ann says nothing
	next, err := desk.Advance(ctx)
	if err != nil {
		log.Fatal(err)
	}
	why, err := desk.Explain(ctx, got.Session)
	fmt.Println(why, err)
	fmt.Println("next:", next.Format(time.TimeOnly))
	// Output:
	// offered to bob: second of 2 in order; ann: next after 1m0s <nil>
	// next: 09:02:00
}

func ExampleActor_Once() {
	ctx := context.Background()
	desk := exampleDesk(&manual{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)})
	got, err := desk.Receive(ctx, connector.Inbound{Connector: "web", Account: "main", User: "77", ID: "m1", Text: "Hello?"})
	if err != nil {
		log.Fatal(err)
	}
	ann := desk.As("ann").Once("click 4711")
	fmt.Println(ann.Send(ctx, got.Session, "Hello!"))
	fmt.Println(ann.Send(ctx, got.Session, "Hello!")) // the browser tried again
	messages, _, err := desk.History(ctx, got.Chat, openlines.Page{})
	fmt.Println(len(messages), "messages", err)
	// Output:
	// <nil>
	// <nil>
	// 2 messages <nil>
}

func ExampleEngine_Feed() {
	ctx := context.Background()
	desk := exampleDesk(&manual{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)})
	_, err := desk.Receive(ctx, connector.Inbound{Connector: "web", Account: "main", User: "77", ID: "m1", Text: "Hello?"})
	if err != nil {
		log.Fatal(err)
	}
	events, err := desk.Feed(ctx, 0, 100)
	for _, e := range events {
		fmt.Println(e.Seq, e.Type)
	}
	fmt.Println(err)
	// Output:
	// 1 session-started
	// 2 message-received
	// 3 session-offered
	// <nil>
}

func ExampleFinal() {
	desk := exampleDesk(&manual{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)})
	_, err := desk.Receive(context.Background(), connector.Inbound{Connector: "web", Account: "unknown", User: "77", ID: "m1", Text: "Hello?"})
	fmt.Println(err)
	fmt.Println("worth sending again:", !openlines.Final(err))
	// Output:
	// openlines: the account is connected to no line
	// worth sending again: false
}
