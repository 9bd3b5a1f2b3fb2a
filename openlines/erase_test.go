package openlines_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/openlines/openlinestest"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/dump"
	"github.com/openlines-go/openlines/storage/memory"
)

// full is a store that takes no more after some commits.
type full struct {
	storage.Store
	left int
}

func (s *full) Commit(ctx context.Context, b *storage.Batch) (storage.Head, error) {
	if s.left--; s.left < 0 {
		return storage.Head{}, storage.ErrFull
	}
	return s.Store.Commit(ctx, b)
}

// canaryCRM knows everybody under one id.
type canaryCRM struct{}

func (canaryCRM) Identify(context.Context, openlines.Question) (openlines.Identity, error) {
	return openlines.Identity{Client: canary, Items: []string{canary}}, nil
}

// CreateItem makes an item of that name.
func (canaryCRM) CreateItem(context.Context, openlines.ItemDraft) (string, error) { return canary, nil }

// canaryDesk makes a desk in which one client, and whoever speaks to him or of him, has said the word everywhere.
func canaryDesk(t *testing.T, store storage.Store, clock *openlinestest.Clock) *openlines.Engine {
	t.Helper()
	ctx := t.Context()
	away := connector.Func(func(_ context.Context, m connector.Outbound) (connector.Receipt, error) {
		switch {
		case strings.Contains(m.Text, "bounce"):
			return connector.Receipt{}, &connector.Failure{Permanent: true, Err: errors.New("no")}
		case strings.Contains(m.Text, "stays"):
			return connector.Receipt{}, errors.New("away")
		}
		return connector.Receipt{ID: canary + m.ID}, nil
	})
	var e *openlines.Engine
	answer := openlines.BotFunc(func(ctx context.Context, c openlines.BotCall) error {
		return e.AsBot("faq").Once(c.ID).Send(ctx, c.Session.ID, canary+"?")
	})
	e = open(t, store, openlines.Config{
		Clock: clock, Connectors: map[connector.ID]connector.Connector{"web": away}, Identifier: canaryCRM{},
		Bots: map[openlines.BotID]openlines.Bot{"faq": answer},
	})
	must(t, errors.Join(
		e.PutLine(ctx, openlines.Line{ID: "bots", Bot: openlines.LineBot{ID: "faq"}, Form: openlines.Form{ID: "contacts"}}),
		e.PutLine(ctx, openlines.Line{ID: "asks", Consent: openlines.Consent{Document: "terms"}, Texts: openlines.Texts{Consent: "Do you agree?"}}),
		e.PutConnection(ctx, openlines.Connection{Line: "bots", Connector: "web", Account: "bots"}),
		e.PutConnection(ctx, openlines.Connection{Line: "asks", Connector: "web", Account: "asks", AsksConsent: true}),
		e.PutOperator(ctx, openlines.Operator{ID: "ann"}),
		e.PutLine(ctx, openlines.Line{ID: "support", Queue: queue.Rules{Members: queue.Operators("ann")}, CRM: openlines.CRM{Verify: true}, Texts: openlines.Texts{Greeting: "#CLIENT#!"}}),
		e.PutConnection(ctx, openlines.Connection{Line: "support", Connector: "web", Account: "main", CanStart: true}),
	))
	return e
}

func sayCanary(t *testing.T, e *openlines.Engine, clock *openlinestest.Clock) {
	t.Helper()
	ctx, ann := t.Context(), e.As("ann")
	advance := func() {
		t.Helper()
		clock.Add(time.Second)
		_, err := e.Advance(ctx)
		must(t, err)
	}
	number := 0
	says := func(user string) openlines.Received {
		t.Helper()
		number++
		got, err := e.Receive(ctx, connector.Inbound{
			Connector: "web", Account: "main", User: canary + user, Chat: canary + user, ID: canary + fmt.Sprint(number), Text: canary,
			Client: connector.Client{Name: canary, Language: canary}, Files: []connector.File{{ID: canary, Name: canary, URL: canary}},
		})
		must(t, err)
		advance()
		return got
	}
	one := says("1")
	to := connector.Address{Connector: "web", Account: "main", User: canary + "1", Chat: canary + "1"}
	must(t, errors.Join(
		ann.Send(ctx, one.Session, canary), ann.Send(ctx, one.Session, canary+" bounce", connector.File{ID: canary}), ann.Note(ctx, one.Session, canary),
		e.CreateItem(ctx, one.Session),
		ann.Rename(ctx, one.Chat, canary), e.PutClient(ctx, openlines.PutClient{Chat: one.Chat, Language: canary, Priority: 1}),
	))
	advance()
	must(t, errors.Join(
		ann.Edit(ctx, one.Chat, 3, canary+"!"), e.ClientEdited(ctx, to, canary+"2", canary), e.ClientEdited(ctx, to, canary+"never", canary),
	))
	says("1") // which its edit has overtaken
	_, err := e.Arrived(ctx, to, canary+"2")
	must(t, errors.Join(err, ann.Seen(ctx, one.Chat), ann.Finish(ctx, one.Session)))
	must(t, e.PutCanned(ctx, "support", openlines.Canned{ID: desk.CannedFrom(one.Chat, 1), Text: "Good morning"})) // which is saved over
	_, err = ann.SaveCanned(ctx, one.Chat, 1)
	must(t, err)
	clock.Add(time.Hour)
	advance()
	must(t, e.Review(ctx, openlines.Review{Session: one.Session, Stars: 4, Comment: canary}))
	two := says("1")
	must(t, errors.Join(ann.Once(canary).Send(ctx, two.Session, canary+" stays"), e.Delete(ctx, one.Chat, 4)))
	says("2")
	first := openlines.WriteFirst{To: connector.Address{Connector: "web", Account: "main", User: canary + "3"}, Client: connector.Client{Name: canary}, Text: canary}
	wrote, err := ann.Once(canary+"first").WriteFirst(ctx, first)
	must(t, errors.Join(err, e.MergeClients(ctx, one.Chat, wrote.Chat)))
	for _, account := range []string{"bots", "asks"} {
		who := connector.Address{Connector: "web", Account: account, User: canary}
		if account == "bots" {
			_, err := e.ClientFilled(ctx, openlines.ClientFills{Address: who, Form: "contacts", Fields: []openlines.Field{{Name: "Name", Value: canary}}})
			must(t, err)
		}
		got, err := e.Receive(ctx, connector.Inbound{Connector: "web", Account: account, User: canary, ID: canary, Text: canary})
		must(t, errors.Join(err, e.MergeClients(ctx, one.Chat, got.Chat)))
		advance()
	}
	advance()
}

// Rule P4: after a client is erased, nothing in the store says who he was or what was said, in any of his chats, and what
// reports are made of is as it was. What was cut short, whenever that was, is gone on with.
func TestErase(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	for commits := 0; ; commits++ {
		store := &full{Store: memory.New(), left: 1 << 30}
		clock := openlinestest.NewClock(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
		e := canaryDesk(t, store, clock)
		sayCanary(t, e, clock)
		text := dumped(t, store)
		if n := strings.Count(text, canary); n < 60 {
			t.Fatalf("the word is there %d times: the test tests nothing", n)
		}
		for _, is := range []string{`"record":"canned"`, `"record":"withheld"`, `"fields":[{"name":"Name","value":"` + canary, `"text":"` + canary + `?"`} {
			if !strings.Contains(text, is) {
				t.Fatalf("%s is not there: the test tests less", is)
			}
		}
		before := sessions(t, e)
		store.left = commits
		err := e.Erase(ctx, 1)
		whole := err == nil
		store.left = 1 << 30
		if !whole {
			must(t, e.Close())
			e = canaryAgain(t, store, clock)
			if commits == 0 {
				must(t, e.Erase(ctx, 1)) // it had not begun
			}
			clock.Add(time.Second)
			_, err := e.Advance(ctx)
			must(t, err)
		}
		if text := dumped(t, store); strings.Contains(text, canary) {
			silent(t, fmt.Sprintf("store after %d commits", commits), text)
		}
		_, err = store.Scan(ctx, storage.All, func(r storage.Record) error {
			switch r.Kind {
			case "alias", "canned", "canned-list", "client", "effect", "erasure", "receipt", "sent":
				t.Errorf("a record of kind %s is left", r.Kind)
			}
			return nil
		})
		must(t, err)
		closed := cmpopts.IgnoreFields(openlines.Session{}, "Session", "Day", "OfferedTo", "Owner", "FinishedBy", "Items", "Making", "Review")
		after := sessions(t, e)
		if diff := cmp.Diff(before, after, closed); diff != "" {
			t.Errorf("sessions (-before +after):\n%s", diff)
		}
		if r := after[0].Review; r == nil || r.Stars != 4 || len(after) < 4 || !after[0].Ended.Equal(before[0].Ended) {
			t.Errorf("%d sessions, the first reviewed %+v", len(after), r)
		}
		files := 0
		events, err := e.Feed(ctx, 0, storage.MaxFind)
		must(t, err)
		for _, ev := range events {
			if ev.Type == desk.FilesReleased {
				files++
			}
		}
		if files != 3 {
			t.Errorf("files of %d messages are released, want 3", files)
		}
		if whole {
			if commits < 5 {
				t.Errorf("only %d commits", commits)
			}
			return
		}
	}
}

// canaryAgain opens a desk that is there already, as another program would.
func canaryAgain(t *testing.T, store storage.Store, clock *openlinestest.Clock) *openlines.Engine {
	t.Helper()
	return open(t, store, openlines.Config{Clock: clock})
}

func dumped(t *testing.T, store *full) string {
	t.Helper()
	var out bytes.Buffer
	must(t, dump.Write(t.Context(), &out, store))
	return out.String()
}

// sessions returns the sessions of a desk in their order.
func sessions(t *testing.T, e *openlines.Engine) (all []openlines.Session) {
	t.Helper()
	for id := 1; ; id++ {
		s, err := e.Session(t.Context(), session.ID(id))
		if errors.Is(err, openlines.ErrNotFound) {
			return all
		}
		must(t, err)
		all = append(all, s)
	}
}
