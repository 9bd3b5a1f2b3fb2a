package openlinestest

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"testing"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
)

// Lists measures the first page of lists on a desk of n closed sessions, which it imports: filters that many, few or no sessions
// have, alone and together, also such as never come together, in a range of dates, for the host and for an operator who may view
// his own sessions. Beside the time of one page it tells the longest, and how many records were read for it.
func Lists(b *testing.B, open func(testing.TB) storage.Store, n int) {
	store := &counting{Store: open(b)}
	if err := ImportSessions(b.Context(), store.Store.(storage.Importer), n); err != nil {
		b.Fatal(err)
	}
	e, err := openlines.Open(everlasting, store, openlines.Config{})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = e.Close() }()
	if err := e.PutOperator(b.Context(), openlines.Operator{ID: "op7"}); err != nil {
		b.Fatal(err)
	}
	month := longAgo.Add(time.Duration(n) * between / 2)
	for _, test := range listFilters {
		b.Run(test.Name, func(b *testing.B) {
			f, by := test.Filter, e.Actor
			if test.By != "" {
				by = e.As(test.By)
			}
			f.From, f.Until = month, month.AddDate(0, 1, 0)
			var took []time.Duration
			var list openlines.SessionList
			store.reads = 0
			for b.Loop() {
				began := b.Elapsed()
				if list, err = by.Sessions(b.Context(), f, openlines.Page{}); err != nil {
					b.Fatal(err)
				}
				took = append(took, b.Elapsed()-began)
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
			b.ReportMetric(float64(took[len(took)-1].Microseconds())/1000, "max-ms")
			b.ReportMetric(float64(store.reads)/float64(len(took)), "records")
			b.ReportMetric(float64(len(list.Sessions)), "found")
		})
	}
}

// listFilters are filters by how many of the sessions that [ImportSessions] makes have what they ask for.
var listFilters = []struct {
	Name   string
	Filter openlines.SessionFilter
	By     queue.OperatorID // "": the host
}{
	{Name: "all", Filter: openlines.SessionFilter{}},
	{Name: "many-and-many", Filter: openlines.SessionFilter{Line: "line0", Connector: "web"}},
	{Name: "many-and-many-never-together", Filter: openlines.SessionFilter{Line: "line0", Connector: "mail"}},
	{Name: "half-and-half-never-together", Filter: openlines.SessionFilter{Line: "line0", Linked: desk.Only}},
	{Name: "many-and-few", Filter: openlines.SessionFilter{Line: "line0", Vote: desk.Bad}},
	{Name: "some-and-some", Filter: openlines.SessionFilter{Operator: "op7", Unanswered: desk.Only}},
	{Name: "few-and-few", Filter: openlines.SessionFilter{Vote: desk.Bad, Stars: 1}},
	{Name: "few-and-few-never-together", Filter: openlines.SessionFilter{Spam: desk.Only, Stars: 1}},
	{Name: "many-without-many", Filter: openlines.SessionFilter{Line: "line0", Unanswered: desk.Without}},
	{Name: "three-that-never-meet", Filter: openlines.SessionFilter{Connector: "web", Unanswered: desk.Only, Vote: desk.Good}},
	{Name: "own", By: "op7"},
	{Name: "own-and-few", By: "op7", Filter: openlines.SessionFilter{Vote: desk.Bad}},
	{Name: "own-and-two", By: "op7", Filter: openlines.SessionFilter{Line: "line0", Unanswered: desk.Only}},
	{Name: "own-of-another", By: "op7", Filter: openlines.SessionFilter{Operator: "op9"}},
	{Name: "none", Filter: openlines.SessionFilter{Line: "line0", Operator: "nobody"}},
}

var longAgo = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)

const between = 30 * time.Second // two sessions

// ImportSessions brings n closed sessions into an empty desk, one every half a minute of 2025 and on: of 8 lines, of which
// "line0" has a half, of 100 operators, of three channels, of which a line has two; three in ten are rated, one in ten of these
// badly, one in ten is marked as unanswered, one in thirty is spam, one in fifty is reviewed. Two in five are linked to items,
// none of them of "line0". What came by "web" and is marked as unanswered is not rated.
func ImportSessions(ctx context.Context, store storage.Importer, n int) error {
	head := storage.Head{Mark: storage.Mark{Revision: 1, Batch: storage.BatchID{1}}, Format: desk.Format}
	d := desk.New()
	return store.Import(ctx, head, func(yield func(storage.Record, error) bool) {
		for i := range n {
			s := longAgoSession(i)
			r, err := d.Encode(&s)
			if !yield(r, err) || err != nil {
				return
			}
		}
	}, iter.Seq2[storage.Event, error](func(func(storage.Event, error) bool) {}))
}

func longAgoSession(i int) openlines.Session {
	mix := uint32(i) * 2654435761 >> 8 // so that nothing goes with anything
	one := func(in, of uint32) bool { mix = mix*1664525 + 1013904223; return mix>>8%of < in }
	line := 0
	for line < 7 && !one(1, 2) {
		line++
	}
	began := longAgo.Add(time.Duration(i) * between)
	s := openlines.Session{
		ID: session.ID(10_000_000 + i), Chat: session.ChatID(10_000_000 + i/5), Line: openlines.LineID(fmt.Sprint("line", line)), First: 1,
		Session: session.Session{
			State: session.Closed, Began: began, Queued: began, Replied: began.Add(time.Minute), Accepted: began.Add(time.Minute),
			Finished: began.Add(time.Hour), Ended: began.Add(time.Hour), Reason: session.Finished, Unanswered: one(1, 10),
		},
		Owner:   queue.OperatorID(fmt.Sprint("op", i*31%100)),
		Channel: openlines.Channel{Connector: connector.ID([]string{"web", "chat", "mail"}[(line+i%2)%3]), Account: fmt.Sprint("line", line)},
	}
	s.FinishedBy = s.Owner
	if one(3, 10) && !(s.Unanswered && s.Channel.Connector == "web") {
		s.Vote, s.Voted = desk.Good, s.Finished
		if one(1, 10) {
			s.Vote = desk.Bad
		}
	}
	if one(1, 30) {
		s.Reason = session.Spammed
	} else if one(1, 50) {
		s.Review = &desk.Reviewed{Stars: 1 + i%5, At: s.Ended}
	}
	if line > 0 && one(4, 5) {
		s.Items = []string{fmt.Sprint("deal", i/5)}
	}
	return s
}

// counting counts the records that a store gives.
type counting struct {
	storage.Store
	reads int
}

func (c *counting) Find(ctx context.Context, q storage.Query) ([]storage.Record, storage.Cursor, error) {
	found, next, err := c.Store.Find(ctx, q)
	c.reads += len(found)
	return found, next, err
}

func (c *counting) Get(ctx context.Context, keys ...storage.Key) ([]storage.Record, storage.Mark, error) {
	found, mark, err := c.Store.Get(ctx, keys...)
	c.reads += len(found)
	return found, mark, err
}
