package openlines_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage/memory"
)

// Two desks that take each other for a client fall silent: decision 14.35.
func TestTwoMachinesFallSilent(t *testing.T) {
	t.Parallel()
	clock := &manual{now: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)}
	said := 0
	var ends [2]*openlines.Engine
	for i := range ends {
		ends[i] = open(t, memory.New(), openlines.Config{Clock: clock, Connectors: map[connector.ID]connector.Connector{
			"web": connector.Func(func(ctx context.Context, m connector.Outbound) (connector.Receipt, error) {
				said++
				other := ends[1-i]
				_, err := other.Receive(ctx, connector.Inbound{
					Connector: "web", Account: "main", User: "other", ID: fmt.Sprint(i, "-", m.ID), Text: m.Text,
				})
				return connector.Receipt{ID: m.ID}, err
			}),
		}})
		must(t, ends[i].PutLine(t.Context(), openlines.Line{
			ID: "support", Session: session.Rules{GiveUpAfter: time.Minute, UnansweredAfter: 30 * time.Second},
			Texts: openlines.Texts{Greeting: "Hello!", Nobody: "Nobody is here.", Unanswered: "Sorry.", GivenUp: "Bye."}, ApologiseTwice: true,
		}))
		must(t, ends[i].Connect(t.Context(), "support", "web", "main"))
	}
	says(t, ends[0], "other", "the first word")
	const days = 2
	for range days * 24 * 12 {
		for _, e := range ends {
			_, err := e.Advance(t.Context())
			must(t, err)
		}
		clock.now = clock.now.Add(5 * time.Minute)
	}
	if most := 2 * days * desk.MaxSaidADay; said > most || said < 4 {
		t.Errorf("%d texts in %d days, want at most %d", said, days, most)
	}
}

// Decision 14.35: two bots that take each other for a client do, too.
func TestTwoBotsFallSilent(t *testing.T) {
	t.Parallel()
	clock := &manual{now: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)}
	said := 0
	var ends [2]*openlines.Engine
	for i := range ends {
		ends[i] = open(t, memory.New(), openlines.Config{
			Clock: clock,
			Connectors: map[connector.ID]connector.Connector{
				"web": connector.Func(func(ctx context.Context, m connector.Outbound) (connector.Receipt, error) {
					said++
					_, err := ends[1-i].Receive(ctx, connector.Inbound{
						Connector: "web", Account: "main", User: "other", ID: fmt.Sprint(i, "-", m.ID), Text: m.Text,
					})
					return connector.Receipt{ID: m.ID}, err
				}),
			},
			Bots: map[openlines.BotID]openlines.Bot{
				"faq": openlines.BotFunc(func(ctx context.Context, c openlines.BotCall) error {
					return ends[i].AsBot(c.Bot).Once(c.ID).Send(ctx, c.Session.ID, "So you say: "+c.Message.Said.Text[:4])
				}),
			},
		})
		withBot(t, ends[i], func(l *openlines.Line) { l.Bot.For = desk.Within(session.Never) })
	}
	says(t, ends[0], "other", "the first word")
	for range 2*desk.MaxBotSaid + 2 {
		for _, e := range ends {
			_, err := e.Advance(t.Context())
			must(t, err)
		}
	}
	if said < desk.MaxBotSaid || said > 2*desk.MaxBotSaid {
		t.Errorf("%d messages, want between %d and twice as many", said, desk.MaxBotSaid)
	}
}
