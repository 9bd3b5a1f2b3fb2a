package openlinestest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
)

// read asks what was said, and what of it is unread.
func (s *script) read(c command) (string, error) {
	ctx, by, chat := s.desk.tb.Context(), s.by(c), session.ChatID(c.session(0))
	switch c.name {
	case "session-history":
		h, err := by.SessionHistory(ctx, c.session(0), openlines.Page{})
		can := fmt.Sprintf("may join %v, may rate %v", h.MayJoin, h.MayRate)
		if r := h.Session.Review; r != nil {
			can += fmt.Sprintf(", reviewed %d %s", r.Stars, r.Comment)
		}
		return strings.TrimSpace(dialogue(h.Messages) + "\n" + can), err
	case "history-from":
		messages, _, err := by.HistoryFrom(ctx, c.word(0), session.ChatID(c.session(1)), openlines.Page{})
		return dialogue(messages), err
	case "messages":
		var out []string
		for m, err := range by.Messages(ctx, chat) {
			if err != nil {
				return "", err
			}
			out = append(out, fmt.Sprintf("%d: %s", m.Number, m.Said.Text))
		}
		return strings.Join(out, "\n"), nil
	case "last-session":
		last, err := by.LastSession(ctx, chat)
		return details(last), err
	case "chat-of":
		id, err := by.ChatOf(ctx, s.address(c.word(0)))
		return fmt.Sprintf("chat %d", id), err
	case "dialog":
		of := openlines.DialogOf{Chat: chat}
		if user, is := strings.CutPrefix(c.word(0), "of:"); is {
			of = openlines.DialogOf{Address: s.address(user)}
		} else if c.word(1) != "" {
			of = openlines.DialogOf{Session: c.session(1)}
		}
		g, err := by.Dialog(ctx, of)
		out := fmt.Sprintf("chat %d %q, %d unread, muted %v, may read %v, may join %v", g.Chat.ID, g.Chat.Title, g.Unread, g.Muted, g.MayRead, g.MayJoin)
		if g.Latest.ID != 0 {
			out += "; " + details(g.Latest)
		}
		return out, err
	case "unread":
		lines, all, err := by.Unread(ctx, queue.OperatorID(c.word(0)))
		out := []string{fmt.Sprintf("%d unread", all)}
		for _, l := range lines {
			out = append(out, fmt.Sprintf("%d in %d of %s", l.Messages, l.Sessions, l.Line))
		}
		return strings.Join(out, ", "), err
	}
	return "", fmt.Errorf("no such command: %s", c.name)
}

func (s *script) address(user string) connector.Address {
	return connector.Address{Connector: ConnectorID, Account: string(s.desk.line), User: user}
}

// dialogue is a page of messages, oldest first.
func dialogue(messages []openlines.Message) string {
	var out []string
	for _, m := range slices.Backward(messages) {
		author := strings.TrimSpace(string(m.By) + " " + string(m.Operator) + string(m.Bot) + " " + m.From)
		if m.Withheld {
			author += ", withheld"
		}
		if m.Hidden {
			author += ", hidden"
		}
		if !m.Edited.IsZero() {
			author += ", edited"
		}
		if !m.Deleted.IsZero() {
			author += ", deleted"
		}
		if m.Undelivered != "" {
			author += ", undelivered: " + m.Undelivered
		}
		out = append(out, fmt.Sprintf("%d in session %d by %s: %s", m.Number, m.Session, author, m.Said.Text))
	}
	return strings.Join(out, "\n")
}

// logged is a transcript, whose lines are indented.
func logged(m connector.Outbound) string {
	if m.Kind != connector.Transcript {
		return ""
	}
	var out strings.Builder
	fmt.Fprintf(&out, "in %q, cut %v", m.Language, m.LogCut)
	for _, l := range m.Log {
		author := strings.TrimSpace(l.Author.Operator + " " + l.Author.Name)
		if l.Client {
			author = strings.TrimSpace("client " + l.From)
		}
		fmt.Fprintf(&out, "\n  %s %s: %s", l.At.Format(stamp), author, l.Text)
		for _, f := range l.Files {
			fmt.Fprintf(&out, " (%s)", f.ID)
		}
	}
	return out.String()
}
