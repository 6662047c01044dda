package datasources

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/graphbilling"
)

func newBilledUsage() datasource.DataSource {
	return &source[billedUsage]{
		name:       "billed_usage",
		schema:     billedUsageSchema,
		readExport: readBilledUsage,
	}
}

type billedUsage struct {
	InvoiceID *string `tfsdk:"invoice_id"`
	exportedUsage
}

func billedUsageSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "The usage that an invoice of Microsoft to the partner is about: by day, customer, Azure subscription, resource group, service or tag. " +
			"It reaches back to invoices of 2022, and is final.\n\n" +
			aboutExports +
			"An invoice is not only about usage, so its total may be more. " +
			"See [Export billed usage](https://learn.microsoft.com/graph/api/partners-billing-billedusage-export).",
		Attributes: with(attributes{
			"invoice_id": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "The id of an invoice of new commerce, such as `G012345678`: `partnercenter_invoices` lists them. " +
					"Microsoft Graph has no usage of legacy invoices, whose ids begin with D.",
				Validators: []validator.String{invoiceID},
			},
		}, exportedUsageAttributes()),
	}
}

func readBilledUsage(ctx context.Context, exports *graphbilling.Client, m *billedUsage) error {
	return m.read(ctx, exports, graphbilling.Query{InvoiceID: id(m.InvoiceID)})
}
