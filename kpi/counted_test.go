package kpi_test

import (
	"testing"

	"github.com/openlines-go/openlines/kpi"
	"github.com/openlines-go/openlines/session"
)

// Rule 6.10: spam is kept out of averages; what a client or a line gave up is not, as that is what averages are there to tell.
func TestCounted(t *testing.T) {
	t.Parallel()
	for why, want := range map[session.Reason]bool{
		session.Finished: true, session.TimedOut: true, session.Abandoned: true, session.Unserved: true, session.Archived: true,
		session.Superseded: true, session.Spammed: false,
	} {
		if got := kpi.Counted(why); got != want {
			t.Errorf("%s: %v", why, got)
		}
	}
}
