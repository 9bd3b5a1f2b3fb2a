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

// A page is what a full sort would give.
func TestPage(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		q, at := pqueue.New[int](before), map[int]priority{}
		for i, n := range rapid.SliceOf(rapid.IntRange(0, 20)).Draw(t, "priorities") {
			at[i] = priority{n, i}
			q.Set(i, at[i])
		}
		var after *priority
		if rapid.Bool().Draw(t, "after something") {
			after = &priority{rapid.IntRange(-1, 21).Draw(t, "after"), rapid.IntRange(0, 20).Draw(t, "id")}
		}
		limit := rapid.IntRange(0, 20).Draw(t, "limit")
		var want []int
		var wantAt []priority
		for _, k := range q.Keys() {
			if (after == nil || before(*after, at[k])) && len(want) < limit {
				want, wantAt = append(want, k), append(wantAt, at[k])
			}
		}
		got, gotAt := q.Page(after, limit)
		if !slices.Equal(want, got) || !slices.Equal(wantAt, gotAt) {
			t.Fatalf("%v at %v, want %v at %v", got, gotAt, want, wantAt)
		}
	})
}

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
