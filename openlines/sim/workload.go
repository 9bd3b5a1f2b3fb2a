package sim

import (
	"context"
	"errors"
	"fmt"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/storagetest"
	"github.com/openlines-go/openlines/worktime"
)

// begin gives an idle node its next operation.
func (w *world) begin(n *node) {
	ctx := context.Background()
	if n.engine == nil {
		n.thread.start(func() { w.openEngine(n) })
		return
	}
	w.result.Commands++
	e := n.engine
	who := operatorID(w.random.IntN(operators))
	switch roll := w.random.IntN(100 + rare); {
	case roll < 30:
		in := w.message()
		n.thread.start(func() { w.receive(ctx, n, in) })
	case roll < 52:
		c := w.history.write(w.someSession(), who, w.random.IntN(2) == 0)
		n.thread.start(func() { w.send(ctx, n, c) })
	case roll < 56 && len(w.history.written) > 0: // on any node, whether or not the first one was answered
		c := w.history.written[w.random.IntN(len(w.history.written))]
		if !c.once {
			c = w.history.write(c.session, c.by, true)
		}
		n.thread.start(func() { w.send(ctx, n, c) })
	case roll < 66:
		id := w.someSession()
		n.thread.start(func() {
			if w.note(n, e.As(who).Answer(ctx, id)) {
				w.history.answered = append(w.history.answered, answer{id, who})
			}
		})
	case roll < 70:
		id := w.someSession()
		n.thread.start(func() { w.note(n, e.As(who).Skip(ctx, id)) })
	case roll < 78:
		id := w.someSession()
		n.thread.start(func() { w.note(n, e.As(who).Finish(ctx, id)) })
	case roll < 82:
		in := w.random.IntN(4) > 0
		n.thread.start(func() {
			w.note(n, e.Report(ctx, openlines.Report{Operator: who, Facts: worktime.Facts{ClockedIn: in}}))
		})
	case roll < 85:
		user := w.client()
		n.thread.start(func() {
			w.note(n, e.ClientLeft(ctx, connector.Address{Connector: "web", Account: "main", User: user}))
		})
	case roll < 97:
		n.thread.start(func() {
			_, err := e.Advance(ctx)
			w.note(n, err)
		})
	case roll >= 100:
		w.rarely(n, roll-100)
	default:
		n.thread.start(func() {
			if err := e.Check(ctx); err != nil && !n.thread.dead && !errors.Is(err, storagetest.ErrInjected) {
				w.broken("check of an engine: %v", err)
			}
		})
	}
}

func (w *world) client() string { return fmt.Sprintf("client%d", w.random.IntN(clients)) }

func (w *world) someSession() session.ID {
	if w.history.sessions == 0 {
		return 1
	}
	// The latest ones are where things happen.
	return session.ID(max(1, w.history.sessions-w.random.IntN(clients+2)))
}

// message is a new message of a client, or one that was sent before.
func (w *world) message() connector.Inbound {
	if sent := len(w.history.sent); sent > 0 && w.random.IntN(4) == 0 {
		return w.history.sent[w.random.IntN(sent)]
	}
	user := w.client()
	in := connector.Inbound{
		Connector: "web", Account: "main", User: user, ID: fmt.Sprintf("m%d", len(w.history.sent)), Text: "help", At: w.clock.now,
	}
	w.history.sent = append(w.history.sent, in)
	return in
}

// note counts an answer and reports whether it was success. A killed engine answers nobody.
func (w *world) note(n *node, err error) bool {
	switch {
	case n.thread.dead:
		w.result.Unknown++
		return false
	case err == nil:
		w.result.Acked++
		return true
	case errors.Is(err, storage.ErrInvalid), errors.Is(err, storage.ErrTooLarge),
		!openlines.Final(err) && !errors.Is(err, storagetest.ErrInjected):
		w.broken("an answer that no caller can use: %v", err)
	}
	return false
}

func (w *world) receive(ctx context.Context, n *node, in connector.Inbound) {
	got, err := n.engine.Receive(ctx, in)
	w.landed(n, in, got, err)
}

func (w *world) landed(n *node, in connector.Inbound, got openlines.Received, err error) {
	if !w.note(n, err) {
		return
	}
	w.history.sessions = max(w.history.sessions, int(got.Session))
	before, again := w.history.received[in.ID]
	if again && (before.Session != got.Session || before.Number != got.Number || before.Chat != got.Chat) {
		w.broken("message %s landed in session %d as %d, and again in session %d as %d",
			in.ID, before.Session, before.Number, got.Session, got.Number)
	}
	w.history.received[in.ID] = got
}

func (w *world) send(ctx context.Context, n *node, c *written) {
	by := n.engine.As(c.by)
	if c.once {
		by = by.Once(c.text)
	}
	if w.note(n, by.Send(ctx, c.session, c.text)) {
		c.acked = true
	}
}
