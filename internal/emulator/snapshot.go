package emulator

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// books are what the API answers from: the partner as it is, and the
// collections made of it so far. They do not change: when the spend does, new
// ones are opened, so that no answer is half old and half new.
type books struct {
	partner
	options     Options
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
	old := e.books.Load()
	position, ok := old.positions[strings.ToLower(customerID)]
	if !ok {
		return fmt.Errorf("there is no customer %q", customerID)
	}
	opened := &books{partner: old.partner, options: old.options}
	opened.customers = slices.Clone(old.customers)
	opened.customers[position].cost = json.Number(totalCost)
	e.books.Store(opened)
	return nil
}
