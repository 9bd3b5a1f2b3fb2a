package desk

import (
	"slices"
	"strconv"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/queue"
)

// MaxServices is how many services one command puts.
const MaxServices = 100

// ServiceID names a service. The host chooses it; 1 to MaxName bytes. No operator has the same.
type ServiceID string

// Service is a program that acts by rights of its own (rule P15), where the reference lets automation act as the session's operator
// only. It may what its roles say, in their lines, and nothing without a role. It is in no queue, has no session and takes no
// place: what takes an operator, such as answering or joining, is ErrDenied. What it does, events tell of it by name, and what it
// writes to a client is the system's, with its name in the message; that takes the right to join, and answers nobody.
type Service struct {
	ID    ServiceID `json:"id"`
	Name  string    `json:"name,omitempty"`
	Roles []RoleID  `json:"roles,omitempty"`
}

// Clone returns a copy that shares no memory with the service.
func (s Service) Clone() Service {
	s.Roles = slices.Clone(s.Roles)
	return s
}

// service is what the desk keeps of a service.
type service struct {
	Service
	Since time.Time `json:"since"`
}

// PutServices creates services or replaces them. It takes the right to edit settings.
type PutServices struct{ Services []Service }

func (c PutServices) name() string    { return "put-services" }
func (c PutServices) words() []string { return []string{data(c.Services)} }

func (c PutServices) act(d *Desk, by By) (any, error) {
	if err := d.may(by, MayEditSettings, "", nil); err != nil {
		return nil, err
	}
	if len(c.Services) > MaxServices {
		return nil, &Invalid{Field: "Services", Problem: strconv.Itoa(len(c.Services)), Limit: MaxServices}
	}
	for _, s := range c.Services {
		if err := checkName("Service.ID", string(s.ID)); err != nil {
			return nil, err
		}
		if err := checkRoles("Service.Roles", s.Roles); err != nil {
			return nil, err
		}
		if d.operators.get(queue.OperatorID(s.ID)) != nil {
			return nil, &Invalid{Field: "Service.ID", Problem: "is an operator's"}
		}
		next := service{Service: s.Clone(), Since: d.now}
		next.Name = connector.CleanText(s.Name, MaxName).Text
		if before := d.services.get(s.ID); before != nil {
			next.Since = before.Since
		}
		d.services.put(&next)
	}
	return nil, nil
}

// serviceOf returns the service that acts; nil: it is none.
func (d *Desk) serviceOf(by By) *service { return d.services.get(ServiceID(by.Operator)) }

// rolesOf returns the roles of an operator, with those of his departments, or of a service. ok is false for an operator without
// any, who may what everybody may.
func (d *Desk) rolesOf(id queue.OperatorID) (roles []RoleID, ok bool) {
	if s := d.services.rows[ServiceID(id)]; s != nil {
		return s.Roles, true
	}
	if o := d.operators.rows[id]; o != nil {
		roles = slices.Clone(o.Roles)
	}
	for _, dep := range d.partOf[id] {
		roles = append(roles, d.departments.rows[dep].Roles...)
	}
	return roles, len(roles) > 0
}

// serve has a service write to the client of a session, or a note to its operators.
func (c Send) serve(d *Desk, by By, id ServiceID) (any, error) {
	s, err := d.ongoing(c.Session)
	if err != nil {
		return nil, err
	}
	if err := d.may(by, MayJoin, s.Line, s); err != nil {
		return nil, err
	}
	m, err := c.message("")
	switch {
	case err != nil:
		return nil, err
	case c.Item != "":
		return nil, ErrDenied
	}
	m.By, m.Service, m.Hidden = BySystem, id, c.Hidden || s.Silent
	written := d.write(s.Chat, s.ID, m)
	event := Event{Type: MessageSent, Message: written.Number, Actor: by.Operator}
	if m.Hidden {
		event.Type = MessageNoted
	}
	d.tellOf(s, event)
	if !m.Hidden {
		d.deliver(written)
	}
	return nil, nil
}

// Services returns all services, sorted by id.
func (d *Desk) Services() []Service {
	var all []Service
	for _, id := range sortedKeys(d.services.rows) {
		all = append(all, d.services.rows[id].Clone())
	}
	return all
}
