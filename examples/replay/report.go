package main

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/openlines-go/openlines/kpi"
)

// answerWithin is the limit of the service level.
const answerWithin = 20 * time.Second

// report is the figures of a day, and the form of -json. Waits are of those served, from entering the line to the
// operator's first message, in seconds.
type report struct {
	Day          string       `json:"day"` // YYYY-MM-DD
	Mode         string       `json:"mode"`
	Limit        int          `json:"limit"` // 0: none
	Rows         int          `json:"rows"`
	Served       int          `json:"served"`
	Abandoned    int          `json:"abandoned"`
	Left         int          `json:"left"` // hung up in the voice menu
	Phantom      int          `json:"phantom"`
	Unattended   int          `json:"unattended"`        // of the abandoned: nobody came any more that day
	Abandonment  float64      `json:"abandonment_share"` // of served and abandoned
	Wait         waits        `json:"wait"`
	ServiceLevel serviceLevel `json:"service_level"`
	Operators    []workload   `json:"operators"`
	Spread       int          `json:"spread"` // handled by the busiest operator less handled by the idlest
	CV           float64      `json:"cv"`     // of handled
	Gini         float64      `json:"gini"`   // of handled
	Decisions    int          `json:"decisions"`
	Hours        []hour       `json:"hours"`
}

type waits struct {
	Mean float64 `json:"mean"`
	P50  float64 `json:"p50"`
	P90  float64 `json:"p90"`
	P99  float64 `json:"p99"`
	Max  float64 `json:"max"`
}

type serviceLevel struct {
	Seconds float64 `json:"seconds"`
	Share   float64 `json:"share"`
	Of      string  `json:"of"`
}

type workload struct {
	ID      string `json:"id"`
	Handled int    `json:"handled"`
}

// hour is the fate of those who entered the line in an hour of the day.
type hour struct {
	Hour      int `json:"hour"`
	Served    int `json:"served"`
	Abandoned int `json:"abandoned"`
}

// fold makes the report of a day, and verifies that nobody was lost or counted twice on the way.
func fold(d *day, s setting, told *log) (*report, error) {
	r := &report{
		Day: d.date.Format(time.DateOnly), Mode: string(s.mode), Limit: s.limit,
		Rows: d.rows, Left: d.left, Phantom: d.phantom, Unattended: told.unattended, Decisions: told.decisions,
		Operators: []workload{}, Hours: make([]hour, 24),
	}
	for i := range r.Hours {
		r.Hours[i].Hour = i
	}
	contacts := make([]kpi.Contact, 0, len(d.callers))
	for i, c := range d.callers {
		e := told.ends[i]
		entered := d.date.Add(c.enters)
		h := &r.Hours[entered.Hour()]
		switch contact := (kpi.Contact{Wait: e.at.Sub(entered), Operator: string(e.operator)}); e.how {
		case answered:
			contact.Served = true
			contacts = append(contacts, contact)
			h.Served++
		case abandoned:
			contacts = append(contacts, contact)
			h.Abandoned++
		}
	}
	lost := kpi.Abandonment(contacts)
	r.Served, r.Abandoned, r.Abandonment = lost.Of-lost.Part, lost.Part, rounded(lost.Ratio())
	w := kpi.Waits(contacts)
	r.Wait = waits{inSeconds(w.Mean), inSeconds(w.P50), inSeconds(w.P90), inSeconds(w.P99), inSeconds(w.Max)}
	r.ServiceLevel = serviceLevel{
		answerWithin.Seconds(), rounded(kpi.ServiceLevel(contacts, answerWithin, kpi.OfServed).Ratio()), string(kpi.OfServed),
	}
	handled := r.share(d, contacts)
	return r, errors.Join(
		equal("left, phantom, served and abandoned", r.Left+r.Phantom+r.Served+r.Abandoned, "rows", r.Rows),
		equal("handled", handled, "served", r.Served),
		equal("sessions closed after a talk", told.closed, "served", r.Served),
		equal("answers delivered", told.delivered, "served", r.Served),
	)
}

// share sets the figures of how the work was shared, and returns how much it was in all.
func (r *report) share(d *day, contacts []kpi.Contact) (handled int) {
	roster := make([]string, len(d.operators))
	for i, id := range d.operators {
		roster[i] = string(id)
	}
	var counts []int
	byID := map[string]int{}
	for _, l := range kpi.Handled(contacts, roster...) {
		byID[l.Operator] = l.Handled
		counts = append(counts, l.Handled)
		handled += l.Handled
	}
	for _, id := range roster {
		r.Operators = append(r.Operators, workload{id, byID[id]})
	}
	spread := kpi.SpreadOf(counts)
	r.Spread, r.CV, r.Gini = spread.Range, rounded(spread.CV), rounded(spread.Gini)
	return handled
}

func equal(what string, got int, as string, want int) error {
	if got == want {
		return nil
	}
	return fmt.Errorf("replay: count the day: %s are %d, %s are %d", what, got, as, want)
}

// rounded keeps four decimals: what is behind them says nothing.
func rounded(x float64) float64 { return math.Round(x*1e4) / 1e4 }

func inSeconds(d time.Duration) float64 { return math.Round(d.Seconds()*1e3) / 1e3 }

// print writes the report for people.
func (r *report) print(out io.Writer) error {
	var b strings.Builder
	limit := "no limit"
	if r.Limit > 0 {
		limit = fmt.Sprintf("limit %d", r.Limit)
	}
	fmt.Fprintf(&b, "%s, mode %s, %s, %d operators\n\n", r.Day, r.Mode, limit, len(r.Operators))
	fmt.Fprintf(&b, "arrivals   %5d\n", r.Rows)
	fmt.Fprintf(&b, "  left     %5d  in the voice menu\n", r.Left)
	fmt.Fprintf(&b, "  phantom  %5d\n", r.Phantom)
	fmt.Fprintf(&b, "  served   %5d  with %d decisions\n", r.Served, r.Decisions)
	fmt.Fprintf(&b, "  gave up  %5d  %.1f %% of those who wanted an operator\n", r.Abandoned, 100*r.Abandonment)
	if r.Unattended > 0 {
		fmt.Fprintf(&b, "           %5d  of them when the last operator had gone\n", r.Unattended)
	}
	fmt.Fprintf(&b, "\nwait of the served: mean %.1f s, median %.1f s, p90 %.1f s, p99 %.1f s, longest %.1f s\n",
		r.Wait.Mean, r.Wait.P50, r.Wait.P90, r.Wait.P99, r.Wait.Max)
	fmt.Fprintf(&b, "answered within %.0f s: %.1f %% of the served\n\n", r.ServiceLevel.Seconds, 100*r.ServiceLevel.Share)
	for _, h := range r.Hours {
		bars := strings.Repeat("#", (h.Served+1)/2) + strings.Repeat("x", (h.Abandoned+1)/2)
		fmt.Fprintln(&b, strings.TrimRight(fmt.Sprintf("%02d h  %4d  %s", h.Hour, h.Served+h.Abandoned, bars), " "))
	}
	fmt.Fprintf(&b, "            # two served, x two gave up\n\noperator      handled\n")
	for _, o := range r.Operators {
		fmt.Fprintf(&b, "%-12s  %7d\n", o.ID, o.Handled)
	}
	fmt.Fprintf(&b, "spread %d, coefficient of variation %.2f, Gini %.2f\n", r.Spread, r.CV, r.Gini)
	_, err := io.WriteString(out, b.String())
	return err
}
