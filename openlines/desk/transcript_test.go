package desk

import (
	"strings"
	"testing"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/queue"
)

// The texts of a transcript have a bound in bytes as well (decision 14.31); the newest message is always in it.
func TestLogIsBoundedInBytes(t *testing.T) {
	t.Parallel()
	nobody := func(queue.OperatorID) connector.Author { return connector.Author{} }
	for size, want := range map[int]int{connector.MaxText: MaxTranscriptBytes / connector.MaxText, MaxTranscriptBytes + 1: 1, 1: MaxTranscript} {
		var l Log
		m := Message{Said: connector.Text{Text: strings.Repeat("x", size)}, By: ByClient}
		for m.Number = MaxTranscript + 10; m.Number > 0 && l.Add(m, MaxTranscript+10, nobody, nil); m.Number-- {
		}
		if len(l.lines) != want || !l.cut {
			t.Errorf("%d messages of %d bytes, cut %v; want %d", len(l.lines), size, l.cut, want)
		}
	}
}
