package dump_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/dump"
	"github.com/openlines-go/openlines/storage/memory"
)

var nine = time.Date(2026, 3, 2, 9, 0, 0, 123_000, time.UTC)

// contents is all that a store shows of a desk.
type contents struct {
	Head    storage.Head
	Records []storage.Record
	Trimmed uint64
	Events  []storage.Event
}

func mustContents(t rapid.TB, s storage.Store) (c contents) {
	t.Helper()
	ctx := context.Background()
	var err error
	c.Head, err = s.Scan(ctx, storage.All, func(r storage.Record) error {
		c.Records = append(c.Records, r)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	c.Head.Now = time.Time{}
	for last := uint64(0); last < c.Head.Events; {
		events, err := s.Events(ctx, last, storage.MaxFind)
		if errors.Is(err, storage.ErrBehind) {
			last++
			c.Trimmed = last
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		c.Events = append(c.Events, events...)
		last += uint64(len(events))
	}
	return c
}

func wantSame(t rapid.TB, want, got contents) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("desk (-want +got):\n%s", diff)
	}
}

func mustCommit(t rapid.TB, s storage.Store, b *storage.Batch) storage.Head {
	t.Helper()
	head, err := s.Commit(context.Background(), b)
	if err != nil {
		t.Fatal(err)
	}
	return head
}

func mustWrite(t rapid.TB, s storage.Store) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := dump.Write(context.Background(), &out, s); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func readBytes(s storage.Importer, data []byte) error {
	return dump.Read(context.Background(), bytes.NewReader(data), s)
}

// small is a desk of few bytes that has everything.
func small(t rapid.TB) *memory.Store {
	t.Helper()
	s := memory.New()
	first := &storage.Batch{
		ID: storage.BatchID{1}, Format: 1,
		Puts: []storage.Put{
			{Record: storage.Record{
				Key: storage.Key{Kind: "a", ID: "1"}, At: nine, Open: true, Terms: []string{"x", "y"}, Body: []byte(`{"v":1}`),
			}},
			{Record: storage.Record{Key: storage.Key{Kind: "b", ID: "é"}, Body: []byte("[1,\n2]")}},
		},
		Events: []storage.Event{{Seq: 1, Body: []byte(`1`)}, {Seq: 2, Body: []byte(`2`)}},
	}
	head := mustCommit(t, s, first)
	mustCommit(t, s, &storage.Batch{
		ID: storage.BatchID{2}, Expect: head.Mark, Format: 1, Due: nine, Trim: 1, Events: []storage.Event{{Seq: 3, Body: []byte(`3`)}},
	})
	return s
}

func TestForm(t *testing.T) {
	t.Parallel()
	want := `{"openlines":"desk","version":1,"revision":2,"batch":"02000000000000000000000000000000","events":3,"due":"2026-03-02T09:00:00.000123Z","format":1}
{"record":"a","id":"1","open":true,"at":"2026-03-02T09:00:00.000123Z","terms":["x","y"],"body":{"v":1}}
{"record":"b","id":"é","at":"0001-01-01T00:00:00Z","text":"[1,\u000a2]"}
{"event":2,"body":2}
{"event":3,"body":3}
{"records":2,"events":2,"sha256":"SUM"}
`
	got := mustWrite(t, small(t))
	sum := sha256.Sum256(got[:bytes.LastIndex(got, []byte(`{"records"`))])
	want = strings.Replace(want, "SUM", hex.EncodeToString(sum[:]), 1)
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// bodies are texts that a careless way through JSON changes.
var bodies = []string{
	``, ` `, `null`, `true`, `0`, `-0`, `""`, `[]`, `{}`, ` {}`, `{} `, `{ "b" : 1 , "a" : 2 }`, "{\n}", "\t1", `{"a":1,"a":2}`,
	`[1.0, 1e5, 123456789012345678901234567890, 0.1000]`, `"\u0000 \ud800 \u00e9 \/ \\ \" '<>&"`, `"é e` + "\u0301" + ` 😀 ` + "\u2028\uFEFF\uFFFD" + `"`,
	"\"\x7f\"", "\x01\x1f", "\"\x1f\"", `1,"id":"2"`, `1}`, `{"a":1`, `no JSON`, `\`, `1 2`, "1\r\n",
	strings.Repeat("[", 9000) + strings.Repeat("]", 9000), strings.Repeat("[", 9001) + strings.Repeat("]", 9001),
	strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000), `[` + strings.Repeat("{},", 9500) + `1]`,
}

func TestBodiesComeBackByteForByte(t *testing.T) {
	t.Parallel()
	s := memory.New()
	b := &storage.Batch{ID: storage.BatchID{1}}
	for i, text := range append(bodies, strings.Repeat("\x01", storage.MaxBody), `"`+strings.Repeat("é", storage.MaxBody/2-1)+`"`) {
		b.Puts = append(b.Puts, storage.Put{Record: storage.Record{Key: storage.Key{Kind: "k", ID: fmt.Sprintf("%02d", i)}, Body: []byte(text)}})
		b.Events = append(b.Events, storage.Event{Seq: uint64(i + 1), Body: []byte(text)})
	}
	mustCommit(t, s, b)
	target := memory.New()
	if err := readBytes(target, mustWrite(t, s)); err != nil {
		t.Fatal(err)
	}
	want, got := mustContents(t, s), mustContents(t, target)
	for i := range want.Records {
		if !bytes.Equal(want.Records[i].Body, got.Records[i].Body) || !bytes.Equal(want.Events[i].Body, got.Events[i].Body) {
			t.Errorf("body %.40q came back as %.40q, and as event %.40q", want.Records[i].Body, got.Records[i].Body, got.Events[i].Body)
		}
	}
}

// desk draws a store with a history.
var desk = rapid.Custom(func(t *rapid.T) *memory.Store {
	s := memory.New()
	var head storage.Head
	word := rapid.OneOf(rapid.SampledFrom([]string{"a", "b", `"`, `\`, "\x01", "é", "\u2028", "<", strings.Repeat("x", storage.MaxKey)}),
		rapid.StringMatching(`[a-z]{1,3}`))
	when := rapid.Map(rapid.Int64Range(-62135596800_000000, 253402300799_999999), func(n int64) time.Time { return time.UnixMicro(n).UTC() })
	body := rapid.OneOf(rapid.SampledFrom(bodies[:28]), rapid.Map(rapid.IntRange(0, 99), func(n int) string { return fmt.Sprintf(`{"n":%d}`, n) }))
	began := map[storage.Key]time.Time{}
	for revision := range rapid.IntRange(0, 4).Draw(t, "turns") {
		b := &storage.Batch{ID: storage.BatchID{byte(revision + 1)}, Expect: head.Mark, Format: revision / 2}
		if rapid.Bool().Draw(t, "due") {
			b.Due = when.Draw(t, "at")
		}
		for i := range rapid.IntRange(0, 4).Draw(t, "puts") {
			k := storage.Key{Kind: word.Draw(t, "kind"), ID: word.Draw(t, "id")}
			if slices.ContainsFunc(b.Puts, func(p storage.Put) bool { return p.Key == k }) {
				continue
			}
			if i == 3 {
				b.Deletes = append(b.Deletes, k)
				delete(began, k)
				continue
			}
			if _, known := began[k]; !known {
				began[k] = when.Draw(t, "at")
			}
			terms := rapid.SliceOfNDistinct(word, 0, 3, rapid.ID[string]).Draw(t, "terms")
			slices.Sort(terms)
			b.Puts = append(b.Puts, storage.Put{Record: storage.Record{
				Key: k, Open: rapid.Bool().Draw(t, "open"), At: began[k], Terms: terms, Body: []byte(body.Draw(t, "body")),
			}})
		}
		for range rapid.IntRange(0, 3).Draw(t, "events") {
			b.Events = append(b.Events, storage.Event{Seq: head.Events + uint64(len(b.Events)) + 1, Body: []byte(body.Draw(t, "event"))})
		}
		b.Trim = rapid.Uint64Range(0, head.Events).Draw(t, "trim")
		head = mustCommit(t, s, b)
	}
	return s
})

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s, target := desk.Draw(t, "desk"), memory.New()
		data := mustWrite(t, s)
		if err := readBytes(target, data); err != nil {
			t.Fatal(err)
		}
		wantSame(t, mustContents(t, s), mustContents(t, target))
		if again := mustWrite(t, target); !bytes.Equal(data, again) {
			t.Fatalf("the dump of the copy differs:\n%s\n%s", data, again)
		}
	})
}

// wantRefused reads what is no dump; it says so, and the store is as empty as before.
func wantRefused(t rapid.TB, what string, data []byte) {
	t.Helper()
	s := memory.New()
	err := readBytes(s, data)
	if !errors.Is(err, dump.ErrDamaged) && !errors.Is(err, dump.ErrVersion) {
		t.Fatalf("%s: error %v, want ErrDamaged or ErrVersion:\n%s", what, err, data)
	}
	if got := mustContents(t, s); !cmp.Equal(got, contents{}) {
		t.Fatalf("%s: %v is in the store", what, got)
	}
}

func TestTruncatedAtAnyByte(t *testing.T) {
	t.Parallel()
	data := mustWrite(t, small(t))
	for n := range data {
		wantRefused(t, fmt.Sprint("the first ", n), data[:n])
	}
}

func TestAlteredInAnyByte(t *testing.T) {
	t.Parallel()
	data := mustWrite(t, small(t))
	const meaningful = "\x00\n\t \"\\/{}[]:,-+.019aefuzAEZ\x7f\x80\xc3\xff" // to those who parse JSON, numbers or UTF-8
	for at, was := range data {
		others := []byte(meaningful)
		for bit := range 8 {
			others = append(others, was^1<<bit)
		}
		for _, c := range others {
			if c == was {
				continue
			}
			altered := bytes.Clone(data)
			altered[at] = c
			wantRefused(t, fmt.Sprintf("byte %d as %q", at, c), altered)
		}
	}
}

func TestAlteredInAnyWay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		data := mustWrite(t, desk.Draw(t, "desk"))
		lines := bytes.SplitAfter(data, []byte("\n"))
		lines = lines[:len(lines)-1]
		i := rapid.IntRange(0, len(lines)-1).Draw(t, "line")
		at := rapid.IntRange(0, len(data)-1).Draw(t, "byte")
		var altered []byte
		what := rapid.SampledFrom([]string{"cut", "change", "insert", "leave out", "drop", "double", "swap", "append", "join"}).Draw(t, "what")
		switch what {
		case "cut":
			altered = data[:at]
		case "change":
			altered = bytes.Clone(data)
			altered[at] ^= byte(rapid.IntRange(1, 255).Draw(t, "by"))
		case "insert":
			altered = slices.Insert(bytes.Clone(data), at, byte(rapid.IntRange(0, 255).Draw(t, "a")))
		case "leave out":
			altered = slices.Delete(bytes.Clone(data), at, at+1)
		case "drop":
			altered = bytes.Join(slices.Delete(slices.Clone(lines), i, i+1), nil)
		case "double":
			altered = bytes.Join(slices.Insert(slices.Clone(lines), i, lines[i]), nil)
		case "swap":
			other := slices.Clone(lines)
			j := rapid.IntRange(0, len(lines)-1).Draw(t, "other")
			other[i], other[j] = other[j], other[i]
			altered = bytes.Join(other, nil)
		case "append":
			altered = append(bytes.Clone(data), rapid.SampledFrom([]string{"\n", " ", "{}\n", string(lines[i]), string(data)}).Draw(t, "more")...)
		case "join":
			altered = bytes.Join([][]byte{data, mustWrite(t, small(t))}, nil)
		}
		if !bytes.Equal(data, altered) {
			wantRefused(t, what, altered)
		}
	})
}

// forged makes a dump with a true sum of lines that nobody wrote.
func forged(end string, lines ...string) []byte {
	text := strings.Join(lines, "\n") + "\n"
	sum := sha256.Sum256([]byte(text))
	return []byte(text + strings.Replace(end, "SUM", hex.EncodeToString(sum[:]), 1))
}

// A true sum does not make a desk.
func TestForged(t *testing.T) {
	t.Parallel()
	const (
		head = `{"openlines":"desk","version":1,"revision":2,"batch":"02000000000000000000000000000000","events":2,"format":1}`
		one  = `{"record":"a","id":"1","at":"2026-03-02T09:00:00Z","body":1}`
		two  = `{"record":"a","id":"2","at":"2026-03-02T09:00:00Z","body":1}`
		e1   = `{"event":1,"body":1}`
		e2   = `{"event":2,"body":2}`
		end  = `{"records":2,"events":2,"sha256":"SUM"}` + "\n"
	)
	edit := func(line, old, new string) string { return strings.Replace(line, old, new, 1) }
	all := func(at int, line string) []byte {
		lines := []string{head, one, two, e1, e2}
		lines[at] = line
		return forged(end, lines...)
	}
	if err := readBytes(memory.New(), all(0, head)); err != nil {
		t.Fatalf("nothing forged: %v", err)
	}
	for name, data := range map[string][]byte{
		"space in a line":        all(1, edit(one, ",", ", ")),
		"other case of a name":   all(1, edit(one, `"id"`, `"ID"`)),
		"name twice":             all(1, edit(one, `"id":"1"`, `"id":"0","id":"1"`)),
		"unknown name":           all(1, edit(one, `"at"`, `"x":1,"at"`)),
		"names in another order": all(1, `{"record":"a","at":"2026-03-02T09:00:00Z","id":"1","body":1}`),
		"escaped needlessly":     all(1, edit(one, `"id":"1"`, `"id":"\u0031"`)),
		"open written as false":  all(1, edit(one, `"at"`, `"open":false,"at"`)),
		"empty terms":            all(1, edit(one, `"body"`, `"terms":[],"body"`)),
		"body and text":          all(1, edit(one, `"body":1`, `"body":1,"text":"1"`)),
		"JSON as text":           all(1, edit(one, `"body":1`, `"text":"1"`)),
		"no body":                all(1, edit(one, `,"body":1`, ``)),
		"time of a zone":         all(1, edit(one, `Z"`, `+00:00"`)),
		"nanoseconds":            all(1, edit(one, `:00Z"`, `:00.000000001Z"`)),
		"time without end":       all(1, edit(one, `2026`, `12026`)),
		"lone surrogate":         all(1, edit(one, `"id":"1"`, `"id":"\ud800"`)),
		"empty id":               all(1, edit(one, `"id":"1"`, `"id":""`)),
		"NUL in an id":           all(1, edit(one, `"id":"1"`, `"id":"\u0000"`)),
		"not UTF-8":              all(1, edit(one, `"id":"1"`, "\"id\":\"\xff\"")),
		"body of two lines":      forged(end, head, one, two, `{"event":1,"body":[1,`, `2]}`, e2),
		"key twice":              forged(end, head, one, one, e1, e2),
		"keys out of order":      forged(end, head, two, one, e1, e2),
		"record after an event":  forged(end, head, one, e1, two, e2),
		"event twice":            forged(end, head, one, two, e1, e1),
		"event left out":         forged(edit(end, `"events":2`, `"events":1`), head, one, two, e1),
		"event 0":                all(3, `{"event":0,"body":1}`),
		"event below zero":       all(3, `{"event":-1,"body":1}`),
		"count of records":       forged(edit(end, `"records":2`, `"records":3`), head, one, two, e1, e2),
		"count of events":        forged(edit(end, `"events":2`, `"events":3`), head, one, two, e1, e2),
		"two heads":              forged(end, head, head, one, two, e1, e2),
		"no head":                forged(end, one, two, e1, e2),
		"no lines":               forged(end),
		"an empty line":          forged(end, head, one, two, "", e1, e2),
		"an array":               forged(end, head, one, two, "[]", e1, e2),
		"more after the end":     append(all(0, head), '\n'),
		"two dumps":              slices.Concat(all(0, head), all(0, head)),
		"sum in capitals":        bytes.Replace(all(0, head), []byte("sha256"), []byte("SHA256"), 1),
		"version 0":              all(0, edit(head, `"version":1`, `"version":0`)),
		"version 2":              all(0, edit(head, `"version":1`, `"version":2`)),
		"form of version 2":      forged("", edit(head, `"version":1`, `"version":2,"more":true`)),
		"no revision":            all(0, edit(head, `"revision":2`, `"revision":0`)),
		"half a batch":           all(0, edit(head, `0000"`, `"`)),
		"too long a batch":       all(0, edit(head, `0000"`, `000000"`)),
		"batch in capitals":      all(0, edit(head, `"0200`, `"0A00`)),
		"no batch":               all(0, edit(head, `"02`, `"00`)),
		"due at no time":         all(0, edit(head, `,"format"`, `,"due":"0001-01-01T00:00:00Z","format"`)),
		"format below zero":      all(0, edit(head, `"format":1`, `"format":-1`)),
		"revision without end":   all(0, edit(head, `"revision":2`, `"revision":18446744073709551615`)),
		"another file":           []byte("PK\x03\x04 and so on\n"),
		"another JSON":           []byte("{\"openlines\":\"feed\"}\n"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantRefused(t, name, data)
			if err := readBytes(memory.New(), data); errors.Is(err, dump.ErrVersion) != strings.Contains(name, "version 2") {
				t.Errorf("%v", err)
			}
		})
	}
}

// endless gives the same byte for much longer than a line may be, and counts.
type endless struct{ n int }

func (e *endless) Read(p []byte) (int, error) {
	if e.n += len(p); e.n > 2*dump.MaxLine {
		return 0, io.EOF
	}
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func TestLineOverItsLimit(t *testing.T) {
	t.Parallel()
	in := &endless{}
	err := dump.Read(t.Context(), in, memory.New())
	if !errors.Is(err, dump.ErrDamaged) || !errors.Is(err, storage.ErrTooLarge) {
		t.Errorf("%v, want ErrDamaged and ErrTooLarge", err)
	}
	if in.n > dump.MaxLine+64<<10 {
		t.Errorf("read %d bytes of a line of at most %d", in.n, dump.MaxLine)
	}
	// The longest line that can be written is not over it.
	s, target := memory.New(), memory.New()
	word := strings.Repeat("\x01", storage.MaxKey)
	longest := storage.Record{Key: storage.Key{Kind: word, ID: word}, At: nine, Open: true}
	for i := range storage.MaxTerms {
		longest.Terms = append(longest.Terms, word[2:]+string([]rune{rune(i/16 + 1), rune(i%16 + 1)}))
	}
	slices.Sort(longest.Terms)
	longest.Body = bytes.Repeat([]byte{1}, storage.MaxBody)
	mustCommit(t, s, &storage.Batch{ID: storage.BatchID{1}, Puts: []storage.Put{{Record: longest}}})
	if err := readBytes(target, mustWrite(t, s)); err != nil {
		t.Error(err)
	}
}

// What goes wrong on the way is told as it is, and nothing is stored.
func TestErrorsOnTheWay(t *testing.T) {
	t.Parallel()
	s := small(t)
	data := mustWrite(t, s)
	lost := errors.New("connection lost")
	for n := range len(data) + 1 {
		target := memory.New()
		err := dump.Read(t.Context(), io.MultiReader(bytes.NewReader(data[:n]), iotest.ErrReader(lost)), target)
		if !errors.Is(err, lost) || errors.Is(err, dump.ErrDamaged) {
			t.Fatalf("connection lost after %d bytes: %v", n, err)
		}
		wantSame(t, contents{}, mustContents(t, target))
	}
	if err := dump.Read(t.Context(), iotest.OneByteReader(bytes.NewReader(data)), memory.New()); err != nil {
		t.Errorf("byte by byte: %v", err)
	}
	if err := readBytes(s, data); !errors.Is(err, storage.ErrNotEmpty) {
		t.Errorf("into a desk that has a history: %v, want ErrNotEmpty", err)
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	target := memory.New()
	if err := dump.Read(over, bytes.NewReader(data), target); !errors.Is(err, context.Canceled) {
		t.Errorf("read of who has gone: %v", err)
	}
	wantSame(t, contents{}, mustContents(t, target))
	if err := dump.Write(over, io.Discard, s); !errors.Is(err, context.Canceled) {
		t.Errorf("write for who has gone: %v", err)
	}
	over, cancel = context.WithCancel(t.Context())
	if err := dump.Write(over, leaving{cancel}, s); !errors.Is(err, context.Canceled) {
		t.Errorf("write for who leaves: %v", err)
	}
	if err := dump.Write(t.Context(), failing{lost}, s); !errors.Is(err, lost) {
		t.Errorf("write to what is lost: %v", err)
	}
	if err := dump.Write(t.Context(), halfway{}, s); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("write to what takes half: %v", err)
	}
}

type failing struct{ err error }

func (w failing) Write([]byte) (int, error) { return 0, w.err }

// leaving takes everything and wants no more.
type leaving struct{ cancel func() }

func (w leaving) Write(p []byte) (int, error) {
	w.cancel()
	return len(p), nil
}

type halfway struct{}

func (halfway) Write(p []byte) (int, error) { return len(p) / 2, nil }

func TestErrorsDoNotTellWhatStandsThere(t *testing.T) {
	t.Parallel()
	const secret = "anna@example.org"
	s := memory.New()
	mustCommit(t, s, &storage.Batch{ID: storage.BatchID{1}, Puts: []storage.Put{{Record: storage.Record{
		Key: storage.Key{Kind: "alias", ID: secret}, At: nine, Terms: []string{secret}, Body: []byte(`{"name":"` + secret + `"}`),
	}}}, Events: []storage.Event{{Seq: 1, Body: []byte(`"` + secret + `"`)}}})
	data := mustWrite(t, s)
	for at := range data {
		for _, c := range []byte{'"', '9', 0, 0xff} {
			altered := bytes.Clone(data)
			if altered[at] = c; bytes.Equal(data, altered) {
				continue
			}
			if err := readBytes(memory.New(), altered); err == nil || strings.Contains(err.Error(), "anna") {
				t.Fatalf("byte %d as %q: %v", at, c, err)
			}
		}
	}
}
