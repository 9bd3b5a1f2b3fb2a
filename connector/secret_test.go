package connector_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

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

func TestSecretRefusesToStartEmpty(t *testing.T) {
	t.Parallel()
	for _, values := range [][]string{nil, {""}, {"good", ""}} {
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
