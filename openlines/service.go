package openlines

import (
	"context"
	"slices"

	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
)

// AsService acts as a service, with the rights of its roles (rule P15). AsService("") is nobody.
func (e *Engine) AsService(id ServiceID) Actor { return e.As(queue.OperatorID(id)) }

// PutService creates services or replaces them, at most [desk.MaxServices] at once. One without roles may nothing. It takes the
// right [desk.MayEditSettings].
func (a Actor) PutService(ctx context.Context, services ...Service) error {
	services = slices.Clone(services)
	for i, s := range services {
		services[i] = s.Clone()
	}
	return a.act(ctx, desk.PutServices{Services: services}, 512*len(services))
}

// Services returns the services by their ids. It takes the right [desk.MayEditSettings].
func (a Actor) Services(ctx context.Context, p Page) ([]Service, Cursor, error) {
	ask := func(d *desk.Desk) ([]Service, error) {
		return d.Services(), d.Allows(a.by, desk.MayEditSettings, "", nil)
	}
	return list(ctx, a, p, ask, func(s Service) string { return string(s.ID) })
}
