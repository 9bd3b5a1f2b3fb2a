package session_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlines-go/openlines/session"
)

// step is an act some seconds after nine. set is what the desk changes with it.
type step struct {
	second int
	act    session.Act
	set    func(*session.Session)
}

func at(second int) time.Time { return nine.Add(time.Duration(second) * time.Second) }

// offer is an offer that passes on after 30 seconds.
func offer(second int) step {
	return step{second, session.Offer, func(s *session.Session) { s.OfferEnds = at(second + 30) }}
}

func then(before []step, steps ...step) []step { return slices.Concat(before, steps) }

func apologise(s *session.Session) { s.Apologised = true }

func mustPlay(tb testing.TB, s session.Session, r session.Rules, steps []step) session.Session {
	tb.Helper()
	for _, step := range steps {
		if step.act != "" {
			next, err := s.Step(step.act, at(step.second), r)
			if err != nil {
				tb.Fatalf("at %d: %v", step.second, err)
			}
			s = next
		}
		if step.set != nil {
			step.set(&s)
		}
	}
	return s
}

// Each story is compared with the whole record, so a deadline that stays or goes without a reason is found. Invariant I-34.
func TestStories(t *testing.T) {
	t.Parallel()
	accepted := []step{offer(1), {2, session.Accept, nil}}
	replied := then(accepted, step{3, session.Reply, nil})
	finished := then(replied, step{4, session.Finish, nil})
	began := session.Session{Began: nine, Queued: nine, Asked: nine, AnswerBy: at(60)}
	with := func(change func(*session.Session)) session.Session {
		s := began
		change(&s)
		return s
	}
	for _, test := range []struct {
		name  string
		rules session.Rules
		steps []step
		want  session.Session
	}{
		{"rules 7.16, 7.19: a minute from the first message", session.Rules{}, nil, with(func(s *session.Session) {
			s.State = session.Waiting
		})},
		{"7.16: a time of its own", session.Rules{UnansweredAfter: 45 * time.Second}, nil, with(func(s *session.Session) {
			s.State, s.AnswerBy = session.Waiting, at(45)
		})},
		{"7.16: at once", session.Rules{UnansweredAfter: session.AtOnce}, nil, with(func(s *session.Session) {
			s.State, s.AnswerBy = session.Waiting, nine
		})},
		{"times are kept to the microsecond", session.Rules{UnansweredAfter: time.Minute + 1999}, nil, with(func(s *session.Session) {
			s.State, s.AnswerBy = session.Waiting, at(60).Add(time.Microsecond)
		})},
		{"7.16: off", session.Rules{UnansweredAfter: session.Never}, nil, with(func(s *session.Session) {
			s.State, s.AnswerBy = session.Waiting, time.Time{}
		})},
		{
			"7.19: later messages do not put it off", session.Rules{},
			[]step{{10, session.ClientWrites, nil}, offer(11), {20, session.ClientWrites, nil}, {21, session.Accept, nil}, {30, session.ClientWrites, nil}},
			with(func(s *session.Session) { s.State, s.Accepted = session.Answered, at(21) }),
		},
		{"14.8: accepting is no reply", session.Rules{}, accepted, with(func(s *session.Session) {
			s.State, s.Accepted = session.Answered, at(2)
		})},
		{"3.18: an offer that ran out", session.Rules{}, []step{offer(1), {31, session.PassOn, nil}}, with(func(s *session.Session) {
			s.State = session.Waiting
		})},
		{"3.19: skipped", session.Rules{}, []step{offer(1), {2, session.Skip, nil}}, with(func(s *session.Session) {
			s.State = session.Waiting
		})},
		{"4.13: gone before the answer", session.Rules{}, []step{offer(1), {2, session.Return, nil}}, with(func(s *session.Session) {
			s.State = session.Waiting
		})},
		{
			"rules 11.17, 11.23, 7.19: what a bot has hurries no operator; the client waits for one from the hand-over on", session.Rules{GiveUpAfter: time.Hour},
			[]step{{5, "", func(s *session.Session) { *s = s.Entrust(at(65)) }}, {20, session.ClientWrites, nil}, {65, session.ToQueue, nil}},
			with(func(s *session.Session) {
				s.State, s.Queued, s.AnswerBy, s.GiveUpAt = session.Waiting, at(65), at(125), at(3665)
			}),
		},
		{"11.23: meanwhile it has its own deadline only", session.Rules{GiveUpAfter: time.Hour},
			[]step{{5, "", func(s *session.Session) { *s = s.Entrust(at(65)) }}, {20, session.ClientWrites, nil}},
			with(func(s *session.Session) { s.State, s.AnswerBy, s.BotUntil = session.Bot, time.Time{}, at(65) })},
		{"an offer's end is set by whoever offers", session.Rules{}, []step{offer(1), {5, session.Offer, nil}}, with(func(s *session.Session) {
			s.State = session.Offered
		})},
		{"14.14: what comes back without a reply keeps its age", session.Rules{}, then(accepted, step{9, session.Return, nil}),
			with(func(s *session.Session) { s.State = session.Waiting })},
		{"the first reply", session.Rules{}, replied, with(func(s *session.Session) {
			s.State, s.Accepted, s.Replied = session.Replied, at(2), at(3)
			s.OwnerReplied = true
			s.Asked, s.AnswerBy = time.Time{}, time.Time{}
		})},
		{"a second reply is not the first", session.Rules{}, then(replied, step{8, session.Reply, nil}), with(func(s *session.Session) {
			s.State, s.Accepted, s.Replied = session.Replied, at(2), at(3)
			s.OwnerReplied = true
			s.Asked, s.AnswerBy = time.Time{}, time.Time{}
		})},
		{
			"14.14: the wait begins anew with the first message after a reply", session.Rules{},
			then(replied, step{8, session.ClientWrites, nil}, step{9, session.ClientWrites, nil}),
			with(func(s *session.Session) {
				s.State, s.Accepted, s.Replied = session.ClientWaits, at(2), at(3)
				s.OwnerReplied = true
				s.Queued, s.Asked, s.AnswerBy = at(8), at(8), time.Time{}
			}),
		},
		{
			"4.15, 14.14: back to the queue with the age of the message, and no second mark", session.Rules{},
			then(replied, step{8, session.ClientWrites, nil}, step{20, session.Return, nil}, offer(21), step{51, session.PassOn, nil}),
			with(func(s *session.Session) {
				s.State, s.Replied = session.Waiting, at(3)
				s.Queued, s.Asked, s.AnswerBy = at(8), at(8), time.Time{}
			}),
		},
		{"4.17: dismissed while the client thinks", session.Rules{}, then(replied, step{9, session.Return, nil}), with(func(s *session.Session) {
			s.State, s.Replied = session.Waiting, at(3)
			s.Asked, s.AnswerBy = time.Time{}, time.Time{}
		})},
		{"8.3: ten minutes", session.Rules{}, finished, with(func(s *session.Session) {
			s.State, s.Accepted, s.Replied, s.Finished = session.Closing, at(2), at(3), at(4)
			s.OwnerReplied = true
			s.Asked, s.AnswerBy, s.CloseAt = time.Time{}, time.Time{}, at(604)
		})},
		{"8.3: a delay of its own", session.Rules{CloseDelay: time.Hour}, finished, with(func(s *session.Session) {
			s.State, s.Accepted, s.Replied, s.Finished = session.Closing, at(2), at(3), at(4)
			s.OwnerReplied = true
			s.Asked, s.AnswerBy, s.CloseAt = time.Time{}, time.Time{}, at(3604)
		})},
		{"8.3: at once", session.Rules{CloseDelay: session.AtOnce}, finished, with(func(s *session.Session) {
			s.State, s.Accepted, s.Replied, s.Finished = session.Closing, at(2), at(3), at(4)
			s.OwnerReplied = true
			s.Asked, s.AnswerBy, s.CloseAt = time.Time{}, time.Time{}, at(4)
		})},
		{"finished without a reply: nothing is to be marked", session.Rules{}, then(accepted, step{4, session.Finish, nil}),
			with(func(s *session.Session) {
				s.State, s.Accepted, s.Finished = session.Closing, at(2), at(4)
				s.AnswerBy, s.CloseAt = time.Time{}, at(604)
			})},
		{"8.5: reopened", session.Rules{}, then(finished, step{99, session.ClientWrites, nil}), with(func(s *session.Session) {
			s.State, s.Accepted, s.Replied = session.ClientWaits, at(2), at(3)
			s.OwnerReplied = true
			s.Queued, s.Asked, s.AnswerBy = at(99), at(99), time.Time{}
		})},
		{
			"8.6: reopened, and the owner is gone", session.Rules{},
			then(finished, step{99, session.ClientWrites, nil}, step{99, session.Return, nil}),
			with(func(s *session.Session) {
				s.State, s.Replied = session.Waiting, at(3)
				s.Queued, s.Asked, s.AnswerBy = at(99), at(99), time.Time{}
			}),
		},
		{
			"14.2: the delay begins anew", session.Rules{},
			then(finished, step{99, session.ClientWrites, nil}, step{100, session.Reply, nil}, step{101, session.Finish, nil}),
			with(func(s *session.Session) {
				s.State, s.Accepted, s.Replied, s.Finished = session.Closing, at(2), at(3), at(101)
				s.OwnerReplied = true
				s.Queued, s.Asked, s.AnswerBy, s.CloseAt = at(99), time.Time{}, time.Time{}, at(701)
			}),
		},
		{"8.7: closed for good", session.Rules{}, then(finished, step{604, session.Complete, nil}), with(func(s *session.Session) {
			s.State, s.Accepted, s.Replied, s.Finished, s.Ended = session.Closed, at(2), at(3), at(4), at(604)
			s.OwnerReplied = true
			s.Asked, s.AnswerBy, s.Reason = time.Time{}, time.Time{}, session.Finished
		})},
		{"8.8: a reply begins the client's time", session.Rules{AutoCloseAfter: time.Hour}, replied, with(func(s *session.Session) {
			s.State, s.Accepted, s.Replied, s.OwnerReplied = session.Replied, at(2), at(3), true
			s.Asked, s.AnswerBy, s.AutoCloseAt = time.Time{}, time.Time{}, at(3603)
		})},
		{"8.11: never while the client waits", session.Rules{AutoCloseAfter: time.Hour}, then(replied, step{8, session.ClientWrites, nil}),
			with(func(s *session.Session) {
				s.State, s.Accepted, s.Replied, s.OwnerReplied = session.ClientWaits, at(2), at(3), true
				s.Queued, s.Asked, s.AnswerBy = at(8), at(8), time.Time{}
			})},
		{"8.12: a day of life after an auto-close", session.Rules{AutoCloseAfter: time.Hour}, then(replied, step{3603, session.AutoClose, nil}),
			with(func(s *session.Session) {
				s.State, s.Accepted, s.Replied, s.OwnerReplied = session.AutoClosed, at(2), at(3), true
				s.Asked, s.AnswerBy, s.Finished, s.CloseAt = time.Time{}, time.Time{}, at(3603), at(3603+86400)
			})},
		{"8.12: and then it is over", session.Rules{AutoCloseAfter: time.Hour},
			then(replied, step{3603, session.AutoClose, nil}, step{90003, session.Complete, nil}),
			with(func(s *session.Session) {
				s.State, s.Accepted, s.Replied, s.OwnerReplied = session.Closed, at(2), at(3), true
				s.Asked, s.AnswerBy, s.Finished, s.Ended, s.Reason = time.Time{}, time.Time{}, at(3603), at(90003), session.TimedOut
			})},
		{"6.22: a pin puts it off by a week", session.Rules{AutoCloseAfter: time.Hour},
			then(replied, step{4, "", func(s *session.Session) { *s = s.Pin(true).Pin(true) }}),
			with(func(s *session.Session) {
				s.State, s.Accepted, s.Replied, s.OwnerReplied, s.Pinned = session.Replied, at(2), at(3), true, true
				s.Asked, s.AnswerBy, s.AutoCloseAt = time.Time{}, time.Time{}, at(3603+7*86400)
			})},
		{"6.22: and the next reply, too, until it is let go", session.Rules{AutoCloseAfter: time.Hour},
			then(accepted, step{2, "", func(s *session.Session) { *s = s.Pin(true) }}, step{3, session.Reply, nil}, step{4, "", func(s *session.Session) { *s = s.Pin(false) }}),
			with(func(s *session.Session) {
				s.State, s.Accepted, s.Replied, s.OwnerReplied = session.Replied, at(2), at(3), true
				s.Asked, s.AnswerBy, s.AutoCloseAt = time.Time{}, time.Time{}, at(3603)
			})},
		{"14.20: nothing written for a day", session.Rules{NeglectAfter: time.Hour}, accepted, with(func(s *session.Session) {
			s.State, s.Accepted, s.NeglectedAt = session.Answered, at(2), at(3602)
		})},
		{"14.20: reminded again and again", session.Rules{NeglectAfter: time.Hour},
			then(accepted, step{3602, "", func(s *session.Session) { *s = s.Neglect(at(3602), session.Rules{NeglectAfter: time.Hour}) }}),
			with(func(s *session.Session) { s.State, s.Accepted, s.NeglectedAt = session.Answered, at(2), at(7202) })},
		{"6.18: taken over from another, the state stays", session.Rules{}, then(replied, step{9, session.Take, nil}),
			with(func(s *session.Session) {
				s.State, s.Accepted, s.Replied, s.Asked, s.AnswerBy = session.Replied, at(9), at(3), time.Time{}, time.Time{}
			})},
		{"6.16: a participant replies for the owner, who has not", session.Rules{}, then(accepted, step{3, session.Assist, nil}),
			with(func(s *session.Session) {
				s.State, s.Accepted, s.Replied = session.Replied, at(2), at(3)
				s.Asked, s.AnswerBy = time.Time{}, time.Time{}
			})},
		{"8.14: nobody takes it for too long", session.Rules{GiveUpAfter: time.Hour},
			[]step{{0, "", func(s *session.Session) {
				if due, which := s.Due(); which != session.AnswerTimer || !due.Equal(at(60)) || !s.GiveUpAt.Equal(at(3600)) {
					s.Reason = "no such deadline"
				}
			}}, offer(1), {31, session.PassOn, nil}, {3600, session.GiveUp, nil}},
			with(func(s *session.Session) {
				s.State, s.Ended, s.AnswerBy, s.Reason = session.Closed, at(3600), time.Time{}, session.Unserved
			})},
		{"8.14: who is taken is not given up, and the time begins anew when he comes back", session.Rules{GiveUpAfter: time.Hour},
			then(accepted, step{9, session.Return, nil}), with(func(s *session.Session) { s.State, s.GiveUpAt = session.Waiting, at(3609) })},
		{"8.14: passing on does not put it off", session.Rules{GiveUpAfter: time.Hour}, []step{offer(1), {31, session.PassOn, nil}},
			with(func(s *session.Session) { s.State, s.GiveUpAt = session.Waiting, at(3600) })},
		{"14.15: its line is archived", session.Rules{}, then(finished, step{9, session.Archive, nil}), with(func(s *session.Session) {
			s.State, s.Accepted, s.Replied, s.Finished, s.OwnerReplied = session.Closed, at(2), at(3), at(4), true
			s.Asked, s.AnswerBy, s.Ended, s.Reason = time.Time{}, time.Time{}, at(9), session.Archived
		})},
		{"erased", session.Rules{}, then(accepted, step{9, session.Erase, nil}), with(func(s *session.Session) {
			s.State, s.Accepted, s.Ended, s.Reason, s.AnswerBy = session.Closed, at(2), at(9), session.Erased, time.Time{}
		})},
		{"14.43: superseded", session.Rules{}, then(accepted, step{9, session.Supersede, nil}), with(func(s *session.Session) {
			s.State, s.Accepted, s.Ended, s.Reason, s.AnswerBy = session.Closed, at(2), at(9), session.Superseded, time.Time{}
		})},
		{"6.11: transferred, it is nobody's until accepted", session.Rules{}, then(replied, step{9, session.Transfer, nil}),
			with(func(s *session.Session) {
				s.State, s.Replied, s.Asked, s.AnswerBy = session.Offered, at(3), time.Time{}, time.Time{}
			})},
		{"6.9: spam ends at once", session.Rules{}, then(accepted, step{9, session.Spam, nil}), with(func(s *session.Session) {
			s.State, s.Accepted, s.Ended, s.Reason, s.AnswerBy = session.Closed, at(2), at(9), session.Spammed, time.Time{}
		})},
		{"14.39: abandoned", session.Rules{}, []step{{7, session.Abandon, nil}}, with(func(s *session.Session) {
			s.State, s.Ended, s.AnswerBy, s.Reason = session.Closed, at(7), time.Time{}, session.Abandoned
		})},
		{"14.39: abandoned while offered", session.Rules{}, []step{offer(1), {7, session.Abandon, nil}}, with(func(s *session.Session) {
			s.State, s.Ended, s.AnswerBy, s.Reason = session.Closed, at(7), time.Time{}, session.Abandoned
		})},
		{
			"14.6: told once in a waiting period, which an offer does not end", session.Rules{},
			[]step{{0, "", apologise}, {5, session.ClientWrites, nil}, offer(6), {7, session.Skip, nil}},
			with(func(s *session.Session) { s.State, s.Apologised = session.Waiting, true }),
		},
		{
			"14.6: accepting ends the waiting period", session.Rules{},
			[]step{{0, "", apologise}, offer(5), {6, session.Accept, nil}, {7, session.Return, nil}},
			with(func(s *session.Session) { s.State = session.Waiting }),
		},
		{
			"5.4: the next owner has not replied yet", session.Rules{},
			then(replied, step{8, session.ClientWrites, nil}, step{9, session.Return, nil}, offer(10), step{11, session.Accept, nil}),
			with(func(s *session.Session) {
				s.State, s.Accepted, s.Queued, s.Asked = session.Answered, at(11), at(8), at(8)
				s.Replied, s.AnswerBy = at(3), time.Time{}
			}),
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if test.rules.NeglectAfter == 0 {
				test.rules.NeglectAfter = session.Never
			}
			got := mustPlay(t, session.New(nine, 0, test.rules), test.rules, test.steps)
			got.Response, got.Served = session.Response{}, false // package kpi looks at one, TestServed at the other
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Decision 14.21: nothing is offered until the client is known, or is not recognised in time; the unanswered mark runs on.
func TestIdentifying(t *testing.T) {
	t.Parallel()
	r := session.Rules{GiveUpAfter: time.Hour}
	got := session.New(nine, 0, r).Identify(at(3))
	want := session.Session{State: session.Identifying, Began: nine, Queued: nine, Asked: nine, AnswerBy: at(60), IdentifyBy: at(3)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if due, which := got.Due(); which != session.IdentifyTimer || !due.Equal(at(3)) {
		t.Errorf("due at %v by %v", due, which)
	}
	got = mustPlay(t, got, r, []step{{1, session.ClientWrites, nil}, {3, session.Identify, nil}})
	want.State, want.IdentifyBy, want.GiveUpAt = session.Waiting, time.Time{}, at(3603)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("known or not (-want +got):\n%s", diff)
	}
}

// Rule 1.11, decision 14.36: a session that an operator begins is his, and nothing is owed to the client yet.
func TestHeld(t *testing.T) {
	t.Parallel()
	r := session.Rules{NeglectAfter: time.Hour, AutoCloseAfter: time.Minute}
	got := session.Held(nine, r)
	want := session.Session{State: session.Answered, Began: nine, Queued: nine, Accepted: nine, NeglectedAt: at(3600)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	got = mustPlay(t, got, r, []step{{5, session.Reply, nil}})
	want.State, want.Replied, want.OwnerReplied, want.NeglectedAt, want.AutoCloseAt = session.Replied, at(5), true, time.Time{}, at(65)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("he writes first (-want +got):\n%s", diff)
	}
}

// A wait before the line counts for the order of waiting only: not for the mark of rule 7.16.
func TestNewWithAWaitAhead(t *testing.T) {
	t.Parallel()
	got := session.New(nine, 5*time.Minute, session.Rules{})
	want := session.Session{
		State: session.Waiting, Began: nine, Asked: nine, AnswerBy: at(60), Queued: at(-300), WaitedAhead: 300_000_000,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	got = mustPlay(t, got, session.Rules{}, []step{offer(1), {2, session.Accept, nil}, {3, session.Return, nil}})
	if !got.Queued.Equal(at(-300)) {
		t.Errorf("it came back as of %v: decision 14.14", got.Queued)
	}
}

// Rule 7.17: the mark moves no state and stops no walk; rule 7.18: it is set once.
func TestMarkUnanswered(t *testing.T) {
	t.Parallel()
	for _, state := range []session.State{session.Waiting, session.Offered, session.Answered} {
		want := mustReach(t, state, session.Rules{})
		got := want.MarkUnanswered()
		want.Unanswered, want.AnswerBy = true, time.Time{}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", state, diff)
		}
		if due, which := got.Due(); which == session.AnswerTimer {
			t.Errorf("%s is marked again at %v", state, due)
		}
	}
}

func TestDue(t *testing.T) {
	t.Parallel()
	never := time.Time{}
	for _, test := range []struct {
		name                 string
		answer, offer, close time.Time
		due                  time.Time
		which                session.Timer
	}{
		{"none", never, never, never, never, session.NoTimer},
		{"the mark", at(1), never, never, at(1), session.AnswerTimer},
		{"the offer", never, at(1), never, at(1), session.OfferTimer},
		{"the close", never, never, at(1), at(1), session.CompleteTimer},
		{"the mark is first", at(1), at(2), at(3), at(1), session.AnswerTimer},
		{"the offer is first", at(2), at(1), at(3), at(1), session.OfferTimer},
		{"the close is first", at(3), at(2), at(1), at(1), session.CompleteTimer},
		{"a microsecond decides", at(1).Add(time.Microsecond), at(1), never, at(1), session.OfferTimer},
		{"at once: the mark before the offer", at(1), at(1), never, at(1), session.AnswerTimer},
		{"at once: the mark before the close", at(1), never, at(1), at(1), session.AnswerTimer},
		{"at once: the offer before the close", at(2), at(1), at(1), at(1), session.OfferTimer},
		{"at once: all", at(1), at(1), at(1), at(1), session.AnswerTimer},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := session.Session{State: session.Offered, AnswerBy: test.answer, OfferEnds: test.offer, CloseAt: test.close}
			if due, which := s.Due(); !due.Equal(test.due) || which != test.which {
				t.Errorf("%v, %v; want %v, %v", due, which, test.due, test.which)
			}
		})
	}
}

// Rules 7.16, 7.19, 11.9: only what an operator writes to a client whom he owes a reply serves him; until then he is awaited, though somebody
// wrote to him before.
func TestServed(t *testing.T) {
	t.Parallel()
	rules := session.Rules{NeglectAfter: session.Never}
	for name, test := range map[string]struct {
		begins session.Session
		steps  []step
		served bool
		by     time.Time
	}{
		"written first":              {session.Held(nine, rules), []step{{1, session.Reply, nil}}, false, time.Time{}},
		"written first, and back":    {session.Held(nine, rules), []step{{1, session.Reply, nil}, {2, session.ClientWrites, nil}}, false, at(62)},
		"answered then":              {session.Held(nine, rules), []step{{1, session.Reply, nil}, {2, session.ClientWrites, nil}, {3, session.Assist, nil}}, true, time.Time{}},
		"answered, and he goes on":   {session.New(nine, 0, rules), []step{offer(1), {2, session.Accept, nil}, {3, session.Reply, nil}, {4, session.ClientWrites, nil}}, true, time.Time{}},
		"accepted, and not answered": {session.New(nine, 0, rules), []step{offer(1), {2, session.Accept, nil}}, false, at(60)},
	} {
		if got := mustPlay(t, test.begins, rules, test.steps); got.Served != test.served || !got.AnswerBy.Equal(test.by) {
			t.Errorf("%s: served %v, awaited until %v; want %v, %v", name, got.Served, got.AnswerBy, test.served, test.by)
		}
	}
}
