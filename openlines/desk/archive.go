package desk

import (
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
)

// ArchiveLine takes a line out of service (decision 14.15, where the reference deletes it with its history, rule 1.4): its
// channels are disconnected, its open sessions close with the reason archived, and what was said stays readable. It takes
// the right to edit lines.
type ArchiveLine struct{ Line LineID }

func (c ArchiveLine) name() string    { return "archive-line" }
func (c ArchiveLine) words() []string { return []string{string(c.Line)} }

func (c ArchiveLine) act(d *Desk, by By) (any, error) {
	if err := d.may(by, MayEditLines, c.Line, nil); err != nil {
		return nil, err
	}
	l := d.lines.get(c.Line)
	switch {
	case l == nil:
		return nil, ErrNotFound
	case l.Archived:
		return nil, nil
	}
	next := *l
	next.Archived, next.Inactive = true, true
	next.Version, next.Changed, next.ChangedBy = l.Version+1, d.now, by.Operator
	d.lines.put(&next)
	d.tell(Event{Type: LineArchived, Line: c.Line, Actor: by.Operator})
	d.archive(c.Line, by.Operator)
	return nil, nil
}

// archive disconnects an archived line and closes its sessions, as many as one transition touches.
func (d *Desk) archive(line LineID, actor queue.OperatorID) {
	if l := d.lines.rows[line]; l == nil || !l.Archived {
		return // put again meanwhile
	}
	n := 0
	step := func() bool {
		if n++; n > JobStep {
			d.later(job{Kind: archiveJob, Line: line, Actor: actor})
		}
		return n <= JobStep
	}
	for _, c := range d.Connections(line) {
		if !step() {
			return
		}
		d.connections.drop(connectionKey(c.Connector, c.Account))
		d.tellOfConnection(&c, Event{Type: ConnectionRemoved, Actor: actor, Reason: "archived"})
	}
	for _, id := range d.sessionsOf(line) {
		s := d.sessions.rows[id]
		if !s.Open() {
			continue
		}
		if !step() {
			return
		}
		d.end(s, session.Archive, actor)
	}
}
