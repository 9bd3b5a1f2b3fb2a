package openlinestest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/storage"
)

// place is where hostile words are tried out: a session of the hostile operator, whose first message is the client's and whose second
// is his own.
type place struct {
	*Desk
	got     openlines.Received
	address connector.Address
	id      string // of the client's message
}

// lineWords are the fields of a line that take words.
var lineWords = []func(l *openlines.Line, w string){
	func(l *openlines.Line, w string) { l.Name, l.Title, l.External, l.Category = w, w, w, w },
	func(l *openlines.Line, w string) { l.Code, l.Language, l.Canned = w, w, w },
	func(l *openlines.Line, w string) {
		l.OffHoursTo, l.UnansweredTo = openlines.LineID(w), openlines.LineID(w)
	},
	func(l *openlines.Line, w string) { l.Texts = openlines.Texts{Greeting: w, Closing: w, Liked: w} },
	func(l *openlines.Line, w string) { l.Texts.Rate, l.Texts.RateButtons = w, w },
	func(l *openlines.Line, w string) { l.Translations = map[string]openlines.Texts{w: {Greeting: w}} },
	func(l *openlines.Line, w string) {
		l.Consent, l.Texts.Consent = openlines.Consent{Document: w, Version: w}, w
	},
	func(l *openlines.Line, w string) { l.Form.ID, l.Bot.ID = w, openlines.BotID(w) },
	func(l *openlines.Line, w string) { l.Thanks, l.Rating.Good = []string{w}, []string{w} },
	func(l *openlines.Line, w string) { l.Shown = openlines.Shown{As: desk.FromQueue, Name: w, Avatar: w} },
	func(l *openlines.Line, w string) { l.CRM.Source, l.CRM.Stage = w, w },
	func(l *openlines.Line, w string) {
		l.CRM.Create, l.CRM.AttachTo = desk.ItemKind(w), []desk.ItemKind{desk.ItemKind(w)}
	},
	func(l *openlines.Line, w string) {
		tell := openlines.Notify{Text: w, Operators: []queue.OperatorID{queue.OperatorID(w)}, Roles: []openlines.RoleID{openlines.RoleID(w)}}
		l.NotifyEmptyQueue = tell
		l.Escalation = []openlines.EscalationStep{{After: desk.Within(time.Minute), To: openlines.LineID(w), Notify: tell}}
	},
	func(l *openlines.Line, w string) {
		l.Queue.Members = []queue.Member{{Operator: queue.OperatorID(w), Name: w, Position: w, Avatar: w}, {Department: queue.DepartmentID(w)}}
	},
}

// words are all acts and questions that take words, but for those that entries are about one by one. What they are given is
// hostile in each place where they take some.
var words = map[string]func(ctx context.Context, p place, w string) error{
	"put an operator": func(ctx context.Context, p place, w string) error {
		return p.PutOperator(ctx, openlines.Operator{ID: "eve", Name: w, Photo: w})
	},
	"put a role": func(ctx context.Context, p place, w string) error {
		return p.PutRole(ctx, openlines.Role{ID: openlines.RoleID(w), Lines: []openlines.LineID{openlines.LineID(w)}})
	},
	"put a service": func(ctx context.Context, p place, w string) error {
		return p.PutService(ctx, openlines.Service{ID: openlines.ServiceID("service " + w), Name: w, Roles: []openlines.RoleID{openlines.RoleID(w)}})
	},
	"name a service": func(ctx context.Context, p place, w string) error {
		return p.PutService(ctx, openlines.Service{ID: "service", Name: w})
	},
	"put a line": func(ctx context.Context, p place, w string) error {
		for _, field := range lineWords {
			l := openlines.Line{ID: "hostile"}
			field(&l, w)
			if err := p.PutLine(ctx, l); err != nil && !final(err) {
				return err
			}
		}
		return nil
	},
	"register a connector": func(ctx context.Context, p place, w string) error {
		return p.PutConnector(ctx, openlines.ConnectorInfo{ID: "kind", Name: w, Comment: w, Icon: openlines.Icon{Image: w, Color: w, Size: w, Position: w}})
	},
	"set data": func(ctx context.Context, p place, w string) error {
		return p.SetConnectionData(ctx, p.channel(), openlines.ConnectionData{ID: w, URL: w, Chat: w, Name: w})
	},
	"set an error":  func(ctx context.Context, p place, w string) error { return p.SetConnectionError(ctx, p.channel(), w) },
	"rename":        func(ctx context.Context, p place, w string) error { return p.ann().Rename(ctx, p.got.Chat, w) },
	"name the chat": func(ctx context.Context, p place, w string) error { return p.ChatNamed(ctx, p.address, w) },
	"note":          func(ctx context.Context, p place, w string) error { return p.ann().Note(ctx, p.got.Session, w) },
	"edit":          func(ctx context.Context, p place, w string) error { return p.ann().Edit(ctx, p.got.Chat, 2, w) },
	"send files": func(ctx context.Context, p place, w string) error {
		return p.ann().Send(ctx, p.got.Session, w, connector.File{ID: w, Name: w, Type: w, URL: w})
	},
	"send from an item": func(ctx context.Context, p place, w string) error { return p.ann().SendFrom(ctx, w, p.got.Session, w) },
	"write first": func(ctx context.Context, p place, w string) error {
		_, err := p.ann().WriteFirst(ctx, openlines.WriteFirst{To: p.address, Text: w, Client: hostileClient(w), Files: []connector.File{{ID: w}}})
		return err
	},
	"write in the network": func(ctx context.Context, p place, w string) error {
		_, err := p.ann().WriteNetwork(ctx, openlines.WriteNetwork{
			Code: w, Account: w, User: w, Text: w, Attachment: []byte(w), Buttons: []connector.Link{{Label: w, URL: w}},
		})
		return err
	},
	"join the network": func(ctx context.Context, p place, w string) error {
		_, err := p.JoinNetwork(ctx, w, w)
		return err
	},
	"the client tells of himself": func(ctx context.Context, p place, w string) error {
		_, err := p.ClientOpened(ctx, p.address, hostileClient(w))
		return err
	},
	"the client edits": func(ctx context.Context, p place, w string) error {
		return p.ClientEdited(ctx, p.address, p.id, w, connector.File{ID: w, Name: w})
	},
	"the client edits what is unknown": func(ctx context.Context, p place, w string) error { return p.ClientEdited(ctx, p.address, w, w) },
	"the client deletes":               func(ctx context.Context, p place, w string) error { return p.ClientDeleted(ctx, p.address, w) },
	"the client types":                 func(ctx context.Context, p place, w string) error { return p.ClientTypes(ctx, p.address, w) },
	"the client votes": func(ctx context.Context, p place, w string) error {
		return p.ClientRated(ctx, p.address, openlines.Vote(w))
	},
	"the client fills in": func(ctx context.Context, p place, w string) error {
		_, err := p.ClientFilled(ctx, openlines.ClientFills{
			Address: p.address, Form: "form", Item: w, Responsible: queue.OperatorID(w), Fields: []openlines.Field{{Name: w, Value: w}}, Client: hostileClient(w),
		})
		return err
	},
	"the client fills in a field": func(ctx context.Context, p place, w string) error {
		_, err := p.ClientFilled(ctx, openlines.ClientFills{Address: p.address, Form: "form", Fields: []openlines.Field{{Name: "Name", Value: w}}})
		return err
	},
	"it arrived": func(ctx context.Context, p place, w string) error {
		_, err := p.Arrived(ctx, p.address, w, w)
		return err
	},
	"it was read": func(ctx context.Context, p place, w string) error {
		_, err := p.WasRead(ctx, p.address, w)
		return err
	},
	"it arrived as": func(ctx context.Context, p place, w string) error { return p.ArrivedAs(ctx, p.address, 2, w) },
	"put a response": func(ctx context.Context, p place, w string) error {
		return p.PutCanned(ctx, p.line, openlines.Canned{ID: w, Title: w, Text: w, Files: []connector.File{{ID: w}}})
	},
	"say a response": func(ctx context.Context, p place, w string) error {
		return p.PutCanned(ctx, p.line, openlines.Canned{ID: "response", Title: w, Text: w})
	},
	"drop a response": func(ctx context.Context, p place, w string) error { return p.DropCanned(ctx, p.line, w) },
	"responses": func(ctx context.Context, p place, w string) error {
		_, _, err := p.Canned(ctx, p.line, w, openlines.Page{})
		return err
	},
	"put the client": func(ctx context.Context, p place, w string) error {
		return p.PutClient(ctx, openlines.PutClient{Chat: p.got.Chat, Language: w})
	},
	"the client known as": func(ctx context.Context, p place, w string) error {
		_, err := p.ClientKnownAs(ctx, w)
		return err
	},
	"transfer": func(ctx context.Context, p place, w string) error {
		return p.Transfer(ctx, openlines.Transfer{Session: p.got.Session, To: queue.OperatorID(w)})
	},
	"move": func(ctx context.Context, p place, w string) error {
		return p.Transfer(ctx, openlines.Transfer{Session: p.got.Session, Line: openlines.LineID(w)})
	},
	"invite": func(ctx context.Context, p place, w string) error {
		return p.ann().Invite(ctx, p.got.Session, queue.OperatorID(w))
	},
	"hand over": func(ctx context.Context, p place, w string) error { return p.HandOver(ctx, queue.OperatorID(w)) },
	"invite by an item": func(ctx context.Context, p place, w string) error {
		_, err := p.InviteByItem(ctx, w, p.got.Chat, hostileOperator)
		return err
	},
	"finish an item": func(ctx context.Context, p place, w string) error {
		_, err := p.FinishItem(ctx, w)
		return err
	},
	"chats of an item": func(ctx context.Context, p place, w string) error {
		_, _, err := p.ChatsOfItem(ctx, w, true, openlines.Page{})
		return err
	},
	"search": func(ctx context.Context, p place, w string) error {
		_, err := p.SearchChats(ctx, w, openlines.Page{})
		return err
	},
	"sessions": func(ctx context.Context, p place, w string) error {
		_, err := p.Sessions(ctx, openlines.SessionFilter{Line: openlines.LineID(w), Connector: connector.ID(w), Operator: queue.OperatorID(w), Item: w}, openlines.Page{})
		return err
	},
	"metrics": func(ctx context.Context, p place, w string) error {
		_, err := p.Metrics(ctx, monday, monday.Add(24*time.Hour), openlines.MetricsFilter{Line: openlines.LineID(w), Connector: connector.ID(w), Operator: queue.OperatorID(w)})
		return err
	},
	"as a bot": func(ctx context.Context, p place, w string) error {
		return p.AsBot(openlines.BotID(w)).Send(ctx, p.got.Session, w)
	},
	"as a service": func(ctx context.Context, p place, w string) error {
		return p.AsService(openlines.ServiceID(w)).Finish(ctx, p.got.Session)
	},
	"archive a line": func(ctx context.Context, p place, w string) error {
		return p.ArchiveLine(ctx, openlines.LineID("no "+w))
	},
	"review": func(ctx context.Context, p place, w string) error {
		if err := p.ann().Spam(ctx, p.got.Session); err != nil {
			return err
		}
		return p.Review(ctx, openlines.Review{Session: p.got.Session, Comment: w})
	},
}

func (p place) ann() openlines.Actor { return p.As(hostileOperator) }

func (p place) channel() openlines.Channel {
	return openlines.Channel{Connector: ConnectorID, Account: p.address.Account}
}

func hostileClient(w string) connector.Client {
	return connector.Client{Name: w, Language: w, Phone: w, Email: w, Gender: w, Picture: "https://example.org/" + w, Profile: w}
}

// tryEverywhere gives words to every act that takes some. None may meet a defect, or the store: whatever is not taken is refused
// for good, and the desk is sound.
func (h *hostile) tryEverywhere(t *testing.T, w string) {
	t.Helper()
	d, ctx := h.on(), t.Context()
	in := h.message()
	in.User += "everywhere"
	in.ID += "everywhere"
	p := place{Desk: d, got: mustReceive(t, d, in), address: in.Address(), id: in.ID}
	if err := p.ann().Send(ctx, p.got.Session, "Yes?"); err != nil {
		t.Fatal(err)
	}
	for name, do := range words { // order does not matter, but for one
		if name != "review" {
			mustBeFinal(t, name, do(ctx, p, w))
		}
	}
	mustBeFinal(t, "review", words["review"](ctx, p, w))
}

func mustBeFinal(t *testing.T, name string, err error) {
	t.Helper()
	if err != nil && !final(err) {
		t.Errorf("%s: %v", name, err)
	}
}

// final reports whether a refusal is the desk's, and not the store's or a defect.
func final(err error) bool {
	return openlines.Final(err) && !errors.Is(err, storage.ErrInvalid) && !errors.Is(err, storage.ErrTooLarge)
}
