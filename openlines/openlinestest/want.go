package openlinestest

import (
	"fmt"
	"strings"

	"github.com/google/go-cmp/cmp"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
)

// WantOffered fails the test unless a session is offered to this operator alone.
func (d *Desk) WantOffered(id session.ID, operator queue.OperatorID) {
	d.tb.Helper()
	s := d.session(id)
	if s.State == session.Offered && s.OfferedTo == operator {
		return
	}
	d.tb.Errorf("%s", d.failure(s, "offered to "+string(operator)))
}

// WantOfferedToAll fails the test unless a session is offered to everybody.
func (d *Desk) WantOfferedToAll(id session.ID) {
	d.tb.Helper()
	if s := d.session(id); s.State != session.Offered || !s.ToAll {
		d.tb.Errorf("%s", d.failure(s, "offered to everybody"))
	}
}

// WantWaiting fails the test unless a session is offered to nobody.
func (d *Desk) WantWaiting(id session.ID) {
	d.tb.Helper()
	d.WantState(id, session.Waiting)
}

// WantState fails the test unless a session is in a state.
func (d *Desk) WantState(id session.ID, want session.State) {
	d.tb.Helper()
	if s := d.session(id); s.State != want {
		d.tb.Errorf("%s", d.failure(s, string(want)))
	}
}

// WantOwner fails the test unless an operator holds a session.
func (d *Desk) WantOwner(id session.ID, operator queue.OperatorID) {
	d.tb.Helper()
	if s := d.session(id); !s.State.Owned() || s.Owner != operator {
		d.tb.Errorf("%s", d.failure(s, "held by "+string(operator)))
	}
}

// WantSaid delivers what is due, and fails the test unless a client was told exactly these texts, in this order, since
// WantSaid was last called for him. Without texts he must have been told nothing.
func (d *Desk) WantSaid(client string, texts ...string) {
	d.tb.Helper()
	d.Wait(0)
	var said []string
	for _, m := range d.Connector.Delivered() {
		if m.To.User == client && m.Kind == connector.New {
			said = append(said, m.Text)
		}
	}
	news := append([]string{}, said[d.heard[client]:]...)
	d.heard[client] = len(said)
	if diff := cmp.Diff(append([]string{}, texts...), news); diff != "" {
		d.tb.Errorf("said to %s (-want +got):\n%s", client, diff)
	}
}

func (d *Desk) session(id session.ID) openlines.Session {
	d.tb.Helper()
	s, err := d.Session(d.tb.Context(), id)
	d.must(fmt.Sprintf("session %d", id), err)
	return s
}

// where tells where a session stands.
func where(s openlines.Session) string {
	switch {
	case s.ToAll:
		return "offered to everybody"
	case s.State == session.Offered:
		return "offered to " + string(s.OfferedTo)
	case s.State.Owned():
		return fmt.Sprintf("held by %s, %s", s.Owner, s.State)
	case s.State == session.Bot:
		return "with the bot " + string(s.Bot)
	case s.State == session.Closed:
		return "closed, " + string(s.Reason)
	}
	return string(s.State)
}

// failure tells what is wrong with a session, why, and what happened before.
func (d *Desk) failure(s openlines.Session, want string) string {
	d.tb.Helper()
	got := where(s)
	if to, offered := strings.CutPrefix(want, "offered to "); offered && s.State == session.Offered {
		want = to
	}
	var b strings.Builder
	fmt.Fprintf(&b, "session %d is %s, want %s\n", s.ID, got, want)
	if x, err := d.Explain(d.tb.Context(), s.ID); err == nil {
		b.WriteString(story(x))
	}
	b.WriteString("last events:\n")
	var last []openlines.Event
	for _, e := range d.feed(0) {
		if e.Session == s.ID || e.Session == 0 {
			last = append(last, e)
		}
	}
	for _, e := range last[max(len(last)-lastEvents, 0):] {
		fmt.Fprintf(&b, "  %s %s\n", e.At.Format(stamp), tell(e))
	}
	return strings.TrimSuffix(b.String(), "\n")
}

const lastEvents = 5

// story is an Explanation with a line for every member.
func story(x openlines.Explanation) string {
	width := 0
	for _, m := range x.Members {
		width = max(width, len(m.Operator))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", x)
	for _, m := range x.Members {
		fmt.Fprintf(&b, "  %-*s %s", width, m.Operator, m.Verdict)
		if m.Tried {
			b.WriteString(", was asked")
		}
		if m.Sessions > 0 {
			fmt.Fprintf(&b, ", sessions %d", m.Sessions)
		}
		b.WriteByte('\n')
	}
	return b.String()
}
