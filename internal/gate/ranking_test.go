package gate

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
)

// A ranking keeps what comes first if all are sorted.
func TestRanking(t *testing.T) {
	t.Parallel()
	type item struct{ key, added int }
	byKey := func(a, b item) int { return cmp.Compare(a.key, b.key) }
	for _, n := range []int{0, 1, 2, 20, 100, 1000} {
		ranked := ranking[item]{n: n, compare: byKey}
		var all []item
		for i := range 100 {
			all = append(all, item{rand.IntN(20), i})
			ranked.add(all[i])
		}
		slices.SortStableFunc(all, byKey)
		if got, want := ranked.most(n), all[:min(n, len(all))]; !slices.Equal(got, want) || ranked.count != len(all) {
			t.Errorf("the first %d of %d are %v, want %v", n, ranked.count, got, want)
		}
	}
}
