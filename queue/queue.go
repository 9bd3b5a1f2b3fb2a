package queue

import (
	"cmp"
	"slices"
)

// MaxTried is how many of those already asked a session needs to remember; older ones may be asked again.
const MaxTried = 64

// Queue is the members of one line at work. Make one with New; not safe for concurrent use.
//
// It is a tournament over the members in list order: each node knows the best free member below it, so that choosing and
// changing one member cost O(log n).
type Queue struct {
	mode   Mode
	ids    []OperatorID
	place  map[OperatorID]int
	weight []int
	stamps []uint64
	loads  []int
	free   int
	base   int     // leaves start here in best
	best   []int32 // per node the place of the best free member below, -1: none
}

// New returns the queue of members in list order, nobody free, nobody stamped and nobody with sessions yet. A member who is
// listed twice counts once, at his first place and with the weight that he has there (rule 2.4). Departments are the caller's
// to expand: an entry without an operator is left out.
func New(mode Mode, members []Member) *Queue {
	q := &Queue{mode: mode, place: make(map[OperatorID]int, len(members))}
	for _, m := range members {
		if _, twice := q.place[m.Operator]; !twice && m.Operator != "" {
			q.place[m.Operator] = len(q.ids)
			q.ids = append(q.ids, m.Operator)
			q.weight = append(q.weight, max(m.Weight, 1))
		}
	}
	q.stamps, q.loads = make([]uint64, len(q.ids)), make([]int, len(q.ids))
	q.base = 1
	for q.base < len(q.ids) {
		q.base *= 2
	}
	q.best = make([]int32, 2*q.base)
	for i := range q.best {
		q.best[i] = -1
	}
	return q
}

// Set tells whether a member can be asked now, his stamp, which grows with each time that he is asked or replies, 0 if he never
// was, and how many sessions he has, which decides in mode LeastLoaded. Strangers are ignored.
func (q *Queue) Set(id OperatorID, free bool, stamp uint64, load int) {
	i, known := q.place[id]
	if !known {
		return
	}
	node := q.base + i
	if was := q.best[node] >= 0; was != free {
		if free {
			q.free++
			q.best[node] = int32(i)
		} else {
			q.free--
			q.best[node] = -1
		}
	}
	q.stamps[i], q.loads[i] = stamp, max(load, 0)
	for node /= 2; node > 0; node /= 2 {
		q.best[node] = q.better(q.best[2*node], q.best[2*node+1])
	}
}

// better returns the place that is asked first. In modes Strictly and All the list order decides alone, else the smaller stamp,
// before it in mode LeastLoaded the smaller share, and the list order decides ties (rule 3.6). left lies before right in the
// list.
func (q *Queue) better(left, right int32) int32 {
	switch {
	case left < 0:
		return right
	case right < 0 || q.mode == Strictly || q.mode == All:
		return left
	}
	shares := 0
	if q.mode == LeastLoaded {
		shares = cmp.Compare(q.share(right, left), q.share(left, right))
	}
	if shares < 0 || shares == 0 && q.stamps[right] < q.stamps[left] {
		return right
	}
	return left
}

// share is what a member would have with one session more, as it compares with the same of the other: sessions by weight,
// times both weights, so that there are no fractions.
func (q *Queue) share(of, other int32) int { return (q.loads[of] + 1) * q.weight[other] }

// Mode returns the mode that the queue was made for.
func (q *Queue) Mode() Mode { return q.mode }

// Free returns how many members can be asked.
func (q *Queue) Free() int { return q.free }

// IsFree tells whether the member can be asked.
func (q *Queue) IsFree(id OperatorID) bool {
	i, known := q.place[id]
	return known && q.best[q.base+i] >= 0
}

// Load returns how many sessions a member has; 0 for strangers.
func (q *Queue) Load(id OperatorID) int {
	if i, known := q.place[id]; known {
		return q.loads[i]
	}
	return 0
}

// Place returns a member's place in the list, from 0.
func (q *Queue) Place(id OperatorID) (int, bool) {
	i, known := q.place[id]
	return i, known
}

// Stamp returns a member's stamp; 0 for one who was never asked, and for strangers.
func (q *Queue) Stamp(id OperatorID) uint64 {
	if i, known := q.place[id]; known {
		return q.stamps[i]
	}
	return 0
}

// Members returns the members in list order. The slice is the queue's own: do not change it.
func (q *Queue) Members() []OperatorID { return q.ids }

// Next chooses whom to ask, given those already asked in this round, oldest first. again says that the next round begins
// (rule 3.21). ok is false if nobody is free (rule 3.23).
//
// Strictly walks on in list order after the one asked last who is still in the list, and from the end to the top, which
// begins the next round (rule 3.9). Evenly takes the longest unasked of those not asked in this round; when all who are
// free were asked, the next one begins, with another than the one asked last if there is one (rules 3.18, 3.22). In mode
// All there is nobody to choose: all free members are asked.
func (q *Queue) Next(tried []OperatorID) (id OperatorID, again, ok bool) {
	if q.free == 0 {
		return "", false, false
	}
	if q.mode == Strictly {
		return q.walk(tried)
	}
	if best := q.without(1, q.places(tried)); best >= 0 {
		return q.ids[best], false, true
	}
	if another := q.without(1, q.places(tried[len(tried)-1:])); another >= 0 {
		return q.ids[another], true, true
	}
	return q.ids[q.best[1]], true, true
}

func (q *Queue) walk(tried []OperatorID) (OperatorID, bool, bool) {
	for _, id := range slices.Backward(tried) {
		last, known := q.place[id]
		if !known {
			continue
		}
		if next := q.firstFrom(1, 0, q.base, last+1); next >= 0 {
			return q.ids[next], false, true
		}
		return q.ids[q.best[1]], true, true
	}
	return q.ids[q.best[1]], false, true
}

// firstFrom returns the first free place not before from, among the leaves [low, low+width) below node.
func (q *Queue) firstFrom(node, low, width, from int) int32 {
	if q.best[node] < 0 || low+width <= from {
		return -1
	}
	if width == 1 {
		return q.best[node]
	}
	half := width / 2
	if found := q.firstFrom(2*node, low, half, from); found >= 0 {
		return found
	}
	return q.firstFrom(2*node+1, low+half, half, from)
}

func (q *Queue) places(ids []OperatorID) []int32 {
	places := make([]int32, 0, len(ids))
	for _, id := range ids {
		if i, known := q.place[id]; known {
			places = append(places, int32(i))
		}
	}
	return places
}

// without returns the best free place below node that is not in out.
func (q *Queue) without(node int, out []int32) int32 {
	best := q.best[node]
	switch {
	case best < 0 || !slices.Contains(out, best):
		return best
	case node >= q.base:
		return -1
	}
	return q.better(q.without(2*node, out), q.without(2*node+1, out))
}
