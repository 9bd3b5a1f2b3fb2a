package openlinestest

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
)

// list asks for lists with filters: "sessions ann line=support vote=bad" is what ann may see of it.
func (s *script) list(c command, actor openlines.Actor) (known bool, answer string, err error) {
	ctx := s.desk.tb.Context()
	switch c.name {
	case "sessions":
		f, p, err := s.filter(c)
		if err != nil {
			return true, "", err
		}
		list, err := actor.Sessions(ctx, f, p)
		var out []string
		for _, found := range list.Sessions {
			chat := list.Chats[found.Chat]
			words := []string{
				strconv.FormatInt(int64(found.ID), 10), found.Began.Format(stamp), string(found.Line), found.Channel.Account, chat.Address.User, chat.Client.Name,
				where(found),
			}
			out = append(out, strings.Join(strings.Fields(strings.Join(words, " ")), " "))
		}
		if len(out) == 0 {
			out = []string{"none"}
		}
		return true, strings.Join(append(out, more(list.Next, list.Stopped)...), "\n"), err
	}
	if c.name == "search" {
		list, err := actor.SearchChats(ctx, c.text(1), openlines.Page{Limit: 3})
		var out []string
		for _, found := range list.Chats {
			out = append(out, strings.TrimSpace(fmt.Sprintf("%d %s %s", found.ID, found.UserCode(), found.Client.Name)))
		}
		if len(out) == 0 {
			out = []string{"none"}
		}
		return true, strings.Join(append(out, more(list.Next, list.Stopped)...), "\n"), err
	}
	return false, "", nil
}

// more tells of a page whether it is the last.
func more(next openlines.Cursor, stopped bool) []string {
	switch {
	case stopped:
		return []string{fmt.Sprintf("stopped, more after %q", next.ID)}
	case next != openlines.Cursor{}:
		return []string{fmt.Sprintf("more after %q", next.ID)}
	}
	return nil
}

// filter reads the keys of a list. "after" is the number of the last session of the page before.
func (s *script) filter(c command) (f openlines.SessionFilter, p openlines.Page, err error) {
	for _, k := range c.keys {
		n, _ := strconv.Atoi(k[1])
		switch k[0] {
		case "line":
			f.Line = openlines.LineID(k[1])
		case "connector":
			f.Connector = connector.ID(k[1])
		case "account":
			f.Account = k[1]
		case "operator":
			f.Operator = queue.OperatorID(k[1])
		case "chat":
			f.Chat = session.ChatID(n)
		case "states":
			for state := range strings.SplitSeq(k[1], ",") {
				f.States = append(f.States, session.State(state))
			}
		case "from":
			f.From, err = s.clock(k[1])
		case "until":
			f.Until, err = s.clock(k[1])
		case "vote":
			f.Vote = openlines.Vote(k[1])
		case "stars":
			f.Stars = n
		case "item":
			f.Item = k[1]
		case "linked":
			f.Linked = desk.Choice(k[1])
		case "reviewed":
			f.Reviewed = desk.Choice(k[1])
		case "unanswered":
			f.Unanswered = desk.Choice(k[1])
		case "spam":
			f.Spam = desk.Choice(k[1])
		case "bot":
			f.Bot = desk.Choice(k[1])
		case "limit":
			p.Limit = n
		case "after":
			var last openlines.Session
			last, err = s.desk.Session(s.desk.tb.Context(), session.ID(n))
			p.After = openlines.Cursor{At: last.Began, ID: k[1]}
		default:
			err = fmt.Errorf("no such key: %s", k[0])
		}
		if err != nil {
			return f, p, err
		}
	}
	return f, p, nil
}

// clock reads a time of today, or a date.
func (s *script) clock(text string) (time.Time, error) {
	if strings.Contains(text, ":") {
		text = s.desk.Clock.Now().Format(date) + "T" + text
	} else {
		text += "T00:00"
	}
	return time.Parse("2006-01-02T15:04", text)
}
