package connector_test

import (
	"strings"
	"testing"

	"github.com/openlines-go/openlines/connector"
)

// Rule 10.10: what is a phone number in a text, and what only looks like one.
func TestFindPhone(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"+49 30 1234567":                       "+49301234567",
		"call me: (030) 1234567, please":       "0301234567",
		"+49 (0)30/123-4567.":                  "+49301234567",
		"00 49 30 1234567 or 0151 23456789":    "+49301234567",
		"8 (800) 555-35-35":                    "88005553535",
		"tel:+15551234567":                     "+15551234567",
		"(+49) 30 1234567":                     "+49301234567",
		"1234567, then +49301234567":           "+49301234567",
		"my number is\n0151 23456789!":         "015123456789",
		"+491234":                              "",
		"123456789":                            "",
		"1234567890123456":                     "",
		"order #1234567890":                    "",
		"AB1234567890":                         "",
		"1234567890x":                          "",
		"2026-03-02 10:00":                     "",
		"2026-03-02 1000":                      "",
		"02.03.2026 1000":                      "",
		"192.168.100.200":                      "",
		"550e8400-e29b-41d4-a716-446655440000": "",
		"https://example.org/1234567890":       "",
		"DE89 3704 0044 0532 0130 00":          "",
		"NO93 8601 1117 947":                   "",
		"1234567890,50":                        "",
		"1234567890 %":                         "1234567890",
		"1234567890%":                          "",
		"12  34  56  78  90":                   "",
		"":                                     "",
		"+":                                    "",
		"+49 30 1234567 and 030 7654321 0":     "+49301234567",
		strings.Repeat("1 ", 1000) + "+49301234567": "+49301234567",
	} {
		if got := connector.FindPhone(text); got != want {
			t.Errorf("%q has the number %q, want %q", text, got, want)
		}
	}
}

// Rule 10.10: what is an e-mail address in a text.
func TestFindEmail(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Ida@Example.ORG":                         "ida@example.org",
		"write to ida+shop@mail.example.org.":     "ida+shop@mail.example.org",
		"<ida@example.org>":                       "ida@example.org",
		"@ida, or mailto:ida@example.org?x":       "ida@example.org",
		"a@b@example.org c@example.org":           "c@example.org",
		"ida@example":                             "",
		"ida@.org":                                "",
		"ida@example.123":                         "",
		"ida.@example.org":                        "",
		"i..da@example.org":                       "",
		"@example.org":                            "",
		"ida@-example.org":                        "",
		strings.Repeat("i", 65) + "@example.org":  "",
		"ida@" + strings.Repeat("e", 300) + ".de": "",
		"éida@example.org":                        "",
	} {
		if got := connector.FindEmail(text); got != want {
			t.Errorf("%q has the address %q, want %q", text, got, want)
		}
	}
}

// Whatever a text is, a contact that is found in it is found again by itself, and is within its limits.
func FuzzFindContact(f *testing.F) {
	for _, seed := range []string{"+49 (0)30/123-4567.", "ida@example.org", "(+1(2)(0)34567890", "\xff@\xff.de", "00 00 00 00 00 00", "+(0)(0)12345678"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if phone := connector.FindPhone(text); phone != "" && (connector.FindPhone(phone) != phone || len(phone) > connector.MaxPhone+1) {
			t.Errorf("%q has the number %q, and that %q", text, phone, connector.FindPhone(phone))
		}
		if email := connector.FindEmail(text); email != "" && (connector.FindEmail(email) != email || len(email) > connector.MaxEmail) {
			t.Errorf("%q has the address %q, and that %q", text, email, connector.FindEmail(email))
		}
	})
}
