package emulator

import (
	"encoding/json"
	"testing"
	"time"
)

// This looks inside, since the ids of the other plans are not published.
func TestMetersAndResourcesAddUpToTheCustomersCost(t *testing.T) {
	t.Parallel()
	spent := New(Options{})
	for _, cost := range []string{"1000000.00000000000000000001", "-3", "0.01"} {
		if err := spent.Spend(MeteredCustomerID, cost); err != nil {
			t.Fatal(err)
		}
		checkSums(t, spent.snapshot.Load().customers[9])
	}
	for _, customers := range [][]customer{sampleCustomers(time.Time{}), generatedCustomers(time.Time{}, 60)} {
		for _, c := range customers {
			checkSums(t, c)
		}
	}
}

func checkSums(t *testing.T, c customer) {
	t.Helper()
	var whole, meters, resources, usd []json.Number
	for _, a := range c.azures() {
		whole = append(whole, a.cost)
		used := a.usedMeters()
		for _, m := range used {
			meters = append(meters, m.cost)
			usd = append(usd, *c.money(m.cost).USDTotalCost)
		}
		for _, r := range a.usedResources() {
			resources = append(resources, product(a.cost, r.share))
		}
		if (len(used) == 0) != c.idle() {
			t.Errorf("%s: %d meters for %s", c.name, len(used), c.cost)
		}
	}
	for part, costs := range map[string][]json.Number{"subscriptions": whole, "meters": meters, "resources": resources} {
		if compare(sum(costs...), c.cost) != 0 {
			t.Errorf("%s: %s add up to %s, want %s", c.name, part, sum(costs...), c.cost)
		}
	}
	if sum(usd...) != *c.money(c.cost).USDTotalCost {
		t.Errorf("%s: meters add up to %s US dollars", c.name, sum(usd...))
	}
}
