package openlinestest

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/internal/corpus"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/storage"
)

// RunHostile feeds hostile input to the decoders and, through an engine, to stores that open makes: ids and texts of every
// kind, counts at and beyond their limits, times outside of the calendar, forged cursors and signatures, broken
// configuration, a channel and a clock that misbehave. What is accepted has to come back as it was accepted, what is refused
// has to be refused with the same error on every store, and the desk has to be sound after each input.
// Texts and ids are also given to every act and question that takes some: none of them may meet a defect, or the store.
//
// The input is data: some three hundred entries that say what has to come of them. A store of your own runs it beside
// package storagetest.
func RunHostile(t *testing.T, open func(testing.TB) storage.Store) {
	entries, err := corpus.Load()
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string][]corpus.Entry{}
	var order []string
	for _, e := range entries {
		if e.What == "" {
			continue
		}
		if kinds[e.What] == nil {
			order = append(order, e.What)
		}
		kinds[e.What] = append(kinds[e.What], e)
	}
	for _, what := range order {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			run := hostileRunners[what]
			if run == nil {
				t.Fatalf("nobody runs entries of kind %q", what)
			}
			h := &hostile{tb: t, open: open}
			for _, e := range kinds[what] {
				h.n++
				t.Run(fmt.Sprintf("%03d %s", e.N, e.Name), func(t *testing.T) {
					run(h, t, e)
					if h.desk == nil {
						return
					}
					if err := h.desk.Check(t.Context()); err != nil {
						t.Errorf("the desk is not sound: %v", err)
					}
				})
			}
		})
	}
}

// hostileRunners read the input of one kind of entry.
var hostileRunners = map[string]func(*hostile, *testing.T, corpus.Entry){
	"text": runText, "inbound": runInbound, "id": runID, "ids": runIDs, "addresses": runAddresses, "seats": runSeats,
	"json": runJSON, "truncated": runTruncated, "line": runLine, "settings": runSettings, "operators": runOperators,
	"departments": runDepartments, "report": runReport, "hours": runHours, "zone": runZone, "reference": runReference,
	"cursor": runCursor, "feed": runFeed, "number": runNumber, "limit": runLimit, "revision": runRevision,
	"webhook": runWebhook, "header": runHeader, "fresh": runFresh, "clock": runClock, "channel": runChannel,
}

// hostile is the desk that the entries of one kind share. It is made when the first entry needs it.
type hostile struct {
	tb   testing.TB
	open func(testing.TB) storage.Store
	desk *Desk
	n    int // of the entry: it makes clients and ids its own
}

const hostileOperator queue.OperatorID = "ann"

// on returns the desk: one line without texts and with a form, and one operator who is asked for everything.
func (h *hostile) on() *Desk {
	if h.desk == nil {
		h.desk = Open(h.tb, Setup{Store: h.open(h.tb), Lines: []openlines.Line{{
			Queue: queue.Rules{Members: queue.Operators(hostileOperator), PassOnAfter: queue.Never}, Form: openlines.Form{ID: "form"},
		}}})
	}
	return h.desk
}

func (h *hostile) name(kind string) string { return kind + "-" + strconv.Itoa(h.n) }

// message is one that nothing is wrong with, of a client of the entry's own.
func (h *hostile) message() connector.Inbound {
	h.desk.sent++
	return connector.Inbound{
		Connector: ConnectorID, Account: string(DefaultLine), User: h.name("client"), Text: "Hello",
		ID: "hostile-" + strconv.Itoa(h.desk.sent),
	}
}

// mustRead reads the input of an entry.
func mustRead[T any](t *testing.T, data json.RawMessage) (v T) {
	t.Helper()
	if err := corpus.Strict(data, &v); err != nil {
		t.Fatalf("the entry cannot be read: %v", err)
	}
	return v
}

// refused compares an error with what an entry wants, and reports whether that is all that the entry wants. A field is refused
// by the name of a part of it, too.
func refused(t *testing.T, want corpus.Want, err error) bool {
	t.Helper()
	if err != nil && len(err.Error()) > 32<<10 {
		t.Errorf("the error has %d bytes", len(err.Error()))
	}
	if want.Word != "error" && want.Error == "" && want.Invalid == "" {
		if err != nil {
			t.Fatalf("%v, want it accepted", err)
		}
		return false
	}
	invalid, _ := errors.AsType[*openlines.Invalid](err)
	switch {
	case err == nil:
		t.Error("accepted, want it refused")
	case want.Invalid != "" && (invalid == nil || invalid.Field != want.Invalid && !strings.HasPrefix(invalid.Field, want.Invalid+".") || invalid.Limit != want.Limit):
		t.Errorf("%v, want field %s refused, limit %d", err, want.Invalid, want.Limit)
	case want.Error != "" && hostileErrors[want.Error] == nil:
		t.Errorf("no error is called %s", want.Error)
	case want.Error != "" && !errors.Is(err, hostileErrors[want.Error]):
		t.Errorf("%v, want %s", err, want.Error)
	case (want.Invalid != "" || want.Error != "") && want.Error != "ErrNoSecret" && !openlines.Final(err):
		t.Errorf("%v is not final", err)
	}
	return true
}

// hostileErrors are the sentinels that entries name.
var hostileErrors = map[string]error{
	"ErrNotFound": openlines.ErrNotFound, "ErrNotConnected": openlines.ErrNotConnected, "ErrOnce": openlines.ErrOnce,
	"ErrDenied": openlines.ErrDenied, "ErrInactive": openlines.ErrInactive, "ErrFull": openlines.ErrFull,
	"ErrTooLarge": storage.ErrTooLarge, "ErrInvalid": storage.ErrInvalid, "ErrNoSecret": connector.ErrNoSecret,
}

// mustReceive gives the desk a message that has to be accepted as new.
func mustReceive(t *testing.T, d *Desk, in connector.Inbound) openlines.Received {
	t.Helper()
	got, err := d.Receive(t.Context(), in)
	if err != nil || got.Duplicate {
		t.Fatalf("%+v, %v; want it accepted as new", got, err)
	}
	return got
}

// mustShow returns the newest message of a chat.
func mustShow(t *testing.T, d *Desk, got openlines.Received) openlines.Message {
	t.Helper()
	found, _, err := d.History(t.Context(), got.Chat, openlines.Page{Limit: 1})
	if err != nil || len(found) != 1 {
		t.Fatalf("%d messages of the chat, %v", len(found), err)
	}
	return found[0]
}

// mustDeliver does what is due and returns what a client was told last.
func mustDeliver(t *testing.T, d *Desk, client string) connector.Outbound {
	t.Helper()
	d.Wait(0)
	all := d.Connector.Delivered()
	for _, m := range slices.Backward(all) {
		if m.To.User == client {
			return m.Outbound
		}
	}
	t.Fatalf("%q was told nothing", client)
	return connector.Outbound{}
}

// mustPutLine puts a line of one operator, who need not have been put, and connects an account that is called as it.
func mustPutLine(t *testing.T, d *Desk, id openlines.LineID, members ...queue.Member) {
	t.Helper()
	l := openlines.Line{ID: id, Queue: queue.Rules{Members: members, PassOnAfter: queue.Never}}
	if err := errors.Join(d.PutLine(t.Context(), l), d.Connect(t.Context(), id, ConnectorID, string(id))); err != nil {
		t.Fatal(err)
	}
}

// stored returns a record that the store has.
func mustFindStored(t *testing.T, d *Desk, kind, id string, into any) {
	t.Helper()
	found, _, err := d.store.Get(t.Context(), storage.Key{Kind: kind, ID: id})
	if err != nil || len(found) != 1 {
		t.Fatalf("%d records of %s %q, %v", len(found), kind, id, err)
	}
	if err := json.Unmarshal(found[0].Body, into); err != nil {
		t.Fatal(err)
	}
}

func mustParseDuration(t *testing.T, text string) time.Duration {
	t.Helper()
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
