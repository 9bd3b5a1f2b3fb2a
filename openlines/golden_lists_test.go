package openlines_test

import (
	"time"

	"github.com/openlines-go/openlines/connector"
)

// contacts has a client of whom the channel tells how else he is reached.
func (g *golden) contacts() {
	g.says("main", "lea", "It is me", func(in *connector.Inbound) {
		in.Client = connector.Client{Name: "Lea Weber", Phone: "+49 30 1234567", Email: "lea@example.org", Gender: "female", Picture: "https://example.org/lea.png", Profile: "https://example.org/lea"}
	})
}

// counted has a session that has something of all that days are counted by.
func (g *golden) counted() {
	ctx := g.t.Context()
	late := g.says("main", "tal", "How long does it take?")
	g.later(3 * time.Minute)
	s, err := g.Session(ctx, late.Session)
	g.do(err)
	g.do(g.As(s.OfferedTo).Send(ctx, s.ID, "Long"))
	g.do(g.As(s.OfferedTo).Finish(ctx, s.ID))
	g.says("main", "tal", "0")
	g.later(31 * time.Minute)
}
