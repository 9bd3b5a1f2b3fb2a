package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func mustRun(t *testing.T, args ...string) []byte {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), args, &stdout, &stderr); code != 0 {
		t.Fatalf("exit code %d: %s", code, &stderr)
	}
	if stderr.Len() > 0 {
		t.Errorf("on stderr: %s", &stderr)
	}
	return stdout.Bytes()
}

func TestSameInputSameOutput(t *testing.T) {
	t.Parallel()
	for _, args := range []string{"", "-json -mode all", "-json -mode strictly -limit 2 -operators 7"} {
		t.Run(args, func(t *testing.T) {
			t.Parallel()
			first := mustRun(t, strings.Fields(args)...)
			if second := mustRun(t, strings.Fields(args)...); !bytes.Equal(first, second) {
				t.Errorf("two runs differ:\n%s\n%s", first, second)
			}
		})
	}
}

func TestGeneratedDay(t *testing.T) {
	t.Parallel()
	var r report
	if err := json.Unmarshal(mustRun(t, "-json"), &r); err != nil {
		t.Fatal(err)
	}
	if r.Rows < 1615 || r.Rows > 1785 {
		t.Errorf("%d arrivals, want 1700 within 5 %%", r.Rows)
	}
	if sum := r.Left + r.Phantom + r.Served + r.Abandoned; sum != r.Rows || r.Left == 0 || r.Phantom == 0 {
		t.Errorf("%d left, %d phantom, %d served and %d abandoned of %d", r.Left, r.Phantom, r.Served, r.Abandoned, r.Rows)
	}
	handled := 0
	for _, o := range r.Operators {
		handled += o.Handled
	}
	if handled != r.Served || r.Decisions < r.Served || len(r.Operators) != len(roster) {
		t.Errorf("%d operators handled %d of %d served in %d decisions", len(r.Operators), handled, r.Served, r.Decisions)
	}
	w := r.Wait
	if !(0 < w.Mean && w.P50 <= w.P90 && w.P90 <= w.P99 && w.P99 <= w.Max && w.Mean < w.Max) {
		t.Errorf("waits %+v", w)
	}
	if r.ServiceLevel.Seconds != 20 || r.ServiceLevel.Share <= 0.5 || r.ServiceLevel.Share >= 1 {
		t.Errorf("service level %+v", r.ServiceLevel)
	}
}

// The generated day has the bank's hours, and services and patience with the means that are stated.
func TestGeneratedDayLooksLikeTheBank(t *testing.T) {
	t.Parallel()
	d := generate(monday)
	var hours [24]int
	var service, patience time.Duration
	for _, c := range d.callers {
		hours[c.enters/time.Hour]++
		service += c.service
		patience += c.patience
	}
	if hours[3]+hours[4] > 5 || hours[10] < 90 || hours[23] > hours[10]/2 {
		t.Errorf("arrivals by the hour: %v", hours)
	}
	n := float64(len(d.callers))
	if s, p := service.Seconds()/n, patience.Seconds()/n; s < 160 || s > 195 || p < 310 || p > 380 {
		t.Errorf("mean service %.0f s, mean patience %.0f s, want about %.0f and %.0f", s, p, meanService, meanPatience)
	}
}

// mustWriteDay writes a bank's day of two served, one who gave up and one who hung up in the voice menu.
func mustWriteDay(t *testing.T) (file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "bank.txt")
	rows := header +
		row("0", "9:00:00", "9:00:10", none, "0", "AGENT", "9:00:10", "100", "ANN") +
		row("0", "9:00:20", "9:00:30", "9:00:30", "80", "AGENT", "9:01:50", "50", "ANN") +
		row("0", "9:00:20", "9:00:40", "9:00:40", "10", "HANG", none, "0", noServer) +
		row("0", "9:00:00", "9:00:10", none, "0", "HANG", none, "0", noServer)
	if err := os.WriteFile(file, []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestJSONForm(t *testing.T) {
	t.Parallel()
	var form map[string]any
	text := mustRun(t, "-json", "-data", mustWriteDay(t), "-day", "990301", "-operators", "3", "-mode", "all", "-limit", "5")
	if err := json.Unmarshal(text, &form); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{
		"rows", "served", "abandoned", "left", "phantom", "wait", "service_level", "operators", "spread", "decisions",
	} {
		if _, there := form[name]; !there {
			t.Errorf("no %q", name)
		}
	}
	for _, name := range []string{"mean", "p50", "p90", "p99", "max"} {
		if _, number := form["wait"].(map[string]any)[name].(float64); !number {
			t.Errorf("no number wait.%s", name)
		}
	}
	operators := form["operators"].([]any)
	if len(operators) != 3 || operators[2].(map[string]any)["id"] != "op3" {
		t.Errorf("operators %v, want op1 to op3", operators)
	}
}

func TestReportForPeople(t *testing.T) {
	t.Parallel()
	text := string(mustRun(t, "-data", mustWriteDay(t), "-day", "990301"))
	for _, want := range []string{
		"1999-03-01, mode evenly, limit 1, 1 operators\n", "arrivals       4\n", "  left         1  in the voice menu\n",
		"  served       2  with 2 decisions\n", "  gave up      1  33.3 % of those who wanted an operator\n",
		"mean 40.0 s, median 40.0 s, p90 72.0 s, p99 79.2 s, longest 80.0 s\n",
		"answered within 20 s: 50.0 % of the served\n", "09 h     3  #x\n", "ANN                 2\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

func TestFlags(t *testing.T) {
	t.Parallel()
	tests := []struct {
		args string
		code int
		want string
	}{
		{"-mode fastest", 2, `-mode "fastest": want evenly, strictly, all, round-robin or least-loaded`},
		{"-limit -1", 2, "-limit -1: want 0 to 1000"},
		{"-limit 1001", 2, "-limit 1001: want 0 to 1000"},
		{"-limit two", 2, "invalid value"},
		{"-operators -1", 2, "-operators -1: want 0 to"},
		{"-g -1s", 2, "-g -1s: want no less than 0"},
		{"-speed 9", 2, "-speed"},
		{"somewhere.txt", 2, `"somewhere.txt" is no flag`},
		{"-day someday", 1, `day "someday": want YYMMDD`},
		{"-data does-not-exist.txt", 1, "replay: read bank data: open does-not-exist.txt"},
		{"-help", 0, "-operators number"},
	}
	for _, tt := range tests {
		t.Run(tt.args, func(t *testing.T) {
			t.Parallel()
			var stdout, stderr bytes.Buffer
			if code := run(t.Context(), strings.Fields(tt.args), &stdout, &stderr); code != tt.code {
				t.Errorf("exit code %d, want %d", code, tt.code)
			}
			if !strings.Contains(stderr.String(), tt.want) || stdout.Len() > 0 {
				t.Errorf("stdout %q, stderr %q, want %q", &stdout, &stderr, tt.want)
			}
		})
	}
}
