package openlinestest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlines-go/openlines/openlines/openlinestest"
	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/memory"
)

// walk is a script that tells the truth.
const walk = `# rule 3.18: a session that is not accepted in time goes to the next operator

operator ann bob
----
ok

line mode=strictly members=ann,bob unanswered=never
greeting=Welcome, and wait!
----
ok

receive 77 Is anybody there?
----
session 1 chat 1 message 1
09:00:00 session-started session=1
09:00:00 message-received session=1 message=1
09:00:00 message-sent session=1 message=2 text=greeting
09:00:00 session-offered session=1 operator=ann then=bob free=2
09:00:00 said to 77: Welcome, and wait!
= session 1 offered to ann

wait 60s
----
09:01:00 session-waiting session=1 operator=ann why=pass-on
09:01:00 session-offered session=1 operator=bob then=ann free=2
= session 1 offered to bob
`

func mustWrite(t *testing.T, text string) (name string) {
	t.Helper()
	name = filepath.Join(t.TempDir(), "3.18-pass-on.txt")
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestScriptPasses(t *testing.T) {
	t.Parallel()
	openlinestest.RunScripts(t, mustWrite(t, walk), false)
}

func TestScriptFails(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, old, new, want string }{
		{"another operator", "= session 1 offered to bob", "= session 1 offered to ann", "+ \t\"= session 1 offered to bob\""},
		{"an event too few", "09:01:00 session-waiting session=1 operator=ann why=pass-on\n", "", "session-waiting"},
		{"another text", "said to 77: Welcome, and wait!", "said to 77: Welcome!", "Welcome, and wait!"},
		{"no such command", "wait 60s", "sleep 60s", "no such command: sleep"},
		{"no such key", "greeting=", "welcome=", "no such key: welcome"},
		{"another mode", "mode=strictly", "mode=all", "offered to everybody"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(walk, test.old) {
				t.Fatalf("the script has no %q", test.old)
			}
			name := mustWrite(t, strings.Replace(walk, test.old, test.new, 1))
			got := failures(t, func(tb testing.TB) { openlinestest.RunScript(tb, name, false) })
			if len(got) != 1 || !strings.Contains(strings.ReplaceAll(got[0], "\u00a0", " "), test.want) {
				t.Errorf("failures: %q, want one with %q", got, test.want)
			}
		})
	}
}

func TestScriptTellsOfTheStore(t *testing.T) {
	t.Parallel()
	name := mustWrite(t, walk)
	got := failures(t, func(tb testing.TB) {
		openlinestest.RunScriptOn(tb, func(testing.TB) storage.Store { return forgetful{memory.New()} }, name)
	})
	if len(got) < 2 || !strings.Contains(got[0], "memory equals the store") || !strings.Contains(got[1], "opened anew") {
		t.Errorf("failures: %q, want the one of the script and that of the script with the engine opened anew", got)
	}
}

func TestScriptIsRewritten(t *testing.T) {
	t.Parallel()
	name := mustWrite(t, strings.ReplaceAll(walk, "bob", "zoe"))
	if got := failures(t, func(tb testing.TB) { openlinestest.RunScript(tb, name, true) }); len(got) > 0 {
		t.Errorf("failures: %q", got)
	}
	source, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.ReplaceAll(walk, "bob", "zoe"), string(source)); diff != "" {
		t.Errorf("a script that was right was changed (-want +got):\n%s", diff)
	}
	if err := os.WriteFile(name, []byte(strings.Replace(walk, "why=pass-on", "why=skip", 1)), 0o666); err != nil {
		t.Fatal(err)
	}
	openlinestest.RunScript(t, name, true)
	if source, err = os.ReadFile(name); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(walk, string(source)); diff != "" {
		t.Errorf("a script that was wrong (-want +got):\n%s", diff)
	}
}
