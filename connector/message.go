package connector

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Limits of what comes in and goes out (decision 14.27).
const (
	MaxID    = 255       // bytes of a connector, account, chat, user or message id
	MaxText  = 64 << 10  // bytes of a text; longer ones are cut at a rune and flagged
	MaxFiles = 20        // files of one message
	MaxName  = 255       // bytes of a client's name, language, phone or e-mail, cut at a rune
	MaxURL   = 2048      // bytes of a file's address, and of its id, which some channels make of an address
	MaxWait  = time.Hour // the longest Inbound.Waited
)

// ID names a kind of channel: "telegram", "webchat". It is the key under which a host registers its Connector.
type ID string

// Address tells one client's thread in one channel: the account that he wrote to, the chat there, and who he is.
type Address struct {
	Connector ID     `json:"connector"`
	Account   string `json:"account"` // the host's account at the channel; with Connector it chooses the line
	Chat      string `json:"chat,omitempty"`
	User      string `json:"user,omitempty"`
	Group     bool   `json:"group,omitempty"` // the thread is the chat's, whoever writes in it (rule 1.7)
}

// Inbound is a client's message as it comes from a channel. Connector, Account, User and ID are required, and a text or
// at least one file (rule 1.15).
type Inbound struct {
	Connector ID
	Account   string
	Chat      string    // the channel's id of the thread; empty: the same as User
	User      string    // the channel's id of the client
	ID        string    // the channel's id of the message; the same id in a chat again is a redelivery and changes nothing
	At        time.Time // when it was written, as the channel says; kept for display, decides nothing; outside the years 1 to 9999 it is dropped
	Text      string
	Files     []File
	Client    Client // what the channel tells of the client; empty fields leave what is known

	// Group says that the thread is a group: it is known by Chat, which is required then, whoever of its users writes (rule
	// 1.7). Nobody is looked up in the CRM for it.
	Group bool

	// Operator is who of us wrote the message, in the channel's own app say: it counts as his reply and is not delivered
	// (rule 1.16). Empty: the client.
	Operator string

	// NoCRM keeps the message from the CRM (rule 1.16): nobody is looked up for it.
	NoCRM bool

	// Automatic marks what a machine has sent, such as an out-of-office reply (RFC 3834): it opens and reopens no session, and
	// is not greeted (decision 14.35).
	Automatic bool

	// Past says that the message belongs to the past, or for another reason opens no session: it is stored in the chat, and
	// nothing is routed and nothing said (rule 1.17).
	Past bool

	// Waited is how long the client has waited already before he came to the line, in a voice menu, or as a courtesy to
	// good clients. It counts for the order of waiting only; 0 to MaxWait.
	Waited time.Duration
}

// File refers to a file that the channel or the host keeps. It is never fetched nor stored here.
type File struct {
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
	Type string `json:"type,omitempty"`
	Size int64  `json:"size,omitempty"`
	URL  string `json:"url,omitempty"`
}

// Text is a text after the policy at the door.
type Text struct {
	Text   string `json:"text,omitempty"`
	Mended bool   `json:"mended,omitempty"` // NUL or invalid UTF-8 became U+FFFD
	Length int    `json:"length,omitempty"` // original bytes, if it was cut
}

// Address returns the thread that the message belongs to.
func (in *Inbound) Address() Address {
	return Address{Connector: in.Connector, Account: in.Account, Chat: in.Chat, User: in.User, Group: in.Group}.Normal()
}

// Normal returns the address with Chat filled in: a thread without an id of its own is the user's.
func (a Address) Normal() Address {
	if a.Chat == "" && !a.Group {
		a.Chat = a.User
	}
	return a
}

// Thread returns the address without who wrote, if it is a group's.
func (a Address) Thread() Address {
	if a.Group {
		a.User = ""
	}
	return a.Normal()
}

// Validate reports the first malformed field as *Invalid.
func (a Address) Validate() error {
	for _, f := range []struct{ field, id string }{
		{"Connector", string(a.Connector)}, {"Account", a.Account}, {"User", a.User}, {"Chat", a.Normal().Chat},
	} {
		if a.Group && f.field == "User" && f.id == "" {
			continue
		}
		if err := CheckID(f.field, f.id); err != nil {
			return err
		}
	}
	return nil
}

// Clean applies the text policy of decision 14.27: it refuses malformed ids and impossible counts with *Invalid and
// mends everything else. The message given is not changed.
func (in Inbound) Clean() (Inbound, Text, error) {
	if err := in.Address().Validate(); err != nil {
		return in, Text{}, err
	}
	if err := CheckID("ID", in.ID); err != nil {
		return in, Text{}, err
	}
	if err := CheckID("User", in.User); err != nil {
		return in, Text{}, err
	}
	if in.Operator != "" {
		if err := CheckID("Operator", in.Operator); err != nil {
			return in, Text{}, err
		}
	}
	in.Chat = in.Address().Chat
	if in.Text == "" && len(in.Files) == 0 {
		return in, Text{}, &Invalid{Field: "Text", Problem: "no text and no file"}
	}
	files, err := CleanFiles(in.Files)
	if err != nil {
		return in, Text{}, err
	}
	in.Files = files
	if in.Waited < 0 || in.Waited > MaxWait {
		return in, Text{}, &Invalid{Field: "Waited", Problem: "want 0 to " + MaxWait.String()}
	}
	if year := in.At.UTC().Year(); year < 1 || year > 9999 {
		in.At = time.Time{} // a channel's clock decides nothing, so its nonsense is not worth a message
	}
	in.Client = in.Client.Clean()
	text := CleanText(in.Text, MaxText)
	in.Text = text.Text
	return in, text, nil
}

// CleanFiles applies the text policy to references of files: impossible counts and sizes, and addresses and ids that are too
// long, are refused with *Invalid; names and types are cut. The list given is not changed; none is nil.
func CleanFiles(files []File) ([]File, error) {
	if len(files) > MaxFiles {
		return nil, &Invalid{Field: "Files", Problem: strconv.Itoa(len(files)) + " files", Limit: MaxFiles}
	}
	clean := make([]File, len(files))
	for i, f := range files {
		if f.Size < 0 {
			return nil, &Invalid{Field: "Files.Size", Problem: "negative"}
		}
		if len(f.URL) > MaxURL {
			return nil, &Invalid{Field: "Files.URL", Problem: "too long", Limit: MaxURL}
		}
		if len(f.ID) > MaxURL {
			return nil, &Invalid{Field: "Files.ID", Problem: "too long", Limit: MaxURL}
		}
		clean[i] = File{
			ID: CleanText(f.ID, MaxURL).Text, Name: CleanText(f.Name, MaxName).Text,
			Type: CleanText(f.Type, MaxName).Text, Size: f.Size, URL: CleanText(f.URL, MaxURL).Text,
		}
	}
	if len(clean) == 0 {
		return nil, nil
	}
	return clean, nil
}

// CheckID reports an id that is not 1 to MaxID bytes of valid UTF-8 without control characters, as *Invalid.
func CheckID(field, id string) error {
	switch {
	case id == "":
		return &Invalid{Field: field, Problem: "empty"}
	case len(id) > MaxID:
		return &Invalid{Field: field, Problem: strconv.Itoa(len(id)) + " bytes", Limit: MaxID}
	case !utf8.ValidString(id):
		return &Invalid{Field: field, Problem: "not UTF-8"}
	case strings.ContainsFunc(id, unicode.IsControl):
		return &Invalid{Field: field, Problem: "control character"}
	}
	return nil
}

// CleanText replaces NUL and invalid UTF-8 by U+FFFD and cuts at most limit bytes at a rune. A negative limit leaves nothing.
func CleanText(s string, limit int) Text {
	t, limit := Text{Text: s}, max(limit, 0)
	if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
		t.Text = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
		t.Mended = true
	}
	if len(t.Text) > limit {
		t.Length = len(s)
		cut := limit
		for !utf8.RuneStart(t.Text[cut]) {
			cut--
		}
		t.Text = t.Text[:cut]
	}
	return t
}

// Invalid reports input that is refused: nothing was changed. It never carries the value itself.
type Invalid struct {
	Field   string
	Problem string
	Limit   int // the limit that was passed, if it was one
}

// Error is one sentence that names the field and what is wrong with it.
func (e *Invalid) Error() string {
	text := "openlines: " + e.Field + ": " + e.Problem
	if e.Limit > 0 {
		text += ", at most " + strconv.Itoa(e.Limit)
	}
	return text
}
