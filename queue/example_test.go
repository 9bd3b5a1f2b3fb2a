package queue_test

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/openlines-go/openlines/queue"
)

func ExampleQueue() {
	q := queue.New(queue.Evenly, queue.Operators("ann", "bob", "cid"))
	q.Set("ann", true, 12, 0) // asked or replied last
	q.Set("bob", true, 7, 0)
	q.Set("cid", false, 3, 0) // the longest waiting, but busy

	var tried []queue.OperatorID
	for range 3 { // nobody accepts
		next, again, _ := q.Next(tried)
		if again {
			tried = nil
		}
		tried = append(tried, next)
		fmt.Println(next, again)
	}
	fmt.Println(q.Free(), q.IsFree("cid"), q.Stamp("bob"), q.Members())
	// Output:
	// bob false
	// ann false
	// bob true
	// 2 false 7 [ann bob cid]
}

func ExampleRules() {
	var rules queue.Rules
	err := json.Unmarshal([]byte(`{
		"mode": "strictly",
		"members": [{"operator": "ann"}, {"operator": "bob"}],
		"passOnAfter": "45s",
		"limit": {"max": 4, "counts": "unreplied"}
	}`), &rules)
	fmt.Println(rules.Mode, rules.Members[1].Operator, rules.PassOnAfter, rules.Limit, err)

	rules.PassOnAfter, rules.Limit.Max = -time.Second, 5000
	fmt.Println(rules.Validate())
	// Output:
	// strictly bob 45s {4 unreplied} <nil>
	// PassOnAfter: -1s, want at least 1ms
	// Limit.Max: 5000, want 0 to 1000
}

func ExampleRules_PassOn() {
	fmt.Println(queue.Rules{}.PassOn())
	fmt.Println(queue.Rules{PassOnAfter: queue.Never}.PassOn())
	// Output:
	// 1m0s true
	// 0s false
}

func ExamplePlace() {
	nine := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	older := queue.Place{Since: nine, ID: 1}
	urgent := queue.Place{Priority: 5, Since: nine.Add(time.Minute), ID: 2}
	fmt.Println(urgent.Before(older), older.Before(urgent))
	// Output: true false
}

// By weights, who works full time is given twice as many as who works half the day.
func ExampleMode() {
	q := queue.New(queue.LeastLoaded, []queue.Member{{Operator: "ann", Weight: 2}, {Operator: "bob"}})
	has := map[queue.OperatorID]int{}
	for stamp := range uint64(7) {
		for _, id := range q.Members() {
			q.Set(id, true, q.Stamp(id), has[id])
		}
		next, _, _ := q.Next(nil)
		has[next]++
		q.Set(next, true, stamp+1, has[next])
		fmt.Print(next, " ")
	}
	fmt.Println(has)
	// Output:
	// ann bob ann ann bob ann ann map[ann:5 bob:2]
}
