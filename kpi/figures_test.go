package kpi_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/openlines-go/openlines/kpi"
	"github.com/openlines-go/openlines/session"
)

// Rules 11.11, 11.12 and 11.14: what a session counts of its replies is what its timeline tells. Rule 6.10: spam counts as closed and
// as nothing else.
func TestFiguresOfASessionAreThoseOfItsTimeline(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
		s := session.New(at, 0, session.Rules{})
		timeline := []kpi.Message{{At: at, From: kpi.Client}}
		step := func(act session.Act) bool {
			next, err := s.Step(act, at, session.Rules{})
			if err == nil {
				s = next
			}
			return err == nil
		}
		step(session.Offer)
		step(session.Accept)
		for range rapid.IntRange(0, 12).Draw(t, "acts") {
			at = at.Add(time.Duration(rapid.IntRange(0, 90).Draw(t, "seconds")) * time.Second)
			switch act := rapid.SampledFrom([]session.Act{
				session.ClientWrites, session.ClientWrites, session.Reply, session.Assist, session.Finish, session.Return, session.Offer, session.Accept, session.Take,
			}).Draw(t, "act"); {
			case !step(act):
			case act == session.ClientWrites:
				timeline = append(timeline, kpi.Message{At: at, From: kpi.Client})
			case act == session.Finish: // without a word: what comes later is another question
				for len(timeline) > 0 && timeline[len(timeline)-1].From == kpi.Client {
					timeline = timeline[:len(timeline)-1]
				}
			case act == session.Reply, act == session.Assist:
				timeline = append(timeline, kpi.Message{At: at, From: kpi.Operator})
			}
		}
		step(session.Archive)
		want := kpi.Responses(kpi.Exchanges(timeline), nil)
		got := kpi.OfSession(s)
		total := kpi.Total{N: want.Replies, Sum: want.Total, Longest: want.Maximum}
		if got.Replies != total || got.Replies.Mean() != want.Average || want.Replies > 0 && got.First != (kpi.Total{N: 1, Sum: want.Initial, Longest: want.Initial}) {
			t.Fatalf("%+v and %+v, want %+v", got.First, got.Replies, want)
		}
		s.Reason = session.Spammed
		if diff := cmp.Diff(kpi.Figures{Closed: map[session.Reason]int{session.Spammed: 1}}, kpi.OfSession(s)); diff != "" {
			t.Fatalf("as spam (-want +got):\n%s", diff)
		}
	})
}

// What was replied to is answered, and what was marked is unanswered, whether or not it was replied to later.
func TestFiguresOfASessionCountItOnce(t *testing.T) {
	t.Parallel()
	replied := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		s                    session.Session
		answered, unanswered int
	}{
		{session.Session{}, 0, 0},
		{session.Session{Replied: replied}, 1, 0},
		{session.Session{Unanswered: true}, 0, 1},
		{session.Session{Replied: replied, Unanswered: true}, 1, 1},
	} {
		test.s.Reason = session.Finished
		want := kpi.Figures{Closed: map[session.Reason]int{session.Finished: 1}, Answered: test.answered, Unanswered: test.unanswered}
		if diff := cmp.Diff(want, kpi.OfSession(test.s)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// Rule 11.41: the figures of parts are those of the whole.
func TestFiguresAddUp(t *testing.T) {
	t.Parallel()
	a := kpi.Figures{
		Begun: 1, Closed: map[session.Reason]int{session.Finished: 2, session.Spammed: 1, session.Declined: 1}, Answered: 2, Unanswered: 1, Good: 1, Reviewed: 1, Stars: 4,
		First: kpi.Total{N: 1, Sum: 3 * time.Second, Longest: 3 * time.Second}, Replies: kpi.Total{N: 2, Sum: 9 * time.Second, Longest: 6 * time.Second},
	}
	b := kpi.Figures{
		Begun: 3, Closed: map[session.Reason]int{session.TimedOut: 2}, Answered: 2, Bad: 3, Stars: -1,
		First: kpi.Total{N: 1, Sum: 5 * time.Second, Longest: 5 * time.Second}, Replies: kpi.Total{N: 1, Sum: 5 * time.Second, Longest: 5 * time.Second},
	}
	want := kpi.Figures{
		Begun: 4, Closed: map[session.Reason]int{session.Finished: 2, session.Spammed: 1, session.Declined: 1, session.TimedOut: 2}, Answered: 4, Unanswered: 1, Good: 1, Bad: 3,
		Reviewed: 1, Stars: 3, First: kpi.Total{N: 2, Sum: 8 * time.Second, Longest: 5 * time.Second},
		Replies: kpi.Total{N: 3, Sum: 14 * time.Second, Longest: 6 * time.Second},
	}
	before := len(a.Closed)
	for _, got := range []kpi.Figures{a.Plus(b), b.Plus(a)} {
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	if len(a.Closed) != before {
		t.Error("a sum changed its part")
	}
	if got := want.Resolved(); got != (kpi.Share{Part: 2, Of: 4}) {
		t.Errorf("resolved %v", got)
	}
	if got := want.Satisfied(); got != (kpi.Share{Part: 1, Of: 4}) {
		t.Errorf("satisfied %v", got)
	}
	if got := want.First.Mean(); got != 4*time.Second {
		t.Errorf("mean %v", got)
	}
	if got := (kpi.Total{}).Mean(); got != 0 {
		t.Errorf("mean of none %v", got)
	}
}
