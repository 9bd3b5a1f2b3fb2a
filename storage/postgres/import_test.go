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

// An imported desk is as it was given, and goes on from there.
func TestImport(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]content{
		"several pieces":  sample(4500, 4100, 5),
		"nothing trimmed": sample(3, 4, 0),
		"all trimmed":     sample(2000, 0, 9),
		"head alone":      sample(0, 0, 0),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t).(*postgres.Store)
			trimmed := want.Head.Events - uint64(len(want.Events))
			if err := s.Import(t.Context(), want.Head, want.records(), want.events()); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, mustRead(t, s, trimmed)); diff != "" {
				t.Fatalf("desk (-want +got):\n%s", diff)
			}
			wantIndexed(t, s, want)
			if _, err := s.Events(t.Context(), trimmed-1, 1); trimmed > 0 && !errors.Is(err, storage.ErrBehind) {
				t.Errorf("events that were not given: %v, want ErrBehind", err)
			}
			wantHistory(t, s, want.Head)
			if err := s.Import(t.Context(), want.Head, want.records(), want.events()); !errors.Is(err, storage.ErrNotEmpty) {
				t.Errorf("a second import: %v, want ErrNotEmpty", err)
			}
		})
	}
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
		got, err := s.Find(t.Context(), storage.Query{Kind: "session", Terms: terms, OldestFirst: true, Limit: storage.MaxFind})
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

// wantHistory looks at what happened before and after an imported mark.
func wantHistory(t *testing.T, s storage.Store, head storage.Head) {
	t.Helper()
	if c, err := s.Changes(t.Context(), head.Mark); err != nil || len(c.Records) > 0 || c.Mark != head.Mark {
		t.Errorf("Changes since the import: %v, %v", c, err)
	}
	next := counted(storage.Changes{Head: head}, "next")
	next.Format = head.Format
	older := counted(storage.Changes{Head: head}, "older")
	if _, err := s.Commit(t.Context(), older); !errors.Is(err, storage.ErrFormat) {
		t.Errorf("a batch of an older format: %v, want ErrFormat", err)
	}
	mustCommit(t, s, next)
	c, err := s.Changes(t.Context(), head.Mark)
	if err != nil || c.Revision != head.Revision+1 || len(c.Records) != 0 || c.Events != head.Events+1 { // created closed
		t.Errorf("Changes since the import after a commit: %v, %v", c, err)
	}
	for revision, want := range map[uint64][]error{
		0: {storage.ErrBehind, storage.ErrRewound}, head.Revision - 1: {storage.ErrBehind, storage.ErrRewound},
		head.Revision: {storage.ErrRewound},
	} {
		since := storage.Mark{Revision: revision, Batch: storage.BatchID{9}}
		_, err := s.Changes(t.Context(), since)
		if !slices.ContainsFunc(want, func(e error) bool { return errors.Is(err, e) }) {
			t.Errorf("Changes since another revision %d: %v, want one of %v", revision, err, want)
		}
	}
}

// What is refused leaves the desk empty, and free for the next import.
func TestImportIsAllOrNothing(t *testing.T) {
	t.Parallel()
	broken := errors.New("the file ends here")
	good := sample(2100, 2100, 5)
	type input struct {
		head    storage.Head
		records iter.Seq2[storage.Record, error]
		events  iter.Seq2[storage.Event, error]
	}
	of := func(change func(c *content)) input {
		c := good
		c.Records, c.Events = slices.Clone(good.Records), slices.Clone(good.Events)
		change(&c)
		return input{c.Head, c.records(), c.events()}
	}
	for name, row := range map[string]struct {
		input input
		want  error
	}{
		"records end with an error":   {input{good.Head, given(good.Records, broken), good.events()}, broken},
		"events end with an error":    {input{good.Head, good.records(), given(good.Events, broken)}, broken},
		"at once an error":            {input{good.Head, given[storage.Record](nil, broken), good.events()}, broken},
		"a key twice in a piece":      {of(func(c *content) { c.Records[1] = c.Records[0] }), storage.ErrInvalid},
		"a key twice in two pieces":   {of(func(c *content) { c.Records[2050] = c.Records[0] }), storage.ErrInvalid},
		"a key without an id":         {of(func(c *content) { c.Records[7].ID = "" }), storage.ErrInvalid},
		"a body with NUL":             {of(func(c *content) { c.Records[2099].Body = []byte("\"\x00\"") }), storage.ErrInvalid},
		"a body too large":            {of(func(c *content) { c.Records[7].Body = make([]byte, storage.MaxBody+1) }), storage.ErrTooLarge},
		"terms not sorted":            {of(func(c *content) { c.Records[7].Terms = []string{"b", "a"} }), storage.ErrInvalid},
		"a time not in UTC":           {of(func(c *content) { c.Records[7].At = nine.In(time.FixedZone("", 3600)) }), storage.ErrInvalid},
		"an event left out":           {of(func(c *content) { c.Events = slices.Delete(c.Events, 7, 8) }), storage.ErrInvalid},
		"one between two pieces":      {of(func(c *content) { c.Events = slices.Delete(c.Events, 2000, 2001) }), storage.ErrInvalid},
		"the last event missing":      {of(func(c *content) { c.Events = c.Events[:2099] }), storage.ErrInvalid},
		"an event after the last":     {of(func(c *content) { c.Events = append(c.Events, storage.Event{Seq: 2106}) }), storage.ErrInvalid},
		"event 0":                     {of(func(c *content) { c.Events[0].Seq = 0 }), storage.ErrInvalid},
		"an event that is no text":    {of(func(c *content) { c.Events[3].Body = []byte("\xff") }), storage.ErrInvalid},
		"a head without a batch":      {of(func(c *content) { c.Head.Batch = storage.BatchID{} }), storage.ErrInvalid},
		"a head without a revision":   {of(func(c *content) { c.Head.Revision = 0 }), storage.ErrInvalid},
		"a revision too high":         {of(func(c *content) { c.Head.Revision = 1 << 63 }), storage.ErrInvalid},
		"a due time of half a second": {of(func(c *content) { c.Head.Due = nine.Add(1) }), storage.ErrInvalid},
		"records of an empty desk":    {of(func(c *content) { c.Head, c.Events = storage.Head{}, nil }), storage.ErrInvalid},
		"an empty desk of format 3":   {of(func(c *content) { *c = content{Head: storage.Head{Format: 3}} }), storage.ErrInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t).(*postgres.Store)
			err := s.Import(t.Context(), row.input.head, row.input.records, row.input.events)
			if !errors.Is(err, row.want) || row.want == broken && err != broken { //nolint:errorlint // as it is, not wrapped
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

func TestImportOfAnEmptyDesk(t *testing.T) {
	t.Parallel()
	s := open(t).(*postgres.Store)
	for range 2 { // it still has no history
		if err := s.Import(t.Context(), storage.Head{}, content{}.records(), content{}.events()); err != nil {
			t.Error(err)
		}
	}
	mustCommit(t, s, batch(storage.Mark{}))
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
	if err != broken { //nolint:errorlint // as it is, not wrapped
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
