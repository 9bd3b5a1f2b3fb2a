package openlinestest_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/openlinestest"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/memory"
	"github.com/openlines-go/openlines/worktime"
)

// strictly is a line of three operators in which the tests below expect something else than what happens.
func strictly() openlines.Line {
	return openlines.Line{
		Queue: queue.Rules{Mode: queue.Strictly, Members: queue.Operators("ann", "bob", "cid"), OnlyAvailable: true},
		Texts: openlines.Texts{Greeting: "Welcome!"},
	}
}

func TestFailureTells(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		test func(testing.TB)
		want string
	}{
		{
			name: "offered to somebody else",
			test: func(tb testing.TB) {
				desk := openlinestest.New(tb, strictly())
				s := desk.Says("client-77", "Hello")
				desk.Wait(30 * time.Second)
				desk.WantOffered(s, "bob")
			},
			want: `session 1 is offered to ann, want bob
offered to ann: first of 3 in order; bob: next after 30s; cid: free
  ann free, was asked, sessions 1
  bob free
  cid free
last events:
  09:00:00 session-started session=1
  09:00:00 message-received session=1 message=1
  09:00:00 message-sent session=1 message=2 text=greeting
  09:00:00 session-offered session=1 operator=ann then=bob free=3
  09:00:00 delivered session=1 message=2 attempt=1
`,
		},
		{
			name: "waits because nobody is there",
			test: func(tb testing.TB) {
				desk := openlinestest.New(tb, strictly())
				for id, facts := range map[queue.OperatorID]worktime.Facts{
					"ann": {}, "bob": {OnLeave: true}, "cid": {Dismissed: true},
				} {
					if err := desk.Report(tb.Context(), openlines.Report{Operator: id, Facts: facts}); err != nil {
						tb.Fatal(err)
					}
				}
				desk.WantOfferedToAll(desk.Says("client-77", "Hello"))
			},
			want: `session 1 is waiting, want offered to everybody
waiting for 0s: nobody of 3 is free; ann: offline; bob: on leave; cid: dismissed
  ann offline
  bob on leave
  cid dismissed
last events:`,
		},
		{
			name: "held by somebody else",
			test: func(tb testing.TB) {
				desk := openlinestest.New(tb, strictly())
				s := desk.Says("client-77", "Hello")
				if err := desk.As("ann").Answer(tb.Context(), s); err != nil {
					tb.Fatal(err)
				}
				desk.WantOwner(s, "bob")
			},
			want: `session 1 is held by ann, answered, want held by bob
accepted by ann; bob: free; cid: free
  ann free, was asked, sessions 1
  bob free
  cid free
last events:
  09:00:00 session-started session=1
  09:00:00 message-received session=1 message=1
  09:00:00 message-sent session=1 message=2 text=greeting
  09:00:00 session-offered session=1 operator=ann then=bob free=3
  09:00:00 session-answered session=1 operator=ann by=ann
`,
		},
		{
			name: "closed",
			test: func(tb testing.TB) {
				line := strictly()
				line.Session.CloseDelay = session.AtOnce
				desk := openlinestest.New(tb, line)
				s := desk.Says("client-77", "Hello")
				if err := desk.As("ann").Answer(tb.Context(), s); err != nil {
					tb.Fatal(err)
				}
				if err := desk.As("ann").Finish(tb.Context(), s); err != nil {
					tb.Fatal(err)
				}
				desk.WantWaiting(s)
			},
			want: `session 1 is closed, finished, want waiting
closed: finished by ann
last events:
  09:00:00 message-sent session=1 message=2 text=greeting
  09:00:00 session-offered session=1 operator=ann then=bob free=3
  09:00:00 session-answered session=1 operator=ann by=ann
  09:00:00 session-finished session=1 operator=ann by=ann
  09:00:00 session-closed session=1 operator=ann by=ann why=finished
`,
		},
		{
			name: "in another state",
			test: func(tb testing.TB) {
				desk := openlinestest.New(tb, strictly())
				desk.WantState(desk.Says("client-77", "Hello"), session.Replied)
			},
			want: "session 1 is offered to ann, want replied\n",
		},
		{
			name: "a session that is not there",
			test: func(tb testing.TB) { openlinestest.New(tb, strictly()).WantWaiting(7) },
			want: "session 7: openlines: no such line, operator, chat or session\n",
		},
		{
			name: "a line that is not valid",
			test: func(tb testing.TB) {
				openlinestest.New(tb, openlines.Line{Queue: queue.Rules{Mode: "crm"}})
			},
			want: "put line: openlines: Queue.Mode: unknown\n",
		},
		{
			name: "a message that is refused",
			test: func(tb testing.TB) { openlinestest.New(tb, strictly()).Says("client-77", "") },
			want: "client-77 says: openlines: Text: no text and no file\n",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := failures(t, test.test)
			if len(got) != 1 || !strings.HasPrefix(got[0]+"\n", test.want) {
				t.Errorf("failures (-want +got):\n%s", cmp.Diff([]string{test.want}, got))
			}
		})
	}
}

func TestWantSaidTellsTheDifference(t *testing.T) {
	t.Parallel()
	got := failures(t, func(tb testing.TB) {
		desk := openlinestest.New(tb, strictly())
		desk.Says("client-77", "Hello")
		desk.WantSaid("client-77", "Hi!")
		desk.WantSaid("client-77")
	})
	if len(got) != 1 || !strings.Contains(got[0], `"Hi!"`) || !strings.Contains(got[0], `"Welcome!"`) {
		t.Errorf("failures: %q, want one that has both texts", got)
	}
}

// forgetful is a store that loses the records of a kind: what the engine has in memory is not what is stored.
type forgetful struct{ storage.Store }

func (f forgetful) Scan(ctx context.Context, scope storage.Scope, each func(storage.Record) error) (storage.Head, error) {
	return f.Store.Scan(ctx, scope, func(r storage.Record) error {
		if r.Kind == "seat" {
			return nil
		}
		return each(r)
	})
}

func TestCleanupChecksInvariants(t *testing.T) {
	t.Parallel()
	got := failures(t, func(tb testing.TB) {
		desk := openlinestest.Open(tb, openlinestest.Setup{
			Lines: []openlines.Line{strictly()}, Store: forgetful{memory.New()},
		})
		desk.Says("client-77", "Hello")
	})
	if len(got) != 1 || !strings.HasPrefix(got[0], "the desk is not sound: openlines: memory equals the store") {
		t.Errorf("failures: %q, want one that tells of the invariant", got)
	}
}
