package pcclient

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestCache_oneQuestionIsOneRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, w := newClient(t, inTurn(t,
			after(time.Second, says(http.StatusOK, pageWith("a", token("1")))), after(time.Second, says(http.StatusOK, pageWith("b", "null"))),
		))
		start := time.Now()
		var reads sync.WaitGroup
		for range 30 {
			reads.Go(func() {
				ctx, cancel := c.Operation(t.Context())
				defer cancel()
				whole, err := customerUsage(ctx, c)
				if err != nil || owners(whole) != "a b" {
					t.Errorf("%v, %v", whole, err)
				}
			})
		}
		reads.Wait()
		wantElapsed(t, start, 2*time.Second)

		if later, err := customerUsage(t.Context(), c); err != nil || owners(later) != "a b" {
			t.Errorf("%v, %v", later, err)
		}
		w.wantRequests(t, 2)
	})
}

func TestCache_oneObjectIsOneRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, w := newClient(t, after(time.Second, says(http.StatusOK, `{"totalCost":1}`)))
		var reads sync.WaitGroup
		for range 30 {
			reads.Go(func() {
				if _, err := c.UsageSummary(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		reads.Wait()
		w.wantRequests(t, 1)
	})
}

func TestCache_otherIDsAreOtherQuestions(t *testing.T) {
	t.Parallel()
	c, w := newClient(t, says(http.StatusOK, emptyPage))
	for _, ids := range [][2]string{{"a", "b"}, {"b", "a"}, {"a", "c"}, {"A", "b"}, {"a/b", ""}, {"", "a/b"}} {
		for range 2 {
			if _, err := c.SubscriptionMeterUsage(t.Context(), ids[0], ids[1]); err != nil {
				t.Fatal(err)
			}
		}
	}
	w.wantRequests(t, 6)
}

func TestCache_otherClientsAskAnew(t *testing.T) {
	t.Parallel()
	for range 2 {
		c, w := newClient(t, says(http.StatusOK, emptyPage))
		if _, err := customerUsage(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		w.wantRequests(t, 1)
	}
}

func TestCache_errorsAreSharedButNotKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, w := newClient(t, inTurn(t,
			after(time.Second, says(http.StatusForbidden, `{"code":1,"description":"d"}`)), says(http.StatusOK, onePage),
		))
		var reads sync.WaitGroup
		for range 30 {
			reads.Go(func() {
				whole, err := customerUsage(t.Context(), c)
				wantFailure(t, whole, err)
			})
		}
		reads.Wait()
		w.wantRequests(t, 1)
		if _, err := customerUsage(t.Context(), c); err != nil {
			t.Error(err)
		}
		w.wantRequests(t, 2)
	})
}

// That there is no usage is an answer like any other: thirty data sources of a
// subscription without usage ask the API once.
func TestCache_noUsageIsAnAnswer(t *testing.T) {
	t.Parallel()
	c, w := newClient(t, says(http.StatusNotFound, `{"code":3000,"description":"Customer does not have usage data."}`))
	for range 30 {
		if _, err := c.SubscriptionMeterUsage(t.Context(), "c", "s"); err != nil {
			t.Fatal(err)
		}
	}
	w.wantRequests(t, 1)
}

func TestCache_whoAskedFirstGivesUp(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*Client, context.Context) (context.Context, context.CancelFunc){
		"cancelled": func(_ *Client, ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, 10*time.Second)
		},
		"out of time": func(c *Client, ctx context.Context) (context.Context, context.CancelFunc) {
			c.options.OperationTimeout = 10 * time.Second
			return c.Operation(ctx)
		},
		"in the middle": func(_ *Client, ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, 29*time.Second)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				slow := after(20*time.Second, says(http.StatusOK, onePage))
				c, w := newClient(t, inTurn(t, after(30*time.Second, says(http.StatusOK, onePage)), slow))
				ctx, cancel := end(c, t.Context())
				defer cancel()
				start := time.Now()
				var reads sync.WaitGroup
				reads.Go(func() {
					whole, err := customerUsage(ctx, c)
					if whole != nil || err == nil {
						t.Errorf("who gave up got %v", whole)
					}
					if deadline, _ := ctx.Deadline(); !time.Now().Equal(deadline) {
						t.Errorf("who gave up got an error after %s", time.Since(start))
					}
				})
				synctest.Wait()
				for range 29 {
					reads.Go(func() {
						whole, err := customerUsage(t.Context(), c)
						if err != nil || owners(whole) != "a" {
							t.Errorf("another one got %v, %v", whole, err)
						}
					})
				}
				reads.Wait()
				w.wantRequests(t, 2)
			})
		})
	}
}

func TestCache_whoAskedLaterGivesUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, w := newClient(t, after(time.Minute, says(http.StatusOK, onePage)))
		start := time.Now()
		var reads sync.WaitGroup
		reads.Go(func() {
			if _, err := customerUsage(t.Context(), c); err != nil {
				t.Error(err)
			}
		})
		synctest.Wait()
		why := errors.New("no longer wanted")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(why) })
		if _, err := customerUsage(ctx, c); !errors.Is(err, why) {
			t.Errorf("who gave up got %v", err)
		}
		wantElapsed(t, start, time.Second)
		reads.Wait()
		wantElapsed(t, start, time.Minute)
		w.wantRequests(t, 1)
	})
}

// Somebody may look for an answer just before it is there, and ask just after
// the question has been settled.
func TestCache_neverAsksTwice(t *testing.T) {
	t.Parallel()
	for round := range 20_000 {
		var c cache
		var asked atomic.Int32
		var reads sync.WaitGroup
		for range 4 {
			reads.Go(func() {
				_, err := c.get(t.Context(), pageRequest{}, func(context.Context, pageRequest) (*response, error) {
					asked.Add(1)
					return &response{Response: Response{HTTP: &http.Response{}}}, nil
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		reads.Wait()
		if n := asked.Load(); n != 1 {
			t.Fatalf("the question was asked %d times in round %d", n, round)
		}
	}
}

// A large answer is compressed, and comes back as it was: body, ids and all.
func TestCache_largeAnswers(t *testing.T) {
	t.Parallel()
	var items []string
	for i := range 1000 {
		items = append(items, fmt.Sprintf(`{"resourceId":"%d","totalCost":%d.5682999999995904716,"resourceName":"a customer with a long name, %d"}`, i, i, i))
	}
	body := `{"totalCount":1000,"items":[` + strings.Join(items, ",") + `]`
	for name, test := range map[string]struct {
		body string
		read func(*Client) (string, error)
		want string
	}{
		"whole": {body + `}`, func(c *Client) (string, error) {
			whole, err := customerUsage(t.Context(), c)
			return owners(whole), err
		}, "998 999"},
		"broken": {body, func(c *Client) (string, error) {
			whole, err := customerUsage(t.Context(), c)
			return wantError(t, whole, err).RequestID, nil
		}, "answered-with"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, w := newClient(t, says(http.StatusOK, test.body, "MS-RequestId", "answered-with"))
			first, err := test.read(c)
			if err != nil {
				t.Fatal(err)
			}
			later, err := test.read(c)
			if err != nil {
				t.Fatal(err)
			}
			if first != later || !strings.Contains(first, test.want) {
				t.Errorf("first %.100q, then %.100q, want %q in both", first, later, test.want)
			}
			w.wantRequests(t, 1)
		})
	}
}
