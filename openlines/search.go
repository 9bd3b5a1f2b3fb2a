package openlines

import (
	"context"

	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
)

// ChatList is a page of chats.
type ChatList struct {
	Chats   []Chat // the newest first, by when they began
	Next    Cursor // where the next page begins; the zero cursor: that was all
	Stopped bool   // the page could have more, and Next goes on searching, see [SessionList]
}

// SearchChats returns the chats of clients who are meant by a text, as far as the actor may view them ([desk.MayViewSessions]
// over the latest session): words with which words of the name begin, at least two letters of each, whatever their case; the
// beginning of a phone, of an e-mail, or of a user code as [Chat.UserCode] prints it. See [desk.SearchChats] for how it is read.
func (a Actor) SearchChats(ctx context.Context, text string, p Page) (ChatList, error) {
	limit, err := p.limit()
	if err != nil {
		return ChatList{}, err
	}
	wanted, err := desk.SearchChats(text)
	if err != nil {
		return ChatList{}, err
	}
	if err := a.look(ctx, func(d *desk.Desk) error { return d.AllowsAnywhere(a.by, desk.MayViewSessions) }); err != nil {
		return ChatList{}, err
	}
	var list ChatList
	list.Chats, list.Next, list.Stopped, err = search(ctx, a.engine, wanted.Queries(), Page{After: p.After, Limit: limit}, desk.DecodeChat,
		func(chats []Chat, taken []bool) error {
			var meant []int
			for i := range chats {
				if wanted.Takes(&chats[i]) {
					meant = append(meant, i)
				}
			}
			latest, err := a.latest(ctx, chats, meant)
			if err != nil {
				return err
			}
			return a.look(ctx, func(d *desk.Desk) error {
				for _, i := range meant {
					taken[i] = d.Finds(a.by, &chats[i], latest[chats[i].Session])
				}
				return nil
			})
		})
	if err != nil {
		return ChatList{}, err
	}
	return list, nil
}

// latest reads the latest sessions of some chats, where rights depend on them.
func (a Actor) latest(ctx context.Context, chats []Chat, which []int) (map[session.ID]*Session, error) {
	var keys []storage.Key
	for _, i := range which {
		if chats[i].Session != 0 {
			keys = append(keys, desk.SessionKey(chats[i].Session))
		}
	}
	if a.by.Operator == "" || len(keys) == 0 {
		return nil, nil
	}
	found, mark, err := a.engine.store.Get(ctx, keys...)
	if err == nil {
		err = a.engine.understands(ctx, mark)
	}
	if err != nil {
		return nil, err
	}
	latest := make(map[session.ID]*Session, len(found))
	for _, r := range found {
		s, err := desk.DecodeSession(r)
		if err != nil {
			return nil, err
		}
		latest[s.ID] = &s
	}
	return latest, nil
}
