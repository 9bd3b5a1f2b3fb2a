package desk

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
)

// Limits of canned responses.
const (
	MaxCanned     = 1000    // of one list
	MaxCannedPut  = 100     // of one command
	MaxCannedText = 8 << 10 // bytes of one
)

// Canned is a response that is kept to be sent again (rule 7.21).
type Canned struct {
	ID    string           `json:"id"`              // names it in its list; 1 to MaxName bytes
	Title string           `json:"title,omitempty"` // at most MaxName bytes, else cut
	Text  string           `json:"text,omitempty"`  // with a file it can be empty
	Files []connector.File `json:"files,omitempty"` // at most connector.MaxFiles

	// What the desk sets: the list it is in, who put it last (empty: the host), when it was put first, and the chat that it was
	// saved from (0: from none): it is gone when the chat's client is erased.
	List string           `json:"list"`
	By   queue.OperatorID `json:"by,omitempty"`
	At   time.Time        `json:"at"`
	Chat session.ChatID   `json:"chat,omitempty"`
}

// Clone returns a copy that shares no memory with the response.
func (c Canned) Clone() Canned {
	c.Files = slices.Clone(c.Files)
	return c
}

func (c *Canned) key() string { return cannedKey(c.List, c.ID) }

func cannedKey(list, id string) string { return digest(list, id) }

// cannedList counts the responses of a list.
type cannedList struct {
	List string `json:"list"`
	Kept int    `json:"kept"`
}

// PutCanned adds responses to the list of a line, or replaces those of the same ids. It takes the right to use canned responses,
// which members of the queue have by default (rule 11.36), as the two commands below do.
type PutCanned struct {
	Line   LineID
	Canned []Canned
}

// DropCanned takes a response out of the list of a line.
type DropCanned struct {
	Line LineID
	ID   string
}

// SaveCanned keeps what was said in a chat as a response in the list of the line where its latest session is. Whoever does it has
// to be one who may read that session. A message is kept once, under the id that CannedFrom tells; saving it again replaces it.
// It is gone when the chat's client is erased, who wrote it or is spoken of in it.
type SaveCanned struct {
	Chat   session.ChatID
	Number int64  // of the message
	Record string // id of its record; empty: it was written here and is named by its number
}

func (c PutCanned) name() string  { return "put-canned" }
func (c DropCanned) name() string { return "drop-canned" }
func (c SaveCanned) name() string { return "save-canned" }

func (c PutCanned) words() []string  { return []string{data(c)} }
func (c DropCanned) words() []string { return []string{data(c)} }
func (c SaveCanned) words() []string {
	return []string{number(c.Chat), strconv.FormatInt(c.Number, 10)}
}

// CannedFrom is the id of a response that was saved from a message.
func CannedFrom(chat session.ChatID, message int64) string {
	return "message-" + number(chat) + "." + strconv.FormatInt(message, 10)
}

// canning returns the list of a line for an actor who may use it.
func (d *Desk) canning(by By, line LineID) (string, error) {
	if err := d.may(by, MayUseCanned, line, nil); err != nil {
		return "", err
	}
	l := d.lines.rows[line]
	if l == nil {
		return "", ErrNotFound
	}
	return cmp.Or(l.Canned, string(l.ID)), nil
}

// mayShare decides whether an actor may give a line the list of responses of others: he may use it there.
func (d *Desk) mayShare(by By, l, before *Line) error {
	list := cmp.Or(l.Canned, string(l.ID))
	if before != nil && cmp.Or(before.Canned, string(l.ID)) == list {
		return nil
	}
	for _, id := range sortedKeys(d.lines.rows) {
		if o := d.lines.rows[id]; id != l.ID && cmp.Or(o.Canned, string(id)) == list {
			if err := d.may(by, MayUseCanned, id, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c PutCanned) act(d *Desk, by By) (any, error) {
	list, err := d.canning(by, c.Line)
	if err != nil {
		return nil, err
	}
	if len(c.Canned) > MaxCannedPut {
		return nil, &Invalid{Field: "Canned", Problem: strconv.Itoa(len(c.Canned)), Limit: MaxCannedPut}
	}
	return nil, d.can(list, by, 0, c.Canned)
}

// can puts responses into a list that are saved from a chat, or from none.
func (d *Desk) can(list string, by By, chat session.ChatID, responses []Canned) error {
	keys := make([]string, len(responses))
	for i, r := range responses {
		if err := checkName("Canned.ID", r.ID); err != nil {
			return err
		}
		keys[i] = cannedKey(list, r.ID)
	}
	d.canned.getAll(keys)
	kept := d.kept(list)
	for i, r := range responses {
		next := Canned{ID: r.ID, Title: connector.CleanText(r.Title, MaxName).Text, Text: connector.CleanText(r.Text, connector.MaxText).Text, List: list, By: by.Operator, At: d.now, Chat: chat}
		var err error
		if next.Files, err = connector.CleanFiles(r.Files); err != nil {
			return err
		}
		switch {
		case next.Text == "" && len(next.Files) == 0:
			return &Invalid{Field: "Canned.Text", Problem: "no text and no file"}
		case len(next.Text) > MaxCannedText:
			return &Invalid{Field: "Canned.Text", Problem: strconv.Itoa(len(next.Text)) + " bytes", Limit: MaxCannedText}
		}
		if before := d.canned.get(keys[i]); before != nil {
			next.At, next.Chat = before.At, cmp.Or(chat, before.Chat)
		} else if kept++; kept > MaxCanned {
			return &Invalid{Field: "Canned", Problem: "the list is full", Limit: MaxCanned}
		}
		d.canned.put(&next)
	}
	if kept != d.kept(list) {
		d.cannedLists.put(&cannedList{List: list, Kept: kept})
	}
	return nil
}

func (d *Desk) kept(list string) int {
	if l := d.cannedLists.get(list); l != nil {
		return l.Kept
	}
	return 0
}

func (c DropCanned) act(d *Desk, by By) (any, error) {
	list, err := d.canning(by, c.Line)
	if err != nil {
		return nil, err
	}
	r := d.canned.get(cannedKey(list, c.ID))
	if r == nil {
		return nil, ErrNotFound
	}
	d.dropCanned(r)
	return nil, nil
}

func (d *Desk) dropCanned(r *Canned) {
	left := d.kept(r.List) - 1
	d.canned.drop(r.key())
	if left > 0 {
		d.cannedLists.put(&cannedList{List: r.List, Kept: left})
	} else {
		d.cannedLists.drop(r.List)
	}
}

func (c SaveCanned) act(d *Desk, by By) (any, error) {
	chat := d.chats.get(c.Chat)
	if chat == nil {
		return nil, ErrNotFound
	}
	s := &Session{Chat: chat.ID, Line: chat.Line}
	if chat.Session != 0 {
		if s = d.sessions.get(chat.Session); s == nil {
			return nil, ErrNotFound
		}
	}
	list, err := d.canning(by, s.Line)
	if err != nil {
		return nil, err
	}
	if err := d.Reads(by, s); err != nil {
		return nil, err
	}
	m := d.messages.get(cmp.Or(c.Record, messageKey(c.Chat, "", c.Number)))
	switch {
	case m == nil, m.Chat != c.Chat, m.Number != c.Number, m.Early:
		return nil, ErrNotFound
	case m.Hidden:
		return nil, &Invalid{Field: "Number", Problem: "a note for colleagues, and lists are shared"}
	case !m.Deleted.IsZero():
		return nil, ErrOver
	}
	return nil, d.can(list, by, c.Chat, []Canned{{ID: CannedFrom(c.Chat, c.Number), Text: m.Said.Text, Files: m.Files}})
}

// CannedList returns the name of a line's list of responses, for an actor who may use it.
func (d *Desk) CannedList(by By, line LineID) (string, error) { return d.canning(by, line) }

func (c *Canned) terms() []string {
	terms := []string{cannedTerm(c.List)}
	if c.Chat != 0 {
		terms = append(terms, chatTerm(c.Chat))
	}
	return terms
}

func cannedTerm(list string) string { return "canned:" + list }

// CannedOf is the query for the responses of a list, newest first.
func CannedOf(list string) storage.Query {
	return storage.Query{Kind: "canned", Terms: []string{cannedTerm(list)}}
}

// DecodeCanned reads a record of a response.
func DecodeCanned(r storage.Record) (Canned, error) { return decode[Canned](r, "canned") }
