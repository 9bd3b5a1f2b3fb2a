package openlinestest

import (
	"bytes"
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/dump"
)

// Scenarios runs what no script can tell, on stores that open returns, each of an empty desk that nobody else uses: large numbers,
// averages, and what is never stored.
func Scenarios(t *testing.T, open func(testing.TB) storage.Store) {
	t.Helper()
	for name, run := range map[string]func(*testing.T, storage.Store){
		"large queue": largeQueue, "evenly is not equal": evenlyIsNotEqual, "averages leave out spam": averagesWithoutSpam,
		"live typing": liveTyping,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, open(t))
		})
	}
}

// largeQueue is rule 2.6, scenario 108: the number of members has no limit that anybody meets.
func largeQueue(t *testing.T, store storage.Store) {
	const members, clients = 5000, 1000
	ids := make([]queue.OperatorID, members)
	for i := range ids {
		ids[i] = queue.OperatorID(fmt.Sprintf("operator-%d", i))
	}
	d := Open(t, Setup{Store: store, Lines: []openlines.Line{{Queue: queue.Rules{Members: queue.Operators(ids...)}}}})
	for i := range clients {
		d.WantOffered(d.Says(fmt.Sprintf("client-%d", i), "Hello"), ids[i])
	}
}

// evenlyIsNotEqual is rules 3.4 and 3.7, scenario 113: who answers fast gets more, since the aim is the fastest answer.
func evenlyIsNotEqual(t *testing.T, store storage.Store) {
	d := Open(t, Setup{Store: store, Lines: []openlines.Line{
		{Queue: queue.Rules{Members: queue.Operators("ann", "bob"), PassOnAfter: queue.Never}},
	}})
	replies := map[session.ID]time.Time{}
	took := map[queue.OperatorID]time.Duration{"ann": 10 * time.Second, "bob": 10 * time.Minute}
	given := map[queue.OperatorID]int{}
	for client := range 20 {
		s := d.Says(fmt.Sprintf("client-%d", client), "Hello")
		x, err := d.Explain(t.Context(), s)
		mustNot(t, err)
		given[x.OfferedTo]++
		replies[s] = d.Clock.Now().Add(took[x.OfferedTo])
		for range 6 {
			d.Wait(10 * time.Second)
			reply(t, d, replies)
		}
	}
	if given["bob"] >= given["ann"] {
		t.Errorf("bob, who takes ten minutes, got %d; ann, who takes ten seconds, %d", given["bob"], given["ann"])
	}
}

// reply sends the replies that are due.
func reply(t *testing.T, d *Desk, due map[session.ID]time.Time) {
	t.Helper()
	for _, id := range []queue.OperatorID{"ann", "bob"} {
		have, _, err := d.Load(t.Context(), id, openlines.Page{Limit: 1000})
		mustNot(t, err)
		for _, s := range have {
			if at, owed := due[s]; owed && !d.Clock.Now().Before(at) {
				delete(due, s)
				mustNot(t, d.As(id).Send(t.Context(), s, "Hello"))
			}
		}
	}
}

// averagesWithoutSpam is rule 6.10, scenario 131: of ten sessions and five of spam the averages are those of the ten.
func averagesWithoutSpam(t *testing.T, store storage.Store) {
	ctx := t.Context()
	d := Open(t, Setup{Store: store, Lines: []openlines.Line{{
		Queue:   queue.Rules{Members: queue.Operators("ann"), PassOnAfter: queue.Never},
		Session: session.Rules{CloseDelay: session.AtOnce, UnansweredAfter: time.Hour},
	}}})
	began := d.Clock.Now()
	for i := range 15 {
		s := d.Says(fmt.Sprintf("client-%d", i), "Hello")
		if i%3 == 2 {
			d.Wait(30 * time.Minute)
			mustNot(t, d.As("ann").Send(ctx, s, "Who are you?"))
			mustNot(t, d.As("ann").Spam(ctx, s))
			continue
		}
		d.Wait(time.Duration(10+i%3*20) * time.Second) // ten and thirty, five times each
		mustNot(t, d.As("ann").Send(ctx, s, "Hello"))
		mustNot(t, d.As("ann").Finish(ctx, s))
	}
	m, err := d.Metrics(ctx, began, began.AddDate(0, 0, 1), openlines.MetricsFilter{})
	mustNot(t, err)
	type figures struct {
		Begun, Answered, Replies int
		First, Longest           time.Duration
	}
	want := figures{Begun: 15, Answered: 10, Replies: 10, First: 20 * time.Second, Longest: 30 * time.Second}
	got := figures{m.Figures.Begun, m.Figures.Answered, m.Figures.Replies.N, m.Figures.First.Mean(), m.Figures.First.Longest}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if closed := m.Figures.Closed; closed[session.Spammed] != 5 || closed[session.Finished] != 10 {
		t.Errorf("closed: %v", closed)
	}
}

// liveTyping is rule 7.22, scenario 142: what a client is typing is told to the owner alone where the channel has that, takes no
// turn and is not stored.
func liveTyping(t *testing.T, store storage.Store) {
	ctx := t.Context()
	d := Open(t, Setup{Store: store, Lines: []openlines.Line{
		{Queue: queue.Rules{Members: queue.Operators("ann", "bob")}, WatchTyping: true},
	}})
	mustNot(t, d.PutConnection(ctx, openlines.Connection{Line: DefaultLine, Connector: ConnectorID, Account: string(DefaultLine), Types: true}))
	s := d.Says("77", "Hello")
	mustNot(t, d.As("ann").Answer(ctx, s))
	for _, err := range d.As("bob").Typing(ctx, s) {
		if err == nil {
			t.Error("bob, who has nothing to do with it, watches")
		}
		break
	}
	who := connector.Address{Connector: ConnectorID, Account: string(DefaultLine), User: "77"}
	revision := func() uint64 {
		_, mark, err := store.Get(ctx)
		mustNot(t, err)
		return mark.Revision
	}
	before := revision()
	types := func(draft string) openlines.Draft {
		watching, end := context.WithCancel(ctx)
		defer end()
		told := make(chan openlines.Draft, 1)
		go func() {
			defer close(told)
			for draft, err := range d.As("ann").Typing(watching, s) {
				if err == nil {
					told <- draft
				}
				return
			}
		}()
		for { // until she watches
			select {
			case got := <-told:
				return got
			case <-ctx.Done():
				t.Fatal("nothing is told")
			default:
				runtime.Gosched()
				mustNot(t, d.ClientTypes(ctx, who, draft))
			}
		}
	}
	if diff := cmp.Diff(openlines.Draft{Session: s, Chat: 1, Text: "My secret"}, types("My secret")); diff != "" {
		t.Errorf("what ann is told (-want +got):\n%s", diff)
	}
	if after := revision(); after != before {
		t.Errorf("typing takes turns: %d, then %d", before, after)
	}
	var all bytes.Buffer
	mustNot(t, dump.Write(ctx, &all, store))
	if bytes.Contains(all.Bytes(), []byte("secret")) {
		t.Error("a draft is stored")
	}
}
