package openlinestest

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash"
	"strings"
	"testing"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/internal/corpus"
	"github.com/openlines-go/openlines/openlines"
)

// runCursor asks for a page of a chat of three messages, which begins at a cursor that nobody gave out.
func runCursor(h *hostile, t *testing.T, e corpus.Entry) {
	first := h.desk == nil
	d := h.on()
	if first {
		for _, text := range []string{"one", "two", "three"} {
			d.Clock.Add(time.Second)
			d.Says("77", text)
		}
	}
	in := mustRead[struct {
		At    corpus.Instant `json:"at"`
		ID    corpus.Bytes   `json:"id"`
		Limit int            `json:"limit"`
	}](t, e.In)
	page := openlines.Page{After: openlines.Cursor{At: in.At.Time, ID: string(in.ID)}, Limit: in.Limit}
	found, _, err := d.History(t.Context(), 1, page)
	if !refused(t, e.Want, err) && (e.Want.Count == nil || len(found) != *e.Want.Count) {
		t.Errorf("%d messages", len(found))
	}
}

// runFeed asks for events after a number.
func runFeed(h *hostile, t *testing.T, e corpus.Entry) {
	d := h.on()
	in := mustRead[struct {
		After uint64 `json:"after"`
		Limit int    `json:"limit"`
	}](t, e.In)
	found, err := d.Feed(t.Context(), in.After, in.Limit)
	if !refused(t, e.Want, err) && (e.Want.Count == nil || len(found) != *e.Want.Count) {
		t.Errorf("%d events", len(found))
	}
}

func runLimit(h *hostile, t *testing.T, e corpus.Entry) {
	d := h.on()
	limit := mustRead[int](t, e.In)
	_, _, _, err := d.Waiting(t.Context(), DefaultLine, openlines.Page{Limit: limit})
	refused(t, e.Want, err)
	_, _, err = d.History(t.Context(), 1, openlines.Page{Limit: limit})
	refused(t, e.Want, err)
}

// runRevision asks for what a revision of the future has.
func runRevision(h *hostile, t *testing.T, e corpus.Entry) {
	d := h.on()
	revision := mustRead[uint64](t, e.In)
	_, err := d.AtLeast(revision).OpenSessions(t.Context())
	refused(t, e.Want, err)
}

// hostileSignature is a signature as somebody makes it, or as it is.
type hostileSignature struct {
	Key    corpus.Bytes `json:"key"`
	Over   corpus.Bytes `json:"over"`
	Hash   string       `json:"hash"`   // sha256 if it is empty
	Form   string       `json:"form"`   // hex if it is empty
	Before corpus.Bytes `json:"before"` // stands in front
	After  corpus.Bytes `json:"after"`
	Is     corpus.Bytes `json:"is"` // the whole
}

func (s hostileSignature) text(t *testing.T) string {
	t.Helper()
	if s.Is != "" || s.Key == "" && s.Over == "" {
		return string(s.Is)
	}
	algorithm := map[string]func() hash.Hash{"": sha256.New, "sha1": sha1.New, "sha512": sha512.New, "sha224": sha256.New224}[s.Hash]
	mac := hmac.New(algorithm, []byte(s.Key))
	mac.Write([]byte(s.Over))
	sum := mac.Sum(nil)
	text := ""
	switch s.Form {
	case "":
		text = hex.EncodeToString(sum)
	case "HEX":
		text = strings.ToUpper(hex.EncodeToString(sum))
	case "base64":
		text = base64.StdEncoding.EncodeToString(sum)
	case "base64url":
		text = base64.RawURLEncoding.EncodeToString(sum)
	case "raw":
		text = string(sum)
	default:
		t.Fatalf("no such form: %s", s.Form)
	}
	return string(s.Before) + text + string(s.After)
}

func mustMakeSecret(t *testing.T, want corpus.Want, values []corpus.Bytes) (connector.Secret, bool) {
	t.Helper()
	var active []string
	for _, v := range values {
		active = append(active, string(v))
	}
	s, err := connector.NewSecret(active...)
	if refused(t, want, err) {
		if s.Equal("") || s.SignedSHA256(nil, "") {
			t.Error("what was refused accepts something")
		}
		return s, false
	}
	return s, true
}

func runWebhook(_ *hostile, t *testing.T, e corpus.Entry) {
	in := mustRead[struct {
		Secrets   []corpus.Bytes   `json:"secrets"`
		Body      corpus.Bytes     `json:"body"`
		Signature hostileSignature `json:"signature"`
	}](t, e.In)
	if s, made := mustMakeSecret(t, e.Want, in.Secrets); made {
		if got := s.SignedSHA256([]byte(in.Body), in.Signature.text(t)); got != (e.Want.Word == "yes") {
			t.Errorf("%v, want %s", got, e.Want.Word)
		}
	}
}

func runHeader(_ *hostile, t *testing.T, e corpus.Entry) {
	in := mustRead[struct {
		Secrets []corpus.Bytes `json:"secrets"`
		Given   corpus.Bytes   `json:"given"`
	}](t, e.In)
	if s, made := mustMakeSecret(t, e.Want, in.Secrets); made {
		if got := s.Equal(string(in.Given)); got != (e.Want.Word == "yes") {
			t.Errorf("%v, want %s", got, e.Want.Word)
		}
		for _, text := range []string{fmt.Sprint(s), fmt.Sprintf("%#v", s)} {
			if len(in.Secrets[0]) > 8 && strings.Contains(text, string(in.Secrets[0])) {
				t.Error("the secret prints itself")
			}
		}
	}
}

func runFresh(_ *hostile, t *testing.T, e corpus.Entry) {
	in := mustRead[struct {
		At     corpus.Instant `json:"at"`
		Now    corpus.Instant `json:"now"`
		Window int64          `json:"window"` // nanoseconds
	}](t, e.In)
	if got := connector.Fresh(in.At.Time, in.Now.Time, time.Duration(in.Window)); got != (e.Want.Word == "yes") {
		t.Errorf("%v, want %s", got, e.Want.Word)
	}
}
