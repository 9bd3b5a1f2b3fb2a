package archtest_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

const module = "github.com/openlines-go/openlines"

// tree is what the rules look at: the Go files of all modules of the repository.
type tree struct {
	fset    *token.FileSet
	entries []string // at the top of the repository
	modules []string // directories with a go.mod, "." for the root
	files   []file   // in the order of their paths
}

type file struct {
	path   string // from the root of the repository, with slashes
	dir    string // of the package, as in an import path without the module
	module string // the directory of the innermost go.mod above
	lines  int
	syntax *ast.File
}

// readTree parses the repository. Test data, and directories that the go command skips too, are left out.
func readTree(fsys fs.FS) (*tree, error) {
	t := &tree{fset: token.NewFileSet()}
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		t.entries = append(t.entries, entry.Name())
	}
	err = fs.WalkDir(fsys, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && skipped(name):
			return fs.SkipDir
		case path.Base(name) == "go.mod":
			t.modules = append(t.modules, path.Dir(name))
		case path.Ext(name) == ".go" && entry.Type().IsRegular():
			return t.parse(fsys, name)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for i := range t.files {
		t.files[i].module = t.moduleOf(t.files[i].dir)
	}
	return t, nil
}

func skipped(dir string) bool {
	base := path.Base(dir)
	return dir != "." && (base == "testdata" || base[0] == '.' || base[0] == '_')
}

func (t *tree) parse(fsys fs.FS, name string) error {
	source, err := fs.ReadFile(fsys, name)
	if err != nil {
		return err
	}
	syntax, err := parser.ParseFile(t.fset, name, source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	t.files = append(t.files, file{
		path:   name,
		dir:    path.Dir(name),
		lines:  bytes.Count(source, []byte("\n")),
		syntax: syntax,
	})
	return nil
}

func (t *tree) moduleOf(dir string) string {
	for dir != "." && !slices.Contains(t.modules, dir) {
		dir = path.Dir(dir)
	}
	return dir
}

// production gives the files that are compiled into a program of our users.
func (t *tree) production() []file {
	return slices.DeleteFunc(slices.Clone(t.files), func(f file) bool {
		return strings.HasSuffix(f.path, "_test.go")
	})
}

// at formats a violation at a place in the source.
func (t *tree) at(pos token.Pos, format string, args ...any) string {
	return t.fset.Position(pos).String() + ": " + fmt.Sprintf(format, args...)
}

func importPath(spec *ast.ImportSpec) string {
	value, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		panic("archtest: the parser let an import through that is no string: " + spec.Path.Value)
	}
	return value
}

// ours reports the package behind an import as its directory, if it is of this repository.
func ours(imported string) (dir string, ok bool) {
	if imported == module {
		return ".", true
	}
	return strings.CutPrefix(imported, module+"/")
}

func inStandardLibrary(imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	return !strings.Contains(first, ".")
}
