package connector_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/openlines-go/openlines/connector"
)

func TestSecretAcceptsEveryActiveValueAndNoOther(t *testing.T) {
	t.Parallel()
	s, err := connector.NewSecret("old", "new")
	if err != nil {
		t.Fatal(err)
	}
	for given, want := range map[string]bool{"old": true, "new": true, "": false, "ol": false, "oldnew": false, "OLD": false} {
		if got := s.Equal(given); got != want {
			t.Errorf("Equal(%q) is %v", given, got)
		}
	}
	if (connector.Secret{}).Equal("") {
		t.Error("the zero Secret accepts something")
	}
}

// The vector is case 2 of RFC 4231.
func TestSignedSHA256(t *testing.T) {
	t.Parallel()
	s, err := connector.NewSecret("other", "Jefe")
	if err != nil {
		t.Fatal(err)
	}
	body := []byte("what do ya want for nothing?")
	const mac = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
	for signature, want := range map[string]bool{
		mac: true, "sha256=" + mac: true, strings.ToUpper(mac): true,
		mac[2:]: false, "sha1=" + mac: false, "": false, "zz" + mac[2:]: false, "00" + mac[2:]: false,
	} {
		if got := s.SignedSHA256(body, signature); got != want {
			t.Errorf("SignedSHA256(%q) is %v", signature, got)
		}
	}
	if s.SignedSHA256(append(body, ' '), mac) {
		t.Error("another body passes")
	}
}

func sign(key string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}

// A change of any one bit, of the body, the signature, the secret or the header, is noticed.
func TestAnyBitCounts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		key := rapid.StringN(1, 20, 80).Filter(func(s string) bool { return strings.TrimSpace(s) != "" }).Draw(t, "key")
		body := rapid.SliceOfN(rapid.Byte(), 1, 200).Draw(t, "body")
		s, err := connector.NewSecret("another", key)
		if err != nil {
			t.Fatal(err)
		}
		signature := sign(key, body)
		if !s.SignedSHA256(body, signature) || !s.SignedSHA256(body, "sha256="+strings.ToUpper(signature)) || !s.Equal(key) {
			t.Fatal("what is right does not pass")
		}
		flip := func(b []byte) []byte {
			at := rapid.IntRange(0, 8*len(b)-1).Draw(t, "bit")
			c := append([]byte(nil), b...)
			c[at/8] ^= 1 << (at % 8)
			return c
		}
		raw, err := hex.DecodeString(signature)
		if err != nil {
			t.Fatal(err)
		}
		if s.SignedSHA256(flip(body), signature) || s.SignedSHA256(body, hex.EncodeToString(flip(raw))) || s.Equal(string(flip([]byte(key)))) {
			t.Error("a changed bit passes")
		}
		if other, err := connector.NewSecret(string(flip([]byte(key)))); err == nil && other.SignedSHA256(body, signature) {
			t.Error("another secret passes")
		}
	})
}

// A secret that is replaced is accepted beside the new one, and not a moment longer; the webhook of a repetition is signed
// well, so its time decides, on any node and after a restart alike: nothing is kept in between.
func TestRotationAndReplay(t *testing.T) {
	t.Parallel()
	secrets := map[string]connector.Secret{}
	for name, active := range map[string][]string{"before": {"old"}, "between": {"old", "new"}, "after": {"new"}} {
		s, err := connector.NewSecret(active...)
		if err != nil {
			t.Fatal(err)
		}
		secrets[name] = s
	}
	body := []byte(`{"id":1}`)
	for _, row := range []struct {
		key              string
		before, mid, end bool
	}{{"old", true, true, false}, {"new", false, true, true}, {"other", false, false, false}} {
		signature := sign(row.key, body)
		for name, want := range map[string]bool{"before": row.before, "between": row.mid, "after": row.end} {
			if got := secrets[name].SignedSHA256(body, signature); got != want {
				t.Errorf("%s, signed with %s: %v", name, row.key, got)
			}
			if got := secrets[name].Equal(row.key); got != want {
				t.Errorf("%s, header %s: %v", name, row.key, got)
			}
		}
	}
	signed := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for later, want := range map[time.Duration]bool{
		time.Second: true, 299 * time.Second: true, 301 * time.Second: false, -301 * time.Second: false, -299 * time.Second: true,
	} {
		if got := connector.Fresh(signed, signed.Add(later), 5*time.Minute); got != want {
			t.Errorf("repeated after %v: %v", later, got)
		}
	}
}

func TestSecretRefusesToStartEmpty(t *testing.T) {
	t.Parallel()
	for _, values := range [][]string{nil, {""}, {"good", ""}, {" \t\r\n"}, {"good", "\u00a0"}} {
		if _, err := connector.NewSecret(values...); !errors.Is(err, connector.ErrNoSecret) {
			t.Errorf("%d values: %v", len(values), err)
		}
	}
}

func TestSecretPrintsNothingOfItself(t *testing.T) {
	t.Parallel()
	s, err := connector.NewSecret("hush")
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("m", "s", s, "in", struct{ S connector.Secret }{s})
	asJSON, err := json.Marshal(map[string]any{"s": s})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		fmt.Sprint(s), fmt.Sprintf("%v %+v %#v %s %q %x %d", s, s, s, s, s, s, s), fmt.Sprintf("%+v", struct{ S *connector.Secret }{&s}),
		string(asJSON), log.String(),
	} {
		if strings.Contains(text, "hush") || strings.Contains(text, fmt.Sprintf("%x", "hush")) {
			t.Errorf("it says %s", text)
		}
	}
}

func TestFresh(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for ago, want := range map[time.Duration]bool{0: true, 5 * time.Minute: true, 5*time.Minute + 1: false, -5 * time.Minute: true, -6 * time.Minute: false} {
		if got := connector.Fresh(now.Add(-ago), now, 5*time.Minute); got != want {
			t.Errorf("%v ago: %v", ago, got)
		}
	}
}
