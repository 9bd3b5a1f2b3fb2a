package openlinestest

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/internal/corpus"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
)

// runID uses an id in every place where a channel or a host gives one. It is taken everywhere or nowhere, but for the length:
// a host's own ids are shorter.
func runID(h *hostile, t *testing.T, e corpus.Entry) {
	d := h.on()
	id := string(mustRead[corpus.Bytes](t, e.In))
	for _, place := range []struct {
		field string
		set   func(*connector.Inbound)
	}{
		{"User", func(in *connector.Inbound) { in.User = id }},
		{"Chat", func(in *connector.Inbound) { in.Chat = id }},
		{"ID", func(in *connector.Inbound) { in.ID = id }},
		{"Account", func(in *connector.Inbound) { in.Connector, in.Account = connector.ID(h.name("kind")), id }},
		{"Connector", func(in *connector.Inbound) { in.Connector, in.Account = connector.ID(id), h.name("account") }},
	} {
		t.Run(place.field, func(t *testing.T) {
			if id == "" && place.field == "Chat" {
				return // it is the user's then
			}
			in := h.message()
			in.User += place.field
			place.set(&in)
			want := h.wantID(e, place.field, id, connector.MaxID)
			if place.field == "Account" || place.field == "Connector" {
				if refused(t, want, d.Connect(t.Context(), DefaultLine, in.Connector, in.Account)) {
					_, err := d.Receive(t.Context(), in)
					refused(t, want, err)
					return
				}
			}
			got, err := d.Receive(t.Context(), in)
			if refused(t, want, err) {
				return
			}
			chat, err := d.Chat(t.Context(), got.Chat)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(in.Address(), chat.Address); diff != "" {
				t.Errorf("the address (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(in.ID, mustShow(t, d, got).External); diff != "" {
				t.Errorf("the id (-want +got):\n%s", diff)
			}
			again, err := d.Receive(t.Context(), in)
			if err != nil || !again.Duplicate || again.Session != got.Session {
				t.Errorf("redelivered: %+v, %v", again, err)
			}
		})
	}
	operator := openlines.Operator{ID: hostileOperator, Name: string(hostileOperator)}
	t.Run("Once", func(t *testing.T) {
		if id == "" {
			return // there is none then
		}
		refused(t, h.wantID(e, "Once", id, connector.MaxID), d.Once(id).PutOperator(t.Context(), operator))
	})
	t.Run("everywhere", func(t *testing.T) { h.tryEverywhere(t, id) })
	t.Run("names", func(t *testing.T) {
		refused(t, h.wantID(e, "ID", id, desk.MaxName), d.PutLine(t.Context(), openlines.Line{ID: openlines.LineID(id)}))
		refused(t, h.wantID(e, "Operator.ID", id, desk.MaxName), d.PutOperator(t.Context(), openlines.Operator{ID: queue.OperatorID(id)}))
		refused(t, h.wantID(e, "Department.ID", id, desk.MaxName), d.PutDepartment(t.Context(), openlines.Department{ID: queue.DepartmentID(id)}))
		refused(t, h.wantID(e, "Department.Operators", id, desk.MaxName), d.PutDepartment(t.Context(), openlines.Department{
			ID: "all", Operators: []queue.OperatorID{queue.OperatorID(id)},
		}))
	})
}

// wantID is what an entry about ids wants of one place.
func (h *hostile) wantID(e corpus.Entry, field, id string, limit int) corpus.Want {
	switch {
	case len(id) > limit:
		return corpus.Want{Invalid: field, Limit: limit}
	case e.Want.Word == "error":
		return corpus.Want{Invalid: field}
	}
	return e.Want
}

// runIDs uses ids that look alike. No two of them ever mean the same: not as clients, messages, accounts, commands, lines,
// operators or departments, and not after a restart.
func runIDs(h *hostile, t *testing.T, e corpus.Entry) {
	h.desk = nil // of this entry alone: other entries use the same ids
	d := h.on()
	ids := mustRead[[]corpus.Bytes](t, e.In)
	users, numbers, sessions := map[any]string{}, map[any]string{}, map[any]string{}
	own := func(seen map[any]string, what string, key any, id string) {
		t.Helper()
		if other, taken := seen[key]; taken {
			t.Errorf("%q and %q are the same %s", other, id, what)
		}
		seen[key] = id
	}
	first := h.message()
	for i, b := range ids {
		id := string(b)
		user := h.message()
		user.User, user.Chat = id, h.name("group")
		own(users, "client", mustReceive(t, d, user).Chat, id)

		message := first
		message.ID = id
		own(numbers, "message", mustReceive(t, d, message).Number, id)

		operator, department, line := queue.OperatorID(id), queue.DepartmentID(id), openlines.LineID(id)
		name := fmt.Sprintf("%d of %s", i, h.name("entry"))
		if err := d.Once(id).PutOperator(t.Context(), openlines.Operator{ID: operator, Name: name}); err != nil {
			t.Errorf("command %q: %v", id, err)
		}
		err := d.PutDepartment(t.Context(), openlines.Department{ID: department, Operators: []queue.OperatorID{operator}})
		if err != nil {
			t.Fatal(err)
		}
		mustPutLine(t, d, line, queue.Departments(department)...)
	}
	d.Reopen()
	for i, b := range ids {
		in := h.message()
		in.Account = string(b)
		got := mustReceive(t, d, in)
		own(sessions, "account", got.Session, string(b))
		s, err := d.Session(t.Context(), got.Session)
		if err != nil || s.Line != openlines.LineID(b) || s.OfferedTo != queue.OperatorID(b) {
			t.Errorf("to account %q: line %q, offered to %q, %v", b, s.Line, s.OfferedTo, err)
		}
		var kept openlines.Operator
		mustFindStored(t, d, "operator", string(b), &kept)
		if want := fmt.Sprintf("%d of %s", i, h.name("entry")); kept.Name != want {
			t.Errorf("operator %q is called %q, want %q", b, kept.Name, want)
		}
	}
}

// runAddresses writes from addresses that would be one if their parts were put together carelessly.
func runAddresses(h *hostile, t *testing.T, e corpus.Entry) {
	d := h.on()
	chats := map[any][4]corpus.Bytes{}
	for i, a := range mustRead[[][4]corpus.Bytes](t, e.In) {
		in := h.message()
		in.ID = h.name("m") // the same in every chat
		in.Connector, in.Account, in.Chat, in.User = connector.ID(a[0]), string(a[1]), string(a[2]), string(a[3])
		line := openlines.LineID(fmt.Sprintf("%s.%d", h.name("line"), i))
		if err := d.PutLine(t.Context(), openlines.Line{ID: line}); err != nil {
			t.Fatal(err)
		}
		if err := d.Connect(t.Context(), line, in.Connector, in.Account); err != nil {
			t.Fatal(err)
		}
		got := mustReceive(t, d, in)
		if other, taken := chats[got.Chat]; taken {
			t.Errorf("%q and %q are one chat", other, a)
		}
		chats[got.Chat] = a
	}
}

// runSeats gives lines to operators, by names that would be one if they were put together carelessly. Each is asked in his
// own line, and what he was asked last is kept apart.
func runSeats(h *hostile, t *testing.T, e corpus.Entry) {
	d := h.on()
	seats := mustRead[[][2]corpus.Bytes](t, e.In)
	for _, s := range seats {
		if err := d.PutOperator(t.Context(), openlines.Operator{ID: queue.OperatorID(s[1])}); err != nil {
			t.Fatal(err)
		}
		mustPutLine(t, d, openlines.LineID(s[0]), queue.Operators(queue.OperatorID(s[1]), "other")...)
	}
	for round := range 2 {
		for _, s := range seats {
			in := h.message()
			in.Account, in.User = string(s[0]), fmt.Sprint(in.User, round)
			got, err := d.Session(t.Context(), mustReceive(t, d, in).Session)
			if err != nil || got.OfferedTo != queue.OperatorID(s[1]) {
				t.Errorf("line %q: offered to %q, %v; want %q", s[0], got.OfferedTo, err, s[1])
			}
		}
		d.Reopen()
	}
}

// runNumber asks and acts on a chat and a session that do not exist.
func runNumber(h *hostile, t *testing.T, e corpus.Entry) {
	d := h.on()
	ctx := t.Context()
	n := mustRead[int64](t, e.In)
	before := d.Revision()
	id, chat := session.ID(n), session.ChatID(n)
	ann := d.As(hostileOperator)
	_, bySession := d.Session(ctx, id)
	_, byChat := d.Chat(ctx, chat)
	_, byExplain := d.Explain(ctx, id)
	for act, err := range map[string]error{
		"session": bySession, "chat": byChat, "explain": byExplain, "answer": ann.Answer(ctx, id), "send": ann.Send(ctx, id, "x"),
		"skip": ann.Skip(ctx, id), "finish": ann.Finish(ctx, id), "finish by the host": d.Finish(ctx, id), "pin": ann.Pin(ctx, id),
		"spam": ann.Spam(ctx, id), "intercept": ann.Intercept(ctx, id), "accept and close": ann.AcceptAndClose(ctx, id),
		"transfer": ann.Transfer(ctx, openlines.Transfer{Session: id, To: "bob"}), "unpin": ann.Unpin(ctx, id),
		"bot sends": d.AsBot(BotID).Send(ctx, id, "x"), "bot hands over": d.AsBot(BotID).ToQueue(ctx, id), "bot finishes": d.AsBot(BotID).Finish(ctx, id),
	} {
		t.Run(act, func(t *testing.T) { refused(t, corpus.Want{Error: "ErrNotFound"}, err) })
	}
	found, next, err := d.History(ctx, chat, openlines.Page{})
	if len(found) != 0 || next != (openlines.Cursor{}) || !errors.Is(err, openlines.ErrNotFound) {
		t.Errorf("history: %d messages, %v, %v", len(found), next, err)
	}
	if d.Revision() != before {
		t.Error("something was stored")
	}
}
