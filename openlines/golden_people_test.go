package openlines_test

import (
	"fmt"
	"time"

	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
)

// people are a client with two chats, and one who wanted to be forgotten.
func (g *golden) people() {
	ctx := g.t.Context()
	var chats []session.ChatID
	for _, user := range []string{"pat", "pia", "zoe"} {
		chats = append(chats, g.says("main", user, "Hello").Chat)
	}
	forgotten := g.says("main", "zac", "Hello")
	g.do(g.Spam(ctx, forgotten.Session))
	g.do(g.PutClient(ctx, openlines.PutClient{Chat: chats[0], Language: "de", Priority: 2}))
	g.do(g.MergeClients(ctx, chats[0], chats[1]))
	g.do(g.Erase(ctx, chats[2]))
	g.forgotten = forgotten.Chat
}

// regulars are two who write to a line that remembers who was last with a client: one is put to him, one is his again.
func (g *golden) regulars() {
	ctx := g.t.Context()
	g.do(g.PutLine(ctx, openlines.Line{
		ID: "regular", Session: session.Rules{CloseDelay: session.AtOnce, UnansweredAfter: session.Never},
		Queue: queue.Rules{
			Mode: queue.LeastLoaded, Members: queue.Operators("eve", "cid"), Sticky: 720 * time.Hour, PassOnAfter: queue.Never,
		},
	}))
	g.do(g.Connect(ctx, "regular", "web", "regular"))
	for _, user := range []string{"ray", "roy"} {
		id := g.says("regular", user, "Hello").Session
		s, err := g.Session(ctx, id)
		g.do(err)
		g.do(g.As(s.OfferedTo).Send(ctx, id, "Good day."))
		g.do(g.As(s.OfferedTo).Finish(ctx, id))
		g.says("regular", user, "Again")
	}
	first, err := g.ChatOf(ctx, at("regular", "ray"))
	g.do(err)
	other := g.says("regular", "ria", "It is me, Ray") // in another chat of his
	g.do(g.Spam(ctx, other.Session))
	g.do(g.MergeClients(ctx, first, other.Chat))
	g.says("regular", "ria", "Again")
}

// forgetting leaves a client whom somebody has begun to erase, and one of whom the host has said under two ids who he is.
func (g *golden) forgetting() {
	now := g.clock.now.Format(time.RFC3339Nano)
	g.decide(3, desk.Tick{}, func(_ *desk.Desk, b *storage.Batch) {
		put := func(open bool, kind, id, body string) {
			b.Puts = append(b.Puts, storage.Put{Create: true, Record: storage.Record{
				Key: storage.Key{Kind: kind, ID: id}, Open: open, At: g.clock.now, Body: []byte(body),
			}})
		}
		put(true, "erasure", fmt.Sprint(g.forgotten), fmt.Sprintf(`{"chat":%d,"actor":"ann","since":%q}`, g.forgotten, now))
		put(false, "client", "x1", fmt.Sprintf(`{"key":"x1","chats":[1],"known":"crm-20","since":%q,"from":["x2"]}`, now))
		put(false, "client", "x2", fmt.Sprintf(`{"key":"x2","since":%q,"into":"x1"}`, now))
	})
}
