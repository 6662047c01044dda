package pcclient

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
)

// isNotReady reports whether a response says that its data is still being prepared:
// it has no data, but a Retry-After of any value.
func isNotReady(response *http.Response) bool {
	if response.StatusCode != http.StatusAccepted && response.StatusCode != http.StatusNoContent {
		return false
	}
	return cmp.Or(response.Header.Get("Retry-After"), response.Header.Get("Retry-After-Ms"), response.Header.Get("X-Ms-Retry-After-Ms")) != ""
}

// shortestWait is the wait after the first try if the response does not ask for one.
// It doubles with each try.
const shortestWait = time.Second

// ready reads one page, and waits until its data is ready. If a response without data
// were taken as the end of a list, or as no usage, records would be lost.
func (c *Client) ready(ctx context.Context, p pageRequest) (*response, error) {
	for shortest := shortestWait; ; shortest = min(2*shortest, max(c.options.MaxRetryWait, shortestWait)) {
		a, err := c.get(ctx, p)
		e, failed := errors.AsType[*Error](err)
		if !failed || !e.NotReady {
			return a, err
		}
		if e.RetryAfter > c.options.MaxRetryWait {
			e.Description = fmt.Sprintf("the data is not ready yet; Partner Center asks to wait %s", e.RetryAfter)
			return nil, e
		}
		wait := max(e.RetryAfter, shortest)
		done := transport.ProgressOf(ctx).Wait("data that is not ready", e.Path, wait)
		select {
		case <-time.After(wait):
			done()
		case <-ctx.Done():
			done()
			e.Description = "the data is not ready yet"
			e.Err = context.Cause(ctx)
			return nil, e
		}
	}
}
