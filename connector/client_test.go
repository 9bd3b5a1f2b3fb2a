package connector_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlines-go/openlines/connector"
)

// Decision 14.27: what is told of a client is mended; an address that a screen could not safely show is left out.
func TestClientClean(t *testing.T) {
	t.Parallel()
	long := "https://example.org/" + strings.Repeat("x", connector.MaxURL-len("https://example.org/"))
	for _, c := range []struct{ told, kept connector.Client }{
		{
			connector.Client{Name: "K\x00im", Gender: "fe\xffmale", Picture: long, Profile: "http://example.org/kim"},
			connector.Client{Name: "K\ufffdim", Gender: "fe\ufffdmale", Picture: long, Profile: "http://example.org/kim"},
		},
		{connector.Client{Picture: long + "x", Profile: "javascript:alert(1)"}, connector.Client{}},
		{connector.Client{Picture: "data:image/png;base64,AAAA", Profile: "example.org/kim"}, connector.Client{}},
		{connector.Client{Picture: "https://example.org/\xff", Profile: "https://"}, connector.Client{}},
	} {
		if diff := cmp.Diff(c.kept, c.told.Clean()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// What is told anew counts; what is not told stays known.
func TestClientOr(t *testing.T) {
	t.Parallel()
	known := connector.Client{
		Name: "Kim", Language: "de", Phone: "1", Email: "a@example.org", Gender: "male", Picture: "https://example.org/1", Profile: "https://example.org/2",
	}
	if diff := cmp.Diff(known, connector.Client{}.Or(known)); diff != "" {
		t.Errorf("nothing is told (-want +got):\n%s", diff)
	}
	told := connector.Client{
		Name: "Tim", Language: "en", Phone: "2", Email: "b@example.org", Gender: "female", Picture: "https://example.org/3", Profile: "https://example.org/4",
	}
	if diff := cmp.Diff(told, told.Or(known)); diff != "" {
		t.Errorf("all is told (-want +got):\n%s", diff)
	}
}
