package openlines

import (
	"context"
	"testing"
	"time"

	"github.com/openlines-go/openlines/storage/memory"
)

// The store's clock is the authority, and a slow answer of it is no clock that went back.
func TestStoreClockIsFollowed(t *testing.T) {
	t.Parallel()
	e, err := Open(context.Background(), memory.New(), Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	ahead := func(d time.Duration) { e.follow(e.clock.Now().Add(d)) }
	for _, step := range []struct{ sample, want time.Duration }{
		{time.Minute, time.Minute},
		{time.Minute - 500*time.Millisecond, time.Minute}, // the answer took half a second
		{time.Minute + time.Second, time.Minute + time.Second},
		{-time.Hour, -time.Hour}, // somebody has set it back
	} {
		ahead(step.sample)
		if got := time.Duration(e.offset.Load()); (got - step.want).Abs() > 100*time.Millisecond {
			t.Errorf("after a sample of %v: %v, want %v", step.sample, got, step.want)
		}
	}
	mock, err := Open(context.Background(), memory.New(), Config{Clock: systemClock{}})
	if err != nil {
		t.Fatal(err)
	}
	defer mock.Close()
	mock.follow(time.Now().Add(time.Hour))
	if got := mock.offset.Load(); got != 0 {
		t.Errorf("a clock that the host gave was set by %v", time.Duration(got))
	}
}
