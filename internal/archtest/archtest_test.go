package archtest_test

import (
	"os"
	"path/filepath"
	"testing"
)

// rule is one sentence about the whole repository. It gives a line for each place that breaks it.
type rule struct {
	name  string
	check func(*tree) []string
}

var rules = []rule{
	{"packages import only what the design lets them", checkImports},
	{"the root module needs the standard library alone", checkDependencies},
	{"pure packages stay pure", checkPure},
	{"only the clock asks the machine for the time", checkClock},
	{"packages keep no state", checkState},
	{"files end after 700 lines", checkLength},
	{"names say what is inside", checkNames},
	{"packages have a doc.go", checkDocs},
	{"the top of the repository stays small", checkTop},
}

func TestRepository(t *testing.T) {
	t.Parallel()
	repository, err := readTree(os.DirFS(mustFindRoot(t)))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			for _, violation := range r.check(repository) {
				t.Error(violation)
			}
		})
	}
}

func mustFindRoot(tb testing.TB) string {
	tb.Helper()
	dir, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.work")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			tb.Fatal("there is no go.work above the test: run it in a clone of the repository")
		}
		dir = parent
	}
}
