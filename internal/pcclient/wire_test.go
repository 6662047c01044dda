package pcclient

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/wiretest"
)

const (
	emptyPage = `{"totalCount":0,"items":[],"attributes":{"objectType":"Collection"}}`
	onePage   = `{"totalCount":1,"items":[{"resourceId":"a","totalCost":1.5}]}`
)

// customerUsage reads the usage records of all customers.
func customerUsage(ctx context.Context, c *Client) (*Collection[CustomerUsageRecord], error) {
	return c.CustomerUsageRecords().All(ctx)
}

// Short names for what the tests of other packages use too.
type reply = wiretest.Responder

var (
	says          = wiretest.Respond
	saysBody      = wiretest.RespondBody
	says429       = wiretest.RespondTooManyRequests
	fails         = wiretest.Fail
	hangs         = wiretest.Hang
	hangsInBody   = wiretest.HangInBody
	cut           = wiretest.CutBody
	after         = wiretest.Delay
	inTurn        = wiretest.Sequence
	parseURL      = wiretest.ParseURL
	tokenOf       = wiretest.Token
	wantText      = wiretest.WantText
	wantNothingOf = wiretest.WantNoSecret
	wantOneLine   = wiretest.WantOneLine
	wantElapsed   = wiretest.WantElapsed
)

type wire struct{ wiretest.Wire }

func newWire(answer reply) *wire { return &wire{wiretest.Wire{Respond: answer}} }

func (w *wire) requests() []*http.Request { return w.Requests() }

func (w *wire) urls() []string { return w.URLs() }

func (w *wire) waits(start time.Time) []time.Duration { return w.Waits(start) }

func (w *wire) wantRequests(t *testing.T, want int) {
	t.Helper()
	w.WantRequests(t, want)
}

// options are those of a client that tries once.
func options(t testing.TB, network policy.Transporter) Options {
	t.Helper()
	return Options{
		Endpoint:         parseURL(t, "https://api.example"),
		Credential:       alwaysToken("token-1"),
		Scope:            "https://api.example/.default",
		OperationTimeout: 30 * time.Minute,
		Options: transport.Options{
			MaxConcurrency: 8,
			MaxRetries:     0,
			MaxRetryWait:   2 * time.Minute,
			RequestTimeout: 3 * time.Minute,
			UserAgent:      "test/1.0",
			Transport:      network,
		},
	}
}

// newClient returns a client whose requests get answer, and its wire.
func newClient(t testing.TB, answer reply, changes ...func(*Options)) (*Client, *wire) {
	t.Helper()
	w := newWire(answer)
	o := options(t, w)
	for _, change := range changes {
		change(&o)
	}
	return New(o), w
}

// fiveRetries are the provider's default.
func fiveRetries(o *Options) { o.MaxRetries = 5 }

// credential is a sign-in by a function.
type credential func(context.Context) (string, time.Duration, error)

func (c credential) GetToken(ctx context.Context, _ policy.TokenRequestOptions) (azcore.AccessToken, error) {
	token, lifetime, err := c(ctx)
	return azcore.AccessToken{Token: token, ExpiresOn: time.Now().Add(lifetime)}, err
}

// alwaysToken is a sign-in that has one token and no other.
func alwaysToken(token string) credential {
	return func(context.Context) (string, time.Duration, error) { return token, time.Hour, nil }
}

// testdata reads an answer that Microsoft publishes as a sample.
func testdata(t testing.TB, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// owners lists whose records a collection has.
func owners(whole *Collection[CustomerUsageRecord]) string {
	var ids []string
	for _, record := range whole.Items {
		ids = append(ids, *record.OwnerID())
	}
	return strings.Join(ids, " ")
}

// wantError checks that a read failed with an [Error], and returned nothing.
func wantError[T any](t *testing.T, whole *T, err error) *Error {
	t.Helper()
	if whole != nil {
		t.Errorf("a failed read returned %+v", whole)
	}
	e, ok := errors.AsType[*Error](err)
	if !ok {
		t.Errorf("the error is %T (%v), want an *Error", err, err)
		return &Error{}
	}
	return e
}

// wantFailure is wantError where the kind of error does not matter.
func wantFailure[T any](t *testing.T, whole *T, err error) {
	t.Helper()
	_ = wantError(t, whole, err)
}
