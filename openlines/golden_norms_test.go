package openlines_test

import (
	"context"
	"errors"
	"time"

	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
)

// Notify reaches nobody.
func (g *golden) Notify(context.Context, openlines.Notice) error { return errors.New("away") }

// awaitReplies has a line that says how long replies may take, and who is told of what: one reply is overdue a second later, and
// one is owed in a session that has had others.
func (g *golden) awaitReplies() {
	g.t.Helper()
	tell := openlines.Notify{
		Operators: []queue.OperatorID{"boss"}, Roles: []openlines.RoleID{"lead"}, Text: "#OPERATOR# is late in #DIALOG#",
	}
	g.do(g.PutLine(g.t.Context(), openlines.Line{
		ID: "late", Queue: queue.Rules{Members: queue.Operators("ann"), PassOnAfter: queue.Never},
		Session: session.Rules{UnansweredAfter: session.Never},
		Norms: openlines.Norms{
			First:         openlines.Norm{Within: desk.Within(time.Second), Notify: tell},
			Further:       openlines.Norm{Within: desk.Within(time.Hour), Notify: tell},
			CheckActivity: true,
		},
		NotifyEmptyQueue: tell,
		Escalation: []openlines.EscalationStep{
			{After: desk.Within(time.Second), Notify: tell, Priority: 1}, {After: desk.Within(time.Hour), To: "support"},
		},
	}))
	g.do(g.Connect(g.t.Context(), "late", "web", "late"))
	g.says("late", "lou", "Hello")
	id := g.says("late", "mia", "Hello").Session
	g.do(g.As("ann").Send(g.t.Context(), id, "Yes?"))
	g.says("late", "mia", "Well")
}
