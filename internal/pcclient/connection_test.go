package pcclient

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// silencer passes bytes on until it is told to go silent: from then on the
// connections that are there stay open, and nothing gets through them.
type silencer struct {
	listener net.Listener
	target   string
	silent   atomic.Int32 // connections up to this number
	accepted atomic.Int32
	ends     sync.WaitGroup
}

func newSilencer(t *testing.T, target string) *silencer {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &silencer{listener: listener, target: target}
	s.ends.Go(s.serve)
	t.Cleanup(func() {
		_ = listener.Close()
		s.ends.Wait()
	})
	return s
}

func (s *silencer) serve() {
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

func (s *silencer) pass(number int32, from, to net.Conn) {
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

// silence lets the connections of this moment die.
func (s *silencer) silence() { s.silent.Store(s.accepted.Load()) }

// overHTTP2 serves TLS and HTTP/2 behind a silencer. It returns the URL there and a
// network that trusts it.
func overHTTP2(t *testing.T, requestTimeout time.Duration, handler http.HandlerFunc) (*silencer, *url.URL, *http.Client) {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	s := newSilencer(t, server.Listener.Addr().String())
	client := network(8, requestTimeout)
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	transportOf(t, client).TLSClientConfig.RootCAs = roots
	return s, parseURL(t, "https://"+s.listener.Addr().String()), client
}

// transportOf is what a client sends with.
func transportOf(t *testing.T, client *http.Client) *http.Transport {
	t.Helper()
	transport, ok := client.Transport.(*http.Transport)
	if !ok {
		t.Fatalf("the transport is %T", client.Transport)
	}
	t.Cleanup(transport.CloseIdleConnections)
	return transport
}

// A connection of HTTP/2 that has died without a word is not used for one try
// after the other, however many requests are on it.
func TestConnection_diesSilently(t *testing.T) {
	t.Parallel()
	const requestTimeout = 1500 * time.Millisecond
	var protocols sync.Map
	s, address, client := overHTTP2(t, requestTimeout, func(w http.ResponseWriter, r *http.Request) {
		protocols.Store(r.Proto, true)
		_, _ = io.WriteString(w, emptyPage)
	})
	c, _ := newClient(t, nil, fiveRetries, func(o *Options) {
		o.Endpoint, o.Transport, o.RequestTimeout, o.MaxRetries = address, client, requestTimeout, 2
	})
	readAll(t, c, 0, 8)
	s.silence()
	readAll(t, c, 8, 16)
	if _, old := protocols.Load("HTTP/1.1"); old {
		t.Error("it was not HTTP/2")
	}
}

func TestConnection_ofTheSignInDiesSilently(t *testing.T) {
	t.Parallel()
	const requestTimeout = 1500 * time.Millisecond
	s, address, client := overHTTP2(t, requestTimeout, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"token_type":"Bearer","access_token":"token-1","expires_in":3599}`)
	})
	o := options(t, client)
	o.RequestTimeout, o.MaxRetries = requestTimeout, 2
	credential := NewTokenCredential(TokenOptions{Source: "the configuration", Kind: "a client secret", AuthorityHost: address, TenantID: "t", ClientID: "c", ClientSecret: "s"}, o)
	for range 2 {
		if _, err := credential.GetToken(t.Context(), policy.TokenRequestOptions{Scopes: []string{"scope"}}); err != nil {
			t.Error(err)
		}
		s.silence()
	}
}

// onePort answers each connection with some bytes.
func onePort(t *testing.T, answer string) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var ends sync.WaitGroup
	ends.Go(func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			ends.Go(func() {
				defer func() { _ = connection.Close() }()
				_, _ = connection.Read(make([]byte, 4096))
				_, _ = io.WriteString(connection, answer)
			})
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		ends.Wait()
	})
	return listener.Addr().String()
}

// What another try cannot mend is not tried again. These are real connections: if
// they were, each would take half a minute.
func TestConnection_notWorthAnotherTry(t *testing.T) {
	t.Parallel()
	plain := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)
	old := httptest.NewUnstartedServer(http.NotFoundHandler())
	old.TLS = &tls.Config{MaxVersion: tls.VersionTLS11} //nolint:gosec // That is the point.
	forClients := httptest.NewUnstartedServer(http.NotFoundHandler())
	forClients.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert, MinVersion: tls.VersionTLS12, MaxVersion: tls.VersionTLS12}
	for _, server := range []*httptest.Server{old, forClients} {
		server.Config.ErrorLog = log.New(io.Discard, "", 0)
		server.StartTLS()
		t.Cleanup(server.Close)
	}
	closed, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = closed.Close()
	proxied := func(status int) func(*http.Transport) {
		return func(transport *http.Transport) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Proxy-Authenticate", "Basic")
				w.WriteHeader(status)
			}))
			t.Cleanup(server.Close)
			transport.Proxy = http.ProxyURL(parseURL(t, strings.Replace(server.URL, "http://", "http://user:hush@", 1)))
		}
	}
	trusting := func(transport *http.Transport) {
		transport.TLSClientConfig.InsecureSkipVerify = true //nolint:gosec // It is about what comes after.
	}
	for name, test := range map[string]struct {
		url    string
		change func(*http.Transport)
		want   string
	}{
		"nothing listens on this machine":        {"http://" + closed.Addr().String(), nil, "connection refused"},
		"nothing listens on this machine, TLS":   {"https://" + closed.Addr().String(), nil, "connection refused"},
		"the proxy on this machine is not there": {"https://api.example", func(t2 *http.Transport) { t2.Proxy = http.ProxyURL(parseURL(t, "http://"+closed.Addr().String())) }, "connection refused"},
		"plain HTTP on a port for TLS":           {strings.Replace(plain.URL, "http://", "https://", 1), nil, "plain HTTP"},
		"something else on a port for TLS":       {"https://" + onePort(t, "SSH-2.0-OpenSSH_9.6\r\n"), nil, "does not speak TLS"},
		"TLS on a port for plain HTTP":           {"http://" + onePort(t, "\x15\x03\x01\x00\x02\x02\x46"), nil, "does not speak HTTP"},
		"something else on a port for HTTP":      {"http://" + onePort(t, "SSH-2.0-OpenSSH_9.6\r\n"), nil, "does not speak HTTP"},
		"an old TLS":                             {old.URL, trusting, "protocol version not supported"},
		"a certificate that it asks for":         {forClients.URL, trusting, "tls: "},
		"a proxy that asks for a password":       {"https://api.example", proxied(http.StatusProxyAuthRequired), "407 Proxy Authentication Required"},
		"a proxy that forbids the host":          {"https://api.example", proxied(http.StatusForbidden), "403 Forbidden"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := network(8, time.Minute)
			transport := transportOf(t, client)
			transport.Proxy = nil
			if test.change != nil {
				test.change(transport)
			}
			var tries atomic.Int32
			c, _ := newClient(t, nil, fiveRetries, func(o *Options) {
				o.Endpoint, o.Transport = parseURL(t, test.url), client
				o.Policies = []policy.Policy{eachTry(func(*http.Request) { tries.Add(1) })}
			})
			summary, err := c.UsageSummary(t.Context())
			wantFailure(t, summary, err)
			wantText(t, err, test.want)
			wantNothingOf(t, err, "hush", "SSH-2.0")
			wantOneLine(t, err.Error())
			if n := tries.Load(); n != 1 {
				t.Errorf("%d tries were made, want 1: %v", n, err)
			}
		})
	}
}

// The address has a password in it.
func TestConnection_proxyThatCannotBeRead(t *testing.T) {
	t.Setenv("HTTPS_PROXY", "http://user:hu%sh@proxy.example")
	request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "https://api.example/", nil)
	_, err := proxy(request)
	if err == nil {
		t.Skip("net/http had read the environment before")
	}
	if _, final := errors.AsType[permanentError](err); !final {
		t.Errorf("%v is tried again", err)
	}
	wantNothingOf(t, err, "hu%sh", "user")
}

func TestConnection_tokenThatHTTPCannotCarry(t *testing.T) {
	t.Parallel()
	for name, token := range map[string]string{
		"line break": "hush\nhush", "carriage return": "hush-hush\r", "null": "hush\x00hush", "escape": "\x1bhush", "delete": "hush\x7f",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, w := newClient(t, says(http.StatusOK, `{}`), fiveRetries, func(o *Options) { o.Credential = alwaysToken(token) })
			summary, err := c.UsageSummary(t.Context())
			wantFailure(t, summary, err)
			wantText(t, err, "the access token has a line break or another control character")
			wantNothingOf(t, err, "hush")
			w.wantRequests(t, 0)
		})
	}
}

func TestHeaders_ofATokenRequest(t *testing.T) {
	t.Parallel()
	a := newAuthority(t, says(http.StatusOK, `{"token_type":"Bearer","access_token":"token-1","expires_in":3599}`, "Content-Type", "application/json"), func(_ *TokenOptions, _ *Options) {})
	c, w := newClient(t, says(http.StatusOK, emptyPage), func(o *Options) { o.Credential = a.credential })
	ctx, end := c.Operation(t.Context())
	defer end()
	if _, err := customerUsage(ctx, c); err != nil {
		t.Fatal(err)
	}
	for _, request := range a.requests() {
		if got, want := request.Header.Get("client-request-id"), w.requests()[0].Header.Get("MS-CorrelationId"); got != want || !isGUID(got) {
			t.Errorf("client-request-id is %q, want %q", got, want)
		}
		if got := request.Header.Get("User-Agent"); got != "test/1.0" {
			t.Errorf("User-Agent is %q", got)
		}
	}
}

// forgetful counts how often its connections are closed.
type forgetful struct {
	*wire
	closed atomic.Int32
}

func (f *forgetful) CloseIdleConnections() { f.closed.Add(1) }

// Under HTTP/1.1, connections that nobody uses may have died with the one that did
// not answer.
func TestConnection_othersAreLeftAfterATimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &forgetful{wire: &wire{answer: inTurn(t, hangs, says(http.StatusOK, onePage))}}
		c := New(func() Options {
			o := options(t, f)
			o.MaxRetries = 1
			return o
		}())
		if _, err := customerUsage(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		if n := f.closed.Load(); n != 1 {
			t.Errorf("the connections were closed %d times, want once", n)
		}
	})
}
