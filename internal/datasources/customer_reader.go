package datasources

import (
	"context"
	"crypto/sha256"
	"errors"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

// customerReader reads the usage records of the selected customers. A customer may
// have several, each of which is within the budget while all together are not.
type customerReader struct {
	all     *pcclient.Pager[pcclient.CustomerUsageRecord]
	tracker *idTracker
	keeps   func(*pcclient.CustomerUsageRecord) bool

	listed int // records
}

// read calls visit with every selected customer, and all of its records. It calls begin
// first, and again if a customer turns out to have several records: the client caches
// the pages, and reading them again takes less memory than keeping all records.
func (r *customerReader) read(ctx context.Context, begin func(), visit func(...*pcclient.CustomerUsageRecord)) error {
	counts, repeated, err := r.readOnce(ctx, begin, visit)
	if err != nil || !repeated {
		return err
	}
	begin()
	parts := map[customerKey][]*pcclient.CustomerUsageRecord{} // of customers, until they are whole
	for record, err := range readAhead(r.all.Items(ctx)) {
		if err != nil {
			return err
		}
		if !r.keeps(record) {
			continue
		}
		id, known := keyOf(record)
		if !known {
			visit(record)
			continue
		}
		parts[id] = append(parts[id], record)
		if whole := parts[id]; len(whole) == counts[id] {
			visit(whole...)
			delete(parts, id)
			delete(counts, id)
		}
	}
	if len(parts)+len(counts) > 0 {
		return errors.New("the list of usage records changed while it was read. Try again")
	}
	return nil
}

// readOnce takes each record for a customer of its own. It returns how many each
// customer has, and whether any has several.
func (r *customerReader) readOnce(ctx context.Context, begin func(), visit func(...*pcclient.CustomerUsageRecord)) (counts map[customerKey]int, repeated bool, err error) {
	begin()
	counts = map[customerKey]int{}
	for record, err := range readAhead(r.all.Items(ctx)) {
		if err != nil {
			return nil, false, err
		}
		r.listed++
		r.tracker.mark(record.OwnerID())
		if !r.keeps(record) {
			continue
		}
		if id, known := keyOf(record); known {
			counts[id]++
			repeated = repeated || counts[id] > 1
		}
		visit(record)
	}
	return counts, repeated, nil
}

// customerKey is the id of a customer in 16 bytes.
type customerKey [16]byte

// keyOf is the key of the customer of a record, if the record has an id.
func keyOf(r *pcclient.CustomerUsageRecord) (id customerKey, known bool) {
	text := deref(r.OwnerID(), "")
	if text == "" {
		return customerKey{}, false
	}
	if isGUID(text) {
		return customerKey(uuid.MustParse(text)), true
	}
	sum := sha256.Sum256([]byte(text))
	return customerKey(sum[:16]), true
}

// customerBudget is the budget of a customer, and what is compared with it.
type customerBudget struct {
	amount   *pcclient.Decimal // nil without one
	spent    *pcclient.Decimal // nil unless known of every record
	conflict bool              // the records name different budgets
}

// newCustomerBudget takes all records of a customer. The gate merges records in the same
// way.
func newCustomerBudget(records []*pcclient.CustomerUsageRecord) customerBudget {
	first := records[0]
	c := customerBudget{amount: first.BudgetAmount(), spent: first.TotalCost}
	for _, record := range records[1:] {
		amount := record.BudgetAmount()
		switch {
		case (c.amount == nil) != (amount == nil):
			c.conflict = true
		case amount != nil:
			// A budget of 100 EUR is not one of 100 SEK.
			code, _ := currencyOf(&record.Cost)
			firstCode, _ := currencyOf(&first.Cost)
			c.conflict = c.conflict || !amount.Equal(c.amount.Decimal) || code != firstCode
		}
		if c.spent == nil || record.TotalCost == nil {
			c.spent = nil
		} else {
			c.spent = &pcclient.Decimal{Decimal: c.spent.Add(record.TotalCost.Decimal)}
		}
	}
	return c
}

// isWithin is false unless there is one budget.
func (c customerBudget) isWithin() bool { return !c.conflict && withinBudget(c.amount, c.spent) }

// isOver is also true if the records name different budgets.
func (c customerBudget) isOver() bool { return c.conflict || overBudget(c.amount, c.spent) }

// isAtLeast is also true if the records name different budgets.
func (c customerBudget) isAtLeast(percent decimal.Decimal) bool {
	return c.conflict || atLeastPercent(percent, c.amount, c.spent)
}

type customerTotals struct {
	totals
	OverBudgetCount    int64 `tfsdk:"over_budget_count"`
	WithoutBudgetCount int64 `tfsdk:"without_budget_count"`
}

// customerSpend adds up the costs of customers, and counts their budgets.
type customerSpend struct {
	costTotals
	overBudget, withoutBudget int64
}

// add adds a customer, of whom these are all records.
func (s *customerSpend) add(records []*pcclient.CustomerUsageRecord, customer customerBudget) {
	for _, record := range records {
		s.costTotals.add(&record.Cost)
	}
	switch {
	case customer.isOver():
		s.overBudget++
	case customer.amount == nil:
		s.withoutBudget++
	}
}

func (s *customerSpend) totals() *customerTotals {
	return &customerTotals{totals: *s.costTotals.totals(), OverBudgetCount: s.overBudget, WithoutBudgetCount: s.withoutBudget}
}
