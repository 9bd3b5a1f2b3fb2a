package openlinestest

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
)

// setCRM sets what a line does with the host's CRM.
func setCRM(c *openlines.CRM, key, value string) error {
	switch key {
	case "attach-to":
		for kind := range strings.SplitSeq(value, ",") {
			c.AttachTo = append(c.AttachTo, desk.ItemKind(kind))
		}
	case "create":
		c.Create = desk.ItemKind(value)
	case "source":
		c.Source = value
	case "stage":
		c.Stage = value
	case "keep-responsible":
		c.KeepResponsible = value == "true"
	case "no-tracker":
		c.NoTracker = value == "true"
	default:
		return fmt.Errorf("no such key: %s", key)
	}
	return nil
}

// item reads an item of the CRM: its id, its kind, and in any order whose it is, when it began, and "closed".
func item(text string) (i openlines.Item) {
	for n, w := range strings.Fields(text) {
		began, err := time.Parse(date, w)
		switch {
		case n == 0:
			i.ID = w
		case n == 1:
			i.Kind = desk.ItemKind(w)
		case w == "closed":
			i.Closed = true
		case err == nil:
			i.Began = began
		default:
			i.Responsible = queue.OperatorID(w)
		}
	}
	return i
}

// crm does what there is to do and to ask about the host's CRM.
func (s *script) crm(c command, actor openlines.Actor) (known bool, answer string, err error) {
	ctx, item := s.desk.tb.Context(), c.word(1)
	switch c.name {
	case "chats-of":
		chats, _, err := actor.ChatsOfItem(ctx, item, c.word(2) == "all", openlines.Page{})
		out := make([]string, len(chats))
		for i, chat := range chats {
			out[i] = fmt.Sprintf("chat %d of %s: %s %s %s", chat.ID, chat.Address.User, chat.Phone, chat.Email, chat.Identity.Items)
		}
		last, _ := actor.LastChatOfItem(ctx, item)
		return true, strings.Join(append(out, fmt.Sprintf("last %d", last)), "\n"), err
	case "invite-by", "remove-by":
		chat, _ := strconv.ParseInt(c.word(2), 10, 64)
		do := actor.InviteByItem
		if c.name == "remove-by" {
			do = actor.RemoveByItem
		}
		got, err := do(ctx, item, session.ChatID(chat), queue.OperatorID(c.word(3)))
		return true, fmt.Sprintf("chat %d", got), err
	case "finish-item":
		all, err := actor.FinishItem(ctx, item)
		out := make([]string, len(all))
		for i, f := range all {
			out[i] = fmt.Sprintf("session %d finished", f.Session)
			if f.Err != nil {
				out[i] = fmt.Sprintf("session %d: %s", f.Session, named(f.Err))
			}
		}
		return true, strings.Join(out, "\n"), err
	case "readers":
		who := make([]queue.OperatorID, 0, len(c.words))
		for _, w := range c.words[1:] {
			who = append(who, queue.OperatorID(w))
		}
		s.desk.Identifier.Readers(c.word(0), who...)
		return true, "", nil
	case "charges":
		var out []string
		for _, c := range s.desk.Identifier.Charges() {
			out = append(out, c.Item+" to "+string(c.Responsible))
		}
		return true, strings.Join(out, "\n"), nil
	case "attached":
		var out []string
		for _, a := range s.desk.Identifier.Attached() {
			out = append(out, fmt.Sprintf("chat %d of %s in session %d, known as %q, to %s", a.Chat, a.UserCode(), a.Session, a.Client.Client, a.Items))
		}
		return true, strings.Join(out, "\n"), nil
	case "asked":
		all := s.desk.Identifier.Asked()
		q := all[len(all)-1]
		return true, fmt.Sprintf("%d questions, the last for %s: %q %q", len(all), q.UserCode(), q.Phone, q.Email), nil
	case "drafts":
		var out []string
		for _, d := range s.desk.Identifier.Drafts()[s.drafts:] {
			s.drafts++
			said := make([]string, len(d.Messages))
			for i, m := range d.Messages {
				said[i] = m.Said.Text
			}
			out = append(out, fmt.Sprintf("%s of %s for %q, source %q or %q, stage %q, client %+v, known as %q, said %q",
				d.Kind, d.Address.User, d.Responsible, d.Source, d.SourceName, d.Stage, d.Client, d.Known.Client, said))
		}
		return true, strings.Join(out, "\n"), nil
	case "dead":
		letters, _, err := s.desk.DeadLetters(s.desk.tb.Context(), openlines.Channel{}, openlines.Page{})
		out := make([]string, len(letters))
		for i, e := range letters {
			out[i] = fmt.Sprintf("%d %s: %s after %d attempts", e.ID, e.Kind, e.Reason, e.Attempt)
		}
		return true, strings.Join(out, "\n"), err
	case "retry-letter":
		id, err := strconv.ParseInt(c.word(0), 10, 64)
		return true, "", errors.Join(err, s.desk.RetryDelivery(s.desk.tb.Context(), openlines.EffectID(id)))
	}
	return false, "", nil
}
