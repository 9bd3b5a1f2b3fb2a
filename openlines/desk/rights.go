package desk

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/worktime"
)

// Right is what a role allows (rule 11.31). Members of a queue answer its clients without any (rules 2.7, 11.34).
type Right string

// The ten rights (decision 14.25).
const (
	MayViewLines    Right = "view-lines"
	MayEditLines    Right = "edit-lines" // settings and queue of a line (rule 2.8)
	MayConnect      Right = "connect"    // channels
	MayViewSessions Right = "view-sessions"
	MayReadHistory  Right = "read-history"
	MayJoin         Right = "join"      // also starting a session by hand (rules 1.11, 6.16)
	MayIntercept    Right = "intercept" // also passing on and ending what another has (rules 6.6, 6.18)
	MayRate         Right = "rate"
	MayEditSettings Right = "edit-settings" // of the whole desk, with its roles
	MayUseCanned    Right = "use-canned"
)

var rights = []Right{
	MayViewLines, MayEditLines, MayConnect, MayViewSessions, MayReadHistory, MayJoin, MayIntercept, MayRate, MayEditSettings, MayUseCanned,
}

// Scope says over whose sessions a right goes (rule 11.31), each including those before it.
type Scope string

// The scopes. A right about a line, not a session, is his own where he is in its queue, and his department's where a
// colleague is.
const (
	Denied        Scope = ""
	OwnOnes       Scope = "own"        // what he has, is asked for or takes part in, and what nobody of the queue he is in has
	OfDepartments Scope = "department" // what somebody of one of his departments has, and what nobody of such a colleague's queue has
	AnyOnes       Scope = "any"
)

func (s Scope) rank() int { return slices.Index([]Scope{Denied, OwnOnes, OfDepartments, AnyOnes}, s) }

// Limits of roles.
const (
	MaxRoles      = 100 // put by one command, and held by one operator or department
	MaxRoleLines  = 1000
	maxRoleRights = 10
)

// StandardRoles are those that the reference product begins with (rule 11.31): "administrator" may do everything,
// "chief-executive" sees, reads, joins and rates what anybody has, "manager" sees, reads and joins what is his own. A host puts
// them as they are, or changes them.
func StandardRoles() []Role {
	all := map[Right]Scope{}
	for _, r := range rights {
		all[r] = AnyOnes
	}
	return []Role{
		{ID: "administrator", Rights: all},
		{ID: "chief-executive", Rights: map[Right]Scope{MayViewSessions: AnyOnes, MayReadHistory: AnyOnes, MayJoin: AnyOnes, MayRate: AnyOnes}},
		{ID: "manager", Rights: map[Right]Scope{MayViewSessions: OwnOnes, MayReadHistory: OwnOnes, MayJoin: OwnOnes}},
	}
}

// RoleID names a role. The host chooses it; 1 to MaxName bytes.
type RoleID string

// Role is a set of rights. Operators have roles, and so do departments for all who are in them (rule 11.30). A right that it does
// not name it denies, but for two (rule 11.36): MayIntercept then goes as far as its MayJoin, and MayUseCanned is OwnOnes, which
// members of the queue have. Naming them with Denied denies them.
type Role struct {
	ID     RoleID          `json:"id"`
	Rights map[Right]Scope `json:"rights,omitempty"`
	Lines  []LineID        `json:"lines,omitempty"` // where it holds; empty: everywhere
}

// PutRoles creates roles or replaces them.
type PutRoles struct{ Roles []Role }

func (c PutRoles) name() string    { return "put-roles" }
func (c PutRoles) words() []string { return []string{data(c.Roles)} }

// withoutRoles is what an operator may who has no role: the reference's manager (rules 11.31, 11.32).
var withoutRoles = map[Right]Scope{
	MayViewSessions: OwnOnes, MayReadHistory: OwnOnes, MayJoin: OwnOnes, MayIntercept: OwnOnes, MayUseCanned: OwnOnes,
}

func (c PutRoles) act(d *Desk, by By) (any, error) {
	if err := d.may(by, MayEditSettings, "", nil); err != nil {
		return nil, err
	}
	if d.plan().NoRoles {
		return nil, &Invalid{Field: "Roles", Problem: "not in the plan"}
	}
	if len(c.Roles) > MaxRoles {
		return nil, &Invalid{Field: "Roles", Problem: strconv.Itoa(len(c.Roles)), Limit: MaxRoles}
	}
	for _, r := range c.Roles {
		if err := r.check(); err != nil {
			return nil, err
		}
		r = r.Clone()
		d.roles.put(&r)
	}
	return nil, nil
}

// Clone returns a copy that shares no memory with the role.
func (r Role) Clone() Role {
	r.Rights, r.Lines = maps.Clone(r.Rights), slices.Clone(r.Lines)
	return r
}

func (r *Role) check() error {
	if err := checkName("Role.ID", string(r.ID)); err != nil {
		return err
	}
	if len(r.Lines) > MaxRoleLines {
		return &Invalid{Field: "Role.Lines", Problem: strconv.Itoa(len(r.Lines)), Limit: MaxRoleLines}
	}
	for _, line := range r.Lines {
		if err := checkName("Role.Lines", string(line)); err != nil {
			return err
		}
	}
	if len(r.Rights) > maxRoleRights {
		return &Invalid{Field: "Role.Rights", Problem: strconv.Itoa(len(r.Rights)), Limit: maxRoleRights}
	}
	for _, right := range sortedKeys(r.Rights) {
		if !slices.Contains(rights, right) {
			return &Invalid{Field: "Role.Rights", Problem: "unknown right"}
		}
		if r.Rights[right].rank() < 0 {
			return &Invalid{Field: "Role.Rights", Problem: "unknown scope"}
		}
	}
	return nil
}

func checkRoles(field string, ids []RoleID) error {
	if len(ids) > MaxRoles {
		return &Invalid{Field: field, Problem: strconv.Itoa(len(ids)), Limit: MaxRoles}
	}
	for _, id := range ids {
		if err := checkName(field, string(id)); err != nil {
			return err
		}
	}
	return nil
}

// may decides whether an actor has a right: in a line, over a session, or both. The host has all. It is asked first thing
// in each act, so that a right is checked in the turn of its effect.
func (d *Desk) may(by By, r Right, line LineID, s *Session) error {
	if by.Operator == "" {
		return nil
	}
	if err := d.principal(by); err != nil {
		return err
	}
	switch d.scope(by.Operator, r, line) {
	case AnyOnes:
		return nil
	case OfDepartments:
		if d.concernsDepartment(by.Operator, line, s) {
			return nil
		}
		fallthrough
	case OwnOnes:
		if d.concerns(by.Operator, line, s) {
			return nil
		}
	}
	return &Forbidden{Right: r}
}

// permits decides for an act that the host may and some operators: is says whether the actor is one of them.
func (d *Desk) permits(by By, is bool) error {
	if by.Operator == "" {
		return nil
	}
	if err := d.principal(by); err != nil {
		return err
	}
	if !is {
		return ErrDenied
	}
	return nil
}

// scope is the widest scope in which an operator has a right in a line.
func (d *Desk) scope(id queue.OperatorID, r Right, line LineID) Scope {
	return d.widest(id, r, func(role *Role) bool { return len(role.Lines) == 0 || slices.Contains(role.Lines, line) })
}

// reach is the widest scope in which an operator has a right in any line.
func (d *Desk) reach(id queue.OperatorID, r Right) Scope {
	return d.widest(id, r, func(*Role) bool { return true })
}

func (d *Desk) widest(id queue.OperatorID, r Right, counts func(*Role) bool) Scope {
	roles, any := d.rolesOf(id)
	if !any {
		return withoutRoles[r]
	}
	widest := Denied
	for _, name := range roles {
		if role := d.roles.rows[name]; role != nil && counts(role) && role.gives(r).rank() > widest.rank() {
			widest = role.gives(r)
		}
	}
	return widest
}

// gives is the scope in which a role has a right (rule 11.36).
func (r *Role) gives(right Right) Scope {
	scope, named := r.Rights[right]
	switch {
	case named:
		return scope
	case right == MayIntercept:
		return r.Rights[MayJoin]
	case right == MayUseCanned:
		return OwnOnes
	}
	return Denied
}

// concerns reports whether a session is an operator's own: he has it, is asked for it or takes part, or nobody has it and
// he is in the line's queue. Without a session, that is whether he is in the queue.
func (d *Desk) concerns(id queue.OperatorID, line LineID, s *Session) bool {
	if s == nil {
		return line != "" && d.isMember(line, id)
	}
	if s.Owner == id || s.OfferedTo == id || slices.Contains(s.Joined, id) {
		return true
	}
	return s.Owner == "" && s.OfferedTo == "" && d.isMember(s.Line, id)
}

// concernsDepartment is concerns for the colleagues in an operator's departments.
func (d *Desk) concernsDepartment(id queue.OperatorID, line LineID, s *Session) bool {
	if s != nil && (s.Owner != "" || s.OfferedTo != "") {
		return d.colleagues(id, cmp.Or(s.Owner, s.OfferedTo))
	}
	for _, dep := range d.partOf[id] {
		for _, colleague := range d.departments.rows[dep].Operators {
			if d.isMember(line, colleague) {
				return true
			}
		}
	}
	return false
}

func (d *Desk) isMember(line LineID, id queue.OperatorID) bool {
	w := d.work[line]
	if w == nil {
		return false
	}
	_, member := w.queue.Place(id)
	return member
}

// principal reports whether who acts is known: an operator who is not dismissed, or a service.
func (d *Desk) principal(by By) error {
	if d.serviceOf(by) != nil {
		return nil
	}
	_, err := d.actor(by)
	return err
}

// actor returns the operator who acts; the host has to act as one, and a service is none.
func (d *Desk) actor(by By) (queue.OperatorID, error) {
	o := d.operators.get(by.Operator)
	switch {
	case by.Operator == "", o == nil && d.serviceOf(by) != nil:
		return "", ErrDenied
	case o == nil:
		return "", ErrNotFound
	case o.Status == worktime.Dismissed:
		return "", ErrDenied
	}
	return o.ID, nil
}
