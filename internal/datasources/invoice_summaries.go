package datasources

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

func newInvoiceSummaries() datasource.DataSource {
	return &source[invoiceSummaries]{
		name:   "invoice_summaries",
		schema: invoiceSummariesSchema,
		read:   readInvoiceSummaries,
	}
}

type invoiceSummaries struct {
	Summaries []invoiceSummary `tfsdk:"summaries"`
	collection
}

type invoiceSummary struct {
	CurrencyCode             *string           `tfsdk:"currency_code"`
	CurrencySymbol           *string           `tfsdk:"currency_symbol"`
	BalanceAmount            *pcclient.Decimal `tfsdk:"balance_amount"`
	LastPaymentAmount        *pcclient.Decimal `tfsdk:"last_payment_amount"`
	LastPaymentDate          *string           `tfsdk:"last_payment_date"`
	LatestInvoiceDate        *string           `tfsdk:"latest_invoice_date"`
	FirstInvoiceCreationDate *string           `tfsdk:"first_invoice_creation_date"`
	AccountingDate           *string           `tfsdk:"accounting_date"`
}

func invoiceSummariesSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "What the partner owes Microsoft, by currency.\n\n" +
			"The route needs a sign-in as a user (App+User). " +
			"See [Get invoice summaries](https://learn.microsoft.com/partner-center/developer/get-invoice-summaries).",
		Attributes: with(attributes{
			"summaries": rows("One row per currency, sorted by `currency_code`.", attributes{
				"currency_code":               text("The ISO 4217 code of the currency. Null if the API returns none."),
				"currency_symbol":             text("The symbol of the currency. Null if the API returns none."),
				"balance_amount":              number("What is to be paid, in `currency_code`, exactly. Null if the API returns none."),
				"last_payment_amount":         number("The last payment, in `currency_code`, exactly. Null if the API returns none."),
				"last_payment_date":           text("When the last payment was received, an RFC 3339 time, in UTC if the API returns no offset. Null if there was none."),
				"latest_invoice_date":         text("The date of the newest invoice, an RFC 3339 time, in UTC if the API returns no offset. Null if there is none."),
				"first_invoice_creation_date": text("When the first invoice was created, an RFC 3339 time, in UTC if the API returns no offset. Null if there is none."),
				"accounting_date":             text("When the balance was updated, an RFC 3339 time, in UTC if the API returns no offset. Null if the API returns none."),
			}),
		}, collectionAttributes()),
	}
}

func readInvoiceSummaries(ctx context.Context, api *pcclient.Client, m *invoiceSummaries) error {
	all, err := api.InvoiceSummaries(ctx)
	if err != nil {
		return err
	}
	m.collection = newCollection(all)
	list := all.Items
	sortRecords(list, func(a, b *pcclient.InvoiceSummary) int {
		return compareTexts(normalizeCurrency(a.CurrencyCode), normalizeCurrency(b.CurrencyCode))
	})
	m.Summaries = mapRows(list, func(s *pcclient.InvoiceSummary) invoiceSummary {
		return invoiceSummary{
			CurrencyCode:             normalizeCurrency(s.CurrencyCode),
			CurrencySymbol:           s.CurrencySymbol,
			BalanceAmount:            unquote(s.BalanceAmount),
			LastPaymentAmount:        unquote(s.LastPaymentAmount),
			LastPaymentDate:          formatTime(s.LastPaymentDate),
			LatestInvoiceDate:        formatTime(s.LatestInvoiceDate),
			FirstInvoiceCreationDate: formatTime(s.FirstInvoiceCreationDate),
			AccountingDate:           formatTime(s.AccountingDate),
		}
	})
	return nil
}
