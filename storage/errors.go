package storage

import "errors"

// Errors a store returns, wrapped or bare.
var (
	ErrConflict = errors.New("storage: the desk moved on")
	ErrBehind   = errors.New("storage: too far back, scan again")
	ErrRewound  = errors.New("storage: mark is not in this desk's history")
	ErrFormat   = errors.New("storage: desk is kept in a newer format")
	ErrFull     = errors.New("storage: no space")
	ErrTooLarge = errors.New("storage: batch or record over its limit")
	ErrInvalid  = errors.New("storage: malformed batch or query")
	ErrCorrupt  = errors.New("storage: damaged")
	ErrClosed   = errors.New("storage: closed")
	ErrNotEmpty = errors.New("storage: desk exists")
)

// ExistsError reports a Create whose key was taken. Nothing of the batch was written. A store that cannot tell which of
// several keys it was names any one of them.
type ExistsError struct{ Key Key }

// Error names the kind, not the id: ids can be personal data.
func (e *ExistsError) Error() string { return "storage: " + e.Key.Kind + " exists" }

// Definite reports whether err, returned by Commit or Turn, means that certainly nothing was written by that call. Any
// other error leaves the outcome unknown: commit the same batch again. It speaks of that call alone: after an unknown
// outcome, a store that is full or closed the second time says nothing about the first.
func Definite(err error) bool {
	for _, sure := range []error{ErrConflict, ErrFormat, ErrFull, ErrTooLarge, ErrInvalid, ErrClosed} {
		if errors.Is(err, sure) {
			return true
		}
	}
	_, exists := errors.AsType[*ExistsError](err)
	return exists
}
