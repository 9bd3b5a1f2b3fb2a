package openlinestest_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/openlinestest"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
)

// console stands in for the t of a test, so that the example can show what a failure looks like.
type console struct{ testing.TB }

func (console) Helper()                           {}
func (console) Cleanup(func())                    {}
func (console) Context() context.Context          { return context.Background() }
func (console) Errorf(format string, args ...any) { fmt.Printf(format+"\n", args...) }

func Example() {
	var t console
	desk := openlinestest.New(t, openlines.Line{
		Queue: queue.Rules{Mode: queue.Strictly, Members: queue.Operators("ann", "bob"), PassOnAfter: time.Minute},
	})

	s := desk.Says("client-77", "Is anybody there?")
	desk.WantOffered(s, "ann")
	desk.Wait(time.Minute)
	desk.WantOffered(s, "bob")

	fmt.Println(desk.As("bob").Answer(t.Context(), s))
	desk.WantState(s, session.Answered)
	desk.WantOwner(s, "ann")
	// Output:
	// <nil>
	// session 1 is held by bob, answered, want held by ann
	// accepted by bob; ann: free, was asked
	//   ann free, was asked
	//   bob free, was asked, sessions 1
	// last events:
	//   09:00:00 session-offered session=1 operator=ann then=bob free=2
	//   09:01:00 session-unanswered session=1 operator=ann
	//   09:01:00 session-waiting session=1 operator=ann why=pass-on
	//   09:01:00 session-offered session=1 operator=bob then=ann free=2
	//   09:01:00 session-answered session=1 operator=bob by=bob
}
