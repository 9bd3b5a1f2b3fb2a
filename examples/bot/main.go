// Command bot shows a line whose bot answers what it knows, and hands over what it does not.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"strings"
	"time"

	"github.com/benbjohnson/clock"
	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/storage/memory"
)

// faq is a bot that knows some answers.
type faq struct {
	answers [][2]string // a word of the question, and what is said to it
	desk    *openlines.Engine
}

// Handle is told what a client wrote. It can be told twice, after a crash: what it does has ids, so that it is done once.
func (f *faq) Handle(ctx context.Context, c openlines.BotCall) error {
	bot := f.desk.AsBot(c.Bot)
	say := func(text string) error { return bot.Once(c.ID+"-say").Send(ctx, c.Session.ID, text) }
	question := strings.ToLower(c.Message.Said.Text)
	switch {
	case strings.Contains(question, "thank"):
		if err := say("You are welcome."); err != nil {
			return err
		}
		return bot.Once(c.ID+"-finish").Finish(ctx, c.Session.ID)
	case strings.Contains(question, "invoice"): // Bob's, who accepts it first; until then the bot goes on
		return bot.Once(c.ID+"-transfer").Transfer(ctx, openlines.BotTransfer{Session: c.Session.ID, To: "bob"})
	case strings.Contains(question, "crash"):
		return fmt.Errorf("faq: no answers are loaded") // an error, and a colleague has the session
	}
	for _, a := range f.answers {
		if strings.Contains(question, a[0]) {
			return say(a[1])
		}
	}
	if err := say("That I do not know. A colleague will be with you."); err != nil {
		return err
	}
	return bot.Once(c.ID+"-queue").ToQueue(ctx, c.Session.ID)
}

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, out io.Writer) error {
	mock := clock.NewMock() // a server leaves Clock out and has the real one
	mock.Set(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	bot := &faq{answers: [][2]string{{"open", "We open at nine."}, {"parcel", "It left Hamburg an hour ago."}}}
	desk, err := openlines.Open(ctx, memory.New(), openlines.Config{
		Connectors: map[connector.ID]connector.Connector{"console": connector.Print(out)},
		Bots:       map[openlines.BotID]openlines.Bot{"faq": bot},
		Clock:      mock,
	})
	if err != nil {
		return err
	}
	defer desk.Close()
	bot.desk = desk // before anything is carried out

	for _, step := range []func() error{
		func() error {
			return desk.PutOperator(ctx, openlines.Operator{ID: "ann", Name: "Ann"}, openlines.Operator{ID: "bob", Name: "Bob"})
		},
		func() error {
			return desk.PutLine(ctx, openlines.Line{
				ID: "support", Queue: queue.Rules{Members: queue.Operators("ann")},
				Bot:   openlines.LineBot{ID: "faq", Always: true},
				Texts: openlines.Texts{Greeting: "Hello! I am a bot. What would you like to know?"},
			})
		},
		func() error { return desk.Connect(ctx, "support", "console", "main") },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	for i, said := range []struct{ user, text string }{
		{"77", "When do you open?"},
		{"77", "Thanks!"},
		{"78", "May I bring my dog?"},
		{"79", "My invoice is wrong"},
		{"79", "Where is my parcel, by the way?"},
		{"80", "I want to see you crash"},
	} {
		fmt.Fprintf(out, "from %s | %s\n", said.user, said.text)
		got, err := desk.Receive(ctx, connector.Inbound{
			Connector: "console", Account: "main", User: said.user, ID: fmt.Sprint("m", i), Text: said.text,
		})
		if err != nil {
			return err
		}
		if _, err := desk.Advance(ctx); err != nil { // calls the bot, and delivers what it says; a server calls desk.Run(ctx) once
			return err
		}
		s, err := desk.Session(ctx, got.Session)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "   session %d: %s %s%s\n", s.ID, s.State, s.OfferedTo, s.Reason)
	}
	return desk.Check(ctx)
}
