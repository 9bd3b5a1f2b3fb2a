package openlines_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestMethods keeps the section on methods and events in COVERAGE.md true: each of the reference's has a row, each Go name in it
// exists, and so does each test; one that is a Go test uses one of the names.
func TestMethods(t *testing.T) {
	t.Parallel()
	names := mustReadNames(t)
	listed := map[string]bool{}
	for row := range coverageRows(t, methodRow) {
		number, does, tests := row[1], row[3], row[4]
		listed[number] = true
		if !strings.Contains(does, "`") && !strings.HasPrefix(does, "— ") {
			t.Errorf("COVERAGE.md: method %s: neither a Go name nor a reason why there is none", number)
		}
		used := checkNames(t, "method "+number, does, names)
		checkTests(t, "method "+number, tests, used, strings.Contains(does, "`"))
	}
	for n := range 51 + 12 {
		number := strconv.Itoa(n + 1)
		if n >= 51 {
			number = "E" + strconv.Itoa(n-50)
		}
		if !listed[number] {
			t.Errorf("COVERAGE.md does not list method or event %s", number)
		}
	}
}

// TestScenarios keeps the section on scenarios in COVERAGE.md true: each test that it names says so, and each that says so is named.
func TestScenarios(t *testing.T) {
	t.Parallel()
	listed := mustReadRows(t, scenarioRow)
	compareCoverage(t, "scenario", mustReadCited(t, scenariosOf), listed)
	if len(listed) != 135 { // some of the book's numbers up to 165 are not in use
		t.Errorf("COVERAGE.md lists %d scenarios, want 135", len(listed))
	}
	if diff := cmp.Diff([]string{"1", "2", "3", "12"}, scenariosOf("# scenarios 1, 2 and 3\n// (rule 3.9, scenario 12)")); diff != "" {
		t.Errorf("cited (-want +got):\n%s", diff)
	}
}

// scenariosOf returns the scenarios that a text cites, in its order.
func scenariosOf(text string) (numbers []string) {
	for _, found := range scenario.FindAllStringSubmatch(text, -1) {
		numbers = append(numbers, digits.FindAllString(found[1], -1)...)
	}
	return numbers
}

var (
	scenario    = regexp.MustCompile(`\b[Ss]cenarios? (\d+(?:(?:, and |, | and )\d+)*)`)
	digits      = regexp.MustCompile(`\d+`)
	scenarioRow = regexp.MustCompile(`^\| (\d+) \| ([^|]+) \| ([^|]+) \|$`)
)

var (
	methodRow = regexp.MustCompile(`^\| (E?\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]*) \|$`)
	quoted    = regexp.MustCompile("`([^`]+)`")
)

// coverageRows are the rows of one table of COVERAGE.md.
func coverageRows(t *testing.T, row *regexp.Regexp) func(func([]string) bool) {
	t.Helper()
	text, err := os.ReadFile("COVERAGE.md")
	if err != nil {
		t.Fatal(err)
	}
	return func(yield func([]string) bool) {
		for line := range strings.Lines(string(text)) {
			if cells := row.FindStringSubmatch(strings.TrimSpace(line)); cells != nil && !yield(cells) {
				return
			}
		}
	}
}

// checkNames reports names of a cell that are not exported by a package of the module, and returns the last parts of all.
func checkNames(t *testing.T, of, cell string, names map[string]bool) (last []string) {
	t.Helper()
	for _, q := range quoted.FindAllStringSubmatch(cell, -1) {
		if !names[q[1]] {
			t.Errorf("COVERAGE.md: %s: there is no %s", of, q[1])
		}
		last = append(last, q[1][strings.LastIndexByte(q[1], '.')+1:])
	}
	return last
}

// checkTests reports tests of a cell that are not there, or do not use one of the names.
func checkTests(t *testing.T, of, cell string, names []string, wanted bool) {
	t.Helper()
	tests := quoted.FindAllStringSubmatch(cell, -1)
	if wanted && len(tests) == 0 {
		t.Errorf("COVERAGE.md: %s names no test", of)
	}
	for _, q := range tests {
		if !strings.HasSuffix(q[1], "_test.go") {
			if _, err := os.Stat("testdata/" + q[1] + ".txt"); err != nil {
				t.Errorf("COVERAGE.md: %s: there is no script %s", of, q[1])
			}
			continue
		}
		text, err := os.ReadFile(filepath.Join("..", q[1]))
		if err != nil {
			t.Errorf("COVERAGE.md: %s: there is no test %s", of, q[1])
		} else if !slices.ContainsFunc(names, func(name string) bool { return strings.Contains(string(text), name) }) {
			t.Errorf("COVERAGE.md: %s: %s uses none of %v", of, q[1], names)
		}
	}
}

// mustReadNames returns what the packages of the core export: "Type", "Func", "Type.Method" and "Type.Field", for packages
// other than openlines behind their name.
func mustReadNames(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	for prefix, directory := range map[string]string{
		"": ".", "desk.": "desk", "connector.": "../connector", "queue.": "../queue", "session.": "../session",
		"worktime.": "../worktime", "kpi.": "../kpi", "storage.": "../storage",
	} {
		files, err := filepath.Glob(directory + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range parsed.Decls {
				for _, name := range declared(d) {
					names[prefix+name] = true
				}
			}
		}
	}
	return names
}

func declared(d ast.Decl) (names []string) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		receiver := ""
		if d.Recv != nil {
			of := d.Recv.List[0].Type
			if star, is := of.(*ast.StarExpr); is {
				of = star.X
			}
			if name, is := of.(*ast.Ident); is {
				receiver = name.Name + "."
			}
		}
		names = append(names, receiver+d.Name.Name)
	case *ast.GenDecl:
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.ValueSpec:
				for _, n := range s.Names {
					names = append(names, n.Name)
				}
			case *ast.TypeSpec:
				names = append(names, s.Name.Name)
				if of, is := s.Type.(*ast.StructType); is {
					for _, f := range of.Fields.List {
						for _, n := range f.Names {
							names = append(names, s.Name.Name+"."+n.Name)
						}
					}
				}
				if of, is := s.Type.(*ast.InterfaceType); is {
					for _, f := range of.Methods.List {
						for _, n := range f.Names {
							names = append(names, s.Name.Name+"."+n.Name)
						}
					}
				}
			}
		}
	}
	return slices.DeleteFunc(names, func(n string) bool { return !ast.IsExported(n[strings.LastIndexByte(n, '.')+1:]) })
}
