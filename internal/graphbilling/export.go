package graphbilling

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/streaming"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
)

// pollWait is the wait before an export is asked about again if the response has no
// Retry-After.
const pollWait = 10 * time.Second

const (
	apiVersion = "v1.0"
	apiPath    = "reports/partners/billing"
)

// export is one export of a question, and what is known of it.
type export struct {
	client *Client
	question
	flights pcclient.Flights[*manifest]

	mutex     sync.Mutex
	operation *url.URL // under way, or ended
	starts    int
	started   time.Time
	manifest  *manifest
}

// get returns the manifest of the export, which it starts if nobody has, or another one
// in place of one whose SAS has ended.
func (e *export) get(ctx context.Context, ended *manifest) (*manifest, error) {
	for {
		m, _, err := e.flights.Do(ctx, "", "another read that asks for the same export", "", func() (*manifest, error) {
			known := e.known()
			if known != nil && known != ended {
				return known, nil
			}
			return e.renew(ctx, known)
		})
		if err != nil {
			return nil, e.stillRunning(ctx, err)
		}
		if m != ended {
			return m, nil
		}
	}
}

// stillRunning says how long the export has run if the time to wait for it is over. Another
// read goes on asking about it.
func (e *export) stillRunning(ctx context.Context, err error) error {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	if ctx.Err() == nil || e.operation == nil {
		return err
	}
	return &runningError{err, time.Since(e.started)}
}

func (e *export) known() *manifest {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	return e.manifest
}

// renew gets a manifest: that of the operation, if it has another SAS by now, or that of
// a new export.
func (e *export) renew(ctx context.Context, ended *manifest) (*manifest, error) {
	if ended != nil {
		if !ended.renewed {
			m, err := e.poll(ctx)
			if err == nil && m.sas != ended.sas {
				m.renewed = true
				return e.keep(m), nil
			}
			if err != nil && !isGone(err) {
				return nil, err
			}
		}
		e.forget()
	}
	m, err := e.startAndPoll(ctx)
	if failed, ok := errors.AsType[*failedError](err); ok && failed.code != codeNoData {
		return e.startAndPoll(ctx) // As Microsoft's sample does.
	}
	return m, err
}

func (e *export) startAndPoll(ctx context.Context) (*manifest, error) {
	if err := e.start(ctx); err != nil {
		return nil, err
	}
	m, err := e.poll(ctx)
	if err != nil {
		if isGone(err) {
			e.forget()
		}
		return nil, err
	}
	return e.keep(m), nil
}

func (e *export) keep(m *manifest) *manifest {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	e.manifest = m
	return m
}

func (e *export) forget() {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	e.manifest, e.operation = nil, nil
}

// start starts the export, unless it is under way. It is the only request that is not a
// GET.
func (e *export) start(ctx context.Context) error {
	e.mutex.Lock()
	isStarted := e.operation != nil
	e.mutex.Unlock()
	if isStarted {
		return nil
	}
	target := e.client.endpoint.JoinPath(apiVersion, apiPath, e.path)
	request, err := runtime.NewRequest(ctx, http.MethodPost, target.String())
	if err != nil {
		return transport.CleanError(err)
	}
	if err := request.SetBody(streaming.NopCloser(bytes.NewReader([]byte(e.body))), "application/json"); err != nil {
		return err
	}
	started := time.Now()
	r, err := e.client.send(ctx, request, http.StatusAccepted, http.StatusOK, http.StatusCreated)
	if err != nil {
		return err
	}
	location := r.HTTP.Header.Get("Location")
	if location == "" {
		return r.Explain(ctx, errors.New("the response has no Location, which says where the export is"))
	}
	operation, err := e.client.resolve(location)
	if err != nil {
		return r.Explain(ctx, fmt.Errorf("the Location of the export %w", err))
	}
	e.mutex.Lock()
	defer e.mutex.Unlock()
	e.operation, e.started = operation, started
	e.starts++
	return nil
}

// resolve finds the URL of a link, which has to be on the host of Microsoft Graph: the
// access token goes there.
func (c *Client) resolve(link string) (*url.URL, error) {
	target, err := c.endpoint.JoinPath(apiVersion + "/").Parse(strings.TrimSpace(link))
	switch {
	case err != nil:
		return nil, errors.New("is not a valid URL")
	case !transport.SameHost(target, c.endpoint):
		return nil, fmt.Errorf("leads to another host (%s), and the access token must not go there", transport.OneLine(target.Host))
	}
	target.User, target.Fragment, target.Host, target.Scheme = nil, "", c.endpoint.Host, c.endpoint.Scheme
	return target, nil
}

// send sends a request to Microsoft Graph.
func (c *Client) send(ctx context.Context, request *policy.Request, wanted ...int) (*pcclient.Response, error) {
	return c.graph.Send(ctx, request, pcclient.Error{Path: request.Raw().URL.Path}, wanted...)
}

func (c *Client) getObject(ctx context.Context, target *url.URL) (*pcclient.Response, error) {
	request, err := runtime.NewRequest(ctx, http.MethodGet, target.String())
	if err != nil {
		return nil, transport.CleanError(err)
	}
	return c.send(ctx, request, http.StatusOK)
}

// poll asks about the export until it has ended, and returns its manifest.
func (e *export) poll(ctx context.Context) (*manifest, error) {
	e.mutex.Lock()
	operation, start := e.operation, e.starts
	e.mutex.Unlock()
	for {
		r, err := e.client.getObject(ctx, operation)
		if err != nil {
			return nil, err
		}
		state, err := pcclient.Decode[wireOperation](ctx, r)
		if err != nil {
			return nil, err
		}
		switch strings.ToLower(state.Status) {
		case "succeeded", "completed":
			m, err := e.client.readManifest(ctx, r, state)
			if err != nil {
				return nil, err
			}
			m.start = start
			return m, nil
		case "failed":
			return nil, newFailedError(ctx, r, state)
		case "":
			return nil, r.Explain(ctx, errors.New("the response has no status"))
		}
		wait := cmp.Or(transport.RetryAfter(r.HTTP), pollWait)
		done := transport.ProgressOf(ctx).Wait("Microsoft Graph to prepare the export", operation.Path, wait)
		select {
		case <-time.After(wait):
			done()
		case <-ctx.Done():
			done()
			return nil, r.Explain(ctx, ctx.Err())
		}
	}
}

// readManifest reads the manifest of an export: it is in the operation, or where the
// operation says.
func (c *Client) readManifest(ctx context.Context, r *pcclient.Response, state *wireOperation) (*manifest, error) {
	link := state.ManifestLink
	wire := &wireManifest{}
	switch inline := state.ResourceLocation; inline.Kind() {
	case '{':
		found, err := pcclient.Decode[struct {
			ResourceLocation wireManifest `json:"resourceLocation"`
		}](ctx, r)
		if err != nil {
			return nil, err
		}
		wire = &found.ResourceLocation
	case '"':
		if err := json.Unmarshal(inline, &link); err != nil {
			return nil, r.Explain(ctx, errors.New("the field resourceLocation cannot be read"))
		}
	default: // There is a link.
	}
	if wire.Blobs == nil && link != "" {
		target, err := c.resolve(link)
		if err != nil {
			return nil, r.Explain(ctx, fmt.Errorf("the link to the manifest %w", err))
		}
		if r, err = c.getObject(ctx, target); err != nil {
			return nil, err
		}
		if wire, err = pcclient.Decode[wireManifest](ctx, r); err != nil {
			return nil, err
		}
	}
	m, err := wire.manifest(transport.IsLoopback(c.endpoint.Hostname()))
	if err != nil {
		return nil, r.Explain(ctx, err)
	}
	return m, nil
}

// codeNoData is the code of an export that has no data, not yet or never.
const codeNoData = "5000"

// failedError is an export that failed.
type failedError struct {
	error
	code string
}

func (e *failedError) Unwrap() error { return e.error }

func newFailedError(ctx context.Context, r *pcclient.Response, state *wireOperation) error {
	code := string(state.Error.Code)
	if state.Error.Code.Kind() == '"' {
		unquoted, _ := jsontext.AppendUnquote(nil, state.Error.Code)
		code = string(unquoted)
	}
	code = transport.OneLine(code)
	return &failedError{r.Explain(ctx, &pcclient.Error{
		Code:        code,
		Description: cmp.Or(transport.OneLine(state.Error.Message), "the export failed without a description"),
	}), code}
}

// runningError is an export that did not end in time.
type runningError struct {
	error
	ran time.Duration
}

func (e *runningError) Error() string {
	return fmt.Sprintf("%s; the export had been running for %s", e.error, e.ran.Round(time.Second))
}

func (e *runningError) Unwrap() error { return e.error }

// isGone reports whether an operation is not kept any more, or has no manifest now.
func isGone(err error) bool {
	e, ok := errors.AsType[*pcclient.Error](err)
	_, failed := errors.AsType[*failedError](err)
	return failed || ok && (e.Status == http.StatusNotFound || e.Status == http.StatusGone)
}
