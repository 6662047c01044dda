package datasources

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

// forecastDigits are the decimals of a forecast that does not come out even.
const forecastDigits = 20

// forecast is what a cost comes to at the end of its billing period if it grows
// on as it has so far. It is as of the cost's own date, not of today's, so that it
// is the same at every read. It is nil where something is not known, and before a
// day has passed, when it would say nothing.
func forecast(c *pcclient.Cost, p *pcclient.Period) *pcclient.Decimal {
	if c.TotalCost == nil || p.BillingStartDate.IsZero() || p.BillingEndDate.IsZero() || c.LastModifiedDate.IsZero() {
		return nil
	}
	start, end := p.BillingStartDate.Instant(), p.BillingEndDate.Instant()
	if value(c.CurrencyCode) == "" {
		// The period of a legacy subscription names its last day.
		end = end.Add(24 * time.Hour)
	}
	period, elapsed := end.Sub(start), c.LastModifiedDate.Instant().Sub(start)
	if elapsed = min(elapsed, period); elapsed < 24*time.Hour {
		return nil
	}
	return &pcclient.Decimal{Decimal: c.TotalCost.
		Mul(decimal.NewFromInt(int64(period))).
		DivRound(decimal.NewFromInt(int64(elapsed)), forecastDigits)}
}

// percentOf is the share of a budget, in percent, rounded like the API's: to two
// decimals, half away from zero. It is nil without a budget, and for one of 0.
func percentOf(budget, cost *pcclient.Decimal) *pcclient.Decimal {
	if budget == nil || budget.IsZero() || cost == nil {
		return nil
	}
	return &pcclient.Decimal{Decimal: cost.Mul(hundred).DivRound(budget.Decimal, 2)}
}
