package datasources

import "iter"

// readAheadBatch is how many items are handed over at once. To hand over one by one takes as
// long as to decode them.
const readAheadBatch = 64

// readAhead yields what a list yields, and meanwhile reads on in another goroutine, so that
// a gate evaluates one customer while the next ones are decoded.
func readAhead[T any](list iter.Seq2[*T, error]) iter.Seq2[*T, error] {
	type item struct {
		value *T
		err   error
	}
	return func(yield func(*T, error) bool) {
		batches, done := make(chan []item, 1), make(chan struct{})
		defer close(done)
		go func() {
			defer close(batches)
			var batch []item
			send := func() bool {
				select {
				case batches <- batch:
					batch = make([]item, 0, readAheadBatch)
					return true
				case <-done:
					return false
				}
			}
			for value, err := range list {
				batch = append(batch, item{value, err})
				if len(batch) == readAheadBatch && !send() {
					return
				}
			}
			send()
		}()
		for batch := range batches {
			for _, i := range batch {
				if !yield(i.value, i.err) {
					return
				}
			}
		}
	}
}
