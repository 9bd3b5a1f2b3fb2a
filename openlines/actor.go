package openlines

import (
	"context"
	"errors"
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
	nobody  bool // As("")
}

// As acts as an operator, with his rights. As("") is nobody, not the host: every act and question is [ErrDenied].
func (e *Engine) As(id queue.OperatorID) Actor {
	return Actor{engine: e, by: desk.By{Operator: id}, nobody: id == ""}
}

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
	_, err := answered[any](ctx, a, c, size)
	return err
}

// PutLine creates a line or replaces its settings. If it has a Version and somebody was faster, it is [*Conflict]; see
// [desk.PutLine]. It takes the right [desk.MayEditLines] there (rule 2.8).
func (a Actor) PutLine(ctx context.Context, l Line) error {
	return a.act(ctx, desk.PutLine{Line: l.Clone()}, 64*len(l.Queue.Members))
}

// ArchiveLine takes a line out of service: its channels are disconnected, its open sessions closed, and its history stays
// (decision 14.15). Putting it again brings it back, without its channels. It takes the right [desk.MayEditLines].
func (a Actor) ArchiveLine(ctx context.Context, id LineID) error {
	return a.act(ctx, desk.ArchiveLine{Line: id}, 0)
}

// PutOperator creates operators or replaces their settings, at most [desk.MaxOperators] at once. It takes the right
// [desk.MayEditSettings].
func (a Actor) PutOperator(ctx context.Context, operators ...Operator) error {
	operators = slices.Clone(operators)
	for i, o := range operators {
		operators[i] = o.Clone()
	}
	return a.act(ctx, desk.PutOperators{Operators: operators}, 512*len(operators))
}

// PutRole creates roles or replaces them, at most [desk.MaxRoles] at once (rules 11.30, 11.31). It takes the right
// [desk.MayEditSettings].
func (a Actor) PutRole(ctx context.Context, roles ...Role) error {
	size := 0
	roles = slices.Clone(roles)
	for i, r := range roles {
		size += 256 + 64*len(r.Lines)
		roles[i] = r.Clone()
	}
	return a.act(ctx, desk.PutRoles{Roles: roles}, size)
}

// PutDepartment tells who is in departments, at most [desk.MaxDepartments] at once (rule 2.3). It takes the right
// [desk.MayEditSettings].
func (a Actor) PutDepartment(ctx context.Context, departments ...Department) error {
	size := 0
	departments = slices.Clone(departments)
	for i, d := range departments {
		size += 64 * len(d.Operators)
		departments[i] = d.Clone()
	}
	return a.act(ctx, desk.PutDepartments{Departments: departments}, size)
}

// PutSettings replaces the settings of the whole desk. If they have a Version and somebody was faster, it is [*Conflict]. It
// takes the right [desk.MayEditSettings].
func (a Actor) PutSettings(ctx context.Context, s Settings) error {
	return a.act(ctx, desk.PutSettings{Settings: s.Clone()}, 0)
}

// Connect gives an account of a connector to a line (rule 1.1), see [Actor.PutConnection].
func (a Actor) Connect(ctx context.Context, line LineID, c connector.ID, account string) error {
	return a.PutConnection(ctx, Connection{Line: line, Connector: c, Account: account})
}

// PutConnection gives an account of a connector to a line, and says what the channel allows (rule 1.1). An account that
// another line had moves. [ErrConnected]: the line has another account of this connector. Since is set by the desk;
// Inactive, Failed and Data stay as the acts for them have left them. It takes the right [desk.MayConnect], in both lines.
func (a Actor) PutConnection(ctx context.Context, c Connection) error {
	return a.act(ctx, desk.Connect(c), 0)
}

// Report tells the facts of an operator's availability. He may himself, but for leave and dismissal, and the host.
func (a Actor) Report(ctx context.Context, r Report) error { return a.act(ctx, r, 0) }

// Answer takes a session that is offered to the actor or to everybody. [ErrTaken]: somebody was faster.
func (a Actor) Answer(ctx context.Context, id session.ID) error {
	return a.act(ctx, desk.Answer{Session: id}, 0)
}

// Send writes to the client. Writing is answering (rule 6.4): a session that is offered to the actor becomes his.
func (a Actor) Send(ctx context.Context, id session.ID, text string, files ...connector.File) error {
	return a.act(ctx, desk.Send{Session: id, Text: text, Files: slices.Clone(files)}, len(text)+4096*len(files))
}

// Note writes for colleagues: a message of the session that the client does not get (rule 6.24). It answers nothing.
func (a Actor) Note(ctx context.Context, id session.ID, text string, files ...connector.File) error {
	return a.act(ctx, desk.Send{Session: id, Text: text, Files: slices.Clone(files), Hidden: true}, len(text)+4096*len(files))
}

// Skip passes an offer to the next member at once (rule 3.19).
func (a Actor) Skip(ctx context.Context, id session.ID) error {
	return a.act(ctx, desk.Skip{Session: id}, 0)
}

// Transfer puts a session to another operator, or to another line; see [desk.Transfer] for the whole. Who has it or is asked for
// it may, and who may take it over ([desk.MayIntercept]).
func (a Actor) Transfer(ctx context.Context, t Transfer) error { return a.act(ctx, t, 0) }

// Intercept takes a session over, whoever has it (rule 6.18). It takes the right [desk.MayIntercept].
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

// PinAll pins every session that the actor has, and returns those that changed (rule 6.23).
func (a Actor) PinAll(ctx context.Context) ([]session.ID, error) {
	return answered[[]session.ID](ctx, a, desk.PinAll{}, 0)
}

// UnpinAll lets go of every session that the actor has pinned, and returns those that changed (rule 6.23).
func (a Actor) UnpinAll(ctx context.Context) ([]session.ID, error) {
	return answered[[]session.ID](ctx, a, desk.PinAll{Off: true}, 0)
}

// Join adds the actor to a session that another has, who keeps it (rule 6.16). It takes the right [desk.MayJoin].
func (a Actor) Join(ctx context.Context, id session.ID) error {
	return a.act(ctx, desk.Join{Session: id}, 0)
}

// Invite adds a colleague to a session that the actor has; the colleague needs no right (rule 6.17). The host may, too.
// [ErrNotFound]: there is no such operator; [*Invalid]: he was dismissed.
func (a Actor) Invite(ctx context.Context, id session.ID, colleague queue.OperatorID) error {
	return a.act(ctx, desk.Invite{Session: id, Operator: colleague}, 0)
}

// Leave takes the actor out of a session that he has joined.
func (a Actor) Leave(ctx context.Context, id session.ID) error {
	return a.act(ctx, desk.Leave{Session: id}, 0)
}

// Silence switches the silent mode of a session on or off: while it is on, clients do not get what operators write (rule
// 6.24). Who takes part in it may.
func (a Actor) Silence(ctx context.Context, id session.ID, on bool) error {
	return a.act(ctx, desk.Silence{Session: id, Off: !on}, 0)
}

// Rename gives a chat a title for operators (rule 6.27). Who may join its latest session may ([desk.MayJoin]).
func (a Actor) Rename(ctx context.Context, id session.ChatID, title string) error {
	return a.act(ctx, desk.Rename{Chat: id, Title: title}, len(title))
}

// Start begins a session by hand (rule 1.11). One that is open in the chat closes as superseded, and its owner has the new
// one (decision 14.43); else it is the actor's. The host's waits in the queue. It takes the right [desk.MayJoin].
func (a Actor) Start(ctx context.Context, id session.ChatID) (session.ID, error) {
	return answered[session.ID](ctx, a, desk.Start{Chat: id}, 0)
}

// StartFrom is [Actor.Start] from a message, by its number in the chat: it and all after it, at most [desk.MaxSplit], belong
// to the new session then (rule 1.12). [ErrNotFound]: the chat has no such message; [*Invalid]: it is of an earlier session.
func (a Actor) StartFrom(ctx context.Context, id session.ChatID, message int64) (session.ID, error) {
	if message < 1 {
		return 0, ErrNotFound
	}
	for range maxLooks {
		c := desk.Start{Chat: id, From: message}
		found, _, err := a.engine.find(ctx, desk.MessagesFrom(id))
		if err != nil {
			return 0, err
		}
		for _, r := range found {
			if m, err := desk.DecodeMessage(r); err != nil {
				return 0, err
			} else if m.Number >= message {
				c.Messages = append(c.Messages, r.ID)
			}
		}
		n, err := answered[session.ID](ctx, a, c, 0)
		if !errors.Is(err, desk.ErrMoved) {
			return n, err
		}
	}
	return 0, ErrBusy
}

// WriteFirst begins a session with a client who has not written, see [desk.WriteFirst] for the whole (decision 14.36).
func (a Actor) WriteFirst(ctx context.Context, w WriteFirst) (Received, error) {
	w.Files = slices.Clone(w.Files)
	return answered[Received](ctx, a, w, len(w.Text)+4096*len(w.Files))
}

// answered has a command decided that answers something.
func answered[T any](ctx context.Context, a Actor, c desk.Command, size int) (answer T, err error) {
	if a.nobody {
		return answer, ErrDenied
	}
	w := &waiter{by: a.by, command: c, size: size}
	if err := a.engine.do(ctx, w); err != nil {
		return answer, err
	}
	answer, _ = w.result.(T)
	return answer, nil
}

// Spam ends a session at once and without a word (rules 6.8, 6.9). The client can write again. Who has it or is asked for it
// may, and who may take it over ([desk.MayIntercept]).
func (a Actor) Spam(ctx context.Context, id session.ID) error {
	return a.act(ctx, desk.Spam{Session: id}, 0)
}

// AcceptAndClose takes an offered session and finishes it in one step (rule 6.5).
func (a Actor) AcceptAndClose(ctx context.Context, id session.ID) error {
	return a.act(ctx, desk.AcceptAndClose{Session: id}, 0)
}

// HandOver returns everything that an operator has to the queues: the end of his shift. He may himself, the host, and who may take
// over all of that ([desk.MayIntercept]), by the rights at the time of the command, however long it takes to return everything. What
// he is given meanwhile stays his if the actor may not take it over.
func (a Actor) HandOver(ctx context.Context, id queue.OperatorID) error {
	return a.act(ctx, desk.HandOver{Operator: id}, 0)
}

// Finish ends a conversation: the closing text is said, the closing delay begins (rules 6.6, 8.3). The owner may, and who may
// take it over ([desk.MayIntercept]).
func (a Actor) Finish(ctx context.Context, id session.ID) error {
	return a.act(ctx, desk.Finish{Session: id}, 0)
}

// ClientConsented tells that a client has accepted the document that his line asks for, or declined it (rule 11.5). What he wrote
// begins a conversation then, or is gone.
func (e *Engine) ClientConsented(ctx context.Context, who connector.Address, accepts bool) error {
	return e.act(ctx, desk.ClientConsents{Address: who.Normal(), Accepts: accepts}, 0)
}

// Receive takes a client's message (rule 1.14). It can be repeated without harm: a message that is there already is
// answered with where it landed the first time.
func (e *Engine) Receive(ctx context.Context, in connector.Inbound) (Received, error) {
	c, size, err := receive(in)
	if err != nil {
		return Received{}, err
	}
	return answered[Received](ctx, e.Actor, c, size)
}

// ClientLeft tells that a client hung up or closed the page: a session that nobody has taken yet is closed as abandoned.
func (e *Engine) ClientLeft(ctx context.Context, who connector.Address) error {
	return e.act(ctx, desk.ClientLeaves{Address: who}, 0)
}
