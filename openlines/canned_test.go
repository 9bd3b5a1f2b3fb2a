package openlines_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
)

// A list is full at a thousand responses: then one is replaced or dropped before another comes (rule 7.21).
func TestCannedListIsBounded(t *testing.T) {
	t.Parallel()
	ctx, d := t.Context(), twoLines(t)
	some := func(from, n int) (all []openlines.Canned) {
		for i := range n {
			all = append(all, openlines.Canned{ID: fmt.Sprint(from + i), Text: fmt.Sprint("response ", from+i)})
		}
		return all
	}
	refused := func(what string, err error) {
		t.Helper()
		if invalid, ok := errors.AsType[*openlines.Invalid](err); !ok || invalid.Limit == 0 {
			t.Errorf("%s: %v, want that it is too many", what, err)
		}
	}
	refused("a command of 101", d.PutCanned(ctx, "support", some(0, desk.MaxCannedPut+1)...))
	for from := 0; from < desk.MaxCanned; from += desk.MaxCannedPut {
		must(t, d.PutCanned(ctx, "support", some(from, desk.MaxCannedPut)...))
	}
	refused("one more", d.PutCanned(ctx, "support", some(desk.MaxCanned, 1)...))
	must(t, d.PutCanned(ctx, "support", some(desk.MaxCanned-1, 1)...))
	must(t, d.PutCanned(ctx, "other", some(desk.MaxCanned, 1)...))
	must(t, d.DropCanned(ctx, "support", "7"))
	twice := some(desk.MaxCanned, 1)
	must(t, d.PutCanned(ctx, "support", append(twice, twice...)...))
	refused("one more after that", d.PutCanned(ctx, "support", some(desk.MaxCanned+1, 1)...))
	read := pages(t, 300, func() {}, func(p openlines.Page) ([]openlines.Canned, openlines.Cursor, error) {
		return d.Canned(ctx, "support", "", p)
	})
	if len(read) != desk.MaxCanned {
		t.Errorf("%d responses, want %d", len(read), desk.MaxCanned)
	}
}
