package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage/memory"
	"github.com/openlines-go/openlines/worktime"
)

// setting is what the replay tries out on a day.
type setting struct {
	mode  queue.Mode
	limit int // sessions of an operator at a time; 0: no limit
}

const (
	line    openlines.LineID = "bank"
	phone   connector.ID     = "phone"
	account                  = "1"
)

// replay is a day on its way through an engine. Everything it does to the engine is what a host would do, and everything it
// learns is what the feed tells.
type replay struct {
	setting
	day    *day
	engine *openlines.Engine
	clock  *clock
	plan   plan

	seen    uint64             // last event of the feed
	callers map[session.ID]int // places in day.callers
	offers  []offer            // not yet taken
	staff   map[queue.OperatorID]*attendance
	told    log
}

// offer is a session that somebody, or everybody, is asked to take.
type offer struct {
	session  session.ID
	operator queue.OperatorID // empty: everybody
}

// attendance is what the centre knows about an operator without asking the engine.
type attendance struct {
	present bool
	talks   int
	idle    time.Time // since his latest clock-in, beginning or end of a talk
}

// drive replays a day and returns what the feed told about it.
func drive(ctx context.Context, d *day, s setting) (*log, error) {
	r := &replay{
		setting: s, day: d, clock: &clock{}, callers: map[session.ID]int{}, staff: map[queue.OperatorID]*attendance{},
		told: log{ends: make([]end, len(d.callers))},
	}
	for i, c := range d.callers {
		r.plan.add(step{at: c.enters, kind: arrives, caller: i})
	}
	for _, s := range d.shifts {
		r.plan.add(step{at: s.from, kind: shiftBegins, operator: s.operator})
		if s.to != never {
			r.plan.add(step{at: s.to, kind: shiftEnds, operator: s.operator})
		}
	}
	if err := r.open(ctx); err != nil {
		return nil, fmt.Errorf("replay: set up the line: %w", err)
	}
	defer func() { _ = r.engine.Close() }() // it has no error to tell
	if err := r.run(ctx); err != nil {
		return nil, err
	}
	return &r.told, r.drained(ctx)
}

// open sets up the line as of the first step, which can lie before midnight.
func (r *replay) open(ctx context.Context) error {
	r.clock.now = r.day.date
	if r.plan.Len() > 0 {
		r.clock.now = r.at(min(r.plan.steps[0].at, 0))
	}
	deliver := func(context.Context, connector.Outbound) (connector.Receipt, error) {
		r.told.delivered++
		return connector.Receipt{}, nil
	}
	var err error
	r.engine, err = openlines.Open(ctx, memory.New(), openlines.Config{
		Clock: r.clock, Connectors: map[connector.ID]connector.Connector{phone: connector.Func(deliver)},
	})
	if err != nil {
		return err
	}
	for _, id := range r.day.operators {
		r.staff[id] = &attendance{}
		if err := r.engine.PutOperator(ctx, openlines.Operator{ID: id, Name: string(id)}); err != nil {
			return err
		}
	}
	return errors.Join(
		// The rota alone says who is there: no browser tabs, no telephones.
		r.engine.PutSettings(ctx, openlines.Settings{Presence: worktime.Presence{WorkTime: true}}),
		r.engine.PutLine(ctx, openlines.Line{
			ID: line,
			Queue: queue.Rules{
				Mode: r.mode, Members: queue.Operators(r.day.operators...), OnlyAvailable: true,
				Limit: queue.Limit{Max: r.limit, Counts: queue.OpenOnes},
			},
			Session: session.Rules{CloseDelay: session.AtOnce},
		}),
		r.engine.Connect(ctx, line, phone, account),
	)
}

func (r *replay) at(since time.Duration) time.Time { return r.day.date.Add(since) }

// run takes one step after the other. Before the clock moves, the engine does what is due: deliveries, closings.
func (r *replay) run(ctx context.Context) error {
	for r.plan.Len() > 0 {
		s := r.plan.next()
		if now := r.at(s.at); now.After(r.clock.now) {
			if err := r.advance(ctx); err != nil {
				return r.failed(err)
			}
			r.clock.now = now
		}
		if err := r.take(ctx, s); err != nil {
			return r.failed(err)
		}
	}
	if err := r.sendHome(ctx); err != nil {
		return r.failed(err)
	}
	if err := r.advance(ctx); err != nil {
		return r.failed(err)
	}
	return nil
}

func (r *replay) failed(err error) error {
	return fmt.Errorf("replay: at %s: %w", r.clock.now.Format(time.TimeOnly), err)
}

func (r *replay) advance(ctx context.Context) error {
	if _, err := r.engine.Advance(ctx); err != nil {
		return err
	}
	return r.answerOffers(ctx)
}

func (r *replay) take(ctx context.Context, s step) error {
	var err error
	switch s.kind {
	case talkEnds:
		err = r.engine.As(s.operator).Finish(ctx, s.session)
		r.staff[s.operator].talks--
		r.staff[s.operator].idle = r.clock.now
	case shiftEnds, shiftBegins:
		here := s.kind == shiftBegins
		err = r.engine.Report(ctx, openlines.Report{Operator: s.operator, Facts: worktime.Facts{ClockedIn: here}})
		r.staff[s.operator].present, r.staff[s.operator].idle = here, r.clock.now
	case hangsUp:
		err = r.hangUp(ctx, s.caller)
	case arrives:
		err = r.receive(ctx, s.caller)
	}
	if err != nil {
		return err
	}
	return r.answerOffers(ctx)
}

func (r *replay) receive(ctx context.Context, i int) error {
	c := r.day.callers[i]
	got, err := r.engine.Receive(ctx, connector.Inbound{
		Connector: phone, Account: account, User: c.user(), ID: c.user(), Text: "Good day", Waited: c.credit,
	})
	if err != nil {
		return err
	}
	r.callers[got.Session] = i
	if c.patience != never {
		r.plan.add(step{at: c.enters + c.patience, kind: hangsUp, caller: i})
	}
	return nil
}

// user is a client's id in the channel: each call is somebody new, since one customer may hold two lines.
func (c caller) user() string { return "row-" + strconv.Itoa(c.row) }

func (r *replay) hangUp(ctx context.Context, i int) error {
	if r.told.ends[i].how != waiting {
		return nil
	}
	return r.engine.ClientLeft(ctx, connector.Address{Connector: phone, Account: account, User: r.day.callers[i].user()})
}

// sendHome makes those hang up for whom nobody will ever come: the last operator has gone, and their own patience is not
// known.
func (r *replay) sendHome(ctx context.Context) error {
	for i := range r.day.callers {
		if r.told.ends[i].how != waiting {
			continue
		}
		r.told.unattended++
		if err := r.hangUp(ctx, i); err != nil {
			return err
		}
	}
	return nil
}

// answerOffers lets operators take what they are offered until nothing is.
func (r *replay) answerOffers(ctx context.Context) error {
	for {
		if err := r.read(ctx); err != nil {
			return err
		}
		if len(r.offers) == 0 {
			return nil
		}
		o := r.offers[0]
		r.offers = r.offers[1:]
		if o.operator == "" {
			o.operator = r.longestIdle()
		}
		if err := r.engine.As(o.operator).Send(ctx, o.session, "How can I help?"); err != nil {
			return fmt.Errorf("%s answers session %d: %w", o.operator, o.session, err)
		}
		who := r.staff[o.operator]
		who.talks++
		who.idle = r.clock.now
		talk := r.day.callers[r.callers[o.session]].service
		r.plan.add(step{at: r.clock.now.Sub(r.day.date) + talk, kind: talkEnds, operator: o.operator, session: o.session})
	}
}

// longestIdle picks who takes what everybody is offered: of those present and below the limit the one who has not begun or
// ended anything for the longest time, of several the first in the list. Empty if there is none, which the engine refuses.
func (r *replay) longestIdle() (best queue.OperatorID) {
	for _, id := range r.day.operators {
		who := r.staff[id]
		if !who.present || r.limit > 0 && who.talks >= r.limit {
			continue
		}
		if best == "" || who.idle.Before(r.staff[best].idle) {
			best = id
		}
	}
	return best
}

// drained reports what is left in the engine after the day: nothing should be.
func (r *replay) drained(ctx context.Context) error {
	if err := r.engine.Check(ctx); err != nil {
		return fmt.Errorf("replay: check the engine: %w", err)
	}
	open, err := r.engine.OpenSessions(ctx)
	if err != nil {
		return fmt.Errorf("replay: count open sessions: %w", err)
	}
	next, err := r.engine.Next(ctx)
	if err != nil {
		return fmt.Errorf("replay: ask what is next: %w", err)
	}
	if open != 0 || !next.IsZero() {
		return fmt.Errorf("replay: the day is over: %d sessions are open, next deadline %v", open, next)
	}
	return nil
}
