package desk_test

import (
	"testing"
	"time"

	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
)

// Decision 14.19: each number of the recommended line is within what integrators set. What it heals is a script.
func TestRecommended(t *testing.T) {
	t.Parallel()
	l := desk.Recommended()
	if after, on := l.Queue.PassOn(); !on || after < 30*time.Second || after > time.Minute {
		t.Errorf("passes on after %v, want 30 to 60 s", after)
	}
	if l.Queue.Limit.Max < 3 || l.Queue.Limit.Max > 5 || l.Queue.Limit.Counts != queue.OpenOnes {
		t.Errorf("a limit of %+v, want 3 to 5 that are open", l.Queue.Limit)
	}
	if l.Session.AutoCloseAfter <= 0 || l.Session.AutoCloseAfter > 12*time.Hour {
		t.Errorf("closes by itself after %v, want well within a day", l.Session.AutoCloseAfter)
	}
	if !l.Queue.OnlyAvailable || !l.CRM.Verify || l.CRM.Create != desk.Lead || l.Texts != (desk.Texts{}) || l.GreetOnce {
		t.Errorf("%+v; want it to look at availability, ask for clients, and leave the texts to the host", l)
	}
	if l.ID = "support"; l.Validate() != nil {
		t.Error(l.Validate())
	}
}
