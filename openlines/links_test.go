package openlines_test

import (
	"context"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage/memory"
)

// Rule 11.9: links that panic, end their goroutine, hang, or return what is no link leave the session's number.
func TestLinks(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", openlines.MaxLink)
	for name, c := range map[string]struct {
		links func(session.ID, connector.ID) string
		want  string
	}{
		"a link":    {func(_ session.ID, to connector.ID) string { return "in " + string(to) }, "in web"},
		"the limit": {func(session.ID, connector.ID) string { return long }, long},
		"nothing":   {func(session.ID, connector.ID) string { return "" }, "1"},
		"too long":  {func(session.ID, connector.ID) string { return long + "x" }, "1"},
		"no text":   {func(session.ID, connector.ID) string { return "a\x00" }, "1"},
		"no UTF-8":  {func(session.ID, connector.ID) string { return "a\xff" }, "1"},
		"a panic":   {func(session.ID, connector.ID) string { panic("links") }, "1"},
		"the end":   {func(session.ID, connector.ID) string { runtime.Goexit(); return "" }, "1"},
		"it hangs":  {func(session.ID, connector.ID) string { time.Sleep(time.Hour); return "late" }, "1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				said := make(chan string, 1)
				e := open(t, memory.New(), openlines.Config{Links: c.links, Connectors: map[connector.ID]connector.Connector{
					"web": connector.Func(func(_ context.Context, m connector.Outbound) (connector.Receipt, error) {
						said <- m.Text
						return connector.Receipt{}, nil
					}),
				}})
				must(t, e.PutLine(t.Context(), openlines.Line{
					ID: "support", Session: session.Rules{UnansweredAfter: session.Never}, Texts: openlines.Texts{Greeting: "#DIALOG#"},
				}))
				must(t, e.Connect(t.Context(), "support", "web", "main"))
				stop := running(t, e)
				says(t, e, "user", "m1")
				if got := <-said; got != c.want {
					t.Errorf("said %.20q, want %.20q", got, c.want)
				}
				stop()
				time.Sleep(time.Hour)
			})
		})
	}
}
