package openlines_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
)

// A connection works when it is set up, switched on, and has no error.
func ExampleActor_ConnectionStatus() {
	ctx := context.Background()
	engine := exampleDesk(&manual{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)})
	account := openlines.Channel{Connector: "web", Account: "main"}
	tell := func(err error) {
		status, err2 := engine.ConnectionStatus(ctx, account)
		if err != nil || err2 != nil {
			log.Fatal(err, err2)
		}
		fmt.Printf("%+v\n", status)
	}
	tell(engine.SetConnectionData(ctx, account, openlines.ConnectionData{ID: "bot-7", URL: "https://example.org/shop"}))
	tell(engine.SetConnectionError(ctx, account, "token-revoked"))
	tell(engine.ActivateConnection(ctx, account, false))
	// Output:
	// {Line:support Configured:true Active:true Failed: Works:true}
	// {Line:support Configured:true Active:true Failed:token-revoked Works:false}
	// {Line:support Configured:true Active:false Failed:token-revoked Works:false}
}

// A channel that takes our messages for a day after the client's last one. What comes later is a dead letter at once.
func ExampleActor_WindowEnds() {
	ctx := context.Background()
	clock := &manual{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	engine := exampleDesk(clock)
	err := engine.PutConnection(ctx, openlines.Connection{
		Line: "support", Connector: "web", Account: "main", Window: desk.Within(24 * time.Hour),
	})
	if err != nil {
		log.Fatal(err)
	}
	got := hello(ctx, engine)
	ends, err := engine.WindowEnds(ctx, got.Chat)
	fmt.Println(ends.Format(time.DateTime), err)

	clock.now = ends
	fmt.Println(engine.As("ann").Send(ctx, got.Session, "Too late"))
	letters, _, err := engine.DeadLetters(ctx, openlines.Channel{}, openlines.Page{})
	fmt.Println(len(letters), letters[0].Reason, err)
	// Output:
	// 2026-03-03 09:00:00 <nil>
	// <nil>
	// 1 window <nil>
}

// Many deletions at once: each has an answer of its own.
func ExampleEngine_ClientDeletedAll() {
	ctx := context.Background()
	engine := exampleDesk(&manual{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)})
	hello(ctx, engine)
	errs, err := engine.ClientDeletedAll(ctx, []openlines.ClientDeletion{
		{Who: connector.Address{Connector: "web", Account: "main", User: "77"}, ID: "m1"},
		{Who: connector.Address{Connector: "web", Account: "main", User: "78"}, ID: "m1"},
	})
	fmt.Println(errs[0], err)
	fmt.Println(errs[1])
	// Output:
	// <nil> <nil>
	// openlines: no such line, operator, chat or session
}
