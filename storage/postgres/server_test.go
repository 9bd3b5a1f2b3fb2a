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
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/postgres"
)

// The tests look for a server in this order: the URL in OPENLINES_POSTGRES, one on this machine, a private cluster
// made with initdb. Without any they are skipped, or fail if OPENLINES_REQUIRE_POSTGRES is 1.
const local = "postgres://postgres@127.0.0.1:5432/postgres?sslmode=disable&connect_timeout=2"

// leave is what ends the server and drops what the tests made, in the order of making.
var leave []func()

func TestMain(m *testing.M) {
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

// shared is the pool of all tests; its search path leads to a schema of this run.
var shared = sync.OnceValues(func() (*pgxpool.Pool, error) {
	ctx := context.Background()
	server, err := findServer(ctx)
	if err != nil {
		return nil, err
	}
	schema := "openlines_test_" + rand.Text()
	if err := run(ctx, server, "create schema "+pgx.Identifier{schema}.Sanitize()); err != nil {
		return nil, err
	}
	leave = append(leave, func() {
		if err := run(ctx, server, "drop schema "+pgx.Identifier{schema}.Sanitize()+" cascade"); err != nil {
			fmt.Fprintln(os.Stderr, "drop the tests' schema:", err)
		}
	})
	config, err := url.Parse(server)
	if err != nil {
		return nil, err
	}
	query := config.Query()
	query.Set("search_path", `"`+schema+`"`)
	query.Set("pool_max_conns", "24")
	config.RawQuery = query.Encode()
	pool, err := postgres.NewPool(ctx, config.String())
	if err == nil {
		leave = append(leave, pool.Close)
	}
	return pool, err
})

func findServer(ctx context.Context) (string, error) {
	if given := os.Getenv("OPENLINES_POSTGRES"); given != "" {
		return given, run(ctx, given, "select 1")
	}
	err := run(ctx, local, "select 1")
	if err == nil {
		return local, nil
	}
	private, cause := startServer(ctx)
	if cause != nil {
		return "", errors.Join(err, cause)
	}
	return private, nil
}

// startServer makes a private cluster that listens on a socket in its own directory.
func startServer(ctx context.Context) (string, error) {
	bin, err := binaries()
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "openlines-postgres-")
	if err != nil {
		return "", err
	}
	leave = append(leave, func() { _ = os.RemoveAll(dir) })
	var as []string
	if os.Geteuid() == 0 { // the server does not run as root
		as = []string{"runuser", "-u", "postgres", "--"}
		if out, err := exec.CommandContext(ctx, "chown", "postgres", dir).CombinedOutput(); err != nil {
			return "", fmt.Errorf("chown: %w: %s", err, out)
		}
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
	data := filepath.Join(dir, "data")
	control := filepath.Join(bin, "pg_ctl")
	if err := call(filepath.Join(bin, "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale"); err != nil {
		return "", err
	}
	if err := call(control, "-D", data, "-w", "-l", filepath.Join(dir, "log"), "-o", "-c listen_addresses='' -k "+dir, "start"); err != nil {
		return "", err
	}
	leave = append(leave, func() { _ = call(control, "-D", data, "-m", "immediate", "stop") })
	return "postgres:///postgres?user=postgres&host=" + url.QueryEscape(dir), nil
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

// pool skips the test if there is no server.
func pool(t testing.TB) *pgxpool.Pool {
	t.Helper()
	p, err := shared()
	if err != nil {
		if os.Getenv("OPENLINES_REQUIRE_POSTGRES") == "1" {
			t.Fatalf("no PostgreSQL, which OPENLINES_REQUIRE_POSTGRES asks for: %v", err)
		}
		t.Skipf("no PostgreSQL: set OPENLINES_POSTGRES to a URL: %v", err)
	}
	return p
}

// desks are the names of the stores that open made, for those who open one again.
var desks sync.Map

// open makes a desk with a name of its own, gone when the test ends.
func open(t testing.TB) storage.Store {
	t.Helper()
	return named(t, rand.Text())
}

func named(t testing.TB, name string) *postgres.Store {
	t.Helper()
	p := pool(t)
	s, err := postgres.Open(t.Context(), p, name)
	if err != nil {
		t.Fatal(err)
	}
	desks.Store(storage.Store(s), name)
	t.Cleanup(func() {
		desks.Delete(storage.Store(s))
		if _, err := p.Exec(context.Background(), "delete from openlines_desk where name = $1", name); err != nil {
			t.Error(err)
		}
	})
	return s
}
