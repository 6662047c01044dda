package pcclient

import (
	"context"
	"errors"
	"sync"

	"golang.org/x/sync/singleflight"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
)

// getCached reads one page completely, or returns it from the cache. The response is
// shared and must not be changed.
func (c *Client) getCached(ctx context.Context, p pageRequest) (*response, error) {
	return c.cache.get(ctx, p, c.ready)
}

// cache makes one request for identical ones: those that are made meanwhile wait for its
// response, and later ones get the cached response. Errors are not cached, unless they
// say that there are no data.
type cache struct {
	flights singleflight.Group
	entries sync.Map // of string to *cacheEntry
}

// get returns the response for a page, and calls fetch if it is not cached.
func (c *cache) get(ctx context.Context, p pageRequest, fetch func(context.Context, pageRequest) (*response, error)) (*response, error) {
	key := p.cacheKey()
	progress := transport.ProgressOf(ctx)
	for {
		if entry, ok := c.entry(key); ok {
			progress.AddCachedPage()
			return entry.load()
		}
		started := make(chan struct{})
		waited := progress.Wait("another read of the same page", "/v1/"+p.path, 0)
		flight := c.flights.DoChan(key, func() (any, error) {
			close(started)
			waited() // It is this read that makes the request.
			if entry, ok := c.entry(key); ok {
				return entry.load() // Another flight has ended since the check above.
			}
			r, err := fetch(ctx, p)
			if err != nil && ctx.Err() != nil {
				return nil, &abandonedError{err}
			}
			if entry := newCacheEntry(p, r, err); entry != nil {
				c.entries.Store(key, entry)
			}
			return r, err
		})
		var result singleflight.Result
		select {
		case result = <-flight:
		case <-ctx.Done():
			select {
			case <-started: // It ends with this context, and its error says what it was waiting for.
				result = <-flight
			default:
				waited()
				return nil, context.Cause(ctx)
			}
		}
		waited()
		if result.Err == nil {
			select {
			case <-started:
			default:
				progress.AddCachedPage()
			}
			return result.Val.(*response), nil //nolint:forcetypeassert // As returned above.
		}
		var abandoned *abandonedError
		if errors.As(result.Err, &abandoned) && ctx.Err() == nil {
			continue
		}
		return nil, result.Err
	}
}

func (c *cache) entry(key string) (*cacheEntry, bool) {
	entry, ok := c.entries.Load(key)
	if !ok {
		return nil, false
	}
	return entry.(*cacheEntry), true //nolint:forcetypeassert // Nothing else is stored.
}

// abandonedError says that the context of the first request ended; the others try again.
type abandonedError struct{ error }

func (e *abandonedError) Unwrap() error { return e.error }
