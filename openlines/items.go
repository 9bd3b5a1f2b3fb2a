package openlines

import (
	"cmp"
	"context"

	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
)

// MaxFinishItem is how many sessions of an item FinishItem looks at, the newest.
const MaxFinishItem = 1000

// reads asks the host whether an operator may read an item of its CRM; knows: it can tell.
func (e *Engine) reads(ctx context.Context, id queue.OperatorID, item string) (knows bool, err error) {
	reader, knows := e.identifier.(ItemReader)
	if id == "" || !knows {
		return knows, nil
	}
	var may bool
	_, err = e.limited(ctx, "identifier", func(ctx context.Context) (err error) {
		may, err = reader.MayRead(ctx, id, item)
		return err
	})
	if err == nil && !may {
		err = ErrDenied
	}
	return true, err
}

// opens decides whether the actor may see what chats an item has: the host knows, see [ItemReader]; where it does not tell, who
// may view all sessions may.
func (a Actor) opens(ctx context.Context, item string) error {
	if a.nobody {
		return ErrDenied
	}
	if err := a.look(ctx, func(d *desk.Desk) error { return d.Knows(a.by) }); err != nil {
		return err
	}
	knows, err := a.engine.reads(ctx, a.by.Operator, item)
	if err == nil && !knows {
		err = a.look(ctx, func(d *desk.Desk) error { return d.Allows(a.by, desk.MayViewSessions, "", nil) })
	}
	return err
}

// ChatsOfItem returns the chats that are linked to an item of the host's CRM, newest first: those that have an open session, or
// all (rule 10.17). An item that does not exist has none. The host may, who may read the item (see [ItemReader]), and, if the
// host does not tell, who may view all sessions. [Actor.Sessions] lists the sessions of an item.
func (a Actor) ChatsOfItem(ctx context.Context, item string, all bool, p Page) ([]Chat, Cursor, error) {
	limit, err := p.limit()
	if err == nil {
		err = a.opens(ctx, item)
	}
	if err != nil {
		return nil, Cursor{}, err
	}
	q := desk.ChatsOf(item, !all)
	q.After, q.Limit = p.After, limit
	found, next, err := a.engine.find(ctx, q)
	if err != nil {
		return nil, Cursor{}, err
	}
	chats := make([]Chat, len(found))
	for i, r := range found {
		if chats[i], err = desk.DecodeChat(r); err != nil {
			return nil, Cursor{}, err
		}
	}
	return chats, next, nil
}

// LastChatOfItem returns the newest of the chats that are linked to an item, active or not; 0: there is none. Who may see
// [Actor.ChatsOfItem] may.
func (a Actor) LastChatOfItem(ctx context.Context, item string) (session.ChatID, error) {
	chats, _, err := a.ChatsOfItem(ctx, item, true, Page{Limit: 1})
	if err != nil || len(chats) == 0 {
		return 0, err
	}
	return chats[0].ID, nil
}

// InviteByItem adds a colleague to the open session of a chat that is linked to an item, see [desk.InviteByItem]: of the last
// one if chat is 0. It returns the chat; 0 if the item has none. Where the host knows who may read an item (see [ItemReader]),
// both have to be such.
func (a Actor) InviteByItem(ctx context.Context, item string, chat session.ChatID, colleague queue.OperatorID) (session.ChatID, error) {
	c, err := a.byItem(ctx, item, chat, colleague)
	if err == nil && cmp.Or(c.Chat, c.Last) != 0 {
		_, err = a.engine.reads(ctx, colleague, item)
	}
	if err != nil {
		return 0, err
	}
	return answered[session.ChatID](ctx, a, c, 0)
}

// RemoveByItem takes a colleague who has joined it out of the open session of a chat that is linked to an item; the rest is as in
// [Actor.InviteByItem].
func (a Actor) RemoveByItem(ctx context.Context, item string, chat session.ChatID, colleague queue.OperatorID) (session.ChatID, error) {
	c, err := a.byItem(ctx, item, chat, colleague)
	if err != nil {
		return 0, err
	}
	return answered[session.ChatID](ctx, a, desk.RemoveByItem(c), 0)
}

func (a Actor) byItem(ctx context.Context, item string, chat session.ChatID, colleague queue.OperatorID) (c desk.InviteByItem, err error) {
	if a.nobody {
		return c, ErrDenied
	}
	c = desk.InviteByItem{Item: item, Chat: chat, Operator: colleague}
	if c.Reads, err = a.engine.reads(ctx, a.by.Operator, item); err != nil || chat != 0 {
		return c, err
	}
	c.Last, err = a.engine.LastChatOfItem(ctx, item)
	return c, err
}

// Finished is what came of one session of many: Err is that of [Actor.Finish].
type Finished struct {
	Session session.ID
	Err     error
}

// FinishItem finishes the sessions of an item of the host's CRM that are not over, of the newest MaxFinishItem (rule P16), and
// tells of each what came of it, the newest first. Those that the actor may not view are not among them. The error is that of the
// call; what was finished before it stays so.
func (a Actor) FinishItem(ctx context.Context, item string) ([]Finished, error) {
	list, err := a.Sessions(ctx, SessionFilter{Item: item}, Page{Limit: MaxFinishItem})
	if err != nil {
		return nil, err
	}
	var all []Finished
	for _, s := range list.Sessions {
		if s.State.Open() && s.State != session.Closing && s.State != session.AutoClosed {
			each := a
			if a.by.Once != "" {
				each.by.Once = onceOf(a.by.Once, s.ID)
			}
			f := Finished{Session: s.ID, Err: each.Finish(ctx, s.ID)}
			if f.Err != nil && !Final(f.Err) {
				return all, f.Err
			}
			all = append(all, f)
		}
	}
	return all, nil
}
