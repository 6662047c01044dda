package datasources

import (
	"errors"
	"iter"
	"slices"
	"testing"
	"testing/synctest"
)

// countTo yields so many numbers, and then the error, if there is one.
func countTo(n int, err error) iter.Seq2[*int, error] {
	return func(yield func(*int, error) bool) {
		for i := range n {
			if !yield(&i, nil) {
				return
			}
		}
		if err != nil {
			yield(nil, err)
		}
	}
}

// Whatever the length, all items come, in order, and an error after them.
func TestReadAhead(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, readAheadBatch - 1, readAheadBatch, readAheadBatch + 1, 10 * readAheadBatch} {
		for _, end := range []error{nil, errors.New("page 2 failed")} {
			var got, want []int
			for i := range n {
				want = append(want, i)
			}
			var failed error
			for number, err := range readAhead(countTo(n, end)) {
				if failed != nil {
					t.Errorf("%d: something comes after the error", n)
				}
				if failed = err; err == nil {
					got = append(got, *number)
				}
			}
			if !slices.Equal(got, want) || !errors.Is(failed, end) {
				t.Errorf("%d: %d items, %v", n, len(got), failed)
			}
		}
	}
}

// Who stops early leaves no goroutine behind.
func TestReadAhead_stopped(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for number, err := range readAhead(countTo(100*readAheadBatch, nil)) {
			if err != nil || *number == 1 {
				break
			}
		}
		synctest.Wait()
	})
}
