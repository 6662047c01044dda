package datasources

import "testing"

// Rows are in the order of the codes as they are shown.
func TestInvoiceSummaries_order(t *testing.T) {
	t.Parallel()
	const name = "partnercenter_invoice_summaries"
	body := `{"items":[{"currencyCode":"USD"},{"currencyCode":"eur"},{"currencyCode":" GBP"}]}`
	r := server(t, subjectOf(t, name).answers(t, answer{body: body})).Read(t, name, nil).Succeed(t)
	for i, want := range []string{"EUR", "GBP", "USD"} {
		if got := r.Get(t, "summaries", i, "currency_code"); got != want {
			t.Errorf("row %d is in %v, want %s", i, got, want)
		}
	}
}
