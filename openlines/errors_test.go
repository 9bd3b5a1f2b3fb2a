package openlines_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// maxSentinels is how many named errors a caller has to know.
const maxSentinels = 15

// Every named error is in the package documentation, which names no other, and there are few of them.
func TestErrorsAreInTheDocumentation(t *testing.T) {
	t.Parallel()
	var exported []string
	documented := map[string]bool{}
	link := regexp.MustCompile(`\[(Err\w+)\]`)
	files, err := fs.Glob(os.DirFS("."), "*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		if name == "doc.go" {
			for _, found := range link.FindAllStringSubmatch(file.Doc.Text(), -1) {
				documented[found[1]] = true
			}
		}
		for _, d := range file.Decls {
			if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.VAR {
				exported = append(exported, sentinels(g)...)
			}
		}
	}
	slices.Sort(exported)
	var linked []string
	for name := range documented {
		linked = append(linked, name)
	}
	slices.Sort(linked)
	if diff := cmp.Diff(exported, linked); diff != "" {
		t.Errorf("doc.go (-exported +linked):\n%s", diff)
	}
	if len(exported) > maxSentinels {
		t.Errorf("%d named errors, at most %d", len(exported), maxSentinels)
	}
}

func sentinels(g *ast.GenDecl) (names []string) {
	for _, spec := range g.Specs {
		for _, n := range spec.(*ast.ValueSpec).Names {
			if strings.HasPrefix(n.Name, "Err") {
				names = append(names, n.Name)
			}
		}
	}
	return names
}
