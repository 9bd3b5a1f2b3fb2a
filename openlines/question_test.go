package openlines_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlines-go/openlines/queue"
)

// What a question answers is the caller's: he may write to it.
func TestAnswersShareNoMemoryWithTheDesk(t *testing.T) {
	t.Parallel()
	d := twoLines(t)
	s := d.Says("77", "hello")
	must(t, d.As("ann").Answer(t.Context(), s))
	must(t, d.As("ann").Invite(t.Context(), s, "bob"))
	for range 2 {
		got := mustSession(t, d, s)
		if diff := cmp.Diff([][]queue.OperatorID{{"bob"}, {"ann"}}, [][]queue.OperatorID{got.Joined, got.Tried}); diff != "" {
			t.Errorf("joined and tried (-want +got):\n%s", diff)
		}
		got.Joined[0], got.Tried[0] = "eve", "eve"
	}
}
