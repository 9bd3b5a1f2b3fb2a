package desk

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/kpi"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
)

// Tally keeps the figures of one day and line, as the line's zone has days (rule P23): of the whole line, or of what one operator
// had at the end. A session counts as begun when it begins, and as everything else when it has closed (rule 11.41), so that
// nothing has to be taken back when it is spam in the end (rule 6.10). A rating that comes later goes to the day on which it
// closed.
//
// A close changes two tallies, and however many sessions of a line close at once, no more of them.
type Tally struct {
	Day      string           `json:"day"` // such as 2026-03-02
	Line     LineID           `json:"line"`
	Operator queue.OperatorID `json:"operator,omitempty"` // empty: the whole line
	Cells    []TallyCell      `json:"cells"`              // by the kind of channel, sorted
	Past     bool             `json:"past,omitempty"`     // there is one of a later day: this one is not kept in memory
}

// TallyCell are the figures of one kind of channel.
type TallyCell struct {
	Connector connector.ID `json:"connector"`
	Figures   kpi.Figures  `json:"figures"`
}

// maxCells is how many kinds of channels a tally tells apart; the others count as one without a name.
const maxCells = 100

type tallyKey struct {
	day  string
	seat seatKey
}

func (t *Tally) key() tallyKey { return tallyKey{t.Day, seatKey{t.Line, t.Operator}} }

func (k tallyKey) id() string { return k.day + ":" + k.seat.id() }

func parseTally(id string) tallyKey {
	day, seat, _ := strings.Cut(id, ":")
	return tallyKey{day, parseSeat(seat)}
}

// dayOf is the day of a time in the zone of a line.
func (d *Desk) dayOf(line LineID, t time.Time) string {
	return d.workOf(line).calendar.Local(t).Format(time.DateOnly)
}

func (t *Tally) began() time.Time {
	day, _ := time.Parse(time.DateOnly, t.Day)
	return day
}

const (
	wholeTerm = "whole" // of lines
	eachTerm  = "each"  // of operators
)

func tallyTerms(t *Tally) []string {
	if t.Operator == "" {
		return []string{lineTerm(t.Line), wholeTerm}
	}
	return []string{lineTerm(t.Line), eachTerm, operatorTerm(t.Operator)}
}

func (d *Desk) indexTally(old, new *Tally) {
	if old != nil && d.latest[old.key().seat] == old.Day {
		delete(d.latest, old.key().seat)
	}
	if new != nil && !new.Past {
		d.latest[new.key().seat] = new.Day
	}
}

// tally adds figures to those of a day.
func (d *Desk) tally(day string, seat seatKey, c connector.ID, add kpi.Figures) {
	k := tallyKey{day, seat}
	next := Tally{Day: day, Line: seat.line, Operator: seat.operator}
	if before := d.tallies.peek(k); before != nil {
		next = *before
	} else if latest, is := d.latest[seat]; is {
		if next.Past = latest > day; !next.Past {
			past := *d.tallies.rows[tallyKey{latest, seat}]
			past.Past = true
			d.tallies.put(&past)
		}
	}
	next.Cells = slices.Clone(next.Cells)
	i, found := slices.BinarySearchFunc(next.Cells, c, func(t TallyCell, c connector.ID) int { return cmp.Compare(t.Connector, c) })
	if !found && len(next.Cells) >= maxCells && c != "" {
		d.tally(day, seat, "", add)
		return
	}
	if !found {
		next.Cells = slices.Insert(next.Cells, i, TallyCell{Connector: c})
	}
	next.Cells[i].Figures = next.Cells[i].Figures.Plus(add)
	d.tallies.put(&next)
}

// tallyBegun counts a session that begins, or has moved to its line. While its client is asked for his consent there is none (rule 11.5).
func (d *Desk) tallyBegun(s *Session) {
	s.Day = d.dayOf(s.Line, s.Began)
	d.tally(s.Day, seatKey{line: s.Line}, s.Channel.Connector, kpi.Figures{Begun: 1})
}

// tallyMoved takes a session that moves out of the figures of its line (decision 14.23).
func (d *Desk) tallyMoved(s *Session) {
	d.tally(cmp.Or(s.Day, d.dayOf(s.Line, s.Began)), seatKey{line: s.Line}, s.Channel.Connector, kpi.Figures{Begun: -1})
}

// tallyClosed counts a session that has closed, or a change of its ratings since.
func (d *Desk) tallyClosed(s *Session, add kpi.Figures) {
	if s.NoConsent {
		return
	}
	for _, who := range slices.Compact([]queue.OperatorID{"", s.Owner}) {
		d.tally(cmp.Or(s.Day, d.dayOf(s.Line, s.Ended)), seatKey{s.Line, who}, s.Channel.Connector, add)
	}
}

// rated is put for a session whose ratings have changed: if it has closed, they were counted.
func (d *Desk) rated(old, new *Session) {
	d.sessions.put(new)
	if new.Open() {
		return
	}
	was, is := ratings(old), ratings(new)
	d.tallyClosed(new, kpi.Figures{
		Good: is.Good - was.Good, Bad: is.Bad - was.Bad, Reviewed: is.Reviewed - was.Reviewed, Stars: is.Stars - was.Stars,
	})
}

// ratings are the figures of what client and supervisor think of a session.
func ratings(s *Session) (f kpi.Figures) {
	if s.Reason == session.Spammed {
		return f
	}
	switch s.Vote {
	case Good:
		f.Good = 1
	case Bad:
		f.Bad = 1
	}
	if n := s.stars(); n > 0 {
		f.Reviewed, f.Stars = 1, n
	}
	return f
}

// MetricsFilter chooses what figures are of. The zero filter takes all.
type MetricsFilter struct {
	Line      LineID
	Connector connector.ID     // the kind of channel
	Operator  queue.OperatorID // what he had at the end
}

// TallyQueries returns queries that find the tallies which an actor may see the figures of; what they find is to be asked of
// [Desk.Tallies]. It takes the right to view sessions, in some scope and line.
func (d *Desk) TallyQueries(by By, f MetricsFilter, each bool) ([]storage.Query, error) {
	for field, id := range map[string]string{"Line": string(f.Line), "Operator": string(f.Operator)} { // order does not matter: either is malformed
		if id == "" {
			continue
		}
		if err := checkName(field, id); err != nil {
			return nil, err
		}
	}
	if err := d.AllowsAnywhere(by, MayViewSessions); err != nil {
		return nil, err
	}
	var terms []string
	if f.Line != "" {
		terms = append(terms, lineTerm(f.Line))
	}
	find := func(term string) storage.Query {
		return storage.Query{Kind: "tally", Terms: append(slices.Clip(terms), term), OldestFirst: true}
	}
	switch {
	case f.Operator != "":
		return []storage.Query{find(operatorTerm(f.Operator))}, nil
	case each:
		return []storage.Query{find(eachTerm)}, nil
	case by.Operator == "":
		return []storage.Query{find(wholeTerm)}, nil
	case d.reach(by.Operator, MayViewSessions) == OwnOnes:
		return []storage.Query{find(operatorTerm(by.Operator))}, nil
	}
	return []storage.Query{find(wholeTerm), find(eachTerm)}, nil
}

// Tallies reports whether an actor is told of a tally, for a filter: who may view all of a line's sessions is told of the whole
// line, others of what is their own, or their departments'. Each: of operators alone.
func (d *Desk) Tallies(by By, f MetricsFilter, each bool, t *Tally) bool {
	scope := AnyOnes
	if by.Operator != "" {
		scope = d.scope(by.Operator, MayViewSessions, t.Line)
	}
	switch {
	case f.Line != "" && t.Line != f.Line, f.Operator != "" && t.Operator != f.Operator:
		return false
	case scope == AnyOnes:
		return (t.Operator != "") == (each || f.Operator != "")
	case t.Operator == "" || scope == Denied:
		return false
	}
	return t.Operator == by.Operator || scope == OfDepartments && d.colleagues(by.Operator, t.Operator)
}

// DecodeTally reads the record of a day's figures.
func DecodeTally(r storage.Record) (Tally, error) { return decode[Tally](r, "tally") }

// Cells are the figures of a tally that the filter takes.
func (f MetricsFilter) Cells(t *Tally) []TallyCell {
	if f.Connector == "" {
		return t.Cells
	}
	return slices.DeleteFunc(slices.Clone(t.Cells), func(c TallyCell) bool { return c.Connector != f.Connector })
}
