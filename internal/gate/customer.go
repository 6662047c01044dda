package gate

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/shopspring/decimal"
)

// customer is what all records of one customer say together. A customer has
// several if the list shifted between two pages while a figure changed, or if it
// has both a legacy subscription and an Azure plan.
type customer struct {
	id, name  string
	costs     []cost           // one per currency
	usdCost   *decimal.Decimal // nil unless known of every record
	budget    *decimal.Decimal
	conflict  bool // the records name different budgets
	nameSince *time.Time
}

// cost is an amount in one currency, which is empty if it is not known.
type cost struct {
	currency string
	amount   *decimal.Decimal // nil unless known of every record
	isSpent  bool             // a record has a cost that is not 0, or not known
}

func newCost(record *Record) cost {
	return cost{record.Currency, record.Cost, record.Cost == nil || !record.Cost.IsZero()}
}

func (c *cost) add(other cost) {
	c.amount = add(c.amount, other.amount)
	c.isSpent = c.isSpent || other.isSpent
}

// mergeRecords makes one customer of all records with the same id, in the order
// of the records. A record without an id is a customer of its own.
func mergeRecords(records []Record) []*customer {
	byID := make(map[string]*customer, len(records))
	customers := make([]*customer, 0, len(records))
	for i := range records {
		record := &records[i]
		if known := byID[record.CustomerID]; known != nil {
			known.merge(record)
			continue
		}
		added := &customer{
			id: record.CustomerID, name: record.CustomerName, nameSince: record.LastModified,
			costs:   []cost{newCost(record)},
			usdCost: record.USDCost,
			budget:  record.Budget,
		}
		if added.id != "" {
			byID[added.id] = added
		}
		customers = append(customers, added)
	}
	return customers
}

func (c *customer) merge(record *Record) {
	if record.CustomerName != "" && (c.name == "" || isAfter(record.LastModified, c.nameSince)) {
		c.name, c.nameSince = record.CustomerName, record.LastModified
	}
	c.usdCost = add(c.usdCost, record.USDCost)
	same := slices.IndexFunc(c.costs, func(known cost) bool { return known.currency == record.Currency })
	if same >= 0 {
		c.costs[same].add(newCost(record))
	} else {
		c.costs = append(c.costs, newCost(record))
	}
	switch {
	case (c.budget == nil) != (record.Budget == nil):
		c.conflict = true
	case c.budget != nil:
		// A budget of 100 EUR is not one of 100 SEK.
		c.conflict = c.conflict || same < 0 || !c.budget.Equal(*record.Budget)
	}
}

func isAfter(a, b *time.Time) bool { return a != nil && (b == nil || a.After(*b)) }

// add is nil unless both parts are known.
func add(a, b *decimal.Decimal) *decimal.Decimal {
	if a == nil || b == nil {
		return nil
	}
	return new(a.Add(*b))
}

// budgeted is the cost to compare with the budget, or nil if no budget can be
// compared: there is none, or the records name different ones.
func (c *customer) budgeted() *cost {
	if c.budget == nil || c.conflict {
		return nil
	}
	return &c.costs[0]
}

// isOver compares cost × 100 with percent × budget, which is exact, and needs no
// share of a budget of 0. The cost and the budget have to be known.
func (c *customer) isOver(percent *decimal.Decimal) bool {
	return c.budgeted().amount.Mul(hundred).GreaterThan(percent.Mul(*c.budget))
}

// percentUsed is the share of the budget that is used, rounded half away from
// zero. It is nil if it is not known, and for a budget of 0.
func (c *customer) percentUsed(decimals int32) *decimal.Decimal {
	budgeted := c.budgeted()
	if budgeted == nil || budgeted.amount == nil || c.budget.IsZero() {
		return nil
	}
	return new(budgeted.amount.Mul(hundred).DivRound(*c.budget, decimals))
}

// displayName is the name on one line, or the id of a customer without a name.
func (c *customer) displayName() string {
	return cmp.Or(oneLine(c.name), c.id, "a customer without a name")
}

// oneLine removes line breaks and what is invisible but changes what is seen.
func oneLine(text string) string {
	printable := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, text)
	return strings.Join(strings.Fields(printable), " ")
}

// worst returns the worst customers of a list, up to n of them, in order. Sorting
// all of them takes longer than everything else that a gate does.
func worst(customers []*customer, n int) []*customer {
	var list []*customer
	for _, c := range customers {
		if len(list) == n && (n == 0 || worstFirst(list[n-1], c) <= 0) {
			continue
		}
		position, _ := slices.BinarySearchFunc(list, c, worstFirst)
		list = slices.Insert(list, position, c)
		list = list[:min(len(list), n)]
	}
	return list
}

// worstFirst orders customers by the share of their budget that is used, then by
// their cost in USD, then by name and id. Those of whom something is not known
// come first: they may be anything.
func worstFirst(a, b *customer) int {
	if order := compareShares(a, b); order != 0 {
		return order
	}
	return cmp.Or(
		compareKnown(a.usdCost, b.usdCost),
		cmp.Compare(a.name, b.name),
		cmp.Compare(a.id, b.id),
	)
}

// compareShares compares cost ÷ budget without dividing, so that it is exact and
// a budget of 0 is no trouble. Customers without a budget come last.
func compareShares(a, b *customer) int {
	aCost, bCost := a.budgeted(), b.budgeted()
	switch {
	case a.conflict || b.conflict:
		return toInt(b.conflict) - toInt(a.conflict)
	case aCost == nil || bCost == nil:
		return toInt(aCost == nil) - toInt(bCost == nil)
	case aCost.amount == nil || bCost.amount == nil:
		return toInt(bCost.amount == nil) - toInt(aCost.amount == nil)
	case !a.budget.IsPositive() || !b.budget.IsPositive():
		aOver, bOver := a.exceedsNothing(), b.exceedsNothing()
		if aOver || bOver {
			return toInt(bOver) - toInt(aOver)
		}
		// Nothing of nothing is no share.
		return toInt(!a.budget.IsPositive()) - toInt(!b.budget.IsPositive())
	}
	return bCost.amount.Mul(*a.budget).Cmp(aCost.amount.Mul(*b.budget))
}

// exceedsNothing reports whether there is a cost above a budget of 0 or less.
func (c *customer) exceedsNothing() bool {
	return !c.budget.IsPositive() && c.budgeted().amount.GreaterThan(*c.budget)
}

func compareKnown(a, b *decimal.Decimal) int {
	if a == nil || b == nil {
		return toInt(b == nil) - toInt(a == nil)
	}
	return b.Cmp(*a)
}
