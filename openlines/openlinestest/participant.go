package openlinestest

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
)

// share does the acts by which operators share a session, begin one, or speak apart from the client.
func (s *script) share(c command, actor openlines.Actor) (known bool, answer string, err error) {
	ctx, id := s.desk.tb.Context(), c.session(1)
	switch c.name {
	case "join":
		return true, "", actor.Join(ctx, id)
	case "leave":
		return true, "", actor.Leave(ctx, id)
	case "invite":
		return true, "", actor.Invite(ctx, id, queue.OperatorID(c.word(2)))
	case "silence":
		return true, "", actor.Silence(ctx, id, c.word(2) != "off")
	case "note":
		return true, "", actor.Note(ctx, id, c.text(2))
	case "rename":
		return true, "", actor.Rename(ctx, session.ChatID(id), c.text(2))
	case "pin-all", "unpin-all":
		pin := actor.PinAll
		if c.name == "unpin-all" {
			pin = actor.UnpinAll
		}
		ids, err := pin(ctx)
		return true, fmt.Sprintf("changed %v", ids), err
	case "start":
		var n session.ID
		if c.word(2) == "" {
			n, err = actor.Start(ctx, session.ChatID(id))
		} else {
			from, _ := strconv.ParseInt(c.word(2), 10, 64)
			n, err = actor.StartFrom(ctx, session.ChatID(id), from)
		}
		return true, fmt.Sprintf("session %d", n), err
	case "write-first":
		got, err := actor.WriteFirst(ctx, openlines.WriteFirst{
			To: connector.Address{Connector: ConnectorID, Account: string(s.desk.line), User: c.word(1)}, Text: c.text(2),
		})
		return true, fmt.Sprintf("session %d chat %d message %d", got.Session, got.Chat, got.Number), err
	}
	return false, "", nil
}

// role puts a role: its rights by name, and lines, on lines of their own.
func (s *script) role(c command) error {
	r := openlines.Role{ID: openlines.RoleID(c.word(0)), Rights: map[desk.Right]desk.Scope{}}
	for _, k := range c.keys {
		if k[0] == "lines" {
			for line := range strings.SplitSeq(k[1], ",") {
				r.Lines = append(r.Lines, openlines.LineID(line))
			}
		} else {
			r.Rights[desk.Right(k[0])] = desk.Scope(k[1])
		}
	}
	return s.by(c).PutRole(s.desk.tb.Context(), r)
}

// roles reads the roles of an operator or a department.
func (c command) roles() (roles []openlines.RoleID) {
	for _, k := range c.keys {
		if k[0] == "roles" {
			for id := range strings.SplitSeq(k[1], ",") {
				roles = append(roles, openlines.RoleID(id))
			}
		}
	}
	return roles
}
