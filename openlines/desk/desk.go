package desk

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/internal/pqueue"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/worktime"
)

// Desk is one contact centre in memory. Make one with New; not safe for concurrent use, though any number may ask
// questions while nobody decides.
type Desk struct {
	head storage.Head
	now  time.Time // of the command under decision; never runs back
	then time.Time // now as of the stored revision
	j    journal

	settings    table[string, Settings]
	outages     table[string, outage]
	counters    table[string, counters]
	lines       table[LineID, Line]
	rosters     table[rosterKey, roster]
	departments table[queue.DepartmentID, Department]
	roles       table[RoleID, Role]
	operators   table[queue.OperatorID, operator]
	seats       table[seatKey, seat]
	connectors  table[connector.ID, ConnectorInfo]
	connections table[string, Connection]
	aliases     table[string, alias]
	chats       table[session.ChatID, Chat]
	sessions    table[session.ID, Session]
	messages    table[string, Message]
	effects     table[EffectID, Effect]
	onces       table[string, once]
	jobs        table[string, job]
	receipts    table[string, receipt]
	sents       table[string, sent]
	services    table[ServiceID, service]
	tallies     table[tallyKey, Tally]
	canned      table[string, Canned]
	cannedLists table[string, cannedList]
	withheld    table[session.ID, withheld]
	clients     table[string, Client]
	erasures    table[session.ChatID, erasure]
	kinds       map[string]kind

	// of the batch under decision
	events []Event

	// of the command under decision: lines whose queue has to be looked at, sessions that began to wait
	dirty   []LineID
	entered []session.ID
	wasFull map[queue.OperatorID]bool // whose load has crossed the mark: whether they were nearly full before

	// indexes, changed by the index functions and nowhere else
	deadlines *pqueue.Queue[deadlineKey, deadline]
	work      map[LineID]*work
	loads     map[queue.OperatorID]*load
	open      map[session.ChatID]session.ID               // the open session of a chat
	accounts  map[accountKey][]string                     // the accounts of a connector on a line, sorted
	serves    map[queue.OperatorID][]LineID               // the lines in whose queue an operator is, sorted
	duties    map[queue.OperatorID]*worktime.Calendar     // of those who have hours of their own
	stale     map[LineID]bool                             // lines whose queue has to be built anew
	byParts   map[LineID]bool                             // lines that list departments
	below     map[queue.DepartmentID][]queue.DepartmentID // sub-departments, sorted
	partOf    map[queue.OperatorID][]queue.DepartmentID   // the departments that list an operator, sorted
	lanes     map[string]*lane
	ready     map[Channel]*pqueue.Queue[EffectID, readiness] // heads of lanes
	latest    map[seatKey]string                             // the day of the latest tally
	channels  []Channel                                      // those of ready, sorted
}

type accountKey struct {
	line      LineID
	connector connector.ID
}

// kind is what the desk does with the records of one kind.
type kind struct {
	load    func(storage.Record, bool) error
	forget  func(id string)
	missing func(id string)
	records func() ([]storage.Record, error)
}

// New returns an empty desk.
func New() *Desk {
	d := &Desk{
		deadlines: pqueue.New[deadlineKey](deadline.before),
		work:      map[LineID]*work{},
		loads:     map[queue.OperatorID]*load{},
		open:      map[session.ChatID]session.ID{},
		accounts:  map[accountKey][]string{},
		serves:    map[queue.OperatorID][]LineID{},
		duties:    map[queue.OperatorID]*worktime.Calendar{},
		stale:     map[LineID]bool{},
		byParts:   map[LineID]bool{},
		below:     map[queue.DepartmentID][]queue.DepartmentID{},
		partOf:    map[queue.OperatorID][]queue.DepartmentID{},
		lanes:     map[string]*lane{},
		ready:     map[Channel]*pqueue.Queue[EffectID, readiness]{},
		latest:    map[seatKey]string{},
		kinds:     map[string]kind{},
		wasFull:   map[queue.OperatorID]bool{},
	}
	one := func(string) string { return "desk" }
	d.settings = table[string, Settings]{
		kind: "settings", id: one, parse: one, key: func(*Settings) string { return "desk" },
		began: func(s *Settings) time.Time { return s.Since }, index: d.indexSettings,
	}
	d.outages = table[string, outage]{
		kind: "outage", id: one, parse: one, key: func(*outage) string { return "desk" },
		began: func(*outage) time.Time { return time.Time{} },
	}
	d.counters = table[string, counters]{
		kind: "counters", id: one, parse: one, key: func(*counters) string { return "desk" },
		began: func(c *counters) time.Time { return c.Since }, index: d.indexCounters,
	}
	d.lines = table[LineID, Line]{
		kind: "line", id: word[LineID], parse: parseWord[LineID], key: func(l *Line) LineID { return l.ID },
		began: func(*Line) time.Time { return time.Time{} }, index: d.indexLine,
	}
	d.rosters = table[rosterKey, roster]{
		kind: "roster", id: rosterKey.id, parse: parseRoster,
		key:   func(r *roster) rosterKey { return rosterKey{r.Line, r.Part} },
		began: func(r *roster) time.Time { return r.Since }, index: d.indexRoster,
	}
	d.departments = table[queue.DepartmentID, Department]{
		kind: "department", id: word[queue.DepartmentID], parse: parseWord[queue.DepartmentID],
		key:   func(p *Department) queue.DepartmentID { return p.ID },
		began: func(*Department) time.Time { return time.Time{} }, index: d.indexDepartment,
	}
	d.roles = table[RoleID, Role]{
		kind: "role", id: word[RoleID], parse: parseWord[RoleID], key: func(r *Role) RoleID { return r.ID },
		began: func(*Role) time.Time { return time.Time{} },
	}
	d.operators = table[queue.OperatorID, operator]{
		kind: "operator", id: word[queue.OperatorID], parse: parseWord[queue.OperatorID],
		key:   func(o *operator) queue.OperatorID { return o.ID },
		began: func(o *operator) time.Time { return o.Since }, index: d.indexOperator,
	}
	d.seats = table[seatKey, seat]{
		kind: "seat", id: seatKey.id, parse: parseSeat, key: func(s *seat) seatKey { return seatKey{s.Line, s.Operator} },
		began: func(s *seat) time.Time { return s.Since }, index: d.indexSeat,
	}
	d.connectors = table[connector.ID, ConnectorInfo]{
		kind: "connector", id: word[connector.ID], parse: parseWord[connector.ID],
		key:   func(i *ConnectorInfo) connector.ID { return i.ID },
		began: func(*ConnectorInfo) time.Time { return time.Time{} },
	}
	d.connections = table[string, Connection]{
		kind: "connection", id: word[string], parse: parseWord[string],
		key:   func(c *Connection) string { return connectionKey(c.Connector, c.Account) },
		began: func(c *Connection) time.Time { return c.Since }, index: d.indexConnection,
	}
	d.aliases = table[string, alias]{
		kind: "alias", id: word[string], parse: parseWord[string],
		key:   func(a *alias) string { return aliasKey(a.Address) },
		began: func(a *alias) time.Time { return a.Began }, open: func(a *alias) bool { return a.Open },
	}
	d.chats = table[session.ChatID, Chat]{
		kind: "chat", id: number[session.ChatID], parse: parseNumber[session.ChatID],
		key:   func(c *Chat) session.ChatID { return c.ID },
		began: func(c *Chat) time.Time { return c.Began }, open: func(c *Chat) bool { return c.Open },
		terms: chatTerms,
	}
	d.sessions = table[session.ID, Session]{
		kind: "session", id: number[session.ID], parse: parseNumber[session.ID],
		key:   func(s *Session) session.ID { return s.ID },
		began: func(s *Session) time.Time { return s.Began }, open: (*Session).Open,
		terms: sessionTerms, index: d.indexSession,
	}
	d.messages = table[string, Message]{
		kind: "message", id: word[string], parse: parseWord[string], key: (*Message).key,
		began: func(m *Message) time.Time { return m.At }, open: func(*Message) bool { return false },
		terms: messageTerms,
	}
	d.effects = table[EffectID, Effect]{
		kind: "effect", id: number[EffectID], parse: parseNumber[EffectID], key: func(e *Effect) EffectID { return e.ID },
		began: func(e *Effect) time.Time { return e.Began }, open: (*Effect).live, terms: deadTerms, index: d.indexEffect,
	}
	d.onces = table[string, once]{
		kind: "once", id: word[string], parse: parseWord[string], key: func(o *once) string { return o.Key },
		began: func(o *once) time.Time { return o.Done }, open: func(*once) bool { return false },
	}
	d.receipts = table[string, receipt]{
		kind: "receipt", id: word[string], parse: parseWord[string], key: (*receipt).key,
		began: func(r *receipt) time.Time { return r.At }, open: func(*receipt) bool { return false },
		terms: func(r *receipt) []string { return []string{chatTerm(r.Chat)} },
	}
	d.sents = table[string, sent]{
		kind: "sent", id: word[string], parse: parseWord[string], key: func(s *sent) string { return sentKey(s.Chat, s.ID) },
		began: func(s *sent) time.Time { return s.At }, open: func(*sent) bool { return false },
		terms: func(s *sent) []string { return []string{chatTerm(s.Chat)} },
	}
	d.withheld = table[session.ID, withheld]{
		kind: "withheld", id: number[session.ID], parse: parseNumber[session.ID], key: func(h *withheld) session.ID { return h.Session },
		began: func(h *withheld) time.Time { return h.Since },
	}
	d.tallies = table[tallyKey, Tally]{
		kind: "tally", id: tallyKey.id, parse: parseTally, key: (*Tally).key, began: (*Tally).began,
		open: func(t *Tally) bool { return !t.Past }, terms: tallyTerms, index: d.indexTally,
	}
	d.clients = table[string, Client]{
		kind: "client", id: word[string], parse: parseWord[string], key: func(c *Client) string { return c.Key },
		began: func(c *Client) time.Time { return c.Since }, open: func(*Client) bool { return false },
	}
	d.erasures = table[session.ChatID, erasure]{
		kind: "erasure", id: number[session.ChatID], parse: parseNumber[session.ChatID],
		key:   func(e *erasure) session.ChatID { return e.Chat },
		began: func(e *erasure) time.Time { return e.Since },
	}
	d.jobs = table[string, job]{
		kind: "job", id: word[string], parse: parseWord[string], key: (*job).key,
		began: func(j *job) time.Time { return time.Time{} }, index: d.indexJob,
	}
	d.services = table[ServiceID, service]{
		kind: "service", id: word[ServiceID], parse: parseWord[ServiceID], key: func(s *service) ServiceID { return s.ID },
		began: func(s *service) time.Time { return s.Since },
	}
	d.canned = table[string, Canned]{
		kind: "canned", id: word[string], parse: parseWord[string], key: (*Canned).key,
		began: func(c *Canned) time.Time { return c.At }, open: func(*Canned) bool { return false },
		terms: (*Canned).terms,
	}
	d.cannedLists = table[string, cannedList]{
		kind: "canned-list", id: word[string], parse: parseWord[string], key: func(l *cannedList) string { return l.List },
		began: func(*cannedList) time.Time { return time.Time{} },
	}
	register(d, &d.settings)
	register(d, &d.outages)
	register(d, &d.counters)
	register(d, &d.lines)
	register(d, &d.rosters)
	register(d, &d.departments)
	register(d, &d.roles)
	register(d, &d.operators)
	register(d, &d.seats)
	register(d, &d.connectors)
	register(d, &d.connections)
	register(d, &d.aliases)
	register(d, &d.chats)
	register(d, &d.sessions)
	register(d, &d.messages)
	register(d, &d.effects)
	register(d, &d.onces)
	register(d, &d.jobs)
	register(d, &d.receipts)
	register(d, &d.sents)
	register(d, &d.services)
	register(d, &d.tallies)
	register(d, &d.canned)
	register(d, &d.cannedLists)
	register(d, &d.withheld)
	register(d, &d.clients)
	register(d, &d.erasures)
	return d
}

func register[K comparable, V any](d *Desk, t *table[K, V]) {
	t.init(&d.j)
	d.kinds[t.kind] = kind{load: t.load, forget: t.forget, missing: t.missing, records: t.records}
}

// take reads a record into its table. A record that the indexes cannot hold is a damaged one.
func (d *Desk) take(r storage.Record, pin bool) (err error) {
	defer func() {
		if recover() != nil {
			err = fmt.Errorf("desk: read %s record: it does not fit the others: %w", r.Kind, storage.ErrCorrupt)
		}
	}()
	k, known := d.kinds[r.Kind]
	if !known {
		return fmt.Errorf("desk: read record of kind %q: %w", r.Kind, storage.ErrCorrupt)
	}
	return k.load(r, pin)
}

func (d *Desk) forget(key storage.Key) {
	if k, known := d.kinds[key.Kind]; known {
		k.forget(key.ID)
	}
}

func (d *Desk) noSuch(key storage.Key) {
	if k, known := d.kinds[key.Kind]; known {
		k.missing(key.ID)
	}
}

func lineTerm(id LineID) string               { return "line:" + string(id) }
func operatorTerm(id queue.OperatorID) string { return "operator:" + string(id) }
func chatTerm(id session.ChatID) string       { return "chat:" + number(id) }
func sessionTerm(id session.ID) string        { return "session:" + number(id) }
func stateTerm(s session.State) string        { return "state:" + string(s) }

func messageTerms(m *Message) []string {
	switch {
	case m.Early && m.Number == 0:
		return []string{earlyTerm}
	case m.Early:
		return nil
	}
	terms := []string{chatTerm(m.Chat)}
	if m.Session != 0 {
		terms = append(terms, sessionTerm(m.Session))
	}
	return terms
}

// By says who acts, and under which command id.
type By struct {
	Operator queue.OperatorID // or a service, whose ids no operator has; empty: the host itself, who may do everything, or Bot
	Bot      BotID            // not empty: a bot, which has acts of its own and no others
	Once     string           // the command's id; empty: none. A repeat within OnceKept changes nothing and answers alike.
}

// Tick is the command that does nothing but what is due.
type Tick struct{}

func (Tick) act(*Desk, By) (any, error) { return nil, nil }
func (Tick) name() string               { return "tick" }
func (Tick) words() []string            { return nil }

// OnceKept is how long command ids are remembered at least.
const OnceKept = 24 * time.Hour

// Command is one act as data: immutable, decided as often as needed.
type Command interface {
	// act decides the command on d. An error or a panic with *Miss takes back what it did.
	act(d *Desk, by By) (any, error)
	// name and words tell a repeat of a command id from another use of it.
	name() string
	words() []string
}

// Do fires what is due by at and decides a command. On an error — a refusal, *Invalid, or *Miss — nothing was changed. A
// time before that of the last command counts as that time.
func (d *Desk) Do(at time.Time, by By, c Command) (result any, err error) {
	save, events, now := len(d.j.log), len(d.events), d.now
	defer func() {
		failed := recover()
		if miss, ok := failed.(*Miss); ok {
			result, err = nil, miss
		} else if failed != nil {
			panic(failed)
		}
		if err != nil {
			d.j.rollback(save)
			d.events, d.now = d.events[:events], now
			d.forgetWork()
		}
	}()
	if _, resumes := c.(Resume); !resumes {
		d.Fire(at, noLimit)
	} else if d.now.Before(at) {
		d.now = at
	}
	if _, forBots := c.(botAct); forBots != (by.Bot != "") {
		return nil, ErrDenied
	}
	before, err := d.repeats(by, c)
	if err != nil {
		return nil, err
	}
	if before != nil {
		return recall(c, before)
	}
	if result, err = c.act(d, by); err != nil {
		if by.Once != "" {
			d.onces.prove(by.key()) // what was done under the id may be why it is refused now
		}
		return nil, err
	}
	d.remember(by, result)
	d.settle()
	d.Fire(at, max(len(d.j.log), atOnce)) // a delay of nothing ends here and now
	return result, nil
}

// atOnce bounds what a command does of the deadlines that it made itself; the rest is done before the next one.
const atOnce = 100

// repeats returns what is remembered of the command if it was done before under its id, and else remembers the id.
func (d *Desk) repeats(by By, c Command) (*once, error) {
	if by.Once == "" {
		return nil, nil
	}
	if err := connector.CheckID("Once", by.Once); err != nil {
		return nil, err
	}
	key := by.key()
	act := digest(append([]string{c.name()}, c.words()...)...)
	if before := d.onces.peek(key); before != nil {
		if before.Act != act {
			return nil, ErrOnce
		}
		return before, nil
	}
	d.onces.put(&once{Key: key, Act: act, Done: d.now})
	return nil, nil
}

// remember keeps the answer of a command that has an id and answers something.
func (d *Desk) remember(by By, result any) {
	if by.Once == "" || result == nil {
		return
	}
	o := *d.onces.peek(by.key())
	o.Answer = json.RawMessage(data(result))
	d.onces.put(&o)
}

// recall returns what a command answered when it was done first.
func recall(c Command, o *once) (any, error) {
	if len(o.Answer) == 0 {
		return nil, nil
	}
	var err error
	switch c.(type) {
	case InviteByItem, RemoveByItem:
		var id session.ChatID
		err = json.Unmarshal(o.Answer, &id)
		return id, err
	case Start:
		var id session.ID
		err = json.Unmarshal(o.Answer, &id)
		return id, err
	case Receipts:
		var known int
		err = json.Unmarshal(o.Answer, &known)
		return known, err
	case JoinNetwork:
		var joined Channel
		err = json.Unmarshal(o.Answer, &joined)
		return joined, err
	case ClientOpens:
		var opened Opened
		err = json.Unmarshal(o.Answer, &opened)
		opened.Duplicate = true
		return opened, err
	case PinAll:
		var ids []session.ID
		err = json.Unmarshal(o.Answer, &ids)
		return ids, err
	}
	var r Received
	err = json.Unmarshal(o.Answer, &r)
	r.Duplicate = true
	return r, err
}

func (by By) key() string {
	if by.Bot != "" {
		return digest("bot", string(by.Bot), by.Once)
	}
	return digest(string(by.Operator), by.Once)
}

// count gives the next numbers.
func (d *Desk) count(change func(*counters)) counters {
	c := counters{Since: d.now}
	if last := d.counters.peek("desk"); last != nil {
		c = *last
	}
	change(&c)
	d.counters.put(&c)
	return c
}

// forgetWork ends a command: queues are fresh, and what index functions noted is dropped.
func (d *Desk) forgetWork() {
	d.freshen()
	d.dirty, d.entered = d.dirty[:0], d.entered[:0]
	clear(d.wasFull)
}
