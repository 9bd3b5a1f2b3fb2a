package openlinestest

import (
	"errors"
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
		return "", w.engine.ClientLeft(everlasting, at(line, client))
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

// chores are some ninety commands that touch whatever a command can touch, but for what other programs of the host are asked for.
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
	return append(all, anEvening()...)
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

// anEvening is what is rarer: clients who are asked for their consent, who fill in a form, who turn out to be one, and who want to be
// forgotten; sessions that are started by hand and that move on because nobody answers; a line that is taken out of service.
func anEvening() []chore {
	chat := func(client string, do func(a openlines.Actor, chat session.ChatID) error) chore {
		return chore{name: "the chat of " + client, whose: client, do: func(w *worker) (string, error) {
			s, err := w.engine.Session(everlasting, w.latest[client])
			if err != nil {
				return "", err
			}
			return "", do(w.engine.Once(w.key), s.Chat)
		}}
	}
	consents := func(client string, accepts bool) chore {
		return chore{name: fmt.Sprint(client, " consents: ", accepts), do: func(w *worker) (string, error) {
			err := w.engine.ClientConsented(everlasting, at("web", client), accepts)
			if errors.Is(err, openlines.ErrOver) { // it was done, and nobody was told
				err = nil
			}
			return "", err
		}}
	}
	return []chore{
		host("put web", func(a openlines.Actor) error {
			return a.PutLine(everlasting, openlines.Line{
				ID: "web", Queue: queue.Rules{Mode: queue.Strictly, Members: queue.Operators("ann", "bob"), Sticky: time.Hour},
				Consent: openlines.Consent{Document: "privacy"}, Form: openlines.Form{ID: "contacts"},
				Session: session.Rules{UnansweredAfter: time.Minute, CloseDelay: session.AtOnce}, UnansweredTo: "sales",
				Texts: openlines.Texts{Consent: "Do you agree?", Unanswered: "Sorry."},
			})
		}),
		host("connect web", func(a openlines.Actor) error {
			return a.PutConnection(everlasting, openlines.Connection{
				Line: "web", Connector: ConnectorID, Account: "web", AsksConsent: true, CanStart: true,
			})
		}),
		says("web", "eva", "withheld"),
		says("web", "fay", "withheld"),
		says("web", "gus", "withheld"),
		consents("eva", true),
		consents("fay", false),
		consents("gus", true),
		chore{name: "eva fills in a form", do: func(w *worker) (string, error) {
			_, err := w.engine.Once(w.key).ClientFilled(everlasting, openlines.ClientFills{
				Address: at("web", "eva"), Form: "contacts", Fields: []openlines.Field{{Name: "Name", Value: "Eva"}}, Responsible: "cid",
			})
			return "", err
		}},
		by("cid", "sends to", "eva", func(a openlines.Actor, id session.ID) error { return a.Send(everlasting, id, "Good evening.") }),
		chore{name: "eva edits", do: func(w *worker) (string, error) {
			return "", w.engine.ClientEdited(everlasting, at("web", "eva"), "withheld", "Hello again")
		}},
		chore{name: "eva is gus", do: func(w *worker) (string, error) {
			eva, err := w.engine.Session(everlasting, w.latest["eva"])
			if err != nil {
				return "", err
			}
			gus, err := w.engine.Session(everlasting, w.latest["gus"])
			if err != nil {
				return "", err
			}
			return "", w.engine.Once(w.key).MergeClients(everlasting, eva.Chat, gus.Chat)
		}},
		by("cid", "finishes", "eva", func(a openlines.Actor, id session.ID) error { return a.Finish(everlasting, id) }),
		chat("eva", func(a openlines.Actor, chat session.ChatID) error {
			_, err := a.Start(everlasting, chat)
			return err
		}),
		says("web", "eva", "started").later(2 * time.Minute), // gus has moved on meanwhile
		by("ann", "writes first to", "hal", func(a openlines.Actor, _ session.ID) error {
			_, err := a.WriteFirst(everlasting, openlines.WriteFirst{To: at("web", "hal"), Text: "Good evening."})
			return err
		}),
		chat("gus", func(a openlines.Actor, chat session.ChatID) error { return a.Erase(everlasting, chat) }),
		host("archive web", func(a openlines.Actor) error { return a.ArchiveLine(everlasting, "web") }),
	}
}

func at(line openlines.LineID, client string) connector.Address {
	return connector.Address{Connector: ConnectorID, Account: string(line), User: client}
}
