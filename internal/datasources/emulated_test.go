package datasources

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/entra"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/providertest"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
)

// lists are the names of the data sources that read a list.
func lists() []string {
	var names []string
	for name, d := range providertest.DataSources {
		if d.Records != "" || d.IsList {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// The limits of these tests are small, so that they are crossed in no time.
const (
	testMaxBody  = 1 << 20
	testMaxPages = 20
	testMaxItems = 100_000
)

// emulated is a provider that signs in to an emulator and reads from it. All that
// is not the provider's default is the limits.
type emulated struct {
	*emulator.Emulator
	*providertest.Server
}

// emulate starts both. The API is served in a way of its own if one is given; the
// sign-in is served plainly.
func emulate(t *testing.T, options emulator.Options, as service) emulated {
	t.Helper()
	e := emulator.New(options)
	p := emulatedProvider{
		api:       &url.URL{Scheme: "http", Host: serve(t, e, nil)},
		authority: &url.URL{Scheme: "http", Host: serve(t, e, nil)},
	}
	if as != nil {
		p.api = as(t, e)
	}
	s := providertest.New(t, p)
	if problems := s.Configure(t, nil); len(problems) > 0 {
		t.Fatalf("%+v", problems[0])
	}
	return emulated{e, s}
}

// serve serves a handler, with a certificate by TLS, and returns its address.
func serve(t *testing.T, handler http.Handler, certificate *tls.Certificate) (address string) {
	t.Helper()
	l := listen()
	var incoming net.Listener = l
	if certificate != nil {
		incoming = tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{*certificate}, MinVersion: tls.VersionTLS12})
	}
	served := &http.Server{Handler: handler, ErrorLog: log.New(io.Discard, "", 0), ReadHeaderTimeout: time.Minute}
	done := make(chan struct{})
	go func() {
		_ = served.Serve(incoming)
		close(done)
	}()
	t.Cleanup(func() {
		_ = served.Close()
		<-done
	})
	return l.address
}

// service is another way to serve the API, and returns its base URL.
type service func(*testing.T, http.Handler) *url.URL

// nobody serves nothing, on this machine.
func nobody(*testing.T, http.Handler) *url.URL {
	return &url.URL{Scheme: "http", Host: "127.0.0.1:0"}
}

// elsewhere is another machine, on which nobody serves anything.
func elsewhere(*testing.T, http.Handler) *url.URL {
	return &url.URL{Scheme: "https", Host: "elsewhere.example"}
}

// silent accepts no connection, and refuses none.
func silent(t *testing.T, _ http.Handler) *url.URL {
	t.Helper()
	l := listen()
	t.Cleanup(func() { _ = l.Close() })
	return &url.URL{Scheme: "http", Host: l.address}
}

// mute accepts connections, and does not shake hands.
func mute(t *testing.T, _ http.Handler) *url.URL {
	t.Helper()
	l := listen()
	var connections []net.Conn
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			connection, err := l.Accept()
			if err != nil {
				return
			}
			connections = append(connections, connection)
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		<-done
		for _, connection := range connections {
			_ = connection.Close()
		}
	})
	return &url.URL{Scheme: "https", Host: l.address}
}

func unknownAuthority(t *testing.T, handler http.Handler) *url.URL {
	t.Helper()
	return serveTLS(t, handler, "127.0.0.1", time.Now().Add(time.Hour))
}

func otherHost(t *testing.T, handler http.Handler) *url.URL {
	t.Helper()
	return serveTLS(t, handler, "192.0.2.1", time.Now().Add(time.Hour))
}

func expired(t *testing.T, handler http.Handler) *url.URL {
	t.Helper()
	return serveTLS(t, handler, "127.0.0.1", time.Now().Add(-time.Hour))
}

func serveTLS(t *testing.T, handler http.Handler, ip string, notAfter time.Time) *url.URL {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: notAfter, IPAddresses: []net.IP{net.ParseIP(ip)}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return &url.URL{Scheme: "https", Host: serve(t, handler, &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key})}
}

// received are the requests to the API, or those to the token endpoint.
func (e emulated) received(api bool) []emulator.Request {
	return slices.DeleteFunc(e.Requests(), func(r emulator.Request) bool { return strings.HasPrefix(r.Path, "/v1/") != api })
}

// emulatedProvider has the data sources of the real one, and its defaults.
type emulatedProvider struct {
	testProvider
	api, authority *url.URL
}

func (p emulatedProvider) Configure(_ context.Context, _ provider.ConfigureRequest, response *provider.ConfigureResponse) {
	options := pcclient.Options{
		Endpoint:         p.api,
		Scope:            "https://api.partnercenter.microsoft.com/.default",
		Graph:            pcclient.Graph{Endpoint: p.api},
		OperationTimeout: 30 * time.Minute,
		Options: transport.Options{
			MaxConcurrency: 8,
			MaxRetries:     5,
			MaxRetryWait:   2 * time.Minute,
			RequestTimeout: 3 * time.Minute,
			MaxBody:        testMaxBody,
			Log:            tflog.Info,
		},
		MaxPages: testMaxPages,
		MaxItems: testMaxItems,
	}
	options.Credential = entra.NewCredential(entra.Options{
		Source:        "the test",
		Kind:          "a refresh token",
		AuthorityHost: p.authority,
		TenantID:      emulator.TenantID,
		ClientID:      emulator.ClientID,
		ClientSecret:  emulator.ClientSecret,
		RefreshToken:  emulator.RefreshToken,
	}, options.Options)
	response.DataSourceData = NewClients(options)
}
