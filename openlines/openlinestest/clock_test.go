package openlinestest_test

import (
	"testing"
	"time"

	"github.com/openlines-go/openlines/openlines/openlinestest"
)

var noon = time.Date(2026, time.March, 2, 12, 0, 0, 0, time.UTC)

func rang(alarm <-chan time.Time) bool {
	select {
	case <-alarm:
		return true
	default:
		return false
	}
}

func TestClockRings(t *testing.T) {
	t.Parallel()
	c := openlinestest.NewClock(noon)
	hour, minute, other, now := c.After(time.Hour), c.After(time.Minute), c.After(time.Minute), c.After(0)
	if !rang(now) {
		t.Error("an alarm of no time did not ring at once")
	}
	c.Add(59 * time.Second)
	if rang(minute) {
		t.Error("an alarm rang a second too early")
	}
	c.Set(noon.Add(time.Minute))
	if !rang(minute) || !rang(other) {
		t.Error("an alarm did not ring in time")
	}
	c.Set(noon)
	if got := c.Now(); !got.Equal(noon) {
		t.Errorf("the clock stands at %v, want %v", got, noon)
	}
	if rang(hour) {
		t.Error("an alarm rang when the clock was set back")
	}
	c.Add(2 * time.Hour)
	if !rang(hour) || rang(minute) {
		t.Error("an alarm rings once, when its time has passed")
	}
}
