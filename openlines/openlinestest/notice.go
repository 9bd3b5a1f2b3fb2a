package openlinestest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
)

var _ openlines.Notifier = (*Notifier)(nil)

// Notifier records the notices it is given. It can be told to fail. It is safe for concurrent use.
type Notifier struct {
	clock *Clock

	mu    sync.Mutex
	told  []Told
	fails int
}

// Told is a notice that a Notifier took, and when.
type Told struct {
	Taken time.Time
	openlines.Notice
}

var errNotTold = errors.New("openlinestest: nobody can be told")

// Notify takes a notice, unless it was told otherwise.
func (n *Notifier) Notify(_ context.Context, notice openlines.Notice) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.fails > 0 {
		n.fails--
		return errNotTold
	}
	n.told = append(n.told, Told{n.clock.Now(), notice})
	return nil
}

// Told returns the notices taken so far, oldest first.
func (n *Notifier) Told() []Told {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.told)
}

// Fail makes the next n attempts fail. [Always] does not end.
func (n *Notifier) Fail(times int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.fails = times
}

// notices are those taken after some that were printed, a line each.
func (s *script) notices() (out []string) {
	for _, n := range s.desk.Notifier.Told()[s.noticed:] {
		s.noticed++
		words := []string{"notice to", fmt.Sprint(n.To), string(n.Kind)}
		add := func(key string, value any, set bool) {
			if set {
				words = append(words, fmt.Sprintf("%s=%v", key, value))
			}
		}
		add("line", n.Line, n.Line != "")
		add("session", n.Session, n.Session != 0)
		add("step", n.Step, n.Step != 0)
		add("operator", n.Operator, n.Operator != "")
		text := strings.Join(words, " ")
		if n.Text != "" {
			text += ": " + n.Text
		}
		out = append(out, s.time(n.Taken.Format(date), n.Taken.Format(stamp))+" "+text)
	}
	return out
}

// setNorms sets the settings of a line that say how long replies may take, and who is told of what.
func setNorms(l *openlines.Line, key, value string) (known bool) {
	switch key {
	case "first-norm":
		l.Norms.First.Within = desk.Within(duration(value))
	case "further-norm":
		l.Norms.Further.Within = desk.Within(duration(value))
	case "notify-first":
		l.Norms.First.Notify = notify(value)
	case "notify-further":
		l.Norms.Further.Notify = notify(value)
	case "escalate":
		l.Escalation = append(l.Escalation, escalation(value))
	case "notify-empty-queue":
		l.NotifyEmptyQueue = notify(value)
	default:
		return false
	}
	return true
}

// escalation reads a step: "5m", then "to:line", "up:2" for the priority, and whom to tell what, in this order.
func escalation(value string) (step openlines.EscalationStep) {
	after, rest, _ := strings.Cut(value, " ")
	step.After = desk.Within(duration(after))
	for rest != "" {
		word, more, _ := strings.Cut(rest, " ")
		if to, is := strings.CutPrefix(word, "to:"); is {
			step.To, rest = openlines.LineID(to), more
		} else if up, is := strings.CutPrefix(word, "up:"); is {
			step.Priority, _ = strconv.Atoi(up)
			rest = more
		} else {
			step.Notify, rest = notify(rest), ""
		}
	}
	return step
}

// notify reads whom to tell, and what: "boss,role:lead It is late".
func notify(value string) (to openlines.Notify) {
	whom, text, _ := strings.Cut(value, " ")
	for id := range strings.SplitSeq(whom, ",") {
		if role, is := strings.CutPrefix(id, "role:"); is {
			to.Roles = append(to.Roles, openlines.RoleID(role))
		} else {
			to.Operators = append(to.Operators, queue.OperatorID(id))
		}
	}
	to.Text = text
	return to
}

// link is what stands for a session in texts: its number and a link, which is another one for operators.
func (d *Desk) link(id session.ID, to connector.ID) string {
	if d.links == "" {
		return ""
	}
	return fmt.Sprintf("%d %s/%s/%d", id, d.links, cmp.Or(to, "desk"), id)
}
