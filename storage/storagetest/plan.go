package storagetest

import (
	"math/rand/v2"
	"sync"
)

// Method names a method of a store.
type Method string

// The methods of storage.Turner.
const (
	MethodScan    Method = "Scan"
	MethodChanges Method = "Changes"
	MethodCommit  Method = "Commit"
	MethodGet     Method = "Get"
	MethodFind    Method = "Find"
	MethodEvents  Method = "Events"
	MethodTurn    Method = "Turn"
)

// Op is one call of a store that is about to be made.
type Op struct {
	Method Method
	N      int // number of the call among all, from 1
	Nth    int // number of the call among those of its method, from 1
}

// Kind is a kind of fault. The zero Kind is none.
type Kind string

// The kinds of fault. What does not fit the call is not injected and not counted.
const (
	// Conflict refuses a Commit or Turn with storage.ErrConflict; nothing is written. A batch that may be stored by an
	// earlier attempt goes through: no store would deny it.
	Conflict Kind = "conflict"
	// Rival lets another node write first: before a Commit, a batch is stored that creates the first record which the
	// commit wants to create closed. The commit meets a conflict; Changes do not tell the record, so that the next attempt
	// meets *storage.ExistsError.
	Rival Kind = "rival"
	// Done carries out a Commit or Turn and loses the answer.
	Done Kind = "done"
	// Lost fails any call before it reaches the store. For Commit and Turn the outcome is unknown to the caller.
	Lost Kind = "lost"
	// Late fails a Commit or Turn, and lets its batch arrive at the store after Fault.Calls further calls, whatever has
	// happened since.
	Late Kind = "late"
	// Stall runs Fault.Do before the call reaches the store, so that others can act in between.
	Stall Kind = "stall"
	// Behind answers a Changes or Turn with storage.ErrBehind.
	Behind Kind = "behind"
	// Full refuses a Commit or Turn with storage.ErrFull; nothing is written by that call. What an earlier attempt wrote
	// stays written.
	Full Kind = "full"
	// Rewound answers a Changes or Turn with storage.ErrRewound. The store was not rewound: what it gives next is the desk
	// as it was.
	Rewound Kind = "rewound"
)

// Fault is what happens to a call. The zero Fault lets it through.
type Fault struct {
	Kind  Kind
	Calls int    // of Late: so many further calls pass before the batch arrives; 0: just before the next one
	Do    func() // of Stall, which needs one; it may call the store
}

// Plan decides what happens to a call. It is asked once for each, in the order of the calls, and must be safe for
// concurrent use if the store is used so.
type Plan func(op Op) Fault

// Rates are the chances, from 0 to 1, that a call for which a fault is fit meets it. The sum for one method is at
// most 1.
type Rates struct {
	Conflict, Rival, Done, Lost, Late, Stall, Behind, Rewound, Full float64

	LateBy int    // late batches arrive after up to so many calls
	Do     func() // what stalls run; needed if there are any
}

// Seeded returns a plan of random faults, the same for the same seed and order of calls.
func Seeded(seed uint64, rates Rates) Plan {
	var mu sync.Mutex
	random := rand.New(rand.NewPCG(seed, 0))
	chances := []struct {
		kind Kind
		rate float64
	}{
		{Conflict, rates.Conflict}, {Rival, rates.Rival}, {Done, rates.Done}, {Lost, rates.Lost},
		{Late, rates.Late}, {Stall, rates.Stall}, {Behind, rates.Behind}, {Rewound, rates.Rewound}, {Full, rates.Full},
	}
	return func(op Op) Fault {
		mu.Lock()
		defer mu.Unlock()
		dice, calls := random.Float64(), random.IntN(rates.LateBy+1)
		for _, c := range chances {
			if !c.kind.fits(op.Method) {
				continue
			}
			if dice < c.rate {
				return Fault{Kind: c.kind, Calls: calls, Do: rates.Do}
			}
			dice -= c.rate
		}
		return Fault{}
	}
}

func (k Kind) fits(m Method) bool {
	switch k {
	case Conflict, Done, Late, Full:
		return m == MethodCommit || m == MethodTurn
	case Rival:
		return m == MethodCommit
	case Behind, Rewound:
		return m == MethodChanges || m == MethodTurn
	default:
		return k == Lost || k == Stall
	}
}
