package openlines

import (
	"io"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
)

// The nouns of a desk, under the names that a user writes.
type (
	Line        = desk.Line
	LineID      = desk.LineID
	Texts       = desk.Texts
	Operator    = desk.Operator
	Role        = desk.Role
	Shown       = desk.Shown
	Consent     = desk.Consent
	Form        = desk.Form
	Field       = desk.Field
	ClientFills = desk.ClientFills
	Opened      = desk.Opened
	Scenarios   = desk.Scenarios
	Agreement   = desk.Agreement
	CRM         = desk.CRM
	LineBot     = desk.LineBot
	BotID       = desk.BotID
	BotCall     = desk.BotCall
	BotTransfer = desk.BotTransfer
	Rating      = desk.Rating
	Norms       = desk.Norms
	Norm        = desk.Norm
	Notify      = desk.Notify
	Notice      = desk.Notice
	NoticeKind  = desk.NoticeKind
	Vote        = desk.Vote
	Review      = desk.Review
	Question    = desk.Question
	Identity    = desk.Identity
	Item        = desk.Item
	ItemDraft   = desk.ItemDraft
	Charge      = desk.Charge
	Attachment  = desk.Attachment
	RoleID      = desk.RoleID
	Connection  = desk.Connection
	Canned      = desk.Canned
	Service     = desk.Service
	ServiceID   = desk.ServiceID
	Client      = desk.Client
	LineFilter  = desk.LineFilter
	LineState   = desk.LineState
	PutClient   = desk.PutClient
	WriteFirst  = desk.WriteFirst
	Forbidden   = desk.Forbidden
	Settings    = desk.Settings
	Department  = desk.Department
	Report      = desk.Report
	Transfer    = desk.Transfer
	Session     = desk.Session
	Message     = desk.Message
	Chat        = desk.Chat
	Received    = desk.Received
	Event       = desk.Event
	EventType   = desk.EventType
	Explanation = desk.Explanation
	Standing    = desk.Standing
	Person      = desk.Person
	QueueMember = desk.QueueMember
	UnreadLine  = desk.UnreadLine
	Violation   = desk.Violation
	Effect      = desk.Effect
	EffectID    = desk.EffectID
	Channel     = desk.Channel
	Cursor      = storage.Cursor
	Conflict    = desk.Conflict
	Invalid     = connector.Invalid
	TooSoon     = desk.TooSoon
	Refused     = session.Refused

	ConnectorInfo    = desk.ConnectorInfo
	Icon             = desk.Icon
	ConnectionData   = desk.ConnectionData
	ConnectionStatus = desk.ConnectionStatus
	WriteNetwork     = desk.WriteNetwork

	EscalationStep = desk.EscalationStep
	Absence        = desk.Absence

	Author      = desk.Author
	AskedAs     = desk.AskedAs
	Verdict     = desk.Verdict
	Right       = desk.Right
	Scope       = desk.Scope
	Plan        = desk.Plan
	ItemKind    = desk.ItemKind
	ItemVerdict = desk.ItemVerdict
	ShownAs     = desk.ShownAs
	Within      = desk.Within
	Choice      = desk.Choice
)

// Recommended returns a line as it is recommended, where the zero line is as the reference has it; see [desk.Recommended].
// Its texts are empty: give it those that you say.
func Recommended() Line { return desk.Recommended() }

// StandardRoles are the roles that the reference product begins with; see [desk.StandardRoles].
func StandardRoles() []Role { return desk.StandardRoles() }

// ReadLine reads a line from its JSON form, strictly; see [desk.ReadLine].
func ReadLine(r io.Reader) (Line, error) { return desk.ReadLine(r) }

// ReadSettings reads the settings of a desk from their JSON form, strictly; see [desk.ReadSettings].
func ReadSettings(r io.Reader) (Settings, error) { return desk.ReadSettings(r) }
