package openlinestest

import (
	"errors"
	"slices"
	"time"

	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
)

// errInvalid stands for *Invalid and *session.Refused: that an act is refused for what it is, not for who does it.
var errInvalid = errors.New("invalid")

// over reports whether there is nothing to do in a session for operators any more.
func (s *modelSession) over() bool {
	return s.state == session.Closed || s.state == session.Closing || s.state == session.AutoClosed
}

func (s *modelSession) active() bool { return !s.over() && s.owner != "" }

// has reports whether somebody has a session or is asked for it alone.
func (s *modelSession) has(id queue.OperatorID) bool {
	return s.offeredTo == id || s.owner == id && s.state != session.Closed
}

// may is rules 6.6, 6.16, 6.18 and 6.26: chiefs may, others what is theirs, and what nobody has, since they are in the queue.
func (m *model) may(s *modelSession, id queue.OperatorID) bool {
	return m.chiefs || s.owner == id || s.offeredTo == id || slices.Contains(s.joined, id) || s.owner == "" && s.offeredTo == ""
}

func (s *modelSession) own(id queue.OperatorID) {
	s.owner, s.offeredTo, s.toAll, s.offerEnds, s.giveUp = id, "", false, time.Time{}, time.Time{}
	s.replied, s.pinned = false, false
	s.joined = slices.DeleteFunc(s.joined, func(o queue.OperatorID) bool { return o == id })
}

// take is rules 3.12, 3.13, 6.2; it returns what the engine should.
func (m *model) take(s *modelSession, id queue.OperatorID) error {
	switch {
	case s.over():
		return openlines.ErrOver
	case s.owner == id:
		return nil
	case s.owner != "":
		return openlines.ErrTaken
	case s.toAll && m.rules.Limit.Max > 0 && m.slots(id) >= m.rules.Limit.Max:
		return openlines.ErrFull
	case s.toAll && !m.free(id):
		return openlines.ErrNotOffered
	case s.toAll:
		m.stamp(id)
	case s.offeredTo != id:
		return openlines.ErrNotOffered
	}
	m.accept(s, id)
	return nil
}

// accept makes it somebody's: if the client was replied to, he is to write next, and it closes by itself (rule 8.8).
func (m *model) accept(s *modelSession, id queue.OperatorID) {
	s.own(id)
	s.state = session.Answered
	if !s.owed {
		s.state, s.autoClose = session.Replied, m.now.Add(modelAutoClose)
	}
}

func (m *model) answer(s *modelSession, id queue.OperatorID) error {
	if err := m.take(s, id); err != nil {
		return err
	}
	m.settle()
	return nil
}

// send is rules 6.4, 6.16 and 6.24: who has joined writes in a session that stays another's, and in silent mode nobody replies.
func (m *model) send(s *modelSession, id queue.OperatorID) error {
	if s.silent {
		return m.note(s, id)
	}
	helps := s.active() && slices.Contains(s.joined, id)
	if !helps {
		if err := m.take(s, id); err != nil {
			return err
		}
		s.replied = true
	}
	s.state, s.owed, s.served, s.autoClose = session.Replied, false, true, m.now.Add(modelAutoClose)
	if s.pinned {
		s.autoClose = s.autoClose.Add(session.PinDelay)
	}
	if m.rules.Mode != queue.RoundRobin {
		m.stamp(id)
	}
	m.settle()
	return nil
}

func (m *model) note(s *modelSession, id queue.OperatorID) error {
	switch {
	case s.state == session.Closed:
		return openlines.ErrOver
	case !s.has(id) && !slices.Contains(s.joined, id):
		return openlines.ErrDenied
	}
	return nil
}

func (m *model) silence(s *modelSession, id queue.OperatorID, on bool) error {
	switch {
	case s.over():
		return openlines.ErrOver
	case !s.has(id) && !slices.Contains(s.joined, id):
		return openlines.ErrDenied
	case s.silent != on && s.owner == "" && s.offeredTo == "":
		return errInvalid
	}
	s.silent = on
	return nil
}

func (m *model) skip(s *modelSession, id queue.OperatorID) error {
	switch {
	case s.over():
		return openlines.ErrOver
	case s.offeredTo != id:
		return openlines.ErrNotOffered
	}
	m.wait(s)
	m.settle()
	return nil
}

func (m *model) finish(s *modelSession, id queue.OperatorID) error {
	switch {
	case s.over():
		return openlines.ErrOver
	case s.owner == "" && !m.chiefs || !m.may(s, id):
		return openlines.ErrDenied
	case s.owner == "": // rule P8
		m.close(s)
		m.settle()
		return nil
	}
	s.state, s.closeAt, s.autoClose = session.Closing, m.now.Add(modelDelay), time.Time{}
	m.settle()
	return nil
}

// acceptAndClose is rule 6.5.
func (m *model) acceptAndClose(s *modelSession, id queue.OperatorID) error {
	if err := m.take(s, id); err != nil {
		return err
	}
	return m.finish(s, id)
}

// spam is rules 6.8 and 6.9: also of what is closing.
func (m *model) spam(s *modelSession, id queue.OperatorID) error {
	switch {
	case s.state == session.Closed:
		return openlines.ErrOver
	case !m.may(s, id):
		return openlines.ErrDenied
	}
	m.close(s)
	m.settle()
	return nil
}

// intercept is rules 6.18 and 6.19.
func (m *model) intercept(s *modelSession, id queue.OperatorID) error {
	switch {
	case !m.may(s, id):
		return openlines.ErrDenied
	case s.over(), s.owner == id:
		return errInvalid
	}
	s.silent = false
	if s.state == session.ClientWaits {
		s.own(id)
	} else {
		m.accept(s, id)
	}
	m.stamp(id)
	m.settle()
	return nil
}

// transfer is rules 6.11 and 6.14; assigned, it is accepted at once by who is there.
func (m *model) transfer(s *modelSession, id, to queue.OperatorID, assign bool) error {
	switch {
	case s.over():
		return openlines.ErrOver
	case !m.may(s, id):
		return openlines.ErrDenied
	case s.has(to):
		return errInvalid
	}
	if s.active() {
		s.giveUp = m.now.Add(modelGiveUp)
	}
	s.state, s.owner, s.offeredTo, s.toAll, s.tried, s.named = session.Offered, "", to, false, []queue.OperatorID{to}, to
	s.replied, s.pinned, s.silent, s.autoClose, s.offerEnds = false, false, false, time.Time{}, m.now.Add(m.passOn)
	if m.rules.Mode == queue.All {
		s.offerEnds = m.now.Add(queue.DefaultPassOn)
	}
	away := m.rules.OnlyAvailable && !m.here[to]
	m.stamp(to)
	if assign && !away {
		m.accept(s, to)
	}
	m.settle()
	return nil
}

func (m *model) join(s *modelSession, id queue.OperatorID) error {
	switch {
	case s.over():
		return openlines.ErrOver
	case !m.may(s, id):
		return openlines.ErrDenied
	case !s.has(id) && !slices.Contains(s.joined, id):
		s.joined = append(s.joined, id)
	}
	return nil
}

func (m *model) part(s *modelSession, id queue.OperatorID) error {
	if s.owner == id && s.active() {
		return errInvalid
	}
	s.joined = slices.DeleteFunc(s.joined, func(o queue.OperatorID) bool { return o == id })
	return nil
}

func (m *model) invite(s *modelSession, id, whom queue.OperatorID) error {
	switch {
	case s.over():
		return openlines.ErrOver
	case s.owner != id:
		return openlines.ErrDenied
	case whom != id && !slices.Contains(s.joined, whom):
		s.joined = append(s.joined, whom)
	}
	return nil
}

// pin is rules 6.20 and 6.22.
func (m *model) pin(s *modelSession, id queue.OperatorID, on bool) error {
	switch {
	case !s.active():
		return openlines.ErrOver
	case s.owner != id:
		return openlines.ErrDenied
	case s.pinned == on:
		return nil
	}
	s.pinned = on
	if s.autoClose.IsZero() {
		return nil
	}
	if on {
		s.autoClose = s.autoClose.Add(session.PinDelay)
	} else if s.autoClose = s.autoClose.Add(-session.PinDelay); s.autoClose.Before(m.now) {
		s.autoClose = m.now // it has been due for a while
	}
	m.pass(m.now)
	return nil
}

// handOver is the end of a shift, decision 14.17: others are asked for all of it first.
func (m *model) handOver(id queue.OperatorID) {
	for _, s := range m.sessions {
		if s.has(id) && !s.over() {
			m.wait(s)
			if !slices.Contains(s.tried, id) {
				s.tried, s.named = append(s.tried, id), id
			}
		}
	}
	m.settle()
}
