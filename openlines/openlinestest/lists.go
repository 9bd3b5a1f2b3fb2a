package openlinestest

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/kpi"
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
	if c.name == "metrics" || c.name == "load-of-operators" {
		answer, err = s.metrics(c, actor)
		return true, answer, err
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

// metrics tells figures of days: of all, then by day, line and channel, or by operator.
func (s *script) metrics(c command, actor openlines.Actor) (string, error) {
	f, _, err := s.filter(c)
	if err != nil {
		return "", err
	}
	only := openlines.MetricsFilter{Line: f.Line, Connector: f.Connector, Operator: f.Operator}
	var out []string
	if c.name == "load-of-operators" {
		each, err := actor.OperatorMetrics(s.desk.tb.Context(), f.From, f.Until, only)
		return strings.Join(append(out, figures(each)...), "\n"), err
	}
	m, err := actor.Metrics(s.desk.tb.Context(), f.From, f.Until, only)
	if err != nil {
		return "", err
	}
	out = append(out, figures(map[string]kpi.Figures{"all": m.Figures})...)
	for _, parts := range [][]string{figures(m.ByDay), figures(m.ByLine), figures(m.ByConnector)} {
		if len(parts) > 1 {
			out = append(out, parts...)
		}
	}
	return strings.Join(out, "\n"), nil
}

// figures tells what is not zero of figures, each in a line.
func figures[K ~string](all map[K]kpi.Figures) (out []string) {
	for _, name := range slices.Sorted(maps.Keys(all)) {
		f := all[name]
		line := string(name) + ":"
		add := func(n int, format string, args ...any) {
			if n != 0 {
				line += " " + fmt.Sprintf(format, args...) + ","
			}
		}
		add(f.Begun, "%d begun", f.Begun)
		for _, why := range slices.Sorted(maps.Keys(f.Closed)) {
			add(f.Closed[why], "%d %s", f.Closed[why], why)
		}
		add(f.Answered, "%d answered", f.Answered)
		add(f.Unanswered, "%d unanswered", f.Unanswered)
		add(f.Good+f.Bad, "%d of %d good", f.Satisfied().Part, f.Satisfied().Of)
		add(f.Reviewed, "%d stars in %d", f.Stars, f.Reviewed)
		add(f.First.N, "first reply after %s, at most %s", f.First.Mean(), f.First.Longest)
		add(f.Replies.N, "%d replies after %s, %s in all, at most %s", f.Replies.N, f.Replies.Mean(), f.Replies.Sum, f.Replies.Longest)
		add(f.Resolved().Of, "%d of %d resolved", f.Resolved().Part, f.Resolved().Of)
		out = append(out, strings.TrimSuffix(line, ","))
	}
	return out
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
