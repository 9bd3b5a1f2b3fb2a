package openlinestest

import (
	"fmt"
	"strings"

	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/storage"
)

// feed returns the events after a number.
func (d *Desk) feed(after uint64) []openlines.Event {
	d.tb.Helper()
	var all []openlines.Event
	for {
		page, err := d.Feed(d.tb.Context(), after, storage.MaxFind)
		d.must("read events", err)
		all = append(all, page...)
		if len(page) < storage.MaxFind {
			return all
		}
		after = page[len(page)-1].Seq
	}
}

// tell is an event in one line: its type, and every field that is set but for its number, time, line and chat.
func tell(e openlines.Event) string {
	words := []string{string(e.Type)}
	add := func(key string, value any, set bool) {
		if set {
			words = append(words, fmt.Sprintf("%s=%v", key, value))
		}
	}
	add("session", e.Session, e.Session != 0)
	add("parent", e.Parent, e.Parent != 0)
	add("message", e.Message, e.Message != 0)
	add("text", e.Text, e.Text != "")
	add("operator", e.Operator, e.Operator != "")
	add("from", e.From, e.From != "")
	add("from-line", e.FromLine, e.FromLine != "")
	add("connector", e.Connector, e.Connector != "")
	add("by", e.Actor, e.Actor != "")
	add("bot", e.Bot, e.Bot != "")
	add("service", e.Service, e.Service != "")
	add("why", strings.ReplaceAll(e.Reason, " ", "-"), e.Reason != "")
	add("then", e.RunnerUp, e.RunnerUp != "")
	add("free", e.Free, e.Free != 0)
	add("members", e.Members, e.Members != 0)
	add("attempt", e.Attempt, e.Attempt != 0)
	add("step", e.Step, e.Step != 0)
	return strings.Join(words, " ")
}
