package openlines

import (
	"errors"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines/desk"
)

// Errors of the engine itself.
var (
	ErrBusy    = errors.New("openlines: too many callers are waiting")
	ErrUnknown = errors.New("openlines: it is not known whether it was stored")
	ErrClosed  = errors.New("openlines: the engine is closed")
)

// Refusals: nothing was changed, and storing again does not help. See the package documentation for the whole list.
var (
	ErrNotFound     = desk.ErrNotFound
	ErrNotConnected = desk.ErrNotConnected
	ErrConnected    = desk.ErrConnected
	ErrInactive     = desk.ErrInactive
	ErrTaken        = desk.ErrTaken
	ErrNotOffered   = desk.ErrNotOffered
	ErrFull         = desk.ErrFull
	ErrOver         = desk.ErrOver
	ErrDenied       = desk.ErrDenied
	ErrOnce         = desk.ErrOnce
	ErrTooMany      = desk.ErrTooMany
)

// Final reports whether err is an answer that stays the same when the call is repeated: the input was refused, or the desk
// does not allow it. A webhook that gets one should not ask its channel to send again. Everything else, such as ErrBusy,
// ErrUnknown, ErrClosed or a store that is away, is worth another try.
func Final(err error) bool {
	for _, sure := range []error{
		ErrNotFound, ErrNotConnected, ErrConnected, ErrInactive, ErrTaken, ErrNotOffered, ErrFull, ErrOver, ErrDenied,
		ErrOnce, connector.ErrUnsupported,
	} {
		if errors.Is(err, sure) {
			return true
		}
	}
	if _, early := errors.AsType[*TooSoon](err); early {
		return true
	}
	if _, invalid := errors.AsType[*Invalid](err); invalid || poisoned(err) {
		return true
	}
	if _, conflict := errors.AsType[*Conflict](err); conflict {
		return true
	}
	_, refused := errors.AsType[*Refused](err)
	return refused
}
