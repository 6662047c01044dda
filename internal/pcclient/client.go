package pcclient

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/google/uuid"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
)

// Options configure a [Client]. TenantID, the limits and Warnings may be left out.
type Options struct {
	Endpoint   *url.URL // base URL of the API, without /v1
	Credential azcore.TokenCredential
	Scope      string // of the access token
	TenantID   string // that the token should be from, for errors; may be empty
	Graph      Graph

	transport.Options
	OperationTimeout time.Duration // one whole read

	// These limits are beyond anything that a partner has. Exceeding one is an error.
	MaxPages int // of one collection; 0 is 100,000
	MaxItems int // of one collection, and objects of one response; 0 is 1,000,000

	Warnings *Warnings // of the credential, for example; may be nil
}

// Graph says where Microsoft Graph is, which has the exports of internal/graphbilling. It
// is read with the same credential.
type Graph struct {
	Endpoint   *url.URL // base URL, without version
	OtherCloud string   // the name of a national cloud, where Partner Center is not in the public one
}

// Client reads the Partner Center API. It is safe for concurrent use.
type Client struct {
	options  Options
	service  *Service
	slots    chan struct{} // of concurrent requests, over all services
	maxPages int
	maxItems int
	cache    cache
}

// New returns a client. It sends nothing.
func New(options Options) *Client {
	slots := make(chan struct{}, options.MaxConcurrency)
	return &Client{
		options: options,
		service: newService(options, slots, ServiceOptions{
			Name:    "Partner Center",
			Headers: partnerCenterHeaders,
			Scope:   options.Scope,
		}),
		slots:    slots,
		maxPages: cmp.Or(options.MaxPages, maxPages),
		maxItems: cmp.Or(options.MaxItems, maxItems),
	}
}

// ErrOperationTimeout is the cause of a context that [Client.Operation] ended.
var ErrOperationTimeout = errors.New("the read took longer than operation_timeout")

// Operation begins one read. Its requests share a deadline and a correlation id. Its
// progress is logged until it ends.
func (c *Client) Operation(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, progress := transport.StartProgress(transport.WithCorrelationID(ctx, uuid.NewString()), c.options.Log)
	ctx, cancel := context.WithTimeoutCause(ctx, c.options.OperationTimeout, ErrOperationTimeout)
	return ctx, func() {
		cancel()
		progress.End()
	}
}

// pageRequest is a request for a page of a collection, or for a single object.
type pageRequest struct {
	number int
	path   string // below /v1/, escaped
	query  string
	owner  string            // whom the response has to be about; may be empty
	seek   string            // the query after a bare token, if it is another one
	bare   bool              // it follows a bare token, not a link
	header map[string]string // of a next link
}

// response is the response to a page request: a 200 with a body.
type response struct {
	Response
	page pageRequest
}

// get reads one page completely. Any response but a 200 with a body is an error.
func (c *Client) get(ctx context.Context, p pageRequest) (*response, error) {
	target := c.options.Endpoint.JoinPath("v1", p.path)
	target.RawQuery = p.query
	request, err := runtime.NewRequest(ctx, http.MethodGet, target.String())
	if err != nil {
		return nil, &Error{Method: http.MethodGet, Path: "/v1/" + p.path, Page: p.number, Err: transport.CleanError(err)}
	}
	for name, value := range p.header {
		request.Raw().Header.Set(name, value)
	}
	sent, err := c.service.Send(ctx, request, Error{Path: "/v1/" + p.path, Page: p.number}, http.StatusOK)
	if err != nil {
		return nil, err
	}
	r := &response{*sent, p}
	switch text := bytes.TrimSpace(r.Body); {
	case len(text) == 0:
		return nil, r.Explain(ctx, errors.New("the response has no body"))
	case text[0] == '<':
		return nil, r.Explain(ctx, errors.New(htmlPage))
	case bytes.Count(r.Body, []byte("{")) > c.maxItems:
		// An object of two bytes takes hundreds once it is decoded, and compressed it
		// takes next to nothing.
		return nil, r.Explain(ctx, fmt.Errorf("the response has more than %d objects, which is the limit", c.maxItems))
	}
	return r, nil
}

// route is the first page of a path whose parts are escaped.
func route(parts ...string) pageRequest {
	escaped := make([]string, len(parts))
	for i, part := range parts {
		escaped[i] = url.PathEscape(part)
	}
	return pageRequest{number: 1, path: strings.Join(escaped, "/")}
}

// about sets the id that the response must be about, if it has one.
func (p pageRequest) about(owner string) pageRequest {
	p.owner = owner
	return p
}

// with adds a query to a route.
func (p pageRequest) with(query url.Values) pageRequest {
	p.query = query.Encode()
	return p
}

// usageObject reads a summary of usage. It is nil if there is no usage.
func usageObject[T any](ctx context.Context, c *Client, p pageRequest) (*T, error) {
	summary, err := object[T](ctx, c, p)
	if noUsage(err) {
		return nil, nil
	}
	return summary, err
}

// object reads a single resource.
func object[T any](ctx context.Context, c *Client, p pageRequest) (*T, error) {
	r, err := c.getCached(ctx, p)
	if err != nil {
		return nil, err
	}
	transport.ProgressOf(ctx).AddPage(0)
	resource, err := Decode[T](ctx, &r.Response)
	if err != nil {
		return nil, err
	}
	if err := cmp.Or(checkRead(resource), p.checkOwner(resource)); err != nil {
		return nil, r.Explain(ctx, err)
	}
	return resource, nil
}

// checkOwner rejects a response that a cache or a proxy mixed up with another one. Only
// GUIDs are compared.
func (p pageRequest) checkOwner(resource any) error {
	owned, ok := resource.(interface{ about() *string })
	if !ok {
		return nil
	}
	told := value(owned.about())
	areGUIDs := uuid.Validate(told) == nil && uuid.Validate(p.owner) == nil
	if !areGUIDs || uuid.MustParse(told) == uuid.MustParse(p.owner) {
		return nil
	}
	return fmt.Errorf("the response is about %s instead of %s, which was requested; a proxy or a cache may have mixed up two responses", told, p.owner)
}

// errNothingRead means that the object is of another kind.
var errNothingRead = errors.New("the response has none of the expected fields")

// checkRead rejects a response from which nothing was read. A resource may be more
// lenient.
func checkRead[T any](resource *T) error {
	if own, ok := any(resource).(interface{ check() error }); ok {
		return own.check()
	}
	if reflect.ValueOf(resource).Elem().IsZero() {
		return errNothingRead
	}
	return nil
}
