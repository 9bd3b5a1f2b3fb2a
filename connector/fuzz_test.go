package connector_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/internal/corpus"
)

func addSeeds(f *testing.F, what string, add func(string)) {
	f.Helper()
	seeds, err := corpus.Seeds(what, "")
	if err != nil || len(seeds) == 0 {
		f.Fatalf("%d seeds, %v", len(seeds), err)
	}
	for _, s := range seeds {
		add(s)
	}
}

// An id is taken as it is or refused with its field and without its value (decision 14.27).
func FuzzCheckID(f *testing.F) {
	addSeeds(f, "id", func(s string) { f.Add(s) })
	f.Fuzz(func(t *testing.T, id string) {
		err := connector.CheckID("User", id)
		good := id != "" && len(id) <= connector.MaxID
		for _, r := range id {
			good = good && r >= ' ' && (r < 0x7f || r > 0x9f)
		}
		good = good && strings.ToValidUTF8(id, "") == id
		if good != (err == nil) {
			t.Fatalf("%q: %v", id, err)
		}
		if invalid, ok := errors.AsType[*connector.Invalid](err); err != nil && (!ok || invalid.Field != "User") {
			t.Errorf("%v", err)
		}
		if len(id) > 30 && err != nil && strings.Contains(err.Error(), id) {
			t.Errorf("the error tells the id: %v", err)
		}
	})
}

// A text is cut at a rune, mended once and for all, and never longer than the limit, whatever the limit is.
func FuzzCleanText(f *testing.F) {
	addSeeds(f, "text", func(s string) {
		for _, limit := range []int{-1, 0, 1, 3, len(s) - 1, len(s), connector.MaxText} {
			f.Add(s, limit)
		}
	})
	f.Fuzz(func(t *testing.T, s string, limit int) {
		got := connector.CleanText(s, limit)
		mustBeClean(t, got.Text, max(limit, 0))
		if again := connector.CleanText(got.Text, limit); again != (connector.Text{Text: got.Text}) {
			t.Errorf("%+v, again %+v", got, again)
		}
		if got.Length != 0 && got.Length != len(s) || !got.Mended && got.Length == 0 && got.Text != s {
			t.Errorf("%q: %+v", s, got)
		}
	})
}

// Nothing but the signature of the very bytes under an active secret passes; who only has a body has nothing.
func FuzzSignature(f *testing.F) {
	f.Add("Jefe", []byte("what do ya want for nothing?"), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
	f.Add("good", []byte(nil), "sha256=")
	f.Add(" ", []byte("\x00"), "sha256=sha256=00")
	f.Fuzz(func(t *testing.T, key string, body []byte, signature string) {
		s, err := connector.NewSecret(key)
		if err != nil {
			if !errors.Is(err, connector.ErrNoSecret) || strings.TrimSpace(key) != "" || s.SignedSHA256(body, signature) {
				t.Errorf("%q: %v", key, err)
			}
			return
		}
		given := strings.TrimPrefix(signature, "sha256=")
		if want := strings.EqualFold(given, sign(key, body)) && len(given) == 64; s.SignedSHA256(body, signature) != want {
			t.Errorf("%q of %q: want %v", signature, body, want)
		}
		if !s.Equal(key) || s.Equal(key+" ") {
			t.Errorf("%q", key)
		}
	})
}

// Whatever a channel sends, Clean gives valid text within the limits, or *Invalid (decision 14.27).
func FuzzClean(f *testing.F) {
	hour := int64(time.Hour)
	f.Add("telegram", "77", "m1", "Hello", "", uint16(0), "Anna", int64(1), uint8(1), int64(0))
	f.Add("", "\x00", "\xed\xa0\x80", "\xff\x00", "\xc0\x80", uint16(3), "\xff", int64(-1), uint8(21), hour+1)
	f.Add("c", "u", "m", "", "\x00", uint16(30_000), "\x00", int64(0), uint8(20), hour)
	f.Add("c", "u", "m", "x", "\xffa", uint16(40_000), family, int64(0), uint8(0), int64(0))
	f.Add("c", "u", "m", "\U0001F600", "x", uint16(connector.MaxText-2), "", int64(0), uint8(0), int64(0))
	f.Fuzz(func(t *testing.T, id, user, number, end, fill string, times uint16, name string, size int64, files uint8, waited int64) {
		long := func(s string, limit int) string {
			return strings.Repeat(s, min(int(times), limit/max(len(s), 1)+1)) + end
		}
		in := connector.Inbound{
			Connector: connector.ID(id), Account: "a", User: user, ID: number, Text: long(fill, connector.MaxText),
			Client: connector.Client{Name: long(name, connector.MaxName), Language: name, Phone: name, Email: long(name, connector.MaxName)}, Waited: time.Duration(waited),
		}
		for range files % (connector.MaxFiles + 2) {
			in.Files = append(in.Files, connector.File{ID: name, Name: long(name, connector.MaxName), Type: name, URL: end, Size: size})
		}
		mustHold(t, in)
	})
}

func TestCleanHoldsForAnyMessage(t *testing.T) {
	t.Parallel()
	pieces := []string{
		"a", "x", "\x00", "\xff", "\x80", "\xed\xa0\x80", "\xc0\xaf", "\xf4\x90\x80\x80", "\xe2\x82", "\u00E9", "\u20AC",
		"\U0001F600", family, "\u202E", fffd, "\n",
	}
	piece := rapid.SampledFrom(pieces)
	word := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(piece, 0, 6).Draw(t, "pieces"), "")
	})
	text := rapid.Custom(func(t *rapid.T) string {
		fill := piece.Draw(t, "fill")
		n := rapid.SampledFrom([]int{0, 0, 0, connector.MaxText/len(fill) - 1, connector.MaxText / len(fill)}).Draw(t, "times")
		return word.Draw(t, "before") + strings.Repeat(fill, n) + word.Draw(t, "after")
	})
	name := rapid.Custom(func(t *rapid.T) string {
		fill := piece.Draw(t, "fill")
		return strings.Repeat(fill, rapid.IntRange(0, 256/len(fill)).Draw(t, "times")) + word.Draw(t, "after")
	})
	id := rapid.OneOf(rapid.StringMatching(`[a-z]{1,8}`), rapid.StringMatching(`[a-z]{1,8}`), name)
	rapid.Check(t, func(t *rapid.T) {
		in := connector.Inbound{
			Connector: connector.ID(id.Draw(t, "connector")), Account: id.Draw(t, "account"),
			Chat: rapid.OneOf(rapid.Just(""), id).Draw(t, "chat"), User: id.Draw(t, "user"), ID: id.Draw(t, "id"),
			Text:   text.Draw(t, "text"),
			Client: connector.Client{Name: name.Draw(t, "name"), Language: word.Draw(t, "language"), Phone: word.Draw(t, "phone"), Email: name.Draw(t, "email")},
			Waited: time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "waited")),
		}
		for range rapid.IntRange(0, 3).Draw(t, "files") {
			in.Files = append(in.Files, connector.File{ID: word.Draw(t, "file"), Name: name.Draw(t, "file name"), URL: name.Draw(t, "URL")})
		}
		mustHold(t, in)
	})
}
