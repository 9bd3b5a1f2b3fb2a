package memory

import (
	"bytes"
	"time"

	"github.com/openlines-go/openlines/storage"
)

// keptFor is how long a turn is kept at least; storage.KeptTurns says how many.
const keptFor = time.Hour

// history is what Changes and the retry of a batch need to know of the turns taken.
type history struct {
	base  storage.Mark // where the oldest turn began
	turns []turn
}

type turn struct {
	head    storage.Head // as the turn left it
	at      time.Time
	touched []touch
}

// touch is what a turn did to one record.
type touch struct {
	key storage.Key
	act act
}

type act int

const (
	written act = iota
	createdClosed
	deleted
)

// place finds the number of turns that were taken up to m.
func (h *history) place(m storage.Mark) (int, error) {
	switch n := m.Revision - h.base.Revision; {
	case m.Revision < h.base.Revision:
		return 0, storage.ErrBehind
	case n > uint64(len(h.turns)) || h.mark(int(n)) != m:
		return 0, storage.ErrRewound
	default:
		return int(n), nil
	}
}

func (h *history) mark(n int) storage.Mark {
	if n == 0 {
		return h.base
	}
	return h.turns[n-1].head.Mark
}

// made returns the head that the batch made, if it was the next one after expect.
func (h *history) made(batch storage.BatchID, expect storage.Mark) (storage.Head, bool) {
	n, err := h.place(expect)
	if err != nil || n == len(h.turns) || h.turns[n].head.Batch != batch {
		return storage.Head{}, false
	}
	return h.turns[n].head, true
}

// since folds the turns after m: one touch for each key, in the order of its first one. A record that was created
// closed stays createdClosed only if nothing else happened to its key.
func (h *history) since(m storage.Mark) ([]touch, error) {
	n, err := h.place(m)
	if err != nil || n == len(h.turns) {
		return nil, err
	}
	var folded []touch
	seen := map[storage.Key]int{}
	for _, t := range h.turns[n:] {
		for _, now := range t.touched {
			if i, again := seen[now.key]; again {
				folded[i].act = written
				continue
			}
			seen[now.key] = len(folded)
			folded = append(folded, now)
		}
	}
	return folded, nil
}

// add appends t and forgets what is both old enough and more than must be kept.
func (h *history) add(t turn) {
	h.turns = append(h.turns, t)
	old := 0
	for len(h.turns)-old > storage.KeptTurns && t.at.Sub(h.turns[old].at) > keptFor {
		old++
	}
	h.base = h.mark(old)
	clear(h.turns[:old])
	h.turns = h.turns[old:]
}

// feed is the kept part of the events: those with numbers greater than trimmed.
type feed struct {
	trimmed uint64
	events  []storage.Event
}

func (f *feed) add(events []storage.Event, trim uint64) {
	f.events = append(f.events, events...)
	if trim <= f.trimmed {
		return
	}
	n := min(trim-f.trimmed, uint64(len(f.events)))
	clear(f.events[:n])
	f.events = f.events[n:]
	f.trimmed += n
}

func (f *feed) after(number uint64, limit int) ([]storage.Event, error) {
	if number < f.trimmed {
		return nil, storage.ErrBehind
	}
	from := min(number-f.trimmed, uint64(len(f.events)))
	rest := f.events[from:]
	rest = rest[:min(limit, len(rest))]
	if len(rest) == 0 {
		return nil, nil
	}
	out := make([]storage.Event, len(rest))
	for i, e := range rest {
		out[i] = storage.Event{Seq: e.Seq, Body: bytes.Clone(e.Body)}
	}
	return out, nil
}
