package openlines_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/openlines/openlinestest"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/memory"
)

// rule 11.5: of what a client wrote who has not consented nothing is in the store, and nobody was asked who he is, however it ended.
func TestWithoutConsentNothingIsKept(t *testing.T) {
	t.Parallel()
	who := connector.Address{Connector: openlinestest.ConnectorID, Account: string(openlinestest.DefaultLine), User: "77"}
	for name, end := range map[string]func(*openlinestest.Desk, openlines.Received) error{
		"declines": func(d *openlinestest.Desk, _ openlines.Received) error {
			return d.ClientConsented(t.Context(), who, false)
		},
		"leaves": func(d *openlinestest.Desk, _ openlines.Received) error { return d.ClientLeft(t.Context(), who) },
		"never says": func(d *openlinestest.Desk, _ openlines.Received) error {
			d.Wait(desk.DefaultConsent)
			return nil
		},
		"archived": func(d *openlinestest.Desk, _ openlines.Received) error {
			return d.ArchiveLine(t.Context(), openlinestest.DefaultLine)
		},
		"spam": func(d *openlinestest.Desk, got openlines.Received) error { return d.Spam(t.Context(), got.Session) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := memory.New()
			d, in := consenting(t, store)
			_, err := d.ClientOpened(t.Context(), in.Address(), in.Client)
			must(t, err)
			got, err := d.Receive(t.Context(), in)
			must(t, err)
			if early := d.ClientEdited(t.Context(), in.Address(), "m9", canary); !errors.Is(early, openlines.ErrNotFound) {
				t.Errorf("an edit of what has not come: %v", early)
			}
			in.ID, in.Text = "m2", "Hello? "+canary
			_, err = d.Receive(t.Context(), in)
			must(t, err)
			must(t, d.ClientEdited(t.Context(), in.Address(), "m2", canary+"!"))
			if kinds := singing(t, store); kinds != "withheld" {
				t.Errorf("while he is asked, it is in %q", kinds)
			}
			for p, err := range d.PersonalData(t.Context(), got.Chat) {
				must(t, err)
				if p.Withheld != 2 || p.Messages != 1 { // what he was asked
					t.Errorf("personal data: %+v", p)
				}
			}
			must(t, end(d, got))
			must(t, d.ClientEdited(t.Context(), in.Address(), "m2", canary+"!!"))
			if kinds := singing(t, store); kinds != "" {
				t.Errorf("it is kept in %q", kinds)
			}
			if asked := d.Identifier.Asked(); len(asked) > 0 {
				t.Errorf("the CRM was asked: %+v", asked)
			}
			must(t, d.Check(t.Context()))
		})
	}
}

// consenting is a desk whose line asks for consent, and a message.
func consenting(t *testing.T, store storage.Store) (*openlinestest.Desk, connector.Inbound) {
	t.Helper()
	d := openlinestest.Open(t, openlinestest.Setup{Store: store})
	must(t, errors.Join(
		d.PutOperator(t.Context(), openlines.Operator{ID: "ann"}),
		d.PutLine(t.Context(), openlines.Line{
			ID: openlinestest.DefaultLine, Queue: queue.Rules{Members: queue.Operators("ann")}, CRM: openlines.CRM{Verify: true},
			Consent: openlines.Consent{Document: "privacy", Version: "v1"}, Texts: openlines.Texts{Consent: "Do you agree?"},
		}),
		d.PutConnection(t.Context(), openlines.Connection{
			Line: openlinestest.DefaultLine, Connector: openlinestest.ConnectorID, Account: string(openlinestest.DefaultLine), AsksConsent: true,
		}),
	))
	return d, connector.Inbound{
		Connector: openlinestest.ConnectorID, Account: string(openlinestest.DefaultLine), User: "77", ID: "m1", Text: canary,
		Files:  []connector.File{{ID: canary, Name: canary}},
		Client: connector.Client{Name: canary, Phone: "+49 30 " + canary, Email: canary + "@example.org", Language: "de"},
	}
}

// singing are the kinds of records that have the word in them.
func singing(t *testing.T, store storage.Store) string {
	t.Helper()
	var kinds []string
	_, err := store.Scan(t.Context(), storage.All, func(r storage.Record) error {
		if strings.Contains(string(r.Body), canary) {
			kinds = append(kinds, r.Kind)
		}
		return nil
	})
	must(t, err)
	return strings.Join(kinds, " ")
}

// The host's CRM is told what the client has agreed to. What is withheld is bounded: a message beyond that is refused.
func TestConsentIsTold(t *testing.T) {
	t.Parallel()
	d, in := consenting(t, memory.New())
	for i := range desk.MaxWithheld {
		in.ID, in.Files = fmt.Sprint("m", i), nil
		_, err := d.Receive(t.Context(), in)
		must(t, err)
	}
	in.ID = "more"
	_, err := d.Receive(t.Context(), in)
	if invalid, is := errors.AsType[*openlines.Invalid](err); !is || invalid.Limit != desk.MaxWithheld {
		t.Errorf("one more: %v", err)
	}
	d.Wait(time.Hour)
	must(t, d.ClientConsented(t.Context(), in.Address(), true))
	d.Wait(0)
	want := openlines.Agreement{Document: "privacy", Version: "v1", At: d.Clock.Now()}
	asked := d.Identifier.Asked()
	if len(asked) != 1 || asked[0].Consent != want {
		t.Errorf("asked %+v, want one question with %+v", asked, want)
	}
	history, _, err := d.History(t.Context(), 1, openlines.Page{Limit: 100})
	must(t, err)
	said := 0
	for _, m := range history {
		if m.By == desk.ByClient && m.Said.Text == canary && !m.Withheld {
			said++
		}
	}
	if said != desk.MaxWithheld {
		t.Errorf("%d of %d messages are there", said, desk.MaxWithheld)
	}
	in.ID, in.Text = "huge", strings.Repeat("x", desk.MaxWithheldBytes)
	in.User = "78"
	_, err = d.Receive(t.Context(), in)
	must(t, err)
	in.ID = "after it"
	if _, err = d.Receive(t.Context(), in); err == nil {
		t.Error("one is withheld beyond the bytes that may be")
	}
}

// Rule 11.7: a client is asked once, in whichever of his chats; a new version is asked for in each anew. What he told of himself
// before he consented is known once he has. What is withheld is bounded, edits and all.
func TestConsentIsTheClients(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	d, in := consenting(t, memory.New())
	receive := func(user, id string) openlines.Received {
		t.Helper()
		in.User, in.ID, in.Text, in.Files = user, id, "Hello", nil
		got, err := d.Receive(ctx, in)
		must(t, err)
		return got
	}
	wantState := func(got openlines.Received, want session.State) {
		t.Helper()
		d.Wait(5 * time.Second) // nobody knows him
		d.WantState(got.Session, want)
	}
	one, other := receive("77", "m1"), receive("78", "m2")
	wantState(one, session.Consenting)
	must(t, d.ClientConsented(ctx, in.Address(), true)) // 78
	chat, err := d.Chat(ctx, other.Chat)
	must(t, err)
	if diff := cmp.Diff(in.Client, chat.Client); diff != "" {
		t.Errorf("what he told of himself (-want +got):\n%s", diff)
	}
	must(t, d.MergeClients(ctx, one.Chat, other.Chat))
	third := receive("79", "m3")
	must(t, d.Spam(ctx, third.Session))
	must(t, d.Spam(ctx, one.Session))
	wantState(receive("77", "m4"), session.Offered)
	must(t, d.MergeClients(ctx, one.Chat, third.Chat))
	again := receive("79", "m5")
	wantState(again, session.Offered)
	must(t, d.Spam(ctx, again.Session))
	l, err := d.Line(ctx, openlinestest.DefaultLine)
	must(t, err)
	l.Consent.Version = "v2"
	must(t, d.PutLine(ctx, l))
	wantState(receive("79", "m6"), session.Consenting)

	in.ID, in.Text = "m7", strings.Repeat("x", desk.MaxWithheldBytes-len("Hello"))
	_, err = d.Receive(ctx, in)
	must(t, err)
	must(t, d.ClientEdited(ctx, in.Address(), "m7", "short"))
	must(t, d.ClientEdited(ctx, in.Address(), "m7", in.Text+"more!"))
	err = d.ClientEdited(ctx, in.Address(), "m6", "x")
	if invalid, is := errors.AsType[*openlines.Invalid](err); !is || invalid.Limit != desk.MaxWithheldBytes {
		t.Errorf("an edit beside so much: %v", err)
	}
}

// Where an operator has begun a live chat, its client is asked with his first message, too (rule 11.5): before he consents nothing of
// it is kept, the host's CRM is not asked, and his no is heard.
func TestConsentWhereAnOperatorBegan(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	store := memory.New()
	d, in := consenting(t, store)
	must(t, d.PutConnection(ctx, openlines.Connection{
		Line: openlinestest.DefaultLine, Connector: in.Connector, Account: in.Account, AsksConsent: true, CanStart: true,
	}))
	wrote, err := d.As("ann").WriteFirst(ctx, openlines.WriteFirst{To: in.Address(), Text: "Good morning"})
	must(t, err)
	asked := len(d.Identifier.Asked())
	receive := func(id string) {
		t.Helper()
		in.ID = id
		got, err := d.Receive(ctx, in)
		must(t, err)
		if got.Session != wrote.Session {
			t.Errorf("it landed in session %d, want %d", got.Session, wrote.Session)
		}
		if kinds := singing(t, store); kinds != "withheld" {
			t.Errorf("while he is asked, it is in %q", kinds)
		}
		if s := mustSession(t, d, got.Session); s.State != session.Replied || len(d.Identifier.Asked()) != asked {
			t.Errorf("while he is asked, the session is %s, and the CRM was asked %d times", s.State, len(d.Identifier.Asked()))
		}
	}
	receive("m1")
	if _, err := d.Start(ctx, wrote.Chat); err == nil {
		t.Error("another session is started while he is asked")
	}
	receive("m2")
	must(t, d.ClientConsented(ctx, in.Address(), false))
	if kinds := singing(t, store); kinds != "" {
		t.Errorf("after his no, it is in %q", kinds)
	}
	if s := mustSession(t, d, wrote.Session); s.Owner != "ann" || !s.Open() {
		t.Errorf("after his no, %q has the session, which is %s", s.Owner, s.State)
	}
	receive("m3") // he is asked again
	must(t, d.ClientConsented(ctx, in.Address(), true))
	if s := mustSession(t, d, wrote.Session); s.State != session.ClientWaits {
		t.Errorf("after his yes, the session is %s", s.State)
	}
	messages, _, err := d.History(ctx, wrote.Chat, openlines.Page{})
	must(t, err)
	said := 0
	for _, m := range messages {
		if m.By == desk.ByClient && m.Said.Text == in.Text {
			said++
		}
	}
	chat, err := d.Chat(ctx, wrote.Chat)
	must(t, err)
	if said != 1 || chat.Client.Name != in.Client.Name {
		t.Errorf("after his yes, %d messages are his, and he is %q", said, chat.Client.Name)
	}
	must(t, d.Check(ctx))
	receive4 := in
	receive4.ID = "m4"
	_, err = d.Receive(ctx, receive4)
	must(t, err)
	if kinds := singing(t, store); strings.Contains(kinds, "withheld") {
		t.Errorf("after his yes, it is in %q", kinds)
	}
}
