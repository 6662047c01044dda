package emulator

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// snapshot is what the API answers from: the partner at one moment, and the
// collections built from it so far. It does not change: when the spend does, a
// new one takes its place, so that no response is half old and half new.
type snapshot struct {
	partner
	options Options
	// changes is how often the spend has changed.
	changes     int
	collections collectionCache
}

var plainDecimal = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?$`)

// Spend sets what a customer's Azure has cost in the current billing period,
// in the customer's currency, for all later answers. The API then writes the
// cost as it stands in totalCost. It is divided among the customer's
// subscriptions, meters and resources in the proportions of before; 0 is no
// usage. Budgets, dates, utilization and past invoices stay.
func (e *Emulator) Spend(customerID, totalCost string) error {
	if !plainDecimal.MatchString(totalCost) {
		return fmt.Errorf("the cost %q is not a decimal such as 1234.50", totalCost)
	}
	e.spending.Lock()
	defer e.spending.Unlock()
	old := e.snapshot.Load()
	position, ok := old.positions[strings.ToLower(customerID)]
	if !ok {
		return fmt.Errorf("there is no customer %q", customerID)
	}
	changed := &snapshot{partner: old.partner, options: old.options, changes: old.changes + 1}
	changed.customers = slices.Clone(old.customers)
	changed.customers[position].cost = json.Number(totalCost)
	e.snapshot.Store(changed)
	return nil
}
