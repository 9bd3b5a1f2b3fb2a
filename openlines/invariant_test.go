package openlines_test

import (
	"errors"
	"strconv"
	"testing"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/openlines/openlinestest"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/memory"
	"github.com/openlines-go/openlines/worktime"
)

// Invariant I-04: the message itself is the memory of its redeliveries, so that lasts as long as messages are kept: over years,
// clocks that jump, restarts, and whatever else is forgotten meanwhile.
func TestI04RedeliveryAfterYears(t *testing.T) {
	t.Parallel()
	d := openlinestest.New(t, sequenceLine())
	first, err := d.Receive(t.Context(), written("77", "m1", "one"))
	must(t, err)
	must(t, errors.Join(d.As("ann").Once("a").Send(t.Context(), 1, "Hello"), d.As("ann").Finish(t.Context(), 1)))
	for year := range 3 {
		d.Wait(365 * 24 * time.Hour)
		d.Reopen()
		before := d.Revision()
		got, err := d.Receive(t.Context(), written("77", "m1", "one"))
		must(t, err)
		if !got.Duplicate || got.Session != first.Session || got.Number != first.Number || d.Revision() != before {
			t.Errorf("after %d years: %+v, was %+v", year+1, got, first)
		}
	}
}

// Invariant I-22: who can be asked is decided on the desk as it is when the offer is stored, also by a node that has not heard.
func TestI22EligibleAsOfTheCommit(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*openlines.Engine) error{
		"dismissed": func(e *openlines.Engine) error {
			return e.Report(t.Context(), openlines.Report{Operator: "ann", Facts: worktime.Facts{Dismissed: true}})
		},
		"on leave": func(e *openlines.Engine) error {
			return e.Report(t.Context(), openlines.Report{Operator: "ann", Facts: worktime.Facts{MobileFront: true, OnLeave: true}})
		},
		"not in the queue": func(e *openlines.Engine) error {
			l, err := e.Line(t.Context(), "support")
			l.Queue.Members = queue.Operators("bob")
			return errors.Join(err, e.PutLine(t.Context(), l))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := memory.New()
			a, b := open(t, store, openlines.Config{}), open(t, store, openlines.Config{})
			furnish(t, a, openlines.Line{Queue: queue.Rules{Mode: queue.Strictly, OnlyAvailable: true}})
			for _, id := range []queue.OperatorID{"ann", "bob"} {
				must(t, a.Report(t.Context(), openlines.Report{Operator: id, Facts: worktime.Facts{MobileFront: true}}))
			}
			_, err := b.Advance(t.Context()) // from here on b believes that ann is there
			must(t, err)
			must(t, change(a))
			got := says(t, b, "77", "m1")
			s, err := b.Session(t.Context(), got.Session)
			must(t, err)
			if s.OfferedTo != "bob" {
				t.Errorf("offered to %q", s.OfferedTo)
			}
		})
	}
}

// Invariants I-29, I-30, I-33: a deadline is stored with what needs it, so any node fires it, also one whose clock was ahead of
// it when it was stored; and of two that fire at once, one does.
func TestI33DeadlinesOfAnotherNode(t *testing.T) {
	t.Parallel()
	store := memory.New()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	slow, fast := openlinestest.NewClock(now), openlinestest.NewClock(now.Add(time.Hour))
	a, b := open(t, store, openlines.Config{Clock: slow}), open(t, store, openlines.Config{Clock: fast})
	furnish(t, a, openlines.Line{Queue: queue.Rules{Mode: queue.Strictly}, Session: session.Rules{UnansweredAfter: session.Never}})
	says(t, a, "77", "m1") // its offer ends in the past of b
	_, err := b.Advance(t.Context())
	must(t, err)
	slow.Set(now.Add(time.Hour))
	_, err = a.Advance(t.Context())
	must(t, err)
	passed := 0
	events, err := a.Feed(t.Context(), 0, 1000)
	must(t, err)
	for _, e := range events {
		if e.Type == desk.SessionWaiting {
			passed++
		}
	}
	if want := int(time.Hour / queue.DefaultPassOn); passed != want {
		t.Errorf("an hour of offers was passed on %d times, want %d", passed, want)
	}
}

// Invariant I-62: whatever somebody can make more and more of has a bound, and who comes to it is told which.
func TestI62WhatGrowsHasABound(t *testing.T) {
	t.Parallel()
	d := openlinestest.New(t, sequenceLine())
	s := d.Says("77", "Hello")
	must(t, d.As("ann").Send(t.Context(), s, "Hi"))
	limited := func(what string, err error, limit int) {
		t.Helper()
		if bad, is := errors.AsType[*openlines.Invalid](err); !is || bad.Limit != limit {
			t.Errorf("%s: %v, want a limit of %d", what, err, limit)
		}
	}
	for n := range desk.MaxJoined + 1 {
		id := queue.OperatorID("guest" + strconv.Itoa(n))
		must(t, d.PutOperator(t.Context(), openlines.Operator{ID: id}))
		if err := d.As("ann").Invite(t.Context(), s, id); n == desk.MaxJoined {
			limited("guests of a session", err, desk.MaxJoined)
		} else {
			must(t, err)
		}
	}
	for n := range desk.MaxEdits + 1 {
		if err := d.As("ann").Edit(t.Context(), 1, 2, "Hi"+strconv.Itoa(n)); n == desk.MaxEdits {
			limited("edits of a message", err, desk.MaxEdits)
		} else {
			must(t, err)
		}
	}
	_, err := d.Arrived(t.Context(), connector.Address{Connector: openlinestest.ConnectorID, Account: "support", User: "77"},
		make([]string, desk.MaxReceipts+1)...)
	limited("receipts at once", err, desk.MaxReceipts)
	_, err = d.ReceiveAll(t.Context(), make([]connector.Inbound, openlines.MaxReceive+1))
	limited("messages at once", err, openlines.MaxReceive)
	for range desk.MaxSplit {
		d.Says("77", "and")
	}
	_, err = d.As("ann").StartFrom(t.Context(), 1, 1)
	limited("messages that change their session", err, desk.MaxSplit)
	_, _, err = d.History(t.Context(), 1, openlines.Page{Limit: storage.MaxFind + 1})
	limited("a page", err, storage.MaxFind)
	if _, err = d.Feed(t.Context(), 0, storage.MaxFind+1); err == nil {
		t.Error("any number of events is read at once")
	}
}
