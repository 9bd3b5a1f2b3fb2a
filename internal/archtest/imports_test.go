package archtest_test

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// library is everything of ours that is neither an adapter to somebody's database nor an example.
var library = []string{
	"connector", "internal/corpus", "internal/ledger", "internal/pqueue", "kpi", "openlines", "openlines/desk", "openlines/openlinestest", "openlines/sim",
	"queue", "session", "storage", "storage/dump", "storage/memory", "storage/storagetest", "worktime",
}

// allowed tells for each package which of our packages its production files may import. A package that is missing
// here fails the test. The packages below examples are programs and import what they like.
var allowed = map[string][]string{
	"connector":       {},
	"internal/corpus": {},
	"internal/pqueue": {},
	"queue":           {},
	"session":         {},
	"storage":         {},
	"worktime":        {},

	"kpi":            {"session", "worktime"},
	"openlines/desk": {"connector", "internal/pqueue", "kpi", "queue", "session", "storage", "worktime"},
	"openlines":      {"connector", "kpi", "openlines/desk", "queue", "session", "storage", "worktime"},

	"storage/dump":        {"storage"},
	"storage/memory":      {"storage"},
	"storage/postgres":    {"storage"},
	"storage/sqlite":      {"storage"},
	"storage/storagetest": {"storage"},

	"openlines/openlinestest": library,
	"openlines/sim":           library,

	"internal/archtest": {},
	"internal/ledger":   {"openlines/desk", "queue", "session"},
	"internal/mutate":   {},
}

func checkImports(t *tree) (violations []string) {
	reported := map[string]bool{}
	for _, f := range t.files {
		if _, listed := allowed[f.dir]; !listed && !isExample(f.dir) && !reported[f.dir] {
			reported[f.dir] = true
			violations = append(violations, fmt.Sprintf("%s: the package is not in the list of who may import whom", f.dir))
		}
	}
	for _, f := range t.production() {
		for _, spec := range f.syntax.Imports {
			dir, ok := ours(importPath(spec))
			may, listed := allowed[f.dir]
			if ok && listed && !slices.Contains(may, dir) {
				violations = append(violations, t.at(spec.Pos(), "%s may not import %s", f.dir, dir))
			}
		}
	}
	return violations
}

func isExample(dir string) bool {
	return dir == "examples" || strings.HasPrefix(dir, "examples/")
}

// checkDependencies keeps the root module's users free of other people's code. Kits for tests are excepted: who
// imports one has a test framework in mind.
func checkDependencies(t *tree) (violations []string) {
	for _, f := range t.production() {
		if f.module != "." || isKit(f.dir) {
			continue
		}
		for _, spec := range f.syntax.Imports {
			imported := importPath(spec)
			if _, own := ours(imported); !own && !inStandardLibrary(imported) {
				violations = append(violations, t.at(spec.Pos(), "%s needs only the standard library, not %s", f.dir, imported))
			}
		}
	}
	return violations
}

func isKit(dir string) bool {
	name := path.Base(dir)
	return strings.HasSuffix(name, "test") || name == "sim"
}
