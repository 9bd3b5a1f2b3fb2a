package openlinestest

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
)

// version tells how often a line was changed, when and by whom; without one, how often the desk's settings were.
func (s *script) version(id openlines.LineID) (string, error) {
	ctx := s.desk.tb.Context()
	if id == "" {
		o, err := s.desk.Settings(ctx)
		return fmt.Sprintf("settings: version %d", o.Version), err
	}
	l, err := s.desk.Line(ctx, id)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s: version %d of %s, first %s, by %s", id, l.Version, l.Changed.Format(stamp), l.Created.Format(stamp), cmp.Or(string(l.ChangedBy), "the host")), nil
}

// linesWhere lists lines by their state, and by keys: right, external, category, queue and limit.
func (s *script) linesWhere(c command) (string, error) {
	f, p := openlines.LineFilter{State: openlines.LineState(c.word(0))}, openlines.Page{}
	for _, k := range c.keys {
		switch k[0] {
		case "right":
			f.Right = desk.Right(k[1])
		case "external":
			f.External = k[1]
		case "category":
			f.Category = k[1]
		case "queue":
			f.Queue = true
		case "limit":
			p.Limit, _ = strconv.Atoi(k[1])
		default:
			return "", fmt.Errorf("no such key: %s", k[0])
		}
	}
	lines, next, err := s.by(c).LinesWhere(s.desk.tb.Context(), f, p)
	var out []string
	for _, l := range lines {
		out = append(out, fmt.Sprintf("%s with %d members, %q in %q", l.ID, len(l.Queue.Members), l.External, l.Category))
	}
	if next != (openlines.Cursor{}) {
		out = append(out, "and more")
	}
	return cmp.Or(strings.Join(out, "\n"), "none"), err
}
