package openlinestest

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/memory"
)

// RunScripts runs every script that matches a pattern, each as a subtest: once as it is, and once with the engine opened
// anew before each command, which must not make a difference. After each command the invariants are checked. If rewrite
// is set, the scripts get the output that they have now: read the difference before you keep it.
//
// The keys of a line are mode, members (as in "ann,bob*2,@night": bob with weight 2, a department), sticky, pass-on, check,
// grace, limit, counts, priority, ageing, unanswered, close-delay, hours (in JSON), name, inactive, greet-once, apologise-twice,
// the texts greeting, off-hours, nobody, unanswered-text, closing, what is about a bot (bot, bot-always, bot-for, bot-stays,
// bot-hours in JSON), first-norm, further-norm, whom to tell and what (notify-first, notify-further, notify-empty-queue, as in
// "boss,role:lead #DIALOG# is late"), escalate (once a step: "5m to:line up:2 boss #DIALOG# waits"), and account, which is the
// line's id if it is not given; "none" leaves the line without one. Other keys that are not given have their zero value.
// Durations can be "never" and "at-once". Operators have the keys hours and profile, on lines of their own; "profile.NAME" of
// settings is a profile of presence (in JSON).
func RunScripts(t *testing.T, pattern string, rewrite bool) {
	t.Helper()
	eachScript(t, pattern, func(t *testing.T, name string) { runScript(t, inMemory, name, rewrite) })
}

// RunScriptsOn is RunScripts on stores that open returns, each of an empty desk that nobody else uses, in which nothing
// is rewritten: a store changes no byte of what a script tells.
func RunScriptsOn(t *testing.T, open func(testing.TB) storage.Store, pattern string) {
	t.Helper()
	eachScript(t, pattern, func(t *testing.T, name string) { runScript(t, open, name, false) })
}

func inMemory(testing.TB) storage.Store { return memory.New() }

func eachScript(t *testing.T, pattern string, run func(t *testing.T, name string)) {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	if len(names) == 0 {
		t.Fatalf("no script matches %s", pattern)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txt"), func(t *testing.T) {
			t.Parallel()
			run(t, name)
		})
	}
}

func runScript(tb testing.TB, open func(testing.TB) storage.Store, name string, rewrite bool) {
	tb.Helper()
	source, err := os.ReadFile(name)
	if err != nil {
		tb.Fatal(err)
	}
	blocks := parse(string(source))
	got := text(play(tb, open, blocks, false))
	switch {
	case got == string(source):
	case rewrite:
		if err := os.WriteFile(name, []byte(got), 0o666); err != nil {
			tb.Fatal(err)
		}
	default:
		tb.Errorf("%s (-want +got):\n%s", name, cmp.Diff(lines(string(source)), lines(got)))
	}
	if again := text(play(tb, open, blocks, true)); again != got {
		tb.Errorf("%s with the engine opened anew before each command (-straight +anew):\n%s",
			name, cmp.Diff(lines(got), lines(again)))
	}
}

func lines(text string) []string { return strings.Split(text, "\n") }

// block is a command with its output, or a comment.
type block struct {
	comment string
	command string
	output  string
}

const dashes = "----"

func parse(text string) (blocks []block) {
	for part := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
		part = strings.Trim(part, "\n")
		switch {
		case part == "":
		case strings.HasPrefix(part, "#"):
			blocks = append(blocks, block{comment: part})
		default:
			command, output, _ := strings.Cut(part+"\n", "\n"+dashes+"\n")
			blocks = append(blocks, block{command: strings.TrimSpace(command), output: strings.TrimSpace(output)})
		}
	}
	return blocks
}

func text(blocks []block) string {
	var parts []string
	for _, b := range blocks {
		if b.comment != "" {
			parts = append(parts, b.comment)
		} else {
			parts = append(parts, b.command+"\n"+dashes+"\n"+b.output)
		}
	}
	return strings.Join(parts, "\n\n") + "\n"
}

// play returns the blocks with the output that they have now.
func play(tb testing.TB, open func(testing.TB) storage.Store, blocks []block, anew bool) []block {
	tb.Helper()
	s := &script{desk: Open(tb, Setup{Store: open(tb)})}
	s.day = s.desk.Clock.Now().Format(date)
	blocks = slices.Clone(blocks)
	for i, b := range blocks {
		if b.command == "" {
			continue
		}
		if anew {
			s.desk.Reopen()
		}
		blocks[i].output = s.run(b.command)
	}
	return blocks
}

// script is a script at work.
type script struct {
	desk     *Desk
	day      string // of the last time that was printed
	messages int    // received
	told     uint64 // number of the last event printed
	said     int    // deliveries printed
	noticed  int    // notices printed
	drafts   int    // of items, printed
}

const date = "2006-01-02"

// run runs a command and tells what came of it.
func (s *script) run(text string) string {
	var out []string
	answer, err := s.do(parseCommand(text))
	if err != nil {
		answer = named(err)
	}
	if answer != "" {
		out = append(out, answer)
	}
	s.desk.Wait(0)
	touched := map[session.ID]bool{}
	for _, e := range s.desk.feed(s.told) {
		s.told = e.Seq
		touched[e.Session] = true
		if e.Type != desk.Delivered {
			out = append(out, s.time(e.At.Format(date), e.At.Format(stamp))+" "+tell(e))
		}
	}
	for _, m := range s.desk.Connector.Delivered()[s.said:] {
		s.said++
		out = append(out, fmt.Sprintf("%s %s %s: %s", s.time(m.At.Format(date), m.At.Format(stamp)), verb(m.Kind), m.To.User, strings.TrimSpace(m.Text+" "+refs(m.Refs)+logged(m.Outbound))+below(m.Outbound)))
	}
	out = append(out, s.notices()...)
	for id := session.ID(1); len(touched) > 0 && int64(id) <= int64(s.told); id++ {
		if touched[id] {
			out = append(out, fmt.Sprintf("= session %d %s", id, where(s.desk.session(id))))
		}
	}
	if err := s.desk.Check(s.desk.tb.Context()); err != nil {
		out = append(out, err.Error())
	}
	if len(out) == 0 {
		return "ok"
	}
	return strings.Join(out, "\n")
}

// time is the time of day, with the date in front if it is another day than the last time printed.
func (s *script) time(day, at string) string {
	if day == s.day {
		return at
	}
	s.day = day
	return day + " " + at
}
