package datasources

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/graphbilling"
)

func newUnbilledUsage() datasource.DataSource {
	return &source[unbilledUsage]{
		name:       "unbilled_usage",
		schema:     unbilledUsageSchema,
		readExport: readUnbilledUsage,
	}
}

type unbilledUsage struct {
	CurrencyCode *string `tfsdk:"currency_code"`
	Period       *string `tfsdk:"period"`
	exportedUsage
}

func unbilledUsageSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "What the customers of a partner have used of Azure plans, and of other new commerce that is billed by usage, in this month or the last one: by day, customer, Azure subscription, resource group, service or tag. " +
			"Usage takes about a day to appear, and more usage of the same day may follow. At the beginning of a month, the current period may be without data for days, until the last one is billed.\n\n" +
			aboutExports +
			"See [Export unbilled usage](https://learn.microsoft.com/graph/api/partners-billing-unbilledusage-export).",
		Attributes: with(attributes{
			"currency_code": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "The billing currency of the partner, by its ISO 4217 code in capitals, such as `EUR`. A partner with several billing currencies needs a data source for each of them.",
				Validators:          []validator.String{currencyCode},
			},
			"period": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "`current` is this month, in UTC, and `last` the month before. Of earlier months there are invoices only: see `partnercenter_billed_usage`. Defaults to `current`.",
				Validators:          []validator.String{stringvalidator.OneOf(graphbilling.PeriodCurrent, graphbilling.PeriodLast)},
			},
		}, exportedUsageAttributes()),
	}
}

func readUnbilledUsage(ctx context.Context, exports *graphbilling.Client, m *unbilledUsage) error {
	return m.read(ctx, exports, graphbilling.Query{CurrencyCode: deref(m.CurrencyCode, ""), Period: deref(m.Period, graphbilling.PeriodCurrent)})
}
