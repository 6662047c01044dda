package datasources

import (
	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

// period is the model of [periodAttributes].
type period struct {
	BillingStartDate *string `tfsdk:"billing_start_date"`
	BillingEndDate   *string `tfsdk:"billing_end_date"`
}

func newPeriod(p *pcclient.Period) period {
	return period{formatTime(p.BillingStartDate), formatTime(p.BillingEndDate)}
}

func periodAttributes() attributes {
	return attributes{
		"billing_start_date": text("The start of the billing period, an RFC 3339 time as the API returns it. Null if it returns none."),
		"billing_end_date": text("The end of the billing period, an RFC 3339 time as the API returns it: for an Azure plan the start of the next month in UTC, " +
			"for a legacy (MS-AZR-0145P) subscription the last day in Pacific time. Null if it returns none."),
	}
}

// summary is the model of [summaryAttributes].
type summary struct {
	HasUsage     *bool             `tfsdk:"has_usage"`
	ForecastCost *pcclient.Decimal `tfsdk:"forecast_cost"`
	cost
	period
}

func newSummary(c *pcclient.Cost, p *pcclient.Period) summary {
	return summary{HasUsage: new(true), ForecastCost: forecast(c, p), cost: newCost(c), period: newPeriod(p)}
}

// noUsage is the summary of nothing: it costs 0, in no currency.
func noUsage() summary {
	return summary{
		HasUsage: new(false),
		cost:     cost{TotalCost: new(pcclient.Decimal), USDTotalCost: new(pcclient.Decimal), CurrencyDerived: new(false)},
	}
}

func summaryAttributes() attributes {
	return with(costAttributes(), periodAttributes(), attributes{
		"has_usage": boolean("Whether there is any usage in this billing period. If not, the costs are 0, and currency and period are null."),
		"forecast_cost": number("What `total_cost` will be at the end of the billing period if it keeps growing at the same rate, in `currency_code`: `total_cost` ÷ the share of the period that had passed at `last_modified_date`. " +
			"Null before a day has passed, without usage, and if the dates are not plausible: `last_modified_date` is more than a day ahead of the clock or after the period, or the period ends before it begins or is longer than 62 days."),
	})
}
