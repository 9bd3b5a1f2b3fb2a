package openlinestest

import (
	"fmt"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/worktime"
)

// chore is one command of the script that [Faults] runs again and again. It can be repeated under its key.
type chore struct {
	name  string
	after time.Duration // what the clock is moved on by before
	whose string        // the client whose session it is about; whoever is asked or has it then can act
	do    func(w *worker) (answer string, err error)
}

// worker is who does the chores, with what he remembers.
type worker struct {
	engine *openlines.Engine
	clock  *Clock
	key    string // the id of the command
	latest map[string]session.ID
	who    queue.OperatorID // who is asked for the session of the chore, or has it, when it is begun
}

// as acts under the command id.
func (w *worker) as(id queue.OperatorID) openlines.Actor { return w.engine.As(id).Once(w.key) }

// look finds who can act. It is done once for a chore, not for each repetition: by then somebody else may be asked.
func (w *worker) look(c chore) error {
	w.who = ""
	id := w.latest[c.whose]
	if id == 0 {
		return nil
	}
	s, err := w.engine.Session(everlasting, id)
	if w.who = s.Owner; w.who == "" {
		w.who = s.OfferedTo
	}
	return err
}

func (w *worker) receive(line openlines.LineID, client, id string) (string, error) {
	got, err := w.engine.Receive(everlasting, connector.Inbound{
		Connector: ConnectorID, Account: string(line), User: client, ID: id, Text: "Hello, " + id, At: w.clock.Now(),
	})
	if err != nil {
		return "", err
	}
	w.latest[client] = got.Session
	return fmt.Sprintf("session %d chat %d message %d", got.Session, got.Chat, got.Number), nil // not whether it is a repetition
}

// host is a chore of the host's.
func host(name string, do func(a openlines.Actor) error) chore {
	return chore{name: name, do: func(w *worker) (string, error) { return "", do(w.engine.Once(w.key)) }}
}

// says is a chore of a client.
func says(line openlines.LineID, client, id string) chore {
	return chore{name: client + " says " + id, do: func(w *worker) (string, error) { return w.receive(line, client, id) }}
}

func leaves(line openlines.LineID, client string) chore {
	return chore{name: client + " leaves", do: func(w *worker) (string, error) {
		return "", w.engine.ClientLeft(everlasting, connector.Address{Connector: ConnectorID, Account: string(line), User: client})
	}}
}

// by is a chore of an operator, or of whoever is asked or has the session if none is named.
func by(id queue.OperatorID, name, whose string, do func(a openlines.Actor, id session.ID) error) chore {
	return chore{name: fmt.Sprintf("%s %s %s", id, name, whose), whose: whose, do: func(w *worker) (string, error) {
		who := id
		if who == "" {
			who = w.who
		}
		return "", do(w.as(who), w.latest[whose])
	}}
}

func (c chore) later(d time.Duration) chore {
	c.after = d
	return c
}

// chores are some sixty commands that touch whatever a command can touch.
func chores() []chore {
	all := []chore{
		host("put operators", func(a openlines.Actor) error {
			return a.PutOperator(everlasting, openlines.Operator{ID: "ann"}, openlines.Operator{ID: "bob"}, openlines.Operator{ID: "cid"})
		}),
		host("put a department", func(a openlines.Actor) error {
			return a.PutDepartment(everlasting, openlines.Department{ID: "night", Operators: []queue.OperatorID{"bob", "cid"}})
		}),
		host("put settings", func(a openlines.Actor) error {
			return a.PutSettings(everlasting, openlines.Settings{Presence: worktime.Presence{WorkTime: true}})
		}),
		host("put support", func(a openlines.Actor) error {
			return a.PutLine(everlasting, openlines.Line{
				ID: "support",
				Queue: queue.Rules{
					Members: queue.Operators("ann", "bob", "cid"), PassOnAfter: time.Minute, OnlyAvailable: true,
					Limit: queue.Limit{Max: 3},
				},
				Session: session.Rules{UnansweredAfter: 3 * time.Minute, CloseDelay: 5 * time.Minute},
				Texts:   openlines.Texts{Greeting: "Hello!", Unanswered: "Sorry for the wait.", Closing: "Glad to help."},
			})
		}),
		host("put sales", func(a openlines.Actor) error {
			return a.PutLine(everlasting, openlines.Line{
				ID:      "sales",
				Queue:   queue.Rules{Mode: queue.All, Members: []queue.Member{{Department: "night"}, {Operator: "ann"}}},
				Session: session.Rules{UnansweredAfter: session.Never},
			})
		}),
		host("connect support", func(a openlines.Actor) error { return a.Connect(everlasting, "support", ConnectorID, "support") }),
		host("connect sales", func(a openlines.Actor) error { return a.Connect(everlasting, "sales", ConnectorID, "sales") }),
		host("a second account", func(a openlines.Actor) error { return a.Connect(everlasting, "sales", ConnectorID, "more") }),
	}
	for _, id := range []queue.OperatorID{"ann", "bob", "cid"} {
		all = append(all, isHere(id, true))
	}
	for round := range 3 {
		all = append(all, aRound(round)...)
	}
	return all
}

func isHere(id queue.OperatorID, here bool) chore {
	return host(fmt.Sprint(id, " is here: ", here), func(a openlines.Actor) error {
		return a.Report(everlasting, openlines.Report{Operator: id, Facts: worktime.Facts{ClockedIn: here}})
	})
}

// aRound is part of a day. The clients ada, bea and cy come back in each.
func aRound(n int) []chore {
	id := func(what string) string { return fmt.Sprintf("%s-%d", what, n) }
	answer := func(a openlines.Actor, id session.ID) error { return a.Answer(everlasting, id) }
	send := func(a openlines.Actor, id session.ID) error { return a.Send(everlasting, id, "One moment.") }
	finish := func(a openlines.Actor, id session.ID) error { return a.Finish(everlasting, id) }
	return []chore{
		says("support", "ada", id("first")).later(10 * time.Minute),
		says("support", "ada", id("first")),
		says("sales", "bea", id("second")),
		by("bob", "answers", "bea", answer),
		by("cid", "answers", "bea", answer),
		by("", "sends to", "ada", send),
		says("support", "cy", id("third")).later(20 * time.Second),
		by("", "skips", "cy", func(a openlines.Actor, id session.ID) error { return a.Skip(everlasting, id) }),
		by("bob", "transfers", "bea", func(a openlines.Actor, id session.ID) error {
			return a.Transfer(everlasting, openlines.Transfer{Session: id, To: "cid"})
		}).later(time.Minute),
		by("cid", "sends to", "bea", send),
		by("cid", "pins", "bea", func(a openlines.Actor, id session.ID) error { return a.Pin(everlasting, id) }),
		says("support", "dan", id("fourth")),
		leaves("support", "dan"),
		isHere("ann", false),
		by("bob", "intercepts", "cy", func(a openlines.Actor, id session.ID) error { return a.Intercept(everlasting, id) }),
		by("bob", "sends to", "cy", send).later(5 * time.Minute),
		by("", "finishes", "ada", finish),
		isHere("ann", true),
		by("bob", "hands over for", "cy", func(a openlines.Actor, _ session.ID) error { return a.HandOver(everlasting, "bob") }),
		by("", "spams", "cy", func(a openlines.Actor, id session.ID) error { return a.Spam(everlasting, id) }),
	}
}
