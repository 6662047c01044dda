package emulator

import (
	"encoding/json"
	"slices"
	"time"
)

// exportQuestion is what an export is of: the unbilled usage of a period in a
// billing currency, or the usage of an invoice.
type exportQuestion struct {
	currency string
	// period is empty for an invoice.
	period       string
	invoiceID    string
	attributeSet string
}

// The periods of unbilled usage.
const (
	periodCurrent = "current"
	periodLast    = "last"
)

// The sets of attributes that rows have.
const (
	attributesFull  = "full"
	attributesBasic = "basic"
)

// billed tells whether the question is about an invoice.
func (q exportQuestion) billed() bool { return q.invoiceID != "" }

// usageMonth is a month of usage of some plans.
type usageMonth struct {
	start time.Time
	// days are how many days from the start have usage.
	days int
	// plans have what they cost in this month.
	plans []azure
	// late are the plans of the month before, of which some usage came late.
	late []azure
	// invoice is the bill of the month, if it is asked about.
	invoice *invoice
}

// end is the last second of the month.
func (m usageMonth) end() time.Time {
	return m.start.AddDate(0, 1, 0).Add(-time.Second)
}

// chargeType is that of the month's rows.
func (m usageMonth) chargeType() string {
	if m.invoice != nil && m.invoice.amends != "" {
		return chargeRefund
	}
	return chargeNew
}

// usageMonth is the month that a question is about.
func (s *snapshot) usageMonth(q exportQuestion) usageMonth {
	current, _ := planPeriod(s.asOf)
	previous := current.AddDate(0, -1, 0)
	switch {
	case q.billed():
		bill := s.invoice(q.invoiceID)
		m := usageMonth{start: bill.start, plans: plansOf(billedCustomers(s.past, bill)), invoice: bill}
		m.days = m.end().Day()
		return m
	case q.period == periodLast:
		m := usageMonth{start: previous, plans: plansOf(s.lastMonth(q.currency, previous))}
		m.days = m.end().Day()
		return m
	default:
		return usageMonth{
			start: current,
			days:  s.asOf.Day() - 1, // today's usage takes a day to appear
			plans: plansOf(planCustomers(s.customers, q.currency)),
			late:  plansOf(s.lastMonth(q.currency, previous)),
		}
	}
}

// invoice finds an invoice by its id; nil if there is none.
func (s *snapshot) invoice(id string) *invoice {
	i := slices.IndexFunc(s.invoices, func(i invoice) bool { return i.id == id })
	if i < 0 {
		return nil
	}
	return &s.invoices[i]
}

// lastMonth are the customers with what they have cost last month: as billed, or
// in currencies without an invoice a little less than now.
func (s *snapshot) lastMonth(currency string, month time.Time) []customer {
	i := slices.IndexFunc(s.invoices, func(i invoice) bool {
		return i.kind == oneTime && i.currency == currency && i.start.Equal(month) && i.amends == ""
	})
	if i >= 0 {
		return billedCustomers(s.past, &s.invoices[i])
	}
	customers := planCustomers(s.past, currency)
	for i := range customers {
		customers[i].cost = product(customers[i].cost, "0.99")
	}
	return customers
}

// planCustomers are the customers with an Azure plan in a currency.
func planCustomers(all []customer, currency string) []customer {
	return slices.DeleteFunc(slices.Clone(all), func(c customer) bool { return c.legacy() || c.currency != currency })
}

// billedCustomers are the customers of an invoice of Azure plans with what they
// have cost; that adds up to the charges.
func billedCustomers(all []customer, bill *invoice) []customer {
	customers := slices.DeleteFunc(planCustomers(all, bill.currency), customer.idle)
	costs := make([]json.Number, len(customers))
	for i, c := range customers {
		costs[i] = c.cost
	}
	total, rest := sum(costs...), bill.charges
	for i := range customers {
		customers[i].cost = portion(bill.charges, costs[i], total)
		if i == len(customers)-1 {
			customers[i].cost = rest
		}
		rest = sum(rest, negate(customers[i].cost))
	}
	return customers
}

func plansOf(customers []customer) []azure {
	var plans []azure
	for _, c := range customers {
		plans = append(plans, c.azures()...)
	}
	return plans
}

// isBillingCurrency tells whether the partner bills Azure plans in a currency.
func (s *snapshot) isBillingCurrency(currency string) bool {
	return slices.ContainsFunc(s.past, func(c customer) bool { return !c.legacy() && c.currency == currency })
}
