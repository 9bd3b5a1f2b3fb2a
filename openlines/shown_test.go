package openlines_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/openlines/openlinestest"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage/memory"
)

// rule 11.3: whatever happens, nothing that goes to a client tells of an operator, by name, photo or id, once his line hides
// him: not what was written before that and could not be delivered then, either.
func TestHiddenInEveryTrace(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			(&masquerade{t: t, rand: rand.New(rand.NewPCG(seed, 0))}).run()
		})
	}
}

// who is in everything that is known of the operators.
const who = "maske"

// masquerade is a desk whose operators are shown at first, and hidden later.
type masquerade struct {
	*openlines.Engine
	t      *testing.T
	rand   *rand.Rand
	clock  *openlinestest.Clock
	hidden bool
	told   int // deliveries that told of an operator, while they might
	kept   int // and that did not, since
	sent   int
	last   session.ID
}

func (m *masquerade) run() {
	m.clock = openlinestest.NewClock(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	m.Engine = open(m.t, memory.New(), openlines.Config{
		Clock: m.clock, Connectors: map[connector.ID]connector.Connector{"web": connector.Func(m.deliver)},
	})
	for _, id := range []queue.OperatorID{who + "-ann", who + "-bob"} {
		must(m.t, m.PutOperator(m.t.Context(), openlines.Operator{ID: id, Name: strings.ToUpper(string(id)), Photo: string(id) + ".png"}))
	}
	m.lines(openlines.Shown{})
	m.acts(500)
	m.hidden = true
	m.lines(openlines.Shown{As: desk.Hide, Name: "Helpdesk", Avatar: "house.png"})
	letters, _, err := m.DeadLetters(m.t.Context(), openlines.Channel{}, openlines.Page{Limit: 1000})
	must(m.t, err)
	for _, e := range letters {
		must(m.t, m.RetryDelivery(m.t.Context(), e.ID))
	}
	m.acts(700)
	if m.told < 30 || m.kept < 50 || len(letters) < 10 {
		m.t.Errorf("%d deliveries told of an operator, %d not, %d were dead meanwhile: the test tests nothing", m.told, m.kept, len(letters))
	}
}

func (m *masquerade) lines(shown openlines.Shown) {
	ctx := m.t.Context()
	text := "I am #OPERATOR#, or #OPERATOR#"
	for _, id := range []openlines.LineID{"sales", "support"} {
		members := queue.Operators(who+"-ann", who+"-bob")
		members[0].Name, members[0].Avatar = who+" alias", who+"-alias.png"
		must(m.t, m.PutLine(ctx, openlines.Line{
			ID: id, Queue: queue.Rules{Members: members}, Shown: shown, Session: session.Rules{CloseDelay: time.Minute},
			Texts: openlines.Texts{Greeting: text, Unanswered: text, Closing: text, Rate: text + " 1 0", Liked: text, Disliked: text},
		}))
		must(m.t, m.PutConnection(ctx, openlines.Connection{Line: id, Connector: "web", Account: string(id), Signs: true, CanStart: true}))
	}
}

// deliver fails often, and for good.
func (m *masquerade) deliver(_ context.Context, out connector.Outbound) (connector.Receipt, error) {
	switch tells := strings.Contains(strings.ToLower(fmt.Sprintf("%+v", out)), who); {
	case tells && m.hidden:
		m.t.Errorf("a client is told of an operator: %+v", out)
	case m.rand.IntN(4) == 0:
		return connector.Receipt{}, &connector.Failure{Permanent: true, Err: errors.New("not now")}
	case tells:
		m.told++
	case m.hidden:
		m.kept++
	}
	return connector.Receipt{ID: "web-" + out.ID}, nil
}

// acts does things at random; most are refused.
func (m *masquerade) acts(n int) {
	ctx := m.t.Context()
	for range n {
		client := connector.Address{Connector: "web", Account: []string{"sales", "support"}[m.rand.IntN(2)], User: fmt.Sprint("client", m.rand.IntN(3))}
		operator := queue.OperatorID([]string{who + "-ann", who + "-bob"}[m.rand.IntN(2)])
		as, id, chat := m.As(operator), max(1, m.last-session.ID(m.rand.IntN(4))), session.ChatID(1+m.rand.IntN(6))
		message := int64(1 + m.rand.IntN(20))
		m.sent++
		var err error
		switch m.rand.IntN(12) {
		case 0, 1, 2:
			in := connector.Inbound{Connector: "web", Account: client.Account, User: client.User, ID: fmt.Sprint("m", m.sent), Text: []string{"?", "1"}[m.rand.IntN(2)]}
			if m.rand.IntN(6) == 0 {
				in.Operator = string(operator)
			}
			var got openlines.Received
			got, err = m.Receive(ctx, in)
			m.last = max(m.last, got.Session)
		case 3, 4:
			err = as.Send(ctx, id, "Hello", connector.File{ID: "f"})
		case 5:
			err = as.Edit(ctx, chat, message, fmt.Sprint("Hello ", m.sent))
		case 6:
			err = as.Delete(ctx, chat, message)
		case 7:
			err = m.Transfer(ctx, openlines.Transfer{Session: id, To: operator, Assign: m.rand.IntN(2) == 0})
		case 8:
			err = m.Transfer(ctx, openlines.Transfer{Session: id, Line: openlines.LineID(client.Account)})
		case 9:
			err = as.Finish(ctx, id)
		case 10:
			_, err = as.WriteFirst(ctx, openlines.WriteFirst{To: client, Text: "Hello"})
		default:
			err = errors.Join(as.Join(ctx, id), as.Seen(ctx, chat))
			m.clock.Add(time.Duration(m.rand.IntN(90)) * time.Second)
		}
		if err != nil && !openlines.Final(err) {
			m.t.Fatal(err)
		}
		_, err = m.Advance(ctx)
		must(m.t, err)
	}
}
