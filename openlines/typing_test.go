package openlines

import (
	"bytes"
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage/dump"
	"github.com/openlines-go/openlines/storage/memory"
)

// livechat is a desk whose only client types in a session that ann has and cid has joined.
type livechat struct {
	*Engine
	t      *testing.T
	store  *memory.Store
	client connector.Address
	s      session.ID
}

func openLivechat(t *testing.T) *livechat {
	t.Helper()
	c := &livechat{t: t, store: memory.New(), client: connector.Address{Connector: "web", Account: "main", User: "77"}}
	var err error
	c.Engine, err = Open(t.Context(), c.store, Config{})
	c.must(err)
	t.Cleanup(func() { c.must(c.Close()) })
	c.must(c.PutOperator(t.Context(), Operator{ID: "ann"}, Operator{ID: "bob"}, Operator{ID: "cid"}))
	c.set(true, true)
	got, err := c.Receive(t.Context(), connector.Inbound{Connector: "web", Account: "main", User: "77", ID: "m1", Text: "?"})
	c.must(err)
	c.s = got.Session
	return c
}

func (c *livechat) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *livechat) set(line, channel bool) {
	c.t.Helper()
	c.must(c.PutLine(c.t.Context(), Line{ID: "support", WatchTyping: line, Queue: queue.Rules{Mode: queue.Strictly, Members: queue.Operators("ann", "bob")}}))
	c.must(c.PutConnection(c.t.Context(), Connection{Line: "support", Connector: "web", Account: "main", Types: channel}))
}

// watcher watches as an operator or the host does who is slow.
func (c *livechat) watcher(id queue.OperatorID) func() []Draft {
	c.t.Helper()
	w := &watcher{by: desk.By{Operator: id}, news: make(chan struct{}, 1)}
	c.must(c.typing.watch(c.s, w))
	return func() []Draft { return c.typing.take(w) }
}

func (c *livechat) want(who string, got []Draft, want ...Draft) {
	c.t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		c.t.Errorf("%s sees (-want +got):\n%s", who, diff)
	}
}

// Rule 7.22, scenario 142: who has a session sees what its client is typing, where channel and line have that, and nobody else;
// nothing of it is kept.
func TestClientTypes(t *testing.T) {
	t.Parallel()
	ctx, c := t.Context(), openLivechat(t)
	ann, bob, cid, host := c.watcher("ann"), c.watcher("bob"), c.watcher("cid"), c.watcher("")
	says := func(text string) Draft { return Draft{Session: c.s, Chat: 1, Text: text} }

	c.must(c.ClientTypes(ctx, c.client, "I"))
	c.want("ann, who is only asked,", ann())
	c.want("the host", host(), says("I"))
	c.must(c.As("ann").Answer(ctx, c.s))
	c.must(c.As("ann").Invite(ctx, c.s, "cid"))
	before := c.Revision()
	c.must(c.ClientTypes(ctx, c.client, "My secr"))
	c.must(c.ClientTypes(ctx, c.client, "My secret\x00"))
	c.must(c.ClientTypes(ctx, connector.Address{Connector: "web", Account: "main", User: "78"}, "who is that?"))
	c.want("ann", ann(), says("My secret\ufffd"))
	c.want("cid", cid(), says("My secret\ufffd"))
	c.want("bob", bob())
	c.must(c.ClientTypes(ctx, c.client, strings.Repeat("x", MaxDraft+1)))
	c.must(c.ClientTypes(ctx, c.client, ""))
	c.want("ann", ann(), says(""))

	c.must(c.As("cid").Types(ctx, c.s))
	c.must(c.As("ann").Types(ctx, c.s))
	c.want("ann", ann(), Draft{Session: c.s, Chat: 1, Operator: "cid"})
	c.want("the host", host(), says(""), Draft{Session: c.s, Chat: 1, Operator: "cid"}, Draft{Session: c.s, Chat: 1, Operator: "ann"})
	for who, err := range map[string]error{"bob": c.As("bob").Types(ctx, c.s), "the host": c.Types(ctx, c.s)} {
		if !errors.Is(err, ErrDenied) {
			t.Errorf("%s types: %v", who, err)
		}
	}
	if c.Revision() != before {
		t.Error("typing takes a turn")
	}
	var all bytes.Buffer
	c.must(dump.Write(ctx, &all, c.store))
	if strings.Contains(all.String(), "secr") {
		t.Error("a draft is stored")
	}
}

// Rule 1.7: where every chat of a connector is a group, its address leads to the group, whoever of it is named.
func TestAddressOfAGroup(t *testing.T) {
	t.Parallel()
	ctx, c := t.Context(), openLivechat(t)
	c.must(c.PutConnector(ctx, ConnectorInfo{ID: "web", Name: "Web", Icon: desk.Icon{Image: "x"}, Group: true}))
	got, err := c.Receive(ctx, connector.Inbound{Connector: "web", Account: "main", Chat: "team", User: "77", ID: "m1", Text: "?"})
	c.must(err)
	who := connector.Address{Connector: "web", Account: "main", Chat: "team", User: "78"}
	w := &watcher{news: make(chan struct{}, 1)}
	c.must(c.typing.watch(got.Session, w))
	c.must(c.ClientTypes(ctx, who, "I"))
	c.want("the host", c.typing.take(w), Draft{Session: got.Session, Chat: got.Chat, Text: "I"})
	c.must(c.ClientAsksLog(ctx, who))
	for _, state := range []string{"open", "closed"} {
		id, err := c.ChatOf(ctx, who)
		c.must(err)
		g, err := c.Dialog(ctx, DialogOf{Address: who})
		c.must(err)
		if id != got.Chat || g.Chat.ID != got.Chat {
			t.Errorf("%s: chat %d, dialog of %d, want %d", state, id, g.Chat.ID, got.Chat)
		}
		if state == "open" {
			c.must(c.Spam(ctx, got.Session))
		}
	}
}

// Rule 7.22: a channel that does not tell, a line that does not want to know, an operator who does not have the session any more.
func TestClientTypesInVain(t *testing.T) {
	t.Parallel()
	ctx, c := t.Context(), openLivechat(t)
	c.must(c.As("ann").Answer(ctx, c.s))
	ann, bob, host := c.watcher("ann"), c.watcher("bob"), c.watcher("")
	for _, on := range [][2]bool{{true, false}, {false, true}} {
		c.set(on[0], on[1])
		c.must(c.ClientTypes(ctx, c.client, "nobody hears this"))
	}
	c.want("the host", host())
	c.set(true, true)
	c.must(c.As("ann").Transfer(ctx, Transfer{Session: c.s, To: "bob", Assign: true}))
	c.must(c.ClientTypes(ctx, c.client, strings.Repeat("x", MaxDraft+1)))
	c.want("ann", ann())
	c.want("bob", bob(), Draft{Session: c.s, Chat: 1, Text: strings.Repeat("x", MaxDraft)})
	host()
	c.must(c.As("bob").Silence(ctx, c.s, true))
	c.must(c.As("bob").Types(ctx, c.s))
	c.want("the host", host(), Draft{Session: c.s, Chat: 1, Operator: "bob", Silent: true})
	c.must(c.As("bob").Finish(ctx, c.s))
	c.must(c.ClientTypes(ctx, c.client, "one more thing"))
	c.want("bob", bob())
	if _, invalid := errors.AsType[*Invalid](c.ClientTypes(ctx, connector.Address{}, "?")); !invalid {
		t.Error("an address of nobody is taken")
	}
}

// Who watches is told until his context or the engine ends; the number of those who do is bounded.
func TestTyping(t *testing.T) {
	t.Parallel()
	c := openLivechat(t)
	c.must(c.As("ann").Answer(t.Context(), c.s))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	drafts, over := make(chan Draft), make(chan struct{})
	go func() {
		defer close(over)
		for draft, err := range c.As("ann").Typing(ctx, c.s) {
			if err != nil {
				t.Error(err)
				return
			}
			drafts <- draft
		}
	}()
	for !c.typing.watched() {
		runtime.Gosched()
	}
	c.must(c.ClientTypes(ctx, c.client, "My parcel"))
	if got := <-drafts; got.Text != "My parcel" {
		t.Errorf("ann sees %q", got.Text)
	}
	cancel()
	<-over
	if c.typing.watched() {
		t.Error("somebody still watches")
	}
	refused := func(what string, a Actor, id session.ID, want error) {
		t.Helper()
		for _, err := range a.Typing(t.Context(), id) {
			if !errors.Is(err, want) {
				t.Errorf("%s: %v, want %v", what, err, want)
			}
		}
	}
	refused("who has no part in the session", c.As("bob"), c.s, ErrDenied)
	refused("of no session", c.Actor, 99, ErrNotFound)
	for range MaxWatchers {
		c.watcher("")
	}
	refused("one too many", c.Actor, c.s, ErrBusy)
	c.must(c.Close())
	refused("of a closed engine", c.Actor, c.s, ErrClosed)
}
