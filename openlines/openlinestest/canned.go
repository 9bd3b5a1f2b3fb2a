package openlinestest

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/session"
)

// can does what is done with canned responses.
func (s *script) can(c command, actor openlines.Actor) (known bool, answer string, err error) {
	ctx, line := s.desk.tb.Context(), openlines.LineID(c.word(1))
	switch c.name {
	case "put-canned":
		r := openlines.Canned{ID: c.word(2), Text: c.text(3)}
		for _, k := range c.keys {
			switch k[0] {
			case "title":
				r.Title = k[1]
			case "file":
				r.Files = append(r.Files, connector.File{ID: k[1]})
			case "long":
				n, _ := strconv.Atoi(k[1])
				r.Text = strings.Repeat("x", n)
			}
		}
		return true, "", actor.PutCanned(ctx, line, r)
	case "drop-canned":
		return true, "", actor.DropCanned(ctx, line, c.word(2))
	case "save-canned":
		number, _ := strconv.ParseInt(c.word(2), 10, 64)
		id, err := actor.SaveCanned(ctx, session.ChatID(c.session(1)), number)
		return true, id, err
	case "canned":
		var p openlines.Page
		for _, k := range c.keys {
			if k[0] == "limit" {
				p.Limit, _ = strconv.Atoi(k[1])
			}
		}
		var out []string
		for {
			found, next, err := actor.Canned(ctx, line, c.text(2), p)
			if err != nil {
				return true, "", err
			}
			for _, r := range found {
				out = append(out, strings.TrimSpace(fmt.Sprintf("%s by %q in %s: %s %s", r.ID, r.By, r.List, r.Title, r.Text)))
			}
			if next == (openlines.Cursor{}) {
				return true, strings.Join(out, "\n"), nil
			}
			p.After = next
			out = append(out, "next page")
		}
	}
	return false, "", nil
}
