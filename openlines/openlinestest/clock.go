package openlinestest

import (
	"slices"
	"sync"
	"time"

	"github.com/openlines-go/openlines/openlines"
)

var _ openlines.Clock = (*Clock)(nil)

// Clock is an [openlines.Clock] that stands still until it is set. It is safe for concurrent use.
type Clock struct {
	mu     sync.Mutex
	now    time.Time
	alarms []alarm // by time
}

type alarm struct {
	at   time.Time
	ring chan time.Time
}

// NewClock returns a clock that stands at a time.
func NewClock(at time.Time) *Clock { return &Clock{now: at} }

// Now returns the time that the clock stands at.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// After returns a channel that gets the time once the clock has been moved on by d; at once if d is not positive.
func (c *Clock) After(d time.Duration) <-chan time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	a := alarm{c.now.Add(d), make(chan time.Time, 1)}
	if d <= 0 {
		a.ring <- c.now
		return a.ring
	}
	i, _ := slices.BinarySearchFunc(c.alarms, a.at.Add(1), func(a alarm, at time.Time) int { return a.at.Compare(at) })
	c.alarms = slices.Insert(c.alarms, i, a)
	return a.ring
}

// Set moves the clock to a time, also backwards, and rings the alarms up to it in their order.
func (c *Clock) Set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = at
	for len(c.alarms) > 0 && !c.alarms[0].at.After(at) {
		c.alarms[0].ring <- at
		c.alarms = c.alarms[1:]
	}
}

// Add moves the clock on by d.
func (c *Clock) Add(d time.Duration) { c.Set(c.Now().Add(d)) }
