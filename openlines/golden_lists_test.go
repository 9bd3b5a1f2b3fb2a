package openlines_test

import "github.com/openlines-go/openlines/connector"

// contacts has a client of whom the channel tells how else he is reached.
func (g *golden) contacts() {
	g.says("main", "lea", "It is me", func(in *connector.Inbound) {
		in.Client = connector.Client{Name: "Lea Weber", Phone: "+49 30 1234567", Email: "lea@example.org"}
	})
}
