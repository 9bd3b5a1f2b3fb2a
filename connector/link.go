package connector

import (
	"net/url"
	"strconv"
)

// MaxLinks is how many links stand below a message.
const MaxLinks = 20

// Link is a button below a message that opens an external page.
type Link struct {
	Label string `json:"label"`
	URL   string `json:"url"` // http or https
}

// CleanLinks refuses links that lead nowhere, with *Invalid, and mends their labels. The list given is not changed; none is nil.
func CleanLinks(links []Link) ([]Link, error) {
	if len(links) > MaxLinks {
		return nil, &Invalid{Field: "Buttons", Problem: strconv.Itoa(len(links)) + " buttons", Limit: MaxLinks}
	}
	var clean []Link
	for _, l := range links {
		l.Label = CleanText(l.Label, MaxName).Text
		if l.Label == "" {
			return nil, &Invalid{Field: "Buttons.Label", Problem: "empty"}
		}
		if len(l.URL) > MaxURL {
			return nil, &Invalid{Field: "Buttons.URL", Problem: "too long", Limit: MaxURL}
		}
		if !isPage(l.URL) {
			return nil, &Invalid{Field: "Buttons.URL", Problem: "not the address of a page"}
		}
		clean = append(clean, l)
	}
	return clean, nil
}

// isPage reports whether a text is the address of something in the web.
func isPage(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && !CleanText(address, MaxURL).Mended
}
