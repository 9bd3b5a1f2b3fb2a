package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const want = `
from 77 | I need ten chairs
   crm: lead-2 "I need ten chairs" from Sales, console, ann is responsible
   session 1: offered to ann: first of 2 in order; cid: next after 1m0s
   crm: cid is responsible for lead-2
from 77 | And a table
   session 2: offered to cid: responsible; ann: next after 1m0s; no item: the client is known as client of lead-2
from 78 | Hello, it is me, 0049 30 123 45 67
   session 3: offered to bob: responsible; ann: next after 1m0s; cid: free; no item: the client is known as Ida
from 79 | My number is +49 (0)30 1234567
to 78 | Hello Ida!
   session 4: offered to bob: responsible; ann: next after 1m0s; cid: free; no item: the client is known as Ida
deal-1 has 2 chats
   session 4: closed
   session 3: closing
`

func TestOutput(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if err := run(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.TrimPrefix(want, "\n"), out.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
