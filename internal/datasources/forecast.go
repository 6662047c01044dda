package datasources

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/figures"
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

// forecast is what a cost comes to at the end of its billing period if it grows
// on as it has so far. It is as of the cost's own date, not of today's, so that it
// is the same at every read. It is nil where something is not known, and before a
// day has passed, when it would say nothing.
func forecast(c *pcclient.Cost, p *pcclient.Period) *pcclient.Decimal {
	if c.TotalCost == nil || !isDated(c, p) {
		return nil
	}
	return ifKnown(figures.Forecast(c.TotalCost.Decimal, p.BillingStartDate.Instant(), endOf(c, p), c.LastModifiedDate.Instant()))
}

// forecastPercent is the share of a budget that the forecast uses, in percent. It
// is nil without a budget, and for one of 0.
func forecastPercent(budget *pcclient.Decimal, c *pcclient.Cost, p *pcclient.Period) *pcclient.Decimal {
	if budget == nil || c.TotalCost == nil || !isDated(c, p) {
		return nil
	}
	return ifKnown(figures.ForecastPercent(c.TotalCost.Decimal, budget.Decimal, p.BillingStartDate.Instant(), endOf(c, p), c.LastModifiedDate.Instant()))
}

// percentOf is the share of a budget, in percent. It is nil without a budget, and
// for one of 0.
func percentOf(budget, cost *pcclient.Decimal) *pcclient.Decimal {
	if budget == nil || cost == nil {
		return nil
	}
	return ifKnown(figures.PercentUsed(cost.Decimal, budget.Decimal))
}

const (
	maxClockSkew = 24 * time.Hour      // of a date ahead of the clock, or after the period
	maxPeriod    = 62 * 24 * time.Hour // twice of any there is
)

// isDated reports whether the dates can be right. With a wrong one, the forecast
// would be little more than the cost itself.
func isDated(c *pcclient.Cost, p *pcclient.Period) bool {
	if p.BillingStartDate.IsZero() || p.BillingEndDate.IsZero() || c.LastModifiedDate.IsZero() {
		return false
	}
	start, end, asOf := p.BillingStartDate.Instant(), endOf(c, p), c.LastModifiedDate.Instant()
	return end.After(start) && !end.After(start.Add(maxPeriod)) &&
		!asOf.After(end.Add(maxClockSkew)) && !asOf.After(time.Now().Add(maxClockSkew))
}

// endOf is the first instant after a period. That of a legacy subscription names
// its last day.
func endOf(c *pcclient.Cost, p *pcclient.Period) time.Time {
	end := p.BillingEndDate.Instant()
	if deref(c.CurrencyCode, "") == "" {
		end = end.Add(24 * time.Hour)
	}
	return end
}

func ifKnown(figure decimal.Decimal, known bool) *pcclient.Decimal {
	if !known {
		return nil
	}
	return &pcclient.Decimal{Decimal: figure}
}
