package sim

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
)

// rare are the acts that happen now and then, beside those of a plain conversation.
const rare = 28

// asBot has a node act for the line's bot, under a command id.
func (w *world) asBot(n *node, id session.ID, to queue.OperatorID) {
	ctx, key := context.Background(), fmt.Sprint("bot", w.random.Uint64())
	as, which := n.engine.AsBot(bot).Once(key), w.random.IntN(4)
	n.thread.start(func() {
		w.note(n, []func() error{
			func() error { return as.Send(ctx, id, key) },
			func() error { return as.ToQueue(ctx, id) },
			func() error { return as.Transfer(ctx, openlines.BotTransfer{Session: id, To: to}) },
			func() error { return as.Finish(ctx, id) },
		}[which]())
	})
}

// rarely gives a node one of the rare acts.
func (w *world) rarely(n *node, roll int) {
	ctx, e := context.Background(), n.engine
	who, id := operatorID(w.random.IntN(operators)), w.someSession()
	by := e.As(who)
	act := func(f func() error) { n.thread.start(func() { w.note(n, f()) }) }
	switch {
	case roll < 3:
		act(func() error { return by.Join(ctx, id) })
	case roll < 4:
		w.asBot(n, id, who)
	case roll < 7:
		to := openlines.Transfer{Session: id, To: operatorID(w.random.IntN(operators)), Assign: w.random.IntN(2) == 0}
		act(func() error { return by.Transfer(ctx, to) })
	case roll < 9:
		act(func() error { return by.Intercept(ctx, id) })
	case roll < 10:
		act(func() error { return by.Pin(ctx, id) })
	case roll < 11:
		act(func() error { return by.Spam(ctx, id) })
	case roll < 13:
		chat := session.ChatID(1 + w.random.IntN(clients))
		n.thread.start(func() {
			started, err := by.Start(ctx, chat)
			if w.note(n, err) {
				w.history.sessions = max(w.history.sessions, int(started))
			}
		})
	case roll < 15:
		all := []connector.Inbound{w.message(), w.message(), w.message()}
		n.thread.start(func() { w.receiveAll(ctx, n, all) })
	case roll < 17:
		to := connector.Address{Connector: "web", Account: "main", User: w.client()}
		message := fmt.Sprint("m", max(0, len(w.history.sent)-3+w.random.IntN(6))) // one of the last, or one that comes yet
		if w.random.IntN(2) == 0 {
			act(func() error { return e.ClientDeleted(ctx, to, message) })
			return
		}
		act(func() error { return e.ClientEdited(ctx, to, message, "help!") })
	case roll < 20:
		chat, is := session.ChatID(1+w.random.IntN(clients)), w.random.IntN(2) == 0
		n.thread.start(func() { w.revise(ctx, n, chat, is) })
	case roll < 22:
		to := connector.Address{Connector: "web", Account: "main", User: w.client()}
		accepts := w.random.IntN(3) > 0
		act(func() error { return e.ClientConsented(ctx, to, accepts) })
	case roll < 24:
		act(func() error {
			return e.Transfer(ctx, openlines.Transfer{Session: id, Line: lines[w.random.IntN(len(lines))]})
		})
	case roll < 25:
		act(func() error { return e.HandOver(ctx, who) })
	case roll < 26:
		into, from := session.ChatID(1+w.random.IntN(clients)), session.ChatID(1+w.random.IntN(clients))
		if w.random.IntN(2) == 0 {
			act(func() error { return e.SplitClient(ctx, into) })
			return
		}
		act(func() error { return e.MergeClients(ctx, into, from) })
	default:
		act(func() error { return by.Finish(ctx, id) })
	}
}

func (w *world) receiveAll(ctx context.Context, n *node, all []connector.Inbound) {
	results, err := n.engine.ReceiveAll(ctx, all)
	if err != nil {
		w.note(n, err)
		return
	}
	for i, r := range results {
		w.landed(n, all[i], r.Received, r.Err)
	}
}

// revise has an operator edit or delete what he wrote last in a chat.
func (w *world) revise(ctx context.Context, n *node, chat session.ChatID, deletes bool) {
	found, _, err := n.engine.History(ctx, chat, openlines.Page{})
	if err != nil {
		if !errors.Is(err, storage.ErrClosed) {
			w.note(n, err)
		}
		return
	}
	for _, m := range found {
		if m.By != desk.ByOperator || !m.Deleted.IsZero() {
			continue
		}
		by := n.engine.As(m.Operator)
		if !deletes {
			w.note(n, by.Edit(ctx, chat, m.Number, m.Said.Text+edited))
			return
		}
		w.history.gone[plain(m.Said.Text)] = true // whether or not it is answered
		w.note(n, by.Delete(ctx, chat, m.Number))
		return
	}
}

// edited is what an edit adds to a text.
const edited = "'"

func plain(text string) string { return strings.TrimRight(text, edited) }
