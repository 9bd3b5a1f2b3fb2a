package session

import "time"

// waits reports whether no operator has accepted the session.
func (s Session) waits() bool { return s.State == Waiting || s.State == Offered }

// waitsSince is since when the client waits for somebody to take the session: not longer than he is owed a reply.
func (s Session) waitsSince(at time.Time) time.Time {
	switch ahead := time.Duration(s.WaitedAhead) * time.Microsecond; {
	case s.Asked.IsZero():
		return at
	case s.Asked.After(s.Queued.Add(ahead)): // he has written since he was served
		return s.Asked
	}
	return s.Queued
}

// Awaited sets when the next step of escalation is due, for a session that was something else before, or nothing. steps are times
// after the beginning of the wait, in rising order. It begins when the session comes to wait or to be offered; one that moves
// keeps its age (decision 14.26). Whoever accepts the session ends it.
func (s Session) Awaited(was Session, steps []time.Duration, moved bool, at time.Time) Session {
	switch {
	case !s.waits():
		s.EscalateAt = time.Time{}
	case !was.waits():
		s.EscalateFrom = time.Time{}
		return s.Ahead(steps, at)
	case moved:
		return s.Ahead(steps, at)
	}
	return s
}

// Ahead sets when the next step is due: the first that lies beyond the last one taken, so that none is taken twice in a wait.
func (s Session) Ahead(steps []time.Duration, at time.Time) Session {
	s.EscalateAt = time.Time{}
	if len(steps) > 0 && s.EscalateFrom.IsZero() {
		s.EscalateFrom = s.waitsSince(at)
	}
	for _, after := range steps {
		if due := s.EscalateFrom.Add(after); due.After(s.Escalated) {
			if s.EscalateAt = due; due.Before(at) {
				s.EscalateAt = at
			}
			break
		}
	}
	return s
}

// Escalate takes the step whose time has come, and returns its place among the steps; -1 if there is none any more. What is to be
// done is not known here.
func (s Session) Escalate(steps []time.Duration, at time.Time) (next Session, step int) {
	for i, after := range steps {
		if due := s.EscalateFrom.Add(after); due.After(s.Escalated) && !due.After(at) {
			s.Escalated = due
			return s.Ahead(steps, at), i
		}
	}
	return s.Ahead(steps, at), -1
}
