package openlines

import (
	"context"
	"slices"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
)

// Actor is somebody who acts on a desk: an operator, or the host itself. It is a small value, safe to copy and to use
// concurrently. Every act is decided and stored when the method returns nil; on an error for which [Final] is true nothing
// was changed.
type Actor struct {
	engine  *Engine
	by      desk.By
	atLeast uint64
}

// As acts as an operator, with his rights.
func (e *Engine) As(id queue.OperatorID) Actor { return Actor{engine: e, by: desk.By{Operator: id}} }

// Once returns an actor whose act has a command id: use it for one act, and for its repetitions. Repeating the act with the
// same id, on any node, within 24 hours changes nothing and answers what the first one answered; another act under the id
// is [ErrOnce]. Acts that were refused can be repeated.
func (a Actor) Once(key string) Actor {
	a.by.Once = key
	return a
}

// AtLeast makes questions see at least the revision given: an act's on another node, say.
func (a Actor) AtLeast(revision uint64) Actor {
	a.atLeast = revision
	return a
}

func (a Actor) act(ctx context.Context, c desk.Command, size int) error {
	return a.engine.do(ctx, &waiter{by: a.by, command: c, size: size})
}

// PutLine creates a line or replaces its settings. Only the host may.
func (a Actor) PutLine(ctx context.Context, l Line) error {
	return a.act(ctx, desk.PutLine{Line: l.Clone()}, 64*len(l.Queue.Members))
}

// PutOperator creates operators or replaces their settings, at most [desk.MaxOperators] at once. Only the host may.
func (a Actor) PutOperator(ctx context.Context, operators ...Operator) error {
	operators = slices.Clone(operators)
	for i, o := range operators {
		operators[i] = o.Clone()
	}
	return a.act(ctx, desk.PutOperators{Operators: operators}, 512*len(operators))
}

// PutDepartment tells who is in departments, at most [desk.MaxDepartments] at once (rule 2.3). Only the host may.
func (a Actor) PutDepartment(ctx context.Context, departments ...Department) error {
	size := 0
	departments = slices.Clone(departments)
	for i, d := range departments {
		size += 64 * len(d.Operators)
		departments[i].Operators = slices.Clone(d.Operators)
	}
	return a.act(ctx, desk.PutDepartments{Departments: departments}, size)
}

// PutSettings replaces the settings of the whole desk. Only the host may.
func (a Actor) PutSettings(ctx context.Context, s Settings) error {
	return a.act(ctx, desk.PutSettings{Settings: s.Clone()}, 0)
}

// Connect gives an account of a connector to a line (rule 1.1). Only the host may.
func (a Actor) Connect(ctx context.Context, line LineID, c connector.ID, account string) error {
	return a.act(ctx, desk.Connect{Line: line, Connector: c, Account: account}, 0)
}

// Report tells the facts of an operator's availability. He may himself, and the host.
func (a Actor) Report(ctx context.Context, r Report) error { return a.act(ctx, r, 0) }

// Answer takes a session that is offered to the actor or to everybody. [ErrTaken]: somebody was faster.
func (a Actor) Answer(ctx context.Context, id session.ID) error {
	return a.act(ctx, desk.Answer{Session: id}, 0)
}

// Send writes to the client. Writing is answering (rule 6.4): a session that is offered to the actor becomes his.
func (a Actor) Send(ctx context.Context, id session.ID, text string, files ...connector.File) error {
	return a.act(ctx, desk.Send{Session: id, Text: text, Files: slices.Clone(files)}, len(text)+4096*len(files))
}

// Skip passes an offer to the next member at once (rule 3.19).
func (a Actor) Skip(ctx context.Context, id session.ID) error {
	return a.act(ctx, desk.Skip{Session: id}, 0)
}

// Transfer puts a session to another operator, or to another line; see [desk.Transfer] for the whole.
func (a Actor) Transfer(ctx context.Context, t Transfer) error { return a.act(ctx, t, 0) }

// Intercept takes a session over, whoever has it (rule 6.18).
func (a Actor) Intercept(ctx context.Context, id session.ID) error {
	return a.act(ctx, desk.Intercept{Session: id}, 0)
}

// Pin keeps a session with the actor, who has it, for a week longer and through his absence (rule 6.22).
func (a Actor) Pin(ctx context.Context, id session.ID) error {
	return a.act(ctx, desk.Pin{Session: id}, 0)
}

// Unpin lets go of a pinned session.
func (a Actor) Unpin(ctx context.Context, id session.ID) error {
	return a.act(ctx, desk.Pin{Session: id, Off: true}, 0)
}

// Spam ends a session at once and without a word (rules 6.8, 6.9). The client can write again.
func (a Actor) Spam(ctx context.Context, id session.ID) error {
	return a.act(ctx, desk.Spam{Session: id}, 0)
}

// AcceptAndClose takes an offered session and finishes it in one step (rule 6.5).
func (a Actor) AcceptAndClose(ctx context.Context, id session.ID) error {
	return a.act(ctx, desk.AcceptAndClose{Session: id}, 0)
}

// HandOver returns everything that an operator has to the queues: the end of his shift. He may himself, and the host.
func (a Actor) HandOver(ctx context.Context, id queue.OperatorID) error {
	return a.act(ctx, desk.HandOver{Operator: id}, 0)
}

// Finish ends a conversation: the closing text is said, the closing delay begins (rules 6.6, 8.3). The owner may, and the
// host.
func (a Actor) Finish(ctx context.Context, id session.ID) error {
	return a.act(ctx, desk.Finish{Session: id}, 0)
}

// Receive takes a client's message (rule 1.14). It can be repeated without harm: a message that is there already is
// answered with where it landed the first time.
func (e *Engine) Receive(ctx context.Context, in connector.Inbound) (Received, error) {
	clean, said, err := in.Clean()
	if err != nil {
		return Received{}, err
	}
	w := &waiter{command: desk.Receive{Message: clean, Said: said}, size: len(said.Text) + 4096*len(clean.Files)}
	if err := e.do(ctx, w); err != nil {
		return Received{}, err
	}
	return w.result.(Received), nil
}

// ClientLeft tells that a client hung up or closed the page: a session that nobody has taken yet is closed as abandoned.
func (e *Engine) ClientLeft(ctx context.Context, who connector.Address) error {
	return e.act(ctx, desk.ClientLeaves{Address: who}, 0)
}
