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

// clockStep is by how much the store's clock has to fall behind to be believed: an answer that was slow to come looks as if
// it did.
const clockStep = 2 * time.Second

// follow sets the offset after an answer of the store, unless the host gave a clock. The time that the answer took is in the
// sample, so of two the one that is further ahead is nearer to the truth.
func (e *Engine) follow(stored time.Time) {
	if !e.ownClock || stored.IsZero() {
		return
	}
	sample, known := int64(stored.Sub(e.clock.Now())), e.offset.Load()
	if known == 0 || sample > known || known-sample > int64(clockStep) {
		e.offset.Store(sample)
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

// realAlarm rings after a time that passes whatever the host's clock says; stop it when it is not needed any more.
func realAlarm(d time.Duration) *time.Timer { return time.NewTimer(d) }

// stopwatch measures such time.
func stopwatch() (elapsed func() time.Duration) {
	began := time.Now()
	return func() time.Duration { return time.Since(began) }
}

// afterRealTime calls f after a time that passes whatever the host's clock says: for giving up on host code.
func afterRealTime(d time.Duration, f func()) (stop func() bool) { return time.AfterFunc(d, f).Stop }
