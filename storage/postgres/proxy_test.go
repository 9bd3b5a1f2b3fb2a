package postgres_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// act is what a proxy does to a request.
type act int

const (
	pass    act = iota
	cut         // the server never hears of it; the client loses its connection
	swallow     // the server does it; the client loses its connection instead of the answer
	hold        // as cut, but the server hears of it when the test says so
)

// proxy stands between a pool and the server. It cuts the stream of a client into requests, what the client sends up to
// the point where it waits for an answer, and asks about each.
type proxy struct {
	listener net.Listener
	network  string
	address  string
	ask      func(sql string) act // with the statement that is executed, under mu

	mu       sync.Mutex
	answered func(sql string) // the client is about to get its answer; may be nil
	held     []heldRequest
	all      sync.WaitGroup
}

type heldRequest struct {
	server net.Conn
	rest   *reader
	bytes  []byte
}

// mustProxy returns a proxy and a pool whose connections go through it.
func mustProxy(t testing.TB, ask func(sql string) act) (*proxy, *pgxpool.Pool) {
	t.Helper()
	config := pool(t).Config().Copy()
	config.ConnConfig.TLSConfig, config.ConnConfig.Fallbacks = nil, nil // it has to be able to read
	p := &proxy{ask: ask}
	p.network, p.address = pgconn.NetworkAddress(config.ConnConfig.Host, config.ConnConfig.Port)
	var err error
	if p.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	config.ConnConfig.DialFunc = func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "tcp", p.listener.Addr().String())
	}
	p.all.Go(p.serve)
	through, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		through.Close()
		_ = p.listener.Close()
		p.release()
		p.all.Wait()
	})
	return p, through
}

func (p *proxy) serve() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial(p.network, p.address)
		if err != nil {
			_ = client.Close()
			continue
		}
		p.all.Go(func() { p.carry(client, server) })
	}
}

// carry is the life of one connection, a request and its answer at a time: the driver never sends the next before.
func (p *proxy) carry(client, server net.Conn) {
	defer func() { _ = client.Close() }()
	from, to := &reader{r: client}, &reader{r: server}
	request, err := from.startup()
	before := ""
	for prepared, sql := map[string]string{}, ""; err == nil; request, sql, err = from.request(prepared) {
		if sql == "commit" && isCommit(before) {
			sql = endOfTurn
		}
		before = sql
		p.mu.Lock()
		what := pass
		if sql != "" {
			what = p.ask(sql)
		}
		if what == hold {
			p.held = append(p.held, heldRequest{server, to, request})
		}
		answered := p.answered
		p.mu.Unlock()
		if what == hold {
			return
		}
		var answer []byte
		if what != cut {
			answer, err = exchange(server, to, request)
		}
		if what != pass {
			break
		}
		if answered != nil && err == nil && sql != "" {
			answered(sql)
		}
		if _, failed := client.Write(answer); failed != nil || err != nil {
			break
		}
	}
	_ = server.Close()
}

// exchange sends a request and reads the answer.
func exchange(server net.Conn, to *reader, request []byte) ([]byte, error) {
	if _, err := server.Write(request); err != nil {
		return nil, err
	}
	return to.answer()
}

// release lets the requests that were held arrive, in their order, and waits until the server has answered, or has ended
// the connection: then the answer is empty or says so.
func (p *proxy) release() (answers []string) {
	p.mu.Lock()
	held := p.held
	p.held = nil
	p.mu.Unlock()
	for _, h := range held {
		answer, _ := exchange(h.server, h.rest, h.bytes)
		answers = append(answers, string(answer))
		_ = h.server.Close()
	}
	return answers
}

// reader cuts a stream into the messages of the protocol: a letter, four bytes of length, the rest.
type reader struct{ r io.Reader }

func (r *reader) message(headed int) ([]byte, error) {
	m := make([]byte, headed+4)
	if _, err := io.ReadFull(r.r, m); err != nil {
		return nil, err
	}
	rest := make([]byte, binary.BigEndian.Uint32(m[headed:])-4)
	_, err := io.ReadFull(r.r, rest)
	return append(m, rest...), err
}

// startup is the first message, which has no letter.
func (r *reader) startup() ([]byte, error) { return r.message(0) }

// request reads up to where the client waits, and tells what is executed. Statements are prepared once and named later.
func (r *reader) request(prepared map[string]string) (all []byte, sql string, err error) {
	for {
		m, err := r.message(1)
		if err != nil {
			return nil, "", err
		}
		all = append(all, m...)
		parts := bytes.SplitN(m[5:], []byte{0}, 3)
		switch m[0] {
		case 'P': // Parse: name, text
			prepared[string(parts[0])] = string(parts[1])
		case 'B': // Bind: portal, name
			sql = prepared[string(parts[1])]
		case 'Q': // text
			return all, string(parts[0]), nil
		case 'S', 'p', 'f', 'c', 'X': // Sync, password, end of a copy, Terminate
			return all, sql, nil
		}
	}
}

// answer reads up to where the server waits: ReadyForQuery, a question for a password, or the data of a copy.
func (r *reader) answer() (all []byte, err error) {
	for {
		m, err := r.message(1)
		if err != nil {
			return all, err
		}
		all = append(all, m...)
		if m[0] == 'Z' || m[0] == 'G' || m[0] == 'R' && binary.BigEndian.Uint32(m[5:]) != 0 && binary.BigEndian.Uint32(m[5:]) != 12 {
			return all, nil
		}
	}
}

// endOfTurn is what the end of a transaction is called in which there was a commit of a batch.
const endOfTurn = "commit of a turn"

// isCommit tells the statement that commits a batch, and the end of a turn.
func isCommit(sql string) bool {
	return sql == endOfTurn || strings.Contains(sql, "set revision = revision + 1")
}
