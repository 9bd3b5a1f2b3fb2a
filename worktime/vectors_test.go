package worktime_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/openlines-go/openlines/worktime"
)

var vectorsFile = flag.String("vectors", "testdata/sample_vectors.jsonl",
	"JSON Lines file of expected answers, with worktime_dst_schedules.json beside it")

// vector is one expected answer; kind says which fields it has.
type vector struct {
	Kind, Zone, Schedule string
	At, From, To         time.Time
	Open                 *bool
	NextChange           *time.Time
	OpenSeconds          *float64
	Minutes              *float64
	Deadline             time.Time
}

func (v *vector) UnmarshalJSON(data []byte) error {
	var row struct {
		Kind        string     `json:"kind"`
		Zone        string     `json:"tz"`
		Schedule    string     `json:"schedule"`
		At          time.Time  `json:"at"`
		From        time.Time  `json:"from"`
		To          time.Time  `json:"to"`
		Open        *bool      `json:"open"`
		NextChange  *time.Time `json:"next_change"`
		OpenSeconds *float64   `json:"open_seconds"`
		Minutes     *float64   `json:"minutes"`
		Deadline    time.Time  `json:"deadline"`
	}
	err := json.Unmarshal(data, &row)
	*v = vector(row)
	return err
}

// TestVectors compares with a file of answers from elsewhere:
//
//	go test ./worktime -v -run Vectors -vectors /path/to/vectors.jsonl
//
// A path that is not absolute starts at the folder of the package. The last line
// is the count. Go hides it without -v if packages are named and nothing differs;
// in the folder of the package, go test shows it always.
func TestVectors(t *testing.T) {
	t.Parallel()
	schedules := readSchedules(t, filepath.Join(filepath.Dir(*vectorsFile), "worktime_dst_schedules.json"))
	data, err := os.ReadFile(*vectorsFile)
	if err != nil {
		t.Fatal(err)
	}
	calendars := make(map[string]*worktime.Calendar)
	rows, differ := 0, 0
	for number, line := range bytes.Split(data, []byte("\n")) {
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		rows++
		if problem := checkVector(line, schedules, calendars); problem != "" {
			differ++
			t.Errorf("line %d: %s\n%s", number+1, problem, line)
		}
	}
	if rows == 0 {
		t.Error("no rows")
	}
	fmt.Printf("rows %d agree %d differ %d\n", rows, rows-differ, differ)
}

func checkVector(line []byte, schedules map[string]worktime.Hours, calendars map[string]*worktime.Calendar) (problem string) {
	var v vector
	if err := json.Unmarshal(line, &v); err != nil {
		return err.Error()
	}
	h, found := schedules[v.Schedule]
	if !found {
		return "unknown schedule"
	}
	c, found := calendars[v.Zone+" "+v.Schedule]
	if !found {
		h.Zone = v.Zone
		var err error
		if c, err = h.Calendar(); err != nil {
			return err.Error()
		}
		calendars[v.Zone+" "+v.Schedule] = c
	}
	switch {
	case v.Kind == "at" && v.Open != nil && !v.At.IsZero():
		return checkAt(v, c)
	case v.Kind == "diff" && v.OpenSeconds != nil && !v.From.IsZero() && !v.To.IsZero():
		if got := c.Between(v.From, v.To); got.Seconds() != *v.OpenSeconds {
			return fmt.Sprintf("open for %.0f s", got.Seconds())
		}
	case v.Kind == "add" && v.Minutes != nil && !v.From.IsZero():
		got, ok := c.Add(v.From, time.Duration(*v.Minutes*float64(time.Minute)))
		if ok == v.Deadline.IsZero() || !got.Equal(v.Deadline) {
			return fmt.Sprintf("deadline %v, %v", got, ok)
		}
	default:
		return "not a row of a known kind"
	}
	return ""
}

func checkAt(v vector, c *worktime.Calendar) (problem string) {
	open := c.Open(v.At)
	next, ok := c.NextOpen(v.At)
	if open {
		next, ok = c.NextClose(v.At)
	}
	if open != *v.Open || ok != (v.NextChange != nil) || ok && !next.Equal(*v.NextChange) {
		return fmt.Sprintf("open %v, next change %v, %v", open, next, ok)
	}
	return ""
}

// readSchedules translates weekly tables, 0 for Sunday, "06:00+1" for an end on
// the next day.
func readSchedules(t *testing.T, path string) map[string]worktime.Hours {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var list []struct {
		ID     string
		Weekly map[string][][2]string
		Off    []string
	}
	if err := json.Unmarshal(data, &list); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	names := map[string]string{"0": "sun", "1": "mon", "2": "tue", "3": "wed", "4": "thu", "5": "fri", "6": "sat"}
	schedules := make(map[string]worktime.Hours)
	for _, s := range list {
		h := worktime.Hours{Week: map[string][]string{"mon-sun": {}}, Holidays: s.Off}
		if len(s.Weekly) > 0 {
			h.Week = map[string][]string{}
		}
		for number, intervals := range s.Weekly {
			day := []string{}
			for _, interval := range intervals {
				to, next := strings.CutSuffix(interval[1], "+1")
				if next != (to <= interval[0]) {
					t.Fatalf("schedule %q: %v cannot be written as hours", s.ID, interval)
				}
				day = append(day, interval[0]+"-"+to)
			}
			h.Week[names[number]] = day
		}
		schedules[s.ID] = h
	}
	return schedules
}
