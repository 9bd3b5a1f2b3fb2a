package postgres_test

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/postgres"
)

// The tests look for a server in this order: the URL in OPENLINES_POSTGRES, one on this machine, a private cluster
// made with initdb. Without any they are skipped; if OPENLINES_REQUIRE_POSTGRES is 1, or the URL does not answer, they fail.
const local = "postgres://postgres@127.0.0.1:5432/postgres?sslmode=disable&connect_timeout=2"

// leave is what ends the server and drops what the tests made, in the order of making.
var leave []func()

func TestMain(m *testing.M) {
	if address := os.Getenv(holderVariable); address != "" {
		os.Exit(holder(address, os.Args[1:]))
	}
	flag.Parse()
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue {
		_ = f.Value.Set("10") // each action is several round trips
	}
	code := m.Run()
	for _, f := range slices.Backward(leave) {
		f()
	}
	os.Exit(code)
}

// server is where the tests of this run keep their desks: a pool, and a schema that is dropped in the end.
type server struct {
	pool   *pgxpool.Pool
	desks  *postgres.Desks
	schema string
}

var errNoServer = errors.New("no PostgreSQL")

var shared = sync.OnceValues(func() (*server, error) {
	ctx := context.Background()
	address, err := findServer(ctx)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoServer, err)
	}
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, err
	}
	config.MaxConns = 24
	s := &server{schema: freshName()}
	if s.pool, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return nil, err
	}
	leave = append(leave, s.pool.Close, func() {
		if err := dropSchema(s.pool, s.schema); err != nil {
			fmt.Fprintln(os.Stderr, "drop the tests' schema:", err)
		}
	})
	s.desks, err = postgres.OpenDesks(ctx, s.pool, s.schema)
	return s, err
})

// freshName is that of a schema that nobody has.
func freshName() string { return "openlines_test_" + strings.ToLower(rand.Text()) }

func dropSchema(p *pgxpool.Pool, schema string) error {
	_, err := p.Exec(context.Background(), "drop schema if exists "+pgx.Identifier{schema}.Sanitize()+" cascade")
	return err
}

func dropDatabase(p *pgxpool.Pool, name string) error {
	_, err := p.Exec(context.Background(), "drop database "+name+" with (force)")
	return err
}

func findServer(ctx context.Context) (string, error) {
	if given := os.Getenv("OPENLINES_POSTGRES"); given != "" {
		return given, run(ctx, given, "select 1")
	}
	err := run(ctx, local, "select 1")
	if err == nil {
		return local, nil
	}
	private, stop, cause := startServer(ctx)
	if cause != nil {
		return "", errors.Join(err, cause)
	}
	leave = append(leave, stop)
	return private, nil
}

// startServer makes a private cluster that listens on a socket in its own directory, and returns what ends it.
func startServer(ctx context.Context) (address string, stop func(), err error) {
	bin, err := binaries()
	if err != nil {
		return "", nil, err
	}
	dir, err := os.MkdirTemp("", "openlines-postgres-")
	if err != nil {
		return "", nil, err
	}
	var as []string
	if os.Geteuid() == 0 { // the server does not run as root
		as = []string{"runuser", "-u", "postgres", "--"}
	}
	call := func(args ...string) error {
		args = append(slices.Clone(as), args...)
		c := exec.CommandContext(ctx, args[0], args[1:]...)
		c.Dir = dir
		if out, err := c.Output(); err != nil {
			return fmt.Errorf("%s: %w: %s", filepath.Base(args[len(as)]), err, out)
		}
		return nil
	}
	data, control := filepath.Join(dir, "data"), filepath.Join(bin, "pg_ctl")
	stop = func() {
		_ = call(control, "-D", data, "-m", "immediate", "stop") // if it runs
		_ = os.RemoveAll(dir)
	}
	if as != nil {
		err = exec.CommandContext(ctx, "chown", "postgres", dir).Run()
	}
	if err == nil {
		err = call(filepath.Join(bin, "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "-N")
	}
	if err == nil {
		err = call(control, "-D", data, "-w", "-l", filepath.Join(dir, "log"), "-o", "-c listen_addresses='' -k "+dir, "start")
	}
	if err != nil {
		stop()
		return "", nil, err
	}
	return "postgres:///postgres?user=postgres&host=" + url.QueryEscape(dir), stop, nil
}

// Where there is no server, but the programs of one, the tests make their own.
func TestPrivateCluster(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("makes a cluster")
	}
	if _, err := binaries(); err != nil {
		t.Skip(err)
	}
	address, stop, err := startServer(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	p, err := postgres.NewPool(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	s, err := postgres.Open(t.Context(), p, "main")
	if err != nil {
		t.Fatal(err)
	}
	mustCommit(t, s, batch(storage.Mark{}, session("1", "{}")))
}

func binaries() (string, error) {
	if found, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(found), nil
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return "", errors.New("no server, and no initdb to make one")
	}
	return filepath.Dir(found[len(found)-1]), nil
}

func run(ctx context.Context, server, statement string) error {
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, statement)
	return errors.Join(err, conn.Close(ctx))
}

// mustServer skips the test if there is no server.
func mustServer(t testing.TB) *server {
	t.Helper()
	s, err := shared()
	if errors.Is(err, errNoServer) && os.Getenv("OPENLINES_POSTGRES") == "" && os.Getenv("OPENLINES_REQUIRE_POSTGRES") != "1" {
		t.Skipf("set OPENLINES_POSTGRES to a URL: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func pool(t testing.TB) *pgxpool.Pool {
	t.Helper()
	return mustServer(t).pool
}

// mustSchema names a schema of the test's own, gone when the test ends.
func mustSchema(t testing.TB) string {
	t.Helper()
	p, schema := pool(t), freshName()
	t.Cleanup(func() {
		if err := dropSchema(p, schema); err != nil {
			t.Error(err)
		}
	})
	return schema
}

// desks are the names of the stores that open made, for those who open one again.
var desks sync.Map

// open makes a desk with a name of its own, gone when the test ends.
func open(t testing.TB) storage.Store {
	t.Helper()
	return named(t, rand.Text())
}

func named(t testing.TB, name string) storage.Store {
	t.Helper()
	d := mustServer(t).desks
	s, err := d.Open(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	desks.Store(s, name)
	t.Cleanup(func() {
		desks.Delete(s)
		if err := d.Delete(context.Background(), name); err != nil {
			t.Error(err)
		}
	})
	return s
}
