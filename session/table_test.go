package session_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlines-go/openlines/session"
)

// golden is the state diagram of the rules as a table: what an act makes of a session, "-" where it is refused.
//
//   - offer: only what waits or is offered already (rules 3.18, 3.19, 3.23); a transfer is an act of its own.
//   - accept: only what is offered (rule 3.12); of two the second is refused (rule 3.13).
//   - pass-on, skip: end an offer and nothing else (rules 3.18–3.20).
//   - return: from whoever had it (rules 4.13–4.15, 4.17); what is closing stays (decision 14.39), and is reopened first (rule 8.6).
//   - client-writes: leaves an unanswered session where it is, and reopens one that is closing (rule 8.5).
//   - reply: by an owner (rule 6.4 accepts first), and not after the finish.
//   - finish: what an owner has enters the closing delay; what nobody has accepted is over at once (rule P8; who is asked accepts
//     first, rule 6.5), but not before the client has said whether he consents. complete: ends the closing delay (rule 8.7).
//   - transfer, move: whoever has it or is asked (rules 6.11, 6.12); what waits is moved or offered, not transferred.
//   - take: whoever has it, also what waits; the state stays where an owner had it (rule 6.18, the note to the diagram).
//   - auto-close: only when the operator wrote last (rules 8.8, 8.11); a message goes on with it (rule 8.12).
//   - spam: in every open state (decision 14.39).
//   - abandon: what nobody has taken yet (decision 14.39).
//   - agree, decline: the client's word on his consent, and nothing else: until then nobody takes what he wrote (rule 11.5).
//   - identify: ends the wait for the host's answer, known or not (decision 14.21); while it lasts nothing is offered, and
//     whoever intercepts or moves it does not wait for the answer.
//   - entrust: to the line's bot, after identifying (decision 14.44). to-queue: only what a bot has (rule 11.19); it can also be
//     transferred, moved and intercepted (rule 11.20, decision 14.39).
//   - conclude: by a bot, also one that goes on answering until an operator has accepted (rules 11.20, 11.21).
//   - assist: by another participant (rules 6.16, 6.17), to a client whom an operator has.
//   - give-up: what nobody has taken for too long (rule 8.14). archive, supersede, erase: in every open state (decisions 14.15,
//     14.39, 14.43).
const golden = `
              agree    decline  identify  entrust  to-queue  conclude  offer    accept    pass-on  skip     return   client-writes  reply    assist   transfer  move     take          finish   auto-close   complete  spam    abandon  give-up  archive  supersede  erase
consenting    waiting  closed   -         -        -         -         -        -         -        -        -        consenting     -        -        -         -        -             -        -            -         closed  closed   -        closed   closed     closed
identifying   -        -        waiting   bot      -         -         -        -         -        -        -        identifying    -        -        -         waiting  answered      closed   -            -         closed  closed   -        closed   closed     closed
bot           -        -        -         -        waiting   closed    -        -         -        -        -        bot            -        -        offered   waiting  answered      closed   -            -         closed  closed   -        closed   closed     closed
waiting       -        -        -         -        -         closed    offered  -         -        -        -        waiting        -        -        -         waiting  answered      closed   -            -         closed  closed   closed   closed   closed     closed
offered       -        -        -         -        -         closed    offered  answered  waiting  waiting  waiting  offered        -        -        offered   waiting  answered      closed   -            -         closed  closed   closed   closed   closed     closed
answered      -        -        -         -        -         -         -        -         -        -        waiting  answered       replied  replied  offered   waiting  answered      closing  -            -         closed  -        -        closed   closed     closed
client-waits  -        -        -         -        -         -         -        -         -        -        waiting  client-waits   replied  replied  offered   waiting  client-waits  closing  -            -         closed  -        -        closed   closed     closed
replied       -        -        -         -        -         -         -        -         -        -        waiting  client-waits   replied  replied  offered   waiting  replied       closing  auto-closed  -         closed  -        -        closed   closed     closed
closing       -        -        -         -        -         -         -        -         -        -        -        client-waits   -        -        -         -        -             -        -            closed    closed  -        -        closed   closed     closed
auto-closed   -        -        -         -        -         -         -        -         -        -        -        client-waits   -        -        -         -        -             -        -            closed    closed  -        -        closed   closed     closed
closed        -        -        -         -        -         -         -        -         -        -        -        -              -        -        -         -        -             -        -            -         -       -        -        -        -          -
`

// ways lead to each state, by acts that the rules allow.
var ways = map[session.State][]session.Act{
	session.Consenting:  nil,
	session.Identifying: nil,
	session.Bot:         {session.Entrust},
	session.Waiting:     nil,
	session.Offered:     {session.Offer},
	session.Answered:    {session.Offer, session.Accept},
	session.Replied:     {session.Offer, session.Accept, session.Reply},
	session.ClientWaits: {session.Offer, session.Accept, session.Reply, session.ClientWrites},
	session.Closing:     {session.Offer, session.Accept, session.Reply, session.Finish},
	session.AutoClosed:  {session.Offer, session.Accept, session.Reply, session.AutoClose},
	session.Closed:      {session.Offer, session.Accept, session.Reply, session.Finish, session.Complete},
}

var nine = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func mustReach(tb testing.TB, state session.State, r session.Rules) session.Session {
	tb.Helper()
	s := session.New(nine, 0, r)
	switch state {
	case session.Consenting:
		s = s.AwaitConsent(nine.Add(time.Hour))
	case session.Identifying, session.Bot:
		s = s.Identify(nine.Add(3 * time.Second))
	}
	for i, act := range ways[state] {
		next, err := s.Step(act, nine.Add(time.Duration(i+1)*time.Second), r)
		if err != nil {
			tb.Fatalf("on the way to %s: %v", state, err)
		}
		s = next
		if s.State == session.Offered {
			s.OfferEnds = nine.Add(time.Minute)
		}
	}
	if s.State != state {
		tb.Fatalf("%s, want %s", s.State, state)
	}
	return s
}

// Decision 14.39: every cell of state × act is decided.
// Invariant I-18: an owner loses a session by the acts of the table and no other.
func TestEveryCell(t *testing.T) {
	t.Parallel()
	lines := strings.Split(strings.Trim(golden, "\n"), "\n")
	acts := strings.Fields(lines[0])
	var states []string
	for _, line := range lines[1:] {
		cells := strings.Fields(line)
		state := session.State(cells[0])
		states = append(states, cells[0])
		for i, want := range cells[1:] {
			act := session.Act(acts[i])
			t.Run(cells[0]+"/"+acts[i], func(t *testing.T) {
				t.Parallel()
				mustDecide(t, state, act, want)
			})
		}
	}
	// The table knows no state and no act that is not decided above.
	if diff := cmp.Diff(states, text(session.States())); diff != "" {
		t.Errorf("states (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(acts, text(session.Acts())); diff != "" {
		t.Errorf("acts (-want +got):\n%s", diff)
	}
}

func text[S ~string](words []S) (plain []string) {
	for _, w := range words {
		plain = append(plain, string(w))
	}
	return plain
}

func mustDecide(tb testing.TB, state session.State, act session.Act, want string) {
	tb.Helper()
	s := mustReach(tb, state, session.Rules{})
	got, err := s.Step(act, nine.Add(time.Hour), session.Rules{})
	if want != "-" {
		if err != nil || string(got.State) != want {
			tb.Errorf("%s, %v; want %s", got.State, err, want)
		}
		return
	}
	refused, _ := errors.AsType[*session.Refused](err)
	if diff := cmp.Diff(&session.Refused{State: state, Act: act}, refused); diff != "" {
		tb.Errorf("refusal (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(s, got); diff != "" {
		tb.Errorf("a refused act changes the session (-want +got):\n%s", diff)
	}
	if want := fmt.Sprintf("session: %s refused: %s", act, state); err != nil && err.Error() != want {
		tb.Errorf("%q, want %q", err, want)
	}
}

func TestUnknownStatesAndActsAreRefused(t *testing.T) {
	t.Parallel()
	mustDecide(t, session.Waiting, "", "-")
	mustDecide(t, session.Offered, "Accept", "-")
	for _, state := range []session.State{"", "Waiting", "spam"} {
		for _, act := range session.Acts() {
			s := session.Session{State: state}
			if got, err := s.Step(act, nine, session.Rules{}); err == nil || got != s {
				t.Errorf("%q takes %s: %+v, %v", state, act, got, err)
			}
		}
	}
}

func TestStatesKnowWhoHasTheSession(t *testing.T) {
	t.Parallel()
	type is struct{ Open, Owned bool }
	want := map[session.State]is{
		session.Waiting: {Open: true}, session.Offered: {Open: true}, session.Closed: {},
		session.Answered: {true, true}, session.ClientWaits: {true, true}, session.Replied: {true, true}, session.Closing: {true, true},
		session.AutoClosed: {true, true}, session.Identifying: {Open: true}, session.Consenting: {Open: true}, session.Bot: {Open: true},
	}
	got := map[session.State]is{}
	for _, s := range session.States() {
		got[s] = is{s.Open(), s.Owned()}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
