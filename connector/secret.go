package connector

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// ErrNoSecret is NewSecret without a secret, or with one that is empty or blank, as a variable that was not set is.
var ErrNoSecret = errors.New("connector: a webhook without a secret is open to everybody")

// Secret is what a channel proves itself with when it calls a webhook. Several can be active at a time, so that one can be
// replaced without losing a message. It never prints itself. The zero Secret accepts nothing.
type Secret struct {
	active [][32]byte // digests, so that comparing tells nothing of the length
	keys   [][]byte
}

// NewSecret returns a secret of one or more values, each accepted. It refuses to start with none or a blank one.
func NewSecret(active ...string) (Secret, error) {
	var s Secret
	for _, value := range active {
		if strings.TrimSpace(value) == "" {
			return Secret{}, ErrNoSecret
		}
		s.active = append(s.active, sha256.Sum256([]byte(value)))
		s.keys = append(s.keys, []byte(value))
	}
	if len(s.active) == 0 {
		return Secret{}, ErrNoSecret
	}
	return s, nil
}

// Equal reports whether a header carries one of the active secrets. It takes the same time whatever is given.
func (s Secret) Equal(given string) bool {
	digest := sha256.Sum256([]byte(given))
	found := 0
	for i := range s.active {
		found |= subtle.ConstantTimeCompare(s.active[i][:], digest[:])
	}
	return found == 1
}

// SignedSHA256 reports whether a signature is the HMAC-SHA256 of the raw body under one of the active secrets: hexadecimal,
// with or without the "sha256=" in front. Check it before the body is decoded.
func (s Secret) SignedSHA256(body []byte, signature string) bool {
	given, err := hex.DecodeString(strings.TrimPrefix(signature, "sha256="))
	if err != nil || len(given) != sha256.Size {
		return false
	}
	found := false
	for _, key := range s.keys {
		mac := hmac.New(sha256.New, key)
		mac.Write(body)
		found = hmac.Equal(mac.Sum(nil), given) || found
	}
	return found
}

// String hides the secret.
func (s Secret) String() string { return "secret" }

// Format hides the secret from every verb of package fmt.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// MarshalText hides the secret from logs and encoders.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Fresh reports whether a webhook's time lies within window of now, before or after: an old call that is signed well may
// be somebody else's repetition.
func Fresh(at, now time.Time, window time.Duration) bool { return at.Sub(now).Abs() <= window }
