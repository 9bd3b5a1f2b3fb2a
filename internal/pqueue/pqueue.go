package pqueue

import "slices"

// Queue holds keys by priority. Make one with New; not safe for concurrent use.
type Queue[K comparable, P any] struct {
	before func(a, b P) bool
	heap   []entry[K, P]
	at     map[K]int
}

type entry[K comparable, P any] struct {
	key      K
	priority P
}

// New returns an empty queue in which a leaves before b if before(a, b). The order must be strict and total.
func New[K comparable, P any](before func(a, b P) bool) *Queue[K, P] {
	return &Queue[K, P]{before: before, at: map[K]int{}}
}

// Len returns the number of keys.
func (q *Queue[K, P]) Len() int { return len(q.heap) }

// Set adds k or moves it to the priority p.
func (q *Queue[K, P]) Set(k K, p P) {
	i, known := q.at[k]
	if !known {
		i = len(q.heap)
		q.heap = append(q.heap, entry[K, P]{k, p})
		q.at[k] = i
	}
	q.heap[i].priority = p
	q.down(q.up(i))
}

// Remove takes k out; an unknown k changes nothing.
func (q *Queue[K, P]) Remove(k K) {
	i, known := q.at[k]
	if !known {
		return
	}
	last := len(q.heap) - 1
	q.swap(i, last)
	delete(q.at, k)
	q.heap[last] = entry[K, P]{}
	q.heap = q.heap[:last]
	if i < last {
		q.down(q.up(i))
	}
}

// Min returns the key that leaves first; false if the queue is empty.
func (q *Queue[K, P]) Min() (k K, p P, ok bool) {
	if len(q.heap) == 0 {
		return k, p, false
	}
	return q.heap[0].key, q.heap[0].priority, true
}

// Keys returns all keys in the order in which they would leave. It costs a sort.
func (q *Queue[K, P]) Keys() []K {
	sorted := slices.Clone(q.heap)
	slices.SortFunc(sorted, func(a, b entry[K, P]) int {
		switch {
		case q.before(a.priority, b.priority):
			return -1
		case q.before(b.priority, a.priority):
			return 1
		}
		return 0
	})
	keys := make([]K, len(sorted))
	for i, e := range sorted {
		keys[i] = e.key
	}
	return keys
}

// Rank returns the place of a key in the order in which they leave, from 1; 0 if it is unknown. It costs a look at every key.
func (q *Queue[K, P]) Rank(k K) int {
	i, known := q.at[k]
	if !known {
		return 0
	}
	rank := 1
	for _, e := range q.heap {
		if q.before(e.priority, q.heap[i].priority) {
			rank++
		}
	}
	return rank
}

// Page returns at most limit keys with their priorities in the order in which they would leave: those after a priority, or
// the first if after is nil. It costs a look at every key, and a sort of those returned.
func (q *Queue[K, P]) Page(after *P, limit int) ([]K, []P) {
	last := New[K](func(a, b P) bool { return q.before(b, a) }) // what leaves first of it is the last of the page
	for _, e := range q.heap {
		if after != nil && !q.before(*after, e.priority) {
			continue
		}
		if last.Set(e.key, e.priority); last.Len() > limit {
			last.Remove(last.heap[0].key)
		}
	}
	keys := last.Keys()
	slices.Reverse(keys)
	priorities := make([]P, len(keys))
	for i, k := range keys {
		priorities[i] = last.heap[last.at[k]].priority
	}
	return keys, priorities
}

func (q *Queue[K, P]) swap(i, j int) {
	q.heap[i], q.heap[j] = q.heap[j], q.heap[i]
	q.at[q.heap[i].key] = i
	q.at[q.heap[j].key] = j
}

func (q *Queue[K, P]) up(i int) int {
	for i > 0 {
		parent := (i - 1) / 2
		if !q.before(q.heap[i].priority, q.heap[parent].priority) {
			break
		}
		q.swap(i, parent)
		i = parent
	}
	return i
}

func (q *Queue[K, P]) down(i int) {
	for {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(q.heap); child++ {
			if q.before(q.heap[child].priority, q.heap[least].priority) {
				least = child
			}
		}
		if least == i {
			return
		}
		q.swap(i, least)
		i = least
	}
}
