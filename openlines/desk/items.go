package desk

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/queue"
)

// ItemKind says what an item of the host's CRM is.
type ItemKind string

// The kinds of items (rule 10.16). The empty kind is one that the desk was not told.
const (
	Deal    ItemKind = "deal"
	Lead    ItemKind = "lead"
	Contact ItemKind = "contact"
	Company ItemKind = "company"
)

// itemKinds in the order in which the person responsible for one counts (rule 10.8).
var itemKinds = []ItemKind{Deal, Lead, Contact, Company, ""}

func (k ItemKind) check(field string) error {
	if !slices.Contains(itemKinds, k) {
		return &Invalid{Field: field, Problem: "unknown kind of item"}
	}
	return nil
}

// Item is something in the host's CRM that belongs to a client.
type Item struct {
	ID          string           `json:"id"` // the host's, not the same for two items of any kind: "deal-5"; 1 to connector.MaxID bytes
	Kind        ItemKind         `json:"kind,omitempty"`
	Closed      bool             `json:"closed,omitempty"`      // nothing is attached to a lead or a deal that is closed (rule 10.15)
	Began       time.Time        `json:"began,omitzero"`        // when it was made; zero: before all others
	Responsible queue.OperatorID `json:"responsible,omitempty"` // empty: nobody
}

func (i *Item) over() bool { return i.Closed && (i.Kind == Deal || i.Kind == Lead) }

func (i *Item) validate() error {
	if err := connector.CheckID("Identity.Found.ID", i.ID); err != nil {
		return err
	}
	if err := i.Kind.check("Identity.Found.Kind"); err != nil {
		return err
	}
	if i.Responsible != "" {
		if err := checkName("Identity.Found.Responsible", string(i.Responsible)); err != nil {
			return err
		}
	}
	if year := i.Began.UTC().Year(); year < 1 || year > 9999 {
		return &Invalid{Field: "Identity.Found.Began", Problem: "year " + strconv.Itoa(year)}
	}
	return nil
}

// looksAfter is the person whom a session of the client is offered to first: whom the host names, else the one responsible
// for an open deal, an open lead, a contact or a company, in this order, and for the newest of those (rule 10.8).
func (i *Identity) looksAfter() queue.OperatorID {
	if i.Responsible != "" {
		return i.Responsible
	}
	var best *Item
	for n := range i.Found {
		if f := &i.Found[n]; f.Responsible != "" && !f.over() && (best == nil || f.countsBefore(best)) {
			best = f
		}
	}
	if best == nil {
		return ""
	}
	return best.Responsible
}

// countsBefore reports whether the person responsible for an item counts before that of another.
func (i *Item) countsBefore(o *Item) bool {
	return cmp.Or(
		cmp.Compare(slices.Index(itemKinds, i.Kind), slices.Index(itemKinds, o.Kind)), o.Began.Compare(i.Began), cmp.Compare(i.ID, o.ID),
	) < 0
}

// linked returns the identity with all items that a chat is to be linked to in Items: those of the kinds that the line attaches
// to, without what is closed (rules 10.15, 10.16), and what was made of him here: the host can have answered before.
func (i Identity) linked(attach []ItemKind, made []string) Identity {
	i = i.Clone()
	var not []string
	for n := range i.Found {
		f := &i.Found[n]
		f.Began = f.Began.UTC().Truncate(time.Microsecond)
		if f.over() || len(attach) > 0 && f.Kind != "" && !slices.Contains(attach, f.Kind) {
			not = append(not, f.ID)
		} else {
			i.Items = append(i.Items, f.ID)
		}
	}
	i.Items = append(i.Items, made...)
	items := make([]string, 0, len(i.Items))
	for _, id := range i.Items {
		if !slices.Contains(not, id) && !slices.Contains(items, id) && len(items) < MaxItems {
			items = append(items, id)
		}
	}
	i.Items = items
	if len(items) == 0 {
		i.Items = nil
	}
	return i
}

// keepMade links a chat to an item that was made of its client, by the desk or by a form, which stays so unless the host says that it is
// closed.
func (c *Chat) keepMade(item string) {
	if !slices.Contains(c.Made, item) && len(c.Made) < MaxItems {
		c.Made = append(slices.Clip(c.Made), item)
	}
	if !slices.Contains(c.Identity.Items, item) && len(c.Identity.Items) < MaxItems {
		c.Identity.Items = append(slices.Clip(c.Identity.Items), item)
	}
}

// attach links a session to what its chat is linked to. What it was linked to before it stays linked to (rule 10.15).
func (d *Desk) attach(s *Session) *Session {
	items := slices.Clone(s.Items)
	for _, id := range d.chats.get(s.Chat).Identity.Items {
		if !slices.Contains(items, id) && len(items) < MaxItems {
			items = append(items, id)
		}
	}
	if len(items) == len(s.Items) {
		return s
	}
	next := *s
	next.Items = items
	d.sessions.put(&next)
	return &next
}

// crmOf is what a line does with what the host knows of its clients.
func (d *Desk) crmOf(id LineID) CRM {
	if l := d.lines.rows[id]; l != nil {
		return l.CRM
	}
	return CRM{}
}

func itemTerm(id string) string { return "item:" + digest(id) }

func chatTerms(c *Chat) []string {
	terms := append(searchTerms(c), lineTerm(c.Line))
	if c.Open {
		terms = append(terms, activeTerm)
	}
	for _, id := range c.Identity.Items {
		terms = append(terms, itemTerm(id))
	}
	return terms
}

// activeTerm finds the chats that have an open session.
const activeTerm = "active"

// track looks for the client's phone number and e-mail address in what he wrote, which is not kept from the CRM. The first of
// each stays, and who he is, is asked anew, in a line that asks (rules 10.10 to 10.12); in another one it is known once the session
// moves to such a line.
func (d *Desk) track(s *Session, m *Message) {
	crm := d.crmOf(s.Line)
	if crm.NoTracker || !s.Shared {
		return
	}
	chat := *d.chats.get(s.Chat)
	phone, email := chat.Phone, chat.Email
	if phone == "" {
		chat.Phone = connector.FindPhone(m.Said.Text)
	}
	if email == "" {
		chat.Email = connector.FindEmail(m.Said.Text)
	}
	if chat.Phone != phone || chat.Email != email {
		d.chats.put(&chat)
		if crm.Verify {
			d.askBeside(s)
		}
	}
}
