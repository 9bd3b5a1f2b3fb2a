package openlinestest

import (
	"fmt"
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
