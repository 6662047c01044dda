package pcclient

import (
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/wiretest"
)

// httpClient returns the client that reaches the network.
func httpClient(t *testing.T, requestTimeout time.Duration) *http.Client {
	t.Helper()
	network := transport.Options{MaxConcurrency: 8, RequestTimeout: requestTimeout}.WithTransport()
	client, ok := network.Transport.(*http.Client)
	if !ok {
		t.Fatalf("the transport is %T", network.Transport)
	}
	return client
}

// A connection of HTTP/2 that has died without a word is not used for one try
// after the other, however many requests are on it.
func TestConnection_diesSilently(t *testing.T) {
	t.Parallel()
	const requestTimeout = 1500 * time.Millisecond
	var protocols sync.Map
	client := httpClient(t, requestTimeout)
	s, address := wiretest.ServeHTTP2(t, client, func(w http.ResponseWriter, r *http.Request) {
		protocols.Store(r.Proto, true)
		_, _ = io.WriteString(w, emptyPage)
	})
	c, _ := newClient(t, nil, fiveRetries, func(o *Options) {
		o.Endpoint, o.Transport, o.RequestTimeout, o.MaxRetries = address, client, requestTimeout, 2
	})
	readAll(t, c, 0, 8)
	s.Silence()
	readAll(t, c, 8, 16)
	if _, old := protocols.Load("HTTP/1.1"); old {
		t.Error("it was not HTTP/2")
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
			client := httpClient(t, time.Minute)
			transport := wiretest.TransportOf(t, client)
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
			wantText(t, err, "the access token contains a line break or another control character")
			wantNothingOf(t, err, "hush")
			w.wantRequests(t, 0)
		})
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
		f := &forgetful{wire: newWire(inTurn(t, hangs, says(http.StatusOK, onePage)))}
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
