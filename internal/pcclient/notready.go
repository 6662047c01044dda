package pcclient

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// isNotReady reports whether an answer says that its data are still being prepared:
// it has none, and a Retry-After, whatever that says.
func isNotReady(response *http.Response) bool {
	if response.StatusCode != http.StatusAccepted && response.StatusCode != http.StatusNoContent {
		return false
	}
	return cmp.Or(response.Header.Get("Retry-After"), response.Header.Get("Retry-After-Ms"), response.Header.Get("X-Ms-Retry-After-Ms")) != ""
}

// shortestWait is between the first two tries where the answer asks for none. It
// doubles from one to the next.
const shortestWait = time.Second

// ready reads one page whole, and waits for its data to be ready. Taken for the
// end of a list, or for no usage, an answer without them would lose what is there.
func (c *Client) ready(ctx context.Context, p pageRequest) (*response, error) {
	for shortest := shortestWait; ; shortest = min(2*shortest, max(c.maxRetryWait, shortestWait)) {
		a, err := c.get(ctx, p)
		e, failed := errors.AsType[*Error](err)
		if !failed || !e.NotReady {
			return a, err
		}
		if e.RetryAfter > c.maxRetryWait {
			e.Description = fmt.Sprintf("the data are not ready yet, and will be in %s", e.RetryAfter)
			return nil, e
		}
		select {
		case <-time.After(max(e.RetryAfter, shortest)):
		case <-ctx.Done():
			e.Description = "the data are not ready yet"
			e.Err = context.Cause(ctx)
			return nil, e
		}
	}
}
