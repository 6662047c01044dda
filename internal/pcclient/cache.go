package pcclient

import (
	"context"
	"sync"

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
	flights Flights[*response]
	entries sync.Map // of string to *cacheEntry
}

// get returns the response for a page, and calls fetch if it is not cached.
func (c *cache) get(ctx context.Context, p pageRequest, fetch func(context.Context, pageRequest) (*response, error)) (*response, error) {
	key := p.cacheKey()
	progress := transport.ProgressOf(ctx)
	if entry, ok := c.entry(key); ok {
		progress.AddCachedPage()
		return entry.load()
	}
	r, isShared, err := c.flights.Do(ctx, key, "another read of the same page", "/v1/"+p.path, func() (*response, error) {
		if entry, ok := c.entry(key); ok {
			return entry.load() // Another flight has ended since the check above.
		}
		r, err := fetch(ctx, p)
		if err != nil && ctx.Err() != nil {
			return nil, err
		}
		if entry := newCacheEntry(p, r, err); entry != nil {
			c.entries.Store(key, entry)
		}
		return r, err
	})
	if isShared && err == nil {
		progress.AddCachedPage()
	}
	return r, err
}

func (c *cache) entry(key string) (*cacheEntry, bool) {
	entry, ok := c.entries.Load(key)
	if !ok {
		return nil, false
	}
	return entry.(*cacheEntry), true //nolint:forcetypeassert // Nothing else is stored.
}
