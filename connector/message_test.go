package connector_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/openlines-go/openlines/connector"
)

const (
	fffd   = "\uFFFD"
	family = "\U0001F468\u200D\U0001F469\u200D\U0001F467" // one picture, five runes joined by U+200D
)

func message() connector.Inbound {
	return connector.Inbound{
		Connector: "telegram", Account: "shop", Chat: "c1", User: "77", ID: "m1", Text: "Hello",
		At: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC),
	}
}

func x(n int) string { return strings.Repeat("x", n) }

func withText(s string) func(*connector.Inbound) {
	return func(in *connector.Inbound) { in.Text = s }
}

func withFile(f connector.File) func(*connector.Inbound) {
	return func(in *connector.Inbound) { in.Files = []connector.File{f} }
}

func withFiles(n int) func(*connector.Inbound) {
	return func(in *connector.Inbound) { in.Files = slices.Repeat([]connector.File{{ID: "f", Size: 1}}, n) }
}

type cleanRow struct {
	name   string
	change func(*connector.Inbound)
	want   func(*connector.Inbound) // what is left of it; nil: all
	said   connector.Text           // zero: the text as it came
	err    *connector.Invalid
}

// idRows are what decision 14.27 says of ids, for one field.
func idRows(field string, set func(*connector.Inbound, string)) (rows []cleanRow) {
	to := func(id string) func(*connector.Inbound) { return func(in *connector.Inbound) { set(in, id) } }
	refuse := func(name, id, problem string, limit int) {
		rows = append(rows, cleanRow{
			name: field + " " + name, change: to(id),
			err: &connector.Invalid{Field: field, Problem: problem, Limit: limit},
		})
	}
	for _, id := range []string{
		"1", " ", "\u00A0", "a:b|c/d", "../x", "null", "-1", strings.Repeat("x", 255), strings.Repeat("\u00E9", 127) + "x",
		strings.Repeat("\U0001F600", 63), "\u200F\u202Eabc", "e\u0301", "\u00E9", family, "\uFFFE", "\uFFFD", "\u2028",
	} {
		rows = append(rows, cleanRow{name: fmt.Sprintf("%s %.10q", field, id), change: to(id)})
	}
	refuse("over by a byte", x(256), "256 bytes", 255)
	refuse("over in bytes, not in runes", strings.Repeat("\u00E9", 128), "256 bytes", 255)
	refuse("of a megabyte", x(1<<20), "1048576 bytes", 255)
	for _, id := range []string{"\x00", "a\x00b", "a\n", "\r", "\t", "\x1b[2J", "\x7f", "\u0085", "\u009F"} {
		refuse("control", id, "control character", 0)
	}
	for _, id := range []string{
		"\x80", "a\xff", "\xc0\x80", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xed\xbf\xbf", "\xf4\x90\x80\x80", "ab\xe2\x82",
	} {
		refuse("not UTF-8", id, "not UTF-8", 0)
	}
	if field != "Chat" { // without one, the chat is the user's
		refuse("empty", "", "empty", 0)
	}
	return rows
}

func cleanRows() []cleanRow {
	rows := slices.Concat(
		idRows("Connector", func(in *connector.Inbound, id string) { in.Connector = connector.ID(id) }),
		idRows("Account", func(in *connector.Inbound, id string) { in.Account = id }),
		idRows("User", func(in *connector.Inbound, id string) { in.User = id }),
		idRows("Chat", func(in *connector.Inbound, id string) { in.Chat = id }),
		idRows("ID", func(in *connector.Inbound, id string) { in.ID = id }),
	)
	for _, text := range []string{
		" ", "\n", "\r\n\u2028\u0085", "\x01\x1b[31m\x7f", "\uFEFFhello", fffd, "\uFFFE\uFFFF\uE000", "\u202Eabc\u2066", family,
		"\u200B", "e" + strings.Repeat("\u0301", 1000), `{{.}} ${x} %s <script>`, "\u0661\u0662", x(connector.MaxText),
		strings.Repeat("\U0001F600", connector.MaxText/4),
	} {
		rows = append(rows, cleanRow{name: fmt.Sprintf("text stays: %.10q", text), change: withText(text)})
	}
	for _, r := range []struct{ name, text, want string }{
		{"NUL", "\x00", fffd},
		{"NUL at start, middle and end", "\x00a\x00\x00b\x00", fffd + "a" + fffd + fffd + "b" + fffd},
		{"lone continuation", "a\x80b", "a" + fffd + "b"},
		{"lone surrogate", "a\xed\xa0\x80b", "a" + fffd + "b"},
		{"surrogate pair", "\xed\xa0\xbd\xed\xb8\x80", fffd},
		{"overlong", "\xc0\xaf-\xe0\x80\xaf-\xf0\x80\x80\xaf", fffd + "-" + fffd + "-" + fffd},
		{"overlong NUL", "\xc0\x80", fffd},
		{"over the last code point", "\xf4\x90\x80\x80", fffd},
		{"rune cut off at the end", "ab\xe2\x82", "ab" + fffd},
		{"Latin-1", "caf\xe9", "caf" + fffd},
		{"UTF-16", "h\x00i\x00", "h" + fffd + "i" + fffd},
		{"a megabyte of invalid bytes is one gap", strings.Repeat("\xff", 1<<20), fffd},
	} {
		rows = append(rows, cleanRow{
			"text mended: " + r.name, withText(r.text), withText(r.want), connector.Text{Text: r.want, Mended: true}, nil,
		})
	}
	cut := func(name, text, want string, mended bool) {
		rows = append(rows, cleanRow{
			"text cut: " + name, withText(text), withText(want), connector.Text{Text: want, Mended: mended, Length: len(text)}, nil,
		})
	}
	const limit = connector.MaxText
	cut("one byte over", x(limit+1), x(limit), false)
	cut("a megabyte", x(1<<20), x(limit), false)
	for before := 1; before <= 3; before++ {
		cut("4-byte rune over the border", x(limit-before)+"\U0001F600", x(limit-before), false)
	}
	cut("3-byte rune over the border", x(limit-2)+"\u20AC", x(limit-2), false)
	cut("2-byte rune over the border", x(limit-1)+"\u00E9", x(limit-1), false)
	cut("4-byte rune up to the border", x(limit-4)+"\U0001F600x", x(limit-4)+"\U0001F600", false)
	cut("joined emoji", x(limit-8)+family, x(limit-8)+"\U0001F468\u200D", false)
	cut("combining marks", "e"+strings.Repeat("\u0301", limit), "e"+strings.Repeat("\u0301", limit/2-1), false)
	cut("invalid at the border", x(limit)+"\xff", x(limit), true)
	cut("a megabyte of NUL", strings.Repeat("\x00", 1<<20), strings.Repeat(fffd, limit/3), true)
	cut("longer only when mended", strings.Repeat("\x00", 30_000), strings.Repeat(fffd, limit/3), true)
	cut("invalid bytes between letters", strings.Repeat("\xffa", 40_000), strings.Repeat(fffd+"a", limit/4), true)

	return append(rows, []cleanRow{
		{name: "chat of its own", change: func(*connector.Inbound) {}},
		{
			name:   "chat of the user",
			change: func(in *connector.Inbound) { in.Chat = "" },
			want:   func(in *connector.Inbound) { in.Chat = "77" },
		},
		{
			name: "rule 1.15: neither text nor file", change: withText(""),
			err: &connector.Invalid{Field: "Text", Problem: "no text and no file"},
		},
		{
			name:   "rule 1.15: an empty list of files is no file",
			change: func(in *connector.Inbound) { in.Text, in.Files = "", []connector.File{} },
			err:    &connector.Invalid{Field: "Text", Problem: "no text and no file"},
		},
		{
			name:   "rule 1.15: a file is enough",
			change: func(in *connector.Inbound) { in.Text, in.Files = "", []connector.File{{}} },
		},
		{name: "20 files", change: withFiles(20)},
		{
			name: "21 files", change: withFiles(21),
			err: &connector.Invalid{Field: "Files", Problem: "21 files", Limit: 20},
		},
		{
			name: "file of a negative size", change: withFile(connector.File{Size: -1}),
			err: &connector.Invalid{Field: "Files.Size", Problem: "negative"},
		},
		{name: "largest file", change: withFile(connector.File{Size: math.MaxInt64, Name: "..", Type: "x"})},
		{name: "longest address", change: withFile(connector.File{URL: x(2048)})},
		{
			name: "address too long", change: withFile(connector.File{URL: x(2049)}),
			err: &connector.Invalid{Field: "Files.URL", Problem: "too long", Limit: 2048},
		},
		{
			name:   "words of a file are mended",
			change: withFile(connector.File{ID: "a\x00", Name: x(254) + "\u00E9", Type: "\xff", URL: "\xed\xa0\x80"}),
			want:   withFile(connector.File{ID: "a" + fffd, Name: x(254), Type: fffd, URL: fffd}),
		},
		{
			name: "client's words are mended",
			change: func(in *connector.Inbound) {
				in.Client = connector.Client{Name: x(253) + "\u20AC", Language: "d\x00e", Phone: "\xff1", Email: x(256)}
			},
			want: func(in *connector.Inbound) {
				in.Client = connector.Client{Name: x(253), Language: "d" + fffd + "e", Phone: fffd + "1", Email: x(255)}
			},
		},
		{name: "waited an hour", change: func(in *connector.Inbound) { in.Waited = time.Hour }},
		{
			name: "waited too long", change: func(in *connector.Inbound) { in.Waited = time.Hour + 1 },
			err: &connector.Invalid{Field: "Waited", Problem: "want 0 to 1h0m0s"},
		},
		{
			name: "waited less than nothing", change: func(in *connector.Inbound) { in.Waited = -1 },
			err: &connector.Invalid{Field: "Waited", Problem: "want 0 to 1h0m0s"},
		},
	}...)
}

// Decision 14.27, and rule 1.15.
func TestClean(t *testing.T) {
	t.Parallel()
	for _, row := range cleanRows() {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			in, want := message(), message()
			row.change(&in)
			row.change(&want)
			said := row.said
			if row.err == nil {
				if row.want != nil {
					row.want(&want)
				}
				if said == (connector.Text{}) {
					said.Text = want.Text
				}
			}
			got, text, err := in.Clean()
			refused, _ := errors.AsType[*connector.Invalid](err)
			if diff := cmp.Diff(row.err, refused); diff != "" {
				t.Fatalf("error (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("message (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(said, text); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
			mustHold(t, in)
		})
	}
}

// mustHold checks what Clean promises of any message.
func mustHold(tb rapid.TB, in connector.Inbound) {
	tb.Helper()
	before := in
	before.Files = slices.Clone(in.Files)
	got, said, err := in.Clean()
	if diff := cmp.Diff(before, in); diff != "" {
		tb.Fatalf("the message given was changed (-want +got):\n%s", diff)
	}
	if err != nil {
		if _, ok := errors.AsType[*connector.Invalid](err); !ok {
			tb.Fatalf("%T, want *Invalid", err)
		}
		if diff := cmp.Diff(connector.Text{}, said); diff != "" {
			tb.Fatalf("a refused message has a text (-want +got):\n%s", diff)
		}
		return
	}
	again, saidAgain, err := got.Clean()
	if err != nil {
		tb.Fatalf("a clean message is refused: %v", err)
	}
	if diff := cmp.Diff(got, again); diff != "" {
		tb.Fatalf("cleaning a clean message (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(connector.Text{Text: got.Text}, saidAgain); diff != "" {
		tb.Fatalf("text of a clean message (-want +got):\n%s", diff)
	}
	for _, id := range []string{string(got.Connector), got.Account, got.Chat, got.User, got.ID} {
		if id == "" || len(id) > connector.MaxID || strings.ContainsFunc(id, unicode.IsControl) {
			tb.Errorf("accepted id %q", id)
		}
	}
	mustBeClean(tb, got.Text, connector.MaxText)
	mustBeClean(tb, got.Client.Name, connector.MaxName)
	mustBeClean(tb, got.Client.Language, connector.MaxName)
	mustBeClean(tb, got.Client.Phone, connector.MaxName)
	mustBeClean(tb, got.Client.Email, connector.MaxName)
	if len(got.Files) > connector.MaxFiles || len(got.Files) != len(in.Files) {
		tb.Errorf("%d files of %d", len(got.Files), len(in.Files))
	}
	for i, f := range got.Files {
		mustBeClean(tb, f.ID, connector.MaxURL)
		mustBeClean(tb, f.Name, connector.MaxName)
		mustBeClean(tb, f.Type, connector.MaxName)
		mustBeClean(tb, f.URL, connector.MaxURL)
		got.Files[i].Name = "the caller's own"
	}
	if diff := cmp.Diff(before, in); diff != "" {
		tb.Errorf("the clean message shares memory with the one given (-want +got):\n%s", diff)
	}
	bad := !utf8.ValidString(in.Text) || strings.Contains(in.Text, "\x00")
	if got.Text != said.Text || said.Mended != bad || said.Length != 0 && said.Length != len(in.Text) {
		tb.Errorf("mended %v, length %d of %d bytes", said.Mended, said.Length, len(in.Text))
	}
	if !bad && !strings.HasPrefix(in.Text, got.Text) {
		tb.Error("a good text was changed")
	}
	if cut := len(in.Text) > len(got.Text); !bad && cut != (said.Length > 0) {
		tb.Errorf("%d bytes became %d, length %d", len(in.Text), len(got.Text), said.Length)
	}
	if !bad && len(in.Text) > connector.MaxText && len(got.Text) < connector.MaxText-3 {
		tb.Errorf("%d bytes left: more was cut than the last rune", len(got.Text))
	}
}

func mustBeClean(tb rapid.TB, s string, limit int) {
	tb.Helper()
	if len(s) > limit || !utf8.ValidString(s) || strings.Contains(s, "\x00") {
		tb.Errorf("%d bytes of at most %d, %.40q", len(s), limit, s)
	}
}

// A log that has the error has nothing of the client in it.
func TestInvalidDoesNotCarryTheValue(t *testing.T) {
	t.Parallel()
	const secret = "anna@example.org"
	for _, change := range []func(*connector.Inbound){
		func(in *connector.Inbound) { in.User = secret + "\n" },
		func(in *connector.Inbound) { in.User = secret + "\xff" },
		func(in *connector.Inbound) { in.User = secret + x(300) },
		func(in *connector.Inbound) { in.Account = secret + "\x00" },
		func(in *connector.Inbound) { in.Connector = secret + "\x00" },
		func(in *connector.Inbound) { in.Chat = secret + "\x00" },
		func(in *connector.Inbound) { in.ID = secret + "\x00" },
		withFile(connector.File{URL: secret + x(5000)}),
		withFile(connector.File{ID: secret + x(5000)}),
		withFile(connector.File{Name: secret, Size: -1}),
		func(in *connector.Inbound) { in.Text, in.Waited = secret, -1 },
	} {
		in := message()
		change(&in)
		_, _, err := in.Clean()
		if err == nil {
			t.Error("accepted")
		} else if strings.Contains(err.Error(), secret) {
			t.Errorf("%q", err)
		}
	}
}
