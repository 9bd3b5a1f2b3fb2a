package desk

import (
	"maps"
	"slices"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/worktime"
)

// JobStep is how many sessions or operators one transition touches at most. What is left goes on as a job, in transitions
// of its own, so that no turn grows with what a desk holds.
const JobStep = 200

// job is work that a command or a deadline began and that is not finished. It is a record with a deadline, which is now, or
// the end of a grace.
type job struct {
	Kind     jobKind          `json:"kind"`
	Line     LineID           `json:"line,omitempty"`
	Operator queue.OperatorID `json:"operator,omitempty"`
	Actor    queue.OperatorID `json:"actor,omitempty"`   // who began it; empty: the host or a deadline
	After    string           `json:"after,omitempty"`   // an operator's id: those up to him are done
	Session  session.ID       `json:"session,omitempty"` // those up to it are done
	Ends     time.Time        `json:"ends,omitzero"`     // of the grace of those lines that this is about; of a review, since when the line looks at availability in another way
	Due      time.Time        `json:"due"`

	Connector connector.ID `json:"connector,omitempty"`
}

type jobKind string

const (
	settleJob   jobKind = "settle"    // a line in which people wait while others are free, or are offered to nobody
	reviewJob   jobKind = "review"    // a line whose settings have changed
	releaseJob  jobKind = "release"   // an operator who is unavailable, at the end of a grace, or now if it was too much at once
	handOverJob jobKind = "hand-over" // an operator who hands over his shift
	archiveJob  jobKind = "archive"   // a line that is taken out of service
	presenceJob jobKind = "presence"  // the desk, whose idea of presence has changed

	disconnectJob jobKind = "disconnect" // the accounts of a connector that was removed
)

func (j *job) key() string {
	return string(j.Kind) + ":" + string(j.Line) + string(j.Operator) + string(j.Connector)
}

// later keeps a job to be gone on with.
func (d *Desk) later(j job) {
	j.Due = d.now
	d.jobs.put(&j)
}

func (d *Desk) indexJob(old, new *job) {
	if new != nil {
		d.setDeadline(deadlineKey{job: new.key()}, new.Due)
	} else if old != nil {
		d.setDeadline(deadlineKey{job: old.key()}, time.Time{})
	}
}

// goOn takes the next step of a job.
func (d *Desk) goOn(key string) {
	j := *d.jobs.rows[key]
	d.jobs.drop(key)
	switch j.Kind {
	case settleJob:
		d.stain(j.Line)
	case reviewJob:
		d.reviewed(j.Line, j.Ends)
	case releaseJob:
		if o := d.operators.rows[j.Operator]; o != nil && o.Status != worktime.Available {
			d.release(o, j.Ends)
		}
	case archiveJob:
		d.archive(j.Line, j.Actor)
	case handOverJob:
		d.handOver(j.Operator, j.Session, j.Actor)
	case disconnectJob:
		d.disconnect(j.Connector, j.Actor)
	case presenceJob:
		d.reconsider(j.After)
	}
}

// handOver returns what an operator has or is asked for, in the order of the sessions, after one of them. What he was given since the
// command stays his if the actor may not take it over.
func (d *Desk) handOver(id queue.OperatorID, after session.ID, actor queue.OperatorID) {
	have := d.loads[id]
	if have == nil {
		return
	}
	n := 0
	for _, s := range slices.Sorted(maps.Keys(have.sessions)) {
		row := d.sessions.rows[s]
		if s <= after || !row.handedOver() || actor != id && d.mayHandle(row, By{Operator: actor}) != nil {
			continue
		}
		if n++; n > JobStep {
			d.later(job{Kind: handOverJob, Operator: id, Session: after, Actor: actor})
			return
		}
		d.requeue(row, session.Return, actor)
		if next := *d.sessions.rows[s]; next.Line == row.Line && !slices.Contains(next.Tried, id) { // others come first
			next.Tried, next.AskedAs = append(slices.Clip(next.Tried), id), AsLast
			d.sessions.put(&next)
		}
		after = s
	}
}

// reconsider decides anew on the availability of operators, in the order of their ids, after one of them.
func (d *Desk) reconsider(after string) {
	n := 0
	for _, id := range sortedKeys(d.operators.rows) {
		if string(id) <= after {
			continue
		}
		o := *d.operators.rows[id]
		if status, until := d.verdictOn(&o); status == o.Status && until.Equal(o.Until) {
			continue
		}
		if n++; n > JobStep/10 { // each may release sessions
			d.later(job{Kind: presenceJob, After: after})
			return
		}
		d.available(&o)
		after = string(id)
	}
}
