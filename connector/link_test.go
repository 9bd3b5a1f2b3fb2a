package connector_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlines-go/openlines/connector"
)

// Rule 11.29: buttons are links to pages outside, and nothing else.
func TestCleanLinks(t *testing.T) {
	t.Parallel()
	good := []connector.Link{{Label: "a\x00", URL: "https://example.org/x?y=%20#z"}, {Label: "b", URL: "http://example.org"}}
	got, err := connector.CleanLinks(good)
	if diff := cmp.Diff([]connector.Link{{Label: "a\uFFFD", URL: good[0].URL}, good[1]}, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if got, err := connector.CleanLinks([]connector.Link{}); got != nil || err != nil {
		t.Errorf("none: %v, %v", got, err)
	}
	long := "https://example.org/" + strings.Repeat("x", connector.MaxURL)
	for _, r := range []struct {
		field string
		links []connector.Link
	}{
		{"Buttons", make([]connector.Link, connector.MaxLinks+1)},
		{"Buttons.Label", []connector.Link{{URL: "https://example.org"}}},
		{"Buttons.URL", []connector.Link{{Label: "x", URL: long}}},
		{"Buttons.URL", []connector.Link{{Label: "x", URL: "javascript:alert(1)"}}},
		{"Buttons.URL", []connector.Link{{Label: "x", URL: "//example.org"}}},
		{"Buttons.URL", []connector.Link{{Label: "x", URL: "https:///path"}}},
		{"Buttons.URL", []connector.Link{{Label: "x", URL: "https://example.org/\n"}}},
		{"Buttons.URL", []connector.Link{{Label: "x", URL: "https://example.org/\xff"}}},
	} {
		_, err := connector.CleanLinks(r.links)
		if refused, is := errors.AsType[*connector.Invalid](err); !is || refused.Field != r.field {
			t.Errorf("%.40q: %v, want %s", r.links, err, r.field)
		}
	}
}
