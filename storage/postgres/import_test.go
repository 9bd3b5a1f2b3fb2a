package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/postgres"
)

// content is all that a desk holds.
type content struct {
	Head    storage.Head
	Records []storage.Record
	Events  []storage.Event
}

func mustRead(t testing.TB, s storage.Store, trimmed uint64) (c content) {
	t.Helper()
	var err error
	c.Head, err = s.Scan(t.Context(), storage.All, func(r storage.Record) error {
		c.Records = append(c.Records, r)
		return nil
	})
	for after := trimmed; err == nil; {
		var page []storage.Event
		if page, err = s.Events(t.Context(), after, storage.MaxFind); len(page) == 0 {
			break
		}
		c.Events = append(c.Events, page...)
		after = page[len(page)-1].Seq
	}
	if err != nil {
		t.Fatal(err)
	}
	c.Head = timeless(c.Head)
	return c
}

func (c content) records() iter.Seq2[storage.Record, error] { return given(c.Records, nil) }
func (c content) events() iter.Seq2[storage.Event, error]   { return given(c.Events, nil) }

// given is a sequence that ends with an error if there is one.
func given[T any](all []T, end error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, one := range all {
			if !yield(one, nil) {
				return
			}
		}
		var none T
		if end != nil {
			yield(none, end)
		}
	}
}

var nine = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// sample is a desk of several pieces, with events of which the first are trimmed.
func sample(records, events int, trimmed uint64) content {
	c := content{Head: storage.Head{
		Mark:   storage.Mark{Revision: 4711, Batch: storage.BatchID{1, 2, 3}},
		Events: trimmed + uint64(events), Due: nine.Add(time.Hour), Format: 3,
	}}
	for i := range records {
		r := session(fmt.Sprintf("%06d", i), fmt.Sprintf(`{"n": %d, "text": "ä\u0000"}`, i), "client:"+fmt.Sprint(i%7), "line:a").Record
		r.Open, r.At = i%3 == 0, nine.Add(time.Duration(i)*time.Microsecond)
		if i%10 == 0 {
			r.Terms = []string{}
		}
		c.Records = append(c.Records, r)
	}
	for i := range events {
		c.Events = append(c.Events, storage.Event{Seq: trimmed + uint64(i) + 1, Body: fmt.Appendf(nil, `{"seq": %d}`, i)})
	}
	return c
}

// A desk that is sent in pieces is as it was given, and found by its terms.
func TestImportInPieces(t *testing.T) {
	t.Parallel()
	want := sample(4500, 4100, 5)
	s := open(t).(*postgres.Store)
	if err := s.Import(t.Context(), want.Head, want.records(), want.events()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, mustRead(t, s, 5)); diff != "" {
		t.Fatalf("desk (-want +got):\n%s", diff)
	}
	wantIndexed(t, s, want)
}

// wantIndexed compares what is found by terms, and what is live.
func wantIndexed(t *testing.T, s storage.Store, c content) {
	t.Helper()
	for _, terms := range [][]string{nil, {"line:a"}, {"client:3"}, {"client:3", "line:a"}} {
		var want []storage.Record
		for _, r := range c.Records {
			if !slices.ContainsFunc(terms, func(term string) bool { return !slices.Contains(r.Terms, term) }) {
				want = append(want, r)
			}
		}
		want = want[:min(len(want), storage.MaxFind)]
		got, _, err := s.Find(t.Context(), storage.Query{Kind: "session", Terms: terms, OldestFirst: true, Limit: storage.MaxFind})
		if diff := cmp.Diff(want, got); err != nil || diff != "" && len(want)+len(got) > 0 {
			t.Errorf("found by %v: %v (-want +got):\n%s", terms, err, diff)
		}
	}
	live := slices.DeleteFunc(slices.Clone(c.Records), func(r storage.Record) bool { return !r.Open })
	n := 0
	if _, err := s.Scan(t.Context(), storage.Live, func(storage.Record) error { n++; return nil }); err != nil || n != len(live) {
		t.Errorf("%d live records, %v; want %d", n, err, len(live))
	}
}

// What is refused after the first pieces were sent leaves the desk empty, and free for the next import.
func TestImportIsAllOrNothing(t *testing.T) {
	t.Parallel()
	broken := errors.New("the file ends here")
	good := sample(2100, 2100, 5)
	harmed := func(change func(c *content)) content {
		c := content{good.Head, slices.Clone(good.Records), slices.Clone(good.Events)}
		change(&c)
		return c
	}
	twice := harmed(func(c *content) { c.Records[2050] = c.Records[0] })
	gap := harmed(func(c *content) { c.Events = slices.Delete(c.Events, 2000, 2001) })
	for name, row := range map[string]struct {
		records iter.Seq2[storage.Record, error]
		events  iter.Seq2[storage.Event, error]
		want    error
	}{
		"records end with an error":       {given(good.Records, broken), good.events(), broken},
		"events end with an error":        {good.records(), given(good.Events, broken), broken},
		"a key twice in two pieces":       {twice.records(), good.events(), storage.ErrInvalid},
		"no event between the two pieces": {good.records(), gap.events(), storage.ErrInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t).(*postgres.Store)
			if err := s.Import(t.Context(), good.Head, row.records, row.events); !errors.Is(err, row.want) {
				t.Errorf("%v, want %v", err, row.want)
			}
			if diff := cmp.Diff(content{}, mustRead(t, s, 0)); diff != "" {
				t.Errorf("desk (-want +got):\n%s", diff)
			}
			if err := s.Import(t.Context(), good.Head, good.records(), good.events()); err != nil {
				t.Errorf("the next import: %v", err)
			}
		})
	}
}

// A connection that is lost in the midst leaves nothing; one that is lost at the end leaves all, and the next import says so.
func TestImportThatIsCut(t *testing.T) {
	t.Parallel()
	want := sample(30, 5, 5)
	for _, death := range []act{cut, swallow} {
		done := false
		for point := 1; !done; point++ {
			s := open(t)
			n, ended := 0, false
			between, p := mustProxy(t, func(sql string) act {
				if strings.Contains(sql, "revision from") || n > 0 { // the desk's row is locked
					if n++; n == point {
						ended = sql == "commit"
						return death
					}
				}
				return pass
			})
			d, err := postgres.OpenDesks(t.Context(), p, mustServer(t).schema)
			if err != nil {
				t.Fatal(err)
			}
			name, _ := desks.Load(s)
			err = d.Import(t.Context(), name.(string), want.Head, want.records(), want.events())
			if done = err == nil; done && point < 6 {
				t.Errorf("only %d points", point)
			}
			again := s.(*postgres.Store).Import(t.Context(), want.Head, want.records(), want.events())
			between.mu.Lock()
			stored := done || ended && death == swallow
			between.mu.Unlock()
			if stored != errors.Is(again, storage.ErrNotEmpty) || !stored && again != nil {
				t.Errorf("lost at point %d: %v; a second import: %v", point, err, again)
			}
			if diff := cmp.Diff(want, mustRead(t, s, 5)); diff != "" {
				t.Errorf("desk (-want +got):\n%s", diff)
			}
			p.Close()
		}
	}
}

// Others wait while a desk is filled, and lose; who was first makes the import lose.
func TestImportAgainstWriters(t *testing.T) {
	t.Parallel()
	want := sample(100, 3, 0)
	s := open(t).(*postgres.Store)
	var rival error
	finished := make(chan struct{})
	records := func(yield func(storage.Record, error) bool) {
		go func() {
			defer close(finished)
			_, rival = s.Commit(context.WithoutCancel(t.Context()), batch(storage.Mark{}, session("rival", "{}")))
		}()
		for r, err := range want.records() {
			if !yield(r, err) {
				return
			}
		}
	}
	if err := s.Import(t.Context(), want.Head, records, want.events()); err != nil {
		t.Error(err)
	}
	<-finished
	if !errors.Is(rival, storage.ErrConflict) {
		t.Errorf("who committed meanwhile: %v, want ErrConflict", rival)
	}
	if diff := cmp.Diff(want, mustRead(t, s, 0)); diff != "" {
		t.Errorf("desk (-want +got):\n%s", diff)
	}
	taken := open(t).(*postgres.Store)
	mustCommit(t, taken, batch(storage.Mark{}))
	if err := taken.Import(t.Context(), want.Head, want.records(), want.events()); !errors.Is(err, storage.ErrNotEmpty) {
		t.Errorf("import into a desk of revision 1: %v, want ErrNotEmpty", err)
	}
}

func TestImportByName(t *testing.T) {
	t.Parallel()
	d, err := postgres.OpenDesks(t.Context(), pool(t), mustSchema(t))
	if err != nil {
		t.Fatal(err)
	}
	want, broken := sample(20, 3, 1), errors.New("broken")
	err = d.Import(t.Context(), "main", want.Head, given(want.Records, broken), want.events())
	if !errors.Is(err, broken) {
		t.Errorf("%v, want %v", err, broken)
	}
	if names, err := d.List(t.Context(), "", 10); err != nil || len(names) > 0 {
		t.Errorf("desks after an import that failed: %v, %v", names, err)
	}
	if err := d.Import(t.Context(), "main", want.Head, want.records(), want.events()); err != nil {
		t.Fatal(err)
	}
	s, err := d.Open(t.Context(), "main")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, mustRead(t, s, 1)); diff != "" {
		t.Errorf("desk (-want +got):\n%s", diff)
	}
	if err := d.Import(t.Context(), "main", want.Head, want.records(), want.events()); !errors.Is(err, storage.ErrNotEmpty) {
		t.Errorf("import of a name that is taken: %v, want ErrNotEmpty", err)
	}
	if err := d.Import(t.Context(), "", want.Head, want.records(), want.events()); !errors.Is(err, storage.ErrInvalid) {
		t.Errorf("import without a name: %v, want ErrInvalid", err)
	}
}
