package desk

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/worktime"
)

// Connection is one account of a connector, and the line it belongs to (rule 1.1, decision 14.22).
type Connection struct {
	Connector connector.ID `json:"connector"`
	Account   string       `json:"account"`
	Line      LineID       `json:"line"`
	Since     time.Time    `json:"since"`
	CanStart  bool         `json:"canStart,omitempty"` // operators can write first (decision 14.36)

	// TellsRead says that the channel tells when the client has read a message. Else one that has arrived counts as read.
	TellsRead bool `json:"tellsRead,omitempty"`
	// Passers says that its clients are passers-by, such as visitors of a page: who is gone is reached again only if he left a
	// phone number or an e-mail address (rule 10.3).
	Passers bool `json:"passers,omitempty"`
	// Types says that the channel tells what the client is typing, as live chat does (rule 7.22).
	Types bool `json:"types,omitempty"`
	// Buttons says that the channel has buttons for rating (rule 9.3).
	Buttons bool `json:"buttons,omitempty"`
	// Signs puts the name of the operator, as the line shows it, before the text of what he writes (rule 11.2): "Ann: Hello".
	// The reference's default is to do so; here the channel gets the name beside the text, and the zero Connection leaves the
	// text alone.
	Signs bool `json:"signs,omitempty"`
	// AsksConsent says that the channel has clients accept or decline a document, such as a live chat, and tells which (rule
	// 11.5, see [Consent]).
	AsksConsent bool `json:"asksConsent,omitempty"`

	// Window is for how long after the client's last message the channel takes ours (rule 9.11), MinWindow to MaxWindow; 0: as
	// long as one likes. What is written later is not delivered: it is a dead letter at once, and its message is marked.
	Window Within `json:"window,omitzero"`

	Inactive bool           `json:"inactive,omitempty"` // switched off, see [ActivateConnection]
	Failed   string         `json:"failed,omitempty"`   // code of its error, see [SetConnectionError]
	Data     ConnectionData `json:"data,omitzero"`      // see [SetConnectionData]
}

// Chat is the lasting thread with one client, on one line (rule 1.6).
type Chat struct {
	ID       session.ChatID    `json:"id"`
	Line     LineID            `json:"line"`
	Address  connector.Address `json:"address"`
	Client   connector.Client  `json:"client,omitzero"`
	Began    time.Time         `json:"began"`
	Messages int64             `json:"messages"`        // number of the last message
	Last     time.Time         `json:"last"`            // time of the last message; the next one is later
	Session  session.ID        `json:"session"`         // the latest session
	Open     bool              `json:"open"`            // the latest session is open
	Title    string            `json:"title,omitempty"` // for operators (rule 6.27)

	Wrote     time.Time `json:"wrote,omitzero"`     // when the client wrote last; messages of the past do not count
	NetworkAt time.Time `json:"networkAt,omitzero"` // when he was written to by [WriteNetwork], if that is limited

	Heard    string             `json:"heard,omitempty"`    // the client's last message: id of its record
	HeardAt  int64              `json:"heardAt,omitempty"`  // its number
	SeenTo   int64              `json:"seenTo,omitempty"`   // operators have read up to this number
	CameTo   int64              `json:"cameTo,omitempty"`   // our messages have arrived up to this number
	ReadTo   int64              `json:"readTo,omitempty"`   // and the client has read them up to this one (rule 11.43)
	Unseen   int                `json:"unseen,omitempty"`   // messages of the client that no operator has seen, but for imported ones
	Muted    []queue.OperatorID `json:"muted,omitempty"`    // whose count of what is unread leaves them out
	Greeted  bool               `json:"greeted,omitempty"`  // on this visit, before he wrote (decision 14.30)
	Phone    string             `json:"phone,omitempty"`    // the first that he wrote in a text (rule 10.12)
	Email    string             `json:"email,omitempty"`    // the same
	Identity Identity           `json:"identity,omitzero"`  // what the host knows of the client (decision 14.21)
	Made     []string           `json:"made,omitempty"`     // items that forms and the desk have linked it to
	Form     Filled             `json:"form,omitzero"`      // that he has filled in last (rule 7.25)
	Consent  Agreement          `json:"consent,omitzero"`   // what he has agreed to last
	ToldOf   Agreement          `json:"toldOf,omitzero"`    // the document of which he was told last, so that going on is consent (rule 11.6); with a time alone: that did not reach him
	SaidOn   int64              `json:"saidOn,omitempty"`   // the day, since 1970, on which automatic texts were said last
	SaidThen int                `json:"saidThen,omitempty"` // how many on that day

	Server   queue.OperatorID `json:"server,omitempty"`   // who had the session before, see [queue.Rules]
	ServedAt time.Time        `json:"servedAt,omitzero"`  // when that ended
	ServedIn session.ChatID   `json:"servedIn,omitempty"` // the other chat of the client in which that was; 0: in this one

	Of       string    `json:"of,omitempty"`       // key of the client, see [Client]; empty: he has no record
	Language string    `json:"language,omitempty"` // the client's, which stands over that of his channel
	Priority int       `json:"priority,omitempty"` // the client's
	Linked   bool      `json:"linked,omitempty"`   // the host's CRM has something of the client, by this chat or another one of his
	Erased   time.Time `json:"erased,omitzero"`    // everything personal was taken out, see [Erase]
}

// alias leads from a client's address to his chat.
type alias struct {
	Address connector.Address `json:"address"`
	Chat    session.ChatID    `json:"chat"`
	Began   time.Time         `json:"began"`
	Open    bool              `json:"open"`
}

// Session is a session with those who take part in it. The embedded record tells where it stands.
type Session struct {
	ID     session.ID     `json:"id"`
	Chat   session.ChatID `json:"chat"`
	Line   LineID         `json:"line"`
	Parent session.ID     `json:"parent,omitempty"` // the chat's session before this one; 0: none (rule 1.9)

	session.Session

	Owner      queue.OperatorID   `json:"owner,omitempty"`      // who holds it
	OfferedTo  queue.OperatorID   `json:"offeredTo,omitempty"`  // who is asked; empty with ToAll
	Direct     bool               `json:"direct,omitempty"`     // OfferedTo was named by somebody, and need not be in the queue
	ToAll      bool               `json:"toAll,omitempty"`      // everybody is asked
	Tried      []queue.OperatorID `json:"tried,omitempty"`      // who was asked in this round, oldest first
	AskedAs    AskedAs            `json:"askedAs,omitempty"`    // why OfferedTo is asked, or whoever was asked last
	Sticky     bool               `json:"sticky,omitempty"`     // who was last with the client has been asked (rule P14)
	FinishedBy queue.OperatorID   `json:"finishedBy,omitempty"` // who finished or ended it; empty: the host, the client or a deadline
	Priority   int                `json:"priority,omitempty"`
	Risen      int                `json:"risen,omitempty"`     // by how much escalation has raised it (rule P3); a move keeps that
	InQueue    bool               `json:"inQueue,omitempty"`   // who is asked by name, or has pinned it, was in the queue then: it is his while he is (rules 4.18, 6.22)
	First      int64              `json:"first"`               // number of its first message in the chat
	Joined     []queue.OperatorID `json:"joined,omitempty"`    // who takes part beside the owner (rules 6.16, 6.17)
	Said       []session.Text     `json:"said,omitempty"`      // automatic texts that are said once
	RateAsked  time.Time          `json:"rateAsked,omitzero"`  // when the client was asked for a rating
	RateIn     LineID             `json:"rateIn,omitempty"`    // the line whose words he was told then
	RateEarly  bool               `json:"rateEarly,omitempty"` // before the finish, and he has not written since (rule P10)
	Vote       Vote               `json:"vote,omitempty"`      // of the client
	Voted      time.Time          `json:"voted,omitzero"`
	Review     *Reviewed          `json:"review,omitempty"`     // of a supervisor
	Silent     bool               `json:"silent,omitempty"`     // operators write for one another (rule 6.24)
	Items      []string           `json:"items,omitempty"`      // of the host's CRM that it is linked to (rules 10.15, 10.16)
	Making     *Making            `json:"making,omitempty"`     // of an item out of it; nil: the host was not asked
	Identified bool               `json:"identified,omitempty"` // the host was asked who its client is
	NoConsent  bool               `json:"noConsent,omitempty"`  // its client has not consented, so there is none yet: it is in no figure and, once it has ended, in no list (rule 11.5)
	Unagreed   bool               `json:"unagreed,omitempty"`   // an operator has begun it, and its client was asked in it and has not consented
	Shared     bool               `json:"shared,omitempty"`     // with the CRM: the client wrote something that is not kept from it (rule 10.14)
	Channel    Channel            `json:"channel,omitzero"`     // where its client writes

	// Bot is the bot that has the session, takes part in it, or will have it once the client is known; of a closed one, that took
	// part to the end. BotAttends says that it goes on answering the client until an operator accepts (rule 11.20).
	Bot        BotID `json:"bot,omitempty"`
	BotAttends bool  `json:"botAttends,omitempty"`
	BotSaid    int   `json:"botSaid,omitempty"` // messages of the bot, at most MaxBotSaid

	Day      string    `json:"day,omitempty"`     // of its figures: on which it began, or has ended, in the zone that its line had then
	LogAsked time.Time `json:"logAsked,omitzero"` // when the client asked for the log of it last (decision 14.31)
}

// AskedAs says why an operator was asked for a session.
type AskedAs string

// The reasons.
const (
	ByMode        AskedAs = ""                     // the mode of the line chose him
	AsResponsible AskedAs = "responsible"          // he looks after the client, or a form named him (rule 10.5)
	AsLast        AskedAs = "last with the client" // he had the session before, see [queue.Rules] (rule P14)
	ByTransfer    AskedAs = "transferred"          // somebody named him (rule 6.11)
)

// Open reports whether the session has not ended.
func (s *Session) Open() bool { return s.State.Open() }

// over reports whether operators have nothing to do in the session any more, though a client may reopen it.
func (s *Session) over() bool {
	return !s.Open() || s.State == session.Closing || s.State == session.AutoClosed
}

// Author tells who wrote a message.
type Author string

// The authors.
const (
	ByClient   Author = "client"
	ByOperator Author = "operator"
	BySystem   Author = "system" // an automatic text
	ByBot      Author = "bot"
)

// Message is one message of a chat. Messages of a chat are numbered 1, 2, 3, … (decision 14.40).
type Message struct {
	Chat     session.ChatID   `json:"chat"`
	Number   int64            `json:"number"`
	Session  session.ID       `json:"session,omitempty"` // 0: none was open, and it opened none
	At       time.Time        `json:"at"`                // later than that of the message before
	By       Author           `json:"by"`
	Operator queue.OperatorID `json:"operator,omitempty"`
	Service  ServiceID        `json:"service,omitempty"` // by which the system wrote it
	Bot      BotID            `json:"bot,omitempty"`
	Kind     session.Text     `json:"kind,omitempty"` // which automatic text it is
	Said     connector.Text   `json:"said"`
	Files    []connector.File `json:"files,omitempty"`
	External string           `json:"external,omitempty"` // the channel's id of it
	Written  time.Time        `json:"written,omitzero"`   // when the channel says it was written
	From     string           `json:"from,omitempty"`     // in a group: the channel's id of who wrote
	Withheld bool             `json:"withheld,omitempty"` // what it says is not known unless the client consents (rule 11.5)
	Hidden   bool             `json:"hidden,omitempty"`   // for operators only; the client does not get it (rule 6.24)
	Edited   time.Time        `json:"edited,omitzero"`    // last
	Deleted  time.Time        `json:"deleted,omitzero"`   // its text is gone, or goes when what is under way is done
	Versions []connector.Text `json:"versions,omitempty"` // what an operator wrote before he edited it, oldest first
	Missed   []int            `json:"missed,omitempty"`   // his edits that the client does not get: 1 is the first
	Counts   bool             `json:"counts,omitempty"`   // as unread, until an operator has seen it (rule 11.43)

	// Early is an edit or a deletion that has overtaken its message, or, with a Number, what leads to that; Overtaken is such
	// a message.
	Early     bool `json:"early,omitempty"`
	Overtaken bool `json:"overtaken,omitempty"`
	NoCRM     bool `json:"noCRM,omitempty"` // kept from the CRM (rule 1.16)

	Fields []Field `json:"fields,omitempty"` // of a form (rule 7.25)

	// Names is the operator whose name an automatic text tells, and Around the text around the name, which is put in anew when
	// it goes out: the line may have hidden him since (rule 11.3). So is the session before the parts that Dialogs numbers, as
	// the host has the words for it (rule 11.9).
	Names   queue.OperatorID `json:"names,omitempty"`
	Around  []string         `json:"around,omitempty"`
	Dialogs []int            `json:"dialogs,omitempty"`

	Buttons    []connector.Link `json:"buttons,omitempty"`    // below it, see [WriteNetwork]
	Attachment json.RawMessage  `json:"attachment,omitempty"` // for the channel
	NoPreview  bool             `json:"noPreview,omitempty"`  // of links

	Undelivered string `json:"undelivered,omitempty"` // why the client does not get it: NoSystem, or the reason of its dead letter
}

// seat is an operator in a line: when he was last asked or replied there, as the number of that event. It is the clock of
// modes Evenly and LeastLoaded (rules 3.5, 3.8), in RoundRobin of being asked alone.
type seat struct {
	Line     LineID           `json:"line"`
	Operator queue.OperatorID `json:"operator"`
	Stamp    uint64           `json:"stamp"`
	Since    time.Time        `json:"since"`
}

type seatKey struct {
	line     LineID
	operator queue.OperatorID
}

// roster is a further part of a line's members: the line's own record holds the first rosterPart of them, so that no record
// grows with the size of a queue.
type roster struct {
	Line    LineID         `json:"line"`
	Part    int            `json:"part"` // 1, 2, 3, …
	Members []queue.Member `json:"members"`
	Since   time.Time      `json:"since"`
}

const rosterPart = 1000

type rosterKey struct {
	line LineID
	part int
}

func (k rosterKey) id() string { return fmt.Sprintf("%s:%06d", k.line, k.part) }

func parseRoster(id string) rosterKey {
	cut := strings.LastIndexByte(id, ':')
	if cut < 0 {
		return rosterKey{}
	}
	part, _ := strconv.Atoi(id[cut+1:])
	return rosterKey{LineID(id[:cut]), part}
}

// entriesOf returns all entries of a line's queue.
func (d *Desk) entriesOf(l *Line) []queue.Member {
	members := slices.Clone(l.Queue.Members)
	for part := 1; ; part++ {
		r := d.rosters.rows[rosterKey{l.ID, part}]
		if r == nil {
			return members
		}
		members = append(members, r.Members...)
	}
}

// putRosters stores the members beyond the first part, and drops the parts that are not needed any more.
func (d *Desk) putRosters(line LineID, rest []queue.Member) {
	part := 1
	for chunk := range slices.Chunk(rest, rosterPart) {
		next := roster{Line: line, Part: part, Members: slices.Clone(chunk), Since: d.now}
		before := d.rosters.get(rosterKey{line, part})
		if before != nil {
			next.Since = before.Since
		}
		if before == nil || !slices.Equal(before.Members, next.Members) {
			d.rosters.put(&next)
		}
		part++
	}
	for d.rosters.get(rosterKey{line, part}) != nil {
		d.rosters.drop(rosterKey{line, part})
		part++
	}
}

// operator is what the desk keeps of an operator: what the host calls him, and the facts.
type operator struct {
	Operator
	Since   time.Time        `json:"since"`
	Facts   worktime.Facts   `json:"facts"`
	Version uint64           `json:"version,omitempty"` // of the last report
	Status  worktime.Verdict `json:"status"`            // whether he is available
	Until   time.Time        `json:"until,omitzero"`    // deadline: the verdict ends by itself
	Away    time.Time        `json:"away,omitzero"`     // since when he is unavailable, or was last; zero: since ever
}

// once remembers a command that carried an id.
type once struct {
	Key  string    `json:"key"`
	Act  string    `json:"act"`  // digest of who did what
	Done time.Time `json:"done"` // when

	Answer json.RawMessage `json:"answer,omitempty"` // what was answered, if the act answers something
}

// counters are the last numbers and times given.
type counters struct {
	Chats    int64     `json:"chats"`
	Sessions int64     `json:"sessions"`
	Effects  int64     `json:"effects"`
	Clients  int64     `json:"clients,omitempty"`
	Since    time.Time `json:"since"`
	Told     time.Time `json:"told,omitzero"` // of the last event
}

// digest names something by what it consists of, in 43 characters. Who can guess the parts can check his guess.
func digest(parts ...string) string {
	h := sha256.New()
	var size [8]byte
	for _, p := range parts {
		binary.BigEndian.PutUint64(size[:], uint64(len(p)))
		h.Write(size[:])
		h.Write([]byte(p))
	}
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

func aliasKey(a connector.Address) string {
	a = a.Thread()
	return digest(string(a.Connector), a.Account, a.Chat, a.User) // a group's has no user, and no other has none
}

func connectionKey(c connector.ID, account string) string { return digest(string(c), account) }

// messageKey names a message. A client's is named by the channel's id, so that the record itself tells a redelivery; the
// desk's own are named by their number.
func messageKey(chat session.ChatID, external string, number int64) string {
	id := strconv.FormatInt(int64(chat), 10) + "."
	if external == "" {
		return id + strconv.FormatInt(number, 10)
	}
	return id + "x" + digest(external)
}

func (m *Message) key() string {
	if m.Overtaken {
		return messageKey(m.Chat, "", m.Number)
	}
	return messageKey(m.Chat, m.External, m.Number)
}

func (k seatKey) id() string {
	return strconv.Itoa(len(k.line)) + ":" + string(k.line) + string(k.operator)
}

func parseSeat(id string) seatKey {
	for i := range id {
		if id[i] == ':' {
			n, _ := strconv.Atoi(id[:i])
			rest := id[i+1:]
			n = min(max(n, 0), len(rest))
			return seatKey{LineID(rest[:n]), queue.OperatorID(rest[n:])}
		}
	}
	return seatKey{}
}

func number[N ~int64](n N) string { return strconv.FormatInt(int64(n), 10) }

func parseNumber[N ~int64](id string) N {
	n, _ := strconv.ParseInt(id, 10, 64)
	return N(n)
}

func word[S ~string](s S) string { return string(s) }

func parseWord[S ~string](id string) S { return S(id) }
