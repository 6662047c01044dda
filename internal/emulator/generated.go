package emulator

import (
	"encoding/json"
	"fmt"
	"time"
)

// generatedCustomers are as many customers as asked for, of the same kinds as
// those of the sample: these over and over, each round a thousandth larger in
// cost and budget.
func generatedCustomers(asOf time.Time, count int) []customer {
	kinds := profiles()
	customers := make([]customer, count)
	for i := range customers {
		kind := kinds[i%len(kinds)]
		scale := decimalScale(i / len(kinds))
		c := customer{
			id:             namedGUID(fmt.Sprint("generated customer ", i)),
			name:           fmt.Sprintf("%s %05d", kind.name, i+1),
			domain:         domain(fmt.Sprintf("%s%05d", kind.name, i+1)),
			subscriptionID: namedGUID(fmt.Sprint("generated subscription ", i)),
			currency:       kind.currency,
			locale:         kind.locale,
			cost:           product(kind.cost, scale),
			lastModified:   reported(asOf, i),
		}
		if kind.budget != "" {
			c.budget = product(kind.budget, scale)
		}
		if kind.name == twoPlans || kind.name == twoLegacy {
			c.secondID = namedGUID(fmt.Sprint("generated second subscription ", i))
		}
		customers[i] = c
	}
	return customers
}

// decimalScale is 1 for the first round, 1.001 for the second, and so on.
func decimalScale(round int) json.Number {
	return json.Number(fmt.Sprintf("%d.%03d", 1+round/1000, round%1000))
}

// limitOverBudget leaves as many customers over their budget as asked for, the
// first ones that have a budget and have spent anything: they have used 125
// percent of it. The others that were over it have used half of it. With 0
// everything stays.
func limitOverBudget(customers []customer, over int) {
	if over == 0 {
		return
	}
	for i := range customers {
		c := &customers[i]
		switch {
		case !c.hasBudget() || compare(c.cost, "0") <= 0:
		case over > 0:
			c.budget = product(c.cost, "0.8")
			over--
		case c.overBudget():
			c.budget = product(c.cost, "2")
		}
	}
}
