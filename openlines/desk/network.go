package desk

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/openlines-go/openlines/connector"
)

// Network is the connector by which other accounts of the host's product come to a line: they join it by its code.
const Network connector.ID = "network"

// Limits of a line in the network.
const (
	CodeLength    = 32                 // characters of a line's code
	NetworkEvery  = 7 * 24 * time.Hour // one message to a client in so long (rule 11.29)
	MaxAttachment = 30 << 10           // bytes of a message's attachment (rule 11.29)
)

// JoinNetwork connects another account to a line by the line's code (rule 11.28). It answers the connection, which is the same
// however often the account joins. The code can be *Invalid or ErrNotFound, its line ErrInactive. Only the host may.
type JoinNetwork struct {
	Code    string
	Account string // the host's id of the account that joins
}

// WriteNetwork writes to a user of an account that has joined a line, in the name of the line (rule 11.29): one message in
// NetworkEvery, unless [Plan].NetworkFree. It opens no session. The host may, and who may write first on the line. It answers
// [Received].
type WriteNetwork struct {
	Code       string
	Account    string // who has joined, see JoinNetwork; ErrNotConnected if he has not
	User       string // the account's id of the user; a second message in a week is *Invalid with this field
	Text       string
	Buttons    []connector.Link
	Attachment []byte // JSON that the channel understands, at most MaxAttachment bytes; none: empty
	NoPreview  bool   // links in the text are not shown as pictures
}

func (c JoinNetwork) name() string  { return "join-network" }
func (c WriteNetwork) name() string { return "write-network" }

func (c JoinNetwork) words() []string  { return []string{data(c)} }
func (c WriteNetwork) words() []string { return []string{data(c)} }

// checkCode refuses what cannot be the code of a line.
func checkCode(code string) error {
	if len(code) != CodeLength || strings.Trim(code, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "" {
		return &Invalid{Field: "Code", Problem: "want " + strconv.Itoa(CodeLength) + " letters and digits"}
	}
	return nil
}

// coded returns the line that has a code, nil if none has.
func (d *Desk) coded(code string) *Line {
	for _, l := range d.lines.rows { // order does not matter: no two lines have one code
		if l.Code == code {
			return l
		}
	}
	return nil
}

// inNetwork returns the line of a code, and the channel of an account that joins it or has.
func (d *Desk) inNetwork(code, account string) (*Line, Channel, error) {
	if err := checkCode(code); err != nil {
		return nil, Channel{}, err
	}
	if err := connector.CheckID("Account", account); err != nil {
		return nil, Channel{}, err
	}
	l := d.coded(code)
	switch {
	case l == nil:
		return nil, Channel{}, ErrNotFound
	case l.Inactive:
		return nil, Channel{}, ErrInactive
	}
	return l, Channel{Network, digest("network", string(l.ID), account)}, nil
}

func (c JoinNetwork) act(d *Desk, by By) (any, error) {
	if by.Operator != "" {
		return nil, ErrDenied
	}
	l, joined, err := d.inNetwork(c.Code, c.Account)
	if err != nil {
		return nil, err
	}
	if d.connections.get(connectionKey(joined.Connector, joined.Account)) == nil {
		d.connections.put(&Connection{Connector: joined.Connector, Account: joined.Account, Line: l.ID, Since: d.now, Buttons: true}) // rule 9.3
	}
	return joined, nil
}

func (c WriteNetwork) act(d *Desk, by By) (any, error) {
	l, joined, err := d.inNetwork(c.Code, c.Account)
	if err != nil {
		return nil, err
	}
	if by.Operator != "" {
		if _, err := d.actor(by); err != nil {
			return nil, err
		}
		if err := d.may(by, MayJoin, l.ID, nil); err != nil && !d.isMember(l.ID, by.Operator) {
			return nil, err
		}
	}
	m, err := c.message()
	if err != nil {
		return nil, err
	}
	if by.Operator != "" {
		m.By, m.Operator = ByOperator, by.Operator
	}
	to := d.thread(connector.Address{Connector: joined.Connector, Account: joined.Account, User: c.User})
	if err := to.Validate(); err != nil {
		return nil, err
	}
	if _, _, err := d.served(to); err != nil {
		return nil, err
	}
	chat, err := d.chatFor(d.aliases.get(aliasKey(to)), l, to, connector.Client{})
	if err != nil {
		return nil, err
	}
	if !d.plan().NetworkFree {
		if !chat.NetworkAt.IsZero() && d.now.Before(chat.NetworkAt.Add(NetworkEvery)) {
			return nil, &Invalid{Field: "User", Problem: "has got a message this week"}
		}
		next := *chat
		next.NetworkAt = d.now
		d.chats.put(&next)
	}
	written := d.write(chat.ID, 0, m)
	d.tell(Event{Type: MessageSent, Line: l.ID, Chat: chat.ID, Message: written.Number, Operator: m.Operator, Actor: by.Operator})
	d.deliver(written)
	return Received{Chat: written.Chat, Number: written.Number}, nil
}

// message checks what is written on behalf of a line.
func (c WriteNetwork) message() (Message, error) {
	m := Message{By: BySystem, Said: connector.CleanText(c.Text, connector.MaxText), NoPreview: c.NoPreview}
	if m.Said.Text == "" {
		return m, &Invalid{Field: "Text", Problem: "empty"}
	}
	var err error
	if m.Buttons, err = connector.CleanLinks(c.Buttons); err != nil {
		return m, err
	}
	if len(c.Attachment) > MaxAttachment {
		return m, &Invalid{Field: "Attachment", Problem: strconv.Itoa(len(c.Attachment)) + " bytes", Limit: MaxAttachment}
	}
	if len(c.Attachment) > 0 {
		var compact bytes.Buffer
		if json.Compact(&compact, c.Attachment) != nil {
			return m, &Invalid{Field: "Attachment", Problem: "not JSON"}
		}
		m.Attachment = compact.Bytes()
	}
	return m, nil
}
