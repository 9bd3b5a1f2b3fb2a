package connector

import "cmp"

// Client is what a channel tells of a client. Each field is cut at MaxName bytes.
type Client struct {
	Name     string `json:"name,omitempty"`
	Language string `json:"language,omitempty"` // a BCP 47 tag, such as "de"
	Phone    string `json:"phone,omitempty"`    // as it is written there; its digits are what it is found by
	Email    string `json:"email,omitempty"`
	Gender   string `json:"gender,omitempty"`  // as the channel tells it, such as "female"
	Picture  string `json:"picture,omitempty"` // address of an image; http or https, at most MaxURL bytes
	Profile  string `json:"profile,omitempty"` // address of his page in the channel; the same
}

// Clean applies the text policy of decision 14.27: everything is mended, nothing refused. An address that is no web address, or too
// long, is left out.
func (c Client) Clean() Client {
	for _, field := range []*string{&c.Name, &c.Language, &c.Phone, &c.Email, &c.Gender} {
		*field = CleanText(*field, MaxName).Text
	}
	for _, field := range []*string{&c.Picture, &c.Profile} {
		if len(*field) > MaxURL || !isPage(*field) {
			*field = ""
		}
	}
	return c
}

// Or returns the client with what is known of him put in where c is empty.
func (c Client) Or(known Client) Client {
	return Client{
		Name: cmp.Or(c.Name, known.Name), Language: cmp.Or(c.Language, known.Language),
		Phone: cmp.Or(c.Phone, known.Phone), Email: cmp.Or(c.Email, known.Email), Gender: cmp.Or(c.Gender, known.Gender),
		Picture: cmp.Or(c.Picture, known.Picture), Profile: cmp.Or(c.Profile, known.Profile),
	}
}
