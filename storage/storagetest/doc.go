// Package storagetest is the conformance suite for stores, with a model test, benchmarks and a store that fails on purpose.
//
// Whoever writes a store calls [Run] and [Model] in its tests:
//
//	func TestStore(t *testing.T) {
//		open := func(t testing.TB) storage.Store { return mystore.Open(t.TempDir()) }
//		storagetest.Run(t, open, storagetest.Options{})
//		storagetest.Model(t, open)
//	}
//
// and measures it with [Bench]. Package openlinestest runs the engine's own tests on it; STORES.md beside package storage is
// the guide, and examples/filestore a store as small as one can be.
//
// Every case of Run is named by the rule it holds, gets a store of its own, and prints when it fails what the rule is
// good for. Passing means that an engine can rely on the store; there are no switches to leave rules out.
//
// Whoever uses a store tests with [Faulty]: it wraps any store and injects, by a plan that a seed repeats exactly, what
// networks and other nodes do to a commit.
package storagetest
