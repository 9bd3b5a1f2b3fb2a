package openlines_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"strings"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/storage/memory"
)

// exampleDesk is a desk of one line whose clock is set by hand.
func exampleDesk(clock *manual) *openlines.Engine {
	ctx := context.Background()
	return furnished(ctx, openlines.Config{Clock: clock}, openlines.Line{})
}

// furnished is a desk of one line, in whose queue are ann and bob.
func furnished(ctx context.Context, c openlines.Config, l openlines.Line) *openlines.Engine {
	desk, err := openlines.Open(ctx, memory.New(), c)
	if err == nil {
		l.ID = "support"
		l.Queue = queue.Rules{Mode: queue.Strictly, Members: queue.Operators("ann", "bob"), PassOnAfter: time.Minute}
		err = errors.Join(
			desk.PutOperator(ctx, openlines.Operator{ID: "ann"}, openlines.Operator{ID: "bob"}), desk.PutLine(ctx, l),
			desk.PutConnection(ctx, openlines.Connection{Line: "support", Connector: "web", Account: "main", CanStart: true}),
		)
	}
	if err != nil {
		log.Fatal(err)
	}
	return desk
}

// hello is a client's first message.
func hello(ctx context.Context, desk *openlines.Engine) openlines.Received {
	got, err := desk.Receive(ctx, connector.Inbound{Connector: "web", Account: "main", User: "77", ID: "m1", Text: "Hello?"})
	if err != nil {
		log.Fatal(err)
	}
	return got
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

// A supervisor joins what another has; an operator without a role does not, until he is invited.
func ExampleActor_Join() {
	ctx := context.Background()
	e := furnished(ctx, openlines.Config{}, openlines.Line{})
	s := hello(ctx, e).Session
	supervisor := openlines.Role{ID: "supervisor", Rights: map[desk.Right]desk.Scope{desk.MayJoin: desk.AnyOnes}}
	fmt.Println(e.PutRole(ctx, supervisor))
	fmt.Println(e.PutOperator(ctx, openlines.Operator{ID: "eve", Roles: []openlines.RoleID{"supervisor"}}))

	fmt.Println(e.As("ann").Answer(ctx, s))
	fmt.Println(e.As("bob").Join(ctx, s))
	fmt.Println(e.As("eve").Join(ctx, s), e.As("eve").Note(ctx, s, "Offer him a refund."))
	fmt.Println(e.As("ann").Invite(ctx, s, "bob"), e.As("bob").Send(ctx, s, "Bob here."))
	// Output:
	// <nil>
	// <nil>
	// <nil>
	// openlines: not allowed: it takes the right join
	// <nil> <nil>
	// <nil> <nil>
}

// byHeart is a host's CRM.
type byHeart map[string]openlines.Identity

func (b byHeart) Identify(_ context.Context, q openlines.Question) (openlines.Identity, error) {
	return b[q.Address.User], nil
}

// A client whom the CRM knows is offered to who looks after him.
func ExampleIdentifier() {
	ctx := context.Background()
	crm := byHeart{"77": {Client: "customer 4711", Responsible: "bob"}}
	e := furnished(ctx, openlines.Config{Identifier: crm}, openlines.Line{CRM: openlines.CRM{Verify: true}})
	s := hello(ctx, e).Session
	fmt.Println(e.Explain(ctx, s))
	_, err := e.Advance(ctx)
	fmt.Println(err)
	fmt.Println(e.Explain(ctx, s))
	// Output:
	// the host is asked who the client is; ann: free; bob: free <nil>
	// <nil>
	// offered to bob: responsible; ann: next after 1m0s <nil>
}

// The client gets what was written, and then what has become of it.
func ExampleEngine_AsBot() {
	ctx := context.Background()
	var desk *openlines.Engine
	parrot := func(ctx context.Context, c openlines.BotCall) error {
		bot := desk.AsBot(c.Bot)
		if err := bot.Once(c.ID+"-say").Send(ctx, c.Session.ID, "You say: "+c.Message.Said.Text); err != nil {
			return err // and the session goes to the queue
		}
		return bot.Once(c.ID+"-queue").ToQueue(ctx, c.Session.ID)
	}
	desk = furnished(ctx, openlines.Config{
		Connectors: map[connector.ID]connector.Connector{"web": connector.Print(os.Stdout)},
		Bots:       map[openlines.BotID]openlines.Bot{"parrot": openlines.BotFunc(parrot)},
	}, openlines.Line{Bot: openlines.LineBot{ID: "parrot"}})

	got := hello(ctx, desk)
	for range 2 { // before and after the bot is told
		why, _ := desk.Explain(ctx, got.Session)
		fmt.Println(why)
		if _, err := desk.Advance(ctx); err != nil {
			log.Fatal(err)
		}
	}
	// Output:
	// with the bot parrot, to the queue in 1m0s; ann: free; bob: free
	// to 77 | You say: Hello?
	// offered to ann: first of 2 in order; bob: next after 1m0s
}

func ExampleActor_Edit() {
	ctx := context.Background()
	e := furnished(ctx, openlines.Config{Connectors: map[connector.ID]connector.Connector{"web": connector.Print(os.Stdout)}}, openlines.Line{})
	got := hello(ctx, e)
	ann := e.As("ann")
	fmt.Println(ann.Send(ctx, got.Session, "It costs 10."), ann.Edit(ctx, got.Chat, 2, "It costs 12."))
	_, err := e.Advance(ctx)
	fmt.Println(err, ann.Delete(ctx, got.Chat, 2))
	_, err = e.Advance(ctx)
	fmt.Println(err)
	// Output:
	// <nil> <nil>
	// to 77 | It costs 10.
	// to 77 | (edit) It costs 12.
	// <nil> <nil>
	// to 77 | (delete)
	// <nil>
}

// A channel refuses a message for good; when that is mended, the message is sent after all.
func ExampleEngine_DeadLetters() {
	ctx := context.Background()
	blocked := true
	channel := connector.Func(func(ctx context.Context, m connector.Outbound) (connector.Receipt, error) {
		if blocked {
			return connector.Receipt{}, &connector.Failure{Permanent: true, Err: errors.New("blocked")}
		}
		return connector.Print(os.Stdout).Deliver(ctx, m)
	})
	e := furnished(ctx, openlines.Config{Connectors: map[connector.ID]connector.Connector{"web": channel}}, openlines.Line{})
	fmt.Println(e.As("ann").Send(ctx, hello(ctx, e).Session, "Hello!"))
	_, err := e.Advance(ctx)
	fmt.Println(err)
	letters, _, err := e.DeadLetters(ctx, openlines.Channel{}, openlines.Page{})
	fmt.Println(len(letters), letters[0].Reason, err)

	blocked = false
	fmt.Println(e.RetryDelivery(ctx, letters[0].ID))
	_, err = e.Advance(ctx)
	fmt.Println(err)
	// Output:
	// <nil>
	// <nil>
	// 1 permanent <nil>
	// <nil>
	// to 77 | Hello!
	// <nil>
}

// An operator writes to a client who has not written, and begins a new conversation with him when the first is over.
func ExampleActor_WriteFirst() {
	ctx := context.Background()
	e := furnished(ctx, openlines.Config{}, openlines.Line{})
	ann := e.As("ann")
	got, err := ann.WriteFirst(ctx, openlines.WriteFirst{
		To: connector.Address{Connector: "web", Account: "main", User: "77"}, Text: "Your parcel has arrived.",
	})
	fmt.Println(got.Session, err)
	fmt.Println(ann.Finish(ctx, got.Session))
	fmt.Println(ann.Start(ctx, got.Chat))
	// Output:
	// 1 <nil>
	// <nil>
	// 2 <nil>
}

func ExampleActor_SessionHistory() {
	ctx := context.Background()
	desk := exampleDesk(&manual{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)})
	got := hello(ctx, desk)
	lines, all, err := desk.As("ann").Unread(ctx, "ann")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(all, "unread:", lines)
	if err := errors.Join(desk.As("ann").Seen(ctx, got.Chat), desk.As("ann").Send(ctx, got.Session, "Hello!")); err != nil {
		log.Fatal(err)
	}
	history, err := desk.As("ann").SessionHistory(ctx, got.Session, openlines.Page{})
	if err != nil {
		log.Fatal(err)
	}
	for _, m := range history.Messages { // newest first
		fmt.Println(m.Number, m.By, m.Said.Text)
	}
	_, err = desk.As("bob").SessionHistory(ctx, got.Session, openlines.Page{})
	fmt.Println(err)
	// Output:
	// 1 unread: [{support 1 1}]
	// 2 operator Hello!
	// 1 client Hello?
	// openlines: not allowed: it takes the right read-history
}

// Every problem of a configuration is told at once.
func ExampleReadLine() {
	_, err := openlines.ReadLine(strings.NewReader(`{
		"id": "support",
		"queue": {"passOnAfer": "45s"},
		"session": {"closeDelay": 600},
		"texts": {"greeting": "Hello, #NAME#!"}
	}`))
	fmt.Println(err)
	// Output:
	// openlines: queue.passOnAfer: no such key
	// openlines: session.closeDelay: want a duration, such as "45s"
	// openlines: texts.greeting: an unknown word between number signs
}

// A line as it is recommended, with the words of the host.
func ExampleRecommended() {
	l := openlines.Recommended()
	l.ID, l.Queue.Members = "support", queue.Operators("ann", "bob")
	l.Texts = openlines.Texts{Greeting: "Hello! One of us is with you in a moment.", Nobody: "Nobody is here right now. We answer as soon as we can."}
	fmt.Println(l.Queue.PassOnAfter, l.Queue.Limit.Max, l.Session.AutoCloseAfter, l.Validate())
	// Output: 45s 4 1h0m0s <nil>
}
