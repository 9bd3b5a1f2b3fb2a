package openlinestest

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
)

// revise does what happens to messages after they are written, and what clients do beside writing.
func (s *script) revise(c command, actor openlines.Actor) (known bool, answer string, err error) {
	ctx, d := s.desk.tb.Context(), s.desk
	client := s.address(c.word(0))
	for _, k := range c.keys {
		if k[0] == "chat" {
			client.Chat = k[1]
		}
	}
	chat := session.ChatID(c.session(1))
	number, _ := strconv.ParseInt(c.word(2), 10, 64)
	switch c.name {
	case "edit":
		return true, "", actor.Edit(ctx, chat, number, c.text(3))
	case "delete":
		return true, "", actor.Delete(ctx, chat, number)
	case "seen":
		return true, "", actor.Seen(ctx, chat)
	case "mute":
		return true, "", actor.Mute(ctx, chat, c.word(2) != "off")
	case "client-edits":
		return true, "", d.ClientEdited(ctx, client, c.word(1), c.text(2))
	case "client-deletes":
		return true, "", d.ClientDeleted(ctx, client, c.word(1))
	case "arrived", "was-read":
		tell := d.Arrived
		if c.name == "was-read" {
			tell = d.WasRead
		}
		n, err := tell(ctx, client, c.words[1:]...)
		return true, fmt.Sprintf("%d known", n), err
	case "opens":
		got, err := d.ClientOpened(ctx, client, connector.Client{})
		return true, opened(got, string(d.line)), err
	case "chat":
		got, err := s.by(c).Chat(ctx, session.ChatID(c.session(0)))
		return true, fmt.Sprintf("came to %d, read to %d, seen to %d, client %q %v", got.CameTo, got.ReadTo, got.SeenTo, got.Identity.Client, got.Identity.Items), err
	case "asks-log":
		return true, "", d.ClientAsksLog(ctx, client)
	case "rates":
		return true, "", d.ClientRated(ctx, client, openlines.Vote(c.word(1)))
	case "review":
		stars, _ := strconv.Atoi(c.word(2))
		return true, "", actor.Review(ctx, openlines.Review{Session: c.session(1), Stars: stars, Comment: c.text(3)})
	case "create-item":
		return true, "", actor.CreateItem(ctx, c.session(1))
	case "send-from":
		return true, "", actor.SendFrom(ctx, c.word(1), c.session(2), c.text(3))
	case "links":
		d.links = c.word(0)
		return true, "", nil
	case "notifier":
		n, err := strconv.Atoi(c.word(1))
		d.Notifier.Fail(n)
		return true, "", err
	case "identity":
		return true, "", s.identity(c)
	}
	return s.crm(c, actor)
}

// identity tells the CRM who a user is, or how it behaves.
func (s *script) identity(c command) error {
	switch c.word(0) {
	case "fail":
		n, err := strconv.Atoi(c.word(1))
		if c.word(1) == "always" {
			n, err = Always, nil
		}
		s.desk.Identifier.Fail(n)
		return err
	case "takes":
		s.desk.Identifier.Takes(duration(c.word(1)))
		return nil
	}
	who := openlines.Identity{Client: c.word(1), Responsible: queue.OperatorID(c.word(2))}
	for _, k := range c.keys {
		switch k[0] {
		case "items":
			who.Items = strings.Split(k[1], ",")
		case "found":
			who.Found = append(who.Found, item(k[1]))
		}
	}
	s.desk.Identifier.Knows(c.word(0), who)
	return nil
}

// refs are the channel's ids of the message that a delivery is about.
func refs(ids []string) string {
	if len(ids) == 0 {
		return ""
	}
	return fmt.Sprint(ids)
}

// verb is what a delivery does.
func verb(k connector.Kind) string {
	switch k {
	case connector.Edited:
		return "edited for"
	case connector.Deleted:
		return "deleted for"
	case connector.Read:
		return "read from"
	case connector.Transcript:
		return "log for"
	}
	return "said to"
}
