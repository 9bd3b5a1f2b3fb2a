package connector_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/openlines-go/openlines/connector"
)

func ExampleInbound_Clean() {
	in := connector.Inbound{Connector: "telegram", Account: "shop", User: "77", ID: "m1", Text: "caf\xe9\x00"}
	clean, said, err := in.Clean()
	fmt.Printf("%q mended=%v chat=%s %v\n", clean.Text, said.Mended, clean.Address().Chat, err)

	in.User = "77\n"
	_, _, err = in.Clean()
	if invalid, ok := errors.AsType[*connector.Invalid](err); ok {
		fmt.Println(invalid.Field, "-", invalid)
	}
	// Output:
	// "caf��" mended=true chat=77 <nil>
	// User - openlines: User: control character
}

func ExampleCleanText() {
	fmt.Printf("%+v\n", connector.CleanText("Grüße", 3))
	// Output: {Text:Gr Mended:false Length:7}
}

func ExampleCheckID() {
	fmt.Println(connector.CheckID("Account", "shop-7"))
	fmt.Println(connector.CheckID("Account", ""))
	// Output:
	// <nil>
	// openlines: Account: empty
}

func ExampleAddress() {
	a := connector.Address{Connector: "telegram", Account: "shop", User: "77"}
	fmt.Println(a.Normal().Chat, a.Validate())
	// Output: 77 <nil>
}

// A host tells what it knows of a failed delivery. Any other error is tried again after the usual pause.
func ExampleFailure() {
	deliver := func(_ context.Context, m connector.Outbound) (connector.Receipt, error) {
		switch m.To.User {
		case "blocked":
			return connector.Receipt{}, &connector.Failure{Permanent: true, Err: errors.New("blocked by the client")}
		case "busy":
			return connector.Receipt{}, &connector.Failure{RetryAfter: 30 * time.Second, Err: errors.New("too many requests")}
		}
		return connector.Receipt{ID: "9001"}, nil
	}
	var c connector.Connector = connector.Func(deliver)
	for _, user := range []string{"blocked", "busy", "77"} {
		receipt, err := c.Deliver(context.Background(), connector.Outbound{To: connector.Address{User: user}, Text: "Hello"})
		fmt.Println(receipt.ID, err)
	}
	// Output:
	//  connector: not delivered: blocked by the client
	//  connector: not delivered: too many requests
	// 9001 <nil>
}

func ExamplePrint() {
	c := connector.Print(os.Stdout)
	_, err := c.Deliver(context.Background(), connector.Outbound{
		ID: "1", To: connector.Address{Connector: "console", Account: "main", User: "77"}, Message: 2,
		Text: "It left Hamburg an hour ago.", Author: connector.Author{Operator: "ann", Name: "Ann"},
	})
	fmt.Println(err)
	// Output:
	// to 77 | It left Hamburg an hour ago.
	// <nil>
}
