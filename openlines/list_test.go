package openlines_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage/memory"
)

// pages reads a list page by page, and lets something happen between two of them.
func pages[T any](t *testing.T, limit int, between func(), read func(openlines.Page) ([]T, openlines.Cursor, error)) (all []T) {
	t.Helper()
	for p := (openlines.Page{Limit: limit}); ; {
		part, next, err := read(p)
		must(t, err)
		if len(part) > limit {
			t.Errorf("a page of %d, want at most %d", len(part), limit)
		}
		all = append(all, part...)
		if next == (openlines.Cursor{}) {
			return all
		}
		p.After = next
		between()
	}
}

// Cursors are stable under change: who is served between two pages is missing from none but his own, who comes later is
// where he belongs.
func TestWaitingIsReadPageByPage(t *testing.T) {
	t.Parallel()
	clock := &manual{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	e := open(t, memory.New(), openlines.Config{Clock: clock})
	must(t, e.PutLine(t.Context(), openlines.Line{ID: "support"}))
	must(t, e.Connect(t.Context(), "support", "web", "main"))
	var want []session.ID
	for i := range 10 {
		clock.now = clock.now.Add(time.Second)
		want = append(want, says(t, e, fmt.Sprint(i), "m").Session)
	}
	left := 0
	got := pages(t, 3, func() {
		left++ // one who was read already, and one who was not
		must(t, e.Spam(t.Context(), want[left-1]))
		must(t, e.Spam(t.Context(), want[9-left]))
	}, func(p openlines.Page) ([]session.ID, openlines.Cursor, error) {
		ids, next, all, err := e.Waiting(t.Context(), "support", p)
		if all != 10-2*left {
			t.Errorf("%d wait, want %d", all, 10-2*left)
		}
		return ids, next, err
	})
	if diff := cmp.Diff([]session.ID{1, 2, 3, 4, 5, 6, 7, 10}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, _, _, err := e.Waiting(t.Context(), "support", openlines.Page{After: openlines.Cursor{ID: "nonsense"}}); err == nil {
		t.Error("a cursor of another list is taken")
	}
	if _, _, _, err := e.Waiting(t.Context(), "support", openlines.Page{Limit: 1001}); err == nil {
		t.Error("a page of 1001 is given")
	}
}

func TestListsAreReadPageByPage(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	e := open(t, memory.New(), openlines.Config{})
	var lines []openlines.LineID
	var operators []queue.OperatorID
	for i := range 7 {
		lines = append(lines, openlines.LineID(fmt.Sprint("l", i)))
		operators = append(operators, queue.OperatorID(fmt.Sprint("o", i)))
		must(t, e.PutLine(ctx, openlines.Line{ID: lines[i], ManyAccounts: true, Queue: queue.Rules{Mode: queue.Strictly, Members: queue.Operators("o0")}}))
		must(t, e.PutOperator(ctx, openlines.Operator{ID: operators[i]}))
		must(t, e.Connect(ctx, "l0", "web", fmt.Sprint("a", i)))
		must(t, e.Connect(ctx, "l0", "mail", fmt.Sprint("a", i)))
	}
	nothing := func() {}
	if got := pages(t, 2, nothing, func(p openlines.Page) ([]openlines.LineID, openlines.Cursor, error) { return e.Lines(ctx, p) }); !slices.Equal(got, lines) {
		t.Errorf("lines %v", got)
	}
	if got := pages(t, 7, nothing, func(p openlines.Page) ([]queue.OperatorID, openlines.Cursor, error) { return e.Operators(ctx, p) }); !slices.Equal(got, operators) {
		t.Errorf("operators %v", got)
	}
	must(t, e.Connect(ctx, "l0", "web", "main"))
	var accounts []string
	for _, c := range pages(t, 3, nothing, func(p openlines.Page) ([]openlines.Connection, openlines.Cursor, error) {
		return e.Connections(ctx, "l0", p)
	}) {
		accounts = append(accounts, string(c.Connector)+c.Account)
	}
	if len(accounts) != 15 || !slices.IsSorted(accounts) {
		t.Errorf("accounts %v", accounts)
	}
	if got, _, err := e.Connections(ctx, "l1", openlines.Page{}); err != nil || len(got) != 0 {
		t.Errorf("accounts of another line: %v, %v", got, err)
	}
	for i := range 12 { // so that numbers and words sort differently
		says(t, e, fmt.Sprint(i), "m")
	}
	finished := false
	got := pages(t, 5, func() {
		if !finished {
			must(t, e.As("o0").Intercept(ctx, 6))
			must(t, e.As("o0").Send(ctx, 6, "?"))
			must(t, e.As("o0").Finish(ctx, 6))
			must(t, e.Spam(ctx, 6))
			finished = true
		}
	}, func(p openlines.Page) ([]session.ID, openlines.Cursor, error) { return e.Load(ctx, "o0", p) })
	if diff := cmp.Diff([]session.ID{1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12}, got); diff != "" {
		t.Errorf("load (-want +got):\n%s", diff)
	}
}
