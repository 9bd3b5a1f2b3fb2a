package postgres_test

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/openlines/openlinestest"
	"github.com/openlines-go/openlines/queue"
	talk "github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage/postgres"
)

// bureau is a desk "main" in a schema of its own, on a clock that the test sets.
type bureau struct {
	*openlines.Engine
	t      testing.TB
	clock  *openlinestest.Clock
	schema string
}

func mustBureau(t testing.TB) *bureau {
	t.Helper()
	ctx := t.Context()
	b := &bureau{t: t, clock: openlinestest.NewClock(nine), schema: mustSchema(t)}
	d, err := postgres.OpenDesks(ctx, pool(t), b.schema)
	if err != nil {
		t.Fatal(err)
	}
	s, err := d.Open(ctx, "main")
	if err != nil {
		t.Fatal(err)
	}
	if b.Engine, err = openlines.Open(ctx, s, openlines.Config{Clock: b.clock}); err != nil {
		t.Fatal(err)
	}
	takes := map[desk.Right]desk.Scope{desk.MayIntercept: desk.AnyOnes}
	b.must(b.PutRole(ctx, openlines.Role{ID: "lead", Rights: takes}))
	for _, o := range []openlines.Operator{{ID: "ann", Name: "Ann Ä."}, {ID: "bob"}, {ID: "cat"}} {
		o.Roles = []openlines.RoleID{"lead"}
		b.must(b.PutOperator(ctx, o))
	}
	for _, line := range []openlines.Line{
		{ID: "support", Queue: queue.Rules{Mode: queue.Strictly, Members: queue.Operators("ann", "bob"), PassOnAfter: 100 * time.Hour}},
		{ID: "sales", Queue: queue.Rules{Members: queue.Operators("cat"), PassOnAfter: 100 * time.Hour}},
	} {
		line.Session.UnansweredAfter = 5 * time.Minute
		b.must(b.PutLine(ctx, line))
		b.must(b.Connect(ctx, line.ID, "web", string(line.ID)))
	}
	return b
}

func (b *bureau) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// says is a client's first message after a time.
func (b *bureau) says(after time.Duration, line, user string) talk.ID {
	b.t.Helper()
	b.wait(after)
	got, err := b.Receive(b.t.Context(), connector.Inbound{
		Connector: "web", Account: line, User: user, ID: "1", Text: `"quoted" \ and ümlaut`,
	})
	b.must(err)
	return got.Session
}

// replies is an operator's message after a time.
func (b *bureau) replies(after time.Duration, by queue.OperatorID, to talk.ID) {
	b.t.Helper()
	b.wait(after)
	s, err := b.Session(b.t.Context(), to)
	b.must(err)
	if s.Owner != by && s.OfferedTo != by {
		b.must(b.As(by).Intercept(b.t.Context(), to))
	}
	b.must(b.As(by).Send(b.t.Context(), to, "good morning"))
}

func (b *bureau) wait(d time.Duration) {
	b.t.Helper()
	b.clock.Add(d)
	_, err := b.Advance(b.t.Context())
	b.must(err)
}

// rows asks the database, for rows of text.
func (b *bureau) rows(query string) (all []string) {
	b.t.Helper()
	query = "select r::text from (" + strings.ReplaceAll(query, "openlines.", b.schema+".") + ") r"
	b.must(pgx.BeginFunc(b.t.Context(), pool(b.t), func(tx pgx.Tx) error {
		if _, err := tx.Exec(b.t.Context(), "set local time zone 'UTC'"); err != nil {
			return err
		}
		rows, err := tx.Query(b.t.Context(), query)
		if err == nil {
			all, err = pgx.CollectRows(rows, pgx.RowTo[string])
		}
		return err
	}))
	return all
}

// documented are the reports of the package's documentation, as they stand there.
func documented(t testing.TB) (queries []string) {
	t.Helper()
	text, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	inside := false
	for line := range strings.Lines(string(text)) {
		code, is := strings.CutPrefix(line, "//\t")
		if is && !inside {
			queries = append(queries, "")
		}
		if inside = is; is {
			queries[len(queries)-1] += code
		}
	}
	return queries
}

func TestDocumentedReports(t *testing.T) {
	t.Parallel()
	b := mustBureau(t)
	for _, seconds := range []time.Duration{10, 20, 60} {
		b.replies(seconds*time.Second, "ann", b.says(time.Minute, "support", "client"+seconds.String()))
	}
	b.replies(30*time.Second, "bob", b.says(time.Minute, "support", "one of bob"))
	late := b.says(time.Minute, "support", "answered late")
	b.replies(6*time.Minute, "bob", late)
	b.replies(time.Minute, "ann", late) // who is not the first
	b.says(time.Minute, "support", "still waiting")
	b.says(time.Minute, "support", "still waiting, too")
	b.clock.Set(time.Date(2026, 3, 2, 23, 30, 0, 0, time.UTC)) // the next day in Berlin
	b.says(0, "sales", "by night")

	queries := documented(t)
	if len(queries) != 4 { // the first gives rights
		t.Fatalf("%d pieces of code in the documentation, want 4", len(queries))
	}
	for i, want := range [][]string{
		{"(sales,2026-03-03,1,0.000)", "(support,2026-03-02,7,0.429)"},
		{"(ann,3,20,52)", "(bob,2,195,327)"},
		{`(support,2,"2026-03-02 09:15:00+00")`, `(sales,1,"2026-03-02 23:30:00+00")`},
	} {
		if diff := cmp.Diff(want, b.rows(queries[i+1])); diff != "" {
			t.Errorf("%s\n(-want +got):\n%s", queries[i+1], diff)
		}
	}
}

// The documented rights let a reader read the views, and nothing else.
func TestDocumentedRights(t *testing.T) {
	t.Parallel()
	b := mustBureau(t)
	p, role := pool(t), "openlines_reports_"+b.schema[len(b.schema)-8:]
	if _, err := p.Exec(t.Context(), "create role "+role); err != nil {
		t.Skipf("the tests' role may not make another: %v", err)
	}
	t.Cleanup(func() {
		_ = dropSchema(p, b.schema)
		_, _ = p.Exec(context.Background(), "drop role "+role)
	})
	rights := strings.NewReplacer("schema openlines ", "schema "+b.schema+" ", "openlines.", b.schema+".", "to reports", "to "+role)
	if _, err := p.Exec(t.Context(), rights.Replace(documented(t)[0])); err != nil {
		t.Fatal(err)
	}
	config := p.Config().Copy()
	config.ConnConfig.RuntimeParams["role"] = role
	reader := mustPool(t, config)
	for _, query := range documented(t)[1:] {
		if _, err := reader.Exec(t.Context(), rights.Replace(query)); err != nil {
			t.Errorf("%s\n%v", query, err)
		}
	}
	for _, statement := range []string{
		"select from openlines.record", "delete from openlines.sessions", "update openlines.desk set events = 0",
	} {
		if _, err := reader.Exec(t.Context(), rights.Replace(statement)); err == nil {
			t.Errorf("a reader may %s", statement)
		}
	}
}

// The views show what the engine says.
func TestViewsShowTheDesk(t *testing.T) {
	t.Parallel()
	b := mustBureau(t)
	waiting := b.says(time.Second, "support", "client 1")
	answered := b.says(time.Second, "sales", "client 2")
	b.replies(time.Second, "cat", answered)
	finished := b.says(time.Second, "support", "client 3")
	b.replies(time.Second, "bob", finished)
	b.must(b.As("bob").Finish(t.Context(), finished))
	b.wait(time.Hour) // the closing delay ends, and the first client is not answered
	for query, want := range map[string][]string{
		`select id, chat, line, state, owner, offered_to, to_all, unanswered, off_hours, pinned, reason, open, first_message
			from openlines.sessions order by id`: {
			"(1,1,support,offered,,ann,f,t,f,f,,t,1)",
			"(2,2,sales,replied,cat,,f,f,f,f,,t,1)",
			"(3,3,support,closed,bob,,f,f,f,f,finished,f,1)",
		},
		`select id, began, queued, asked, replied, accepted, finished, ended from openlines.sessions order by id`: {
			`(1,"2026-03-02 09:00:01+00","2026-03-02 09:00:01+00","2026-03-02 09:00:01+00",,,,)`,
			`(2,"2026-03-02 09:00:02+00","2026-03-02 09:00:02+00",,"2026-03-02 09:00:03+00","2026-03-02 09:00:03+00",,)`,
			`(3,"2026-03-02 09:00:04+00","2026-03-02 09:00:04+00",,"2026-03-02 09:00:05+00","2026-03-02 09:00:05+00",` +
				`"2026-03-02 09:00:05+00","2026-03-02 09:10:05+00")`,
		},
		`select chat, number, session, by, operator, kind, text, files from openlines.messages
			where by = 'operator' order by chat, number`: {
			`(2,2,2,operator,cat,,"good morning",)`, `(3,2,3,operator,bob,,"good morning",)`,
		},
		`select distinct text from openlines.messages where by = 'client'`: {`("""quoted"" \\ and ümlaut")`},
		`select desk, id, name, status, until, since from openlines.operators where id < 'b'`: {
			`(main,ann,"Ann Ä.",offline,,"2026-03-02 09:00:00+00")`,
		},
		`select body ->> 'line' from openlines.sessions where (body ->> 'id')::int = 2`: {"(sales)"},
	} {
		if diff := cmp.Diff(want, b.rows(query)); diff != "" {
			t.Errorf("%s\n(-want +got):\n%s", query, diff)
		}
	}
	s, err := b.Session(t.Context(), waiting)
	if err != nil || s.State != talk.Offered {
		t.Errorf("the engine says %v, %v", s.State, err)
	}
}
