package openlines

import (
	"context"
	"iter"
	"slices"
	"sync"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
)

// Limits of live typing.
const (
	MaxDraft    = 4 << 10 // bytes of what a client is typing; the rest is cut
	MaxWatchers = 1000    // callers of Typing at a time, on one node; the next one gets ErrBusy
)

// Draft is what somebody is typing and has not sent (rule 7.22). It takes no turn, is not stored, not counted and not logged, and
// is told on this node only.
type Draft struct {
	Session  session.ID
	Chat     session.ChatID
	Operator queue.OperatorID // who is typing; empty: the client
	Text     string           // what the client is typing, empty if he has deleted it all. Of operators only that they type is told.
	Silent   bool             // an operator types for his colleagues: clients are not to know
}

// ClientTypes tells what a client is typing. Who has his session and watches it ([Actor.Typing]) gets it, where the account is one
// whose channel tells that ([Connection].Types) and the line is one that wants to know ([Line].WatchTyping); else nothing happens.
func (e *Engine) ClientTypes(ctx context.Context, who connector.Address, draft string) error {
	who = who.Normal()
	if err := who.Validate(); err != nil {
		return err
	}
	if !e.typing.watched() {
		return e.answers()
	}
	return e.look(ctx, func(d *desk.Desk) error {
		if s, is := d.TypedIn(who); is {
			e.typing.tell(&s, Draft{Session: s.ID, Chat: s.Chat, Text: connector.CleanText(draft, MaxDraft).Text})
		}
		return nil
	})
}

// Types tells that the actor, who has a session or has joined it, is typing. The others of it who watch get that, and the host, who
// may show it to the client.
func (a Actor) Types(ctx context.Context, id session.ID) error {
	return a.look(ctx, func(d *desk.Desk) error {
		s, open := d.Session(id)
		switch {
		case !open:
			return ErrNotFound
		case !d.Writes(a.by, &s):
			return ErrDenied
		}
		a.engine.typing.tell(&s, Draft{Session: s.ID, Chat: s.Chat, Operator: a.by.Operator, Silent: s.Silent})
		return nil
	})
}

// Typing yields what is typed in a session as it is typed, until ctx or the engine ends. Who has the session or has joined it may
// watch, and the host; to who does not any more nothing is told. Who is slow gets the latest of each who types, and misses what was
// before.
func (a Actor) Typing(ctx context.Context, id session.ID) iter.Seq2[Draft, error] {
	return func(yield func(Draft, error) bool) {
		w := &watcher{by: a.by, news: make(chan struct{}, 1)}
		err := a.look(ctx, func(d *desk.Desk) error {
			s, open := d.Session(id)
			switch {
			case !open:
				return ErrNotFound
			case a.by.Operator != "" && !d.Writes(a.by, &s):
				return ErrDenied
			}
			return a.engine.typing.watch(id, w)
		})
		if err != nil {
			yield(Draft{}, err)
			return
		}
		defer a.engine.typing.leave(id, w)
		for {
			select {
			case <-w.news:
			case <-ctx.Done():
				return
			case <-a.engine.closing.Done():
				return
			}
			for _, t := range a.engine.typing.take(w) {
				if !yield(t, nil) {
					return
				}
			}
		}
	}
}

// typing is who watches what is typed, by session.
type typing struct {
	mu       sync.Mutex
	watchers map[session.ID][]*watcher
	n        int
}

// watcher is one caller of Typing.
type watcher struct {
	by     desk.By
	drafts []Draft // the latest of each who types; guarded by typing.mu
	news   chan struct{}
}

func (t *typing) watched() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.n > 0
}

func (t *typing) watch(id session.ID, w *watcher) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.n >= MaxWatchers {
		return ErrBusy
	}
	if t.watchers == nil {
		t.watchers = map[session.ID][]*watcher{}
	}
	t.n++
	t.watchers[id] = append(t.watchers[id], w)
	return nil
}

func (t *typing) leave(id session.ID, w *watcher) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.n--
	left := slices.DeleteFunc(t.watchers[id], func(o *watcher) bool { return o == w })
	if t.watchers[id] = left; len(left) == 0 {
		delete(t.watchers, id)
	}
}

// tell gives a draft to those who may have it now. It never waits.
func (t *typing) tell(s *Session, draft Draft) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, w := range t.watchers[s.ID] {
		if me := w.by.Operator; me != "" && (me == draft.Operator || !s.Writes(me)) {
			continue
		}
		i := slices.IndexFunc(w.drafts, func(o Draft) bool { return o.Operator == draft.Operator })
		if i < 0 {
			w.drafts = append(w.drafts, draft)
		} else {
			w.drafts[i] = draft
		}
		select {
		case w.news <- struct{}{}:
		default:
		}
	}
}

func (t *typing) take(w *watcher) []Draft {
	t.mu.Lock()
	defer t.mu.Unlock()
	drafts := w.drafts
	w.drafts = nil
	return drafts
}
