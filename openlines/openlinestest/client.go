package openlinestest

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
)

// client tells what clients see of operators.
func (s *script) client(c command) (known bool, answer string, err error) {
	switch c.name {
	case "authors":
		return true, s.authors(c.word(0)), nil
	case "retry":
		return true, "", s.retry()
	}
	return false, "", nil
}

// retry sends every dead letter again, oldest first.
func (s *script) retry() error {
	ctx := s.desk.tb.Context()
	letters, _, err := s.desk.DeadLetters(ctx, openlines.Channel{}, openlines.Page{})
	for _, e := range slices.Backward(letters) {
		err = errors.Join(err, s.desk.RetryDelivery(ctx, e.ID))
	}
	return err
}

// authors tells of each message that a client got who he was told has written it.
func (s *script) authors(user string) string {
	var out []string
	for _, m := range s.desk.Connector.Delivered() {
		if m.To.User != user || m.Kind == connector.Read {
			continue
		}
		who := "nobody"
		if m.Author != (connector.Author{}) {
			shown := []string{m.Author.Operator, m.Author.Name, m.Author.Position, m.Author.Photo}
			who = strings.Join(slices.DeleteFunc(shown, func(s string) bool { return s == "" }), ", ")
		}
		out = append(out, strings.TrimSpace(string(m.Kind)+fmt.Sprintf(" message %d by %s", m.Message, who)))
	}
	return strings.Join(out, "\n")
}

// setClient sets what a line shows its clients; false if the key is none of these.
func setClient(l *openlines.Line, key, value string) (known bool) {
	switch key {
	case "shown":
		l.Shown.As = desk.ShownAs(value)
	case "shown-name":
		l.Shown.Name = value
	case "shown-avatar":
		l.Shown.Avatar = value
	default:
		return false
	}
	return true
}
