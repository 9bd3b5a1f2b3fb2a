package main

import "time"

// clock is the virtual time of a replay: it stands still until it is set.
type clock struct{ now time.Time }

// Now returns the virtual time.
func (c *clock) Now() time.Time { return c.now }

// After would wake [openlines.Engine.Run]. A replay does not run it, so nobody waits here.
func (c *clock) After(time.Duration) <-chan time.Time { return nil }
