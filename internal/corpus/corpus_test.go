package corpus_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlines-go/openlines/internal/corpus"
)

// Every category has input, a test or a reason; every test that is named exists.
func TestEveryCategoryIsAccountedFor(t *testing.T) {
	t.Parallel()
	entries, err := corpus.Load()
	if err != nil {
		t.Fatal(err)
	}
	inputs, tested, reasons := map[int]int{}, map[int]int{}, map[int]int{}
	names := map[string]bool{}
	last := 0
	for _, e := range entries {
		where := e.Name
		if names[where] {
			t.Errorf("%q is the name of two entries", where)
		}
		names[where] = true
		if e.N < 1 || e.N > corpus.Categories || e.N < last {
			t.Errorf("%s: category %d after %d", where, e.N, last)
		}
		last = e.N
		if kinds := count(e.What != "", len(e.Tests) > 0, e.Why != ""); kinds != 1 || (e.What == "") != (e.In == nil) {
			t.Errorf("%s: want input, tests or a reason, has %d of them", where, kinds)
		}
		switch {
		case e.What != "":
			inputs[e.N]++
		case e.Why != "":
			reasons[e.N]++
		default:
			tested[e.N]++
			for _, test := range e.Tests {
				mustExist(t, where, test)
			}
		}
	}
	byInput, byTest, byReason := 0, 0, 0
	for n := 1; n <= corpus.Categories; n++ {
		switch {
		case inputs[n] > 0:
			byInput++
		case tested[n] > 0:
			byTest++
		case reasons[n] > 0:
			byReason++
		default:
			t.Errorf("category %d has neither input nor a test nor a reason", n)
		}
	}
	t.Logf("%d entries; of %d categories %d have input, %d tests only, %d a reason only", len(entries), corpus.Categories,
		byInput, byTest, byReason)
}

func count(all ...bool) (n int) {
	for _, is := range all {
		if is {
			n++
		}
	}
	return n
}

// mustExist looks for "folder/file_test.go TestName", or for a script "name.txt".
func mustExist(t *testing.T, where, test string) {
	t.Helper()
	file, name, isFunction := strings.Cut(test, " ")
	if !isFunction {
		file = filepath.Join("openlines", "testdata", file)
	}
	text, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(file)))
	if err != nil {
		t.Errorf("%s: %v", where, err)
	}
	if isFunction && !strings.Contains(string(text), "\nfunc "+name+"(") {
		t.Errorf("%s: there is no %s in %s", where, name, file)
	}
}

func TestExpressions(t *testing.T) {
	t.Parallel()
	for form, want := range map[string]string{
		`"a\u0000"`:                                   "a\x00",
		`{"hex":"ff00"}`:                              "\xff\x00",
		`{"quoted":"a\\x00\\n\\xff"}`:                 "a\x00\n\xff",
		`{"repeat":{"hex":"80"},"times":3}`:           "\x80\x80\x80",
		`{"numbered":"k#,","times":2}`:                "k0,k1,",
		`{"join":["a",{"repeat":"b","times":2},"c"]}`: "abbc",
	} {
		var got corpus.Bytes
		if err := got.UnmarshalJSON([]byte(form)); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v; want %q", form, got, err, want)
		}
	}
	for _, form := range []string{`{"hex":"f"}`, `{"quoted":"\""}`, `{"repeated":"a"}`, `{}`, `7`} {
		var got corpus.Bytes
		if err := got.UnmarshalJSON([]byte(form)); err == nil {
			t.Errorf("%s: %q, want it refused", form, got)
		}
	}
	var times []string
	for _, form := range []string{`""`, `"2026-05-01T10:00:00+02:00"`, `{"unix":-1,"nano":5}`, `{"year":10000}`} {
		var got corpus.Instant
		if err := got.UnmarshalJSON([]byte(form)); err != nil {
			t.Errorf("%s: %v", form, err)
		}
		times = append(times, got.UTC().String())
	}
	if diff := cmp.Diff([]string{
		"0001-01-01 00:00:00 +0000 UTC", "2026-05-01 08:00:00 +0000 UTC", "1969-12-31 23:59:59.000000005 +0000 UTC",
		"10000-01-01 00:00:00 +0000 UTC",
	}, times); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestMisspeltFieldsAreRefused(t *testing.T) {
	t.Parallel()
	var e corpus.Entry
	for _, line := range []string{`{"n":1,"nmae":"x"}`, `{"n":1,"want":{"invaild":"ID"}}`, `{"n":1} {}`} {
		if err := corpus.Strict([]byte(line), &e); err == nil {
			t.Errorf("%s is taken", line)
		}
	}
	if !slices.Equal(e.Tests, nil) {
		t.Error("something was read")
	}
}
