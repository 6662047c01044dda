package pcclient

import (
	"context"
	"errors"

	"golang.org/x/sync/singleflight"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/transport"
)

// Flights makes one call of those that are identical and concurrent.
type Flights[T any] struct{ group singleflight.Group }

// Do returns the result of a call that is under way for the key, which is then shared, or
// else of its own. If the context of the one who made the call ends, the others make
// another. The reason and the path say in the log what is waited for.
func (f *Flights[T]) Do(ctx context.Context, key, reason, path string, call func() (T, error)) (result T, isShared bool, err error) {
	for {
		started := make(chan struct{})
		waited := transport.ProgressOf(ctx).Wait(reason, path, 0)
		flight := f.group.DoChan(key, func() (any, error) {
			close(started)
			waited() // It is this read that makes the call.
			result, err := call()
			if err != nil && ctx.Err() != nil {
				return nil, &abandonedError{err}
			}
			return result, err
		})
		var landed singleflight.Result
		select {
		case landed = <-flight:
		case <-ctx.Done():
			select {
			case <-started: // It ends with this context, and its error says what it was waiting for.
				landed = <-flight
			default:
				waited()
				return result, false, context.Cause(ctx)
			}
		}
		waited()
		if landed.Err == nil {
			select {
			case <-started:
			default:
				isShared = true
			}
			return landed.Val.(T), isShared, nil //nolint:forcetypeassert // As returned above.
		}
		var abandoned *abandonedError
		if errors.As(landed.Err, &abandoned) && ctx.Err() == nil {
			continue
		}
		return result, false, landed.Err
	}
}

// abandonedError says that the context of the first request ended; the others try again.
type abandonedError struct{ error }

func (e *abandonedError) Unwrap() error { return e.error }
