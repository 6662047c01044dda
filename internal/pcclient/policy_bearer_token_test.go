package pcclient

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/entra"
)

// counting is a sign-in that returns token-1, token-2 and so on, and how often
// it was asked.
func counting(lifetime time.Duration) (credential, *atomic.Int32) {
	asked := new(atomic.Int32)
	return func(context.Context) (string, time.Duration, error) {
		return fmt.Sprintf("token-%d", asked.Add(1)), lifetime, nil
	}, asked
}

// refusing answers 401 to requests with other tokens than one.
func refusing(good string, answer reply) reply {
	return func(request *http.Request) (*http.Response, error) {
		if request.Header.Get("Authorization") != "Bearer "+good {
			return says(http.StatusUnauthorized, `{"code":400,"description":"Access denied."}`)(request)
		}
		return answer(request)
	}
}

// tokens lists what the requests were sent with.
func tokens(w *wire) string {
	var sent []string
	for _, request := range w.requests() {
		sent = append(sent, bearerToken(request))
	}
	return strings.Join(sent, " ")
}

func wantAsked(t *testing.T, asked *atomic.Int32, want int32) {
	t.Helper()
	if got := asked.Load(); got != want {
		t.Errorf("the authority was asked %d times, want %d", got, want)
	}
}

func TestSignIn_oneTokenForMany(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		get, asked := counting(time.Hour)
		slowly := credential(func(ctx context.Context) (string, time.Duration, error) {
			time.Sleep(time.Second)
			return get(ctx)
		})
		c, w := newClient(t, says(http.StatusOK, emptyPage), func(o *Options) { o.Credential = slowly })
		var reads sync.WaitGroup
		for i := range 30 {
			reads.Go(func() {
				if _, err := c.SubscriptionMeterUsage(t.Context(), strconv.Itoa(i), "s"); err != nil {
					t.Error(err)
				}
			})
		}
		reads.Wait()
		wantAsked(t, asked, 1)
		if got := strings.Fields(tokens(w)); len(slices.Compact(got)) != 1 {
			t.Errorf("the requests were sent with %s", got)
		}
	})
}

func TestSignIn_sendsNothingBeforeTheFirstRead(t *testing.T) {
	t.Parallel()
	get, asked := counting(time.Hour)
	_, w := newClient(t, says(http.StatusOK, emptyPage), func(o *Options) { o.Credential = get })
	wantAsked(t, asked, 0)
	w.wantRequests(t, 0)
}

func TestSignIn_anewBeforeItExpires(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		get, asked := counting(time.Hour)
		c, w := newClient(t, says(http.StatusOK, emptyPage), func(o *Options) { o.Credential = get })
		read := func(id string) {
			if _, err := c.SubscriptionMeterUsage(t.Context(), id, "s"); err != nil {
				t.Error(err)
			}
		}
		read("at the beginning")
		time.Sleep(time.Hour - 31*time.Second)
		read("31 seconds before the end")
		time.Sleep(time.Second)
		read("30 seconds before the end")
		read("and again")
		if got := tokens(w); got != "token-1 token-1 token-2 token-2" {
			t.Errorf("the requests were sent with %s", got)
		}
		wantAsked(t, asked, 2)
	})
}

func TestSignIn_anewBetweenTwoTries(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		get, _ := counting(100 * time.Second)
		c, w := newClient(t, inTurn(t, says429("90"), says(http.StatusOK, emptyPage)), fiveRetries, func(o *Options) { o.Credential = get })
		if _, err := customerUsage(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		if got := tokens(w); got != "token-1 token-2" {
			t.Errorf("the requests were sent with %s", got)
		}
	})
}

func TestSignIn_after401WithAnotherToken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		get, asked := counting(time.Hour)
		c, w := newClient(t, refusing("token-2", says(http.StatusOK, onePage)), fiveRetries, func(o *Options) { o.Credential = get })
		start := time.Now()
		whole, err := customerUsage(t.Context(), c)
		if err != nil || owners(whole) != "a" {
			t.Fatal(whole, err)
		}
		if _, err := c.SubscriptionMeterUsage(t.Context(), "c", "s"); err != nil {
			t.Fatal(err)
		}
		if got := tokens(w); got != "token-1 token-2 token-2" {
			t.Errorf("the requests were sent with %s", got)
		}
		first, second := w.requests()[0].Header.Get("MS-RequestId"), w.requests()[1].Header.Get("MS-RequestId")
		if first != second {
			t.Errorf("the repeated request has another id: %s, %s", first, second)
		}
		wantAsked(t, asked, 2)
		wantElapsed(t, start, 0)
	})
}

func TestSignIn_after401OnceOnly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		get, asked := counting(time.Hour)
		c, w := newClient(t, refusing("none", nil), fiveRetries, func(o *Options) { o.Credential = get })
		start := time.Now()
		whole, err := customerUsage(t.Context(), c)
		if e := wantError(t, whole, err); e.Status != http.StatusUnauthorized || e.Code != "400" {
			t.Errorf("the error is %v", e)
		}
		if got := tokens(w); got != "token-1 token-2" {
			t.Errorf("the requests were sent with %s", got)
		}
		wantAsked(t, asked, 2)
		wantElapsed(t, start, 0)
	})
}

func TestSignIn_after401WithTheSameToken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, w := newClient(t, refusing("none", nil), fiveRetries)
		start := time.Now()
		whole, err := customerUsage(t.Context(), c)
		if e := wantError(t, whole, err); e.Status != http.StatusUnauthorized || e.Description != "Access denied." {
			t.Errorf("the error is %v", e)
		}
		w.wantRequests(t, 1)
		wantElapsed(t, start, 0)
	})
}

func TestSignIn_concurrent401sFetchOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		get, asked := counting(time.Hour)
		c, w := newClient(t, after(time.Second, refusing("token-2", says(http.StatusOK, emptyPage))), func(o *Options) {
			o.MaxConcurrency = 30
			o.Credential = credential(func(ctx context.Context) (string, time.Duration, error) {
				time.Sleep(time.Second)
				return get(ctx)
			})
		})
		var reads sync.WaitGroup
		for i := range 30 {
			reads.Go(func() {
				if _, err := c.SubscriptionMeterUsage(t.Context(), strconv.Itoa(i), "s"); err != nil {
					t.Error(err)
				}
			})
		}
		reads.Wait()
		wantAsked(t, asked, 2)
		w.wantRequests(t, 60)
	})
}

// The answer to a repeated request is worth repeating like any other.
func TestSignIn_retriesAfterA401(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		get, _ := counting(time.Hour)
		c, w := newClient(t, inTurn(t,
			says(http.StatusUnauthorized, ``), says(http.StatusServiceUnavailable, ``), says(http.StatusOK, emptyPage),
		), fiveRetries, func(o *Options) { o.Credential = get })
		if _, err := customerUsage(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		if got := tokens(w); got != "token-1 token-2 token-2" {
			t.Errorf("the requests were sent with %s", got)
		}
	})
}

func TestSignIn_finalRefusalIsRemembered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int32
		refused := &entra.Error{Kind: "a refresh token", Source: "the configuration", Code: "AADSTS700082", Description: "expired", Permanent: true}
		c, w := newClient(t, says(http.StatusOK, emptyPage), fiveRetries, func(o *Options) {
			o.Credential = credential(func(context.Context) (string, time.Duration, error) {
				asked.Add(1)
				time.Sleep(time.Second)
				return "", 0, refused
			})
		})
		start := time.Now()
		var reads sync.WaitGroup
		for i := range 30 {
			reads.Go(func() {
				_, err := c.SubscriptionMeterUsage(t.Context(), strconv.Itoa(i), "s")
				var e *entra.Error
				if !errors.As(err, &e) || e != refused {
					t.Errorf("the error is %v", err)
				}
			})
		}
		reads.Wait()
		if _, err := customerUsage(t.Context(), c); !errors.Is(err, refused) {
			t.Errorf("the error is %v", err)
		}
		wantAsked(t, &asked, 1)
		w.wantRequests(t, 0)
		// None of them waits for what cannot come.
		wantElapsed(t, start, time.Second)
	})
}

func TestSignIn_passingFailureIsNotRemembered(t *testing.T) {
	t.Parallel()
	for name, failure := range map[string]error{
		"not final":     &entra.Error{Kind: "k", Source: "s", Status: 503},
		"somebody's":    errors.New("az: please run az login"),
		"no connection": io.EOF,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var asked atomic.Int32
				c, w := newClient(t, says(http.StatusOK, emptyPage), fiveRetries, func(o *Options) {
					o.Credential = credential(func(context.Context) (string, time.Duration, error) {
						if asked.Add(1) == 1 {
							return "", 0, failure
						}
						return "token-1", time.Hour, nil
					})
				})
				start := time.Now()
				// The credential has made its own retries.
				if _, err := customerUsage(t.Context(), c); !errors.Is(err, failure) {
					t.Errorf("the error is %v, want %v", err, failure)
				}
				wantElapsed(t, start, 0)
				w.wantRequests(t, 0)
				if _, err := customerUsage(t.Context(), c); err != nil {
					t.Error(err)
				}
				wantAsked(t, &asked, 2)
			})
		})
	}
}

// Who is cancelled during the sign-in does not spoil it for the next one.
func TestSignIn_cancelledIsNotRemembered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, _ := newClient(t, says(http.StatusOK, emptyPage), func(o *Options) {
			o.Credential = credential(func(ctx context.Context) (string, time.Duration, error) {
				select {
				case <-ctx.Done():
					return "", 0, &entra.Error{Kind: "k", Source: "s", Permanent: true, Err: ctx.Err()}
				case <-time.After(time.Minute):
					return "token-1", time.Hour, nil
				}
			})
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := customerUsage(ctx, c); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the error is %v", err)
		}
		if _, err := customerUsage(t.Context(), c); err != nil {
			t.Error(err)
		}
	})
}
