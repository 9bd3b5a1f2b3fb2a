package openlines_test

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestCoverage keeps COVERAGE.md true: it lists every rule that a test or script of the repository cites, and names for
// each one tests or scripts that do. Every rule of the book is on it: with a test, or with the reason why it has none.
func TestCoverage(t *testing.T) {
	t.Parallel()
	listed, without := mustReadRows(t, ruleRow), map[string]bool{}
	compareCoverage(t, "rule", mustReadCited(t, citations), listed)
	for row := range coverageRows(t, withoutRow) {
		without[row[1]] = true
	}
	for _, number := range bookRules() {
		if (listed[number] != nil) == without[number] {
			t.Errorf("COVERAGE.md lists rule %s with tests (%v), and as not here (%v): want one of both", number, listed[number] != nil, without[number])
		}
	}
}

// scenariosFile plays, on any store, what no script can tell.
const scenariosFile = "openlines/openlinestest/scenarios.go"

// bookRules returns the numbers of all rules and decisions.
func bookRules() []string {
	rules := []string{"1.2a", "5.5a"}
	for section, last := range map[string]int{ // order does not matter: each is looked up
		"1.": 18, "2.": 10, "3.": 29, "4.": 20, "5.": 12, "6.": 30, "7.": 26, "8.": 15, "9.": 14, "10.": 17, "11.": 43, "14.": 44, "P": 23,
	} {
		for n := range last {
			rules = append(rules, section+strconv.Itoa(n+1))
		}
	}
	return rules
}

// compareCoverage holds what tests cite against what COVERAGE.md lists.
func compareCoverage(t *testing.T, what string, cited, listed map[string][]string) {
	t.Helper()
	for _, number := range slices.Sorted(maps.Keys(cited)) {
		if listed[number] == nil {
			t.Errorf("%s %s is cited by %s, but COVERAGE.md does not tell what it says", what, number, cited[number][0])
		}
	}
	for _, number := range slices.Sorted(maps.Keys(listed)) {
		if len(listed[number]) == 0 {
			t.Errorf("COVERAGE.md names no test or script for %s %s", what, number)
		}
		for _, name := range listed[number] {
			if !slices.Contains(cited[number], name) {
				t.Errorf("COVERAGE.md says that %s %s is in %s, which does not cite it", what, number, name)
			}
		}
	}
}

// TestInvariants keeps the section on invariants in COVERAGE.md true: each of them is listed, and each test that it names says
// so. One that no test can hold says why in its row.
func TestInvariants(t *testing.T) {
	t.Parallel()
	cited, listed := mustReadCited(t, invariantsOf), mustReadRows(t, invariantRow)
	for _, span := range [][2]int{{2, 23}, {29, 37}, {41, 46}, {56, 65}} {
		for n := span[0]; n <= span[1]; n++ {
			if _, is := listed[fmt.Sprintf("I-%02d", n)]; !is {
				t.Errorf("COVERAGE.md does not list invariant I-%02d", n)
			}
		}
	}
	compareCoverage(t, "invariant", cited, listed)
}

func TestCitations(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"// rule 3.9: the walk":                           "3.9",
		"// (rules 4.13–4.15, decision 14.39)":            "4.13 4.14 4.15 14.39",
		"// rules 6.6, 8.2 and 8.3; it costs 1.5 ms":      "6.6 8.2 8.3",
		"// by rule\n\t// 5.5a and decisions 14.4, 14.24": "5.5a 14.4 14.24",
		"# rule P5: once\n# rules 4.6 to 4.8":             "P5 4.6 4.7 4.8",
		"version 1.26, section 3.4":                       "",
	} {
		if got := strings.Join(citations(text), " "); got != want {
			t.Errorf("%q cites %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]string{
		"// Invariant I-04: the memory":                         "I-04",
		"// (invariants I-02, I-05 to I-07, I-10 and\n// I-12)": "I-02 I-05 I-06 I-07 I-10 I-12",
		"func TestI04Redelivery":                                "",
	} {
		if got := strings.Join(invariantsOf(text), " "); got != want {
			t.Errorf("%q cites %q, want %q", text, got, want)
		}
	}
}

const ruleNumber = `(?:P\d+|\d+\.\d+a?)`

var (
	citation   = regexp.MustCompile(`\b(?:[Rr]ules?|[Dd]ecisions?) (` + ruleNumber + `(?:(?:–|-|, and |, | and | to )` + ruleNumber + `)*)`)
	inCitation = regexp.MustCompile(`(–|-| to )?(` + ruleNumber + `)`)
	lineBreak  = regexp.MustCompile(`\s*\n\s*(?://|#)?\s*`)
	ruleRow    = regexp.MustCompile(`^\| (` + ruleNumber + `) \| ([^|]+) \| ([^|]+) \|$`)
	withoutRow = regexp.MustCompile(`^\| (` + ruleNumber + `) \| ([^|]+) \|$`)
	scriptName = regexp.MustCompile(`^(\d+)\.0*(\d+)-.*\.txt$`)
)

// citations returns the rules that a text cites, in its order.
func citations(text string) (rules []string) {
	text = lineBreak.ReplaceAllString(text, " ")
	for _, found := range citation.FindAllStringSubmatch(text, -1) {
		for _, number := range inCitation.FindAllStringSubmatch(found[1], -1) {
			if number[1] != "" {
				rules = append(rules, between(rules[len(rules)-1], number[2])...)
			}
			rules = append(rules, number[2])
		}
	}
	return rules
}

// Invariants are cited as "invariant I-02", several as "invariants I-02, I-05 to I-07".
var (
	invariant    = regexp.MustCompile(`\b[Ii]nvariants? (I-\d\d(?:(?:, and |, | and | to )I-\d\d)*)`)
	inInvariant  = regexp.MustCompile(`( to )?I-(\d\d)`)
	invariantRow = regexp.MustCompile(`^\| (I-\d\d) \| ([^|]+) \| ([^|]+) \|$`)
)

// invariantsOf returns the invariants that a text cites, in its order.
func invariantsOf(text string) (ids []string) {
	text = lineBreak.ReplaceAllString(text, " ")
	for _, found := range invariant.FindAllStringSubmatch(text, -1) {
		last := 0
		for _, number := range inInvariant.FindAllStringSubmatch(found[1], -1) {
			n, _ := strconv.Atoi(number[2])
			if number[1] == "" {
				last = n - 1
			}
			for last++; last <= n; last++ {
				ids = append(ids, fmt.Sprintf("I-%02d", last))
			}
			last = n
		}
	}
	return ids
}

// between returns the rules of a section that lie between two of it.
func between(first, last string) (rules []string) {
	section, from, _ := strings.Cut(first, ".")
	_, to, _ := strings.Cut(last, ".")
	low, _ := strconv.Atoi(from)
	high, _ := strconv.Atoi(to)
	for n := low + 1; n < high; n++ {
		rules = append(rules, fmt.Sprintf("%s.%d", section, n))
	}
	return rules
}

// mustReadCited returns for each rule, or invariant, the tests and scripts of the repository that cite it: a script by the
// number in its name and by its comments, a Go test by "rule 3.9" or "decision 14.1" in it.
func mustReadCited(t *testing.T, of func(string) []string) map[string][]string {
	t.Helper()
	cited := map[string][]string{}
	repository := os.DirFS("..")
	err := fs.WalkDir(repository, ".", func(name string, entry fs.DirEntry, err error) error {
		script := path.Dir(name) == "openlines/testdata" && path.Ext(name) == ".txt"
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name != "." && strings.HasPrefix(path.Base(name), "."):
			return fs.SkipDir
		case path.Base(name) == "coverage_test.go" || path.Base(name) == "methods_test.go" || !script && !strings.HasSuffix(name, "_test.go") && name != scenariosFile:
			return nil
		}
		text, err := fs.ReadFile(repository, name)
		if err != nil {
			return err
		}
		rules := of(string(text))
		if head, _, _ := strings.Cut(string(text), "\n\n"); script && len(citations(head)) == 0 {
			t.Errorf("%s does not begin with a comment that tells which rule it is about", name)
		}
		if number := scriptName.FindStringSubmatch(path.Base(name)); script && number != nil {
			rules = append(rules, of("rule "+number[1]+"."+number[2])...)
		}
		slices.Sort(rules)
		for _, rule := range slices.Compact(rules) {
			cited[rule] = append(cited[rule], name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return cited
}

// mustReadRows returns for each rule or invariant of the tables in COVERAGE.md the tests and scripts that it names, as files.
func mustReadRows(t *testing.T, row *regexp.Regexp) map[string][]string {
	t.Helper()
	text, err := os.ReadFile("COVERAGE.md")
	if err != nil {
		t.Fatal(err)
	}
	name := regexp.MustCompile("`([^`]+)`")
	listed := map[string][]string{}
	for line := range strings.Lines(string(text)) {
		cells := row.FindStringSubmatch(strings.TrimSpace(line))
		if cells == nil {
			continue
		}
		if listed[cells[1]] != nil {
			t.Errorf("COVERAGE.md lists rule %s twice", cells[1])
		}
		listed[cells[1]] = []string{}
		for _, n := range name.FindAllStringSubmatch(cells[3], -1) {
			file := n[1]
			if !strings.HasSuffix(file, ".go") {
				file = "openlines/testdata/" + file + ".txt"
			}
			listed[cells[1]] = append(listed[cells[1]], file)
		}
	}
	return listed
}
