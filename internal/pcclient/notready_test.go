package pcclient

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// Data that are being prepared are waited for on every route, and pass neither for
// no usage nor for the end of a list.
func TestNotReady(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status     int
		retryAfter string
		waits      time.Duration // 0 if it is not waited for
	}{
		"204":                     {http.StatusNoContent, "30", 30 * time.Second},
		"202":                     {http.StatusAccepted, "30", 30 * time.Second},
		"204, at once":            {http.StatusNoContent, "0", time.Second},
		"204, who knows when":     {http.StatusNoContent, "soon", time.Second},
		"204, as long as one may": {http.StatusNoContent, "120", 2 * time.Minute},
		"204, longer":             {http.StatusNoContent, "600", 0},
		"202, longer":             {http.StatusAccepted, "600", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for route, read := range map[string]func(*testing.T, *Client) (bool, error){
				"meters": func(t *testing.T, c *Client) (bool, error) {
					t.Helper()
					all, err := c.SubscriptionMeterUsage(t.Context(), "c", "s")
					return err == nil && len(all.Items) == 1, err
				},
				"customers": func(t *testing.T, c *Client) (bool, error) {
					t.Helper()
					all, err := c.Customers(t.Context(), "")
					return err == nil && len(all.Items) == 1, err
				},
				"a customer's summary": func(t *testing.T, c *Client) (bool, error) {
					t.Helper()
					summary, err := c.CustomerUsageSummary(t.Context(), "c")
					return err == nil && summary != nil, err
				},
				"a budget": func(t *testing.T, c *Client) (bool, error) {
					t.Helper()
					budget, err := c.CustomerUsageBudget(t.Context(), "c")
					return err == nil && budget.Amount != nil, err
				},
			} {
				synctest.Test(t, func(t *testing.T) {
					c, w := newClient(t, inTurn(t,
						says(test.status, ``, "Retry-After", test.retryAfter),
						says(http.StatusOK, `{"items":[{"id":"a"}],"totalCost":1,"amount":1}`),
					), func(o *Options) { o.MaxRetryWait = 2 * time.Minute })
					start := time.Now()
					there, err := read(t, c)
					if test.waits == 0 {
						wantText(t, err, "not ready yet", "10m0s")
						w.wantRequests(t, 1)
						return
					}
					if !there || err != nil {
						t.Errorf("%s: %t, %v", route, there, err)
					}
					if waited := time.Since(start); waited != test.waits {
						t.Errorf("%s: waited %s, want %s", route, waited, test.waits)
					}
				})
			}
		})
	}
}

// An answer that never comes is asked for less and less often.
func TestNotReady_waitsGrow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, w := newClient(t, says(http.StatusNoContent, ``, "Retry-After", "0"), func(o *Options) {
			o.MaxRetryWait, o.OperationTimeout = 2*time.Minute, 30*time.Minute
		})
		ctx, cancel := c.Operation(t.Context())
		defer cancel()
		_, err := c.CustomerUsageSummary(ctx, "c")
		wantText(t, err, "not ready yet", "operation_timeout")
		// After 0, 1, 3, 7, 15, 31, 63 and 127 seconds, then every two minutes.
		w.wantRequests(t, 8+13)
	})
}
