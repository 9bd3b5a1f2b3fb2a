package archtest_test

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// maxLines stops a file that grew past what a reader keeps in mind; 400 lines are the aim.
const maxLines = 700

func checkLength(t *tree) (violations []string) {
	for _, f := range t.files {
		if f.lines > maxLines {
			violations = append(violations, fmt.Sprintf("%s: has %d lines, more than %d", f.path, f.lines, maxLines))
		}
	}
	return violations
}

// buckets are names that say nothing about what is inside.
var buckets = []string{"common", "helpers", "misc", "types", "util", "utils"}

func checkNames(t *tree) (violations []string) {
	for _, f := range t.files {
		name := strings.TrimSuffix(f.syntax.Name.Name, "_test")
		for _, n := range slices.Compact([]string{name, path.Base(f.dir)}) {
			if slices.Contains(buckets, n) {
				violations = append(violations, t.at(f.syntax.Name.Pos(), "the name %s does not say what is inside", n))
			}
		}
	}
	return violations
}

// checkDocs wants a doc.go with a package comment in every package, so that readers know where to start.
func checkDocs(t *tree) (violations []string) {
	documented, reported := map[string]bool{}, map[string]bool{}
	for _, f := range t.files {
		if path.Base(f.path) == "doc.go" && f.syntax.Doc != nil {
			documented[f.dir] = true
		}
	}
	for _, f := range t.files {
		program := isExample(f.dir) && strings.TrimSuffix(f.syntax.Name.Name, "_test") == "main"
		if !program && !documented[f.dir] && !reported[f.dir] {
			reported[f.dir] = true
			violations = append(violations, fmt.Sprintf("%s: has no doc.go with a package comment", f.dir))
		}
	}
	return violations
}

// top is what the repository shows first; files that begin with a dot may stand beside it.
var top = []string{
	"openlines", "queue", "session", "kpi", "worktime", "connector", "storage", "examples", "internal",
	"README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE",
	"go.mod", "go.sum", "go.work", "go.work.sum",
}

func checkTop(t *tree) (violations []string) {
	for _, entry := range t.entries {
		if entry[0] != '.' && !slices.Contains(top, entry) {
			violations = append(violations, fmt.Sprintf("%s: is not one of the entries at the top of the repository", entry))
		}
	}
	return violations
}
