package desk

import (
	"errors"
	"testing"
	"time"

	"github.com/openlines-go/openlines/session"
)

// A desk has no more open sessions than it can, however they begin.
func TestStartInAFullDesk(t *testing.T) {
	t.Parallel()
	at, d := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), New()
	d.lines.put(&Line{ID: "support"})
	d.chats.put(&Chat{ID: 1, Line: "support", Began: at})
	d.sessions.missing("0")
	for chat := session.ChatID(2); len(d.open) < MaxOpenSessions; chat++ {
		d.open[chat] = session.ID(chat)
	}
	if _, err := d.Do(at, By{}, Start{Chat: 1}); !errors.Is(err, ErrTooMany) {
		t.Errorf("another one: %v, want ErrTooMany", err)
	}
	delete(d.open, 2)
	d.aliases.missing(aliasKey((&Chat{}).Address))
	if _, err := d.Do(at, By{}, Start{Chat: 1}); err != nil {
		t.Errorf("with room for one: %v", err)
	}
}
