package openlinestest

import (
	"cmp"
	"fmt"

	"github.com/openlines-go/openlines/openlines"
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
