package session

import "time"

// Norms are how long a client waits for a reply at most (rule 11.8). Zero or less switches a norm off.
type Norms struct {
	First   time.Duration // for the first reply that an operator owes him in a session
	Further time.Duration // for every later one
}

// by is when the reply that is owed is overdue; zero: the norm is off.
func (n Norms) by(s Session) time.Time {
	within := n.First
	if s.Served {
		within = n.Further
	}
	if within <= 0 {
		return time.Time{}
	}
	return s.Asked.Add(within.Truncate(time.Microsecond))
}

// Timed sets the clock of the norms of a session that was something else before, or nothing. It starts with the first
// message without a reply (rule 11.11) and stops with an operator's message to the client, not with anything less (rule
// 11.12, decision 14.8), or when there is nothing to do for operators. A norm that has begun to run stays as it was then,
// but for a session that has moved: its new line's holds, from the same start (decision 14.23).
func (s Session) Timed(was Session, n Norms, moved bool, at time.Time) Session {
	switch {
	case s.Asked.IsZero() || !s.State.Open() || s.State == Closing || s.State == AutoClosed:
		s.NormBy, s.Overdue = time.Time{}, false
	case s.Overdue, s.Asked.Equal(was.Asked) && was.State != Closing && !moved: // rule 11.10: one alert for one reply
	default:
		if s.NormBy = n.by(s); !s.NormBy.IsZero() && s.NormBy.Before(at) {
			s.NormBy = at
		}
	}
	return s
}

// Miss marks the reply that is owed as overdue. It moves no state.
func (s Session) Miss() Session {
	s.NormBy, s.Overdue = time.Time{}, true
	return s
}
