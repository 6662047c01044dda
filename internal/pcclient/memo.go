package pcclient

import (
	"context"
	"errors"
	"sync"

	"golang.org/x/sync/singleflight"
)

// memo answers a question once: who asks while the answer is under way waits
// for it, and who asks later gets the same value. Errors are not kept.
type memo struct {
	flights singleflight.Group
	answers sync.Map
}

// remember returns the answer to key, from fetch if nobody has asked yet. The
// answer is shared: it must not be changed.
func remember[T any](ctx context.Context, m *memo, key string, fetch func(context.Context) (T, error)) (T, error) {
	var none T
	for {
		if answer, known := m.answers.Load(key); known {
			return answer.(T), nil //nolint:forcetypeassert // A key is a route, and a route has one type.
		}
		took := make(chan struct{})
		flight := m.flights.DoChan(key, func() (any, error) {
			close(took)
			if answer, known := m.answers.Load(key); known {
				return answer, nil // A flight has ended since the look above.
			}
			answer, err := fetch(ctx)
			switch {
			case err == nil:
				m.answers.Store(key, answer)
			case ctx.Err() != nil:
				err = &abandonedError{err}
			}
			return answer, err
		})
		var result singleflight.Result
		select {
		case result = <-flight:
		case <-ctx.Done():
			select {
			case <-took: // It ends with this read, and knows what the read was waiting for.
				result = <-flight
			default:
				return none, context.Cause(ctx)
			}
		}
		if result.Err == nil {
			return result.Val.(T), nil //nolint:forcetypeassert // As above.
		}
		var abandoned *abandonedError
		if errors.As(result.Err, &abandoned) && ctx.Err() == nil {
			continue
		}
		return none, result.Err
	}
}

// abandonedError says that whoever asked first gave up; the others ask again.
type abandonedError struct{ error }

func (e *abandonedError) Unwrap() error { return e.error }
