package openlines

import "time"

// Clock tells the engine the time and wakes Run. A clock of github.com/benbjohnson/clock, real or mock, satisfies it as it
// is. A Config without one uses the system's clock, set right by the store's if the store has one.
type Clock interface {
	Now() time.Time
	After(d time.Duration) <-chan time.Time
}

type systemClock struct{}

func (systemClock) Now() time.Time                         { return time.Now() }
func (systemClock) After(d time.Duration) <-chan time.Time { return time.After(d) }

// now is the time at the door: UTC, in microseconds. A clock given by the host wins; else the store's clock is the
// authority and offset is how far it is ahead of the system's.
func (e *Engine) now() time.Time {
	return e.clock.Now().Add(time.Duration(e.offset.Load())).UTC().Truncate(time.Microsecond)
}

// follow sets the offset after an answer of the store, unless the host gave a clock.
func (e *Engine) follow(stored time.Time) {
	if e.ownClock && !stored.IsZero() {
		e.offset.Store(int64(stored.Sub(e.clock.Now())))
	}
}

// pause waits in real time, whatever the host's clock says: it is for trying a store again. False if the engine closed.
func (e *Engine) pause(d time.Duration) bool {
	if d <= 0 {
		return e.life.Err() == nil
	}
	select {
	case <-time.After(d):
		return true
	case <-e.life.Done():
		return false
	}
}

// afterRealTime calls f after a time that passes whatever the host's clock says: for giving up on host code.
func afterRealTime(d time.Duration, f func()) (stop func() bool) { return time.AfterFunc(d, f).Stop }
