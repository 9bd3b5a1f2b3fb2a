package desk

import (
	"time"

	"github.com/openlines-go/openlines/session"
)

// Limits of norms and escalation.
const (
	MinNorm = time.Second
	MaxNorm = 365 * 24 * time.Hour
)

// Norms are how long a client may wait for a reply (rule 11.8): for the first one that an operator owes him in a session, and
// for each later one. The clock is that of the wall, also while the line is closed. It starts at the first message without a
// reply (rule 11.11), and nothing but an operator's message to the client stops it: neither accepting, nor automatic texts, nor
// notes (rules 11.12, 6.25, decision 14.8). One that is late is told once (rule 11.10), as [NormMissed]. A clock that runs when
// the line is put again keeps its end; one of a session that moves gets that of its new line.
type Norms struct {
	First   Norm `json:"first,omitzero"`
	Further Norm `json:"further,omitzero"`

	// CheckActivity is the reference's option to check an operator's activity (rule 11.13), of which it does not say what it
	// does. It is kept, and changes nothing.
	CheckActivity bool `json:"checkActivity,omitempty"`
}

// Norm is how long one reply may take, and who is told if it takes longer.
type Norm struct {
	Within Within `json:"within,omitzero"` // MinNorm to MaxNorm; 0: the norm is off
	Notify Notify `json:"notify,omitzero"`
}

func (n Norms) times() session.Norms {
	return session.Norms{First: time.Duration(n.First.Within), Further: time.Duration(n.Further.Within)}
}

// validateNorms reports every problem of the norms, and of whom the line has told of what, as *Invalid.
func (l *Line) validateNorms() (problems []error) {
	for _, n := range []struct {
		field  string
		within Within
	}{{"Norms.First.Within", l.Norms.First.Within}, {"Norms.Further.Within", l.Norms.Further.Within}} {
		if d := time.Duration(n.within); d != 0 && (d < MinNorm || d > MaxNorm) {
			problems = append(problems, &Invalid{Field: n.field, Problem: "want 0 for off, or " + MinNorm.String() + " to " + MaxNorm.String()})
		}
	}
	for _, n := range l.notifies() {
		problems = append(problems, n.to.validate(n.field)...)
	}
	return problems
}

// timed sets the clocks of a session that was something else before.
func (d *Desk) timed(s, was *Session) {
	l := d.lines.rows[s.Line]
	if l == nil {
		return
	}
	moved := s.Line != was.Line && was.Line != ""
	s.Session = s.Timed(was.Session, l.Norms.times(), moved, d.now).Awaited(was.Session, l.steps(), moved, d.now)
}

// missed tells of a reply that is overdue.
func (d *Desk) missed(s *Session) {
	next := *s
	next.Session = s.Miss()
	d.sessions.put(&next)
	which := NoticeFirstNorm
	if s.Served {
		which = NoticeFurtherNorm
	}
	d.tellOf(s, Event{Type: NormMissed, Operator: s.bearer(), Reason: string(which)})
	d.notify(Effect{Notice: which, Operator: s.bearer()}, s)
}
