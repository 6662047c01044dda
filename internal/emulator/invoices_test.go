package emulator_test

import (
	"encoding/json"
	"math/big"
	"net/http"
	"strings"
	"testing"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
)

type invoices struct {
	TotalCount int
	Items      []struct {
		ID, CurrencyCode, DocumentType, InvoiceType, AmendsOf string
		InvoiceDate, BillingPeriodStartDate                   string
		TotalCharges, PaidAmount                              json.Number // takes quoted numbers as well
	}
	Links struct {
		Self struct{ URI string }
		Next *struct {
			URI     string
			Headers []struct{}
		}
	}
}

func TestInvoicesAreWrittenLikeTheAPIs(t *testing.T) {
	t.Parallel()
	body := serve(t, emulator.Options{}).read(t, "/v1/invoices")
	for _, want := range []string{
		`{"totalCount":37,"items":[{"id":"D020061040","invoiceDate":"2025-09-28T00:00:00",` +
			`"billingPeriodStartDate":"2025-08-28T00:00:00","billingPeriodEndDate":"2025-09-27T00:00:00",` +
			`"totalCharges":1460.82,"paidAmount":-1460.82,"currencyCode":"EUR","currencySymbol":"€",` +
			`"documentType":"invoice","invoiceType":"Recurring","links":{"self":{"uri":"/invoices/Recurring-D020061040","method":"GET","headers":[]}},"attributes":{"objectType":"Invoice"}},`,
		`{"id":"G000024130","invoiceDate":"2025-10-08T01:22:47.603895Z","billingPeriodStartDate":"2025-09-01T00:00:00","billingPeriodEndDate":"2025-09-30T00:00:00",` +
			`"totalCharges":"8178.94","paidAmount":"-8178.94",`,
		`"totalCharges":9415.3,"paidAmount":0,`,
		`"documentType":"adjustment_note","amendsOf":"G000024141","invoiceType":"OneTime",`,
		`],"links":{"self":{"uri":"/invoices","method":"GET","headers":[]}},"attributes":{"objectType":"Collection"}}`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("missing %s", want)
		}
	}
	if t.Failed() {
		t.Log(body)
	}
	got, months := map[string]int{}, map[string]bool{}
	for _, i := range decode[invoices](t, body).Items {
		got[i.InvoiceType]++
		got[i.CurrencyCode]++
		got[i.DocumentType]++
		if i.InvoiceType == "OneTime" {
			months[i.BillingPeriodStartDate] = true
		}
		switch i.ID {
		case emulator.LatestInvoiceID, emulator.AmendedInvoiceID, emulator.QuotedInvoiceID:
			got["named"]++
		case emulator.CreditNoteID:
			if i.AmendsOf != emulator.AmendedInvoiceID || !strings.HasPrefix(i.TotalCharges.String(), "-") {
				t.Errorf("credit note %+v", i)
			}
		}
	}
	for name, want := range map[string]int{"Recurring": 14, "OneTime": 23, "EUR": 29, "USD": 6, "GBP": 2, "invoice": 36, "adjustment_note": 1, "named": 3} {
		if got[name] != want {
			t.Errorf("%d invoices are %s, want %d", got[name], name, want)
		}
	}
	if len(months) != 14 {
		t.Errorf("months %v", months)
	}
}

func TestInvoicesComeInPages(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		pageSize     int
		query        string
		pages, items int
		first        string
	}{
		"one page":     {0, "", 1, 37, "/invoices"},
		"size":         {0, "?size=20", 2, 37, "/invoices?size=20&offset=0"},
		"offset":       {0, "?size=20&Offset=10", 2, 27, "/invoices?size=20&offset=10"},
		"page size":    {10, "", 4, 37, "/invoices?size=10&offset=0"},
		"both sizes":   {10, "?size=5", 8, 37, "/invoices?size=5&offset=0"},
		"past the end": {0, "?size=20&offset=40", 1, 0, "/invoices?size=20&offset=40"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			service := serve(t, emulator.Options{PageSize: test.pageSize})
			page := decode[invoices](t, service.read(t, "/v1/invoices"+test.query))
			if page.Links.Self.URI != test.first {
				t.Errorf("self %s", page.Links.Self.URI)
			}
			ids, pages := map[string]bool{}, 0
			for {
				pages++
				for _, i := range page.Items {
					ids[i.ID] = true
				}
				if page.TotalCount != 37 || page.Items == nil {
					t.Errorf("total %d", page.TotalCount)
				}
				if page.Links.Next == nil {
					break
				}
				page = decode[invoices](t, service.read(t, "/v1"+page.Links.Next.URI))
			}
			if pages != test.pages || len(ids) != test.items {
				t.Errorf("%d pages, %d invoices", pages, len(ids))
			}
		})
	}
	wantError(t, serve(t, emulator.Options{}).get(t, "/v1/invoices?offset=-1"), http.StatusBadRequest, 800002)
}

func TestInvoiceSummariesAreWrittenLikeTheAPIs(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{})
	body := service.read(t, "/v1/invoices/summaries")
	const pounds = `"balanceAmount":1265.4,"currencyCode":"GBP","currencySymbol":"£","accountingDate":"2026-11-08T00:00:00",` +
		`"firstInvoiceCreationDate":"2026-10-08T00:00:00","lastPaymentDate":"0001-01-01T00:00:00","lastPaymentAmount":0,"latestInvoiceDate":"2026-11-08T00:00:00",`
	for _, want := range []string{
		`{"totalCount":3,"items":[{` + pounds + `"details":[{"invoiceType":"OneTime","summary":{` + pounds + `"attributes":{"objectType":"InvoiceSummary"}}}],` +
			`"links":{"self":{"uri":"/invoices/summary","method":"GET","headers":[]}},"attributes":{"objectType":"InvoiceSummary"}},`,
		`"firstInvoiceCreationDate":"2025-09-28T00:00:00","lastPaymentDate":"2026-10-18T00:00:00","lastPaymentAmount":9320.19,"latestInvoiceDate":"2026-11-08T00:00:00","details":[{"invoiceType":"Recurring",`,
		`],"links":{"self":{"uri":"/invoices/summaries","method":"GET","headers":[]}},"attributes":{"objectType":"Collection"}}`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("missing %s", want)
		}
	}
	if t.Failed() {
		t.Log(body)
	}

	// The balance is what has not been paid.
	owed := map[string]*big.Rat{"EUR": {}, "GBP": {}, "USD": {}}
	for _, i := range decode[invoices](t, service.read(t, "/v1/invoices")).Items {
		if i.PaidAmount == "0" {
			owed[i.CurrencyCode].Add(owed[i.CurrencyCode], rational(t, i.TotalCharges))
		}
	}
	for _, s := range decode[struct {
		Items []struct {
			CurrencyCode  string
			BalanceAmount json.Number
		}
	}](t, body).Items {
		if owed[s.CurrencyCode].Cmp(rational(t, s.BalanceAmount)) != 0 {
			t.Errorf("%s: balance %s, want %s", s.CurrencyCode, s.BalanceAmount, owed[s.CurrencyCode].FloatString(2))
		}
	}
}

func TestFewCustomersHaveFewInvoices(t *testing.T) {
	t.Parallel()
	service := serve(t, emulator.Options{Customers: 1}) // in Swedish crowns, for which there are no invoices
	if body := service.read(t, "/v1/invoices"); !strings.HasPrefix(body, `{"totalCount":0,"items":[],"links":`) {
		t.Error(body)
	}
	if body := service.read(t, "/v1/invoices/summaries"); !strings.HasPrefix(body, `{"totalCount":0,"items":[],"links":`) {
		t.Error(body)
	}
}
