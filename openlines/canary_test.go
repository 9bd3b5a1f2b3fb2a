package openlines_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/openlinestest"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/memory"
	"github.com/openlines-go/openlines/worktime"
)

// canary is in everything that a client, an operator or a channel says, and in every secret.
const canary = "kanarienvogel"

// forgetful answers every third commit with an error that says nothing, and has stored it.
type forgetful struct {
	storage.Store
	commits int
}

func (s *forgetful) Commit(ctx context.Context, b *storage.Batch) (storage.Head, error) {
	head, err := s.Store.Commit(ctx, b)
	if s.commits++; s.commits%3 == 0 && err == nil {
		return storage.Head{}, errors.New("no answer")
	}
	return head, err
}

// locked is a buffer for a log.
type locked struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// S-18: no secret, no text, no name and no id of a channel is in a log line, an error, an event or an effect, whatever fails
// meanwhile: the store, the connector, by an error and by a panic, and the observer.
func TestNothingIsTold(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	log := &locked{}
	var told []string
	tell := func(err error) {
		if err != nil {
			told = append(told, err.Error())
		}
	}
	calls := 0
	broken := connector.Func(func(_ context.Context, m connector.Outbound) (connector.Receipt, error) {
		switch calls++; calls % 4 {
		case 0:
			panic(fmt.Sprintf("%+v", m))
		case 1:
			return connector.Receipt{}, fmt.Errorf("cannot send %q to %s of %s", m.Text, m.To.User, m.Author.Name)
		case 2:
			return connector.Receipt{}, &connector.Failure{Permanent: calls > 20, RetryAfter: time.Second, Err: errors.New(m.Text)}
		}
		return connector.Receipt{ID: canary}, nil
	})
	store := &forgetful{Store: memory.New()}
	clock := openlinestest.NewClock(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	e, err := openlines.Open(ctx, store, openlines.Config{
		Clock: clock, Connectors: map[connector.ID]connector.Connector{"web": broken},
		Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug, AddSource: true})),
		Observer: openlines.Observer{
			Turn:     func(i openlines.TurnInfo) { tell(i.Err); panic(canary) },
			Delivery: func(i openlines.DeliveryInfo) { panic(i.Err) },
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	sing(t, e, clock, tell)
	tell(e.Check(ctx))
	tell(e.Close())
	_, err = e.Receive(ctx, connector.Inbound{Connector: "web", Account: canary, User: canary, ID: canary, Text: canary})
	tell(err)

	if n := strings.Count(log.text.String(), "\n"); n < 20 || len(told) < 20 {
		t.Errorf("only %d log lines and %d errors: the test tests nothing", n, len(told))
	}
	silent(t, "log", log.text.String())
	for _, text := range told {
		silent(t, "error", text)
	}
	events, err := store.Events(ctx, 0, storage.MaxFind)
	if err != nil || len(events) < 20 {
		t.Fatal(len(events), err)
	}
	for _, ev := range events {
		silent(t, "event", string(ev.Body))
	}
	effects := 0
	if _, err := store.Scan(ctx, storage.All, func(r storage.Record) error {
		if r.Kind == "effect" {
			effects++
			silent(t, "effect", r.ID+string(r.Body))
		}
		silent(t, "key", r.ID)
		if r.Kind != "chat" { // which is found by the beginnings of what its record says
			silent(t, "term", strings.Join(r.Terms, " "))
		}
		return nil
	}); err != nil || effects == 0 {
		t.Errorf("%d effects, %v", effects, err)
	}
}

func silent(t *testing.T, where, text string) {
	t.Helper()
	if at := strings.Index(text, canary); at >= 0 {
		t.Errorf("%s: … %s", where, text[max(at-200, 0):min(at+50, len(text))])
	}
}

// sing lets everybody say the word: what is accepted, what is refused, and what is asked of nobody.
func sing(t *testing.T, e *openlines.Engine, clock *openlinestest.Clock, tell func(error)) {
	t.Helper()
	ctx := t.Context()
	must(t, errors.Join(
		e.PutOperator(ctx, openlines.Operator{ID: "ann", Name: canary}, openlines.Operator{ID: "bob", Name: canary}),
		e.PutLine(ctx, openlines.Line{
			ID: "support", Name: canary, Queue: queue.Rules{Members: queue.Operators("ann", "bob")},
			Texts: openlines.Texts{Greeting: canary, Unanswered: canary, Closing: canary},
		}),
		e.Connect(ctx, "support", "web", "main"),
	))
	for i := range 12 {
		in := connector.Inbound{
			Connector: "web", Account: "main", User: canary + fmt.Sprint(i%4), Chat: canary + fmt.Sprint(i%4), ID: canary + fmt.Sprint(i), Text: canary,
			Client: connector.Client{Name: canary, Language: canary, Phone: canary, Email: canary}, Files: []connector.File{{ID: canary, Name: canary, URL: canary}},
		}
		got, err := e.Receive(ctx, in)
		must(t, err)
		for _, bad := range []func(*connector.Inbound){
			func(m *connector.Inbound) { m.User += "\n" },
			func(m *connector.Inbound) { m.ID += "\xff" },
			func(m *connector.Inbound) { m.Chat = strings.Repeat(canary, 50) },
			func(m *connector.Inbound) { m.Account = canary },
			func(m *connector.Inbound) { m.Files[0].Size = -1 },
			func(m *connector.Inbound) { m.Files[0].URL = strings.Repeat(canary, 500) },
			func(m *connector.Inbound) { m.Waited = -1 },
		} {
			m := in
			m.Files = []connector.File{in.Files[0]}
			bad(&m)
			_, err := e.Receive(ctx, m)
			tell(err)
		}
		for _, who := range []queue.OperatorID{"ann", "bob"} {
			tell(e.As(who).Once(canary).Send(ctx, got.Session, canary))
			tell(e.As(who).Once(canary).Send(ctx, got.Session, canary+" again", connector.File{ID: canary}))
			tell(e.As(who).Send(ctx, 999, canary))
		}
		if i%3 == 0 {
			tell(e.Finish(ctx, got.Session))
		}
		clock.Add(40 * time.Second)
		_, err = e.Advance(ctx)
		tell(err)
	}
	tell(e.ClientLeft(ctx, connector.Address{Connector: "web", Account: canary, User: canary}))
	tell(e.PutLine(ctx, openlines.Line{ID: "support", Texts: openlines.Texts{Greeting: canary + "\x00", Closing: strings.Repeat(canary, 5000)}}))
	tell(e.PutOperator(ctx, openlines.Operator{ID: queue.OperatorID(canary + "\n"), Name: canary}))
	tell(e.Report(ctx, openlines.Report{Operator: canary, Facts: worktime.Facts{Status: canary + "\x00"}}))
	tell(e.Report(ctx, openlines.Report{Operator: "ann", Facts: worktime.Facts{Status: canary + "\x00"}}))
	tell(e.Connect(ctx, "support", "web", canary))
	tell(e.As(canary).Answer(ctx, 1))
	tell(e.Once(canary+"\n").PutSettings(ctx, openlines.Settings{}))
	_, err := e.Receive(ctx, connector.Inbound{Connector: "web", Account: "main", User: canary, ID: canary, Text: canary}) // its greeting stays an effect
	must(t, err)
	_, _, err = e.History(ctx, 1, openlines.Page{After: openlines.Cursor{ID: canary + "\x00"}})
	tell(err)
	_, err = connector.NewSecret(canary, "")
	tell(err)
	s, err := connector.NewSecret(canary)
	must(t, err)
	tell(fmt.Errorf("%v %+v %#v %s %q %x", s, s, s, s, s, s))
}
