package desk

import (
	"slices"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
)

// Attachment tells the host which items of its CRM a chat has been linked to by what it has told of the client (rule 10.16): those
// that it was not linked to before, but for what was made of the session, of which the host knows.
type Attachment struct {
	ID      string   // the same at every attempt
	Items   []string // at least one, at most MaxItems
	Chat    session.ChatID
	Session session.ID
	Line    LineID
	Address connector.Address
	Client  Identity // as the host has told it last
}

// UserCode is the client's address, see [Question.UserCode].
func (a Attachment) UserCode() string { return userCode(a.Address, a.Line) }

// Attachment makes the attachment of a TellAttached out of the records that Keys names.
func (e Effect) Attachment(records []storage.Record) (Attachment, error) {
	c, _, _, err := e.about(records)
	return Attachment{
		ID: number(e.ID), Items: slices.Clone(e.Items), Chat: e.Chat, Session: e.Session, Line: e.Line, Address: c.Address,
		Client: c.Identity.Clone(),
	}, err
}
