package openlines_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlines-go/openlines/openlines"
)

// TestReadmeProgramRunsOutsideTheRepository compiles the README's first program in a module of its own, as a user would,
// and compares what it prints with what the README says.
func TestReadmeProgramRunsOutsideTheRepository(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../README.md")
	must(t, err)
	program := block(t, string(readme), "```go\npackage main")
	want := block(t, string(readme), "```\noffered to ann")
	root, err := filepath.Abs("..")
	must(t, err)
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "main.go"), []byte(program), 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte(`module example.com/firststeps

go 1.26.0

require github.com/openlines-go/openlines v0.0.0

replace github.com/openlines-go/openlines => `+root+`
`), 0o600))
	run := exec.CommandContext(t.Context(), "go", "run", ".")
	run.Dir = dir
	run.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod")
	got, err := run.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, got)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("the README says otherwise (-README +program):\n%s", diff)
	}
}

// The line that the README shows as configuration is one.
func TestReadmeLine(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../README.md")
	must(t, err)
	l, err := openlines.ReadLine(strings.NewReader(block(t, string(readme), "```json\n{")))
	must(t, err)
	if l.Queue.PassOnAfter != 45*time.Second || l.Translations["de"].Greeting == "" {
		t.Errorf("%+v", l)
	}
}

// block returns the code block that begins with a text.
func block(t *testing.T, text, begins string) string {
	t.Helper()
	_, rest, found := strings.Cut(text, begins)
	if !found {
		t.Fatalf("no block begins with %q", begins)
	}
	code, _, _ := strings.Cut(rest, "```")
	_, first, _ := strings.Cut(begins, "\n")
	return first + code
}
