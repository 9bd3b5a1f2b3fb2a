package openlinestest

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/worktime"
)

// command is one command of a script.
type command struct {
	name  string
	words []string // between the name and the first key=value
	keys  [][2]string
	line  string // the whole first line
	as    string // who puts settings or asks; empty: the host
}

// inline are the commands whose keys can stand on the first line.
var inline = map[string]bool{"line": true, "settings": true, "sessions": true, "metrics": true, "load-of-operators": true}

func parseCommand(text string) command {
	first, more, _ := strings.Cut(text, "\n")
	words := strings.Fields(first)
	c := command{line: first}
	if words[0] == "as" && len(words) > 2 {
		c.as, words = words[1], words[2:]
	}
	c.name = words[0]
	for _, w := range words[1:] {
		if key, value, ok := strings.Cut(w, "="); ok && inline[c.name] {
			c.keys = append(c.keys, [2]string{key, value})
		} else {
			c.words = append(c.words, w)
		}
	}
	for l := range strings.Lines(more) {
		key, value, _ := strings.Cut(strings.TrimRight(l, "\n"), "=")
		c.keys = append(c.keys, [2]string{key, value})
	}
	return c
}

// word returns the nth word after the name, empty if there are fewer.
func (c command) word(n int) string {
	if n < len(c.words) {
		return c.words[n]
	}
	return ""
}

// text is what stands on the first line after the nth word.
func (c command) text(n int) string {
	rest := c.line
	for range n + 1 {
		_, rest, _ = strings.Cut(strings.TrimLeft(rest, " "), " ")
	}
	return strings.TrimSpace(rest)
}

func (c command) session(n int) session.ID {
	id, _ := strconv.ParseInt(c.word(n), 10, 64)
	return session.ID(id)
}

func (s *script) do(c command) (answer string, err error) {
	ctx, d := s.desk.tb.Context(), s.desk
	actor := s.by(c)
	if c.word(0) != "host" {
		actor = d.As(queue.OperatorID(c.word(0)))
	}
	switch c.name {
	case "operator":
		return "", s.operator(c)
	case "department":
		return "", s.department(c)
	case "role":
		return "", s.role(c)
	case "service":
		return "", s.by(c).PutService(ctx, openlines.Service{ID: openlines.ServiceID(c.word(0)), Name: c.word(0), Roles: c.roles()})
	case "line":
		return "", s.line(c)
	case "archive":
		return "", s.by(c).ArchiveLine(ctx, openlines.LineID(c.word(0)))
	case "settings":
		return "", s.settings(c)
	case "report":
		return "", s.report(c)
	case "receive":
		return s.receive(c)
	case "left":
		return "", d.ClientLeft(ctx, connector.Address{Connector: ConnectorID, Account: string(d.line), User: c.word(0)})
	case "answer":
		return "", actor.Answer(ctx, c.session(1))
	case "skip":
		return "", actor.Skip(ctx, c.session(1))
	case "finish":
		return "", actor.Finish(ctx, c.session(1))
	case "send":
		return "", actor.Send(ctx, c.session(1), c.text(2))
	case "wait", "until":
		return "", s.wait(c)
	case "connector":
		return "", s.channel(c)
	}
	if known, err := s.pass(c, actor); known {
		return "", err
	}
	if known, answer, err := s.channels(c); known {
		return answer, err
	}
	if known, answer, err := s.share(c, actor); known {
		return answer, err
	}
	if known, answer, err := s.revise(c, actor); known {
		return answer, err
	}
	if known, answer, err := s.client(c); known {
		return answer, err
	}
	if known, answer, err := s.list(c, actor); known {
		return answer, err
	}
	if known, answer, err := s.can(c, actor); known {
		return answer, err
	}
	if known, answer, err := s.supervise(c, actor); known {
		return answer, err
	}
	if known, answer, err := s.bots(c); known {
		return answer, err
	}
	if known, answer, err := s.person(c); known {
		return answer, err
	}
	return s.ask(c)
}

// by is who puts settings or asks: the host, or with "as" in front of the command an operator.
func (s *script) by(c command) openlines.Actor {
	if c.as == "" {
		return s.desk.Actor
	}
	return s.desk.As(queue.OperatorID(c.as))
}

// pass does the acts by which a session changes hands or ends without a word.
func (s *script) pass(c command, actor openlines.Actor) (known bool, err error) {
	ctx, id := s.desk.tb.Context(), c.session(1)
	switch c.name {
	case "transfer", "assign":
		return true, actor.Transfer(ctx, openlines.Transfer{
			Session: id, To: queue.OperatorID(c.word(2)), Line: openlines.LineID(strings.TrimPrefix(c.word(3), "line:")), Assign: c.name == "assign",
		})
	case "move":
		return true, actor.Transfer(ctx, openlines.Transfer{Session: id, Line: openlines.LineID(c.word(2))})
	case "intercept":
		return true, actor.Intercept(ctx, id)
	case "pin":
		return true, actor.Pin(ctx, id)
	case "unpin":
		return true, actor.Unpin(ctx, id)
	case "spam":
		return true, actor.Spam(ctx, id)
	case "accept-and-close":
		return true, actor.AcceptAndClose(ctx, id)
	case "hand-over":
		return true, actor.HandOver(ctx, queue.OperatorID(c.word(1)))
	}
	return false, nil
}

func (s *script) department(c command) error {
	p := openlines.Department{Roles: c.roles()}
	for i, w := range c.words {
		parent, in := strings.CutPrefix(w, "in:")
		switch {
		case i == 0:
			p.ID = queue.DepartmentID(w)
		case in:
			p.Parent = queue.DepartmentID(parent)
		default:
			p.Operators = append(p.Operators, queue.OperatorID(w))
		}
	}
	return s.by(c).PutDepartment(s.desk.tb.Context(), p)
}

func (s *script) wait(c command) error {
	now := s.desk.Clock.Now()
	var at time.Time
	switch d, err := time.ParseDuration(c.word(0)); {
	case err == nil:
		at = now.Add(d)
	case strings.Contains(c.word(0), "T"):
		at, err = time.Parse("2006-01-02T15:04", c.word(0))
		if err != nil {
			return err
		}
	default:
		at, err = time.Parse(date+" 15:04", now.Format(date)+" "+c.word(0))
		if err != nil {
			return err
		}
	}
	s.desk.Wait(at.Sub(now))
	return nil
}

func (s *script) receive(c command) (string, error) {
	s.messages++
	in := connector.Inbound{
		Connector: ConnectorID, Account: string(s.desk.line), User: c.word(0),
		ID: "m" + strconv.Itoa(s.messages), Text: c.text(1), At: s.desk.Clock.Now(),
	}
	for _, k := range c.keys {
		switch k[0] {
		case "id":
			in.ID = k[1]
		case "account":
			in.Account = k[1]
		case "connector":
			in.Connector = connector.ID(k[1])
		case "chat":
			in.Chat = k[1]
		case "name":
			in.Client.Name = k[1]
		case "file":
			in.Files = append(in.Files, connector.File{ID: k[1]})
		case "waited":
			in.Waited = duration(k[1])
		case "group":
			in.Group, in.Chat = true, k[1]
		case "operator":
			in.Operator = k[1]
		case "no-crm":
			in.NoCRM = true
		case "automatic":
			in.Automatic = true
		case "language":
			in.Client.Language = k[1]
		case "phone":
			in.Client.Phone = k[1]
		case "email":
			in.Client.Email = k[1]
		case "past":
			in.Past = true
		default:
			return "", fmt.Errorf("no such key: %s", k[0])
		}
	}
	got, err := s.desk.Receive(s.desk.tb.Context(), in)
	if err != nil {
		return "", err
	}
	answer := fmt.Sprintf("session %d chat %d message %d", got.Session, got.Chat, got.Number)
	if got.Duplicate {
		answer += " duplicate"
	}
	if got.Conflict {
		answer += ", another text"
	}
	return answer, nil
}

func (s *script) report(c command) error {
	var f worktime.Facts
	now := s.desk.Clock.Now()
	for _, w := range c.words[min(1, len(c.words)):] {
		switch w {
		case "online":
			f.MobileFront = true
		case "browser":
			f.BrowserUsedAt = now
		case "hidden":
			f.MobileHiddenAt = now
		case "desktop":
			f.DesktopOpen, f.DesktopUsedAt = true, now
		case "locked":
			f.DesktopLocked = true
		case "in":
			f.ClockedIn = true
		case "break":
			f.OnBreak = true
		case "leave":
			f.OnLeave = true
		case "dismissed":
			f.Dismissed = true
		case "away":
			f.Status = worktime.StatusAway
		case "available":
			f.Status = worktime.StatusAvailable
		case "dnd":
			f.Status = worktime.StatusDoNotDisturb
		default:
			return fmt.Errorf("no such fact: %s", w)
		}
	}
	return s.desk.Report(s.desk.tb.Context(), openlines.Report{Operator: queue.OperatorID(c.word(0)), Facts: f})
}

func (s *script) channel(c command) error {
	n, _ := strconv.Atoi(c.word(1))
	switch c.word(0) {
	case "well":
		s.desk.Connector.Fail(0, nil)
	case "fail":
		s.desk.Connector.Fail(n, nil)
	case "unsupported":
		s.desk.Connector.Fail(n, connector.ErrUnsupported)
	case "permanent":
		s.desk.Connector.Fail(n, &connector.Failure{Permanent: true, Err: errAway})
	case "panic":
		s.desk.Connector.Panic(n)
	default:
		return fmt.Errorf("no such way of a connector: %s", c.word(0))
	}
	return nil
}

func (s *script) ask(c command) (string, error) {
	ctx, d, by := s.desk.tb.Context(), s.desk, s.by(c)
	switch c.name {
	case "state":
		row, err := by.Session(ctx, c.session(0))
		return details(row), err
	case "lines-where":
		return s.linesWhere(c)
	case "version":
		return s.version(openlines.LineID(c.word(0)))
	case "line-of":
		l, err := by.Line(ctx, openlines.LineID(c.word(0)))
		var out strings.Builder
		fmt.Fprintf(&out, "%s: %s", l.ID, l.Name)
		for _, m := range l.Queue.Members {
			fmt.Fprintf(&out, ", %s%s %s", m.Operator, m.Department, m.Name)
		}
		return out.String(), err
	case "explain":
		x, err := by.Explain(ctx, c.session(0))
		return strings.TrimSuffix(story(x), "\n"), err
	case "waiting":
		ids, _, all, err := by.Waiting(ctx, openlines.LineID(c.word(0)), openlines.Page{Limit: storage.MaxFind})
		return fmt.Sprintf("%d waiting: %v", all, ids), err
	case "load":
		ids, _, err := by.Load(ctx, queue.OperatorID(c.word(0)), openlines.Page{Limit: storage.MaxFind})
		return fmt.Sprintf("%s has %v", c.word(0), ids), err
	case "joined":
		ids, _, err := by.Joined(ctx, queue.OperatorID(c.word(0)), openlines.Page{Limit: storage.MaxFind})
		return fmt.Sprintf("%s takes part in %v", c.word(0), ids), err
	case "standing":
		st, err := by.Standing(ctx, c.session(0), queue.OperatorID(c.word(1)))
		return strings.TrimSuffix(fmt.Sprintf("%s: %s, has %d, lacks %s", st.Operator, st.Verdict, st.Sessions, st.Lacks), ", lacks "), err
	case "lines":
		ids, _, err := by.Lines(ctx, openlines.Page{})
		return fmt.Sprint(ids), err
	case "accounts":
		accounts, _, err := by.Connections(ctx, openlines.LineID(c.word(0)), openlines.Page{})
		var out []string
		for _, a := range accounts {
			out = append(out, string(a.Line)+" has "+a.Account)
		}
		return strings.Join(out, "\n"), err
	case "operators":
		ids, _, err := by.Operators(ctx, openlines.Page{})
		return fmt.Sprint(ids), err
	case "services":
		all, _, err := by.Services(ctx, openlines.Page{})
		return fmt.Sprint(all), err
	case "open-sessions":
		n, err := by.OpenSessions(ctx)
		return strconv.Itoa(n), err
	case "history":
		messages, _, err := by.History(ctx, session.ChatID(c.session(0)), openlines.Page{})
		return dialogue(messages), err
	case "said":
		var out []string
		for _, m := range d.Connector.Delivered() {
			if m.To.User == c.word(0) && m.Kind == connector.New {
				out = append(out, fmt.Sprintf("message %d: %s", m.Message, m.Text))
			}
		}
		return strings.Join(out, "\n"), nil
	case "feed":
		var out []string
		for _, e := range d.feed(0) {
			if string(e.Type) == c.word(0) {
				body, _ := json.Marshal(e)
				out = append(out, string(body))
			}
		}
		return strings.Join(out, "\n"), nil
	case "next":
		at, err := by.Next(ctx)
		return at.Format(stamp), err
	}
	return s.read(c)
}

// details is a session with what matters for its rules.
func details(s openlines.Session) string {
	out := fmt.Sprintf("session %d %s", s.ID, where(s))
	add := func(set bool, format string, args ...any) {
		if set {
			out += ", " + fmt.Sprintf(format, args...)
		}
	}
	add(s.Parent != 0, "after session %d", s.Parent)
	add(true, "from message %d", s.First)
	add(s.Unanswered, "unanswered")
	add(s.OffHours, "off-hours")
	add(s.State.Open() && !s.State.Owned(), "waits since %s", s.Queued.Format(stamp))
	add(len(s.Tried) > 0, "asked %v", s.Tried)
	add(len(s.Joined) > 0, "joined %v", s.Joined)
	add(s.Pinned, "pinned")
	add(s.Vote != "", "rated %s", s.Vote)
	if s.Review != nil {
		add(true, "reviewed %d by %s", s.Review.Stars, s.Review.By)
	}
	add(s.Silent, "silent")
	add(len(s.Items) > 0, "of %v", s.Items)
	add(s.Bot != "" && s.State != session.Bot && s.State.Open(), "with %s, who answers: %v", s.Bot, s.BotAttends)
	add(!s.BotUntil.IsZero(), "to the queue at %s", s.BotUntil.Format(stamp))
	add(!s.GiveUpAt.IsZero(), "given up at %s", s.GiveUpAt.Format(stamp))
	add(!s.CloseAt.IsZero(), "closes at %s", s.CloseAt.Format(stamp))
	return out
}
