package sqlite_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/sqlite"
)

// A page is read from the list that is sparse where it begins, not from the shortest: each other list, and the records, are looked
// up for what stands in that one only.
func TestFindWalksTheSparseList(t *testing.T) {
	t.Parallel()
	s := open(t).(*sqlite.Store)
	began := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	b := batch(storage.Mark{})
	b.Events = nil
	for i := range 2000 {
		p := session(fmt.Sprint(i), `{}`, "all")
		p.Create, p.At = true, began.Add(time.Duration(i)*time.Second)
		if i%4 == 0 || i > 1000 {
			p.Terms = append(p.Terms, "late")
		}
		if i%4 == 0 || i < 1000 {
			p.Terms = append(p.Terms, "early")
		}
		if i < 50 {
			p.Terms = append(p.Terms, "few")
		}
		slices.Sort(p.Terms)
		b.Puts = append(b.Puts, p)
	}
	if _, err := s.Commit(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		terms  []string
		oldest bool
		after  int
		want   string
	}{
		{terms: []string{"all", "early", "late"}, want: "early"},
		{terms: []string{"all", "early", "late"}, oldest: true, want: "late"},
		{terms: []string{"early", "late"}, after: 900, want: "late"},
		{terms: []string{"all", "early", "few", "late"}, want: "few"},
		{terms: []string{"all"}, want: "all"},
		{want: ""},
	} {
		q := storage.Query{Kind: "session", Terms: test.terms, OldestFirst: test.oldest, Limit: 50, Until: began.Add(time.Hour)}
		if test.after > 0 {
			q.After = storage.Cursor{At: began.Add(time.Duration(test.after) * time.Second), ID: "x"}
		}
		term, plan, err := s.Walk(t.Context(), q)
		if err != nil || term != test.want {
			t.Errorf("%v: walks %q, %v; want %q", test.terms, term, err, test.want)
		}
		steps := strings.Join(plan, "\n")
		for _, want := range []string{
			"SEARCH x USING PRIMARY KEY (kind=? AND term=? AND (at,id)>(?,?) AND (at,id)<(?,?))", "SEARCH y USING PRIMARY KEY (kind=? AND term=? AND at=? AND id=?)", "SEARCH r",
		} {
			if !strings.Contains(steps, want) {
				t.Errorf("the plan has no %q:\n%s", want, steps)
			}
		}
		if strings.Contains(steps, "TEMP B-TREE") {
			t.Errorf("the plan sorts:\n%s", steps)
		}
	}
}
