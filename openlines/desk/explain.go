package desk

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
)

// MaxExplained is how many members an Explanation tells of; in a larger queue it says how many more there are.
const MaxExplained = 1000

// Explanation tells why a session stands where it stands: who was asked, who is next, and for every member why not.
// String is for people, the fields for programs.
type Explanation struct {
	Session   session.ID
	State     session.State
	Line      LineID
	Mode      queue.Mode
	Owner     queue.OperatorID
	OfferedTo queue.OperatorID
	ToAll     bool
	Since     time.Time     // when the client began to wait for an operator
	Waits     time.Duration // since then
	PassOn    time.Duration // until the offer passes on; 0: it does not
	Bot       BotID         // that has it, or takes part
	ToQueue   time.Duration // until the bot's time is over; 0: no bot has it
	Grace     time.Duration // until it goes back to the queue, as the one who has it is away; 0: it does not
	AskedAs   AskedAs       // why OfferedTo is asked
	Next      queue.OperatorID
	Members   []Standing // in list order
	More      int        // members beyond MaxExplained
	Free      int

	Reason     session.Reason   // why it has closed; empty: it is open
	FinishedBy queue.OperatorID // who closed it; empty: the host, the client or a deadline

	Item         ItemVerdict // why no item of the host's CRM is made of it, or what becomes of that (decision 14.32)
	ItemFailures int         // attempts to make one that failed
	ItemUntil    time.Time   // until when they are repeated; zero: they are not
	KnownAs      string      // the host's id of the client; empty: he is not known
}

// Standing is what is to be said of one member.
type Standing struct {
	Operator queue.OperatorID
	Verdict  Verdict
	Tried    bool // asked in this round
	Sessions int  // open sessions he holds or is asked for, over all lines

	// Lacks is the right without which he does not even see the session; empty: he does. Only [Desk.Standing] says it.
	Lacks Right
}

// Standing tells why one operator was asked for a session, or was not, and whether he sees it: he may be in its queue without a
// right, or have a role and be in no queue (rule P6).
func (d *Desk) Standing(s *Session, id queue.OperatorID) Standing {
	st := Standing{Operator: id, Verdict: d.whyNot(s.Line, id), Tried: slices.Contains(s.Tried, id), Sessions: len(d.Load(id))}
	if st.Verdict != Unknown && st.Verdict != Dismissed && !d.isMember(s.Line, id) {
		st.Verdict = NotMember
	}
	if forbidden, ok := errors.AsType[*Forbidden](d.Views(By{Operator: id}, s)); ok {
		st.Lacks = forbidden.Right
	}
	return st
}

// ExplainClosed tells why a session has closed, and why no item was made of it: by the line's settings as they are now. What
// happened until then is in the feed.
func (d *Desk) ExplainClosed(s *Session, chat *Chat) Explanation {
	x := Explanation{
		Session: s.ID, State: s.State, Line: s.Line, Owner: s.Owner, AskedAs: s.AskedAs, Bot: s.Bot, Reason: s.Reason, FinishedBy: s.FinishedBy,
		Item: cmp.Or(d.itemVerdict(s, chat), ItemOver), KnownAs: chat.Identity.Client,
	}
	x.ItemFailures, x.ItemUntil = d.itemFailures(s)
	return x
}

// Explain tells why an open session stands where it stands. It changes nothing. Others are ErrNotFound, see [Desk.ExplainClosed].
func (d *Desk) Explain(id session.ID, at time.Time) (Explanation, error) {
	s := d.sessions.rows[id]
	if s == nil || !s.Open() {
		return Explanation{}, ErrNotFound
	}
	w := d.work[s.Line]
	x := Explanation{
		Session: id, State: s.State, Line: s.Line, Owner: s.Owner, OfferedTo: s.OfferedTo, ToAll: s.ToAll,
		Since: s.Queued, Waits: max(at.Sub(s.Queued), 0), Mode: queue.Evenly, AskedAs: s.AskedAs, Free: w.queue.Free(),
	}
	if l := d.lines.rows[s.Line]; l != nil && l.Queue.Mode != "" {
		x.Mode = l.Queue.Mode
	}
	chat := d.chats.rows[s.Chat]
	x.Item, x.KnownAs = d.itemVerdict(s, chat), chat.Identity.Client
	x.ItemFailures, x.ItemUntil = d.itemFailures(s)
	if !s.OfferEnds.IsZero() {
		x.PassOn = max(s.OfferEnds.Sub(at), 0)
	}
	if x.Bot = s.Bot; s.State == session.Bot {
		x.ToQueue = max(s.BotUntil.Sub(at), 0)
	}
	if d.forsaken(s) {
		x.Grace = max(d.lost(s).Sub(at), 0)
	}
	if next, _, ok := d.choose(s); ok && !s.State.Owned() && !s.ToAll {
		x.Next = next
	}
	tried := map[queue.OperatorID]bool{}
	for _, t := range s.Tried {
		tried[t] = true
	}
	members := w.queue.Members()
	for _, m := range members[:min(len(members), MaxExplained)] {
		x.Members = append(x.Members, Standing{Operator: m, Verdict: d.whyNot(s.Line, m), Tried: tried[m], Sessions: d.total(m)})
	}
	x.More = len(members) - len(x.Members)
	return x, nil
}

// String tells it in one line.
func (x Explanation) String() string {
	parts := []string{x.headline()}
	if x.Grace > 0 {
		parts = append(parts, fmt.Sprintf("%s is away: back to the queue in %v", cmp.Or(x.Owner, x.OfferedTo), x.Grace.Round(time.Second)))
	}
	for _, m := range x.Members {
		if m.Operator == x.OfferedTo || m.Operator == x.Owner {
			continue
		}
		say := string(m.Verdict)
		if m.Operator == x.Next && x.State == session.Offered && x.PassOn > 0 {
			say = "next after " + x.PassOn.Round(time.Second).String()
		} else if m.Tried {
			say += ", was asked"
		}
		parts = append(parts, fmt.Sprintf("%s: %s", m.Operator, say))
	}
	if x.More > 0 {
		parts = append(parts, fmt.Sprintf("and %d more", x.More))
	}
	if item := x.item(); item != "" {
		parts = append(parts, item)
	}
	return strings.Join(parts, "; ")
}

// item tells why no item is made, to those who could have expected one.
func (x Explanation) item() string {
	switch x.Item {
	case "", ItemOff, ItemMade:
		return ""
	case ItemAsked:
		asked := "an item is being made"
		if x.ItemFailures > 0 {
			asked += fmt.Sprintf(", failed attempts: %d, until %s", x.ItemFailures, x.ItemUntil.Format(time.DateTime))
		}
		return asked
	case ItemFailed:
		return fmt.Sprintf("no item: given up, failed attempts: %d", x.ItemFailures)
	case ItemKnown:
		if x.KnownAs == "" {
			return "no item: the chat is linked to one"
		}
		return "no item: the client is known as " + x.KnownAs
	}
	return "no item: " + string(x.Item)
}

func (x Explanation) headline() string {
	total := len(x.Members) + x.More
	switch {
	case x.State == session.Closed:
		return x.closed()
	case x.ToAll:
		return fmt.Sprintf("offered to everybody: %d of %d free", x.Free, total)
	case x.State == session.Offered:
		return fmt.Sprintf("offered to %s: %s", x.OfferedTo, x.choice(total))
	case x.State == session.Consenting:
		return "the client is asked for his consent"
	case x.State == session.Identifying:
		return "the host is asked who the client is"
	case x.State == session.Bot:
		return fmt.Sprintf("with the bot %s, to the queue in %v", x.Bot, x.ToQueue.Round(time.Second))
	case x.State == session.Waiting && x.Free > 0:
		return fmt.Sprintf("waiting for %v: not offered yet, %d of %d free", x.Waits.Round(time.Second), x.Free, total)
	case x.State == session.Waiting:
		return fmt.Sprintf("waiting for %v: nobody of %d is free", x.Waits.Round(time.Second), total)
	}
	return fmt.Sprintf("%s by %s", map[session.State]string{
		session.Answered: "accepted", session.ClientWaits: "owed a reply", session.Replied: "replied to", session.Closing: "finished",
		session.AutoClosed: "closed for want of a reaction, as last replied to",
	}[x.State], x.Owner)
}

func (x Explanation) closed() string {
	told := "closed: " + string(x.Reason)
	if x.FinishedBy != "" {
		told += " by " + string(x.FinishedBy)
	}
	if x.Owner != "" && x.Owner != x.FinishedBy {
		told += ", held by " + string(x.Owner)
	}
	return told
}

var ordinals = [...]string{"first", "second", "third"}

func (x Explanation) choice(total int) string {
	switch {
	case x.AskedAs != ByMode:
		return string(x.AskedAs)
	case x.Mode == queue.LeastLoaded:
		return fmt.Sprintf("smallest share of %d", total)
	case x.Mode != queue.Strictly:
		return fmt.Sprintf("longest not asked of %d", total)
	}
	for i, m := range x.Members {
		if m.Operator != x.OfferedTo {
			continue
		}
		if i < len(ordinals) {
			return fmt.Sprintf("%s of %d in order", ordinals[i], total)
		}
		return fmt.Sprintf("number %d of %d in order", i+1, total)
	}
	return fmt.Sprintf("one of %d", total)
}
