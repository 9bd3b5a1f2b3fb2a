package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/storage/memory"
)

func main() {
	ctx := context.Background()
	desk, err := openlines.Open(ctx, memory.New(), openlines.Config{
		Connectors: map[connector.ID]connector.Connector{"console": connector.Print(os.Stdout)},
	})
	check(err)
	defer desk.Close()

	check(desk.PutOperator(ctx, openlines.Operator{ID: "ann", Name: "Ann"}, openlines.Operator{ID: "bob", Name: "Bob"}))
	check(desk.PutLine(ctx, openlines.Line{
		ID:    "support",
		Queue: queue.Rules{Mode: queue.Strictly, Members: queue.Operators("ann", "bob"), PassOnAfter: 45 * time.Second},
		Texts: openlines.Texts{Greeting: "Hello! One of us is with you in a moment.", Closing: "Glad to help."},
	}))
	check(desk.Connect(ctx, "support", "console", "main"))

	got, err := desk.Receive(ctx, connector.Inbound{Connector: "console", Account: "main", User: "77", ID: "m1", Text: "My parcel is late"})
	check(err)
	why, err := desk.Explain(ctx, got.Session)
	check(err)
	fmt.Println(why) // offered to ann: first of 2 in order; bob: next after 45s

	ann := desk.As("ann")
	check(ann.Send(ctx, got.Session, "It left Hamburg an hour ago.")) // writing is answering
	check(ann.Finish(ctx, got.Session))

	_, err = desk.Advance(ctx) // does what is due: here, three deliveries. A server calls desk.Run(ctx) once instead.
	check(err)
	check(desk.Check(ctx))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
