package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
)

// log is what the feed told about a day.
type log struct {
	ends       []end // by place in day.callers
	decisions  int   // offers, to one or to everybody
	closed     int   // sessions that ended after a talk
	delivered  int   // messages that reached the telephone
	unattended int   // of those who gave up: sent away because nobody would ever come
}

// fate is what became of a caller.
type fate int

const (
	waiting fate = iota
	answered
	abandoned
)

// end tells what became of a caller, when, and through whom.
type end struct {
	how      fate
	at       time.Time
	operator queue.OperatorID
}

const page = 1000

// read takes in what the feed has told since the last time.
func (r *replay) read(ctx context.Context) error {
	for {
		events, err := r.engine.Feed(ctx, r.seen, page)
		if err != nil {
			return err
		}
		for _, e := range events {
			r.seen = e.Seq
			if err := r.hear(e); err != nil {
				return err
			}
		}
		if len(events) < page {
			return nil
		}
	}
}

func (r *replay) hear(e openlines.Event) error {
	switch e.Type {
	case desk.SessionOffered:
		r.told.decisions++
		r.offers = append(r.offers, offer{e.Session, e.Operator})
	case desk.SessionWaiting:
		r.withdraw(e.Session)
	case desk.SessionAnswered:
		r.withdraw(e.Session)
		return r.decide(e, answered)
	case desk.SessionClosed:
		r.withdraw(e.Session)
		if e.Reason == string(session.Abandoned) {
			return r.decide(e, abandoned)
		}
		r.told.closed++
	}
	return nil
}

func (r *replay) withdraw(id session.ID) {
	r.offers = slices.DeleteFunc(r.offers, func(o offer) bool { return o.session == id })
}

// decide notes the fate of a caller. He has one.
func (r *replay) decide(e openlines.Event, how fate) error {
	i, known := r.callers[e.Session]
	if !known || r.told.ends[i].how != waiting {
		return fmt.Errorf("event %d, %s of session %d: nobody waits there", e.Seq, e.Type, e.Session)
	}
	r.told.ends[i] = end{how, e.At, e.Operator}
	return nil
}
