package pcclient

import (
	"context"
	"errors"
	"sync"

	"golang.org/x/sync/singleflight"
)

// ask reads one page whole, from the memo if somebody has asked for it before.
// What it returns is shared and must not be changed.
func (c *Client) ask(ctx context.Context, p page) (*answer, error) {
	return c.memo.remember(ctx, p, c.ready)
}

// memo asks a question once: who asks while the answer is under way waits for
// it, and who asks later gets what came. Errors are not kept, unless they say
// that there is nothing.
type memo struct {
	flights  singleflight.Group
	memories sync.Map // of string to *memory
}

// remember returns the answer for a page, from get if nobody has asked yet.
func (m *memo) remember(ctx context.Context, p page, get func(context.Context, page) (*answer, error)) (*answer, error) {
	key := p.place()
	for {
		if known, ok := m.load(key); ok {
			return known.recall()
		}
		took := make(chan struct{})
		flight := m.flights.DoChan(key, func() (any, error) {
			close(took)
			if known, ok := m.load(key); ok {
				return known.recall() // A flight has ended since the look above.
			}
			a, err := get(ctx, p)
			if err != nil && ctx.Err() != nil {
				return nil, &abandonedError{err}
			}
			if known := newMemory(p, a, err); known != nil {
				m.memories.Store(key, known)
			}
			return a, err
		})
		var result singleflight.Result
		select {
		case result = <-flight:
		case <-ctx.Done():
			select {
			case <-took: // It ends with this read, and knows what the read was waiting for.
				result = <-flight
			default:
				return nil, context.Cause(ctx)
			}
		}
		if result.Err == nil {
			return result.Val.(*answer), nil //nolint:forcetypeassert // As returned above.
		}
		var abandoned *abandonedError
		if errors.As(result.Err, &abandoned) && ctx.Err() == nil {
			continue
		}
		return nil, result.Err
	}
}

func (m *memo) load(key string) (*memory, bool) {
	known, ok := m.memories.Load(key)
	if !ok {
		return nil, false
	}
	return known.(*memory), true //nolint:forcetypeassert // Nothing else is stored.
}

// abandonedError says that whoever asked first gave up; the others ask again.
type abandonedError struct{ error }

func (e *abandonedError) Unwrap() error { return e.error }
