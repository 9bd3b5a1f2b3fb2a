package openlines_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/dump"
	"github.com/openlines-go/openlines/storage/memory"
	"github.com/openlines-go/openlines/worktime"
)

// The golden desk of a format: a dump with every kind of record in every state that matters, and what came of a script of acts
// that goes on from it.
const (
	goldenDesk = "testdata/golden/format-1.jsonl"
	goldenActs = "testdata/golden/format-1.acts"
)

// goldenHas are values that the golden desk has somewhere, beside all fields (see the tests of package desk).
var goldenHas = map[string][]string{
	"session state": {
		"consenting", "identifying", "bot", "waiting", "offered", "answered", "client-waits", "replied", "closing", "auto-closed", "closed",
	},
	"session reason": {"finished", "timed-out", "spam", "abandoned", "unserved", "archived", "superseded", "concluded", "declined"},
	"message by":     {"client", "operator", "system", "bot"},
	"message kind":   {"greeting", "off-hours", "nobody", "unanswered", "closing", "auto-close", "given-up"},
	"effect kind":    {"delivery", "edit", "delete", "read", "transcript", "identity", "bot", "notice"},
	"effect reason":  {"permanent", "expired", "window"},
	"job kind":       {"settle", "review", "release", "hand-over", "archive", "presence", "disconnect"},
}

// A desk that an earlier program of this format has written is read, written again byte for byte, sound, and gone on with.
func TestGoldenDesk(t *testing.T) {
	t.Parallel()
	fresh := driveGolden(t)
	if *rewrite {
		rewriteGolden(t, fresh)
	}
	kept := mustReadFile(t, goldenDesk)
	store := memory.New()
	must(t, dump.Read(t.Context(), bytes.NewReader(kept), store))
	var again bytes.Buffer
	must(t, dump.Write(t.Context(), &again, store))
	if !bytes.Equal(kept, again.Bytes()) {
		t.Error("the desk is not the same when it is written again")
	}
	if diff := cmp.Diff(fieldsOf(t, kept), fieldsOf(t, fresh)); diff != "" {
		t.Errorf("fields of records and events, with the program as it is now (-golden +now):\n%s", diff)
	}
	for what, want := range goldenHas {
		kind, field, _ := strings.Cut(what, " ")
		have, now := valuesOf(t, kept, kind, field), valuesOf(t, fresh, kind, field)
		for _, value := range want {
			if !have[value] || !now[value] {
				t.Errorf("%s with %s %s: %v in the golden desk, %v now", kind, field, value, have[value], now[value])
			}
		}
	}
	acts := goOnGolden(t, store)
	if *rewrite {
		must(t, os.WriteFile(goldenActs, []byte(acts), 0o666))
	}
	if diff := cmp.Diff(strings.Split(string(mustReadFile(t, goldenActs)), "\n"), strings.Split(acts, "\n")); diff != "" {
		t.Errorf("what comes of it (-want +got):\n%s", diff)
	}
}

// rewriteGolden replaces the golden desk if there are fields that it does not have. It does not if one would be lost: that
// takes a new format.
func rewriteGolden(t *testing.T, fresh []byte) {
	t.Helper()
	kept, err := os.ReadFile(goldenDesk)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	now, then := fieldsOf(t, fresh), fieldsOf(t, kept)
	for _, field := range then {
		if !slices.Contains(now, field) {
			t.Fatalf("not rewritten: %s is gone, and that takes a new format", field)
		}
	}
	if slices.Equal(now, then) {
		return
	}
	must(t, os.WriteFile(goldenDesk, fresh, 0o666))
}

func mustReadFile(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(name)
	must(t, err)
	return text
}

// bodies calls f with each record and event of a dump, whose kind is "event".
func bodies(t *testing.T, text []byte, f func(kind string, body map[string]any)) {
	t.Helper()
	for line := range bytes.Lines(text) {
		var l struct {
			Record string
			Event  uint64
			Body   map[string]any
		}
		must(t, json.Unmarshal(line, &l))
		switch {
		case l.Record != "":
			f(l.Record, l.Body)
		case l.Event > 0:
			f("event", l.Body)
		}
	}
}

// fieldsOf are the paths of all fields that a dump has, with the type of their values, such as "chat address.user string".
func fieldsOf(t *testing.T, text []byte) []string {
	t.Helper()
	found := map[string]bool{}
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for name, value := range v {
				walk(path+"."+name, value)
			}
		case []any:
			for _, value := range v {
				walk(path+"[]", value)
			}
		default:
			found[fmt.Sprintf("%s %T", path, v)] = true
		}
	}
	bodies(t, text, func(kind string, body map[string]any) {
		for name, value := range body {
			walk(kind+" "+name, value)
		}
	})
	return slices.Sorted(maps.Keys(found))
}

func valuesOf(t *testing.T, text []byte, kind, field string) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	bodies(t, text, func(k string, body map[string]any) {
		if value, is := body[field].(string); is && k == kind {
			found[value] = true
		}
	})
	return found
}

// golden is a desk that is driven by hand: one engine, a clock that stands still, one thing after the other.
type golden struct {
	*openlines.Engine
	t     *testing.T
	clock *manual
	store *memory.Store
	said  []string // deliveries
	sent  int
	rea   session.ChatID // a chat in which much happens

	forgotten session.ChatID
}

func openGolden(t *testing.T, store *memory.Store, now time.Time) *golden {
	t.Helper()
	g := &golden{t: t, clock: &manual{now: now}, store: store}
	g.open()
	return g
}

func (g *golden) open() {
	g.t.Helper()
	g.Engine = open(g.t, g.store, openlines.Config{
		Clock: g.clock, Connectors: map[connector.ID]connector.Connector{"web": connector.Func(g.deliver), desk.Network: connector.Func(g.deliver)}, Identifier: g, Notifier: g,
	})
}

// deliver is a channel that is always away for one account, and takes no text that says so.
func (g *golden) deliver(_ context.Context, m connector.Outbound) (connector.Receipt, error) {
	switch {
	case m.To.Account == "down":
		return connector.Receipt{}, errors.New("away")
	case strings.Contains(m.Text, "bounce"):
		return connector.Receipt{}, &connector.Failure{Permanent: true, Err: errors.New("no such user")}
	}
	g.said = append(g.said, fmt.Sprintf("%s %s to %s, message %d: %q %v", m.ID, m.Kind, m.To.User, m.Message, m.Text, m.Refs))
	return connector.Receipt{ID: "web-" + m.ID}, nil
}

// Identify knows a client called ida.
func (g *golden) Identify(_ context.Context, q openlines.Question) (openlines.Identity, error) {
	if q.Address.User != "ida" {
		return goldenKnows(q.Address.User)
	}
	return openlines.Identity{Client: "crm-7", Responsible: "bob", Items: []string{"deal-1", "lead-2"}}, nil
}

func (g *golden) do(err error) {
	g.t.Helper()
	must(g.t, err)
}

// later lets time pass, by one step, with what is due in it.
func (g *golden) later(d time.Duration) {
	g.t.Helper()
	end := g.clock.now.Add(d)
	for {
		next, err := g.Advance(g.t.Context())
		g.do(err)
		if next.IsZero() || next.After(end) {
			break
		}
		g.clock.now = next
	}
	g.clock.now = end
	_, err := g.Advance(g.t.Context())
	g.do(err)
}

func at(account, user string) connector.Address {
	return connector.Address{Connector: "web", Account: account, User: user}
}

// says lets a client write to an account; the channel's id of the message is "m1", "m2", and so on.
func (g *golden) says(account, user, text string, change ...func(*connector.Inbound)) openlines.Received {
	g.t.Helper()
	g.sent++
	in := connector.Inbound{
		Connector: "web", Account: account, User: user, ID: fmt.Sprint("m", g.sent), Text: text, At: g.clock.now.Add(-time.Second),
	}
	for _, c := range change {
		c(&in)
	}
	got, err := g.Receive(g.t.Context(), in)
	g.do(err)
	return got
}

// driveGolden returns the dump of a desk that has everything, the same whenever it is called.
func driveGolden(t *testing.T) []byte {
	t.Helper()
	g := openGolden(t, memory.New(), time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	g.furnish()
	g.channels()
	g.edit()
	g.past()
	g.counted()
	g.crm()
	g.present()
	g.windows()
	g.clients()
	g.awaitReplies()
	g.contacts()
	g.counts()
	g.people()
	g.regulars()
	g.bots()
	g.do(g.Close())
	g.forgetting()
	return g.last()
}

func goldenSettings() openlines.Settings {
	presence := worktime.Presence{
		Browser: 20 * time.Minute, Mobile: 6 * time.Minute, Desktop: 10 * time.Minute, WorkTime: true, Explicit: true,
	}
	return openlines.Settings{
		Presence: presence, Profiles: map[string]worktime.Presence{"road": presence, "office": {}}, MaxSessions: 90,
		NotifyNearlyFull: openlines.Notify{Operators: []queue.OperatorID{"boss"}, Roles: []openlines.RoleID{"lead"}, Text: "#OPERATOR# is nearly full"},
	}
}

func (g *golden) furnish() {
	ctx := g.t.Context()
	hours := worktime.Hours{
		Zone: "Europe/Berlin", Week: map[string][]string{"mon-fri": {"18:00-22:00"}}, Holidays: []string{"12-25"},
		Dates: map[string][]string{"2026-12-31": {"09:00-12:00"}},
	}
	g.do(g.PutSettings(ctx, goldenSettings()))
	g.do(g.PutRole(ctx, openlines.Role{
		ID: "lead", Rights: map[desk.Right]desk.Scope{
			desk.MayViewSessions: desk.AnyOnes, desk.MayReadHistory: desk.OfDepartments,
			desk.MayJoin: desk.AnyOnes, desk.MayIntercept: desk.OwnOnes, desk.MayRate: desk.AnyOnes,
		}, Lines: []openlines.LineID{"support", "all"},
	}))
	g.do(g.PutOperator(ctx,
		openlines.Operator{ID: "ann", Name: "Ann"}, openlines.Operator{ID: "bob", Name: "Bob", Roles: []openlines.RoleID{"lead"}},
		openlines.Operator{ID: "cid"}, openlines.Operator{ID: "dan", Hours: hours, Profile: "road"},
		openlines.Operator{ID: "eve", Profile: "office"},
	))
	g.do(g.PutDepartment(ctx,
		openlines.Department{ID: "house"},
		openlines.Department{ID: "night", Parent: "house", Operators: []queue.OperatorID{"bob", "cid"}, Roles: []openlines.RoleID{"lead"}},
	))
	for i, id := range []queue.OperatorID{"ann", "bob", "cid", "eve"} {
		g.do(g.Report(ctx, openlines.Report{Operator: id, Facts: worktime.Facts{ClockedIn: true}, Version: uint64(i + 1)}))
	}
	g.do(g.Report(ctx, openlines.Report{Operator: "dan", Facts: worktime.Facts{
		BrowserUsedAt: g.clock.now, MobileFront: true, MobileHiddenAt: g.clock.now, DesktopOpen: true, DesktopUsedAt: g.clock.now,
		DesktopLocked: true, ClockedIn: true, OnBreak: true, OnLeave: true, Dismissed: true, Status: worktime.StatusAway,
	}}))
	crowd := make([]queue.OperatorID, 1002)
	for i := range crowd {
		crowd[i] = queue.OperatorID(fmt.Sprint("o", i))
	}
	texts := openlines.Texts{
		Greeting: "a", OffHours: "b", Nobody: "c", Unanswered: "d", Closing: "e", AutoClose: "f", GivenUp: "g",
		Rate: "+ or -", RateButtons: "h", Liked: "i", Disliked: "j", Consent: "k", ConsentNotice: "l",
	}
	shown := queue.Operators("ann")
	shown[0].Weight, shown[0].Name, shown[0].Position, shown[0].Avatar = 2, "Anna", "adviser", "https://example.org/ann.png"
	for _, l := range []openlines.Line{
		{
			ID: "support", Name: "Support", ManyAccounts: true,
			Queue: queue.Rules{
				Mode: queue.Strictly, Members: queue.Operators("ann", "bob", "cid"), PassOnAfter: time.Minute, OnlyAvailable: true,
				Grace: 5 * time.Minute, Limit: queue.Limit{Max: 50, Counts: queue.OpenOnes}, Priority: 3,
			},
			Session: session.Rules{
				UnansweredAfter: 2 * time.Minute, CloseDelay: 30 * time.Minute, AutoCloseAfter: time.Hour, AutoClosedLife: 6 * time.Hour,
				NeglectAfter: 12 * time.Hour,
			},
			Texts: openlines.Texts{Greeting: "Hello!", Unanswered: "Sorry.", Closing: "Bye.", AutoClose: "Are you there?", Rate: "Was it good? 1 or 0"},
		},
		{
			ID: "all", Queue: queue.Rules{Mode: queue.All, Members: queue.Departments("night")},
			Session: session.Rules{UnansweredAfter: session.Never},
		},
		{
			ID: "solo", Queue: queue.Rules{Members: queue.Operators("dan"), OnlyAvailable: true},
			Session: session.Rules{GiveUpAfter: 20 * time.Hour, UnansweredAfter: session.Never},
			Texts:   openlines.Texts{Nobody: "Nobody is here.", GivenUp: "We could not help."},
			Rating:  openlines.Rating{Off: true},
		},
		{
			ID: "evening", Hours: hours, Queue: queue.Rules{Members: queue.Operators("dan")},
			Texts: openlines.Texts{OffHours: "We are closed."},
		},
		{
			ID: "crm", Queue: queue.Rules{Members: shown, PassOnAfter: queue.Never},
			CRM: openlines.CRM{Verify: true, Within: desk.Within(5 * time.Second)},
		},
		{ID: "old", Queue: queue.Rules{Members: queue.Operators("eve")}},
		{ID: "crowd", Inactive: true, Queue: queue.Rules{Members: slices.Concat(queue.Operators(crowd...), queue.Departments("night"), shown)}},
		{
			ID: "full", Name: "Everything", Inactive: true, ManyAccounts: true, GreetOnce: true, ApologiseTwice: true, Hours: hours,
			Queue: queue.Rules{
				Mode: queue.Evenly, Members: queue.Departments("house"), PassOnAfter: queue.Never, OnlyAvailable: true, Grace: time.Minute,
				Limit: queue.Limit{Max: 5, Counts: queue.OwedReplies}, DirectOnly: true, Priority: -1, Ageing: time.Minute,
			},
			Session: session.Rules{
				UnansweredAfter: time.Minute, CloseDelay: session.AtOnce, AutoCloseAfter: time.Hour, AutoClosedLife: session.AtOnce,
				NeglectAfter: session.Never, GiveUpAfter: time.Hour,
			},
			Texts: texts, Translations: map[string]openlines.Texts{"de": texts},
			Rating: openlines.Rating{
				CloseWhenRated: true, Within: desk.Within(time.Hour), WhileOpen: true, Good: []string{"+"}, Bad: []string{"-"},
			},
			OffHoursTo: "support", UnansweredTo: "all", Canned: "common", Language: "de", WatchTyping: true,
			CRM: openlines.CRM{Verify: true, Within: desk.Within(time.Second), KeepInQueue: true},
		},
	} {
		g.do(g.PutLine(ctx, l))
	}
	g.do(g.PutConnection(ctx, openlines.Connection{Line: "support", Connector: "web", Account: "main", CanStart: true, TellsRead: true}))
	g.do(g.PutConnection(ctx, openlines.Connection{Line: "all", Connector: "web", Account: "all", Buttons: true, Types: true}))
	for _, id := range []string{"solo", "evening", "crm", "old"} {
		g.do(g.Connect(ctx, openlines.LineID(id), "web", id))
	}
	g.do(g.Connect(ctx, "support", "web", "down"))
}

// past is a day whose sessions end, each for another reason.
func (g *golden) past() {
	ctx, ann := g.t.Context(), g.As("ann")
	group := func(in *connector.Inbound) {
		in.Group, in.Chat, in.Client = true, "staff", connector.Client{Name: "Staff", Language: "de"}
	}
	g.says("main", "guy", "Hello, all", group)
	finished := g.says("main", "fin", "A \x00 question", func(in *connector.Inbound) {
		in.Files, in.NoCRM = []connector.File{{ID: "f1", Name: "a.png", Type: "image/png", Size: 7, URL: "https://example.org/a.png"}}, true
	})
	g.do(ann.Send(ctx, finished.Session, "An answer"))
	g.do(ann.Send(ctx, finished.Session, "bounce")) // a dead letter
	g.do(ann.Finish(ctx, finished.Session))
	g.do(ann.Send(ctx, g.says("main", "late", "Hello").Session, "Yes?"))
	rated := g.says("main", "rat", "Hello")
	g.do(ann.Send(ctx, rated.Session, "Yes?"))
	g.do(ann.Finish(ctx, rated.Session))
	g.says("main", "rat", "1")
	g.do(ann.Spam(ctx, g.says("main", "spammer", "Buy!").Session))
	g.says("main", "gone", "Hello")
	g.do(g.ClientLeft(ctx, at("main", "gone")))
	g.says("solo", "sol", "Hello")
	g.says("evening", "eva", "Hello")
	g.says("crm", "ida", "Hello")
	g.says("old", "oscar", "Hello")
	g.do(g.ArchiveLine(ctx, "old"))
	superseded := g.says("main", "sue", "Hello")
	g.do(ann.Answer(ctx, superseded.Session))
	_, err := ann.Start(ctx, superseded.Chat)
	g.do(err)
	g.says("down", "dow", "Hello")
	g.says("down", "joe", "Hello")
	g.says("main", "una", "Is anybody there?")
	g.says("main", "guy", "Years ago", group, func(in *connector.Inbound) { in.Past = true })
	g.later(3 * time.Minute)
	g.answerAll()
	g.later(22 * time.Hour)
	g.do(g.As("bob").Review(ctx, openlines.Review{Session: rated.Session, Stars: 4, Comment: "Quick"}))
	g.says("main", "res", "Hello")
	g.rest(time.Hour)
	g.do(g.Transfer(ctx, openlines.Transfer{Session: g.says("main", "res", "Still there?").Session, To: "ann", Assign: true}))
	g.later(2 * time.Hour)
}

// answerAll ends the walk of what is offered in the line support.
func (g *golden) answerAll() {
	g.t.Helper()
	for id := range session.ID(100) {
		if row, err := g.Session(g.t.Context(), id); err == nil && row.Line == "support" && row.OfferedTo != "" {
			g.do(g.As(row.OfferedTo).Answer(g.t.Context(), id))
		}
	}
}

// rest lets nobody decide anything for a while, and says so.
func (g *golden) rest(d time.Duration) {
	g.t.Helper()
	g.do(g.Close())
	g.clock.now = g.clock.now.Add(d)
	g.decide(1, desk.Resume{}, func(*desk.Desk, *storage.Batch) {})
	g.open()
}

// decide stores what a desk decides without an engine; change sees the batch before.
func (g *golden) decide(batch byte, c desk.Command, change func(*desk.Desk, *storage.Batch)) {
	g.t.Helper()
	d := desk.New()
	head, err := g.store.Scan(g.t.Context(), storage.Live, d.LoadRecord)
	g.do(err)
	d.Begin(head)
	_, err = d.Do(g.clock.now, desk.By{}, c)
	g.do(err)
	if batch == 2 {
		d.Claim(g.clock.now, "node-1", 64, func(openlines.Channel) int { return 1 }, 45*time.Second)
	}
	b, err := d.Cut().Batch(storage.BatchID{batch}, head.Mark, desk.Format)
	g.do(err)
	change(d, b)
	_, err = g.store.Commit(g.t.Context(), b)
	g.do(err)
}

// present is a day in the middle, with something in every state.
func (g *golden) present() {
	ctx, ann := g.t.Context(), g.As("ann")
	letters, _, err := g.DeadLetters(ctx, openlines.Channel{Connector: "web", Account: "down"}, openlines.Page{})
	g.do(err)
	g.do(g.RetryDelivery(ctx, letters[0].ID))
	g.do(ann.Send(ctx, g.says("main", "auto", "Hello").Session, "Yes?"))
	g.later(61 * time.Minute) // it closes by itself

	replied := g.says("main", "rea", "Hello")
	g.rea = replied.Chat
	for _, text := range []string{"One \x00", "Two", "Three", "Four"} {
		g.do(ann.Send(ctx, replied.Session, text)) // messages 3 to 6
	}
	g.do(ann.Pin(ctx, replied.Session))
	g.do(ann.Invite(ctx, replied.Session, "cid"))
	g.do(ann.Silence(ctx, replied.Session, true))
	g.do(ann.Note(ctx, replied.Session, "Who knows her?"))
	g.do(ann.Rename(ctx, replied.Chat, "Rea of Hamburg"))
	g.later(0)
	came, err := g.Arrived(ctx, at("main", "rea"), g.took("rea", "Two"))
	g.do(err)
	read, err := g.WasRead(ctx, at("main", "rea"), g.took("rea", "One \ufffd"))
	g.do(err)
	if came != 1 || read != 1 {
		g.t.Errorf("%d arrived and %d read, want 1 and 1", came, read)
	}
	g.do(g.ClientEdited(ctx, at("main", "rea"), "early", "What I meant"))
	g.do(g.ClientEdited(ctx, at("main", "rea"), "earlier", "What I meant then"))
	g.says("main", "rea", "What I wrote", func(in *connector.Inbound) { in.ID = "earlier" })
	g.do(ann.Silence(ctx, replied.Session, false))
	g.do(ann.Send(ctx, replied.Session, "Five"))
	g.do(ann.Silence(ctx, replied.Session, true))

	g.says("main", "guy", "We know", func(in *connector.Inbound) { in.Group, in.Chat, in.Operator = true, "staff", "ann" })
	_, err = g.ClientOpened(ctx, at("main", "vera"), connector.Client{Name: "Vera", Language: "fr"})
	g.do(err)
	first := openlines.WriteFirst{To: at("main", "wim"), Text: "Your parcel is here"}
	_, err = ann.Once("parcel").WriteFirst(ctx, first)
	g.do(err)
	g.do(ann.Once("answer").Answer(ctx, g.says("main", "ans", "Hello").Session))
	waits := g.says("main", "cleo", "Hello").Session
	g.do(ann.Send(ctx, waits, "Yes?"))
	g.says("main", "cleo", "Well")
	closing := g.says("main", "clo", "Hello").Session
	g.do(ann.Send(ctx, closing, "Yes?"))
	g.do(ann.Finish(ctx, closing))
	skipped := g.says("main", "off", "Hello").Session
	g.do(ann.Skip(ctx, skipped))
	moved := g.says("main", "mov", "Hello").Session
	g.do(ann.Transfer(ctx, openlines.Transfer{Session: moved, Line: "solo"}))
	direct := g.says("main", "dir", "Hello").Session
	g.do(ann.Transfer(ctx, openlines.Transfer{Session: direct, To: "bob"}))
	held := g.says("main", "cit", "Hello").Session
	g.do(g.Transfer(ctx, openlines.Transfer{Session: held, To: "cid", Assign: true}))
	g.says("all", "alf", "Hello")
	g.later(0)
	g.says("solo", "wai", "Hello", func(in *connector.Inbound) { in.Waited = 10 * time.Minute })

	g.clock.now = g.clock.now.Add(time.Second)
	g.do(ann.Edit(ctx, replied.Chat, 3, "One!"))
	g.do(ann.Delete(ctx, replied.Chat, 4))
	g.do(ann.Seen(ctx, replied.Chat))
	g.do(g.Report(ctx, openlines.Report{Operator: "cid", Facts: worktime.Facts{}}))
	g.do(g.Report(ctx, openlines.Report{Operator: "eve", Facts: worktime.Facts{BrowserUsedAt: g.clock.now}}))
	g.says("crm", "idb", "Hello")
	settings := goldenSettings()
	settings.Plan = desk.Plan{MaxLines: 20, NoAll: true, NoHours: true, NoRoles: true, NoRating: true, NetworkFree: true}
	g.do(g.PutSettings(ctx, settings))
}

// took is the channel's id of a text that it took.
func (g *golden) took(user, text string) string {
	g.t.Helper()
	for _, line := range g.said {
		if strings.Contains(line, fmt.Sprintf(" to %s, ", user)) && strings.Contains(line, fmt.Sprintf("%q", text)) {
			id, _, _ := strings.Cut(line, " ")
			return "web-" + id
		}
	}
	g.t.Fatalf("the channel did not take %q", text)
	return ""
}

// last has deliveries under way, and adds what is too large to be driven: the jobs that commands leave who touch hundreds of
// sessions, and a text that was cut. It returns the dump.
func (g *golden) last() []byte {
	g.t.Helper()
	g.clock.now = g.clock.now.Add(time.Second)
	if !g.clock.now.Equal(goldenNow) {
		g.t.Fatalf("the golden desk is of %v, want %v", g.clock.now, goldenNow)
	}
	due := g.clock.now.Format(time.RFC3339Nano)
	g.decide(2, desk.Tick{}, func(d *desk.Desk, b *storage.Batch) {
		for id, body := range map[string]string{
			"settle:all":    `{"kind":"settle","line":"all","due":"%s"}`,
			"review:all":    `{"kind":"review","line":"all","due":"%s"}`,
			"archive:old":   `{"kind":"archive","line":"old","due":"%s"}`,
			"hand-over:eve": `{"kind":"hand-over","operator":"eve","actor":"eve","session":3,"due":"%s"}`,
			"disconnect:w":  `{"kind":"disconnect","actor":"ann","due":"%s","connector":"w"}`,
			"presence:":     `{"kind":"presence","after":"bob","due":"%s"}`,
		} {
			b.Puts = append(b.Puts, storage.Put{Create: true, Record: storage.Record{
				Key: storage.Key{Kind: "job", ID: id}, Open: true, Body: fmt.Appendf(nil, body, due),
			}})
		}
		b.Due = g.clock.now
		found, _, err := g.store.Get(g.t.Context(), storage.Key{Kind: "message", ID: fmt.Sprint(g.rea, ".3")})
		g.do(err)
		var m openlines.Message
		g.do(json.Unmarshal(found[0].Body, &m))
		m.Said.Length, m.Versions[0].Length = 70_000, 80_000
		found[0].Body, err = json.Marshal(m)
		g.do(err)
		b.Puts = append(b.Puts, storage.Put{Record: found[0], Same: true})
		g.cut(b)
	})
	var out bytes.Buffer
	g.do(dump.Write(g.t.Context(), &out, g.store))
	return out.Bytes()
}

var goldenNow = time.Date(2026, 3, 3, 11, 38, 2, 0, time.UTC)

// goOnGolden opens the golden desk and goes on for a day, and tells what comes of it.
func goOnGolden(t *testing.T, store *memory.Store) string {
	t.Helper()
	ctx := t.Context()
	g := openGolden(t, store, goldenNow)
	g.do(g.Check(ctx))
	head, err := store.Scan(ctx, storage.Live, func(storage.Record) error { return nil })
	g.do(err)
	var out strings.Builder
	told, said := head.Events, 0
	act := func(name string, answer any, err error) {
		t.Helper()
		g.do(g.Check(ctx))
		g.do(err)
		fmt.Fprintf(&out, "\n%s: %+v\n", name, answer)
		for {
			events, err := store.Events(ctx, told, storage.MaxFind)
			g.do(err)
			if len(events) == 0 {
				break
			}
			for _, e := range events {
				told = e.Seq
				fmt.Fprintf(&out, "%s\n", e.Body)
			}
		}
		for ; said < len(g.said); said++ {
			fmt.Fprintf(&out, "delivered %s\n", g.said[said])
		}
	}
	received := func(name string, got openlines.Received, err error) {
		t.Helper()
		act(name, fmt.Sprintf("session %d chat %d message %d, known %v", got.Session, got.Chat, got.Number, got.Duplicate), err)
	}
	again, err := g.Receive(ctx, connector.Inbound{Connector: "web", Account: "main", User: "fin", ID: "m2", Text: "again"})
	received("a message comes again", again, err)
	again, err = g.As("ann").Once("parcel").WriteFirst(ctx, openlines.WriteFirst{To: at("main", "wim"), Text: "Your parcel is here"})
	received("a command comes again", again, err)
	g.sent = 100
	for _, user := range []string{"clo", "auto", "fin"} {
		received("a message of "+user, g.says("main", user, "And now?"), nil)
	}
	session := func(user string) session.ID { return g.says("main", user, "And now?").Session }
	act("bob answers what was put to him", nil, g.As("bob").Answer(ctx, session("dir")))
	act("bob answers what was passed to him", nil, g.As("bob").Answer(ctx, session("off")))
	act("cid answers what was put to all", nil, g.As("cid").Answer(ctx, g.says("all", "alf", "And now?").Session))
	early, err := g.Receive(ctx, connector.Inbound{Connector: "web", Account: "main", User: "rea", ID: "early", Text: "What I wrote"})
	received("a message comes after its edit", early, err)
	read, err := g.WasRead(ctx, at("main", "rea"), "web-32", "web-unknown")
	act("rea has read", read, err)
	act("ann unpins", nil, g.As("ann").Unpin(ctx, early.Session))
	letters, _, err := g.DeadLetters(ctx, openlines.Channel{}, openlines.Page{})
	act("dead letters", asJSON(letters), err)
	act("one is sent again", nil, g.RetryDelivery(ctx, letters[len(letters)-1].ID))
	for _, d := range []time.Duration{0, time.Minute, 5 * time.Minute, 25 * time.Hour} {
		g.later(d)
		act("after "+d.String(), nil, nil)
		if d == 5*time.Minute {
			g.answerAll()
		}
	}
	messages, _, err := g.History(ctx, early.Chat, openlines.Page{})
	g.do(err)
	for _, m := range slices.Backward(messages) {
		act("a message of the chat", asJSON(m), nil)
	}
	return strings.TrimPrefix(out.String(), "\n")
}

func asJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(text)
}
