package desk

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/worktime"
)

// Limits of notices.
const (
	MaxNotify   = 100  // operators of one Notify
	MaxNotified = 1000 // operators who get one notice; of more the first by their ids
)

// Notify is whom to tell of something, and in which words. The zero Notify tells nobody: there is the event only.
type Notify struct {
	Operators []queue.OperatorID `json:"operators,omitempty"` // at most MaxNotify
	Roles     []RoleID           `json:"roles,omitempty"`     // whoever has one of them when it is told; at most MaxRoles

	// Text is what the host is given to tell; it can be empty. #OPERATOR# is the name of the operator whom it is about,
	// #DIALOG# the session's number, or what the host has stand for it (openlines.Config), #CLIENT# the client's name, #LINE# the line's (rule 11.9).
	Text string `json:"text,omitempty"`
}

// noticeMacros are those of a Notify's text.
var noticeMacros = []string{"OPERATOR", "DIALOG", "CLIENT", "LINE"}

// plain has nothing in the place of empty lists.
func (n Notify) plain() Notify {
	if len(n.Operators) == 0 {
		n.Operators = nil
	}
	if len(n.Roles) == 0 {
		n.Roles = nil
	}
	return n
}

// nobody reports whether it has nobody told.
func (n Notify) nobody() bool { return len(n.Operators) == 0 && len(n.Roles) == 0 }

// validate reports every problem of a Notify, as *Invalid.
func (n Notify) validate(field string) (problems []error) {
	bad := func(part, problem string, limit int) {
		problems = append(problems, &Invalid{Field: field + part, Problem: problem, Limit: limit})
	}
	if len(n.Operators) > MaxNotify {
		bad(".Operators", strconv.Itoa(len(n.Operators)), MaxNotify)
	}
	for _, id := range n.Operators[:min(len(n.Operators), MaxNotify)] {
		if err := checkName(field+".Operators", string(id)); err != nil {
			problems = append(problems, err)
		}
	}
	if err := checkRoles(field+".Roles", n.Roles); err != nil {
		problems = append(problems, err)
	}
	switch {
	case len(n.Text) > MaxTextRule:
		bad(".Text", strconv.Itoa(len(n.Text))+" bytes", MaxTextRule)
	case connector.CleanText(n.Text, MaxTextRule).Mended:
		bad(".Text", "NUL or not UTF-8", 0)
	case unknownMacro(n.Text, noticeMacros):
		bad(".Text", "an unknown word between number signs", 0)
	}
	return problems
}

// NoticeKind says what a notice is about.
type NoticeKind string

// The kinds of notices.
const (
	NoticeFirstNorm   NoticeKind = "first-norm"   // the first reply that was owed is overdue (rule 11.8)
	NoticeFurtherNorm NoticeKind = "further-norm" // a later one is
	NoticeEscalated   NoticeKind = "escalated"    // nobody has accepted a session, and a step of its line's escalation was taken (rule P3)
	NoticeNearlyFull  NoticeKind = "nearly-full"  // an operator is near the account-wide limit (rule P8); it is of no session
	NoticeQueueEmpty  NoticeKind = "queue-empty"  // somebody waits in a line whose queue has no members (rule 2.10)
)

// Notice is what the host is asked to tell operators, see [Notify].
type Notice struct {
	ID       string // the same at every attempt
	Kind     NoticeKind
	At       time.Time          // when it came to that
	To       []queue.OperatorID // sorted; nobody twice, and nobody who is dismissed
	Text     string             // with what is known filled in; empty: the host finds words
	Line     LineID
	Chat     session.ChatID
	Session  session.ID
	Operator queue.OperatorID // whom it is about; empty: nobody
	Step     int              // of the line's escalation: 1, 2, …
}

// notifies are all places of a line that say whom to tell, with their names.
func (l *Line) notifies() []struct {
	field string
	to    *Notify
} {
	all := []struct {
		field string
		to    *Notify
	}{
		{"Norms.First.Notify", &l.Norms.First.Notify},
		{"Norms.Further.Notify", &l.Norms.Further.Notify},
		{"NotifyEmptyQueue", &l.NotifyEmptyQueue},
	}
	for i := range l.Escalation {
		all = append(all, struct {
			field string
			to    *Notify
		}{fmt.Sprintf("Escalation[%d].Notify", i), &l.Escalation[i].Notify})
	}
	return all
}

// toNotify is whom to tell of what an effect is about, as the settings are now.
func (d *Desk) toNotify(e *Effect) Notify {
	l := d.lines.rows[e.Line]
	switch s := d.settings.rows["desk"]; {
	case e.Notice == NoticeNearlyFull && s != nil:
		return s.NotifyNearlyFull
	case l == nil:
		return Notify{}
	}
	switch e.Notice {
	case NoticeFirstNorm:
		return l.Norms.First.Notify
	case NoticeFurtherNorm:
		return l.Norms.Further.Notify
	case NoticeQueueEmpty:
		return l.NotifyEmptyQueue
	case NoticeEscalated:
		if e.Step <= len(l.Escalation) {
			return l.Escalation[e.Step-1].Notify
		}
	}
	return Notify{}
}

// notify makes the effect that has operators told of something, in a session or of an operator, if anybody is to be told. Notices
// have a channel of their own, so that a host who does not take them holds up nothing else.
func (d *Desk) notify(e Effect, s *Session) {
	e.Lane = "notice:@" + string(e.Operator)
	if s != nil {
		e.Line, e.Chat, e.Session, e.Lane = s.Line, s.Chat, s.ID, "notice:"+number(s.ID)
	}
	if d.toNotify(&e).nobody() {
		return
	}
	n := d.count(func(c *counters) { c.Effects++ })
	e.ID, e.Kind, e.Channel, e.Began, e.Due = EffectID(n.Effects), TellNotice, Channel{Account: string(TellNotice)}, d.now, d.now
	d.effects.put(&e)
}

// Notice makes the notice of a TellNotice, out of the records that Keys names, of what stands for #DIALOG#, and of who has which
// role now. It has nobody to tell if nobody has.
func (d *Desk) Notice(e Effect, records []storage.Record, dialog string) (Notice, error) {
	n := Notice{
		ID: number(e.ID), Kind: e.Notice, At: e.Began, Line: e.Line, Chat: e.Chat, Session: e.Session, Operator: e.Operator,
		Step: e.Step,
	}
	var chat Chat
	for _, r := range records {
		if r.Kind == "chat" {
			var err error
			if chat, err = DecodeChat(r); err != nil {
				return n, err
			}
		}
	}
	to := d.toNotify(&e)
	n.To, n.Text = d.recipients(to), d.noticeText(to.Text, &e, chat.Client.Name, dialog)
	return n, nil
}

// recipients are the operators who are named, and who have one of the roles themselves or by a department.
func (d *Desk) recipients(to Notify) []queue.OperatorID {
	ids := slices.Clone(to.Operators)
	has := func(roles []RoleID) bool {
		return slices.ContainsFunc(roles, func(r RoleID) bool { return slices.Contains(to.Roles, r) })
	}
	if len(to.Roles) > 0 {
		for id, o := range d.operators.rows { // order does not matter: it is sorted
			if has(o.Roles) || slices.ContainsFunc(d.partOf[id], func(p queue.DepartmentID) bool { return has(d.departments.rows[p].Roles) }) {
				ids = append(ids, id)
			}
		}
	}
	slices.Sort(ids)
	ids = slices.DeleteFunc(slices.Compact(ids), func(id queue.OperatorID) bool {
		o := d.operators.rows[id]
		return o != nil && o.Status == worktime.Dismissed
	})
	return ids[:min(len(ids), MaxNotified)]
}

// noticeText puts what is known into the text of a notice, in one pass.
func (d *Desk) noticeText(words string, e *Effect, client, dialog string) string {
	var b strings.Builder
	for {
		before, name, after, found := nextMacro(words)
		b.WriteString(before)
		if !found {
			return connector.CleanText(b.String(), connector.MaxText).Text
		}
		words = after
		switch name {
		case "OPERATOR":
			if o := d.operators.rows[e.Operator]; o != nil {
				b.WriteString(cmp.Or(o.Name, string(o.ID)))
			}
		case "DIALOG":
			if e.Session != 0 {
				b.WriteString(dialog)
			}
		case "CLIENT":
			b.WriteString(client)
		case "LINE":
			if l := d.lines.rows[e.Line]; l != nil {
				b.WriteString(l.Name)
			}
		}
	}
}
