package openlines_test

// counts has what is counted and kept for operators.
func (g *golden) counts() {
	g.do(g.As("ann").Mute(g.t.Context(), g.rea, true))
}
