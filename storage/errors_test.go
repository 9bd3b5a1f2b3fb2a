package storage_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlines-go/openlines/storage"
)

// Definite decides whether a batch may be decided anew, so a wrong yes doubles commands, and a wrong no only costs a
// second attempt. Whatever is not on the list is unknown.
func TestDefinite(t *testing.T) {
	t.Parallel()
	exists := &storage.ExistsError{Key: storage.Key{Kind: "message", ID: "1.7"}}
	for _, test := range []struct {
		name string
		err  error
		want bool
	}{
		{"conflict", storage.ErrConflict, true},
		{"format", storage.ErrFormat, true},
		{"full", storage.ErrFull, true},
		{"too large", storage.ErrTooLarge, true},
		{"invalid", storage.ErrInvalid, true},
		{"closed", storage.ErrClosed, true},
		{"exists", exists, true},
		{"wrapped", fmt.Errorf("postgres: commit: %w", storage.ErrConflict), true},
		{"wrapped twice", fmt.Errorf("store: %w", fmt.Errorf("postgres: %w", exists)), true},
		{"with its cause", fmt.Errorf("%w: %w", storage.ErrFull, io.ErrShortWrite), true},
		{"behind", storage.ErrBehind, false},
		{"rewound", storage.ErrRewound, false},
		{"corrupt", storage.ErrCorrupt, false},
		{"not empty", storage.ErrNotEmpty, false},
		{"time is up", context.DeadlineExceeded, false},
		{"given up", context.Canceled, false},
		{"connection lost", fmt.Errorf("postgres: commit: %w", io.ErrUnexpectedEOF), false},
		{"the same words", errors.New(storage.ErrConflict.Error()), false},
		{"wrapped without a chain", fmt.Errorf("postgres: %v", storage.ErrConflict), false},
		{"none", nil, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := storage.Definite(test.err); got != test.want {
				t.Errorf("%v: %v, want %v", test.err, got, test.want)
			}
		})
	}
}

func TestExistsErrorDoesNotTellTheID(t *testing.T) {
	t.Parallel()
	err := &storage.ExistsError{Key: storage.Key{Kind: "alias", ID: "anna@example.org"}}
	if diff := cmp.Diff("storage: alias exists", err.Error()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
