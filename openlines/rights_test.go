package openlines_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/openlines/openlinestest"
	"github.com/openlines-go/openlines/session"
)

// Rule 11.31: who may connect channels of one line cannot take those of another.
func TestConnectionsAreNotTakenFromAnotherLine(t *testing.T) {
	t.Parallel()
	ctx, d := t.Context(), twoLines(t)
	for id, lines := range map[openlines.RoleID][]openlines.LineID{"of other": {"other"}, "of both": {"other", "support"}} {
		must(t, d.PutRole(ctx, openlines.Role{ID: id, Rights: map[desk.Right]desk.Scope{desk.MayConnect: desk.AnyOnes}, Lines: lines}))
	}
	must(t, d.PutLine(ctx, openlines.Line{ID: "other", ManyAccounts: true}))
	must(t, d.PutOperator(ctx, openlines.Operator{ID: "zoe", Roles: []openlines.RoleID{"of other"}}))
	must(t, d.As("zoe").Connect(ctx, "other", openlinestest.ConnectorID, "new"))
	var forbidden *openlines.Forbidden
	if err := d.As("zoe").Connect(ctx, "other", openlinestest.ConnectorID, "support"); !errors.As(err, &forbidden) || forbidden.Right != desk.MayConnect {
		t.Errorf("an account of another line: %v, want that it takes the right to connect", err)
	}
	must(t, d.PutOperator(ctx, openlines.Operator{ID: "zoe", Roles: []openlines.RoleID{"of both"}}))
	must(t, d.As("zoe").Connect(ctx, "other", openlinestest.ConnectorID, "support"))
}

// As acts as an operator: a host that has lost his name does not give his rights to whoever asks.
func TestNobodyIsNotTheHost(t *testing.T) {
	t.Parallel()
	ctx, d := t.Context(), twoLines(t)
	s := d.Says("77", "hello")
	nobody := d.As("").Once("k")
	_, err := nobody.PinAll(ctx)
	for act, err := range map[string]error{"Spam": nobody.Spam(ctx, s), "PutLine": nobody.PutLine(ctx, openlines.Line{ID: "new"}), "PinAll": err} {
		if !errors.Is(err, openlines.ErrDenied) {
			t.Errorf("%s: %v, want ErrDenied", act, err)
		}
	}
	_, err = nobody.Session(ctx, s)
	_, _, lists := nobody.Load(ctx, "ann", openlines.Page{})
	_, _, reads := nobody.History(ctx, 1, openlines.Page{})
	for question, err := range map[string]error{"Session": err, "Load": lists, "History": reads} {
		if !errors.Is(err, openlines.ErrDenied) {
			t.Errorf("%s: %v, want ErrDenied", question, err)
		}
	}
	d.WantOffered(s, "ann")
}

// A chat that is only open in a window, and has had no session, is its queue's to see.
func TestChatWithoutSession(t *testing.T) {
	t.Parallel()
	ctx, d := t.Context(), twoLines(t)
	got, err := d.ClientOpened(ctx, connector.Address{Connector: openlinestest.ConnectorID, Account: "support", User: "77"}, connector.Client{})
	must(t, err)
	must(t, d.PutOperator(ctx, openlines.Operator{ID: "zoe"}))
	_, err = d.As("ann").Chat(ctx, got.Chat)
	must(t, err)
	var forbidden *openlines.Forbidden
	if _, err = d.As("zoe").Chat(ctx, got.Chat); !errors.As(err, &forbidden) || forbidden.Right != desk.MayViewSessions {
		t.Errorf("%v, want that it takes the right to view sessions", err)
	}
	if _, _, err = d.As("zoe").History(ctx, got.Chat, openlines.Page{}); !errors.As(err, &forbidden) || forbidden.Right != desk.MayReadHistory {
		t.Errorf("%v, want that it takes the right to read history", err)
	}
	if _, err = d.As("zoe").Chat(ctx, 99); !errors.Is(err, openlines.ErrNotFound) {
		t.Errorf("%v, want ErrNotFound", err)
	}
}

// Rule 11.31: the standard roles have the rights and scopes of the reference's table; intercepting goes as far as joining, and
// canned responses as far as the queue (rule 11.36).
func TestStandardRoles(t *testing.T) {
	t.Parallel()
	ctx, d := t.Context(), twoLines(t)
	must(t, d.PutOperator(ctx, openlines.Operator{ID: "zoe"}))
	mine, theirs := d.Says("77", "hello"), d.SaysTo("other", "78", "hello")
	for _, r := range openlines.StandardRoles() {
		must(t, d.PutRole(ctx, r))
	}
	must(t, d.As("ann").Answer(ctx, mine))
	type may struct{ Lines, Edit, Connect, Mine, Theirs, Read, Join, Rate, Settings bool }
	want := map[openlines.RoleID]may{
		"administrator":   {true, true, true, true, true, true, true, true, true},
		"chief-executive": {Mine: true, Theirs: true, Read: true, Join: true, Rate: true},
		"manager":         {},
	}
	for role, want := range want {
		must(t, d.PutOperator(ctx, openlines.Operator{ID: "zoe", Roles: []openlines.RoleID{role}}))
		zoe := d.As("zoe")
		ok := func(err error) bool {
			t.Helper()
			if err != nil && !errors.Is(err, openlines.ErrDenied) && !errors.Is(err, openlines.ErrOver) { // rated is what has closed
				t.Errorf("%s: %v", role, err)
			}
			return !errors.Is(err, openlines.ErrDenied)
		}
		_, lines := zoe.Line(ctx, "support")
		_, seesMine := zoe.Session(ctx, mine)
		_, seesTheirs := zoe.Session(ctx, theirs)
		chat, err := d.Session(ctx, mine)
		must(t, err)
		_, _, reads := zoe.History(ctx, chat.Chat, openlines.Page{})
		l, err := d.Line(ctx, "other")
		must(t, err)
		got := may{
			Lines: ok(lines), Edit: ok(zoe.PutLine(ctx, l)), Connect: ok(zoe.Connect(ctx, "other", openlinestest.ConnectorID, "other")),
			Mine: ok(seesMine), Theirs: ok(seesTheirs), Read: ok(reads),
			Rate:     ok(zoe.Review(ctx, openlines.Review{Session: mine, Stars: 5})),
			Settings: ok(zoe.PutSettings(ctx, openlines.Settings{})),
		}
		if got.Join = ok(zoe.Join(ctx, mine)); got.Join {
			must(t, zoe.Leave(ctx, mine))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", role, diff)
		}
	}
	// what is his own a manager sees and reads, and does not rate
	must(t, d.PutOperator(ctx, openlines.Operator{ID: "zoe", Roles: []openlines.RoleID{"manager"}}))
	must(t, d.As("ann").Transfer(ctx, openlines.Transfer{Session: mine, To: "zoe", Assign: true}))
	zoe := d.As("zoe")
	s, err := zoe.Session(ctx, mine)
	must(t, err)
	_, _, err = zoe.History(ctx, s.Chat, openlines.Page{})
	must(t, err)
	must(t, zoe.Finish(ctx, mine))
	d.Wait(time.Hour)
	if err := zoe.Review(ctx, openlines.Review{Session: mine, Stars: 1}); !errors.Is(err, openlines.ErrDenied) {
		t.Errorf("a manager rates: %v", err)
	}
}

// A command id of the greatest length is one for each session of FinishAll, too; a longer one is refused.
func TestFinishAllUnderLongIDs(t *testing.T) {
	t.Parallel()
	ctx, d := t.Context(), twoLines(t)
	one, other := d.Says("77", "hello"), d.Says("78", "hello")
	for _, id := range []session.ID{one, other} {
		s, err := d.Session(ctx, id)
		must(t, err)
		must(t, d.As(s.OfferedTo).Answer(ctx, id))
	}
	long := strings.Repeat("x", connector.MaxID)
	for range 2 {
		results, err := d.Once(long).FinishAll(ctx, one, other)
		must(t, errors.Join(append(results, err)...))
	}
	if _, err := d.Once(long+"x").FinishAll(ctx, one); err == nil {
		t.Error("a command id that is too long is taken")
	}
}
