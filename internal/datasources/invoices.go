package datasources

import (
	"cmp"
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

func newInvoices() datasource.DataSource {
	return &source[invoices]{
		name:   "invoices",
		schema: invoicesSchema,
		read:   readInvoices,
	}
}

type invoices struct {
	PeriodStart *string        `tfsdk:"period_start"`
	PeriodEnd   *string        `tfsdk:"period_end"`
	Invoices    []invoice      `tfsdk:"invoices"`
	Totals      *invoiceTotals `tfsdk:"totals"`
	collection
}

type invoice struct {
	InvoiceID              *string           `tfsdk:"invoice_id"`
	InvoiceDate            *string           `tfsdk:"invoice_date"`
	BillingPeriodStartDate *string           `tfsdk:"billing_period_start_date"`
	BillingPeriodEndDate   *string           `tfsdk:"billing_period_end_date"`
	TotalCharges           *pcclient.Decimal `tfsdk:"total_charges"`
	PaidAmount             *pcclient.Decimal `tfsdk:"paid_amount"`
	CurrencyCode           *string           `tfsdk:"currency_code"`
	CurrencySymbol         *string           `tfsdk:"currency_symbol"`
	DocumentType           *string           `tfsdk:"document_type"`
	InvoiceType            *string           `tfsdk:"invoice_type"`
	AmendsOf               *string           `tfsdk:"amends_of"`
}

type invoiceTotals struct {
	RecordCount       int64                        `tfsdk:"record_count"`
	ChargesByCurrency map[string]*pcclient.Decimal `tfsdk:"charges_by_currency"`
	PaidByCurrency    map[string]*pcclient.Decimal `tfsdk:"paid_by_currency"`
}

func invoicesSchema() schema.Schema {
	day := func(description string, others ...validator.String) schema.Attribute {
		return schema.StringAttribute{Optional: true, MarkdownDescription: description, Validators: append(others, dateOrTime)}
	}
	sums := func(description string) schema.Attribute {
		return schema.MapAttribute{Computed: true, ElementType: types.NumberType, MarkdownDescription: description}
	}
	return schema.Schema{
		MarkdownDescription: "Microsoft's invoices to the partner, for all customers together. Unlike usage, their figures are final. Line items are not included.\n\n" +
			"Reads all pages, or fails. The route works with a sign-in as a user (App+User) and as an application (app-only). " +
			"See [Get a collection of invoices](https://learn.microsoft.com/partner-center/developer/get-a-collection-of-invoices).",
		Attributes: with(attributes{
			"period_start": day("Returns only invoices with an `invoice_date` on or after this: a date such as `2026-01-01`, from its beginning in UTC, or an RFC 3339 time. An invoice without a date is returned too."),
			"period_end":   day("Returns only invoices with an `invoice_date` on or before this: a date such as `2026-12-31`, to its end in UTC, or an RFC 3339 time. Must not be before `period_start`. An invoice without a date is returned too.", notBefore{"period_start"}),
			"totals": object("Exact sums of the invoices, after the filters.", attributes{
				"record_count":        count("The number of invoices that were added up."),
				"charges_by_currency": sums("The exact sum of `total_charges` for each `currency_code`. The key `unknown` is for invoices without a currency. A value is null if an invoice has no `total_charges`."),
				"paid_by_currency":    sums("The exact sum of `paid_amount` for each `currency_code`. The key `unknown` is for invoices without a currency. A value is null if an invoice has no `paid_amount`."),
			}),
			"invoices": rows("The invoices, newest `invoice_date` first, then by `invoice_id`.", attributes{
				"invoice_id":                text("The id of the invoice."),
				"invoice_date":              text("The date of the invoice, an RFC 3339 time, in UTC if the API returns no offset. Null if the API returns none."),
				"billing_period_start_date": text("The start of the billing period, an RFC 3339 time, in UTC if the API returns no offset. Null if the API returns none."),
				"billing_period_end_date":   text("The end of the billing period, an RFC 3339 time, in UTC if the API returns no offset. Null if the API returns none."),
				"total_charges":             number("The total of the invoice, in `currency_code`, exactly. Negative for a credit. Null if the API returns none."),
				"paid_amount":               number("The amount paid, in `currency_code`, exactly. The API returns a received payment as a negative number. Null if the API returns none."),
				"currency_code":             text("The ISO 4217 code of the currency. Null if the API returns none."),
				"currency_symbol":           text("The symbol of the currency. Null if the API returns none."),
				"document_type":             text("The type of document, such as `invoice`, `void_note` or `adjustment_note`. Null if the API returns none."),
				"invoice_type":              text("The type of invoice, such as `Recurring` or `OneTime`. Null if the API returns none."),
				"amends_of":                 text("The id of the invoice that this one amends. Null if it amends none."),
			}),
		}, filteredCollectionAttributes()),
	}
}

func readInvoices(ctx context.Context, api *pcclient.Client, m *invoices) error {
	all, err := api.Invoices(ctx)
	if err != nil {
		return err
	}
	m.collection = newCollection(all)
	list := filter(all.Items, m.inPeriod)
	sortRecords(list, func(a, b *pcclient.Invoice) int {
		return cmp.Or(compareNewestFirst(a.InvoiceDate, b.InvoiceDate), compareTexts(a.ID, b.ID))
	})
	m.Invoices = mapRows(list, newInvoice)
	m.Totals = newInvoiceTotals(list)
	return nil
}

// inPeriod reports whether an invoice is of the period that is asked for, both of
// whose ends count.
func (m *invoices) inPeriod(i *pcclient.Invoice) bool {
	if i.InvoiceDate.IsZero() {
		return true
	}
	date := i.InvoiceDate.Instant()
	if m.PeriodStart != nil {
		if start, _, _ := parseDateOrTime(*m.PeriodStart); date.Before(start) {
			return false
		}
	}
	if m.PeriodEnd != nil {
		end, whole, _ := parseDateOrTime(*m.PeriodEnd)
		if whole {
			return date.Before(end.AddDate(0, 0, 1))
		}
		return !date.After(end)
	}
	return true
}

func newInvoiceTotals(list []*pcclient.Invoice) *invoiceTotals {
	charges, paid := totalByKey{}, totalByKey{}
	for _, i := range list {
		code := cmp.Or(deref(normalizeCurrency(i.CurrencyCode), ""), unknownCurrency)
		charges.add(code, unquote(i.TotalCharges))
		paid.add(code, unquote(i.PaidAmount))
	}
	return &invoiceTotals{RecordCount: int64(len(list)), ChargesByCurrency: charges.toMap(), PaidByCurrency: paid.toMap()}
}

func newInvoice(i *pcclient.Invoice) invoice {
	return invoice{
		InvoiceID:              i.ID,
		InvoiceDate:            formatTime(i.InvoiceDate),
		BillingPeriodStartDate: formatTime(i.BillingPeriodStartDate),
		BillingPeriodEndDate:   formatTime(i.BillingPeriodEndDate),
		TotalCharges:           unquote(i.TotalCharges),
		PaidAmount:             unquote(i.PaidAmount),
		CurrencyCode:           normalizeCurrency(i.CurrencyCode),
		CurrencySymbol:         i.CurrencySymbol,
		DocumentType:           i.DocumentType,
		InvoiceType:            i.InvoiceType,
		AmendsOf:               i.AmendsOf,
	}
}
