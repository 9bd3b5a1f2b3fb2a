package queue_test

import (
	"math/big"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/openlines-go/openlines/queue"
)

type id = queue.OperatorID

// list is a queue that knows nothing but its list and looks at all of it.
type list struct {
	mode    queue.Mode
	members []id
	weight  map[id]int
	free    map[id]bool
	stamp   map[id]uint64
	load    map[id]int
}

func newList(mode queue.Mode, members []queue.Member) *list {
	l := &list{mode: mode, weight: map[id]int{}, free: map[id]bool{}, stamp: map[id]uint64{}, load: map[id]int{}}
	for _, m := range members {
		if !slices.Contains(l.members, m.Operator) {
			l.members = append(l.members, m.Operator)
			l.weight[m.Operator] = max(1, m.Weight)
		}
	}
	return l
}

func (l *list) set(who id, free bool, stamp uint64, load int) {
	if slices.Contains(l.members, who) {
		l.free[who], l.stamp[who], l.load[who] = free, stamp, load
	}
}

func (l *list) among(fit func(id) bool) (found []id) {
	for _, m := range l.members {
		if l.free[m] && fit(m) {
			found = append(found, m)
		}
	}
	return found
}

// next returns all who may be asked by the rules, and whether a new round begins. Whom to ask is one of the list in Evenly,
// and in Strictly; mode All asks everybody, so any of them is right there.
func (l *list) next(tried []id) (who []id, again bool) {
	free := l.among(func(id) bool { return true })
	unasked := l.among(func(m id) bool { return !slices.Contains(tried, m) })
	switch {
	case len(free) == 0:
		return nil, false
	case l.mode == queue.Strictly:
		if len(tried) == 0 {
			return free[:1], false // rule 3.10
		}
		last := slices.Index(l.members, tried[len(tried)-1])
		after := l.among(func(m id) bool { return slices.Index(l.members, m) > last })
		if len(after) > 0 {
			return after[:1], false // rule 3.9
		}
		return free[:1], true // rules 3.9, 3.21
	case l.mode == queue.All && len(unasked) > 0:
		return unasked, false // rule 3.11
	case l.mode == queue.All:
		return free, true
	case len(unasked) > 0:
		return l.longest(unasked), false // rule 3.5
	}
	if others := l.among(func(m id) bool { return m != tried[len(tried)-1] }); len(others) > 0 {
		return l.longest(others), true // rules 3.18, 3.21
	}
	return free, true // rule 3.22
}

func (l *list) longest(of []id) []id {
	best := slices.MinFunc(of, func(a, b id) int { // the first of equals: rule 3.6
		if l.mode == queue.LeastLoaded { // decision 14.38
			one, other := big.NewRat(int64(l.load[a]+1), int64(l.weight[a])), big.NewRat(int64(l.load[b]+1), int64(l.weight[b]))
			if c := one.Cmp(other); c != 0 {
				return c
			}
		}
		switch {
		case l.stamp[a] < l.stamp[b]:
			return -1
		case l.stamp[a] > l.stamp[b]:
			return 1
		}
		return 0
	})
	return []id{best}
}

var (
	modes   = rapid.SampledFrom([]queue.Mode{"", queue.Evenly, queue.Strictly, queue.All, queue.RoundRobin, queue.LeastLoaded})
	anybody = rapid.Custom(func(t *rapid.T) id { return id(rapid.StringN(0, 1, 2).Draw(t, "operator")) })
)

// crowd draws members, some listed twice, and the ids that tests ask about: members, and strangers.
func crowd(t *rapid.T) (members []queue.Member, ask *rapid.Generator[id]) {
	all := make([]id, rapid.IntRange(0, 40).Draw(t, "members"))
	for i := range all {
		all[i] = id(rune('A' + i))
	}
	for _, m := range rapid.Permutation(all).Draw(t, "order") {
		members = append(members, queue.Member{Operator: m, Weight: rapid.IntRange(0, 3).Draw(t, "weight")})
		if rapid.IntRange(0, 7).Draw(t, "twice") == 0 {
			members = append(members, members[rapid.IntRange(0, len(members)-1).Draw(t, "again")])
		}
	}
	if len(all) == 0 {
		return nil, anybody
	}
	member := rapid.SampledFrom(all)
	return members, rapid.OneOf(member, member, member, member, anybody)
}

func mustAgree(t *rapid.T, want *list, got *queue.Queue, ask *rapid.Generator[id]) {
	t.Helper()
	if diff := cmp.Diff(want.members, slices.Clone(got.Members())); diff != "" {
		t.Fatalf("members (-want +got):\n%s", diff)
	}
	if free := len(want.among(func(id) bool { return true })); got.Free() != free {
		t.Fatalf("%d are free, want %d", got.Free(), free)
	}
	for i, m := range want.members {
		if place, ok := got.Place(m); place != i || !ok {
			t.Fatalf("%s is at %d, %v, want %d", m, place, ok, i)
		}
	}
	who := ask.Draw(t, "who")
	if got.IsFree(who) != want.free[who] || got.Stamp(who) != want.stamp[who] || got.Load(who) != want.load[who] {
		t.Fatalf("%s: free %v, stamp %d", who, got.IsFree(who), got.Stamp(who))
	}
	if _, known := got.Place(who); known != slices.Contains(want.members, who) {
		t.Fatalf("%s has a place: %v", who, known)
	}
	tried := rapid.SliceOfN(ask, 0, 50).Draw(t, "tried")
	before := slices.Clone(tried)
	next, again, ok := got.Next(tried)
	if diff := cmp.Diff(before, tried); diff != "" {
		t.Fatalf("Next changed its argument (-want +got):\n%s", diff)
	}
	fit, round := want.next(tried)
	if ok != (len(fit) > 0) || !ok && (next != "" || again) {
		t.Fatalf("%q, %v, %v; fit are %v", next, again, ok, fit)
	}
	if want.mode == queue.Strictly && len(tried) > 0 && !slices.Contains(want.members, tried[len(tried)-1]) {
		fit, round = want.among(func(id) bool { return true }), again // who was asked last has left the list
	}
	if ok && (!slices.Contains(fit, next) || again != round) {
		t.Fatalf("%q, again %v; want one of %v, again %v", next, again, fit, round)
	}
}

// Rules 2.4, 3.5, 3.6, 3.9–3.11, 3.21–3.23: the tournament answers as one who looks at the whole list.
func TestQueueAgreesWithAListThatIsScanned(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		mode := modes.Draw(t, "mode")
		members, ask := crowd(t)
		want, got := newList(mode, members), queue.New(mode, members)
		mustAgree(t, want, got, ask)
		for range rapid.IntRange(0, 60).Draw(t, "steps") {
			who, free := ask.Draw(t, "member"), rapid.Bool().Draw(t, "free")
			stamp := rapid.Uint64Range(0, 9).Draw(t, "stamp")
			load := rapid.IntRange(0, 6).Draw(t, "load")
			want.set(who, free, stamp, load)
			got.Set(who, free, stamp, load)
			mustAgree(t, want, got, ask)
		}
	})
}

// Only the last Set of each member counts, however often it is said and in whatever order members are told of.
func TestOrderOfSettingDoesNotMatter(t *testing.T) {
	t.Parallel()
	type fact struct {
		who   id
		free  bool
		stamp uint64
		load  int
	}
	rapid.Check(t, func(t *rapid.T) {
		mode := modes.Draw(t, "mode")
		members, ask := crowd(t)
		one, two := queue.New(mode, members), queue.New(mode, members)
		var facts []fact
		for _, m := range one.Members() {
			facts = append(facts, fact{m, rapid.Bool().Draw(t, "free"), rapid.Uint64Range(0, 3).Draw(t, "stamp"), rapid.IntRange(0, 3).Draw(t, "load")})
		}
		for _, f := range facts {
			one.Set(f.who, f.free, f.stamp, f.load)
		}
		for _, f := range rapid.Permutation(facts).Draw(t, "order") {
			two.Set(f.who, rapid.Bool().Draw(t, "was free"), rapid.Uint64Range(0, 3).Draw(t, "was"), rapid.IntRange(0, 3).Draw(t, "had"))
			for range rapid.IntRange(1, 3).Draw(t, "times") {
				two.Set(f.who, f.free, f.stamp, f.load)
			}
		}
		tried := rapid.SliceOfN(ask, 0, 50).Draw(t, "tried")
		type answer struct {
			ID        id
			Again, OK bool
			Free      int
		}
		var a, b answer
		a.ID, a.Again, a.OK = one.Next(tried)
		b.ID, b.Again, b.OK = two.Next(tried)
		a.Free, b.Free = one.Free(), two.Free()
		if diff := cmp.Diff(a, b); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

// A whole round, as the rules tell it: who is asked, one after the other, when nobody accepts.
func TestRounds(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		mode queue.Mode
		busy []id
		want []id
	}{
		{"rule 3.9: strictly, in the order of the list", queue.Strictly, nil, []id{"A", "B", "C", "D", "again", "A", "B"}},
		{"rule 3.9: strictly, over those who are busy", queue.Strictly, []id{"A", "C"}, []id{"B", "D", "again", "B", "D"}},
		{"rule 3.22: strictly, one alone", queue.Strictly, []id{"A", "B", "C"}, []id{"D", "again", "D", "again", "D"}},
		{"rule 3.5: evenly, the longest waiting first", queue.Evenly, nil, []id{"C", "B", "D", "A", "again", "C", "B"}},
		{"rule 3.5: evenly is the default", "", nil, []id{"C", "B", "D", "A", "again", "C", "B"}},
		{"rule 3.18: least loaded, another one than before", queue.LeastLoaded, []id{"A", "C"}, []id{"B", "D", "again", "B", "D", "again", "B"}},
		{"rule 3.22: evenly, one alone", queue.Evenly, []id{"B", "C", "D"}, []id{"A", "again", "A", "again", "A"}},
		{"rule P7: round robin, who was asked longest ago", queue.RoundRobin, nil, []id{"C", "B", "D", "A", "again", "C", "B"}},
		{"decision 14.38: the least loaded first, then the longest waiting", queue.LeastLoaded, nil, []id{"B", "D", "A", "C", "again", "B"}},
		{"rule 3.23: nobody", queue.Evenly, []id{"A", "B", "C", "D"}, nil},
		{"rule 3.23: nobody, strictly", queue.Strictly, []id{"A", "B", "C", "D"}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			q := queue.New(test.mode, queue.Operators("A", "B", "A", "C", "D", "B"))
			for who, stamp := range map[id]uint64{"A": 9, "B": 5, "C": 0, "D": 5} { // B and D: rule 3.6
				q.Set(who, !slices.Contains(test.busy, who), stamp, map[id]int{"A": 1, "B": 1, "C": 2, "D": 1}[who])
			}
			var got, tried []id
			for len(got) < len(test.want) {
				next, again, ok := q.Next(tried)
				if !ok {
					break
				}
				if again {
					got, tried = append(got, "again"), nil
				}
				got, tried = append(got, next), append(tried, next)
			}
			if _, _, ok := q.Next(nil); ok != (test.want != nil) {
				t.Errorf("somebody can be asked: %v", ok)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Rule P7: who has weight 2 is given twice as many sessions; who has more weight begins.
func TestWeights(t *testing.T) {
	t.Parallel()
	q := queue.New(queue.LeastLoaded, []queue.Member{{Operator: "A"}, {Operator: "B", Weight: 2}, {Operator: "C", Weight: 1}})
	loads, stamp := map[id]int{}, uint64(0)
	for _, who := range q.Members() {
		q.Set(who, true, 0, 0)
	}
	var got []id
	for range 8 {
		next, _, _ := q.Next(nil)
		stamp++
		loads[next]++
		q.Set(next, true, stamp, loads[next])
		got = append(got, next)
	}
	if diff := cmp.Diff([]id{"B", "A", "C", "B", "B", "A", "C", "B"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
