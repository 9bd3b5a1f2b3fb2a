package openlinestest

import (
	"encoding/json"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/internal/corpus"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
)

// runText takes a text through every place where texts come in: a client's and an operator's message, a client's name, an
// automatic text. What comes out, at the store and at the channel, is what the entry says.
func runText(h *hostile, t *testing.T, e corpus.Entry) {
	d := h.on()
	text := string(mustRead[corpus.Bytes](t, e.In))
	want := connector.Text{Text: text, Mended: e.Want.Mended, Length: e.Want.Length}
	if e.Want.Text != nil {
		want.Text = string(*e.Want.Text)
	}
	if diff := cmp.Diff(want, connector.CleanText(text, connector.MaxText)); diff != "" {
		t.Errorf("cleaned (-want +got):\n%s", diff)
	}
	in := h.message()
	in.Text, in.Client.Name = text, text
	got := mustReceive(t, d, in)
	if diff := cmp.Diff(want, mustShow(t, d, got).Said); diff != "" {
		t.Errorf("a client's (-want +got):\n%s", diff)
	}
	chat, err := d.Chat(t.Context(), got.Chat)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(trimmed(text, connector.MaxName), chat.Client.Name); diff != "" {
		t.Errorf("as a name (-want +got):\n%s", diff)
	}
	if err := d.As(hostileOperator).Send(t.Context(), got.Session, text); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, mustShow(t, d, got).Said); diff != "" {
		t.Errorf("an operator's (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want.Text, mustDeliver(t, d, in.User).Text); diff != "" {
		t.Errorf("delivered (-want +got):\n%s", diff)
	}
	h.sayAutomatically(t, text, want.Mended)
	h.tryEverywhere(t, text)
}

// sayAutomatically puts a line that greets with the text, which a host has to write well: it is refused instead of mended.
func (h *hostile) sayAutomatically(t *testing.T, text string, bad bool) {
	t.Helper()
	d := h.desk
	line := openlines.Line{ID: openlines.LineID(h.name("line")), Texts: openlines.Texts{Greeting: text}}
	err := d.PutLine(t.Context(), line)
	switch {
	case len(text) > desk.MaxTextRule:
		refused(t, corpus.Want{Invalid: "Texts.Greeting", Limit: desk.MaxTextRule}, err)
		return
	case bad:
		refused(t, corpus.Want{Invalid: "Texts.Greeting"}, err)
		return
	case err != nil:
		t.Fatal(err)
	}
	if err := d.Connect(t.Context(), line.ID, ConnectorID, string(line.ID)); err != nil {
		t.Fatal(err)
	}
	in := h.message()
	in.Account, in.User = string(line.ID), h.name("greeted")
	mustReceive(t, d, in)
	if diff := cmp.Diff(text, mustDeliver(t, d, in.User).Text); diff != "" {
		t.Errorf("as a greeting (-want +got):\n%s", diff)
	}
}

// trimmed is the policy for short words, rune by rune: each run of what is no UTF-8 and each NUL is one U+FFFD, and the end
// is at a rune.
func trimmed(text string, limit int) string {
	short, gap := "", false
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		broken := r == utf8.RuneError && size == 1
		i += size
		if broken && gap {
			continue
		}
		gap = broken
		if broken || r == 0 {
			r = utf8.RuneError
		}
		if len(short)+utf8.RuneLen(r) > limit {
			break
		}
		short += string(r)
	}
	return short
}

// hostileMessage is an inbound message in which every field can hold anything.
type hostileMessage struct {
	User     *corpus.Bytes   `json:"user"`
	Chat     corpus.Bytes    `json:"chat"`
	ID       *corpus.Bytes   `json:"id"`
	Account  *corpus.Bytes   `json:"account"`
	At       corpus.Instant  `json:"at"`
	Text     *corpus.Bytes   `json:"text"`
	Files    []hostileFile   `json:"files"`
	Times    int             `json:"times"` // how often the files stand there
	Name     corpus.Bytes    `json:"name"`
	Language corpus.Bytes    `json:"language"`
	Phone    corpus.Bytes    `json:"phone"`
	Email    corpus.Bytes    `json:"email"`
	Waited   json.RawMessage `json:"waited"` // text, or nanoseconds
}

type hostileFile struct {
	ID   corpus.Bytes `json:"id"`
	Name corpus.Bytes `json:"name"`
	Type corpus.Bytes `json:"type"`
	URL  corpus.Bytes `json:"url"`
	Size int64        `json:"size"`
}

func (m hostileMessage) inbound(t *testing.T, plain connector.Inbound) connector.Inbound {
	t.Helper()
	in := plain
	for _, f := range []struct {
		from *corpus.Bytes
		into *string
	}{{m.User, &in.User}, {m.ID, &in.ID}, {m.Account, &in.Account}, {m.Text, &in.Text}} {
		if f.from != nil {
			*f.into = string(*f.from)
		}
	}
	in.Chat, in.At = string(m.Chat), m.At.Time
	in.Client = connector.Client{Name: string(m.Name), Language: string(m.Language), Phone: string(m.Phone), Email: string(m.Email)}
	for range max(m.Times, 1) {
		for _, f := range m.Files {
			in.Files = append(in.Files, connector.File{
				ID: string(f.ID), Name: string(f.Name), Type: string(f.Type), URL: string(f.URL), Size: f.Size,
			})
		}
	}
	if m.Waited != nil {
		var text string
		if err := json.Unmarshal(m.Waited, &text); err == nil {
			in.Waited = mustParseDuration(t, text)
		} else if err := json.Unmarshal(m.Waited, (*int64)(&in.Waited)); err != nil {
			t.Fatal(err)
		}
	}
	return in
}

// runInbound receives a message. What was accepted is in the chat's history as the entry says, and again after a restart;
// its redelivery changes nothing.
func runInbound(h *hostile, t *testing.T, e corpus.Entry) {
	d := h.on()
	plain := h.message()
	m := mustRead[hostileMessage](t, e.In)
	in := m.inbound(t, plain)
	_, _, err := in.Clean()
	if e.Want.Error == "" { // the others are the desk's
		refused(t, e.Want, err)
	}
	before := d.Revision()
	got, err := d.Receive(t.Context(), in)
	if refused(t, e.Want, err) {
		if d.Revision() != before {
			t.Error("a refused message changed something")
		}
		if len(in.Files) > 0 {
			good := mustReceive(t, d, h.message())
			refused(t, e.Want, d.As(hostileOperator).Send(t.Context(), good.Session, in.Text, in.Files...))
		}
		return
	}
	if e.Want.Over != nil {
		if err := corpus.Strict(e.Want.Over, &m); err != nil {
			t.Fatal(err)
		}
	}
	want := m.inbound(t, plain)
	message := openlines.Message{
		Chat: got.Chat, Number: 1, Session: got.Session, By: desk.ByClient, External: want.ID, Files: want.Files,
		Said: connector.Text{Text: want.Text, Mended: e.Want.Mended, Length: e.Want.Length}, Written: want.At.UTC().Truncate(time.Microsecond),
	}
	show := func() {
		t.Helper()
		shown := mustShow(t, d, got)
		message.At, message.Counts = shown.At, true
		if diff := cmp.Diff(message, shown); diff != "" {
			t.Errorf("the message (-want +got):\n%s", diff)
		}
		chat, err := d.Chat(t.Context(), got.Chat)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want.Client, chat.Client); diff != "" {
			t.Errorf("the client (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(want.Address(), chat.Address); diff != "" {
			t.Errorf("the address (-want +got):\n%s", diff)
		}
	}
	show()
	d.Reopen()
	again, err := d.Receive(t.Context(), in)
	if err != nil || !again.Duplicate || again.Chat != got.Chat || again.Number != got.Number {
		t.Errorf("redelivered: %+v, %v; was %+v", again, err, got)
	}
	show()
	if len(in.Files) == 0 {
		return
	}
	if err := d.As(hostileOperator).Send(t.Context(), got.Session, in.Text, in.Files...); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want.Files, mustShow(t, d, got).Files); diff != "" {
		t.Errorf("an operator's files (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want.Files, mustDeliver(t, d, in.User).Files); diff != "" {
		t.Errorf("delivered (-want +got):\n%s", diff)
	}
}

// hostileAnswer is what a channel says instead of taking a message.
type hostileAnswer struct {
	Permanent  bool         `json:"permanent"`
	RetryAfter int64        `json:"retryAfter"` // nanoseconds
	Text       corpus.Bytes `json:"text"`
	Panic      bool         `json:"panic"`
}

type answerError string

func (e answerError) Error() string { return string(e) }

// runChannel lets a channel fail once. The entry says how long after that the message is tried again at most; without a time
// it is given up. The next message of the chat is delivered in any case.
func runChannel(h *hostile, t *testing.T, e corpus.Entry) {
	d := h.on()
	a := mustRead[hostileAnswer](t, e.In)
	in := h.message()
	got := mustReceive(t, d, in)
	if a.Panic {
		d.Connector.Panic(1)
	} else {
		d.Connector.Fail(1, &connector.Failure{
			Permanent: a.Permanent, RetryAfter: time.Duration(a.RetryAfter), Err: answerError(a.Text),
		})
	}
	attempts, now := d.Connector.Attempts(), d.Clock.Now()
	for _, text := range []string{"one", "two"} {
		if err := d.As(hostileOperator).Send(t.Context(), got.Session, text); err != nil {
			t.Fatal(err)
		}
	}
	d.Wait(0)
	want := 1
	if e.Want.For == 0 {
		want = 2 // the first is given up, the second goes on
	}
	if n := d.Connector.Attempts() - attempts; n != want {
		t.Errorf("%d attempts at once, want %d", n, want)
	}
	for d.Connector.Attempts()-attempts < want+1 && e.Want.For > 0 {
		next, err := d.Advance(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if next.IsZero() || next.Sub(now) > e.Want.For {
			t.Fatalf("tried again at %v, want %v later at most", next, e.Want.For)
		}
		d.Clock.Set(next)
		d.Wait(0)
	}
	if diff := cmp.Diff("two", mustDeliver(t, d, in.User).Text); diff != "" {
		t.Errorf("the next one (-want +got):\n%s", diff)
	}
}

// runClock moves the clock to each time of a list and lets the client write at each. An entry that wants an error wants it
// of the last one; then the clock is well again.
func runClock(h *hostile, t *testing.T, e corpus.Entry) {
	times := mustRead[[]corpus.Instant](t, e.In)
	d := Open(t, Setup{Store: h.open(t), Now: times[0].Time})
	if err := d.PutOperator(t.Context(), openlines.Operator{ID: hostileOperator}); err != nil {
		t.Fatal(err)
	}
	mustPutLine(t, d, DefaultLine, queue.Operators(hostileOperator)...)
	other := &hostile{tb: t, desk: d}
	chat := openlines.Received{}
	for i, at := range times {
		d.Clock.Set(at.Time)
		in := other.message()
		got, err := d.Receive(t.Context(), in)
		if i == len(times)-1 && refused(t, e.Want, err) {
			d.Clock.Set(times[0].Time)
			got, err = d.Receive(t.Context(), in)
		}
		if err != nil {
			t.Fatal(err)
		}
		chat = got
		if _, err := d.Advance(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	found, _, err := d.History(t.Context(), chat.Chat, openlines.Page{Limit: 1000})
	if err != nil || len(found) != len(times) {
		t.Fatalf("%d messages, %v; want %d", len(found), err, len(times))
	}
	for i, m := range found[1:] {
		if !m.At.Before(found[i].At) {
			t.Errorf("message %d is of %v, the one after it of %v", m.Number, m.At, found[i].At)
		}
	}
}
