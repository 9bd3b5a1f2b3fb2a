package main

import (
	"bufio"
	"fmt"
	"io"
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/openlines-go/openlines/queue"
)

// bankColumns are those read of the bank data of the Technion SEELab, "Anonymous Bank": a line for each call of a bank's
// call centre in Israel in 1999, separated by tabs.
var bankColumns = []string{
	"priority", "date", "vru_entry", "vru_exit", "q_start", "q_exit", "q_time", "outcome", "ser_start", "ser_exit",
	"ser_time", "server",
}

// noServer stands where no operator is named, also in many calls that were served.
const noServer = "NO_SERVER"

// bank reads one day out of the file.
type bank struct {
	day      day
	columns  map[string]int
	cells    []string
	err      error // the first cell of the row that cannot be read
	services []shift
	talks    []time.Duration // of the served, sorted once all are read
	unserved []int           // places in day.callers of those who hung up and whose service has to be drawn
}

// readBank reads the rows of a date, YYMMDD. An operator's shifts are his services, joined while the pause is under gap.
func readBank(file io.Reader, date string, gap time.Duration) (*day, error) {
	b := &bank{columns: map[string]int{}}
	var err error
	if b.day.date, err = time.Parse("060102", date); err != nil {
		return nil, fmt.Errorf("replay: read bank data: day %q: want YYMMDD", date)
	}
	lines := bufio.NewScanner(file)
	for number := 1; lines.Scan(); number++ {
		if err := b.line(lines.Text(), number == 1, date); err != nil {
			return nil, fmt.Errorf("replay: read bank data: line %d: %w", number, err)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("replay: read bank data: %w", err)
	}
	if b.day.rows == 0 {
		return nil, fmt.Errorf("replay: read bank data: no rows of day %s", date)
	}
	b.drawServices()
	arrange(b.day.callers)
	slices.Sort(b.day.operators)
	b.day.operators = slices.Compact(b.day.operators)
	b.day.shifts = join(b.services, gap)
	return &b.day, nil
}

func (b *bank) line(text string, header bool, date string) error {
	b.cells = strings.Split(text, "\t")
	for i, c := range b.cells {
		b.cells[i] = strings.TrimSpace(c) // cells are padded, lines end in CRLF
	}
	if header {
		for i, name := range b.cells {
			b.columns[name] = i
		}
		for _, name := range bankColumns {
			if _, there := b.columns[name]; !there {
				return fmt.Errorf("no column %q", name)
			}
		}
		return nil
	}
	if len(b.cells) != len(b.columns) {
		return fmt.Errorf("%d columns, want %d", len(b.cells), len(b.columns))
	}
	if b.text("date") != date {
		return nil
	}
	b.err = nil
	outcome := b.text("outcome")
	switch outcome {
	case "PHANTOM":
		b.day.phantom++
	case "HANG", "AGENT":
		b.call(outcome == "AGENT")
	default:
		return fmt.Errorf("outcome %q: want AGENT, HANG or PHANTOM", outcome)
	}
	b.day.rows++
	return b.err
}

// call reads the row of a caller who hung up or was served.
//
// Three traps of the data are met here. 0:00:00 means "did not happen", but it is midnight, too: a stay in the queue or a
// service did not happen if its start, its end and its length are all zero. Calls cross midnight. And some rows have the
// queue start up to a minute before the call: so a time is read as the one nearest to the call's entry, on whichever day.
func (b *bank) call(served bool) {
	entry := b.clock("vru_entry")
	waiting, wait := b.clock("q_start"), b.seconds("q_time")
	talking, talk := b.clock("ser_start"), b.seconds("ser_time")
	queued := waiting != 0 || wait != 0 || b.clock("q_exit") != 0
	talked := talking != 0 || talk != 0 || b.clock("ser_exit") != 0
	c := caller{row: b.day.rows, patience: never}
	switch {
	case queued:
		c.enters = nearest(entry, waiting)
	case !served:
		b.day.left++
		return
	case talked:
		c.enters = nearest(entry, talking)
	default: // served, with nothing noted about it: he went from the voice menu to an operator
		c.enters = nearest(entry, b.clock("vru_exit"))
	}
	if b.text("priority") == "2" {
		c.credit = credit
	}
	if served {
		c.service = talk
		b.talks = append(b.talks, talk)
		b.serve(talked, shift{from: nearest(entry, talking), to: nearest(entry, talking) + talk})
	} else { // some who hung up have a service all the same: it was none of theirs
		c.patience = wait
		b.unserved = append(b.unserved, len(b.day.callers))
	}
	b.day.callers = append(b.day.callers, c)
}

// serve notes that an operator was there, if one is named.
func (b *bank) serve(talked bool, s shift) {
	if b.text("server") == noServer {
		return
	}
	s.operator = queue.OperatorID(latin1(b.text("server")))
	b.day.operators = append(b.day.operators, s.operator)
	if talked {
		b.services = append(b.services, s)
	}
}

// golden is the golden ratio's fraction of 2^64. Its multiples, wrapping around, are spread as evenly as can be.
const golden = 0x9E3779B97F4A7C15

// drawServices gives those who hung up the length of a service, in case that the replay reaches them in time: that of a
// served call of the day. The n-th in the file gets the quantile at n times the golden ratio, so that together they have
// the distribution of the served; independent draws move the mean wait of a day by several seconds.
func (b *bank) drawServices() {
	if len(b.talks) == 0 {
		return
	}
	slices.Sort(b.talks)
	for n, place := range b.unserved {
		quantile, _ := bits.Mul64(uint64(n+1)*golden, uint64(len(b.talks)))
		b.day.callers[place].service = b.talks[quantile]
	}
}

func (b *bank) text(column string) string { return b.cells[b.columns[column]] }

// clock reads a local time of day, H:MM:SS.
func (b *bank) clock(column string) time.Duration {
	t, err := time.Parse("15:04:05", b.text(column))
	if err != nil {
		b.fail(column, "want H:MM:SS")
	}
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute + time.Duration(t.Second())*time.Second
}

func (b *bank) seconds(column string) time.Duration {
	n, err := strconv.ParseUint(b.text(column), 10, 17) // a day has 86,400 seconds
	if err != nil {
		b.fail(column, "want seconds of a day")
	}
	return time.Duration(n) * time.Second
}

func (b *bank) fail(column, want string) {
	if b.err == nil {
		b.err = fmt.Errorf("%s %q: %s", column, b.text(column), want)
	}
}

// nearest returns the instant nearest to entry at which a clock shows t.
func nearest(entry, t time.Duration) time.Duration {
	const fullDay = 24 * time.Hour
	switch {
	case t-entry > fullDay/2:
		return t - fullDay
	case entry-t > fullDay/2:
		return t + fullDay
	}
	return t
}

// latin1 reads bytes in the encoding of the file; what is ASCII stays.
func latin1(s string) string {
	runes := make([]rune, len(s))
	for i := range len(s) {
		runes[i] = rune(s[i])
	}
	return string(runes)
}
