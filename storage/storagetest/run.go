package storagetest

import (
	"slices"
	"testing"

	"github.com/openlines-go/openlines/storage"
)

// Options tells Run what more a store can do. The zero Options is right for a store that ends with its process.
type Options struct {
	// Reopen closes a store and opens the same desk again, as after a restart of the process. Nil leaves out the cases of
	// durability.
	Reopen func(t testing.TB, s storage.Store) storage.Store
}

// Run holds a store to the contract of package storage, one subtest for each rule. It calls open once for each, from
// parallel subtests; open returns a store of an empty desk that nobody else uses, and leaves its closing to t.Cleanup.
// The rules of Turn are tested if the store is a [storage.Turner], those of Import if it is a [storage.Importer].
func Run(t *testing.T, open func(t testing.TB) storage.Store, options Options) {
	t.Helper()
	for _, g := range groups() {
		t.Run(g.name, func(t *testing.T) {
			t.Parallel()
			for _, r := range g.rules {
				t.Run(r.name, func(t *testing.T) {
					t.Parallel()
					if r.slow && testing.Short() {
						t.Skip("slow")
					}
					if r.durable && options.Reopen == nil {
						t.Skip("the store does not reopen")
					}
					s := open(t)
					if _, ok := s.(storage.Turner); r.turner && !ok {
						t.Skip("the store does not implement storage.Turner")
					}
					if _, ok := s.(storage.Importer); r.importer && !ok {
						t.Skip("the store does not implement storage.Importer")
					}
					p := &probe{reporter: t, rule: r, store: s, again: func(s storage.Store) storage.Store {
						return options.Reopen(t, s)
					}}
					r.check(p)
				})
			}
		})
	}
}

// rule is one case: a short sentence, the reason for it, and a check that fails a probe.
type rule struct {
	name  string
	why   string
	check func(*probe)

	turner   bool // needs a storage.Turner
	importer bool // needs a storage.Importer
	durable  bool // needs Options.Reopen
	slow     bool // left out with -short
}

type group struct {
	name  string
	rules []rule
}

func groups() []group {
	return []group{
		{"Record", recordRules()},
		{"Commit", slices.Concat(commitRules(), retryRules())},
		{"Refuse", refuseRules()},
		{"Scan", scanRules()},
		{"Changes", changesRules()},
		{"Get", getRules()},
		{"Find", findRules()},
		{"Events", eventRules()},
		{"Turn", turnRules()},
		{"Import", importRules()},
		{"Reopen", reopenRules()},
	}
}
