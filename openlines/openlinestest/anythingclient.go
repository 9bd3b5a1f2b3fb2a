package openlinestest

import (
	"maps"
	"slices"

	"pgregory.net/rapid"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/session"
)

// people merges clients, splits them, and sets what is known of one.
func (c *crowd) people(t *rapid.T) {
	a, b := c.chat(t), c.chat(t)
	do := map[string]func(openlines.Actor) error{
		"merge": func(by openlines.Actor) error { return by.MergeClients(t.Context(), a, b) },
		"split": func(by openlines.Actor) error { return by.SplitClient(t.Context(), a) },
		"put client": func(by openlines.Actor) error {
			return by.PutClient(t.Context(), openlines.PutClient{Chat: a, Language: "de", Priority: 1})
		},
	}
	name := rapid.SampledFrom(slices.Sorted(maps.Keys(do))).Draw(t, "what")
	c.answer(t, name, do[name](c.engine.Actor))
}

// erase forgets a client. What he wrote is not known any more, in none of his chats.
func (c *crowd) erase(t *rapid.T) {
	if rapid.IntRange(0, 3).Draw(t, "rarely") > 0 {
		t.Skip("rarely")
	}
	id := c.chat(t)
	who, err := c.engine.Client(t.Context(), id)
	addresses := map[connector.Address]bool{}
	if err == nil {
		for p, err := range c.engine.PersonalData(t.Context(), id) {
			mustNot(t, err)
			addresses[p.Chat.Address] = true
		}
	}
	c.deliveries(t)
	if !c.answer(t, "erase", c.engine.Erase(t.Context(), id)) {
		return
	}
	of := func(chat session.ChatID) bool { return slices.Contains(who.Chats, chat) }
	c.sent = slices.DeleteFunc(c.sent, func(in connector.Inbound) bool { return of(c.landed[in.ID].Chat) })
	maps.DeleteFunc(c.landed, func(_ string, got openlines.Received) bool { return of(got.Chat) })
	for p, err := range c.engine.PersonalData(t.Context(), id) {
		mustNot(t, err)
		if p.Messages+p.Files+p.Comments > 0 || p.Chat.Address.User != "" {
			t.Fatalf("%+v is left of chat %d", p, p.Chat.ID)
		}
	}
	for a := range addresses { // order does not matter: a set
		c.forgotten[a.Thread()] = true
		delete(c.passed, a.Account+"/"+a.User+"/"+a.Chat)
	}
}
