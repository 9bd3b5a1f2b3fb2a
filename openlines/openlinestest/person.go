package openlinestest

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/session"
)

// person does what is done to clients: "person chat" tells who he is, "person-set chat language priority" sets what is known
// of him, "merge 1 2" and "split 2" say which chats are his, "personal chat" tells what is kept of him, and "erase chat" takes
// that out.
func (s *script) person(c command) (known bool, answer string, err error) {
	ctx, actor := s.desk.tb.Context(), s.by(c)
	id := session.ChatID(c.session(0))
	switch c.name {
	case "person":
		who, err := actor.Client(ctx, id)
		if c.word(0) == "known" {
			who, err = actor.ClientKnownAs(ctx, c.word(1))
		}
		if err != nil {
			return true, "", err
		}
		return true, fmt.Sprintf("chats %v, known as %q, language %q, priority %d", who.Chats, who.Known, who.Language, who.Priority), nil
	case "person-set":
		priority, _ := strconv.Atoi(c.word(2))
		return true, "", actor.PutClient(ctx, openlines.PutClient{Chat: id, Language: strings.Trim(c.word(1), "-"), Priority: priority})
	case "merge":
		return true, "", actor.MergeClients(ctx, id, session.ChatID(c.session(1)))
	case "split":
		return true, "", actor.SplitClient(ctx, id)
	case "erase":
		return true, "", actor.Erase(ctx, id)
	case "personal":
		var out []string
		for p, err := range actor.PersonalData(ctx, id) {
			if err != nil {
				return true, "", err
			}
			out = append(out, fmt.Sprintf("chat %d of %q, called %q: %d messages, %d files, %d sessions, %d comments, %d canned",
				p.Chat.ID, p.Chat.Address.User, p.Chat.Client.Name, p.Messages, p.Files, p.Sessions, p.Comments, p.Canned))
		}
		return true, strings.Join(out, "\n"), nil
	}
	return false, "", nil
}
