package openlines_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/kpi"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/memory"
)

// items is a CRM in which every other client of a line has something.
type items struct{}

func (items) Identify(_ context.Context, q openlines.Question) (openlines.Identity, error) {
	return openlines.Identity{Client: "c", Items: [][]string{nil, {"deal-1"}, {"deal-1", "deal-2"}}[q.Chat%3]}, nil
}

// mixed is a desk with sessions of all kinds in two lines, of two operators and two channels.
func mixed(t *testing.T) *openlines.Engine {
	t.Helper()
	ctx := t.Context()
	clock := &manual{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	e := open(t, memory.New(), openlines.Config{Clock: clock, Identifier: items{}})
	must(t, e.PutRole(ctx, openlines.Role{ID: "team", Rights: map[desk.Right]desk.Scope{desk.MayViewSessions: desk.OfDepartments}}))
	must(t, e.PutRole(ctx, openlines.Role{
		ID: "one", Rights: map[desk.Right]desk.Scope{desk.MayViewSessions: desk.AnyOnes}, Lines: []openlines.LineID{"b"},
	}))
	must(t, e.PutOperator(ctx, openlines.Operator{ID: "ann"}, openlines.Operator{ID: "bob"},
		openlines.Operator{ID: "sam", Roles: []openlines.RoleID{"team"}}, openlines.Operator{ID: "tom", Roles: []openlines.RoleID{"one"}}))
	must(t, e.PutDepartment(ctx, openlines.Department{ID: "d", Operators: []queue.OperatorID{"bob", "sam"}}))
	for _, id := range []openlines.LineID{"a", "b"} {
		must(t, e.PutLine(ctx, openlines.Line{
			ID: id, ManyAccounts: true, CRM: openlines.CRM{Verify: id == "a"}, Queue: queue.Rules{Mode: queue.Evenly, Members: queue.Operators("ann", "bob"), Limit: queue.Limit{Max: 4, Counts: queue.OpenOnes}},
			Rating: desk.Rating{WhileOpen: true}, Session: session.Rules{UnansweredAfter: 30 * time.Second, CloseDelay: session.AtOnce},
		}))
		for _, c := range []connector.ID{"web", "chat"} {
			must(t, e.PutConnection(ctx, openlines.Connection{Line: id, Connector: c, Account: string(id), Buttons: true}))
		}
	}
	for i := range 80 {
		if i%3 > 0 { // so that some begin at the same time
			clock.now = clock.now.Add(20 * time.Second)
		}
		from := connector.Address{Connector: []connector.ID{"web", "chat"}[i/2%2], Account: []string{"a", "b"}[i%2], User: fmt.Sprint(i % 60)}
		got, err := e.Receive(ctx, connector.Inbound{Connector: from.Connector, Account: from.Account, User: from.User, ID: fmt.Sprint(i), Text: "?"})
		must(t, err)
		_, err = e.Advance(ctx)
		must(t, err)
		s, err := e.Session(ctx, got.Session)
		must(t, err)
		if s.OfferedTo == "" {
			continue
		}
		him := e.As(s.OfferedTo)
		switch i % 7 {
		case 0:
			must(t, him.Spam(ctx, s.ID))
		case 1, 2, 3:
			must(t, him.Send(ctx, s.ID, "!"))
			if i%4 > 0 {
				must(t, e.ClientRated(ctx, from, []openlines.Vote{desk.Good, desk.Bad}[i/7%2]))
			}
			must(t, him.Finish(ctx, s.ID))
			if i%3 == 0 {
				must(t, e.Review(ctx, openlines.Review{Session: s.ID, Stars: i / 7 % 3, Comment: "seen"}))
			}
		case 4:
			must(t, him.Answer(ctx, s.ID))
			must(t, him.Invite(ctx, s.ID, "tom"))
		}
	}
	return e
}

// Every combination of filters takes exactly the sessions that have all of it, of those that the actor may view, page by page.
func TestSessionsByEveryCombination(t *testing.T) {
	t.Parallel()
	e := mixed(t)
	var all []openlines.Session
	for id := session.ID(1); ; id++ {
		s, err := e.Session(t.Context(), id)
		if errors.Is(err, openlines.ErrNotFound) {
			break
		}
		must(t, err)
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b openlines.Session) int {
		if c := b.Began.Compare(a.Began); c != 0 {
			return c
		}
		return cmpText(fmt.Sprint(b.ID), fmt.Sprint(a.ID))
	})
	own := func(s openlines.Session, id queue.OperatorID, member bool) bool {
		return s.Owner == id || s.OfferedTo == id || slices.Contains(s.Joined, id) || member && s.Owner == "" && s.OfferedTo == ""
	}
	views := map[queue.OperatorID]func(openlines.Session) bool{
		"":    func(openlines.Session) bool { return true },
		"ann": func(s openlines.Session) bool { return own(s, "ann", true) },
		"sam": func(s openlines.Session) bool {
			return own(s, "bob", true) && !(s.Owner == "ann" || s.OfferedTo == "ann")
		},
		"tom": func(s openlines.Session) bool { return s.Line == "b" || s.Open() && slices.Contains(s.Joined, "tom") },
	}
	rapid.Check(t, func(rt *rapid.T) {
		f := drawFilter(rt, all)
		by := rapid.SampledFrom([]queue.OperatorID{"", "ann", "sam", "tom"}).Draw(rt, "by")
		var want, got []session.ID
		for _, s := range all {
			if views[by](s) && wanted(f, s) {
				want = append(want, s.ID)
			}
		}
		actor := e.Actor
		if by != "" {
			actor = e.As(by)
		}
		p := openlines.Page{Limit: rapid.IntRange(1, 30).Draw(rt, "limit")}
		for {
			list, err := actor.Sessions(rt.Context(), f, p)
			if err != nil {
				rt.Fatal(err)
			}
			if len(list.Sessions) > p.Limit || list.Stopped {
				rt.Fatalf("a page of %d, stopped %v", len(list.Sessions), list.Stopped)
			}
			for _, s := range list.Sessions {
				got = append(got, s.ID)
				if list.Chats[s.Chat].Address.Account != s.Channel.Account {
					rt.Fatalf("session %d comes without its chat", s.ID)
				}
			}
			if p.After = list.Next; p.After == (openlines.Cursor{}) {
				break
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			rt.Fatalf("%+v by %q (-want +got):\n%s", f, by, diff)
		}
	})
}

func cmpText(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func drawFilter(t *rapid.T, all []openlines.Session) (f openlines.SessionFilter) {
	maybe := func(name string, set func()) {
		if rapid.IntRange(0, 3).Draw(t, name) == 0 {
			set()
		}
	}
	some := rapid.SampledFrom(all)
	choice := rapid.SampledFrom([]desk.Choice{desk.Only, desk.Without})
	maybe("line?", func() { f.Line = some.Draw(t, "line").Line })
	maybe("connector?", func() { f.Connector = some.Draw(t, "connector").Channel.Connector })
	maybe("account?", func() {
		c := some.Draw(t, "account").Channel
		f.Connector, f.Account = c.Connector, c.Account
	})
	maybe("operator?", func() { f.Operator = some.Draw(t, "operator").Owner })
	maybe("chat?", func() { f.Chat = some.Draw(t, "chat").Chat })
	maybe("states?", func() {
		for _, s := range rapid.SliceOfN(some, 1, 4).Draw(t, "states") {
			f.States = append(f.States, s.State)
		}
	})
	maybe("from?", func() { f.From = some.Draw(t, "from").Began })
	maybe("until?", func() { f.Until = some.Draw(t, "until").Began })
	maybe("vote?", func() { f.Vote = some.Draw(t, "vote").Vote })
	maybe("stars?", func() { f.Stars = rapid.IntRange(1, 2).Draw(t, "stars") })
	maybe("reviewed?", func() { f.Reviewed = choice.Draw(t, "reviewed") })
	maybe("unanswered?", func() { f.Unanswered = choice.Draw(t, "unanswered") })
	maybe("item?", func() { f.Item = rapid.SampledFrom([]string{"deal-1", "deal-2"}).Draw(t, "item") })
	maybe("linked?", func() { f.Linked = choice.Draw(t, "linked") })
	maybe("spam?", func() { f.Spam = choice.Draw(t, "spam") })
	return f
}

// wanted is what a filter means.
func wanted(f openlines.SessionFilter, s openlines.Session) bool {
	stars := 0
	if s.Review != nil {
		stars = s.Review.Stars
	}
	chosen := func(c desk.Choice, has bool) bool {
		return c == "" || c == desk.Only && has || c == desk.Without && !has
	}
	return (f.Line == "" || f.Line == s.Line) &&
		(f.Connector == "" || f.Connector == s.Channel.Connector) && (f.Account == "" || f.Account == s.Channel.Account) &&
		(f.Operator == "" || f.Operator == s.Owner) && (f.Chat == 0 || f.Chat == s.Chat) &&
		(f.States == nil || slices.Contains(f.States, s.State)) &&
		(f.From.IsZero() || !s.Began.Before(f.From)) && (f.Until.IsZero() || s.Began.Before(f.Until)) &&
		(f.Vote == "" || f.Vote == s.Vote) && (f.Stars == 0 || f.Stars == stars) && chosen(f.Reviewed, s.Review != nil) &&
		(f.Item == "" || slices.Contains(s.Items, f.Item)) && chosen(f.Linked, s.Items != nil) &&
		chosen(f.Unanswered, s.Unanswered) && chosen(f.Spam, s.Reason == session.Spammed)
}

// What no index has is searched for in a thousand records at most; then the list says so, and goes on from there. The place
// where it stopped names no session that is not shown.
func TestSessionsStopsSearching(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	clock := &manual{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	e := open(t, memory.New(), openlines.Config{Clock: clock})
	must(t, e.PutLine(ctx, openlines.Line{ID: "support", Session: session.Rules{UnansweredAfter: time.Minute}}))
	must(t, e.Connect(ctx, "support", "web", "main"))
	says(t, e, "quick", "first")
	must(t, e.Spam(ctx, 1))
	many := func(n int, step time.Duration) {
		for i := range n {
			if clock.now = clock.now.Add(step); i == 0 {
				clock.now = clock.now.Add(time.Second)
			}
			says(t, e, fmt.Sprint(clock.now, i), "m")
		}
	}
	many(1002, 0)
	many(1500, time.Millisecond)
	clock.now = clock.now.Add(time.Minute)
	_, err := e.Advance(ctx)
	must(t, err)
	var p openlines.Page
	var after []string
	for {
		list, err := e.Sessions(ctx, openlines.SessionFilter{Unanswered: desk.Without}, p)
		must(t, err)
		if p.After = list.Next; !list.Stopped {
			if len(list.Sessions) != 1 || list.Sessions[0].ID != 1 || list.Next != (openlines.Cursor{}) {
				t.Errorf("in the end %+v, then %v", list.Sessions, list.Next)
			}
			break
		}
		if len(list.Sessions) != 0 {
			t.Errorf("%d that are unanswered", len(list.Sessions))
		}
		after = append(after, list.Next.ID)
	}
	// the first thousand began at times of their own; the second ends amid those of one time, which are left to the third whole:
	// only their names tell them apart
	if diff := cmp.Diff([]string{"", "", "1000"}, after); diff != "" {
		t.Errorf("where it stopped (-want +got):\n%s", diff)
	}

	// Who looks after more colleagues than queries are made for is shown nothing of others, and no cursor tells of one.
	crowd := []queue.OperatorID{"ann"}
	for i := range 30 {
		crowd = append(crowd, queue.OperatorID(fmt.Sprint("o", i)))
	}
	must(t, e.PutRole(ctx, openlines.Role{ID: "team", Rights: map[desk.Right]desk.Scope{desk.MayViewSessions: desk.OfDepartments}}))
	must(t, e.PutOperator(ctx, openlines.Operator{ID: "ann", Roles: []openlines.RoleID{"team"}}, openlines.Operator{ID: "o7"}))
	must(t, e.PutDepartment(ctx, openlines.Department{ID: "d", Operators: crowd}))
	list, err := e.As("ann").Sessions(ctx, openlines.SessionFilter{}, openlines.Page{})
	must(t, err)
	if len(list.Sessions)+len(list.Chats) > 0 || !list.Stopped || list.Next.ID != "" {
		t.Errorf("%d sessions, %d chats, stopped %v after %v", len(list.Sessions), len(list.Chats), list.Stopped, list.Next)
	}
	must(t, e.PutLine(ctx, openlines.Line{ID: "support", Queue: queue.Rules{Members: queue.Operators("o7")}}))
	list, err = e.As("ann").Sessions(ctx, openlines.SessionFilter{States: []session.State{session.Offered}}, openlines.Page{Limit: 2})
	must(t, err)
	if len(list.Sessions) != 2 || list.Stopped {
		t.Errorf("%d sessions of a colleague, stopped %v", len(list.Sessions), list.Stopped)
	}
}

// The figures of days are what counting all sessions gives, for the whole and for each operator (rule 11.41).
func TestMetricsAreACountOfSessions(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	e := mixed(t)
	from := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	var want kpi.Figures
	each := map[queue.OperatorID]kpi.Figures{}
	for id := session.ID(1); ; id++ {
		s, err := e.Session(ctx, id)
		if errors.Is(err, openlines.ErrNotFound) {
			break
		}
		must(t, err)
		want.Begun++
		if s.Open() {
			continue
		}
		f := kpi.OfSession(s.Session)
		if s.Reason != session.Spammed {
			f.Good, f.Bad = map[openlines.Vote]int{desk.Good: 1}[s.Vote], map[openlines.Vote]int{desk.Bad: 1}[s.Vote]
			if s.Review != nil && s.Review.Stars > 0 {
				f.Reviewed, f.Stars = 1, s.Review.Stars
			}
		}
		want = want.Plus(f)
		if s.Owner != "" {
			each[s.Owner] = each[s.Owner].Plus(f)
		}
	}
	if want.Good*want.Bad*want.Stars*want.Replies.N*want.Closed[session.Spammed] == 0 {
		t.Fatalf("a desk without much: %+v", want)
	}
	m, err := e.Metrics(ctx, from, from.AddDate(0, 0, 1), openlines.MetricsFilter{})
	must(t, err)
	if diff := cmp.Diff(want, m.Figures); diff != "" {
		t.Errorf("all (-want +got):\n%s", diff)
	}
	got, err := e.OperatorMetrics(ctx, from, from.AddDate(0, 0, 1), openlines.MetricsFilter{})
	must(t, err)
	if diff := cmp.Diff(each, got); diff != "" {
		t.Errorf("by operator (-want +got):\n%s", diff)
	}
	var sum kpi.Figures
	for _, f := range m.ByConnector {
		sum = sum.Plus(f)
	}
	if diff := cmp.Diff(want, sum); diff != "" || len(m.ByConnector) != 2 || len(m.ByLine) != 2 {
		t.Errorf("channels (-want +got):\n%s", diff)
	}
}

// A report without an end would read everything.
func TestMetricsHaveAnEnd(t *testing.T) {
	t.Parallel()
	e := open(t, memory.New(), openlines.Config{})
	for _, from := range []time.Time{{}, time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)} {
		var bad *openlines.Invalid
		if _, err := e.Metrics(t.Context(), from, time.Time{}, openlines.MetricsFilter{}); !errors.As(err, &bad) || bad.Field != "Until" {
			t.Errorf("metrics from %v: %v, want an invalid Until", from, err)
		}
		if _, err := e.OperatorMetrics(t.Context(), from, time.Time{}, openlines.MetricsFilter{}); !errors.As(err, &bad) || bad.Field != "Until" {
			t.Errorf("metrics of operators from %v: %v, want an invalid Until", from, err)
		}
	}
}

// However many filters meet that have nothing in common all together, and whoever asks, a page looks at a thousand entries; what
// there is comes to light page by page, once.
func TestSessionsLookAtNoMoreThanTheySay(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	const n = 6000
	store := &looking{Store: memory.New()}
	must(t, importParted(ctx, store.Store.(storage.Importer), n))
	e := open(t, store, openlines.Config{})
	must(t, e.PutRole(ctx, openlines.Role{ID: "team", Rights: map[desk.Right]desk.Scope{desk.MayViewSessions: desk.OfDepartments}}))
	must(t, e.PutOperator(ctx, openlines.Operator{ID: "op7"}, openlines.Operator{ID: "op8", Roles: []openlines.RoleID{"team"}}))
	must(t, e.PutDepartment(ctx, openlines.Department{ID: "d", Operators: []queue.OperatorID{"op8", "op9", "op10"}}))
	for _, f := range []openlines.SessionFilter{
		{Line: "line0", Unanswered: desk.Only, Linked: desk.Only}, {Line: "line0", Unanswered: desk.Only, Vote: desk.Good},
		{Line: "line1", Unanswered: desk.Without}, {Vote: desk.Good}, {},
	} {
		for _, by := range []openlines.Actor{e.Actor, e.As("op7"), e.As("op8")} {
			var all, got []session.ID
			for p, pages := (openlines.Page{Limit: 50}), 0; ; pages++ {
				if pages > n {
					t.Fatal("pages without end")
				}
				store.looks = 0
				list, err := by.Sessions(ctx, f, p)
				must(t, err)
				if store.looks > openlines.MaxReads {
					t.Fatalf("%+v: %d entries for one page", f, store.looks)
				}
				for _, s := range list.Sessions {
					got = append(got, s.ID)
				}
				if len(list.Sessions) < p.Limit && !list.Stopped && list.Next != (openlines.Cursor{}) {
					t.Fatalf("%+v: a page of %d, and more behind it", f, len(list.Sessions))
				}
				if p.After = list.Next; p.After == (openlines.Cursor{}) {
					break
				}
			}
			for id := session.ID(10_000_000 + n - 1); id >= 10_000_000; id-- {
				s, err := e.Session(ctx, id)
				must(t, err)
				if _, err := by.Session(ctx, id); err == nil && wanted(f, s) {
					all = append(all, id)
				}
			}
			if diff := cmp.Diff(all, got); diff != "" {
				t.Errorf("%+v (-want +got):\n%s", f, diff)
			}
		}
	}
}

// importParted brings n closed sessions into a desk: every other one is of "line0", every other two are unanswered, and those are
// linked to an item that are both or neither, so that each two of the three come together, and never all.
func importParted(ctx context.Context, store storage.Importer, n int) error {
	head := storage.Head{Mark: storage.Mark{Revision: 1, Batch: storage.BatchID{1}}, Format: desk.Format}
	d := desk.New()
	return store.Import(ctx, head, func(yield func(storage.Record, error) bool) {
		for i := range n {
			began := time.Date(2026, 1, 1, 0, i, 0, 0, time.UTC)
			s := openlines.Session{
				ID: session.ID(10_000_000 + i), Chat: session.ChatID(10_000_000 + i), Line: openlines.LineID(fmt.Sprint("line", i%2)), First: 1,
				Session: session.Session{
					State: session.Closed, Began: began, Queued: began, Ended: began, Reason: session.Finished, Unanswered: i/2%2 == 1,
				},
				Owner: queue.OperatorID(fmt.Sprint("op", i/4%12)),
			}
			if i%2 == 1 == s.Unanswered {
				s.Items = []string{"deal"}
			}
			if i%50 < 4 {
				s.Vote = desk.Good
			}
			r, err := d.Encode(&s)
			if !yield(r, err) || err != nil {
				return
			}
		}
	}, func(func(storage.Event, error) bool) {})
}

// looking counts the entries that a store has to look at for what it gives: as many as are on the shortest list there.
type looking struct {
	storage.Store
	looks int
}

func (l *looking) Find(ctx context.Context, q storage.Query) ([]storage.Record, storage.Cursor, error) {
	found, next, err := l.Store.Find(ctx, q)
	if err != nil || q.Kind != "session" {
		return found, next, err
	}
	shortest := -1
	for _, term := range q.Terms {
		entries := 0
		one := storage.Query{Kind: q.Kind, Terms: []string{term}, From: q.From, Until: q.Until, After: q.After, Limit: storage.MaxFind}
		for more := true; more; {
			list, end, err := l.Store.Find(ctx, one)
			if err != nil {
				return nil, next, err
			}
			for _, r := range list {
				if next == (storage.Cursor{}) || r.At.After(next.At) || r.At.Equal(next.At) && r.ID >= next.ID {
					entries++
				}
			}
			one.After, more = end, end != (storage.Cursor{}) && (shortest < 0 || entries < shortest)
		}
		if shortest < 0 || entries < shortest {
			shortest = entries
		}
	}
	l.looks += max(shortest, len(found))
	return found, next, err
}
