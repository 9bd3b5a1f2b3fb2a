package desk

import (
	"strings"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
)

// BotSend is a message of the actor, a bot, to the client. Without a text and a file it does nothing (rule 11.22). It is no reply
// of an operator: the client still waits for one (rule 11.12). A session takes MaxBotSaid of them.
type BotSend struct {
	Session session.ID
	Text    string
	Files   []connector.File
}

// BotGreet says the line's greeting, unless it was said in the session already (rule 7.3).
type BotGreet struct{ Session session.ID }

// BotToQueue hands a session that the actor has over to the operators (rule 11.19). In any other state it is
// *[session.Refused].
type BotToQueue struct{ Session session.ID }

// BotTransfer hands a session over to an operator, who need not be in the queue, or into another line's queue. If several
// targets are given, To counts before Line, and Line before Target (rule 11.20).
//
// The bot goes on answering the client until an operator has accepted, whoever that is in the end, unless Leave is set.
type BotTransfer struct {
	Session session.ID
	To      queue.OperatorID
	Line    LineID
	Target  string // as [ParseTarget] reads it
	Assign  bool   // it is To's without being accepted, if he is there (rule P11)
	Leave   bool   // the bot is silent from now on
}

// BotFinish ends a session at once, without a text and without a closing delay: what is to be said the bot has said (rule 11.21).
type BotFinish struct{ Session session.ID }

func (c BotSend) name() string     { return "bot-send" }
func (c BotGreet) name() string    { return "bot-greet" }
func (c BotToQueue) name() string  { return "bot-to-queue" }
func (c BotTransfer) name() string { return "bot-transfer" }
func (c BotFinish) name() string   { return "bot-finish" }

func (c BotSend) words() []string {
	return Send{Session: c.Session, Text: c.Text, Files: c.Files}.words()
}
func (c BotGreet) words() []string    { return []string{number(c.Session)} }
func (c BotToQueue) words() []string  { return []string{number(c.Session)} }
func (c BotTransfer) words() []string { return []string{data(c)} }
func (c BotFinish) words() []string   { return []string{number(c.Session)} }

// botAct is a command for bots. They have these and no others, and nobody else has them.
type botAct interface{ forBots() }

func (BotSend) forBots()     {}
func (BotGreet) forBots()    {}
func (BotToQueue) forBots()  {}
func (BotTransfer) forBots() {}
func (BotFinish) forBots()   {}

// ParseTarget reads the one word in which the reference names where a session goes: "queue" and a line's id, else an
// operator's. So an operator whose id begins with "queue" cannot be named by it.
func ParseTarget(target string) (to queue.OperatorID, line LineID) {
	if id, is := strings.CutPrefix(target, "queue"); is {
		return "", LineID(id)
	}
	return queue.OperatorID(target), ""
}

// attended returns a session in which the actor answers the client.
func (d *Desk) attended(id session.ID, by By) (*Session, error) {
	s, err := d.ongoing(id)
	if err == nil && !s.Answers(by.Bot) {
		err = ErrDenied
	}
	return s, err
}

func (c BotSend) act(d *Desk, by By) (any, error) {
	s, err := d.attended(c.Session, by)
	if err != nil {
		return nil, err
	}
	m := Message{By: ByBot, Bot: by.Bot, Said: connector.CleanText(c.Text, connector.MaxText)}
	if m.Files, err = connector.CleanFiles(c.Files); err != nil || m.Said.Text == "" && len(m.Files) == 0 {
		return nil, err
	}
	if s.BotSaid >= MaxBotSaid {
		return nil, &Invalid{Field: "Text", Problem: "the bot has said enough in this session", Limit: MaxBotSaid}
	}
	next := *s
	next.BotSaid++
	d.sessions.put(&next)
	written := d.write(s.Chat, s.ID, m)
	d.tellOf(s, Event{Type: MessageSent, Message: written.Number, Bot: by.Bot})
	d.deliver(written)
	d.awaitBot(&next, false)
	return nil, nil
}

func (c BotGreet) act(d *Desk, by By) (any, error) {
	s, err := d.attended(c.Session, by)
	if err == nil {
		d.say(s, session.Greeting)
	}
	return nil, err
}

func (c BotToQueue) act(d *Desk, by By) (any, error) {
	s, err := d.ongoing(c.Session)
	switch {
	case err != nil:
		return nil, err
	case s.State != session.Bot:
		return nil, &session.Refused{State: s.State, Act: session.ToQueue}
	case s.Bot != by.Bot:
		return nil, ErrDenied
	}
	d.toQueue(s, string(session.ToQueue))
	return nil, nil
}

func (c BotTransfer) act(d *Desk, by By) (any, error) {
	t := Transfer{To: c.To, Line: c.Line, Assign: c.Assign}
	switch {
	case c.To != "":
		t.Line = ""
	case c.Line == "":
		t.To, t.Line = ParseTarget(c.Target)
	}
	s, err := d.attended(c.Session, by)
	if err != nil {
		return nil, err
	}
	next := *s
	next.BotAttends = !c.Leave
	d.sessions.put(&next)
	return nil, d.pass(&next, t, by)
}

func (c BotFinish) act(d *Desk, by By) (any, error) {
	s, err := d.attended(c.Session, by)
	if err == nil {
		d.end(s, session.Conclude, "")
	}
	return nil, err
}
