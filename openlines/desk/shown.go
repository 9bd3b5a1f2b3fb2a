package desk

import (
	"cmp"
	"errors"
	"strconv"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/queue"
)

// ShownAs says where what clients see of an operator comes from.
type ShownAs string

// The sources. The zero ShownAs is Profile.
const (
	Profile   ShownAs = "profile" // the operator's own name and photo
	FromQueue ShownAs = "queue"   // what the line's queue keeps of him (rule 2.9)
	Hide      ShownAs = "hide"    // nowhere: clients see nothing of him, not even the id
)

// Shown says what clients see of a line's operators (rule 11.1). The zero Shown shows their names and photos.
type Shown struct {
	As ShownAs `json:"as,omitempty"`
	// Name and Avatar stand in for what is missing: of a profile without a photo, of an operator whom the queue does not list
	// himself, of everybody who is hidden. At most queue.MaxShown and connector.MaxURL bytes; Avatar is an address or an id of
	// the host's.
	Name   string `json:"name,omitempty"`
	Avatar string `json:"avatar,omitempty"`
}

// validate reports every problem, joined, as *Invalid.
func (s Shown) validate() error {
	problems := []error{checkShown("Shown.Name", s.Name, queue.MaxShown), checkShown("Shown.Avatar", s.Avatar, connector.MaxURL)}
	switch s.As {
	case "", Profile, FromQueue, Hide:
	default:
		problems = append(problems, &Invalid{Field: "Shown.As", Problem: "want profile, queue or hide"})
	}
	return errors.Join(problems...)
}

// checkShown refuses what is too long to be shown, or no text.
func checkShown(field, text string, limit int) error {
	switch {
	case len(text) > limit:
		return &Invalid{Field: field, Problem: strconv.Itoa(len(text)) + " bytes", Limit: limit}
	case connector.CleanText(text, limit).Mended:
		return &Invalid{Field: field, Problem: "NUL or not UTF-8"}
	}
	return nil
}

// Shown returns what a client may see of an operator in a line, as its settings are now (rules 11.1, 11.3). Whatever tells a
// client of an operator asks here. The zero Author shows nobody.
func (d *Desk) Shown(line LineID, id queue.OperatorID) connector.Author {
	l := d.lines.rows[line]
	if l == nil || id == "" {
		return connector.Author{}
	}
	a := connector.Author{Operator: string(id)}
	switch l.Shown.As {
	case Hide:
		a.Operator = ""
	case FromQueue:
		m := d.entryOf(l, id)
		a.Name, a.Position, a.Photo = m.Name, m.Position, m.Avatar
	default:
		if o := d.operators.rows[id]; o != nil {
			a.Name, a.Photo = o.Name, o.Photo
		}
	}
	a.Name, a.Photo = cmp.Or(a.Name, l.Shown.Name), cmp.Or(a.Photo, l.Shown.Avatar)
	return a
}

// ShownIn returns what the client sees of an operator in a delivery, and whether his name goes before the text (rule 11.2).
func (d *Desk) ShownIn(e Effect, id queue.OperatorID) (a connector.Author, signs bool) {
	c := d.connections.rows[connectionKey(e.Connector, e.Account)]
	return d.Shown(e.Line, id), c != nil && c.Signs
}

// entryOf returns an operator's own entry in a line's queue, wherever in it; the zero Member if he has none.
func (d *Desk) entryOf(l *Line, id queue.OperatorID) queue.Member {
	members := l.Queue.Members
	for part := 1; ; part++ {
		for _, m := range members {
			if m.Operator == id {
				return m
			}
		}
		r := d.rosters.rows[rosterKey{l.ID, part}]
		if r == nil {
			return queue.Member{}
		}
		members = r.Members
	}
}
