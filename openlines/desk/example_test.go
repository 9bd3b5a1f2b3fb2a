package desk_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/memory"
)

// driver drives a desk by hand: it decides a turn, stores it, and applies it only then.
type driver struct {
	desk  *desk.Desk
	store storage.Store
}

func (d *driver) turn(at time.Time, by desk.By, commands ...desk.Command) error {
	ctx := context.Background()
	for _, c := range commands {
		if _, err := d.desk.Do(at, by, c); err != nil {
			d.desk.Cut() // what the turn did so far is dropped
			return err
		}
	}
	draft := d.desk.Cut()
	if draft.Empty() {
		return nil
	}
	for _, e := range draft.Events() {
		fmt.Println(strings.TrimSpace(fmt.Sprint(e.At.Format(time.TimeOnly), " ", e.Type, " ", e.Operator)))
	}
	mark := d.desk.Head().Mark
	// A real driver draws the id at random, and commits the same batch again if it does not get to know the outcome.
	batch, err := draft.Batch(storage.BatchID{byte(mark.Revision + 1)}, mark, desk.Format)
	if err != nil {
		return err
	}
	head, err := d.store.Commit(ctx, batch)
	if err != nil {
		return err
	}
	d.desk.Join(draft, head)
	return nil
}

// A desk is driven by hand, and then loaded again from what was stored.
func Example() {
	ctx := context.Background()
	store := memory.New()
	d := &driver{desk.New(), store}
	nine := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

	host := desk.By{}
	fmt.Println(d.turn(nine, host,
		desk.PutOperators{Operators: []desk.Operator{{ID: "ann"}, {ID: "bob"}}},
		desk.PutLine{Line: desk.Line{
			ID: "support", Queue: queue.Rules{Mode: queue.Strictly, Members: queue.Operators("ann", "bob")},
		}},
		desk.Connect{Line: "support", Connector: "webchat", Account: "shop"},
	))

	in := connector.Inbound{Connector: "webchat", Account: "shop", User: "77", ID: "m1", Text: "My parcel is late"}
	clean, said, err := in.Clean()
	fmt.Println(err)
	fmt.Println(d.turn(nine, host, desk.Receive{Message: clean, Said: said}))

	due := d.desk.Next() // ann stays silent
	fmt.Println(d.turn(due, host, desk.Tick{}))

	err = d.turn(due, desk.By{Operator: "ann"}, desk.Answer{Session: 1})
	fmt.Println(errors.Is(err, desk.ErrNotOffered))

	loaded := desk.New()
	head, err := store.Scan(ctx, storage.Live, loaded.LoadRecord)
	fmt.Println(head.Revision, err)
	loaded.Begin(head)
	s, open := loaded.Session(1)
	fmt.Println(s.State, s.OfferedTo, s.Unanswered, open, len(loaded.Check()))
	// Output:
	// <nil>
	// <nil>
	// 09:00:00 session-started
	// 09:00:00 message-received
	// 09:00:00 session-offered ann
	// <nil>
	// 09:01:00 session-unanswered ann
	// 09:01:00 session-waiting ann
	// 09:01:00 session-offered bob
	// <nil>
	// true
	// 3 <nil>
	// offered bob true true 0
}
