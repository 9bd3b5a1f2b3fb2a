package openlinestest

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/openlines-go/openlines/internal/corpus"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/worktime"
)

// decoders are all that reads JSON: what a host writes, and what a store gives back. Each answers what it read, written anew.
var decoders = map[string]func([]byte) ([]byte, error){
	"hours": recoded[worktime.Hours], "presence": recoded[worktime.Presence], "facts": recoded[worktime.Facts],
	"rules": recoded[queue.Rules], "session-rules": recoded[session.Rules], "line": recoded[openlines.Line],
	"settings": recoded[openlines.Settings], "department": recoded[openlines.Department], "operator": recoded[openlines.Operator],
	"holidays": func(data []byte) ([]byte, error) {
		dates, err := worktime.Holidays(data)
		if err != nil {
			return nil, err
		}
		names := map[string]string{}
		for _, d := range dates {
			names[d] = ""
		}
		return json.Marshal(names)
	},
	"session record": func(data []byte) ([]byte, error) {
		return written(desk.DecodeSession(storage.Record{Key: storage.Key{Kind: "session"}, Body: data}))
	},
	"message record": func(data []byte) ([]byte, error) {
		return written(desk.DecodeMessage(storage.Record{Key: storage.Key{Kind: "message"}, Body: data}))
	},
	"chat record": func(data []byte) ([]byte, error) {
		return written(desk.DecodeChat(storage.Record{Key: storage.Key{Kind: "chat"}, Body: data}))
	},
	"event": func(data []byte) ([]byte, error) { return written(desk.DecodeEvent(storage.Event{Body: data})) },
}

func recoded[V any](data []byte) ([]byte, error) {
	var v V
	return written(v, json.Unmarshal(data, &v))
}

func written[V any](v V, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	return json.Marshal(v)
}

type hostileJSON struct {
	Into []string     `json:"into"` // decoders; none: all
	Text corpus.Bytes `json:"text"`
}

func (j hostileJSON) decoders() []string {
	if len(j.Into) > 0 {
		return j.Into
	}
	var all []string
	for name := range decoders {
		all = append(all, name)
	}
	return all
}

// runJSON decodes a text. What is accepted is written as the entry says and reads the same again.
func runJSON(_ *hostile, t *testing.T, e corpus.Entry) {
	in := mustRead[hostileJSON](t, e.In)
	for _, name := range in.decoders() {
		t.Run(name, func(t *testing.T) {
			decode := decoders[name]
			if decode == nil {
				t.Fatal("there is no such decoder")
			}
			got, err := decode([]byte(in.Text))
			if refused(t, e.Want, err) {
				return
			}
			nothing, err := decode([]byte("{}"))
			if err != nil {
				t.Fatal(err)
			}
			want := string(nothing) // it says nothing
			if e.Want.JSON != nil {
				want = string(*e.Want.JSON)
			}
			if diff := cmp.Diff(want, string(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			again, err := decode(got)
			if err != nil || string(again) != string(got) {
				t.Errorf("read again: %s, %v; was %s", again, err, got)
			}
		})
	}
}

// runTruncated cuts a document that is accepted off after each of its bytes.
func runTruncated(_ *hostile, t *testing.T, e corpus.Entry) {
	in := mustRead[hostileJSON](t, e.In)
	for _, name := range in.decoders() {
		for end := range len(in.Text) {
			if _, err := decoders[name]([]byte(in.Text[:end])); err == nil {
				t.Errorf("%s takes the first %d bytes", name, end)
			}
		}
		if _, err := decoders[name]([]byte(in.Text)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// runLine decodes a line's settings and puts them. A line that is accepted is stored as it was read, and serves.
func runLine(h *hostile, t *testing.T, e corpus.Entry) {
	text := mustRead[corpus.Bytes](t, e.In)
	if len(text) > 1<<20 {
		shared := h.desk
		h.desk = nil // a queue that the other entries need not carry along
		defer func() { h.desk = shared }()
	}
	d := h.on()
	var l openlines.Line
	err := json.Unmarshal([]byte(text), &l)
	if err == nil {
		if l.ID == "" {
			l.ID = openlines.LineID(h.name("line"))
		}
		err = d.PutLine(t.Context(), l)
	}
	if refused(t, e.Want, err) {
		return
	}
	var kept openlines.Line
	mustFindStored(t, d, "line", string(l.ID), &kept)
	want := l.Clone()
	if want.Name == "" {
		want.Name = string(want.ID) // rule 1.3
	}
	want.Version, want.Created, want.Changed = kept.Version, kept.Created, kept.Changed // the desk's
	want.Queue.Members = want.Queue.Members[:min(len(l.Queue.Members), 1000)]           // the others are records of their own
	if diff := cmp.Diff(want, kept, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
	if err := d.Connect(t.Context(), l.ID, ConnectorID, string(l.ID)); err != nil {
		t.Fatal(err)
	}
	in := h.message()
	in.Account = string(l.ID)
	if _, err := d.Receive(t.Context(), in); err != nil && !l.Inactive {
		t.Errorf("it does not serve: %v", err)
	}
	d.Wait(time.Minute)
}

func runSettings(h *hostile, t *testing.T, e corpus.Entry) {
	d := h.on()
	var s openlines.Settings
	err := json.Unmarshal([]byte(mustRead[corpus.Bytes](t, e.In)), &s)
	if err == nil {
		err = d.PutSettings(t.Context(), s)
	}
	if refused(t, e.Want, err) {
		return
	}
	var kept openlines.Settings
	mustFindStored(t, d, "settings", "desk", &kept)
	if diff := cmp.Diff(s, kept, cmpopts.IgnoreFields(openlines.Settings{}, "Since", "Version")); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
}

// runOperators puts operators; their name is what a client reads.
func runOperators(h *hostile, t *testing.T, e corpus.Entry) {
	d := h.on()
	in := mustRead[struct {
		Name  corpus.Bytes `json:"name"`
		Times int          `json:"times"`
	}](t, e.In)
	id := queue.OperatorID(h.name("operator"))
	all := make([]openlines.Operator, max(in.Times, 1))
	for i := range all {
		all[i] = openlines.Operator{ID: id, Name: string(in.Name)}
	}
	if refused(t, e.Want, d.PutOperator(t.Context(), all...)) {
		return
	}
	mustPutLine(t, d, openlines.LineID(h.name("line")), queue.Operators(id)...)
	message := h.message()
	message.Account = h.name("line")
	if err := d.As(id).Send(t.Context(), mustReceive(t, d, message).Session, "Hello"); err != nil {
		t.Fatal(err)
	}
	want := string(in.Name)
	if e.Want.Text != nil {
		want = string(*e.Want.Text)
	}
	if diff := cmp.Diff(want, mustDeliver(t, d, message.User).Author.Name); diff != "" {
		t.Errorf("the name (-want +got):\n%s", diff)
	}
}

// runDepartments puts departments, and a line whose queue is the first of them as often as Entries says; the entry says who
// is asked.
func runDepartments(h *hostile, t *testing.T, e corpus.Entry) {
	d := h.on()
	type department struct {
		ID        queue.DepartmentID `json:"id"`
		Parent    queue.DepartmentID `json:"parent"`
		Operators []queue.OperatorID `json:"operators"`
		Times     int                `json:"times"` // how often its operators stand there
	}
	in := mustRead[struct {
		Departments []department `json:"departments"`
		Times       int          `json:"times"`   // how often the departments stand there
		Entries     int          `json:"entries"` // how often the first one is in the queue
	}](t, e.In)
	var all []openlines.Department
	for range max(in.Times, 1) {
		for _, p := range in.Departments {
			one := openlines.Department{ID: p.ID, Parent: p.Parent}
			for range max(p.Times, 1) {
				one.Operators = append(one.Operators, p.Operators...)
			}
			all = append(all, one)
		}
	}
	if refused(t, e.Want, d.PutDepartment(t.Context(), all...)) {
		return
	}
	for _, p := range in.Departments {
		for _, id := range p.Operators {
			if err := d.PutOperator(t.Context(), openlines.Operator{ID: id}); err != nil {
				t.Fatal(err)
			}
		}
	}
	members := make([]queue.Member, max(in.Entries, 1))
	for i := range members {
		members[i] = queue.Member{Department: in.Departments[0].ID}
	}
	mustPutLine(t, d, openlines.LineID(h.name("line")), members...)
	message := h.message()
	message.Account = h.name("line")
	s, err := d.Session(t.Context(), mustReceive(t, d, message).Session)
	want := ""
	if e.Want.Text != nil {
		want = string(*e.Want.Text)
	}
	if err != nil || string(s.OfferedTo) != want {
		t.Errorf("offered to %q, %v; want %q", s.OfferedTo, err, want)
	}
}

// runReport reports an operator's facts. What was accepted is stored.
func runReport(h *hostile, t *testing.T, e corpus.Entry) {
	d := h.on()
	in := mustRead[struct {
		Operator queue.OperatorID `json:"operator"`
		Facts    corpus.Bytes     `json:"facts"` // JSON
		Browser  corpus.Instant   `json:"browser"`
		Mobile   corpus.Instant   `json:"mobile"`
		Desktop  corpus.Instant   `json:"desktop"`
		Status   corpus.Bytes     `json:"status"`
		Version  uint64           `json:"version"`
	}](t, e.In)
	r := openlines.Report{Operator: hostileOperator, Version: in.Version}
	var err error
	if in.Facts != "" {
		err = json.Unmarshal([]byte(in.Facts), &r.Facts)
	} else {
		r.Facts = worktime.Facts{
			BrowserUsedAt: in.Browser.Time, MobileHiddenAt: in.Mobile.Time, DesktopUsedAt: in.Desktop.Time, DesktopOpen: !in.Desktop.IsZero(),
			Status: worktime.Status(in.Status),
		}
	}
	if in.Operator != "" {
		r.Operator = in.Operator
	}
	before := d.Revision()
	if err == nil {
		err = d.Report(t.Context(), r)
	}
	if refused(t, e.Want, err) {
		if d.Revision() != before {
			t.Error("a refused report changed something")
		}
		return
	}
	var kept struct {
		Facts worktime.Facts `json:"facts"`
	}
	mustFindStored(t, d, "operator", string(r.Operator), &kept)
	for _, at := range []*time.Time{&r.Facts.BrowserUsedAt, &r.Facts.MobileHiddenAt, &r.Facts.DesktopUsedAt} {
		*at = at.UTC().Truncate(time.Microsecond)
	}
	if diff := cmp.Diff(r.Facts, kept.Facts); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
}

// runHours asks a calendar.
func runHours(_ *hostile, t *testing.T, e corpus.Entry) {
	in := mustRead[struct {
		Hours json.RawMessage `json:"hours"`
		Ask   string          `json:"ask"`
		At    corpus.Instant  `json:"at"`
		To    corpus.Instant  `json:"to"`
		Add   int64           `json:"add"` // nanoseconds
	}](t, e.In)
	var h worktime.Hours
	err := json.Unmarshal(in.Hours, &h)
	var c *worktime.Calendar
	if err == nil {
		c, err = h.Calendar()
	}
	if refused(t, e.Want, err) {
		return
	}
	var at time.Time
	answered := false
	switch in.Ask {
	case "open":
		answered = c.Open(in.At.Time)
	case "next-open":
		at, answered = c.NextOpen(in.At.Time)
	case "next-close":
		at, answered = c.NextClose(in.At.Time)
	case "add":
		at, answered = c.Add(in.At.Time, time.Duration(in.Add))
	case "between":
		if got := c.Between(in.At.Time, in.To.Time); got != e.Want.For {
			t.Errorf("%v, want %v", got, e.Want.For)
		}
		return
	default:
		t.Fatalf("nobody can be asked %q", in.Ask)
	}
	if e.Want.At == nil {
		if (e.Want.Word == "yes") != answered {
			t.Errorf("%v, want %s", answered, e.Want.Word)
		}
		return
	}
	if !answered || !at.Equal(e.Want.At.Time) {
		t.Errorf("%v, %v; want %v", at, answered, e.Want.At.UTC())
	}
}

// runZone uses a name as a zone: in a calendar, in JSON, in a line and in hours of the reference product.
func runZone(h *hostile, t *testing.T, e corpus.Entry) {
	d := h.on()
	hours := worktime.Hours{Zone: string(mustRead[corpus.Bytes](t, e.In))}
	_, err := hours.Calendar()
	refused(t, e.Want, err)
	err = d.PutLine(t.Context(), openlines.Line{ID: openlines.LineID(h.name("line")), Hours: hours})
	if e.Want.Word == "error" {
		refused(t, corpus.Want{Invalid: "Hours"}, err)
	} else {
		refused(t, e.Want, err)
	}
	imported, err := worktime.Reference{Zone: hours.Zone, From: "9", To: "18"}.Hours()
	if err == nil {
		err = imported.Validate()
	}
	if strings.TrimSpace(hours.Zone) == hours.Zone { // blanks around are the reference's own habit
		refused(t, e.Want, err)
	}
}

func runReference(_ *hostile, t *testing.T, e corpus.Entry) {
	in := mustRead[struct {
		Zone     corpus.Bytes   `json:"zone"`
		From     corpus.Bytes   `json:"from"`
		To       corpus.Bytes   `json:"to"`
		DaysOff  []corpus.Bytes `json:"daysOff"`
		Holidays []corpus.Bytes `json:"holidays"`
		Times    int            `json:"times"` // how often the holidays stand there
	}](t, e.In)
	r := worktime.Reference{Zone: string(in.Zone), From: string(in.From), To: string(in.To)}
	for _, d := range in.DaysOff {
		r.DaysOff = append(r.DaysOff, string(d))
	}
	for range max(in.Times, 1) {
		for _, d := range in.Holidays {
			r.Holidays = append(r.Holidays, string(d))
		}
	}
	got, err := written(r.Hours())
	if refused(t, e.Want, err) {
		return
	}
	if e.Want.JSON == nil {
		t.Fatal("the entry does not say what is read")
	}
	if diff := cmp.Diff(string(*e.Want.JSON), string(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
