package emulator

import (
	"encoding/json"
	"fmt"
	"time"
)

// generatedCustomers are as many customers as asked for, of the same kinds as
// the believable ones: these over and over, each round a thousandth larger in
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
			culture:        kind.culture(),
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
