package pqueue_test

import (
	"cmp"
	"maps"
	"slices"
	"testing"

	"github.com/openlines-go/openlines/internal/pqueue"
	"pgregory.net/rapid"
)

type priority struct{ at, id int }

func before(a, b priority) bool { return a.at < b.at || a.at == b.at && a.id < b.id }

func TestQueueAgreesWithASortedMap(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		q := pqueue.New[int](before)
		model := map[int]priority{}
		t.Repeat(map[string]func(*rapid.T){
			"set": func(t *rapid.T) {
				id := rapid.IntRange(0, 20).Draw(t, "id")
				p := priority{rapid.IntRange(0, 5).Draw(t, "at"), id}
				q.Set(id, p)
				model[id] = p
			},
			"remove": func(t *rapid.T) {
				id := rapid.IntRange(0, 20).Draw(t, "id")
				q.Remove(id)
				delete(model, id)
			},
			"": func(t *rapid.T) {
				want := slices.SortedFunc(maps.Keys(model), func(a, b int) int {
					return cmp.Or(cmp.Compare(model[a].at, model[b].at), cmp.Compare(a, b))
				})
				if got := q.Keys(); !slices.Equal(got, want) || q.Len() != len(want) {
					t.Fatalf("keys %v, want %v", got, want)
				}
				k, p, ok := q.Min()
				if ok != (len(want) > 0) || ok && (k != want[0] || p != model[k]) {
					t.Fatalf("min %v %v %v, want the first of %v", k, p, ok, want)
				}
			},
		})
	})
}
