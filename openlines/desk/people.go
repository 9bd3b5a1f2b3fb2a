package desk

import (
	"slices"
	"time"

	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/worktime"
)

// Person is an operator as he was put, with what the desk knows of him beside.
type Person struct {
	Operator
	Facts       worktime.Facts       // as they were reported last
	Status      worktime.Verdict     // whether he is available, to lines that look at that
	Until       time.Time            // when Status ends by itself; zero: it does not
	Away        time.Time            // since when he is unavailable, or was last; zero: since ever
	Departments []queue.DepartmentID // that list him
	Sessions    int                  // that he holds or is asked for alone, over all lines
}

// QueueMember is a member of a line's queue, departments resolved.
type QueueMember struct {
	Place      int // in the order in which mode Strictly asks: 0, 1, …
	Operator   queue.OperatorID
	Department queue.DepartmentID // whose entry lists him first; empty: one of his own
	Weight     int                // as that entry has it
	Name       string             // what clients are to see of him in this line (rule 2.9); so Position and Avatar
	Position   string
	Avatar     string
	Verdict    Verdict // whether he can be asked now, or why not
	Sessions   int     // that he holds or is asked for alone, over all lines
}

// Person returns an operator.
func (d *Desk) Person(id queue.OperatorID) (Person, bool) {
	o := d.operators.rows[id]
	if o == nil {
		return Person{}, false
	}
	return Person{
		Operator: o.Operator.Clone(), Facts: o.Facts, Status: o.Status, Until: o.Until, Away: o.Away,
		Departments: slices.Clone(d.partOf[id]), Sessions: d.total(id),
	}, true
}

// QueueOf returns who is in a line's queue (rules 2.2–2.5).
func (d *Desk) QueueOf(line LineID) (members []QueueMember) {
	l := d.lines.rows[line]
	if l == nil {
		return nil
	}
	listed := map[queue.OperatorID]bool{}
	for _, m := range d.resolved(l, d.entriesOf(l)) {
		if m.Operator == "" || listed[m.Operator] {
			continue // rule 2.4
		}
		listed[m.Operator] = true
		members = append(members, QueueMember{
			Place: len(members), Operator: m.Operator, Department: m.Department, Weight: m.Weight,
			Name: m.Name, Position: m.Position, Avatar: m.Avatar, Verdict: d.whyNot(line, m.Operator), Sessions: d.total(m.Operator),
		})
	}
	return members
}

// Roles returns all roles, sorted by id.
func (d *Desk) Roles() []Role {
	var all []Role
	for _, id := range sortedKeys(d.roles.rows) {
		all = append(all, d.roles.rows[id].Clone())
	}
	return all
}

// Departments returns all departments, sorted by id.
func (d *Desk) Departments() []Department {
	var all []Department
	for _, id := range sortedKeys(d.departments.rows) {
		all = append(all, d.departments.rows[id].Clone())
	}
	return all
}
