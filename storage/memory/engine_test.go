package memory_test

import (
	"sync"
	"testing"

	"github.com/openlines-go/openlines/openlines/openlinestest"
	"github.com/openlines-go/openlines/storage"
)

// BenchmarkEngine is a client's message from the call to the store, beside the same rows put into maps by hand.
func BenchmarkEngine(b *testing.B) {
	openlinestest.Throughput(b, open, func(testing.TB) func(*storage.Batch) error {
		var mu sync.Mutex
		records, terms := map[storage.Key]storage.Record{}, map[[2]string]map[string]bool{}
		var events []storage.Event
		return func(batch *storage.Batch) error {
			mu.Lock()
			defer mu.Unlock()
			for _, p := range batch.Puts {
				for _, t := range append([]string{""}, records[p.Key].Terms...) {
					delete(terms[[2]string{p.Kind, t}], p.ID)
				}
				records[p.Key] = p.Record
				for _, t := range append([]string{""}, p.Terms...) {
					w := [2]string{p.Kind, t}
					if terms[w] == nil {
						terms[w] = map[string]bool{}
					}
					terms[w][p.ID] = true
				}
			}
			events = append(events, batch.Events...)
			return nil
		}
	})
}
