package datasources

import (
	"bytes"
	"context"
	"crypto/sha256"
	"slices"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

// customerWalk walks the usage records of customers, of whom one may have several:
// each is within the budget while all together are not.
type customerWalk struct {
	all   *pcclient.Walk[pcclient.CustomerUsageRecord]
	asked *rollCall
	keeps func(*pcclient.CustomerUsageRecord) bool

	listed int // records
}

// each calls see with every record that is kept, and with what all of these that
// are about its customer say together. It calls begin first, and once more if it
// has found out that a customer has several records: the client remembers the
// pages, and to keep all records would take more memory than to read them again.
func (w *customerWalk) each(ctx context.Context, begin func(), see func(*pcclient.CustomerUsageRecord, *customerBudget)) error {
	several, err := w.first(ctx, begin, see)
	if err != nil || len(several) == 0 {
		return err
	}
	for record, err := range w.all.Items(ctx) {
		if err != nil {
			return err
		}
		if !w.keeps(&record) {
			continue
		}
		if id, known := identify(&record); known {
			if customer, ok := several[id]; ok {
				several[id] = customer.with(&record)
			}
		}
	}
	begin()
	for record, err := range w.all.Items(ctx) {
		if err != nil {
			return err
		}
		if !w.keeps(&record) {
			continue
		}
		id, _ := identify(&record)
		customer := several[id]
		if customer == nil {
			customer = newCustomerBudget(&record)
		}
		see(&record, customer)
	}
	return nil
}

// first takes every record for a customer of its own, and returns those customers
// that have several.
func (w *customerWalk) first(ctx context.Context, begin func(), see func(*pcclient.CustomerUsageRecord, *customerBudget)) (map[identity]*customerBudget, error) {
	begin()
	var ids []identity
	for record, err := range w.all.Items(ctx) {
		if err != nil {
			return nil, err
		}
		w.listed++
		w.asked.see(record.OwnerID())
		if !w.keeps(&record) {
			continue
		}
		if id, known := identify(&record); known {
			ids = append(ids, id)
		}
		see(&record, newCustomerBudget(&record))
	}
	slices.SortFunc(ids, func(a, b identity) int { return bytes.Compare(a[:], b[:]) })
	several := map[identity]*customerBudget{}
	for i := 1; i < len(ids); i++ {
		if ids[i] == ids[i-1] {
			several[ids[i]] = nil
		}
	}
	return several, nil
}

// identity stands for the id of a customer, in less memory.
type identity [16]byte

// identify tells whose a record is. Without an id it cannot be known.
func identify(r *pcclient.CustomerUsageRecord) (id identity, known bool) {
	text := value(r.OwnerID())
	if text == "" {
		return identity{}, false
	}
	if isGUID(text) {
		return identity(uuid.MustParse(text)), true
	}
	sum := sha256.Sum256([]byte(text))
	return identity(sum[:16]), true
}

// customerBudget is the budget of a customer, and what is compared with it.
type customerBudget struct {
	amount   *pcclient.Decimal // nil without one
	spent    *pcclient.Decimal // nil unless known of every record
	currency string            // only where there are several records
	conflict bool              // the records name different budgets
	counted  bool
}

func newCustomerBudget(r *pcclient.CustomerUsageRecord) *customerBudget {
	return &customerBudget{amount: r.BudgetAmount(), spent: r.TotalCost}
}

// with adds a record of the same customer, as the gate does.
func (c *customerBudget) with(r *pcclient.CustomerUsageRecord) *customerBudget {
	code, _ := currencyOf(&r.Cost)
	if c == nil {
		c = newCustomerBudget(r)
		c.currency = code
		return c
	}
	amount := r.BudgetAmount()
	switch {
	case (c.amount == nil) != (amount == nil):
		c.conflict = true
	case amount != nil && (!amount.Equal(c.amount.Decimal) || code != c.currency):
		// A budget of 100 EUR is not one of 100 SEK.
		c.conflict = true
	}
	if c.spent == nil || r.TotalCost == nil {
		c.spent = nil
	} else {
		c.spent = &pcclient.Decimal{Decimal: c.spent.Add(r.TotalCost.Decimal)}
	}
	return c
}

// isWithin is false unless there is one budget.
func (c *customerBudget) isWithin() bool { return !c.conflict && withinBudget(c.amount, c.spent) }

// isOver takes a budget that cannot be told for one that is exceeded.
func (c *customerBudget) isOver() bool { return c.conflict || overBudget(c.amount, c.spent) }

// isAtLeast likewise.
func (c *customerBudget) isAtLeast(percent decimal.Decimal) bool {
	return c.conflict || atLeastPercent(percent, c.amount, c.spent)
}

// customerSpend adds up the costs of customers, and counts their budgets.
type customerSpend struct {
	spend
	overBudget, withoutBudget int64
}

func (s *customerSpend) add(r *pcclient.CustomerUsageRecord, customer *customerBudget) {
	s.spend.add(&r.Cost)
	if customer.counted {
		return
	}
	customer.counted = true
	switch {
	case customer.isOver():
		s.overBudget++
	case customer.amount == nil:
		s.withoutBudget++
	}
}

func (s *customerSpend) totals() *customerTotals {
	return &customerTotals{totals: *s.spend.totals(), OverBudgetCount: s.overBudget, WithoutBudgetCount: s.withoutBudget}
}
