package pcclient

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/entra"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
)

// ServiceOptions describe a service.
type ServiceOptions struct {
	Name    string // for errors
	Headers IDHeaders

	Scope string // of the access token; without one, requests have none

	MaxBody  int64           // bytes of one response; 0 is the client's
	Streams  bool            // a policy reads the bodies, and limits their time
	Policies []policy.Policy // run for every try, behind the logging

	// WrapTransport may change what policies, and thus logs, must not see: a URL that is
	// a secret.
	WrapTransport func(policy.Transporter) policy.Transporter
}

// Service is a service with a host and an audience of its own: Partner Center itself, or
// another one that is read by the same rules. All services of a client share its
// concurrency; each one has its own token and its own throttling.
type Service struct {
	options  ServiceOptions
	tenantID string
	pipeline runtime.Pipeline
}

// NewService returns another service with the limits, the logging and the transport of
// the client. It sends nothing.
func (c *Client) NewService(options ServiceOptions) *Service {
	return newService(c.options, c.slots, options)
}

func newService(options Options, slots chan struct{}, service ServiceOptions) *Service {
	return &Service{options: service, tenantID: options.TenantID, pipeline: newPipeline(options, slots, service)}
}

// Response is a response with its complete body, unless the service streams it.
type Response struct {
	HTTP *http.Response
	Body []byte // without byte order mark

	service *Service
	sent    http.Header // of the request
	about   Error
}

// Send sends a request and reads the response. Any status but the wanted ones is an
// [Error], which gets its path and page from about. The response is never nil. The context
// is that of the request.
func (s *Service) Send(ctx context.Context, request *policy.Request, about Error, wanted ...int) (*Response, error) {
	about.Method = request.Raw().Method
	r := &Response{service: s, sent: request.Raw().Header, about: about}
	last := &lastTry{}
	request.SetOperationValue(last)
	var err error
	r.HTTP, err = s.pipeline.Do(request) //nolint:bodyclose // azcore has read and closed it.
	last.endWait()
	if err != nil {
		if ctx.Err() != nil {
			r.HTTP, err = last.response, last.asError(s.tenantID)
		}
		return r, r.Explain(ctx, err)
	}
	r.Body, err = runtime.Payload(r.HTTP)
	if err != nil {
		return r, r.Explain(ctx, err)
	}
	r.Body = transport.TrimBOM(r.Body)
	if !slices.Contains(wanted, r.HTTP.StatusCode) {
		return r, r.Explain(ctx, responseError(r.HTTP, r.Body, s.tenantID))
	}
	return r, nil
}

// Explain converts any failure to an [Error], which has the request and its ids. An error
// of the sign-in stays as it is.
func (r *Response) Explain(ctx context.Context, err error) error {
	if signIn, ok := errors.AsType[*entra.Error](err); ok {
		if ctx.Err() == nil {
			return err
		}
		ended := *signIn
		ended.Err = withCause(ctx, signIn.Err)
		return &ended
	}
	e := &Error{Err: transport.CleanError(err)}
	if known, ok := errors.AsType[*Error](err); ok {
		// It may be the cause of the context's end, and thus another request's.
		own := *known
		e = &own
	}
	e.Err = withCause(ctx, e.Err)
	e.Method, e.Path, e.Page = r.about.Method, r.about.Path, r.about.Page
	headers := r.service.options.Headers
	e.RequestID, e.CorrelationID = r.sent.Get(headers.Request), r.sent.Get(headers.Correlation)
	if r.HTTP != nil {
		e.Status = r.HTTP.StatusCode
		e.RequestID = cmp.Or(r.HTTP.Header.Get(headers.Request), e.RequestID)
		e.CorrelationID = cmp.Or(r.HTTP.Header.Get(headers.Correlation), e.CorrelationID)
	}
	return e
}

// Decode decodes a response that is an object. Fields that T does not have cause no error,
// whatever they contain.
func Decode[T any](ctx context.Context, r *Response) (*T, error) {
	decoder := jsontext.NewDecoder(bytes.NewBuffer(r.Body))
	if decoder.PeekKind() != '{' {
		return nil, r.Explain(ctx, decodeError(notAnObject(decoder)))
	}
	resource := new(T)
	if err := unmarshal(r.Body, resource); err != nil {
		return nil, r.Explain(ctx, decodeError(err))
	}
	return resource, nil
}

// Graph says where Microsoft Graph is.
func (c *Client) Graph() Graph { return c.options.Graph }

// RequestTimeout limits one try of a request.
func (c *Client) RequestTimeout() time.Duration { return c.options.RequestTimeout }
