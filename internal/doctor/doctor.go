package doctor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/config"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/graphbilling"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
)

// Options say what to check.
type Options struct {
	Environment config.Environment
	Version     string
	IDs         IDs
	MaxPages    int                 // of a list that are read
	Export      *graphbilling.Query // to start; nil starts none
	Progress    io.Writer           // what is done, while it is
}

// Examination is a report, and the responses that it is about.
type Examination struct {
	Report
	exchanges []recorded
	exports   []recorded // the last response of each kind
	lines     [][]byte   // of a blob
	endpoint  *url.URL
	ids       IDs
}

// recorded is the response to a request for a page.
type recorded struct {
	*exchange
	route   route
	noUsage bool // the provider took it for that
}

// maxRetries is less than the provider's: a person is waiting.
const maxRetries = 2

// maxUnreached is how many routes are tried if nothing ever comes back from the API.
const maxUnreached = 2

// Examine checks the sign-ins and the routes, and an export if one is asked for. It fails if the context ends.
func Examine(ctx context.Context, o Options) (*Examination, error) {
	progress := func(format string, arguments ...any) { _, _ = fmt.Fprintf(o.Progress, format+"\n", arguments...) }
	tap := &tap{progress: progress}
	read, problems := config.Read(config.Arguments{}, o.Environment, config.Hooks{
		UserAgent: "partnercenter/" + o.Version + " (doctor)",
		Policies:  []policy.Policy{tap},
	})
	x := &Examination{Report: Report{Version: o.Version, Routes: []Route{}}}
	if len(problems) > 0 {
		x.SignIns = []SignIn{unconfigured(problems)}
		x.skipAll("the sign-in is not configured")
		if o.Export != nil {
			x.skipExport(*o.Export, "the sign-in is not configured")
		}
		return x, ctx.Err()
	}

	progress("Signing in with %s", read.SignIn.Kind)
	read.Options.MaxRetries = min(read.Options.MaxRetries, maxRetries)
	credential := &firstTokens{TokenCredential: read.Options.Credential, tokens: map[string]azcore.AccessToken{}}
	signIn, err := checkSignIn(ctx, read, credential)
	read.Options.Credential, read.Options.MaxPages = credential, o.MaxPages
	api := pcclient.New(read.Options)
	graph := graphbilling.New(api)
	x.endpoint = read.Options.Endpoint
	progress("Signing in to Microsoft Graph")
	graphSignIn := checkGraphSignIn(ctx, read, credential, graph, err, o.Export != nil)

	switch {
	case signIn.Works:
		x.checkRoutes(ctx, api, tap, o, progress)
	case signIn.Optional:
		x.skipAll("there is no access token for Partner Center")
	default:
		x.skipAll("the sign-in failed")
	}
	switch {
	case o.Export == nil:
	case graphSignIn.Works:
		x.checkExport(ctx, api, graph, tap, *o.Export, progress)
	default:
		x.skipExport(*o.Export, "the sign-in to Microsoft Graph failed")
	}
	signIn.addWarnings(api.Warnings())
	x.SignIns, x.Requests = []SignIn{signIn, graphSignIn}, tap.requests
	x.tokens = append(x.tokens, tap.tokens...)
	x.Works = true
	for _, s := range x.SignIns {
		x.Works = x.Works && (s.Optional || s.Works && len(s.Problems) == 0)
	}
	for _, r := range x.Routes {
		x.Works = x.Works && r.Status != StatusFailed
	}
	return x, ctx.Err()
}

// reached reports whether anything has ever come back from the API.
func (x *Examination) reached() bool {
	return slices.ContainsFunc(x.exchanges, func(e recorded) bool { return e.status != 0 })
}

func (x *Examination) skipAll(reason string) {
	for _, r := range routes {
		x.Routes = append(x.Routes, r.skipped(reason))
	}
}

func (x *Examination) checkRoutes(ctx context.Context, api *pcclient.Client, tap *tap, o Options, progress func(string, ...any)) {
	x.ids = o.IDs
	for i, r := range routes {
		if ctx.Err() != nil {
			return
		}
		if i >= maxUnreached && !x.reached() {
			x.Routes = append(x.Routes, r.skipped("nothing came back from the API so far"))
			continue
		}
		if reason := r.missing(x.ids); reason != "" {
			x.Routes = append(x.Routes, r.skipped(reason))
			continue
		}
		progress("Reading %s", r.path)
		result, responses := r.check(ctx, api, tap, x.ids)
		x.Routes = append(x.Routes, result)
		for _, e := range responses {
			x.exchanges = append(x.exchanges, recorded{e, r, result.Status == StatusNoUsage})
		}
		x.ids.choose(r.path, responses)
	}
}

const notExpected = "The response is not what the provider expects, or a proxy has changed it. Please open an issue with this report."

func (r route) skipped(reason string) Route {
	return Route{API: r.api, Route: r.path, Status: StatusSkipped, Reason: reason, Differences: []Difference{}}
}

// check reads a route once, and looks at what arrived.
func (r route) check(ctx context.Context, api *pcclient.Client, tap *tap, ids IDs) (Route, []*exchange) {
	result := Route{API: r.api, Route: r.path, Status: StatusOK, Throttling: map[string]string{}}
	ctx, end := api.Operation(ctx)
	defer end()
	before, start := tap.count(), time.Now()
	err := r.read(ctx, api, ids)
	result.DurationMS = time.Since(start).Milliseconds()
	responses, tries := tap.since(before)
	result.Requests = tries

	if _, limited := errors.AsType[pcclient.PageLimitError](err); limited {
		result.MorePages, err = true, nil
	}
	if err != nil {
		problem := explain("the route", err)
		problem.Advice = cmp.Or(problem.Advice, notExpected)
		result.Status, result.Problem = StatusFailed, &problem
	}
	shape := newShape(r)
	for _, e := range responses {
		e.throttling(result.Throttling)
		result.Bytes += len(e.body)
		result.ByteOrderMark = result.ByteOrderMark || e.mark
		if e.status != 200 {
			if err == nil {
				result.Status = StatusNoUsage
			}
			continue
		}
		result.Pages++
		if r.collection {
			result.addPage(e.body)
		}
		shape.add(e.body)
	}
	result.Differences = shape.differences()
	return result, responses
}

// page has the fields of a page that the report tells.
type page struct {
	Items             []jsontext.Value `json:"items"`
	TotalCount        jsontext.Value   `json:"totalCount"`
	ContinuationToken jsontext.Value   `json:"continuationToken"`
	Links             struct {
		Next *struct {
			URI     string `json:"uri"`
			Headers []struct {
				Key string `json:"key"`
			} `json:"headers"`
		} `json:"next"`
	} `json:"links"`
}

// lenient reads what is odd as far as it can be read: the client judges it.
var lenient = json.JoinOptions(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))

func readPage(body []byte) (p page) {
	_ = json.Unmarshal(body, &p, lenient)
	return p
}

func (r *Route) addPage(body []byte) {
	p := readPage(body)
	records := len(p.Items)
	if r.Records != nil {
		records += *r.Records
	}
	r.Records = &records
	var total pcclient.Integer
	if r.Pages == 1 && p.TotalCount.Kind() == '0' && json.Unmarshal(p.TotalCount, &total) == nil {
		r.TotalCount = new(int64(total))
	}
	token := p.ContinuationToken.Kind() == '"' && string(p.ContinuationToken) != `""`
	if p.Links.Next == nil && !token {
		return
	}
	next := Next{Form: "none", Token: token}
	if link := p.Links.Next; link != nil {
		next.Form = formOfURI(link.URI)
		for _, h := range link.Headers {
			next.Headers = append(next.Headers, transport.OneLine(h.Key))
		}
	}
	r.NextLinks = append(r.NextLinks, next)
}

// itemsOf decodes the items that can be decoded.
func itemsOf[T any](responses []*exchange) []T {
	var all []T
	for _, e := range responses {
		if e.status != 200 {
			continue
		}
		for _, item := range readPage(e.body).Items {
			var decoded T
			if json.Unmarshal(item, &decoded, lenient) == nil {
				all = append(all, decoded)
			}
		}
	}
	return all
}

func first(texts ...string) string { return cmp.Or(texts...) }

func text(t *string) string {
	if t == nil {
		return ""
	}
	return *t
}
