package openlines

import (
	"context"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/kpi"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/storage"
)

// MetricsFilter chooses what figures are of, see [desk.MetricsFilter].
type MetricsFilter = desk.MetricsFilter

// MaxMetricsDays is how many days one report is over.
const MaxMetricsDays = 400

// Metrics are figures of sessions (rule 11.41): all together, and the load by day, line and channel.
type Metrics struct {
	kpi.Figures
	ByDay       map[string]kpi.Figures // such as 2026-03-02
	ByLine      map[LineID]kpi.Figures
	ByConnector map[connector.ID]kpi.Figures
}

// Metrics returns the figures of the days from one date until before another, as the times given read; of a day that has begun when
// until says, the whole. More than [MaxMetricsDays], and so a zero time, are [*Invalid]. Days are those of each line's zone
// (in [Line].Hours), as it was when they were counted. A session counts as begun on the day on which it began,
// and as everything else on the day on which it closed, for who had it then. Spam is counted as closed, and kept out of the
// rest (rule 6.10). It reads a record for each day and line.
//
// It takes the right [desk.MayViewSessions]: who may view all sessions of a line is told of the line, others of what they have
// had, or their departments have, which no begin belongs to.
func (a Actor) Metrics(ctx context.Context, from, until time.Time, f MetricsFilter) (Metrics, error) {
	m := Metrics{ByDay: map[string]kpi.Figures{}, ByLine: map[LineID]kpi.Figures{}, ByConnector: map[connector.ID]kpi.Figures{}}
	err := a.tallies(ctx, from, until, f, false, func(t *desk.Tally) {
		for _, c := range f.Cells(t) {
			m.Figures = m.Figures.Plus(c.Figures)
			m.ByDay[t.Day] = m.ByDay[t.Day].Plus(c.Figures)
			m.ByLine[t.Line] = m.ByLine[t.Line].Plus(c.Figures)
			m.ByConnector[c.Connector] = m.ByConnector[c.Connector].Plus(c.Figures)
		}
	})
	if err != nil {
		return Metrics{}, err
	}
	return m, nil
}

// OperatorMetrics is [Actor.Metrics] by operator, as far as the actor is told of them. It reads a record for each day, line and
// operator who has closed something then.
func (a Actor) OperatorMetrics(ctx context.Context, from, until time.Time, f MetricsFilter) (map[queue.OperatorID]kpi.Figures, error) {
	all := map[queue.OperatorID]kpi.Figures{}
	err := a.tallies(ctx, from, until, f, true, func(t *desk.Tally) {
		for _, c := range f.Cells(t) {
			all[t.Operator] = all[t.Operator].Plus(c.Figures)
		}
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// asRead is the time of UTC that reads as a time does in its zone: tallies are named by the dates of their lines.
func asRead(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}

// tallies reads the tallies of some days that the actor is told of.
func (a Actor) tallies(ctx context.Context, from, until time.Time, f MetricsFilter, each bool, fold func(*desk.Tally)) error {
	for field, t := range map[string]time.Time{"From": from, "Until": until} { // order does not matter: either is malformed
		if year := t.UTC().Year(); year < 1 || year > 9999 {
			return &Invalid{Field: field, Problem: "outside of the years 1 to 9999"}
		}
	}
	if until.IsZero() {
		return &Invalid{Field: "Until", Problem: "missing"}
	}
	from, until = asRead(from).Truncate(24*time.Hour), asRead(until)
	if until.After(from.AddDate(0, 0, MaxMetricsDays)) {
		return &Invalid{Field: "Until", Problem: "too many days", Limit: MaxMetricsDays}
	}
	var queries []storage.Query
	err := a.look(ctx, func(d *desk.Desk) (err error) {
		queries, err = d.TallyQueries(a.by, f, each)
		return err
	})
	for _, q := range queries {
		q.From, q.Until, q.Limit = from, until, storage.MaxFind
		for more := err == nil; more && err == nil; {
			var found []storage.Record
			if found, q.After, err = a.engine.find(ctx, q); err != nil {
				return err
			}
			more = q.After != (Cursor{})
			tallies := make([]desk.Tally, len(found))
			for i, r := range found {
				if tallies[i], err = desk.DecodeTally(r); err != nil {
					return err
				}
			}
			err = a.look(ctx, func(d *desk.Desk) error {
				for i := range tallies {
					if d.Tallies(a.by, f, each, &tallies[i]) {
						fold(&tallies[i])
					}
				}
				return nil
			})
		}
	}
	return err
}
