package openlines

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
)

// SessionFilter chooses sessions, see [desk.SessionFilter].
type SessionFilter = desk.SessionFilter

// MaxReads is how many records a list reads for one page.
const MaxReads = storage.MaxFind

// SessionList is a page of sessions, with what a list of conversations shows of them (rule 11.37).
type SessionList struct {
	Sessions []Session               // the newest first, by when they began (rule 11.38)
	Chats    map[session.ChatID]Chat // theirs: the client, his address, what is known of him

	// Next is where the next page begins; the zero cursor: that was all.
	Next Cursor
	// Stopped says that the page is shorter than it could be, even empty, because so much was read that the filter does not
	// take. Going on from Next goes on searching.
	Stopped bool
}

// Sessions returns the sessions, open and closed, that a filter takes and the actor may view: by default his own, and those
// that nobody has of the lines in whose queues he is (rules 11.32, 11.37–11.40). It takes the right [desk.MayViewSessions],
// in some line.
//
// What filters ask for is in the store's index, alone and in pairs, so a page of one or two filters costs what it holds. With
// three or more, or of an actor who may not view all, a store can walk a list that has two of them to its end, in vain. No
// index has what a filter leaves out ([desk.Without]), nor several states of one who may not view all: then [MaxReads] records
// are read at most, see [SessionList.Stopped]. Sessions that were stored before a term was kept are not found by it.
func (a Actor) Sessions(ctx context.Context, f SessionFilter, p Page) (SessionList, error) {
	limit, err := p.limit()
	if err == nil && a.nobody {
		err = ErrDenied
	}
	if err != nil {
		return SessionList{}, err
	}
	var queries []storage.Query
	err = a.look(ctx, func(d *desk.Desk) error {
		queries, err = d.SessionQueries(a.by, f)
		return err
	})
	if err != nil {
		return SessionList{}, err
	}
	var list SessionList
	list.Sessions, list.Next, list.Stopped, err = search(ctx, a.engine, queries, Page{After: p.After, Limit: limit}, desk.DecodeSession,
		func(sessions []Session, taken []bool) error {
			return a.look(ctx, func(d *desk.Desk) error {
				for i := range sessions {
					taken[i] = d.Lists(a.by, f, &sessions[i])
				}
				return nil
			})
		})
	if err != nil {
		return SessionList{}, err
	}
	list.Chats, err = a.engine.chatsOf(ctx, list.Sessions)
	return list, err
}

// chatsOf reads the chats of sessions.
func (e *Engine) chatsOf(ctx context.Context, sessions []Session) (map[session.ChatID]Chat, error) {
	chats := make(map[session.ChatID]Chat, len(sessions))
	var keys []storage.Key
	for _, s := range sessions {
		keys = append(keys, desk.ChatKey(s.Chat))
	}
	if len(keys) == 0 {
		return chats, nil
	}
	found, mark, err := e.store.Get(ctx, keys...)
	if err == nil {
		err = e.understands(ctx, mark)
	}
	if err != nil {
		return nil, err
	}
	for _, r := range found {
		c, err := desk.DecodeChat(r)
		if err != nil {
			return nil, err
		}
		chats[c.ID] = c
	}
	return chats, nil
}

// search reads what several queries find together, newest first, until sift has taken as much as fits on a page. sift says
// which of some rows it takes. stopped: MaxReads records were read before.
//
// A cursor of where it stopped names a time, and if possible no record that was not taken: the actor must not know of it.
func search[T any](
	ctx context.Context, e *Engine, queries []storage.Query, p Page, decode func(storage.Record) (T, error), sift func(rows []T, taken []bool) error,
) (page []T, next Cursor, stopped bool, err error) {
	for reads := 0; ; {
		size := min(max(p.Limit, reads), (MaxReads-reads)/len(queries))
		found, read, err := e.union(ctx, queries, p.After, size)
		if err != nil {
			return nil, Cursor{}, false, err
		}
		reads += read
		rows, taken := make([]T, len(found)), make([]bool, len(found))
		for i, r := range found {
			if rows[i], err = decode(r); err != nil {
				return nil, Cursor{}, false, err
			}
		}
		if err := sift(rows, taken); err != nil {
			return nil, Cursor{}, false, err
		}
		if len(found) == size {
			if stopped = MaxReads-reads < len(queries); stopped && !taken[size-1] {
				found, p.After = untilTime(found)
			} else {
				p.After = cursorOf(found[size-1])
			}
		}
		for i := range found {
			if taken[i] {
				page = append(page, rows[i])
			}
			if len(page) == p.Limit {
				return page, cursorOf(found[i]), false, nil
			}
		}
		switch {
		case len(rows) < size:
			return page, Cursor{}, false, nil
		case stopped:
			return page, p.After, true, nil
		}
	}
}

func cursorOf(r storage.Record) Cursor { return Cursor{At: r.At, ID: r.ID} }

// untilTime returns the records up to a change of the time at which they began, and a cursor that names that time alone. If
// all are of one time, it names the last one.
func untilTime(found []storage.Record) ([]storage.Record, Cursor) {
	last := found[len(found)-1]
	cut := slices.IndexFunc(found, func(r storage.Record) bool { return r.At.Equal(last.At) })
	if cut == 0 {
		return found, cursorOf(last)
	}
	return found[:cut], Cursor{At: found[cut-1].At}
}

// union returns the first records after a cursor, newest first, of all that queries find, and how many were read. Fewer than
// size: there are no more.
func (e *Engine) union(ctx context.Context, queries []storage.Query, after Cursor, size int) (all []storage.Record, read int, err error) {
	for _, q := range queries {
		q.After, q.Limit = after, size
		found, err := e.find(ctx, q)
		if err != nil {
			return nil, 0, err
		}
		all, read = append(all, found...), read+len(found)
	}
	if len(queries) == 1 {
		return all, read, nil
	}
	slices.SortFunc(all, func(a, b storage.Record) int { return cmp.Or(b.At.Compare(a.At), strings.Compare(b.ID, a.ID)) })
	all = slices.CompactFunc(all, func(a, b storage.Record) bool { return a.ID == b.ID })
	return all[:min(len(all), size)], read, nil
}
