package session_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlines-go/openlines/session"
)

var rewrite = flag.Bool("rewrite", false, "write STATES.md anew")

// STATES.md is drawn from the table, so that it cannot tell anything else.
func TestDiagramIsThatOfTheTable(t *testing.T) {
	t.Parallel()
	drawn := diagram(t)
	if *rewrite {
		if err := os.WriteFile("STATES.md", []byte(drawn), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile("STATES.md")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(drawn, string(kept)); diff != "" {
		t.Errorf("go test ./session -run Diagram -rewrite draws it anew (-table +STATES.md):\n%s", diff)
	}
}

func diagram(tb testing.TB) string {
	tb.Helper()
	var b strings.Builder
	b.WriteString("# The states of a session\n\nDrawn from the table state × act in state.go; what is not here is refused.\n\n" +
		"```mermaid\nstateDiagram-v2\n  [*] --> waiting: the client's first message\n" +
		"  [*] --> consenting: the same, where he is asked for his consent\n" +
		"  [*] --> identifying: the same, in a line that asks who he is\n  [*] --> bot: the same, in a line with a bot\n  [*] --> answered: an operator starts it, or writes first\n")
	cells := map[[2]session.State][]string{}
	for _, from := range session.States() {
		s := mustReach(tb, from, session.Rules{})
		for _, act := range session.Acts() {
			if next, err := s.Step(act, nine, session.Rules{}); err == nil && next.State != from {
				cells[[2]session.State{from, next.State}] = append(cells[[2]session.State{from, next.State}], string(act))
			}
		}
	}
	for _, from := range session.States() {
		for _, to := range session.States() {
			if acts := cells[[2]session.State{from, to}]; len(acts) > 0 {
				fmt.Fprintf(&b, "  %s --> %s: %s\n", id(from), id(to), strings.Join(acts, ", "))
			}
		}
	}
	b.WriteString("  closed --> [*]\n```\n\n| state | stays on |\n|---|---|\n")
	for _, from := range session.States() {
		var stays []string
		s := mustReach(tb, from, session.Rules{})
		for _, act := range session.Acts() {
			if next, err := s.Step(act, nine, session.Rules{}); err == nil && next.State == from {
				stays = append(stays, string(act))
			}
		}
		fmt.Fprintf(&b, "| %s | %s |\n", from, strings.Join(stays, ", "))
	}
	return b.String()
}

// id is a state's name as mermaid takes it.
func id(s session.State) string { return strings.ReplaceAll(string(s), "-", "_") }
