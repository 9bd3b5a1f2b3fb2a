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

// Limits of one client.
const (
	MaxClientChats  = 100
	MaxClientAgreed = 20 // versions of documents of which it is kept that he has agreed to them; the oldest is forgotten
)

// Client is one person with all his chats, whatever channels they are of (rule P4). A record is made of him once something is
// known that his chat does not tell: the host's id, another chat, a language, a priority. Chats of which the host says that
// they are of one client ([Identity]) are merged by themselves, others by [MergeClients].
type Client struct {
	Key      string           `json:"key"`                // set by the desk
	Chats    []session.ChatID `json:"chats,omitempty"`    // in their order
	Known    string           `json:"known,omitempty"`    // the host's id of him
	Language string           `json:"language,omitempty"` // in which he is spoken to, whatever his channels say
	Priority int              `json:"priority,omitempty"` // added to that of his new sessions (rule P21)
	Since    time.Time        `json:"since"`
	Agreed   []Agreement      `json:"agreed,omitempty"` // to which versions of which documents: he is asked once for each (rule 11.7)
	Linked   bool             `json:"linked,omitempty"` // one of his chats is known to the host's CRM, or linked to items of it: no other is made

	// Into is the key of the client who this one turned out to be, From those of whom turned out to be this one.
	Into string   `json:"into,omitempty"`
	From []string `json:"from,omitempty"`
}

// PutClient sets in which language the client of a chat is spoken to, in all his chats, and what is added to the priority of
// his new sessions (rule P21). It takes the right to edit the desk's settings, as do MergeClients and SplitClient.
type PutClient struct {
	Chat     session.ChatID
	Language string // a tag in lower case, such as "de"; empty: that of each channel
	Priority int
}

// MergeClients makes one of the clients of two chats (rule P4): all chats of From's client are of Into's from now on. What is
// set of both is as Into's client has it, and the higher priority. Clients who are one already stay so. [SplitClient] takes a
// chat out again.
type MergeClients struct{ Into, From session.ChatID }

// SplitClient makes the client of a chat one of his own: what was merged by mistake. If the host says again that the chat is of a
// client it knows, it is merged again.
type SplitClient struct{ Chat session.ChatID }

func (c PutClient) name() string    { return "put-client" }
func (c MergeClients) name() string { return "merge-clients" }
func (c SplitClient) name() string  { return "split-client" }

func (c PutClient) words() []string    { return []string{data(c)} }
func (c MergeClients) words() []string { return []string{data(c)} }
func (c SplitClient) words() []string  { return []string{number(c.Chat)} }

// ofOne returns chats for an act on their clients.
func (d *Desk) ofOne(by By, ids ...session.ChatID) ([]*Chat, error) {
	if err := d.may(by, MayEditSettings, "", nil); err != nil {
		return nil, err
	}
	chats := d.chats.getAll(ids)
	for _, c := range chats {
		switch {
		case c == nil:
			return nil, ErrNotFound
		case d.gone(c):
			return nil, ErrOver
		case c.Address.Group:
			return nil, &Invalid{Field: "Chat", Problem: "a group is not of one client"}
		}
	}
	return chats, nil
}

func (c PutClient) act(d *Desk, by By) (any, error) {
	chats, err := d.ofOne(by, c.Chat)
	if err != nil {
		return nil, err
	}
	if c.Language != "" {
		if err := checkTag("Language", c.Language); err != nil {
			return nil, err
		}
	}
	if c.Priority < -queue.MaxPriority || c.Priority > queue.MaxPriority {
		return nil, &Invalid{Field: "Priority", Problem: "out of range", Limit: queue.MaxPriority}
	}
	next := *d.ownClient(chats[0])
	next.Language, next.Priority = c.Language, c.Priority
	d.keepClient(&next)
	return nil, nil
}

func (c MergeClients) act(d *Desk, by By) (any, error) {
	chats, err := d.ofOne(by, c.Into, c.From)
	if err != nil || c.Into == c.From {
		return nil, err
	}
	into := d.ownClient(chats[0])
	from := d.ownClient(chats[1])
	if into.Key == from.Key {
		return nil, nil
	}
	if n := len(into.Chats) + len(from.Chats); n > MaxClientChats || len(into.From)+len(from.From) >= MaxClientChats {
		return nil, &Invalid{Field: "Chats", Problem: strconv.Itoa(n), Limit: MaxClientChats}
	}
	d.unite(into, from)
	d.tell(Event{Type: ClientsMerged, Line: chats[1].Line, Chat: c.From, Actor: by.Operator, Reason: "by hand"})
	return nil, nil
}

func (c SplitClient) act(d *Desk, by By) (any, error) {
	chats, err := d.ofOne(by, c.Chat)
	if err != nil {
		return nil, err
	}
	own := d.clientOf(chats[0])
	if own == nil || len(own.Chats) == 1 {
		return nil, nil
	}
	d.splitOff(own, chats[0])
	d.tell(Event{Type: ClientSplit, Line: chats[0].Line, Chat: c.Chat, Actor: by.Operator})
	return nil, nil
}

// splitOff makes the client of a chat one of his own. If the host knows the client under the id that it has told of this chat, and of no
// other one of his, it is the others who are somebody else.
func (d *Desk) splitOff(own *Client, chat *Chat) {
	others := slices.DeleteFunc(slices.Clone(own.Chats), func(id session.ChatID) bool { return id == chat.ID })
	rows := d.chats.getAll(others)
	chat = d.unserved(chat, rows)
	known := func(c *Chat) bool { return c.Identity.Client == own.Known }
	if own.Known == "" || !known(chat) || slices.ContainsFunc(rows, known) {
		d.leaveAsKnown(own, chat, rows)
		return
	}
	n := d.count(func(c *counters) { c.Clients++ })
	kept, fresh := *own, *own
	kept.Chats, kept.Linked, kept.Agreed, fresh.Agreed = []session.ChatID{chat.ID}, chat.inCRM(), nil, nil
	kept.agree(chat.Consent)
	fresh.Key, fresh.Chats, fresh.Known, fresh.From = "n"+strconv.FormatInt(n.Clients, 10), others, "", nil
	for _, c := range rows {
		fresh.agree(c.Consent)
		if key := knownKey(c.Identity.Client); c.Identity.Client != "" && slices.Contains(kept.From, key) { // that id was never his
			kept.From, fresh.From = without(kept.From, key), append(fresh.From, key)
			fresh.Known = cmp.Or(fresh.Known, c.Identity.Client)
		}
	}
	d.follow(&fresh, fresh.Key)
	fresh.Linked = slices.ContainsFunc(rows, (*Chat).inCRM)
	d.keepClient(&kept)
	d.keepClient(&fresh)
}

// leaveAsKnown takes a chat out of its client. If the host knows its client under an id of his own, which no other of the chats has, that
// leads to him again.
func (d *Desk) leaveAsKnown(own *Client, chat *Chat, others []*Chat) {
	known := chat.Identity.Client
	key := knownKey(known)
	if known == "" || !slices.Contains(own.From, key) || slices.ContainsFunc(others, func(c *Chat) bool { return c.Identity.Client == known }) {
		d.leave(own, chat.ID)
		return
	}
	next := *own
	next.From = without(own.From, key)
	d.leave(&next, chat.ID)
	is := d.clientOn(key, d.chats.get(chat.ID))
	is.Known = known
	d.keepClient(is)
}

func without(keys []string, key string) []string {
	return slices.DeleteFunc(slices.Clone(keys), func(k string) bool { return k == key })
}

// unserved has a chat that is split off, and the others of its client, forget who was last with him in each other.
func (d *Desk) unserved(chat *Chat, others []*Chat) *Chat {
	forget := func(c *Chat) *Chat {
		next := *c
		next.Server, next.ServedAt, next.ServedIn = "", time.Time{}, 0
		d.chats.put(&next)
		return &next
	}
	for _, c := range others {
		if c.ServedIn == chat.ID {
			forget(c)
		}
	}
	if chat.ServedIn != 0 {
		return forget(chat)
	}
	return chat
}

// clientOf returns the client of a chat, nil if he has no record.
func (d *Desk) clientOf(c *Chat) *Client {
	if c.Of == "" {
		return nil
	}
	return d.clients.get(c.Of)
}

// ownClient returns the client of a chat, whose record begins here if he has none.
func (d *Desk) ownClient(c *Chat) *Client {
	if own := d.clientOf(c); own != nil {
		return own
	}
	n := d.count(func(c *counters) { c.Clients++ })
	return d.keepClient(d.clientOn("n"+strconv.FormatInt(n.Clients, 10), c))
}

// clientOn is a client of whom a chat tells all that is known.
func (d *Desk) clientOn(key string, c *Chat) *Client {
	own := &Client{Key: key, Chats: []session.ChatID{c.ID}, Since: d.now, Linked: c.inCRM()}
	own.agree(c.Consent)
	return own
}

// knownKey names the client whom the host knows under an id.
func knownKey(known string) string { return "x" + digest(known) }

// known returns the client whom the host knows under an id, whoever he turned out to be; nil: nobody.
func (d *Desk) known(key string) *Client {
	for {
		c := d.clients.get(key)
		if c == nil || c.Into == "" {
			return c
		}
		key = c.Into
	}
}

// knownAs keeps that the host knows the client of a chat under an id: chats under one id are of one client (rule P4).
func (d *Desk) knownAs(id session.ChatID, known string) {
	chat, key := d.chats.get(id), knownKey(known)
	if known == "" || chat.Of == key {
		return
	}
	is, own := d.known(key), d.clientOf(chat)
	if is != nil && own != nil && is.Key == own.Key || is != nil && len(is.Chats) >= MaxClientChats {
		return
	}
	if is == nil && own != nil && own.Known == "" { // the chats were merged before the host knew him
		next := *own
		next.Known, next.From = known, append(slices.Clip(own.From), key)
		d.clients.put(&Client{Key: key, Into: own.Key, Since: d.now})
		d.clients.put(&next)
		return
	}
	var was Client
	if own != nil && (own.Known != "" || is != nil && len(is.Chats)+len(own.Chats) > MaxClientChats) {
		if len(own.Chats) == 1 {
			was = *own // all that is known of him goes with him
		} else {
			chat = d.unserved(chat, d.chats.getAll(slices.DeleteFunc(slices.Clone(own.Chats), func(o session.ChatID) bool { return o == id })))
		}
		d.leave(own, id) // he is somebody else than was believed
		own = nil
	}
	switch {
	case is == nil:
		is = d.clientOn(key, chat)
		is.Known = known
		is.takes(&was)
		d.keepClient(is)
		return
	case own == nil:
		own = d.clientOn("", chat)
		own.takes(&was)
	}
	d.unite(is, own)
	d.tell(Event{Type: ClientsMerged, Line: chat.Line, Chat: id, Reason: "known"})
}

// takes gives a client who has nothing yet what is set of another one.
func (c *Client) takes(from *Client) {
	c.Language, c.Priority = from.Language, from.Priority
	for _, a := range from.Agreed {
		c.agree(a)
	}
}

// unite makes two clients one.
func (d *Desk) unite(into, from *Client) {
	next := *into
	next.Chats = slices.Concat(into.Chats, from.Chats)
	slices.Sort(next.Chats)
	next.From = slices.Concat(into.From, from.From)
	next.Known, next.Language = cmp.Or(into.Known, from.Known), cmp.Or(into.Language, from.Language)
	next.Priority = max(into.Priority, from.Priority)
	next.Linked = into.Linked || from.Linked
	for _, a := range from.Agreed {
		next.agree(a)
	}
	switch {
	case from.Key == "":
	case from.Key[0] == 'x': // the host's id leads to him
		next.From = append(next.From, from.Key)
		d.clients.put(&Client{Key: from.Key, Into: into.Key, Since: from.Since})
		d.follow(from, into.Key)
	default:
		d.follow(from, into.Key)
		d.clients.drop(from.Key)
	}
	d.keepClient(&next)
}

// agree keeps that a client has agreed to a version of a document (rule 11.7).
func (c *Client) agree(to Agreement) {
	if to.Document == "" {
		return
	}
	before := slices.IndexFunc(c.Agreed, to.same)
	if before >= 0 && c.Agreed[before].At.After(to.At) {
		return
	}
	c.Agreed = slices.DeleteFunc(slices.Clone(c.Agreed), to.same)
	c.Agreed = append(c.Agreed, to)
	if len(c.Agreed) > MaxClientAgreed {
		c.Agreed = c.Agreed[1:]
	}
}

// follow makes the ids that lead to a client lead to another.
func (d *Desk) follow(from *Client, to string) {
	for _, c := range d.clients.getAll(from.From) {
		if c != nil {
			next := *c
			next.Into = to
			d.clients.put(&next)
		}
	}
}

// inCRM reports whether the host's CRM has something of a chat's client.
func (c *Chat) inCRM() bool { return c.Identity.Client != "" || len(c.Identity.Items) > 0 }

// relink keeps with the client of a chat whether the host's CRM has something of him, which has changed for the chat.
func (d *Desk) relink(c *Chat) {
	own := d.clientOf(c)
	if own == nil || own.Linked == c.inCRM() {
		return
	}
	next := *own
	if next.Linked = slices.ContainsFunc(d.chats.getAll(own.Chats), (*Chat).inCRM); next.Linked != own.Linked {
		d.keepClient(&next)
	}
}

// keepClient stores a client, and in his chats what is decided by.
func (d *Desk) keepClient(c *Client) *Client {
	d.clients.put(c)
	for _, chat := range d.chats.getAll(c.Chats) {
		if chat.Of == c.Key && chat.Language == c.Language && chat.Priority == c.Priority && chat.Linked == c.Linked {
			continue
		}
		next := *chat
		next.Of, next.Language, next.Priority, next.Linked = c.Key, c.Language, c.Priority, c.Linked
		d.chats.put(&next)
	}
	return c
}

// leave takes a chat out of its client, who is forgotten with his last one.
func (d *Desk) leave(own *Client, id session.ChatID) {
	chat := *d.chats.get(id)
	chat.Of, chat.Language, chat.Priority, chat.Linked = "", "", 0, false
	d.chats.put(&chat)
	next := *own
	next.Chats = slices.DeleteFunc(slices.Clone(own.Chats), func(o session.ChatID) bool { return o == id })
	if len(next.Chats) > 0 {
		next.Linked, next.Agreed = false, nil
		for _, c := range d.chats.getAll(next.Chats) {
			next.Linked = next.Linked || c.inCRM()
			next.agree(c.Consent)
		}
		d.keepClient(&next)
		return
	}
	for _, c := range d.clients.getAll(own.From) {
		if c != nil {
			d.clients.drop(c.Key)
		}
	}
	d.clients.drop(own.Key)
}

// language is the one in which the client of a chat is spoken to; empty: that of the line.
func (c *Chat) language() string { return cmp.Or(c.Language, c.Client.Language) }

// ClientOf returns who the client of a chat is, as far as the chat tells, and the key of the record that tells more, if there
// is one.
func ClientOf(c Chat) (Client, storage.Key, bool) {
	return Client{Chats: []session.ChatID{c.ID}, Since: c.Began}, storage.Key{Kind: "client", ID: c.Of}, c.Of != ""
}

// KnownKey names the record of the client whom the host knows under an id. It can lead to another's, see [Client.Into].
func KnownKey(known string) storage.Key { return storage.Key{Kind: "client", ID: knownKey(known)} }

// ClientKey names a client's record.
func ClientKey(key string) storage.Key { return storage.Key{Kind: "client", ID: key} }

// DecodeClient reads a client's record.
func DecodeClient(r storage.Record) (Client, error) { return decode[Client](r, "client") }

func checkTag(field, tag string) error {
	if err := connector.CheckID(field, tag); err != nil {
		return err
	}
	for _, r := range tag {
		if r >= 'A' && r <= 'Z' {
			return &Invalid{Field: field, Problem: "want a language tag in lower case, such as de or pt-br"}
		}
	}
	return nil
}
