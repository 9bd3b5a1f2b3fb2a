package session_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/openlines-go/openlines/session"
)

func ExampleSession_Step() {
	rules := session.Rules{CloseDelay: 5 * time.Minute}
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	s := session.New(now, 0, rules)
	for _, act := range []session.Act{
		session.Offer, session.Accept, session.Reply, session.Finish, session.ClientWrites, session.Reply, session.Finish,
	} {
		now = now.Add(10 * time.Second)
		s, _ = s.Step(act, now, rules)
		fmt.Printf("%s %-13s -> %s\n", now.Format(time.TimeOnly), act, s.State)
	}
	if due, which := s.Due(); which == session.CompleteTimer {
		s, _ = s.Step(session.Complete, due, rules)
		fmt.Printf("%s %-13s -> %s, %s\n", due.Format(time.TimeOnly), session.Complete, s.State, s.Reason)
	}
	_, err := s.Step(session.Reply, now, rules)
	if refused, ok := errors.AsType[*session.Refused](err); ok {
		fmt.Println(refused)
	}
	// Output:
	// 09:00:10 offer         -> offered
	// 09:00:20 accept        -> answered
	// 09:00:30 reply         -> replied
	// 09:00:40 finish        -> closing
	// 09:00:50 client-writes -> client-waits
	// 09:01:00 reply         -> replied
	// 09:01:10 finish        -> closing
	// 09:06:10 complete      -> closed, finished
	// session: reply refused: closed
}

// Whoever drives sessions sleeps until the earliest deadline and does what it asks for.
func ExampleSession_Due() {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	s := session.New(now, 0, session.Rules{UnansweredAfter: 30 * time.Second})
	due, which := s.Due()
	if which == session.AnswerTimer {
		s = s.MarkUnanswered()
	}
	_, which = s.Due()
	fmt.Println(due.Sub(now), s.State, s.Unanswered, which == session.NoTimer)
	// Output: 30s waiting true true
}

func ExampleRules() {
	var rules session.Rules
	err := json.Unmarshal([]byte(`{"unansweredAfter": "never", "closeDelay": "1h"}`), &rules)
	fmt.Println(rules.UnansweredAfter == session.Never, rules.CloseDelay, err)

	rules.CloseDelay = session.Never
	fmt.Println(rules.Validate())
	// Output:
	// true 1h0m0s <nil>
	// CloseDelay: want a delay: a finished session has to close
}
