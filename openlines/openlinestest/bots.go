package openlinestest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"pgregory.net/rapid"

	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
)

// BotID is the bot of a Desk.
const BotID openlines.BotID = "faq"

// Bot is a bot that says nothing, or always the same. It can be told to fail, and to take its time. It is safe for concurrent
// use.
type Bot struct {
	clock  *Clock
	engine func() *openlines.Engine

	mu     sync.Mutex
	says   string
	fails  int
	panics int
	takes  time.Duration
	told   []openlines.BotCall
}

var errBot = errors.New("openlinestest: the bot is away")

// Says makes it answer everything with a text; empty: with nothing.
func (b *Bot) Says(text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.says = text
}

// Fail makes the next n calls fail. [Always] does not end.
func (b *Bot) Fail(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fails = n
}

// Panic makes the next n calls panic.
func (b *Bot) Panic(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.panics = n
}

// Takes makes a call take so long, on the clock of the Desk.
func (b *Bot) Takes(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.takes = d
}

// Told returns the calls so far, oldest first.
func (b *Bot) Told() []openlines.BotCall {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.told)
}

// Handle answers, if the bot is to.
func (b *Bot) Handle(ctx context.Context, c openlines.BotCall) error {
	says, err := b.take(c)
	if err != nil || says == "" || !c.Session.Answers(c.Bot) {
		return err
	}
	return b.engine().AsBot(c.Bot).Once(c.ID).Send(ctx, c.Session.ID, says)
}

func (b *Bot) take(c openlines.BotCall) (says string, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.told = append(b.told, c)
	if b.takes > 0 {
		b.clock.Set(b.clock.Now().Add(b.takes))
	}
	switch {
	case b.panics > 0:
		b.panics--
		panic("the bot")
	case b.fails > 0:
		b.fails--
		return "", errBot
	}
	return b.says, nil
}

// bots does the acts of bots, and says how the desk's own behaves.
func (s *script) bots(c command) (known bool, answer string, err error) {
	ctx, bot, id := s.desk.tb.Context(), s.desk.AsBot(openlines.BotID(c.word(0))), c.session(1)
	switch c.name {
	case "bot-send":
		return true, "", bot.Send(ctx, id, c.text(2))
	case "bot-greet":
		return true, "", bot.Greet(ctx, id)
	case "to-queue":
		return true, "", bot.ToQueue(ctx, id)
	case "bot-finish":
		return true, "", bot.Finish(ctx, id)
	case "bot-transfer":
		to := openlines.BotTransfer{Session: id}
		for _, w := range c.words[2:] {
			key, value, _ := strings.Cut(w, ":")
			switch key {
			case "to":
				to.To = queue.OperatorID(value)
			case "line":
				to.Line = openlines.LineID(value)
			case "leave":
				to.Leave = true
			case "assign":
				to.Assign = true
			default:
				to.Target = w
			}
		}
		return true, "", bot.Transfer(ctx, to)
	case "bot":
		return true, "", s.botBehaves(c)
	case "told":
		return true, s.botTold(), nil
	}
	return false, "", nil
}

// botTold tells of the bot's calls, and whether it was to answer.
func (s *script) botTold() string {
	var out []string
	for _, c := range s.desk.Bot.Told() {
		line := fmt.Sprintf("session %d message %d: %s", c.Session.ID, c.Message.Number, c.Message.Said.Text)
		if !c.Session.Answers(c.Bot) {
			line += ", to listen"
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

func (s *script) botBehaves(c command) error {
	n, _ := strconv.Atoi(c.word(1))
	switch b := s.desk.Bot; c.word(0) {
	case "says":
		b.Says(c.text(1))
	case "fail":
		b.Fail(n)
	case "panic":
		b.Panic(n)
	case "takes":
		b.Takes(duration(c.word(1)))
	default:
		return fmt.Errorf("no such way of a bot: %s", c.word(0))
	}
	return nil
}

// setBot reads the keys of a line that are about its bot.
func setBot(b *openlines.LineBot, key, value string) (err error) {
	switch key {
	case "bot":
		b.ID = openlines.BotID(value)
	case "bot-always":
		b.Always, err = strconv.ParseBool(value)
	case "bot-for":
		b.For = desk.Within(duration(value))
	case "bot-stays":
		b.Stays, err = strconv.ParseBool(value)
	case "bot-hours":
		err = json.Unmarshal([]byte(value), &b.Hours)
	default:
		return fmt.Errorf("no such key: %s", key)
	}
	return err
}

// drawBot is a line's bot, or none, or one that nobody knows.
func drawBot(t *rapid.T) openlines.LineBot {
	return openlines.LineBot{
		ID:     rapid.SampledFrom([]openlines.BotID{"", BotID, BotID, "nobody's"}).Draw(t, "bot"),
		Always: rapid.Bool().Draw(t, "bot always"),
		For:    rapid.SampledFrom([]desk.Within{0, desk.Within(session.Never), desk.Within(10 * time.Minute)}).Draw(t, "bot for"),
		Stays:  rapid.Bool().Draw(t, "bot stays"),
	}
}

// botActs has some bot do something, perhaps under a command id; then it is repeated at once.
func (c *crowd) botActs(t *rapid.T) {
	ctx, id := t.Context(), c.session(t)
	bot := c.engine.AsBot(rapid.SampledFrom([]openlines.BotID{BotID, BotID, BotID, "nobody's", "ann", ""}).Draw(t, "bot"))
	once := rapid.Bool().Draw(t, "once")
	if once {
		bot = bot.Once(c.name("once"))
	}
	var do func() error
	act := rapid.SampledFrom([]string{"send", "say nothing", "greet", "to queue", "transfer", "finish"}).Draw(t, "act")
	switch act {
	case "send":
		do = func() error { return bot.Send(ctx, id, "I know") }
	case "say nothing":
		do = func() error { return bot.Send(ctx, id, "") }
	case "greet":
		do = func() error { return bot.Greet(ctx, id) }
	case "to queue":
		do = func() error { return bot.ToQueue(ctx, id) }
	case "finish":
		do = func() error { return bot.Finish(ctx, id) }
	case "transfer":
		to := openlines.BotTransfer{
			Session: id, To: drawOperator(t), Assign: rapid.Bool().Draw(t, "assign"), Leave: rapid.Bool().Draw(t, "leave"),
			Target: rapid.SampledFrom([]string{"", "ann", "queuesales", "queuesupport"}).Draw(t, "target"),
		}
		do = func() error { return bot.Transfer(ctx, to) }
	}
	if c.answer(t, "bot: "+act, do()) && once {
		c.revised = c.engine.Revision()
		mustNot(t, do())
		c.unchanged(t, "the repeat of what a bot did")
	}
}
