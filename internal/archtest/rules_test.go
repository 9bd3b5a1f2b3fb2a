package archtest_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// sound is a small repository that breaks no rule, with every exception that the rules know.
func sound() map[string]string {
	return map[string]string{
		".hidden/x.go":      "package types",
		"LICENSE":           "",
		"go.mod":            "",
		"examples/go.mod":   "",
		"connector/doc.go":  "// Package connector is a leaf.\npackage connector\nimport \"context\"\nvar _ context.Context",
		"kpi/doc.go":        "// Package kpi folds.\npackage kpi\nimport _ \"" + module + "/session\"\nvar ErrEmpty error",
		"kpi/kpi_test.go":   "package kpi_test\nimport (\n_ \"sync\"\n_ \"pgregory.net/rapid\"\n_ \"" + module + "/openlines\"\n)\nvar X int",
		"session/doc.go":    "// Package session is a leaf.\npackage session\nimport \"time\"\nvar hour = time.Hour\nfunc (hours) init() {}\ntype hours int",
		"openlines/doc.go":  "// Package openlines is the engine.\npackage openlines\nimport _ \"sync\"\nfunc run() { go run() }",
		clockFiles[0]:       "package openlines\nimport \"time\"\nvar now = time.Now",
		"openlines/run.txt": strings.Repeat("\n", maxLines+1),

		"openlines/sim/doc.go":              "// Package sim is a kit.\npackage sim\nimport _ \"pgregory.net/rapid\"",
		"openlines/testdata/broken.go":      "this does not parse",
		"storage/postgres/go.mod":           "",
		"storage/postgres/doc.go":           "// Package postgres is an adapter.\npackage postgres\nimport _ \"github.com/jackc/pgx/v5\"",
		"storage/postgres/postgres_test.go": "package postgres_test" + strings.Repeat("\n", maxLines),

		"examples/quickstart/main.go": "package main\nimport (\n\"time\"\n_ \"" + module + "/storage/postgres\"\n)\nvar start = time.Now()",
	}
}

func TestRules(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		path   string
		source string
		want   []string
	}{
		{
			name: "nothing is broken", path: "README.md",
		},
		{
			name: "unlisted package", path: "routing/doc.go",
			source: "// Package routing is new.\npackage routing",
			want: []string{
				"routing: is not one of the entries at the top of the repository",
				"routing: the package is not in the list of who may import whom",
			},
		},
		{
			name: "package at the root", path: "doc.go",
			source: "// Package openlines is in the wrong place.\npackage openlines",
			want: []string{
				".: the package is not in the list of who may import whom",
				"doc.go: is not one of the entries at the top of the repository",
			},
		},
		{
			name: "leaf imports another", path: "session/session.go",
			source: "package session\nimport _ \"" + module + "/connector\"",
			want:   []string{"session/session.go:2:8: session may not import connector"},
		},
		{
			name: "kit imports an adapter", path: "openlines/sim/sim.go",
			source: "package sim\nimport _ \"" + module + "/storage/postgres\"",
			want:   []string{"openlines/sim/sim.go:2:8: openlines/sim may not import storage/postgres"},
		},
		{
			name: "third party", path: "openlines/engine.go",
			source: "package openlines\nimport _ \"golang.org/x/exp/stats\"",
			want:   []string{"openlines/engine.go:2:8: openlines needs only the standard library, not golang.org/x/exp/stats"},
		},
		{
			name: "context in a leaf without a contract", path: "session/session.go",
			source: "package session\nimport _ \"context\"",
			want:   []string{"session/session.go:2:8: session is pure and may not import context"},
		},
		{
			name: "lock", path: "connector/connector.go",
			source: "package connector\nimport _ \"sync\"",
			want:   []string{"connector/connector.go:2:8: connector is pure and may not import sync"},
		},
		{
			name: "chance", path: "kpi/kpi.go",
			source: "package kpi\nimport _ \"math/rand/v2\"",
			want:   []string{"kpi/kpi.go:2:8: kpi is pure and may not import math/rand/v2"},
		},
		{
			name: "goroutine", path: "kpi/kpi.go",
			source: "package kpi\nfunc f() {\n\tgo f()\n}",
			want:   []string{"kpi/kpi.go:3:2: kpi is pure and may not start a goroutine"},
		},
		{
			name: "clock", path: "session/session.go",
			source: "package session\nimport \"time\"\nvar now = time.Now",
			want: []string{
				"session/session.go:3:11: time.Now hides an input; take the time as an argument or ask a Clock",
			},
		},
		{
			name: "clock under another name", path: "openlines/run.go",
			source: "package openlines\nimport t \"time\"\nfunc f() { t.Sleep(t.Second) }",
			want: []string{
				"openlines/run.go:3:12: time.Sleep hides an input; take the time as an argument or ask a Clock",
			},
		},
		{
			name: "init", path: "openlines/engine.go",
			source: "package openlines\nfunc init() {}",
			want:   []string{"openlines/engine.go:2:1: an import has no effects, so there is no init"},
		},
		{
			name: "exported variable", path: "openlines/engine.go",
			source: "package openlines\nvar (\n\tErrBusy error\n\tErratic, Default int\n)",
			want: []string{
				"openlines/engine.go:4:11: the variable Default is exported and is no error",
				"openlines/engine.go:4:2: the variable Erratic is exported and is no error",
			},
		},
		{
			name: "long file", path: "openlines/engine_test.go",
			source: "package openlines_test" + strings.Repeat("\n", maxLines+1),
			want:   []string{"openlines/engine_test.go: has 701 lines, more than 700"},
		},
		{
			name: "bucket", path: "openlines/engine_test.go",
			source: "package util_test",
			want:   []string{"openlines/engine_test.go:1:9: the name util does not say what is inside"},
		},
		{
			name: "no doc.go", path: "queue/queue.go",
			source: "// Package queue has its comment elsewhere.\npackage queue",
			want:   []string{"queue: has no doc.go with a package comment"},
		},
		{
			name: "doc.go without a comment", path: "queue/doc.go",
			source: "package queue",
			want:   []string{"queue: has no doc.go with a package comment"},
		},
		{
			name: "library among the examples", path: "examples/texts/texts.go",
			source: "package texts",
			want:   []string{"examples/texts: has no doc.go with a package comment"},
		},
		{
			name: "stray entry", path: "scripts/build.sh",
			want: []string{"scripts: is not one of the entries at the top of the repository"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			sources := sound()
			sources[test.path] = test.source
			got := mustCheck(t, sources)
			if !slices.Equal(got, test.want) {
				t.Errorf("violations:\ngot  %q\nwant %q", got, test.want)
			}
		})
	}
}

func TestEveryRuleCanBreak(t *testing.T) {
	t.Parallel()
	broken := mustRead(t, map[string]string{
		"session/session.go": "package util\nimport (\n\"time\"\n_ \"sync\"\n_ \"pgregory.net/rapid\"\n_ \"" + module + "/queue\"\n)\n" +
			"var Start = time.Now()" + strings.Repeat("\n", maxLines),
		"stray": "",
	})
	for _, r := range rules {
		if len(r.check(broken)) == 0 {
			t.Errorf("the rule %q reports nothing on a tree that breaks every rule", r.name)
		}
	}
}

func mustCheck(tb testing.TB, sources map[string]string) (violations []string) {
	tb.Helper()
	repository := mustRead(tb, sources)
	for _, r := range rules {
		violations = append(violations, r.check(repository)...)
	}
	slices.Sort(violations)
	return violations
}

func mustRead(tb testing.TB, sources map[string]string) *tree {
	tb.Helper()
	fsys := fstest.MapFS{}
	for name, source := range sources {
		fsys[name] = &fstest.MapFile{Data: []byte(source)}
	}
	repository, err := readTree(fsys)
	if err != nil {
		tb.Fatal(err)
	}
	return repository
}
