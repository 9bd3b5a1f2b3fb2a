package openlines

import (
	"context"

	"github.com/openlines-go/openlines/storage"
)

// OpenFormat is Open in a program whose newest format is another one. What differs in the bodies, the store that it is given
// has to do.
func OpenFormat(ctx context.Context, store storage.Store, c Config, format int) (*Engine, error) {
	return open(ctx, store, c, format)
}
