package graphbilling

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"net/url"
	"sync"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
)

const (
	// Endpoint is the base URL of Microsoft Graph.
	Endpoint = "https://graph.microsoft.com"
	// Scope is that of access tokens for Microsoft Graph, also where the endpoint is
	// another one.
	Scope = Endpoint + "/.default"
)

// Client reads exports. It is safe for concurrent use.
type Client struct {
	endpoint   *url.URL
	otherCloud string
	graph      *pcclient.Service
	blobs      *pcclient.Service

	mutex   sync.Mutex
	exports map[question]*export

	flights pcclient.Flights[*Usage]
	results sync.Map // of the key of a query to *Usage
}

// New returns a client with the credential, the limits, the logging and the transport of
// another one. It sends nothing.
func New(api *pcclient.Client) *Client {
	return &Client{
		endpoint:   api.Graph().Endpoint,
		otherCloud: api.Graph().OtherCloud,
		graph: api.NewService(pcclient.ServiceOptions{
			Name:    "Microsoft Graph",
			Headers: pcclient.IDHeaders{Request: "request-id", Correlation: "client-request-id", ServerOnly: true},
			Scope:   Scope,
		}),
		blobs: api.NewService(pcclient.ServiceOptions{
			Name:          "Azure Blob Storage",
			Headers:       pcclient.IDHeaders{Request: "x-ms-request-id", Correlation: "x-ms-client-request-id", ServerOnly: true},
			MaxBody:       math.MaxInt64, // It is not kept.
			Streams:       true,
			Policies:      []policy.Policy{streamPolicy{api.RequestTimeout()}},
			WrapTransport: func(network policy.Transporter) policy.Transporter { return blobTransport{network} },
		}),
		exports: map[question]*export{},
	}
}

// Available returns an error in a cloud where Microsoft Graph has no exports.
func (c *Client) Available() error {
	if c.otherCloud == "" {
		return nil
	}
	return &Error{
		Err:    fmt.Errorf("Microsoft Graph has no partner billing exports in the cloud %s", transport.OneLine(c.otherCloud)), //nolint:staticcheck // A name.
		Advice: "They are in the public cloud only: use a provider configuration with the `environment` `public`.",
	}
}

// Usage adds up usage. Queries that differ only in their filters or groups share one
// export, and identical ones share the result, which must not be changed. The context
// should be one of [pcclient.Client.Operation].
func (c *Client) Usage(ctx context.Context, q Query) (*Usage, error) {
	if err := c.Available(); err != nil {
		return nil, err
	}
	keys, err := parseKeys(q.GroupBy)
	if err == nil {
		err = cmp.Or(checkDate(q.StartDate), checkDate(q.EndDate), q.checkOrder())
	}
	if err != nil {
		return nil, err
	}
	asked, err := q.question(keys)
	if err != nil {
		return nil, err
	}
	key := fmt.Sprintf("%#v", q)
	if known, ok := c.results.Load(key); ok {
		return known.(*Usage), nil //nolint:forcetypeassert // Nothing else is stored.
	}
	usage, _, err := c.flights.Do(ctx, key, "another read of the same usage", "", func() (*Usage, error) {
		usage, err := c.read(ctx, c.export(asked), newGrouping(&q, keys))
		if err == nil {
			c.results.Store(key, usage)
		}
		return usage, err
	})
	if err != nil {
		return nil, explain(ctx, &q, err)
	}
	return usage, nil
}

// export returns the export of a question, which may not be started yet.
func (c *Client) export(asked question) *export {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	e, ok := c.exports[asked]
	if !ok {
		e = &export{client: c, question: asked}
		c.exports[asked] = e
	}
	return e
}

// read adds up the rows of an export. If its SAS ends, it is renewed by asking the
// operation again, or else once by a new export, and the sums begin anew.
func (c *Client) read(ctx context.Context, e *export, g *grouping) (*Usage, error) {
	m, err := e.get(ctx, nil)
	for isNew := false; err == nil; {
		var total *sums
		if total, err = c.addUp(ctx, m, g); err == nil {
			usage := total.usage()
			usage.DataVersion, usage.DataCreatedDate = m.version, m.created
			return usage, nil
		}
		if !isSASEnd(err) || isNew {
			break
		}
		var renewed *manifest
		if renewed, err = e.get(ctx, m); err == nil {
			isNew = renewed.start != m.start
			m = renewed
		}
	}
	if tooMany, ok := errors.AsType[TooManyGroupsError](err); ok {
		return nil, tooMany
	}
	return nil, err
}
