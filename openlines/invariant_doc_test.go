package openlines_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The invariants that Check reports are those that ARCHITECTURE.md lists.
func TestInvariantsAreInTheDocumentation(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("desk/check*.go")
	must(t, err)
	reported := map[string]bool{}
	for _, name := range append(files, "engine.go") {
		source, err := os.ReadFile(name)
		must(t, err)
		for _, found := range regexp.MustCompile(`(?:bad\(|Errorf\("openlines: )"?([a-z ]+)(?:", |: %d records)`).FindAllStringSubmatch(string(source), -1) {
			reported[found[1]] = true
		}
	}
	text, err := os.ReadFile("../ARCHITECTURE.md")
	must(t, err)
	listed := map[string]bool{}
	for _, found := range regexp.MustCompile(`(?m)^\d+\. \*(.+?)\*`).FindAllStringSubmatch(string(text), -1) {
		listed[strings.ToLower(found[1])] = true
	}
	names := func(set map[string]bool) (all []string) {
		for name := range set {
			all = append(all, name)
		}
		slices.Sort(all)
		return all
	}
	if diff := cmp.Diff(names(reported), names(listed)); diff != "" {
		t.Errorf("ARCHITECTURE.md (-reported +listed):\n%s", diff)
	}
}
