package desk

import (
	"errors"
	"strconv"
	"time"

	"github.com/openlines-go/openlines/connector"
)

// Refusals. Nothing was changed; asking again does not help until something else has changed.
var (
	ErrNotFound     = errors.New("openlines: no such line, operator, chat or session")
	ErrNotConnected = errors.New("openlines: the account is connected to no line")
	ErrConnected    = errors.New("openlines: the line has another account of this connector")
	ErrInactive     = errors.New("openlines: the line or its connection is not active")
	ErrTaken        = errors.New("openlines: a colleague has the session")
	ErrNotOffered   = errors.New("openlines: the session is not offered to this operator")
	ErrFull         = errors.New("openlines: the operator is at his limit")
	ErrOver         = errors.New("openlines: the session does not allow it any more")
	ErrDenied       = errors.New("openlines: not allowed")
	ErrOnce         = errors.New("openlines: the command id was used for something else")
	ErrTooMany      = errors.New("openlines: too many open sessions")
)

// ErrMoved reports a command whose look-up is not up to date any more: look again. The engine does.
var ErrMoved = errors.New("desk: another message came")

// Forbidden is an act that the actor's roles do not allow. It is ErrDenied, and names the right that he needs (rule 6.26).
type Forbidden struct{ Right Right }

// Error names the right.
func (e *Forbidden) Error() string {
	return ErrDenied.Error() + ": it takes the right " + string(e.Right)
}

// Unwrap returns ErrDenied.
func (e *Forbidden) Unwrap() error { return ErrDenied }

// TooSoon is an act that can be repeated only after a while. Nothing was changed.
type TooSoon struct{ Until time.Time }

// Error tells until when.
func (e *TooSoon) Error() string {
	return "openlines: not again before " + e.Until.Format(time.RFC3339)
}

// Conflict is a change of settings that was made on an earlier version of them: somebody else was faster. Look at what is
// there, and decide again.
type Conflict struct{ Version uint64 } // the one that is stored; 0: nothing is

// Error names the version.
func (e *Conflict) Error() string {
	return "openlines: the settings were changed meanwhile: version " + strconv.FormatUint(e.Version, 10) + " is there"
}

// Invalid reports input that is refused. It names the field and the limit, never the value.
type Invalid = connector.Invalid
