package storagetest

import (
	"context"
	"fmt"
	"runtime"
	"slices"

	"github.com/openlines-go/openlines/storage"
)

// Check runs the rule of that name against s and returns its failure, if any. It is Run for those who want red.
func Check(ctx context.Context, name string, s storage.Store) error {
	for _, g := range groups() {
		i := slices.IndexFunc(g.rules, func(r rule) bool { return r.name == name })
		if i < 0 {
			continue
		}
		rec := &recorder{ctx: ctx}
		p := &probe{reporter: rec, rule: g.rules[i], store: s, again: func(s storage.Store) storage.Store {
			return s.(interface{ Reopen() storage.Store }).Reopen()
		}}
		done := make(chan struct{})
		go func() {
			defer close(done)
			p.rule.check(p)
		}()
		<-done
		return rec.failure
	}
	return fmt.Errorf("no rule has the name %q", name)
}

// Rules are the names of all rules, by group.
func Rules() (names []string) {
	for _, g := range groups() {
		for _, r := range g.rules {
			names = append(names, r.name)
		}
	}
	return names
}

// recorder is a reporter that ends the goroutine of the rule, as a *testing.T does, and keeps the failure.
type recorder struct {
	ctx     context.Context
	failure error
}

func (r *recorder) Helper() {}

func (r *recorder) Fatalf(format string, args ...any) {
	r.failure = fmt.Errorf(format, args...)
	runtime.Goexit()
}

func (r *recorder) Context() context.Context { return r.ctx }
