package openlinestest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
)

// simple are the acts of somebody on a session that ask for nothing else.
var simple = map[string]func(context.Context, openlines.Actor, session.ID) error{
	"answer": func(ctx context.Context, a openlines.Actor, id session.ID) error { return a.Answer(ctx, id) },
	"send":   func(ctx context.Context, a openlines.Actor, id session.ID) error { return a.Send(ctx, id, "!") },
	"note":   func(ctx context.Context, a openlines.Actor, id session.ID) error { return a.Note(ctx, id, "psst") },
	"skip":   func(ctx context.Context, a openlines.Actor, id session.ID) error { return a.Skip(ctx, id) },
	"finish": func(ctx context.Context, a openlines.Actor, id session.ID) error { return a.Finish(ctx, id) },
	"accept and close": func(ctx context.Context, a openlines.Actor, id session.ID) error {
		return a.AcceptAndClose(ctx, id)
	},
	"spam":      func(ctx context.Context, a openlines.Actor, id session.ID) error { return a.Spam(ctx, id) },
	"intercept": func(ctx context.Context, a openlines.Actor, id session.ID) error { return a.Intercept(ctx, id) },
	"join":      func(ctx context.Context, a openlines.Actor, id session.ID) error { return a.Join(ctx, id) },
	"leave":     func(ctx context.Context, a openlines.Actor, id session.ID) error { return a.Leave(ctx, id) },
	"pin":       func(ctx context.Context, a openlines.Actor, id session.ID) error { return a.Pin(ctx, id) },
	"unpin":     func(ctx context.Context, a openlines.Actor, id session.ID) error { return a.Unpin(ctx, id) },
	"silence":   func(ctx context.Context, a openlines.Actor, id session.ID) error { return a.Silence(ctx, id, true) },
	"speak up":  func(ctx context.Context, a openlines.Actor, id session.ID) error { return a.Silence(ctx, id, false) },
}

// acts are all that can happen.
func (c *crowd) acts() map[string]func(*rapid.T) {
	acts := map[string]func(*rapid.T){
		"client writes": c.clientWrites, "client goes on": c.clientWrites, "client writes again": c.clientWrites,
		"redelivery": c.redelivery, "receive all": c.receiveAll, "client revises": c.clientRevises, "client comes and goes": c.visit, "client consents": c.consents, "client fills a form": c.fills,
		"receipts": c.receipts, "repeat": c.repeat, "time passes": c.wait, "time goes on": c.wait, "clock is set back": c.setBack,
		"report": c.report, "settings": c.settings, "line": c.changeLine, "invite": c.invite, "transfer": c.transfer, "start": c.start,
		"write first": c.writeFirst, "revise": c.revise, "pin all": c.pinAll, "hand over": c.handOver, "fails": c.fails,
		"people": c.people, "erase": c.erase,
		"restart": c.restart, "title and seen": c.chatActs, "crm": c.crm, "canned": c.canned, "channel": c.channelActs, "network": c.network, "bot acts": c.botActs, "bot goes on": c.botActs,
	}
	acts["lists"] = c.lists
	acts["finish all"] = c.finishAll
	for name, f := range simple { // order does not matter: it is a map again
		acts[name] = func(t *rapid.T) {
			id := c.session(t)
			c.do(t, name, drawOperator(t), func(a openlines.Actor) error { return f(t.Context(), a, id) })
		}
	}
	return acts
}

// do has somebody act, perhaps under a command id; then it is repeated at once, and perhaps later.
func (c *crowd) do(t *rapid.T, name string, by queue.OperatorID, f func(openlines.Actor) error) {
	act := fmt.Sprintf("%s by %q", name, by)
	if !rapid.Bool().Draw(t, "once") {
		c.answer(t, act, f(c.as(by)))
		return
	}
	key := c.name("once")
	if !c.answer(t, act, f(c.as(by).Once(key))) {
		return
	}
	again := func() error { return f(c.as(by).Once(key)) }
	c.revised = c.engine.Revision()
	mustNot(t, again())
	c.unchanged(t, "the repeat of "+act)
	c.repeats = append(c.repeats, repetition{c.clock.Now(), again})
	if err := c.as(by).Once(key).Skip(t.Context(), 9999); !errors.Is(err, openlines.ErrOnce) && by != "" {
		t.Fatalf("another act under the id of %s: %v", act, err)
	}
}

// as is an operator, or the host.
func (c *crowd) as(by queue.OperatorID) openlines.Actor {
	if by == "" {
		return c.engine.Actor
	}
	return c.engine.As(by)
}

func (c *crowd) repeat(t *rapid.T) {
	if len(c.repeats) == 0 {
		t.Skip("nothing to repeat")
	}
	r := rapid.SampledFrom(c.repeats).Draw(t, "repetition")
	if c.clock.Now().Sub(r.at) >= desk.OnceKept {
		t.Skip("too long ago")
	}
	mustNot(t, r.do())
	c.unchanged(t, "a repeat")
}

// session is one of the last sessions, or none.
func (c *crowd) session(t *rapid.T) session.ID {
	last := c.ledger.Sessions()
	return session.ID(rapid.IntRange(max(1, last-4), last+1).Draw(t, "session"))
}

func (c *crowd) chat(t *rapid.T) session.ChatID {
	return session.ChatID(rapid.IntRange(1, len(c.ledger.Chats())+1).Draw(t, "chat"))
}

func drawOperator(t *rapid.T) queue.OperatorID {
	return rapid.SampledFrom(append([]queue.OperatorID{"", queue.OperatorID(crowdService)}, crowdOperators...)).Draw(t, "operator")
}

func drawLineID(t *rapid.T) openlines.LineID { return rapid.SampledFrom(crowdLines).Draw(t, "line") }

func drawAddress(t *rapid.T) connector.Address {
	a := connector.Address{Connector: ConnectorID, Account: string(drawLineID(t)), User: drawClient(t)}
	if rapid.IntRange(0, 5).Draw(t, "group") == 0 {
		a.Chat, a.Group = "family", true
	}
	return a
}

func (c *crowd) inbound(t *rapid.T) connector.Inbound {
	to := drawAddress(t)
	in := connector.Inbound{
		Connector: to.Connector, Account: to.Account, User: to.User, Chat: to.Chat, Group: to.Group, ID: c.name("m"), Text: "?",
	}
	switch rapid.IntRange(0, 9).Draw(t, "how") {
	case 0:
		in.Past = true
	case 1:
		in.Operator = string(rapid.SampledFrom(crowdOperators).Draw(t, "on behalf of"))
	case 2:
		in.Waited = time.Duration(rapid.IntRange(0, 1000).Draw(t, "waited")) * time.Second
	case 3:
		in.NoCRM = true
	}
	return in
}

func (c *crowd) landing(t *rapid.T, in connector.Inbound, got openlines.Received, err error) {
	if !c.answer(t, "receive", err) {
		return
	}
	c.sent = append(c.sent, in)
	c.landed[in.ID] = got
}

func (c *crowd) clientWrites(t *rapid.T) {
	in := c.inbound(t)
	got, err := c.engine.Receive(t.Context(), in)
	c.landing(t, in, got, err)
}

func (c *crowd) redelivery(t *rapid.T) {
	if len(c.sent) == 0 {
		t.Skip("nothing was sent")
	}
	in := rapid.SampledFrom(c.sent).Draw(t, "message")
	want := c.landed[in.ID]
	in.Text = rapid.SampledFrom([]string{in.Text, "something else"}).Draw(t, "text")
	got, err := c.engine.Receive(t.Context(), in)
	mustNot(t, err)
	if !got.Duplicate || got.Chat != want.Chat || got.Number != want.Number || c.moved(want, got) {
		t.Fatalf("%s landed at %+v, and again at %+v", in.ID, want, got)
	}
	c.unchanged(t, "a redelivery")
}

// moved reports whether a message is in another session than at first without having been taken over by one that was started
// from a message: that one is of the same chat, and later.
func (c *crowd) moved(was, is openlines.Received) bool {
	s, _ := c.ledger.Session(is.Session)
	return is.Session < was.Session || is.Session != was.Session && s.Chat != was.Chat
}

func (c *crowd) receiveAll(t *rapid.T) {
	all := []connector.Inbound{c.inbound(t), c.inbound(t), c.inbound(t)}
	all[2].User += "\n" // one that is refused
	if len(c.sent) > 0 {
		all = append(all, c.sent[len(c.sent)-1])
	}
	results, err := c.engine.ReceiveAll(t.Context(), all)
	mustNot(t, err)
	for i, r := range results {
		switch {
		case i == 3 && (r.Err != nil || !r.Duplicate), i == 2 && r.Err == nil:
			t.Fatalf("result %d: %+v", i, r)
		case i < 2 && r.Err == nil:
			c.landing(t, all[i], r.Received, nil)
		case i < 2 && !openlines.Final(r.Err):
			t.Fatal(r.Err)
		}
	}
	c.crowded = true
}

// clientRevises edits or deletes what a client wrote, or will write.
func (c *crowd) clientRevises(t *rapid.T) {
	to, id := drawAddress(t), fmt.Sprint("m", c.names+rapid.IntRange(-3, 2).Draw(t, "message"))
	if rapid.Bool().Draw(t, "delete") {
		c.answer(t, "client deletes", c.engine.ClientDeleted(t.Context(), to, id))
		return
	}
	c.answer(t, "client edits", c.engine.ClientEdited(t.Context(), to, id, "??"))
}

func (c *crowd) visit(t *rapid.T) {
	to := drawAddress(t)
	if rapid.IntRange(0, 3).Draw(t, "asks for the log") == 0 {
		c.answer(t, "client asks for the log", c.engine.ClientAsksLog(t.Context(), to))
		return
	}
	if rapid.Bool().Draw(t, "leaves") {
		c.answer(t, "client leaves", c.engine.ClientLeft(t.Context(), to))
		return
	}
	_, err := c.engine.ClientOpened(t.Context(), to, connector.Client{Name: "Kim"})
	c.answer(t, "client opens", err)
}

func (c *crowd) consents(t *rapid.T) {
	c.answer(t, "client consents", c.engine.ClientConsented(t.Context(), drawAddress(t), rapid.Bool().Draw(t, "accepts")))
}

func (c *crowd) fills(t *rapid.T) {
	f := openlines.ClientFills{
		Address: drawAddress(t), Form: "contacts", Fields: []openlines.Field{{Name: "Name", Value: "Kim"}}, Responsible: drawOperator(t),
	}
	_, err := c.engine.ClientFilled(t.Context(), f)
	c.answer(t, "client fills a form", err)
}

// receipts are of what was delivered, in any order, or of what nobody knows.
func (c *crowd) receipts(t *rapid.T) {
	tell := c.engine.Arrived
	if rapid.Bool().Draw(t, "read") {
		tell = c.engine.WasRead
	}
	all := c.channel.Delivered()
	if len(all) == 0 || rapid.IntRange(0, 4).Draw(t, "unknown") == 0 {
		known, err := tell(t.Context(), drawAddress(t), "nobody's")
		if c.answer(t, "receipt", err) && known != 0 {
			t.Fatalf("%d of what nobody knows are known", known)
		}
		c.unchanged(t, "a receipt of nothing")
		return
	}
	d := rapid.SampledFrom(all).Draw(t, "delivery")
	if d.Kind != connector.New || c.forgotten[d.To.Thread()] {
		t.Skip("of a message only, and of somebody who is known")
	}
	known, err := tell(t.Context(), d.To, d.ID, "nobody's")
	mustNot(t, err)
	if known != 1 {
		t.Fatalf("delivery %s is not known", d.ID)
	}
}

func (c *crowd) wait(t *rapid.T) {
	c.clock.Add(rapid.SampledFrom([]time.Duration{time.Microsecond, time.Second, 44 * time.Second, 5 * time.Minute, time.Hour, 25 * time.Hour}).Draw(t, "for"))
	c.advance(t)
}

// advance does all that is due now.
func (c *crowd) advance(t *rapid.T) {
	for range 100 {
		next, err := c.engine.Advance(t.Context())
		mustNot(t, err)
		if next.IsZero() || next.After(c.clock.Now()) {
			return
		}
	}
	t.Fatal("there is no end of what is due now")
}

func (c *crowd) setBack(t *rapid.T) {
	c.clock.Set(c.clock.Now().Add(-time.Duration(rapid.IntRange(1, 600).Draw(t, "seconds")) * time.Second))
	c.advance(t)
}

func (c *crowd) report(t *rapid.T) {
	facts := present(rapid.Bool().Draw(t, "here"))
	facts.OnLeave = rapid.IntRange(0, 5).Draw(t, "on leave") == 0
	facts.Dismissed = rapid.IntRange(0, 9).Draw(t, "dismissed") == 0
	who := rapid.SampledFrom(crowdOperators).Draw(t, "who")
	c.do(t, "report", "", func(a openlines.Actor) error {
		return a.Report(t.Context(), openlines.Report{Operator: who, Facts: facts})
	})
}

func (c *crowd) settings(t *rapid.T) {
	c.maxTotal = rapid.IntRange(0, 3).Draw(t, "sessions of an operator")
	s := openlines.Settings{MaxSessions: c.maxTotal, NotifyNearlyFull: chiefs}
	s.Presence.WorkTime = rapid.Bool().Draw(t, "work time")
	mustNot(t, c.engine.PutSettings(t.Context(), s))
}

// changeLine puts other settings of a line, or takes it out of service and puts it back.
func (c *crowd) changeLine(t *rapid.T) {
	id := drawLineID(t)
	if rapid.IntRange(0, 4).Draw(t, "archive") > 0 {
		c.putLine(t, id)
		return
	}
	mustNot(t, c.engine.ArchiveLine(t.Context(), id))
	c.verify(t)
	c.putLine(t, id)
	mustNot(t, c.engine.PutConnection(t.Context(), openlines.Connection{
		Line: id, Connector: ConnectorID, Account: string(id), CanStart: true, AsksConsent: id == "sales",
	}))
}

func (c *crowd) invite(t *rapid.T) {
	id, whom := c.session(t), drawOperator(t)
	c.do(t, "invite", drawOperator(t), func(a openlines.Actor) error { return a.Invite(t.Context(), id, whom) })
}

func (c *crowd) transfer(t *rapid.T) {
	to := openlines.Transfer{Session: c.session(t), To: drawOperator(t), Assign: rapid.Bool().Draw(t, "assign")}
	if to.To == "" || rapid.IntRange(0, 9).Draw(t, "both") == 0 {
		to.Line = drawLineID(t)
	}
	c.do(t, "transfer", drawOperator(t), func(a openlines.Actor) error { return a.Transfer(t.Context(), to) })
}

func (c *crowd) start(t *rapid.T) {
	chat := c.chat(t)
	from := int64(rapid.IntRange(0, int(c.ledger.Messages(chat))+1).Draw(t, "from"))
	c.do(t, "start", drawOperator(t), func(a openlines.Actor) error {
		var err error
		if from == 0 {
			_, err = a.Start(t.Context(), chat)
		} else {
			_, err = a.StartFrom(t.Context(), chat, from)
		}
		return err
	})
}

func (c *crowd) writeFirst(t *rapid.T) {
	to := drawAddress(t)
	c.do(t, "write first", drawOperator(t), func(a openlines.Actor) error {
		_, err := a.WriteFirst(t.Context(), openlines.WriteFirst{To: to, Text: "Hello"})
		return err
	})
}

// revise edits or deletes any message of a chat, by whomever.
func (c *crowd) revise(t *rapid.T) {
	chat := c.chat(t)
	number, is := int64(rapid.IntRange(1, int(c.ledger.Messages(chat))+1).Draw(t, "message")), rapid.Bool().Draw(t, "delete")
	text := rapid.SampledFrom([]string{"!", "!!", "!!!"}).Draw(t, "text")
	c.do(t, "revise", drawOperator(t), func(a openlines.Actor) error {
		if is {
			return a.Delete(t.Context(), chat, number)
		}
		return a.Edit(t.Context(), chat, number, text)
	})
}

func (c *crowd) pinAll(t *rapid.T) {
	is := rapid.Bool().Draw(t, "on")
	c.do(t, "pin all", drawOperator(t), func(a openlines.Actor) error {
		pin := a.PinAll
		if !is {
			pin = a.UnpinAll
		}
		_, err := pin(t.Context())
		return err
	})
}

func (c *crowd) handOver(t *rapid.T) {
	whose := drawOperator(t)
	c.do(t, "hand over", drawOperator(t), func(a openlines.Actor) error { return a.HandOver(t.Context(), whose) })
}

// finishAll ends some of the last sessions, and asks who is away.
func (c *crowd) finishAll(t *rapid.T) {
	ids := []session.ID{c.session(t), c.session(t), c.session(t)}
	who := drawOperator(t)
	results, err := c.engine.As(who).FinishAll(t.Context(), ids...)
	if !c.answer(t, "finish all", err) {
		return
	}
	for i, r := range results {
		if r != nil && !openlines.Final(r) {
			t.Fatalf("session %d: %v", ids[i], r)
		}
	}
	away, _, err := c.engine.Away(t.Context(), openlines.Page{})
	mustNot(t, err)
	for _, a := range away {
		s, err := c.engine.Session(t.Context(), a.Session)
		mustNot(t, err)
		if cmp.Or(s.Owner, s.OfferedTo) != a.Operator || s.State != a.State {
			t.Fatalf("%+v is away from %+v", a, s)
		}
	}
	c.crowded = true
}

func (c *crowd) chatActs(t *rapid.T) {
	chat, which, on := c.chat(t), rapid.IntRange(0, 2).Draw(t, "rename, mute or see"), rapid.Bool().Draw(t, "on")
	c.do(t, "title, mute or seen", drawOperator(t), func(a openlines.Actor) error {
		switch which {
		case 0:
			return a.Rename(t.Context(), chat, "title")
		case 1:
			return a.Mute(t.Context(), chat, on)
		}
		return a.Seen(t.Context(), chat)
	})
}

// canned puts, saves or drops a response.
func (c *crowd) canned(t *rapid.T) {
	line, chat, which := drawLineID(t), c.chat(t), rapid.IntRange(0, 2).Draw(t, "put, save or drop")
	number := int64(rapid.IntRange(1, int(c.ledger.Messages(chat))+1).Draw(t, "message"))
	c.do(t, "canned response", drawOperator(t), func(a openlines.Actor) error {
		switch which {
		case 0:
			return a.PutCanned(t.Context(), line, openlines.Canned{ID: "a", Text: "!"}, openlines.Canned{ID: "b", Text: "?"})
		case 1:
			_, err := a.SaveCanned(t.Context(), chat, number)
			return err
		}
		return a.DropCanned(t.Context(), line, "a")
	})
}

// fails makes the channel or the CRM fail a few times, in some way.
func (c *crowd) fails(t *rapid.T) {
	n := rapid.IntRange(0, 4).Draw(t, "times")
	switch rapid.IntRange(0, 7).Draw(t, "how") {
	case 5:
		c.bot.Fail(n)
	case 6:
		c.bot.Says(rapid.SampledFrom([]string{"", "I know"}).Draw(t, "bot says"))
	case 0:
		c.channel.Fail(n, nil)
	case 1:
		c.channel.Fail(n, &connector.Failure{Permanent: true, Err: errAway})
	case 2:
		c.channel.Fail(n, &connector.Failure{RetryAfter: time.Minute, Err: errAway})
	case 3:
		c.channel.Panic(n)
	case 7:
		c.notifier.Fail(n)
	default:
		c.identifier.Fail(n)
	}
}

// restart is one of the program.
func (c *crowd) restart(t *rapid.T) {
	mustNot(t, c.engine.Close())
	c.open(t)
}

// channelActs switch a connection off and on, and change what its connector can do.
func (c *crowd) channelActs(t *rapid.T) {
	account, on := openlines.Channel{Connector: ConnectorID, Account: string(drawLineID(t))}, rapid.Bool().Draw(t, "on")
	switch rapid.IntRange(0, 4).Draw(t, "what") {
	case 0:
		mustNot(t, c.engine.PutConnection(t.Context(), openlines.Connection{
			Line: openlines.LineID(account.Account), Connector: ConnectorID, Account: account.Account, CanStart: true,
			Window: map[bool]desk.Within{true: desk.Within(5 * time.Minute)}[on],
		}))
	case 1, 2:
		mustNot(t, c.engine.ActivateConnection(t.Context(), account, on))
	case 3:
		mustNot(t, c.engine.SetConnectionError(t.Context(), account, map[bool]string{false: "down"}[on]))
	default:
		mustNot(t, c.engine.PutConnector(t.Context(), openlines.ConnectorInfo{
			ID: ConnectorID, Name: "Test", Icon: openlines.Icon{Image: "x"}, NoClientDeletes: on, NoEdits: on, NoDeletes: on, NoSystem: on,
		}))
	}
}

// network has somebody join a line, and be written to in its name; or a channel names a chat and a message.
func (c *crowd) network(t *rapid.T) {
	code, account := networkCode(drawLineID(t)), rapid.SampledFrom([]string{"acme", "other"}).Draw(t, "account")
	switch rapid.IntRange(0, 3).Draw(t, "what") {
	case 0:
		first, err := c.engine.JoinNetwork(t.Context(), code, account)
		if !c.answer(t, "join network", err) {
			return
		}
		again, err := c.engine.JoinNetwork(t.Context(), code, account)
		mustNot(t, err)
		if first != again {
			t.Fatalf("%v joined as %v", first, again)
		}
	case 1:
		who := drawClient(t)
		c.do(t, "write network", drawOperator(t), func(a openlines.Actor) error {
			_, err := a.WriteNetwork(t.Context(), openlines.WriteNetwork{Code: code, Account: account, User: who, Text: "News"})
			return err
		})
	case 2:
		c.answer(t, "name chat", c.engine.ChatNamed(t.Context(), drawAddress(t), c.name("name")))
	default:
		number := int64(rapid.IntRange(0, 5).Draw(t, "message"))
		c.answer(t, "arrived as", c.engine.ArrivedAs(t.Context(), drawAddress(t), number, c.name("their")))
	}
}

// networkCode is the code of a line.
func networkCode(id openlines.LineID) string {
	return fmt.Sprintf("%032d", slices.Index(crowdLines, id))
}
