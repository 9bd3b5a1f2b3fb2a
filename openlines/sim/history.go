package sim

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/internal/ledger"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
)

// history is what the clients and operators of a run did and were told.
type history struct {
	sent      []connector.Inbound
	received  map[string]openlines.Received // by the channel's id: what was answered
	written   []*written
	answered  []answer
	sessions  int                // the highest number that anybody was told
	delivered map[string][]int64 // by user: numbers of messages in the order in which the connector took them
	gone      map[string]bool    // what somebody wanted to delete
}

// written is a message of an operator.
type written struct {
	session session.ID
	by      queue.OperatorID
	text    string // unique; the command id, too
	once    bool   // sent under a command id, and so perhaps more than once
	acked   bool
}

type answer struct {
	session session.ID
	by      queue.OperatorID
}

func (h *history) init() {
	h.received = map[string]openlines.Received{}
	h.delivered = map[string][]int64{}
	h.gone = map[string]bool{}
}

func (h *history) write(id session.ID, by queue.OperatorID, once bool) *written {
	c := &written{session: id, by: by, once: once, text: fmt.Sprintf("reply %d", len(h.written))}
	h.written = append(h.written, c)
	return c
}

var errChannel = errors.New("the channel is away")

// deliver is a connector that fails now and then.
func (h *history) deliver(w *world) connector.Func {
	return func(_ context.Context, m connector.Outbound) (connector.Receipt, error) {
		if !w.healed && w.random.IntN(5) == 0 {
			return connector.Receipt{}, errChannel
		}
		if m.Kind == connector.New {
			h.delivered[m.To.User] = append(h.delivered[m.To.User], m.Message)
		}
		w.result.Deliveries++
		return connector.Receipt{}, nil
	}
}

// compare holds what was told against what is stored.
func (h *history) compare(ctx context.Context, w *world, e *openlines.Engine) {
	events := h.feed(ctx, w, e)
	w.result.Events = len(events)
	messages := h.messages(ctx, w, e, events)
	h.compareMessages(w, messages)
	h.compareFeed(w, events)
	h.compareDeliveries(w, messages)
}

func (h *history) feed(ctx context.Context, w *world, e *openlines.Engine) []openlines.Event {
	var all []openlines.Event
	for {
		some, err := e.Feed(ctx, uint64(len(all)), 1000)
		if err != nil {
			w.broken("feed: %v", err)
			return all
		}
		if len(some) == 0 {
			return all
		}
		for _, ev := range some {
			if ev.Seq != uint64(len(all))+1 {
				w.broken("event %d follows %d", ev.Seq, len(all))
			}
			all = append(all, ev)
		}
	}
}

// messages returns what is stored of every chat, oldest first.
func (h *history) messages(ctx context.Context, w *world, e *openlines.Engine, events []openlines.Event) map[session.ChatID][]openlines.Message {
	all := map[session.ChatID][]openlines.Message{}
	for _, ev := range events {
		if _, done := all[ev.Chat]; done || ev.Chat == 0 {
			continue
		}
		all[ev.Chat] = []openlines.Message{}
		page := openlines.Page{Limit: 1000}
		for {
			some, next, err := e.History(ctx, ev.Chat, page)
			if err != nil {
				w.broken("history: %v", err)
				break
			}
			all[ev.Chat] = append(all[ev.Chat], some...)
			if page.After = next; next == (openlines.Cursor{}) {
				break
			}
		}
		slices.Reverse(all[ev.Chat])
	}
	return all
}

// compareMessages: what was answered is stored exactly once, what was not at most once, numbered 1, 2, 3, … in time.
func (h *history) compareMessages(w *world, messages map[session.ChatID][]openlines.Message) {
	inbound, replies := map[string]int{}, map[string]int{}
	where := map[string]openlines.Message{}
	chats := map[string]session.ChatID{}
	for chat, list := range messages {
		for i, m := range list {
			if m.Number != int64(i)+1 || i > 0 && !m.At.After(list[i-1].At) {
				w.broken("chat %d: message %d is number %d", chat, i+1, m.Number)
			}
			switch m.By {
			case desk.ByClient:
				inbound[m.External]++
				where[m.External] = m
			case desk.ByOperator:
				replies[plain(m.Said.Text)]++
			}
		}
	}
	for _, in := range h.sent {
		got, acked := h.received[in.ID]
		m := where[in.ID]
		switch n := inbound[in.ID]; {
		case acked && n != 1, n > 1:
			w.broken("message %s (answered %v) is stored %d times", in.ID, acked, n)
		case acked && (m.Session != got.Session || m.Number != got.Number):
			w.broken("message %s was answered as %d of session %d, is %d of session %d", in.ID, got.Number, got.Session, m.Number, m.Session)
		case n == 1:
			if chat, known := chats[in.User]; known && chat != m.Chat {
				w.broken("client %s has chats %d and %d", in.User, chat, m.Chat)
			}
			chats[in.User] = m.Chat
		}
	}
	for _, c := range h.written {
		if n := replies[c.text]; c.acked && n != 1 && !h.gone[c.text] || n > 1 {
			w.broken("%q (answered %v) is stored %d times", c.text, c.acked, n)
		}
	}
}

// compareFeed: the feed contradicts itself nowhere, every session ends, and who was told that he has one had it.
func (h *history) compareFeed(w *world, events []openlines.Event) {
	book := ledger.Ledger{}
	took := map[answer]bool{}
	for _, ev := range events {
		for _, broken := range book.Take(ev) {
			w.broken("%s", broken)
		}
		if s, known := book.Session(ev.Session); known && s.Owner != "" {
			took[answer{ev.Session, s.Owner}] = true
		}
	}
	for id := session.ID(1); int(id) <= book.Sessions(); id++ {
		if s, _ := book.Session(id); !s.Closed || s.Offers != s.Endings {
			w.broken("session %d never ends, or has %d offers and %d endings", id, s.Offers, s.Endings)
		}
	}
	for _, a := range h.answered {
		if !took[a] {
			w.broken("session %d: %s was told that he has it", a.session, a.by)
		}
	}
}

// compareDeliveries: everything said to a client reaches him, and for the first time in order, but for what was deleted before.
func (h *history) compareDeliveries(w *world, messages map[session.ChatID][]openlines.Message) {
	for chat, list := range messages {
		user := h.userOf(list)
		var first []int64
		seen := map[int64]bool{}
		for _, n := range h.delivered[user] {
			if !seen[n] {
				seen[n] = true
				first = append(first, n)
			}
		}
		var said []int64
		for _, m := range list {
			if m.By != desk.ByClient && (m.Deleted.IsZero() || seen[m.Number]) {
				said = append(said, m.Number)
			}
		}
		if !slices.Equal(first, said) {
			w.broken("chat %d: said %v, delivered %v", chat, said, first)
		}
	}
}

// userOf tells whose chat it is, by a message of his.
func (h *history) userOf(list []openlines.Message) string {
	for _, m := range list {
		if i := slices.IndexFunc(h.sent, func(in connector.Inbound) bool { return in.ID == m.External }); m.By == desk.ByClient && i >= 0 {
			return h.sent[i].User
		}
	}
	return ""
}
