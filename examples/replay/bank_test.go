package main

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlines-go/openlines/queue"
)

const header = "vru+line\tcall_id\tcustomer_id\tpriority\ttype\tdate\tvru_entry\tvru_exit\tvru_time\tq_start\tq_exit\tq_time\t" +
	"outcome\tser_start\tser_exit\tser_time\tserver\r\n"

// row makes a line of the file out of the columns that matter here; the calls are invented.
func row(priority, entry, exit, queued, wait, outcome, service, talk, server string) string {
	q, s := queued+"\t"+queued, service+"\t"+service // the ends of the stays: read for whether they happened only
	return strings.Join([]string{
		"AA0101", " 7", "0", priority, "PS", "990301", entry, exit, "9", q, wait, outcome, s, talk, server,
	}, "\t") + " \r\n"
}

const none = "0:00:00"

func clockTime(h, m, s int) time.Duration {
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(s)*time.Second
}

func mustRead(t *testing.T, rows ...string) *day {
	t.Helper()
	d, err := readBank(strings.NewReader(header+strings.Join(rows, "")), "990301", 5*time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestBankRows(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		row  string
		want caller
	}{
		{
			"served out of the queue: he enters when he queues, patience unknown",
			row("1", "9:00:00", "9:00:10", "9:00:10", "50", "AGENT", "9:01:00", "120", "ANN"),
			caller{enters: clockTime(9, 0, 10), patience: never, service: 2 * time.Minute},
		},
		{
			"served without a queue: he enters when he is served",
			row("0", "9:00:00", "9:00:10", none, "0", "AGENT", "9:00:11", "120", "ANN"),
			caller{enters: clockTime(9, 0, 11), patience: never, service: 2 * time.Minute},
		},
		{
			"priority 2 has waited already",
			row("2", "9:00:00", "9:00:10", none, "0", "AGENT", "9:00:11", "120", "ANN"),
			caller{enters: clockTime(9, 0, 11), patience: never, service: 2 * time.Minute, credit: 90 * time.Second},
		},
		{
			"nothing noted about the service: he goes on from the voice menu",
			row("0", "9:00:00", "9:00:10", none, "0", "AGENT", none, "0", "ANN"),
			caller{enters: clockTime(9, 0, 10), patience: never},
		},
		{
			"cells are padded",
			row(" 2 ", " 9:00:00", "9:00:10 ", " 9:00:10", " 50 ", " AGENT ", " 9:01:00", " 120", " ANN "),
			caller{enters: clockTime(9, 0, 10), patience: never, service: 2 * time.Minute, credit: 90 * time.Second},
		},
		{
			"a call crosses midnight",
			row("0", "23:59:50", "23:59:59", "0:00:02", "20", "AGENT", "0:00:22", "60", "ANN"),
			caller{enters: clockTime(24, 0, 2), patience: never, service: time.Minute},
		},
		{
			"he queues at midnight itself, which is not the same as never",
			row("0", "23:59:50", "23:59:59", none, "20", "AGENT", "0:00:20", "60", "ANN"),
			caller{enters: clockTime(24, 0, 0), patience: never, service: time.Minute},
		},
		{
			"a queue that starts before the call is not the next day's",
			row("0", "9:00:00", "8:59:10", "8:59:10", "70", "AGENT", "9:00:20", "60", "ANN"),
			caller{enters: clockTime(8, 59, 10), patience: never, service: time.Minute},
		},
		{
			"nor is one on the other side of midnight a day late",
			row("0", "0:00:10", "23:59:40", "23:59:40", "70", "AGENT", "0:00:50", "60", "ANN"),
			caller{enters: -20 * time.Second, patience: never, service: time.Minute},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := mustRead(t, tt.row)
			if diff := cmp.Diff([]caller{tt.want}, d.callers, cmp.AllowUnexported(caller{})); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestBankKeepsTheBooks(t *testing.T) {
	t.Parallel()
	d := mustRead(t,
		row("0", "9:30:00", "9:30:10", "9:30:10", "30", "HANG", "9:31:00", "45", noServer), // its service is nobody's
		row("0", "9:00:00", "9:00:10", none, "0", "HANG", none, "0", noServer),             // in the voice menu
		row("0", "9:00:00", "9:00:10", "9:00:10", "5", "PHANTOM", "9:00:15", "5", noServer),
		row("0", "9:10:00", "9:10:10", none, "0", "AGENT", "9:10:10", "100", "ZOE"),
		row("0", "9:00:00", "9:00:10", none, "0", "AGENT", "9:00:10", "0", "BOB"), // alone, and without length
		row("0", "9:05:00", "9:05:10", none, "0", "AGENT", "9:05:10", "300", noServer),
		row("0", "9:06:00", "9:06:10", none, "0", "AGENT", "9:06:10", "60", "ZOE"),
		strings.Replace(row("0", "9:00:00", "9:00:10", none, "0", "AGENT", "9:00:10", "9", "EVE"), "990301", "990302", 1),
	)
	if d.rows != 7 || d.left != 1 || d.phantom != 1 || len(d.callers) != 5 {
		t.Errorf("%d rows, %d left, %d phantom, %d callers", d.rows, d.left, d.phantom, len(d.callers))
	}
	var order []int
	for _, c := range d.callers {
		order = append(order, c.row)
	}
	if diff := cmp.Diff([]int{4, 5, 6, 3, 0}, order); diff != "" {
		t.Errorf("the file is by telephone line, the day by time (-want +got)\n%s", diff)
	}
	hung := d.callers[4]
	if hung.patience != 30*time.Second || hung.service == 45*time.Second || hung.service == 0 {
		t.Errorf("who hung up: %+v, want his patience, and the service of somebody served", hung)
	}
	if diff := cmp.Diff([]queue.OperatorID{"BOB", "ZOE"}, d.operators); diff != "" {
		t.Errorf("operators (-want +got)\n%s", diff)
	}
	want := []shift{{"ZOE", clockTime(9, 6, 10), clockTime(9, 11, 50)}}
	if diff := cmp.Diff(want, d.shifts, cmp.AllowUnexported(shift{})); diff != "" {
		t.Errorf("shifts (-want +got)\n%s", diff)
	}
}

func TestShiftsEndInAPause(t *testing.T) {
	t.Parallel()
	minute := func(id queue.OperatorID, from, to int) shift {
		return shift{id, time.Duration(from) * time.Minute, time.Duration(to) * time.Minute}
	}
	got := join([]shift{
		minute("bob", 15, 17), minute("ann", 12, 13), minute("ann", 0, 9), minute("ann", 2, 3), minute("bob", 20, 21),
		minute("ann", 18, 19),
	}, 5*time.Minute)
	// Ann's second service lies within her first; her pauses are 3 and 5 minutes, Bob's is 3.
	want := []shift{minute("ann", 0, 13), minute("ann", 18, 19), minute("bob", 15, 21)}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(shift{})); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestBankRefuses(t *testing.T) {
	t.Parallel()
	good := row("0", "9:00:00", "9:00:10", none, "0", "AGENT", "9:00:10", "9", "ANN")
	tests := []struct{ name, file, want string }{
		{"nothing", "", "no rows of day 990301"},
		{"a file without a column", "date\tserver\n", `line 1: no column "priority"`},
		{"a day that is not there", header + strings.Replace(good, "990301", "990302", 1), "no rows of day 990301"},
		{"a row that is cut", header + good + "AA0101\t7\r\n", "line 3: 2 columns, want 17"},
		{"an unknown outcome", header + strings.Replace(good, "AGENT", "LUNCH", 1), `line 2: outcome "LUNCH"`},
		{"a broken time", header + strings.Replace(good, "9:00:00", "9.00", 1), `line 2: vru_entry "9.00"`},
		{"a negative length", header + row("0", "9:00:00", "9:00:10", "9:00:10", "-4", "HANG", none, "0", noServer), `q_time "-4"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := readBank(strings.NewReader(tt.file), "990301", 0)
			if err == nil || !strings.HasPrefix(err.Error(), "replay: read bank data: ") || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want %q in it", err, tt.want)
			}
		})
	}
	if _, err := readBank(strings.NewReader(header+good), "tomorrow", 0); err == nil {
		t.Error("a day that is no date was read")
	}
}

func TestNamesAreLatin1(t *testing.T) {
	t.Parallel()
	d := mustRead(t, row("0", "9:00:00", "9:00:10", none, "0", "AGENT", "9:00:10", "9", "JOS\xc9"))
	if d.operators[0] != "JOSÉ" {
		t.Errorf("%q, want JOSÉ", d.operators[0])
	}
}
