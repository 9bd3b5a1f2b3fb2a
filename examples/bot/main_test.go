package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const want = `
from 77 | When do you open?
to 77 | Hello! I am a bot. What would you like to know?
to 77 | We open at nine.
   session 1: bot 
from 77 | Thanks!
to 77 | You are welcome.
   session 1: closed concluded
from 78 | May I bring my dog?
to 78 | Hello! I am a bot. What would you like to know?
to 78 | That I do not know. A colleague will be with you.
   session 2: offered ann
from 79 | My invoice is wrong
to 79 | Hello! I am a bot. What would you like to know?
   session 3: offered bob
from 79 | Where is my parcel, by the way?
to 79 | It left Hamburg an hour ago.
   session 3: offered bob
from 80 | I want to see you crash
to 80 | Hello! I am a bot. What would you like to know?
   session 4: offered ann
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
