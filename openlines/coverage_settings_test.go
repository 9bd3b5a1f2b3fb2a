package openlines_test

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/openlines-go/openlines/openlines"
)

var settingRow = regexp.MustCompile(`^\| ([A-Z][A-Z_0-9]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$`)

// The table of settings names fields that exist, and tests that exist. One that has no place here says why in its row.
func TestSettingsTable(t *testing.T) {
	t.Parallel()
	roots := map[string]reflect.Type{
		"Line": reflect.TypeFor[openlines.Line](), "Settings": reflect.TypeFor[openlines.Settings](),
		"Connection": reflect.TypeFor[openlines.Connection](),
	}
	text, err := os.ReadFile("COVERAGE.md")
	must(t, err)
	_, part, found := strings.Cut(string(text), "\n## Settings of the reference product\n")
	if !found {
		t.Fatal("COVERAGE.md has no settings")
	}
	part, _, _ = strings.Cut(part, "\n## ")
	name := regexp.MustCompile("`([^`]+)`")
	seen := map[string]bool{}
	for line := range strings.Lines(part) {
		cells := settingRow.FindStringSubmatch(strings.TrimSpace(line))
		if cells == nil {
			continue
		}
		if seen[cells[1]] {
			t.Errorf("%s is listed twice", cells[1])
		}
		seen[cells[1]] = true
		fields, tests := name.FindAllStringSubmatch(cells[2], -1), name.FindAllStringSubmatch(cells[4], -1)
		if none := strings.HasPrefix(cells[2], "— "); none == (len(fields) > 0) || !none && len(tests) == 0 {
			t.Errorf("%s has neither a field with a test nor a reason", cells[1])
		}
		for _, f := range fields {
			root, path, _ := strings.Cut(f[1], ".")
			if at := roots[root]; at == nil || !hasField(at, path) {
				t.Errorf("%s: there is no %s", cells[1], f[1])
			}
		}
		for _, f := range tests {
			file := f[1]
			if !strings.HasSuffix(file, "_test.go") {
				file = "openlines/testdata/" + file + ".txt"
			}
			if _, err := os.Stat(filepath.Join("..", file)); err != nil {
				t.Errorf("%s: there is no test %s", cells[1], f[1])
			}
		}
	}
	if len(seen) != settings {
		t.Errorf("%d settings, want the %d of the reference", len(seen), settings)
	}
}

// settings are those that the reference takes, and those that it only shows, but for the queue in its other forms.
const settings = 83 + 8

func hasField(t reflect.Type, path string) bool {
	for name := range strings.SplitSeq(path, ".") {
		if t.Kind() != reflect.Struct {
			return false
		}
		f, is := t.FieldByName(name)
		if !is {
			return false
		}
		t = f.Type
	}
	return true
}
