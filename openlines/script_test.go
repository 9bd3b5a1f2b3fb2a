package openlines_test

import (
	"flag"
	"testing"

	"github.com/openlines-go/openlines/openlines/openlinestest"
)

var rewrite = flag.Bool("rewrite", false, "give the scripts in testdata the output that they have now")

func TestScripts(t *testing.T) {
	t.Parallel()
	openlinestest.RunScripts(t, "testdata/*.txt", *rewrite)
}
