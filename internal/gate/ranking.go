package gate

import "slices"

// ranking keeps the first n of all that are added, in order, and counts all of them.
// Those that compare as equal stay in the order in which they were added. Sorting all
// takes longer than everything else that a gate does.
type ranking[T any] struct {
	n       int
	compare func(a, b T) int

	count int
	first []T
}

func (r *ranking[T]) add(item T) {
	r.count++
	if len(r.first) == r.n && (r.n == 0 || r.compare(r.first[r.n-1], item) <= 0) {
		return
	}
	position, _ := slices.BinarySearchFunc(r.first, item, func(known, added T) int {
		if r.compare(known, added) <= 0 {
			return -1
		}
		return 1
	})
	r.first = slices.Insert(r.first[:min(len(r.first), r.n-1)], position, item)
}

// most returns the first of them, up to n.
func (r *ranking[T]) most(n int) []T { return r.first[:min(n, len(r.first))] }
