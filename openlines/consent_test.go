package openlines_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/openlines/openlinestest"
	"github.com/openlines-go/openlines/queue"
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
		"superseded": func(d *openlinestest.Desk, got openlines.Received) error {
			_, err := d.Start(t.Context(), got.Chat)
			return err
		},
		"spam": func(d *openlinestest.Desk, got openlines.Received) error { return d.Spam(t.Context(), got.Session) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := memory.New()
			d, in := consenting(t, store)
			got, err := d.Receive(t.Context(), in)
			must(t, err)
			in.ID, in.Text = "m2", "Hello? "+canary
			_, err = d.Receive(t.Context(), in)
			must(t, err)
			must(t, d.ClientEdited(t.Context(), in.Address(), "m2", canary+"!"))
			if kinds := singing(t, store); kinds != "withheld" {
				t.Errorf("while he is asked, it is in %q", kinds)
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
		Files: []connector.File{{ID: canary, Name: canary}},
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
