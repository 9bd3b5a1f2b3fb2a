package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A recorded bug has a name of its own, changes something, fits the sources as they are, and names a test to run.
func TestMutationsFitTheSources(t *testing.T) {
	t.Parallel()
	if len(mutations) < 40 {
		t.Errorf("%d mutations are recorded, want 40 and more", len(mutations))
	}
	seen := map[string]bool{}
	for _, m := range mutations {
		if seen[m.name] || m.name == "" || m.rule == "" || m.pkg == "" || len(m.edits) == 0 {
			t.Errorf("%q: twice, or incomplete", m.name)
		}
		seen[m.name] = true
		if _, err := regexp.Compile(m.run); err != nil || m.run == "" {
			t.Errorf("%s: runs %q: %v", m.name, m.run, err)
		}
		for _, e := range m.edits {
			text, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(e.file)))
			if n := strings.Count(string(text), e.old); err != nil || n != 1 || e.old == e.new {
				t.Errorf("%s: %s has its text %d times: %v", m.name, e.file, n, err)
			}
		}
	}
}

func TestChoose(t *testing.T) {
	t.Parallel()
	if got := choose("walk-stands-still,closes-at-once", 0, 1); len(got) != 2 || got[0].name != "walk-stands-still" {
		t.Errorf("two names chose %d", len(got))
	}
	if got := choose("no such", 0, 1); len(got) != 0 {
		t.Errorf("an unknown name chose %d", len(got))
	}
	covered := map[string]bool{}
	for turn := range len(mutations) {
		for _, m := range choose("", 10, turn) {
			covered[m.name] = true
		}
	}
	if len(covered) != len(mutations) {
		t.Errorf("turns of 10 come to %d of %d", len(covered), len(mutations))
	}
}
