package openlines

import (
	"context"
	"slices"
	"time"

	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
)

// SessionFilter chooses sessions, see [desk.SessionFilter].
type SessionFilter = desk.SessionFilter

// MaxReads is how many records a list reads for one page, and how many entries of the store's lists it looks at.
const MaxReads = storage.MaxWalk

// SessionList is a page of sessions, with what a list of conversations shows of them (rule 11.37).
type SessionList struct {
	Sessions []Session               // the newest first, by when they began (rule 11.38)
	Chats    map[session.ChatID]Chat // theirs: the client, his address, what is known of him

	// Next is where the next page begins; the zero cursor: that was all.
	Next Cursor
	// Stopped says that the page is shorter than it could be, even empty, because so much was looked at that the filter does
	// not take. Going on from Next goes on searching.
	Stopped bool
}

// Sessions returns the sessions, open and closed, that a filter takes and the actor may view: by default his own, and those
// that nobody has of the lines in whose queues he is (rules 11.32, 11.37–11.40). It takes the right [desk.MayViewSessions],
// in some line.
//
// What filters ask for is in the store's index, alone and in pairs, so a page of one or two filters costs what it holds. Of three
// or more, or for an actor who may not view all, a list that has two of them is looked through for the others; no index has
// what a filter leaves out ([desk.Without]), nor several states of one who may not view all. For one page at most [MaxReads]
// entries are looked at, see [SessionList.Stopped]. Sessions that were stored before a term was kept are not found by it.
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
	if len(queries) == 0 {
		return SessionList{Chats: map[session.ChatID]Chat{}}, nil
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
// which of some rows it takes. stopped: MaxReads entries of the store's lists were looked at before.
func search[T any](
	ctx context.Context, e *Engine, queries []storage.Query, p Page, decode func(storage.Record) (T, error), sift func(rows []T, taken []bool) error,
) (page []T, next Cursor, stopped bool, err error) {
	var began []time.Time // of the page's rows
	for after, looks := p.After, 0; ; {
		found, end, looked, err := e.union(ctx, queries, after, max(p.Limit, looks), (MaxReads-looks)/len(queries))
		if err != nil {
			return nil, Cursor{}, false, err
		}
		looks += looked
		rows, taken := make([]T, len(found)), make([]bool, len(found))
		for i, r := range found {
			if rows[i], err = decode(r); err != nil {
				return nil, Cursor{}, false, err
			}
		}
		if err := sift(rows, taken); err != nil {
			return nil, Cursor{}, false, err
		}
		for i, r := range found {
			if !taken[i] {
				continue
			}
			page, began = append(page, rows[i]), append(began, r.At)
			if next = r.Cursor(); len(page) == p.Limit {
				return page, next, false, nil
			}
		}
		if end == (Cursor{}) || MaxReads-looks < len(queries) {
			if stopped = end != (Cursor{}); stopped && next != end {
				end, page = discreet(p.After, end, page, began)
			}
			return page, end, stopped, nil
		}
		after = end
	}
}

// discreet returns a cursor for a page that began after a place and stopped at another, of a record that was not taken: the actor
// must not know of that. So it names a time alone, and what began at that time is left to the next page. If all are of one time,
// it names the record.
func discreet[T any](after, end Cursor, page []T, began []time.Time) (Cursor, []T) {
	next := Cursor{At: end.At.Add(time.Microsecond)}
	if !after.At.IsZero() && !next.At.Before(after.At) && (after.ID == "" || next.At.After(after.At)) {
		return end, page
	}
	kept := slices.IndexFunc(began, func(t time.Time) bool { return !t.After(end.At) })
	if kept < 0 {
		kept = len(page)
	}
	return next, page[:kept]
}

// newestFirst is the order of every list.
var newestFirst storage.Query

// walkPerRow is how many entries of a list are looked at for each record that is wanted of a query with several terms. Who finds too
// little looks again, at more.
const walkPerRow = 4

// union returns the first records after a cursor, newest first, of all that queries find, where they end, and how many entries
// of the store's lists were looked at, each query at most so many as looks says. The zero cursor: there are no more.
func (e *Engine) union(ctx context.Context, queries []storage.Query, after Cursor, limit, looks int) (all []storage.Record, end Cursor, looked int, err error) {
	for _, q := range queries {
		q.After, q.Limit = after, min(limit, looks)
		if len(q.Terms) > 1 {
			q.Walk = min(walkPerRow*limit, looks)
		}
		found, next, err := e.find(ctx, q)
		if err != nil {
			return nil, Cursor{}, 0, err
		}
		all, looked = append(all, found...), looked+max(q.Walk, len(found))
		if next != (Cursor{}) && (end == (Cursor{}) || newestFirst.Compare(next, end) < 0) {
			end = next // behind it, this query can have more
		}
	}
	if len(queries) == 1 {
		return all, end, looked, nil
	}
	slices.SortFunc(all, func(a, b storage.Record) int { return newestFirst.Compare(a.Cursor(), b.Cursor()) })
	all = slices.CompactFunc(all, func(a, b storage.Record) bool { return a.ID == b.ID })
	if end != (Cursor{}) {
		all = slices.DeleteFunc(all, func(r storage.Record) bool { return newestFirst.Compare(r.Cursor(), end) > 0 })
	}
	return all, end, looked, nil
}
