package connector

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of contacts in texts.
const (
	MinPhone      = 8   // digits of a phone number that begins with + or 00
	MinLocalPhone = 10  // digits of any other: fewer are more often an order's number or a price
	MaxPhone      = 15  // digits, as E.164 has it
	MaxEmail      = 254 // bytes of an e-mail address
	maxEmailLocal = 64  // of them before the @
	maxPhoneGap   = 4   // signs between two digits, such as ") (0"
)

// FindPhone returns the first phone number of a text as its digits, with a + in front if it is an international one; empty:
// there is none (rule 10.10). Digits may be parted by spaces, but no two in a row, points, hyphens, slashes and brackets; "(0)"
// behind a country code is left out. What touches letters, digits or signs such as # and @, goes on behind a comma or a colon, is a date
// or an IP address, or has too few or too many digits, is none.
func FindPhone(text string) string {
	for at := 0; at < len(text); {
		end := at + phoneLength(text[at:])
		if end == at {
			_, size := utf8.DecodeRuneInString(text[at:])
			at += size
			continue
		}
		if phone := phoneOf(text[at:end]); phone != "" && stands(text[:at], text[end:]) {
			return phone
		}
		at = end
	}
	return ""
}

// phoneLength is how much of a text that begins with a digit, + or ( could be one number.
func phoneLength(text string) int {
	end := 0
	for i := 0; i < len(text) && i <= end+maxPhoneGap; i++ {
		switch c := text[i]; {
		case isDigit(c):
			end = i + 1
		case c == '+' && i == 0, c == '(' || c == ')':
		case strings.IndexByte(" .-/", c) >= 0 && end > 0 && (c != ' ' || text[i-1] != ' '):
		default:
			return end
		}
	}
	return end
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// stands reports whether what is between two texts stands for itself.
func stands(before, after string) bool {
	last, _ := utf8.DecodeLastRuneInString(before)
	if before != "" && !unicode.IsSpace(last) && !strings.ContainsRune(`:;,!?"'<[{|=(`, last) {
		return false
	}
	first, size := utf8.DecodeRuneInString(after)
	if unicode.IsLetter(first) || unicode.IsDigit(first) || first != 0 && strings.ContainsRune("@%#_+€$£=&", first) {
		return false
	}
	if strings.ContainsRune(":,", first) && size < len(after) {
		next, _ := utf8.DecodeRuneInString(after[size:])
		return !unicode.IsDigit(next)
	}
	return true
}

// phoneOf is the number that a text consists of, empty if it is none.
func phoneOf(text string) string {
	world := strings.HasPrefix(text, "+") || strings.HasPrefix(text, "(+")
	groups := strings.FieldsFunc(text, func(r rune) bool { return !isDigit(byte(r)) })
	digits := strings.Join(groups, "")
	if strings.HasPrefix(digits, "00") && !world {
		world, digits = true, digits[2:]
	} else if world {
		digits = strings.Join(strings.FieldsFunc(strings.Replace(text, "(0)", "", 1), func(r rune) bool { return !isDigit(byte(r)) }), "")
	}
	least := MinLocalPhone
	if world {
		least = MinPhone
	}
	if len(digits) < least || len(digits) > MaxPhone || !world && (isDate(groups) || isIP(text, groups)) {
		return ""
	}
	if world {
		return "+" + digits
	}
	return digits
}

// isDate reports whether a number begins as dates do: 2026-03-02, 02.03.2026.
func isDate(groups []string) bool {
	if len(groups) < 3 || len(groups[1]) > 2 {
		return false
	}
	return len(groups[0]) == 4 && len(groups[2]) <= 2 || len(groups[0]) <= 2 && len(groups[2]) == 4
}

func isIP(text string, groups []string) bool {
	if len(groups) != 4 || strings.Count(text, ".") != 3 {
		return false
	}
	for _, g := range groups {
		if len(g) > 3 || len(g) == 3 && g > "255" {
			return false
		}
	}
	return true
}

// FindEmail returns the first e-mail address of a text, in lower case; empty: there is none (rule 10.10). It knows addresses of
// letters, digits and ._%+- before the @, and of a domain with a point behind it.
func FindEmail(text string) string {
	for from := 0; ; {
		at := strings.IndexByte(text[from:], '@')
		if at < 0 {
			return ""
		}
		at += from
		from = at + 1
		start := at
		for start > 0 && at-start <= maxEmailLocal && isLocal(text[start-1]) {
			start--
		}
		end := from
		for end < len(text) && end-start <= MaxEmail && isDomain(text[end]) {
			end++
		}
		domain := strings.TrimRight(text[from:end], ".-")
		local := strings.TrimLeft(text[start:at], ".-")
		before, _ := utf8.DecodeLastRuneInString(text[:start])
		after, _ := utf8.DecodeRuneInString(text[end:])
		if start > 0 && (unicode.IsLetter(before) || before == '@') || end < len(text) && (unicode.IsLetter(after) || after == '@') {
			continue
		}
		if isEmail(local, domain) {
			return strings.ToLower(local + "@" + domain)
		}
	}
}

func isEmail(local, domain string) bool {
	if local == "" || len(local) > maxEmailLocal || len(local)+1+len(domain) > MaxEmail || strings.HasSuffix(local, ".") || strings.Contains(local, "..") {
		return false
	}
	labels := strings.Split(domain, ".")
	for _, l := range labels {
		if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' {
			return false
		}
	}
	top := labels[len(labels)-1]
	return len(labels) > 1 && len(top) > 1 && !strings.ContainsFunc(top, func(r rune) bool { return !unicode.IsLetter(r) && r != '-' })
}

func isLocal(c byte) bool { return isDomain(c) || strings.IndexByte("_%+", c) >= 0 }

func isDomain(c byte) bool {
	return isDigit(c) || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '.' || c == '-'
}
