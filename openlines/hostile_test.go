package openlines_test

import (
	"testing"

	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/openlinestest"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/worktime"
)

// Lists that are empty and lists that are none mean the same, also to the record of a line.
func TestEmptyListsAreNone(t *testing.T) {
	t.Parallel()
	d := openlinestest.New(t, openlines.Line{
		Queue: queue.Rules{Members: queue.Operators()},
		Hours: worktime.Hours{Week: map[string][]string{}, Dates: map[string][]string{}, Holidays: []string{}},
	})
	if err := d.Check(t.Context()); err != nil {
		t.Error(err)
	}
}
