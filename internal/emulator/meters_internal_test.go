package emulator

import (
	"encoding/json"
	"testing"
	"time"
)

// This looks inside, since the ids of the other plans are not published.
func TestMetersAddUpToTheCustomersCost(t *testing.T) {
	t.Parallel()
	for _, customers := range [][]customer{believableCustomers(time.Time{}), generatedCustomers(time.Time{}, 60)} {
		for _, c := range customers {
			meters := c.usedMeters()
			var costs, usd []json.Number
			for _, m := range meters {
				costs = append(costs, m.cost)
				usd = append(usd, *c.money(m.cost).USDTotalCost)
			}
			if sum(costs...) != c.cost || sum(usd...) != *c.money(c.cost).USDTotalCost {
				t.Errorf("%s: meters add up to %s, want %s", c.name, sum(costs...), c.cost)
			}
			if (len(meters) == 0) != (c.cost == "0") {
				t.Errorf("%s: %d meters for %s", c.name, len(meters), c.cost)
			}
		}
	}
}
