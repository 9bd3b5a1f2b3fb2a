package queue_test

import (
	"testing"

	"github.com/openlines-go/openlines/queue"
)

// Rule 3.9: the walk goes on where it was, also when the member asked last has left the list meanwhile.
func TestStrictWalkGoesOnWhenTheOneAskedLeaves(t *testing.T) {
	t.Parallel()
	q := queue.New(queue.Strictly, queue.Operators("ann", "cid"))
	q.Set("ann", true, 0, 0)
	q.Set("cid", true, 0, 0)
	if id, again, ok := q.Next([]queue.OperatorID{"ann", "bob"}); id != "cid" || again || !ok {
		t.Errorf("after ann and bob, who left: %s, again %v, %v; want cid", id, again, ok)
	}
	if id, again, ok := q.Next([]queue.OperatorID{"bob"}); id != "ann" || again || !ok {
		t.Errorf("after bob alone, who left: %s, again %v, %v; want ann", id, again, ok)
	}
}
