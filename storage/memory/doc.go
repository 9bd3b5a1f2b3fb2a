// Package memory keeps a desk in the memory of one process: the default store, the store of tests, and the reference
// that the other stores are compared with.
//
// It holds everything the contract of package storage asks for except that nothing outlives the process: a commit that
// was answered is visible to every later call on the same [Store], and gone when the program ends. Several engines may
// share one Store; they then take turns at it as nodes do at a database.
//
// The store is stricter than the contract in one point, for the sake of those who test with it: it checks the promises
// of a put. A [storage.Put] whose At differs from the stored record, or whose Same is not true, is refused with
// [storage.ErrInvalid].
//
// # Cost
//
// Records are immutable and replaced whole, so reads copy outside the lock. An index is a sorted list in blocks, one
// for each kind and for each term of a kind; a put touches only the indexes whose terms changed. Find walks the shortest
// list that the query names. Scan sorts what it gives.
package memory
