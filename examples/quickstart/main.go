// Command quickstart shows one conversation from greeting to close, and then, on virtual time, what happens when an
// operator stays silent.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/benbjohnson/clock"
	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage/memory"
)

func main() {
	ctx := context.Background()
	mock := clock.NewMock() // a server leaves Clock out and has the real one
	mock.Set(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	desk, err := openlines.Open(ctx, memory.New(), openlines.Config{
		Connectors: map[connector.ID]connector.Connector{"console": connector.Print(os.Stdout)},
		Clock:      mock,
	})
	check(err)

	check(desk.PutOperator(ctx, openlines.Operator{ID: "ann", Name: "Ann"}, openlines.Operator{ID: "bob", Name: "Bob"}))
	check(desk.PutLine(ctx, openlines.Line{
		ID:    "support",
		Queue: queue.Rules{Mode: queue.Strictly, Members: queue.Operators("ann", "bob"), PassOnAfter: 45 * time.Second},
		Texts: openlines.Texts{
			Greeting: "Hello! One of us is with you in a moment.", Closing: "Glad to help.", Unanswered: "Sorry for the wait.",
		},
	}))
	check(desk.Connect(ctx, "support", "console", "main"))

	fmt.Println("-- a conversation")
	parcel := receive(ctx, desk, "77", "m1", "My parcel is late")
	explain(ctx, desk, parcel)
	ann := desk.As("ann")
	check(ann.Send(ctx, parcel, "It left Hamburg an hour ago.")) // writing is answering
	check(ann.Finish(ctx, parcel))
	advance(ctx, desk) // does what is due: here, three deliveries. A server calls desk.Run(ctx) once instead.

	fmt.Println("-- ann stays silent")
	refund := receive(ctx, desk, "78", "m1", "Where is my refund?")
	for range 3 {
		explain(ctx, desk, refund)
		mock.Add(30 * time.Second)
		advance(ctx, desk)
	}
	explain(ctx, desk, refund)
	check(desk.As("ann").Answer(ctx, refund)) // she is back just in time
	explain(ctx, desk, refund)

	fmt.Println("-- the feed of that session")
	for _, e := range feed(ctx, desk) {
		if e.Session == refund {
			fmt.Println(e.At.Format(time.TimeOnly), e.Type, e.Operator)
		}
	}
	check(desk.Check(ctx))
	check(desk.Close())
}

func receive(ctx context.Context, desk *openlines.Engine, user, id, text string) session.ID {
	got, err := desk.Receive(ctx, connector.Inbound{Connector: "console", Account: "main", User: user, ID: id, Text: text})
	check(err)
	fmt.Printf("from %s | %s\n", user, text)
	return got.Session
}

func explain(ctx context.Context, desk *openlines.Engine, id session.ID) {
	why, err := desk.Explain(ctx, id)
	check(err)
	fmt.Println("  ", why)
}

func advance(ctx context.Context, desk *openlines.Engine) {
	_, err := desk.Advance(ctx)
	check(err)
}

func feed(ctx context.Context, desk *openlines.Engine) []openlines.Event {
	events, err := desk.Feed(ctx, 0, 1000)
	check(err)
	return events
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
