package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// mutation is a bug and the test that catches it.
type mutation struct {
	name  string
	rule  string // what is broken
	edits []edit
	pkg   string   // the package whose tests have to go red
	run   string   // which of them, as for go test -run
	args  []string // of the test
}

// edit replaces a text that stands exactly once in a file.
type edit struct{ file, old, new string }

func main() {
	only := flag.String("only", "", "run the mutations of these names, with commas between them")
	n := flag.Int("n", 0, "run so many of the list, which is in an order that a seed has drawn; 0: all")
	turn := flag.Int("turn", time.Now().YearDay(), "which of them: those of the next turn are the next ones; default: the day of the year")
	flag.Parse()
	chosen := choose(*only, *n, *turn)
	if *only == "" {
		fmt.Printf("%d of %d, turn %d\n", len(chosen), len(mutations), *turn)
	}
	if len(chosen) == 0 {
		fmt.Fprintln(os.Stderr, "mutate: no such mutation")
		os.Exit(2)
	}
	survived := 0
	for i, m := range chosen {
		began := time.Now()
		caught, err := m.try()
		if err != nil {
			survived++
			caught = err.Error()
		}
		fmt.Printf("%2d/%d %-28s %5.1fs  %s: %s\n", i+1, len(chosen), m.name, time.Since(began).Seconds(), m.rule, caught)
	}
	fmt.Printf("%d caught, %d survived\n", len(chosen)-survived, survived)
	if survived > 0 {
		os.Exit(1)
	}
}

// seed draws the order in which mutations have their turns.
const seed = 20261126

func choose(only string, n, turn int) []mutation {
	if only != "" {
		names := strings.Split(only, ",")
		var named []mutation
		for _, m := range mutations {
			if slices.Contains(names, m.name) {
				named = append(named, m)
			}
		}
		return named
	}
	if n <= 0 || n >= len(mutations) {
		return mutations
	}
	order := rand.New(rand.NewPCG(seed, 0)).Perm(len(mutations))
	var some []mutation
	for i := range n {
		some = append(some, mutations[order[(turn*n+i)%len(order)]])
	}
	return some
}

// try plants the bug and reports how the test caught it; an error if it did not.
func (m mutation) try() (string, error) {
	dir, err := os.MkdirTemp("", "mutate")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	overlay, err := m.overlay(dir)
	if err != nil {
		return "", err
	}
	args := append([]string{"test", "-count=1", "-vet=off", "-failfast", "-overlay", overlay, "-run", m.run, "./" + m.pkg}, m.args...)
	if m.pkg == "openlines" {
		args = append(args, "-rapid.nofailfile", "-rapid.shrinktime=10ms") // what is found is planted
	}
	var out bytes.Buffer
	cmd := exec.Command("go", args...)
	cmd.Stdout, cmd.Stderr = &out, &out
	err = cmd.Run()
	switch {
	case err == nil:
		return "", fmt.Errorf("SURVIVED: %s stays green", m.run)
	case strings.Contains(out.String(), "[build failed]"), strings.Contains(out.String(), "[setup failed]"):
		return "", fmt.Errorf("does not compile:\n%s", &out)
	case !strings.Contains(out.String(), "--- FAIL"):
		return "", fmt.Errorf("the test broke down instead of failing:\n%s", tail(out.String()))
	}
	if how := seedsBroken.FindString(out.String()); how != "" {
		return "caught, " + how, nil
	}
	return "caught by " + firstFailure.FindStringSubmatch(out.String())[1], nil
}

var (
	seedsBroken  = regexp.MustCompile(`\d+ of \d+ seeds broke a promise`)
	firstFailure = regexp.MustCompile(`--- FAIL: (\S+)`)
)

func tail(s string) string { return s[max(0, len(s)-2000):] }

// overlay writes the changed files and the list of them that the go command reads.
func (m mutation) overlay(dir string) (string, error) {
	changed := map[string]string{}
	for _, e := range m.edits {
		text, known := changed[e.file]
		if !known {
			b, err := os.ReadFile(filepath.FromSlash(e.file))
			if err != nil {
				return "", err
			}
			text = string(b)
		}
		if n := strings.Count(text, e.old); n != 1 {
			return "", fmt.Errorf("STALE: %s has the text %d times", e.file, n)
		}
		changed[e.file] = strings.Replace(text, e.old, e.new, 1)
	}
	list := struct{ Replace map[string]string }{map[string]string{}}
	for file, text := range changed {
		from, err := filepath.Abs(filepath.FromSlash(file))
		if err != nil {
			return "", err
		}
		to := filepath.Join(dir, strings.ReplaceAll(file, "/", "_"))
		if err := os.WriteFile(to, []byte(text), 0o600); err != nil {
			return "", err
		}
		list.Replace[from] = to
	}
	b, err := json.Marshal(list)
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "overlay.json")
	return path, os.WriteFile(path, b, 0o600)
}
