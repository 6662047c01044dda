package pcclient

import (
	"context"

	"github.com/go-json-experiment/json/jsontext"
)

// QuotedDecimal is a number of an invoice, which the API writes in quotes now and
// then.
type QuotedDecimal struct{ Decimal }

// UnmarshalJSONFrom accepts a JSON number, or one in a JSON string.
func (d *QuotedDecimal) UnmarshalJSONFrom(decoder *jsontext.Decoder) error {
	if decoder.PeekKind() != '"' {
		return d.Decimal.UnmarshalJSONFrom(decoder)
	}
	token, err := decoder.ReadToken()
	if err != nil {
		return err
	}
	d.Decimal, err = ParseDecimal(token.String())
	return err
}

// Invoice is a bill to the partner
// (https://learn.microsoft.com/partner-center/developer/invoice-resources).
type Invoice struct {
	ID                     *string        `json:"id"`
	InvoiceDate            *Time          `json:"invoiceDate"`
	BillingPeriodStartDate *Time          `json:"billingPeriodStartDate"`
	BillingPeriodEndDate   *Time          `json:"billingPeriodEndDate"`
	TotalCharges           *QuotedDecimal `json:"totalCharges"`
	PaidAmount             *QuotedDecimal `json:"paidAmount"` // negative for a payment that was received
	CurrencyCode           *string        `json:"currencyCode"`
	CurrencySymbol         *string        `json:"currencySymbol"`
	DocumentType           *string        `json:"documentType"`
	InvoiceType            *string        `json:"invoiceType"`
	AmendsOf               *string        `json:"amendsOf"`
}

// Invoices lists the bills to the partner
// (https://learn.microsoft.com/partner-center/developer/get-a-collection-of-invoices).
func (c *Client) Invoices(ctx context.Context) (*Collection[Invoice], error) {
	return newPager[Invoice](c, route("invoices")).All(ctx)
}

// InvoiceSummary is the account's balance in one currency.
type InvoiceSummary struct {
	CurrencyCode             *string        `json:"currencyCode"`
	CurrencySymbol           *string        `json:"currencySymbol"`
	BalanceAmount            *QuotedDecimal `json:"balanceAmount"`
	LastPaymentAmount        *QuotedDecimal `json:"lastPaymentAmount"`
	LastPaymentDate          *Time          `json:"lastPaymentDate"` // 0001-01-01 for never
	LatestInvoiceDate        *Time          `json:"latestInvoiceDate"`
	FirstInvoiceCreationDate *Time          `json:"firstInvoiceCreationDate"`
	AccountingDate           *Time          `json:"accountingDate"`
}

// InvoiceSummaries lists the account's balance by currency
// (https://learn.microsoft.com/partner-center/developer/get-invoice-summaries).
func (c *Client) InvoiceSummaries(ctx context.Context) (*Collection[InvoiceSummary], error) {
	return newPager[InvoiceSummary](c, route("invoices", "summaries")).All(ctx)
}
