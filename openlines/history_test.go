package openlines_test

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/memory"
)

// longChat is a desk with one chat of n messages, all in its only session; every tenth is a note. They are put into the store
// as they are: one after the other it would take minutes.
func longChat(t *testing.T, n int, deliver connector.Func) *openlines.Engine {
	t.Helper()
	store, clock := memory.New(), &manual{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	e := open(t, store, openlines.Config{Clock: clock})
	must(t, e.PutLine(t.Context(), openlines.Line{ID: "support"}))
	must(t, e.Connect(t.Context(), "support", "web", "main"))
	got := says(t, e, "77", "message 1")
	must(t, e.Close())
	head, err := store.Scan(t.Context(), storage.Live, func(storage.Record) error { return nil })
	must(t, err)
	for from := 2; from <= n; from += 5000 {
		b := &storage.Batch{ID: storage.BatchID{byte(from >> 16), byte(from >> 8), byte(from)}, Expect: head.Mark, Due: head.Due, Format: head.Format}
		for i := from; i < from+5000 && i <= n; i++ {
			m := openlines.Message{
				Chat: got.Chat, Session: got.Session, Number: int64(i), At: clock.now.Add(time.Duration(i) * time.Millisecond), By: desk.ByOperator,
				Operator: "ann", Said: connector.Text{Text: fmt.Sprint("message ", i)}, Hidden: i%10 == 0,
			}
			body, err := json.Marshal(m)
			must(t, err)
			terms := []string{fmt.Sprint("chat:", got.Chat), fmt.Sprint("session:", got.Session)}
			b.Puts = append(b.Puts, storage.Put{Create: true, Record: storage.Record{
				Key: storage.Key{Kind: "message", ID: fmt.Sprint(got.Chat, ".", i)}, At: m.At, Terms: terms, Body: body,
			}})
		}
		head, err = store.Commit(t.Context(), b)
		must(t, err)
	}
	found, mark, err := store.Get(t.Context(), desk.ChatKey(got.Chat))
	must(t, err)
	chat, err := desk.DecodeChat(found[0])
	must(t, err)
	chat.Messages = int64(n)
	found[0].Body, err = json.Marshal(chat)
	must(t, err)
	_, err = store.Commit(t.Context(), &storage.Batch{
		ID: storage.BatchID{1, 2, 3, 4}, Expect: mark, Puts: []storage.Put{{Record: found[0], Same: true}}, Due: head.Due, Format: head.Format,
	})
	must(t, err)
	clock.now = clock.now.Add(time.Hour)
	return open(t, store, openlines.Config{Clock: clock, Connectors: map[connector.ID]connector.Connector{"web": deliver}})
}

// A chat of 200,000 messages is read from beginning to end in the memory of a few hundred, and its pages cost what a page costs.
// Not parallel: it looks at the memory of the process.
func TestLongChatIsReadInFlatMemory(t *testing.T) {
	const n = 200_000
	e := longChat(t, n, nil)
	ctx := t.Context()
	allocated := func() uint64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.TotalAlloc
	}
	held := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before, began, most := held(), allocated(), uint64(0)
	next := int64(1)
	for m, err := range e.Messages(ctx, 1) {
		must(t, err)
		if m.Number != next {
			t.Fatalf("message %d, want %d", m.Number, next)
		}
		if next++; next%50_000 == 0 {
			most = max(most, held())
		}
	}
	if next != n+1 {
		t.Errorf("%d messages, want %d", next-1, n)
	}
	if most > before+8<<20 {
		t.Errorf("%d KiB are held while a chat is read that is read page by page", (most-before)>>10)
	}
	if each := (allocated() - began) / n; each > 8<<10 {
		t.Errorf("%d bytes are allocated for each message", each)
	}
	for what, page := range map[string]func() ([]openlines.Message, error){
		"History": func() ([]openlines.Message, error) { m, _, err := e.History(ctx, 1, openlines.Page{}); return m, err },
		"SessionHistory": func() ([]openlines.Message, error) {
			h, err := e.SessionHistory(ctx, 1, openlines.Page{})
			return h.Messages, err
		},
	} {
		began := allocated()
		got, err := page()
		must(t, err)
		if len(got) != 50 || got[0].Number != n {
			t.Errorf("%s: %d messages from %d on", what, len(got), got[0].Number)
		}
		if used := allocated() - began; used > 1<<20 {
			t.Errorf("%s allocates %d KiB for a page of 50", what, used>>10)
		}
	}
}

// Pages of a session are those of its messages alone, and who stops reading is not read to.
func TestSessionHistoryIsReadPageByPage(t *testing.T) {
	t.Parallel()
	e := longChat(t, 1234, nil)
	var numbers []int64
	for _, m := range pages(t, 100, func() {}, func(p openlines.Page) ([]openlines.Message, openlines.Cursor, error) {
		h, err := e.SessionHistory(t.Context(), 1, p)
		return h.Messages, h.Next, err
	}) {
		numbers = append(numbers, m.Number)
	}
	slices.Reverse(numbers)
	if len(numbers) != 1234 || numbers[0] != 1 || !slices.IsSorted(numbers) {
		t.Errorf("%d messages", len(numbers))
	}
	read := 0
	for _, err := range e.Messages(t.Context(), session.ChatID(1)) {
		must(t, err)
		if read++; read == 600 {
			break
		}
	}
	if _, err := e.SessionHistory(t.Context(), 1, openlines.Page{Limit: 1001}); err == nil {
		t.Error("a page of 1001 is given")
	}
}

// A transcript has the newest messages of a long session, and says that there were more (decision 14.31).
func TestTranscriptOfALongSession(t *testing.T) {
	t.Parallel()
	var got connector.Outbound
	e := longChat(t, 1234, func(_ context.Context, m connector.Outbound) (connector.Receipt, error) {
		got = m
		return connector.Receipt{}, nil
	})
	must(t, e.ClientAsksLog(t.Context(), connector.Address{Connector: "web", Account: "main", User: "77"}))
	_, err := e.Advance(t.Context())
	must(t, err)
	if len(got.Log) != desk.MaxTranscript || !got.LogCut || got.Log[desk.MaxTranscript-1].Text != "message 1234" {
		t.Fatalf("%d lines, cut %v", len(got.Log), got.LogCut)
	}
	for i, l := range got.Log {
		if strings.HasSuffix(l.Text, "0") {
			t.Errorf("%s is hidden from clients", l.Text)
		}
		if i > 0 && !l.At.After(got.Log[i-1].At) {
			t.Errorf("%s is not in order", l.Text)
		}
	}
}
