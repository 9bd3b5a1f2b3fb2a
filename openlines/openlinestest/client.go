package openlinestest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/session"
)

// client tells what clients see of operators, and does what they decide.
func (s *script) client(c command) (known bool, answer string, err error) {
	switch c.name {
	case "authors":
		return true, s.authors(c.word(0)), nil
	case "consents":
		who := connector.Address{Connector: ConnectorID, Account: string(s.desk.line), User: c.word(0)}
		return true, "", s.desk.ClientConsented(s.desk.tb.Context(), who, c.word(1) == "yes")
	case "consent-of":
		chat, err := s.desk.Chat(s.desk.tb.Context(), session.ChatID(c.session(0)))
		told := func(a desk.Agreement) string {
			return strings.TrimSpace(fmt.Sprint(a.Document, " ", a.Version, " ", stampOf(a.At)))
		}
		return true, fmt.Sprintf("agreed to %q, told of %q", told(chat.Consent), told(chat.ToldOf)), err
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

func stampOf(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.Format(stamp)
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
	case "consent":
		l.Consent.Document, l.Consent.Version, _ = strings.Cut(value, "/")
	case "consent-within":
		l.Consent.Within = desk.Within(duration(value))
	case "consent-text":
		l.Texts.Consent = value
	case "consent-notice":
		l.Texts.ConsentNotice = value
	default:
		return false
	}
	return true
}
