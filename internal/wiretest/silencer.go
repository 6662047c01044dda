package wiretest

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
)

// Silencer forwards connections until it is silenced: from then on the existing ones stay
// open, and nothing gets through them.
type Silencer struct {
	listener net.Listener
	target   string
	silent   atomic.Int32 // connections up to this number
	accepted atomic.Int32
	ends     sync.WaitGroup
}

func newSilencer(t *testing.T, target string) *Silencer {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &Silencer{listener: listener, target: target}
	s.ends.Go(s.serve)
	t.Cleanup(func() {
		_ = listener.Close()
		s.ends.Wait()
	})
	return s
}

func (s *Silencer) serve() {
	for {
		client, err := s.listener.Accept()
		if err != nil {
			return
		}
		number := s.accepted.Add(1)
		server, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", s.target)
		if err != nil {
			_ = client.Close()
			return
		}
		s.ends.Go(func() { s.pass(number, client, server) })
		s.ends.Go(func() { s.pass(number, server, client) })
	}
}

func (s *Silencer) pass(number int32, from, to net.Conn) {
	defer func() { _ = errors.Join(from.Close(), to.Close()) }()
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		if err != nil {
			return
		}
		if number <= s.silent.Load() {
			continue
		}
		if _, err := to.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// Silence lets the existing connections die.
func (s *Silencer) Silence() { s.silent.Store(s.accepted.Load()) }

// ServeHTTP2 serves TLS and HTTP/2 behind a [Silencer], and makes the client trust it. It
// returns the URL of the silencer.
func ServeHTTP2(t *testing.T, client *http.Client, handler http.HandlerFunc) (*Silencer, *url.URL) {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	s := newSilencer(t, server.Listener.Addr().String())
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	TransportOf(t, client).TLSClientConfig.RootCAs = roots
	return s, ParseURL(t, "https://"+s.listener.Addr().String())
}

// TransportOf returns the transport of a client, and closes its connections after the
// test.
func TransportOf(t *testing.T, client *http.Client) *http.Transport {
	t.Helper()
	transport, ok := client.Transport.(*http.Transport)
	if !ok {
		t.Fatalf("the transport is %T", client.Transport)
	}
	t.Cleanup(transport.CloseIdleConnections)
	return transport
}
