package desk

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
)

// Limits of transcripts (decision 14.31).
const (
	LogAgain           = 10 * time.Minute // after which a client can ask for the log of a session again
	MaxTranscript      = 500              // messages of one; of a longer session the newest
	MaxTranscriptBytes = 256 << 10        // of their texts, about: the newest
)

// ClientAsksLog tells that a client wants to have what was said in his latest session: it goes out as a delivery of kind
// transcript, behind what is on its way to him, once in LogAgain; sooner it is [*TooSoon]. What operators wrote for one another is
// not in it, nor what was deleted.
type ClientAsksLog struct{ Address connector.Address }

func (c ClientAsksLog) name() string    { return "client-asks-log" }
func (c ClientAsksLog) words() []string { return []string{aliasKey(c.Address)} }

func (c ClientAsksLog) act(d *Desk, by By) (any, error) {
	id, err := d.chatAt(c.Address, by)
	if err != nil {
		return nil, err
	}
	chat := d.chats.get(id)
	if chat == nil || chat.Session == 0 {
		return nil, ErrNotFound
	}
	s := d.sessions.get(chat.Session)
	switch {
	case s == nil:
		return nil, ErrNotFound
	case !s.LogAsked.IsZero() && d.now.Sub(s.LogAsked) < LogAgain:
		return nil, &TooSoon{Until: s.LogAsked.Add(LogAgain)}
	}
	next := *s
	next.LogAsked = d.now
	d.sessions.put(&next)
	d.effect(Effect{Kind: DeliveryLog, Line: s.Line}, &Message{Chat: chat.ID, Session: s.ID, Number: chat.Messages})
	return nil, nil
}

// Log collects the messages of a transcript, newest first. The zero Log is empty.
type Log struct {
	lines []connector.LogLine
	bytes int
	cut   bool
}

// Add takes one more message, the one before those that were added; false if there is no room for it. dialog tells what stands for
// its session.
func (l *Log) Add(m Message, upTo int64, shown func(queue.OperatorID) connector.Author, dialog func(session.ID) string) bool {
	if m.Hidden || m.Early || m.Withheld || m.Undelivered != "" || !m.Deleted.IsZero() || m.Number > upTo {
		return true
	}
	line := connector.LogLine{At: m.At, Text: m.arrivedText().Text, Files: m.Files, From: m.From, Client: m.By == ByClient}
	if m.By == ByOperator {
		line.Author = shown(m.Operator)
	}
	if len(m.Around) > 0 {
		line.Text = m.naming(shown(m.Names).Name, dialog)
	}
	size := len(line.Text) + 1024*len(line.Files)
	if len(l.lines) == MaxTranscript || len(l.lines) > 0 && l.bytes+size > MaxTranscriptBytes {
		l.cut = true
		return false
	}
	l.lines, l.bytes = append(l.lines, line), l.bytes+size
	return true
}

// naming is a text that names an operator or its session, with what his name is now, and what stands for the session.
func (m *Message) naming(name string, dialog func(session.ID) string) string {
	words := ""
	if len(m.Dialogs) > 0 {
		words = dialog(m.Session)
	}
	return joined(m.Around, m.Dialogs, name, words).Text
}

// Transcript makes the delivery of a log out of the records that Keys names. language is that of the session's line.
func (e Effect) Transcript(records []storage.Record, l Log, language string) (connector.Outbound, error) {
	for _, r := range records {
		if r.Kind != "chat" {
			continue
		}
		var c Chat
		if err := json.Unmarshal(r.Body, &c); err != nil {
			return connector.Outbound{}, fmt.Errorf("desk: read %s record: %w", r.Kind, err)
		}
		slices.Reverse(l.lines)
		return connector.Outbound{
			ID: number(e.ID), Kind: connector.Transcript, To: c.Address, Message: e.Message, Log: l.lines, LogCut: l.cut,
			Language: cmp.Or(language, c.language()),
		}, nil
	}
	return connector.Outbound{}, fmt.Errorf("desk: read a chat: %w", ErrNotFound)
}

// Language returns the language of a line; empty: it has none of its own.
func (d *Desk) Language(line LineID) string {
	if l := d.lines.rows[line]; l != nil {
		return l.Language
	}
	return ""
}
