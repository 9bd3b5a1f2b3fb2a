package archtest_test

import (
	"go/ast"
	"go/token"
	"path"
	"slices"
)

// pure are the packages in which everything comes in as an argument and goes out as a result.
var pure = []string{
	"connector", "internal/pqueue", "kpi", "openlines/desk", "queue", "session", "storage", "worktime",
}

// impure are the imports that would let something else in: another goroutine, chance, the machine.
var impure = []string{
	"context", "crypto/rand", "math/rand", "math/rand/v2", "net", "os", "sync", "sync/atomic",
}

// hasContract are the pure packages with an interface that somebody else implements with I/O.
var hasContract = []string{"connector", "storage"}

func checkPure(t *tree) (violations []string) {
	for _, f := range t.production() {
		if !slices.Contains(pure, f.dir) {
			continue
		}
		for _, spec := range f.syntax.Imports {
			imported := importPath(spec)
			contract := imported == "context" && slices.Contains(hasContract, f.dir)
			if slices.Contains(impure, imported) && !contract {
				violations = append(violations, t.at(spec.Pos(), "%s is pure and may not import %s", f.dir, imported))
			}
		}
		for node := range ast.Preorder(f.syntax) {
			if statement, ok := node.(*ast.GoStmt); ok {
				violations = append(violations, t.at(statement.Pos(), "%s is pure and may not start a goroutine", f.dir))
			}
		}
	}
	return violations
}

// clockFiles are the places of the library that ask the machine for the time: the engine's door; the memory store, which keeps
// the turns of an hour; and a tool.
var clockFiles = []string{"openlines/clock.go", "storage/memory/store.go", "internal/mutate/main.go"}

// hiddenInput are the functions of package time that depend on when they are called.
var hiddenInput = []string{
	"After", "AfterFunc", "NewTicker", "NewTimer", "Now", "Since", "Sleep", "Tick", "Until",
}

func checkClock(t *tree) (violations []string) {
	for _, f := range t.production() {
		if slices.Contains(clockFiles, f.path) || isExample(f.dir) {
			continue
		}
		name, imported := nameOf("time", f.syntax)
		if !imported {
			continue
		}
		for node := range ast.Preorder(f.syntax) {
			selector, ok := node.(*ast.SelectorExpr)
			if !ok || !slices.Contains(hiddenInput, selector.Sel.Name) {
				continue
			}
			if x, ok := selector.X.(*ast.Ident); ok && x.Name == name {
				violations = append(violations, t.at(selector.Pos(),
					"time.%s hides an input; take the time as an argument or ask a Clock", selector.Sel.Name))
			}
		}
	}
	return violations
}

// nameOf gives the name under which a file knows a package.
func nameOf(imported string, syntax *ast.File) (name string, ok bool) {
	for _, spec := range syntax.Imports {
		if importPath(spec) != imported {
			continue
		}
		if spec.Name != nil {
			return spec.Name.Name, true
		}
		return path.Base(imported), true
	}
	return "", false
}

// checkState looks for what happens on import and for what one user of a package could change for another.
func checkState(t *tree) (violations []string) {
	for _, f := range t.production() {
		for _, declaration := range f.syntax.Decls {
			switch d := declaration.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil && d.Name.Name == "init" {
					violations = append(violations, t.at(d.Pos(), "an import has no effects, so there is no init"))
				}
			case *ast.GenDecl:
				violations = append(violations, t.exportedVariables(d)...)
			}
		}
	}
	return violations
}

func (t *tree) exportedVariables(d *ast.GenDecl) (violations []string) {
	if d.Tok != token.VAR {
		return nil
	}
	for _, spec := range d.Specs {
		for _, name := range spec.(*ast.ValueSpec).Names {
			if name.IsExported() && !isErrorName(name.Name) {
				violations = append(violations, t.at(name.Pos(), "the variable %s is exported and is no error", name.Name))
			}
		}
	}
	return violations
}

func isErrorName(name string) bool {
	return len(name) > 3 && name[:3] == "Err" && ast.IsExported(name[3:])
}
