package datasources

import (
	"time"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/figures"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

// forecast is what a cost comes to at the end of its billing period if it grows
// on as it has so far. It is as of the cost's own date, not of today's, so that it
// is the same at every read. It is nil where something is not known, and before a
// day has passed, when it would say nothing.
func forecast(c *pcclient.Cost, p *pcclient.Period) *pcclient.Decimal {
	if c.TotalCost == nil || p.BillingStartDate.IsZero() || p.BillingEndDate.IsZero() || c.LastModifiedDate.IsZero() {
		return nil
	}
	end := p.BillingEndDate.Instant()
	if value(c.CurrencyCode) == "" {
		// The period of a legacy subscription names its last day.
		end = end.Add(24 * time.Hour)
	}
	cost, known := figures.Forecast(c.TotalCost.Decimal, p.BillingStartDate.Instant(), end, c.LastModifiedDate.Instant())
	if !known {
		return nil
	}
	return &pcclient.Decimal{Decimal: cost}
}

// percentOf is the share of a budget, in percent. It is nil without a budget, and
// for one of 0.
func percentOf(budget, cost *pcclient.Decimal) *pcclient.Decimal {
	if budget == nil || cost == nil {
		return nil
	}
	percent, known := figures.PercentUsed(cost.Decimal, budget.Decimal)
	if !known {
		return nil
	}
	return &pcclient.Decimal{Decimal: percent}
}
