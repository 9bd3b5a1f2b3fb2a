package openlinestest

import (
	"errors"
	"time"

	"pgregory.net/rapid"

	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/session"
)

// lists has somebody look at lists: he is shown what he could ask for one by one, and nothing changes.
func (c *crowd) lists(t *rapid.T) {
	ctx, by := t.Context(), drawOperator(t)
	a := c.engine.Actor
	if by != "" {
		a = c.engine.As(by)
	}
	f := openlines.SessionFilter{Line: rapid.SampledFrom([]openlines.LineID{"", "sales", "support"}).Draw(t, "line")}
	if rapid.Bool().Draw(t, "states") {
		f.States = []session.State{session.Waiting, session.Offered, session.Closed}
	}
	list, err := a.Sessions(ctx, f, openlines.Page{Limit: rapid.IntRange(1, 9).Draw(t, "limit")})
	if !c.answer(t, "a list", err) {
		return
	}
	for _, s := range list.Sessions {
		if _, err := a.Session(ctx, s.ID); err != nil {
			t.Fatalf("%q is shown session %d in a list: %v", by, s.ID, err)
		}
	}
	_, err = a.SearchChats(ctx, "client", openlines.Page{})
	c.answer(t, "a search", err)
	c.unchanged(t, "a list")
}

// counted holds the figures of all days against what the feed tells of sessions.
func (c *crowd) counted(t *rapid.T) {
	day := 24 * time.Hour
	m, err := c.engine.Metrics(t.Context(), monday.Add(-7*day), monday.Add(300*day), openlines.MetricsFilter{})
	mustNot(t, err)
	begun, closed := 0, 0
	for id := session.ID(1); ; id++ {
		s, err := c.engine.Session(t.Context(), id)
		if errors.Is(err, openlines.ErrNotFound) {
			break
		}
		mustNot(t, err)
		if !s.NoConsent {
			begun++
		}
		if !s.NoConsent && !s.Open() {
			closed++
		}
	}
	for _, n := range m.Closed { // order does not matter: a sum
		closed -= n
	}
	if m.Begun != begun || closed != 0 {
		t.Fatalf("days count %d sessions of %d, and miss %d that have closed", m.Begun, begun, closed)
	}
}
