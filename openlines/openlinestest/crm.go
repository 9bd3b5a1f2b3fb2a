package openlinestest

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
)

// setCRM sets what a line does with the host's CRM.
func setCRM(c *openlines.CRM, key, value string) error {
	switch key {
	case "attach-to":
		for kind := range strings.SplitSeq(value, ",") {
			c.AttachTo = append(c.AttachTo, desk.ItemKind(kind))
		}
	case "create":
		c.Create = desk.ItemKind(value)
	case "source":
		c.Source = value
	case "stage":
		c.Stage = value
	default:
		return fmt.Errorf("no such key: %s", key)
	}
	return nil
}

// item reads an item of the CRM: its id, its kind, and in any order whose it is, when it began, and "closed".
func item(text string) (i openlines.Item) {
	for n, w := range strings.Fields(text) {
		began, err := time.Parse(date, w)
		switch {
		case n == 0:
			i.ID = w
		case n == 1:
			i.Kind = desk.ItemKind(w)
		case w == "closed":
			i.Closed = true
		case err == nil:
			i.Began = began
		default:
			i.Responsible = queue.OperatorID(w)
		}
	}
	return i
}

// crm does what there is to do and to ask about the host's CRM.
func (s *script) crm(c command) (known bool, answer string, err error) {
	switch c.name {
	case "drafts":
		var out []string
		for _, d := range s.desk.Identifier.Drafts()[s.drafts:] {
			s.drafts++
			said := make([]string, len(d.Messages))
			for i, m := range d.Messages {
				said[i] = m.Said.Text
			}
			out = append(out, fmt.Sprintf("%s of %s for %q, source %q or %q, stage %q, client %+v, known as %q, said %q",
				d.Kind, d.Address.User, d.Responsible, d.Source, d.SourceName, d.Stage, d.Client, d.Known.Client, said))
		}
		return true, strings.Join(out, "\n"), nil
	case "dead":
		letters, _, err := s.desk.DeadLetters(s.desk.tb.Context(), openlines.Channel{}, openlines.Page{})
		out := make([]string, len(letters))
		for i, e := range letters {
			out[i] = fmt.Sprintf("%d %s: %s after %d attempts", e.ID, e.Kind, e.Reason, e.Attempt)
		}
		return true, strings.Join(out, "\n"), err
	case "retry-letter":
		id, err := strconv.ParseInt(c.word(0), 10, 64)
		return true, "", errors.Join(err, s.desk.RetryDelivery(s.desk.tb.Context(), openlines.EffectID(id)))
	}
	return false, "", nil
}
