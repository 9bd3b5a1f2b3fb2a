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
	"github.com/openlines-go/openlines/queue"
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
	case "fills":
		return s.fills(c)
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

// fills tells of a form: its id, whom it names, and fields with the keys item, phone and others.
func (s *script) fills(c command) (known bool, answer string, err error) {
	f := openlines.ClientFills{
		Address: connector.Address{Connector: ConnectorID, Account: string(s.desk.line), User: c.word(0)},
		Form:    c.word(1), Responsible: queue.OperatorID(c.word(2)),
	}
	for _, k := range c.keys {
		switch k[0] {
		case "item":
			f.Item = k[1]
			continue
		case "phone":
			f.Client.Phone = k[1]
		}
		f.Fields = append(f.Fields, openlines.Field{Name: k[0], Value: k[1]})
	}
	got, err := s.desk.ClientFilled(s.desk.tb.Context(), f)
	return true, fmt.Sprintf("session %d chat %d message %d", got.Session, got.Chat, got.Number), err
}

// opened is what a client who opens a chat is shown; a title is told if it is not the line's name.
func opened(got openlines.Opened, name string) string {
	out := fmt.Sprintf("chat %d message %d", got.Chat, got.Number)
	if got.Title != name && got.Title != "" {
		out += ", title " + got.Title
	}
	if got.Form != "" {
		out += fmt.Sprintf(", form %s, at once %v", got.Form, got.FormAtOnce)
	}
	return out
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
	case "title":
		l.Title = value
	case "form":
		l.Form.ID = value
	case "form-at-once":
		l.Form.AtOnce = value == "true"
	case "form-keep-in-queue":
		l.Form.KeepInQueue = value == "true"
	case "on-off-hours":
		l.Scenarios.OffHours = desk.Scenario(value)
	case "on-unanswered":
		l.Scenarios.Unanswered = desk.Scenario(value)
	case "on-closing":
		l.Scenarios.Closing = desk.Scenario(value)
	case "on-auto-close":
		l.Scenarios.AutoClose = desk.Scenario(value)
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
