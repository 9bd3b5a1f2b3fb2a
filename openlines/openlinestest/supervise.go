package openlinestest

import (
	"fmt"
	"strings"

	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
)

// supervise asks what a supervisor does, and ends many sessions at once.
func (s *script) supervise(c command, actor openlines.Actor) (known bool, answer string, err error) {
	ctx := s.desk.tb.Context()
	var out []string
	switch c.name {
	case "away":
		list, _, err := s.by(c).Away(ctx, openlines.Page{Limit: storage.MaxFind})
		for _, a := range list {
			out = append(out, fmt.Sprintf("session %d of %s, %s: %s is %s since %s", a.Session, a.Line, a.State, a.Operator, a.Status, a.Since.Format(stamp)))
		}
		return true, strings.Join(out, "\n"), err
	case "oldest-wait":
		since, err := s.by(c).OldestWait(ctx, openlines.LineID(c.word(0)))
		if since.IsZero() {
			return true, "nobody waits", err
		}
		return true, "since " + since.Format(stamp), err
	case "finish-all":
		var ids []session.ID
		for n := range c.words[1:] {
			ids = append(ids, c.session(n+1))
		}
		results, err := actor.FinishAll(ctx, ids...)
		for i, r := range results {
			told := "finished"
			if r != nil {
				told = named(r)
			}
			out = append(out, fmt.Sprintf("%d %s", ids[i], told))
		}
		return true, strings.Join(out, "\n"), err
	}
	return false, "", nil
}
