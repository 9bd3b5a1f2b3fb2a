package desk

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
)

// MaxSteps is how many steps a line's escalation has at most.
const MaxSteps = 5

// EscalationStep is what is done when a client waits for long, and nobody has accepted his session (rule P3): operators are told,
// the session moves to another line, its priority rises, or several of these. Each step is taken once in a wait. That counts from
// the client's first message without a reply, or from when the session came back though none was owed; a move keeps the age, and
// in the new line nothing is made up for that lies before the last step taken. A session that waits when the line is put keeps the
// time of its next step; what is done then is what the line says then.
type EscalationStep struct {
	After    Within `json:"after"` // of the wait: MinNorm to MaxNorm, and later than the step before
	Notify   Notify `json:"notify,omitzero"`
	To       LineID `json:"to,omitempty"`       // empty: it stays. Lines that lead back to where they began are refused.
	Priority int    `json:"priority,omitempty"` // by which it rises, in the line to which it moves; 0 to queue.MaxPriority
}

// steps are the times of a line's escalation.
func (l *Line) steps() []time.Duration {
	times := make([]time.Duration, len(l.Escalation))
	for i, step := range l.Escalation {
		times[i] = time.Duration(step.After).Truncate(time.Microsecond)
	}
	return times
}

// plainEscalation is a copy with nothing in the place of empty lists.
func (l *Line) plainEscalation() []EscalationStep {
	if len(l.Escalation) == 0 {
		return nil
	}
	return slices.Clone(l.Escalation)
}

// validateEscalation reports every problem of the steps but circles and whom they tell, as *Invalid.
func (l *Line) validateEscalation() (problems []error) {
	bad := func(field, problem string, limit int) {
		problems = append(problems, &Invalid{Field: "Escalation" + field, Problem: problem, Limit: limit})
	}
	if len(l.Escalation) > MaxSteps {
		bad("", strconv.Itoa(len(l.Escalation)), MaxSteps)
	}
	var before time.Duration
	for i, step := range l.Escalation {
		at := fmt.Sprintf("[%d]", i)
		after := time.Duration(step.After)
		if after < MinNorm || after > MaxNorm || after <= before {
			bad(at+".After", "want "+MinNorm.String()+" to "+MaxNorm.String()+", later than the step before", 0)
		}
		before = after
		if step.To != "" {
			if err := checkName("Escalation"+at+".To", string(step.To)); err != nil {
				problems = append(problems, err)
			}
		}
		if step.Priority < 0 || step.Priority > queue.MaxPriority {
			bad(at+".Priority", strconv.Itoa(step.Priority), queue.MaxPriority)
		}
	}
	return problems
}

// escalate takes the next step of a session that nobody has accepted.
func (d *Desk) escalate(s *Session) {
	l := d.lines.get(s.Line)
	next := *s
	var i int
	next.Session, i = s.Escalate(l.steps(), d.now)
	d.sessions.put(&next)
	if i < 0 {
		return // the line's settings have changed
	}
	step := l.Escalation[i]
	d.tellOf(s, Event{Type: SessionEscalated, Operator: s.bearer(), Step: i + 1})
	d.notify(Effect{Notice: NoticeEscalated, Step: i + 1, Operator: s.bearer()}, s)
	if step.To != "" && (next.State == session.Waiting || next.State == session.Offered) {
		_ = d.moveTo(&next, step.To, By{}) // also from who was named; a line that is not in service takes nothing
	}
	if step.Priority > 0 {
		raised := *d.sessions.get(s.ID)
		raised.Risen = min(raised.Risen+step.Priority, queue.MaxPriority)
		raised.Priority = max(raised.Priority, min(raised.Priority+step.Priority, queue.MaxPriority))
		d.sessions.put(&raised)
	}
}
