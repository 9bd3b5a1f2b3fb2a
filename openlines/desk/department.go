package desk

import (
	"slices"
	"strconv"
	"time"

	"github.com/openlines-go/openlines/queue"
)

// Limits of departments.
const (
	MaxDepartments = 100  // put by one command
	MaxPeople      = 5000 // directly in one department
)

// Department is a part of the host's company as far as queues need it: who is in it, and what it is a part of.
type Department struct {
	ID        queue.DepartmentID `json:"id"`
	Parent    queue.DepartmentID `json:"parent,omitempty"` // empty: of none
	Operators []queue.OperatorID `json:"operators,omitempty"`
	Roles     []RoleID           `json:"roles,omitempty"` // of all who are directly in it (rule 11.30)
}

// PutDepartments tells who is in departments. A department that has nobody is as good as none.
type PutDepartments struct{ Departments []Department }

func (c PutDepartments) name() string    { return "put-departments" }
func (c PutDepartments) words() []string { return []string{data(c.Departments)} }

func (c PutDepartments) act(d *Desk, by By) (any, error) {
	if err := d.may(by, MayEditSettings, "", nil); err != nil {
		return nil, err
	}
	if len(c.Departments) > MaxDepartments {
		return nil, &Invalid{Field: "Departments", Problem: strconv.Itoa(len(c.Departments)), Limit: MaxDepartments}
	}
	for _, p := range c.Departments {
		if err := p.check(); err != nil {
			return nil, err
		}
		before := d.departments.get(p.ID)
		if before != nil && before.Parent == p.Parent && slices.Equal(before.Operators, p.Operators) && slices.Equal(before.Roles, p.Roles) {
			continue
		}
		p = p.Clone()
		d.departments.put(&p)
	}
	lines := sortedKeys(d.byParts)
	d.freshen()
	for _, line := range lines {
		d.reviewed(line, time.Time{})
	}
	return nil, nil
}

// Clone returns a copy that shares nothing with the department.
func (p Department) Clone() Department {
	p.Operators, p.Roles = slices.Clone(p.Operators), slices.Clone(p.Roles)
	return p
}

func (p *Department) check() error {
	if err := checkName("Department.ID", string(p.ID)); err != nil {
		return err
	}
	if p.Parent != "" {
		if err := checkName("Department.Parent", string(p.Parent)); err != nil {
			return err
		}
	}
	if len(p.Operators) > MaxPeople {
		return &Invalid{Field: "Department.Operators", Problem: strconv.Itoa(len(p.Operators)), Limit: MaxPeople}
	}
	for _, id := range p.Operators {
		if err := checkName("Department.Operators", string(id)); err != nil {
			return err
		}
	}
	return checkRoles("Department.Roles", p.Roles)
}

func (d *Desk) indexDepartment(old, new *Department) {
	d.indexPeople(old, new)
	if old != nil {
		d.below[old.Parent] = slices.DeleteFunc(slices.Clone(d.below[old.Parent]), func(id queue.DepartmentID) bool { return id == old.ID })
	}
	if new != nil {
		i, _ := slices.BinarySearch(d.below[new.Parent], new.ID)
		d.below[new.Parent] = slices.Insert(slices.Clone(d.below[new.Parent]), i, new.ID)
	}
	for line := range d.byParts { // order does not matter: lines are marked
		d.stale[line] = true
	}
}

// indexPeople keeps which departments list an operator. Lists are copied: a roll-back swaps whole rows.
func (d *Desk) indexPeople(old, new *Department) {
	if old != nil {
		for _, id := range old.Operators {
			left := slices.DeleteFunc(slices.Clone(d.partOf[id]), func(dep queue.DepartmentID) bool { return dep == old.ID })
			if d.partOf[id] = left; len(left) == 0 {
				delete(d.partOf, id)
			}
		}
	}
	if new != nil {
		for _, id := range new.Operators {
			if i, known := slices.BinarySearch(d.partOf[id], new.ID); !known {
				d.partOf[id] = slices.Insert(slices.Clone(d.partOf[id]), i, new.ID)
			}
		}
	}
}

// expanded returns a line's members: the entries with departments in the place of their people (rules 2.2–2.5).
func (d *Desk) expanded(l *Line) []queue.Member {
	entries := d.entriesOf(l)
	delete(d.byParts, l.ID)
	if !slices.ContainsFunc(entries, func(m queue.Member) bool { return m.Department != "" }) {
		return entries
	}
	d.byParts[l.ID] = true
	return d.resolved(l, entries)
}

// resolved returns entries with departments in the place of their people, who keep by which of them they are there.
func (d *Desk) resolved(l *Line, entries []queue.Member) (members []queue.Member) {
	listed := map[queue.DepartmentID]bool{}
	for _, m := range entries {
		if len(members) >= queue.MaxMembers {
			break
		}
		if m.Department == "" {
			members = append(members, m)
			continue
		}
		if listed[m.Department] {
			continue // who is listed twice counts once (rule 2.4), and a large department would be copied as often as it is listed
		}
		listed[m.Department] = true
		for _, id := range d.people(m.Department, !l.Queue.DirectOnly, map[queue.DepartmentID]bool{}) {
			members = append(members, queue.Member{Operator: id, Department: m.Department, Weight: m.Weight})
		}
	}
	return members[:min(len(members), queue.MaxMembers)]
}

// people returns who is in a department, and below it if deep. A department that is its own ancestor counts once.
func (d *Desk) people(id queue.DepartmentID, deep bool, seen map[queue.DepartmentID]bool) []queue.OperatorID {
	if seen[id] {
		return nil
	}
	seen[id] = true
	var ids []queue.OperatorID
	if p := d.departments.rows[id]; p != nil {
		ids = slices.Clone(p.Operators)
	}
	if deep {
		for _, sub := range d.below[id] {
			ids = append(ids, d.people(sub, deep, seen)...)
		}
	}
	return ids
}
